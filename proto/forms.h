/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * forms.h - the printed forms and check digits of Dutch and international codes.
 *
 * Every function looks at the whole of S, in its final spelling: no spaces where
 * none belong, capitals.  normalise.c makes that spelling, signal_check.c asks.
 *
 * Pure.
 */
#ifndef SLUIS_PROTO_FORMS_H
#define SLUIS_PROTO_FORMS_H

#include "proto/bytes.h"

/* Whether S has exactly the shape of PATTERN: '9' a digit, 'A' a capital, any other
 * character itself. */
bool form_fits(struct slice s, const char *pattern);

/* Nine digits that pass the eleven test (weights 9 8 7 6 5 4 3 2 -1) and are not all
 * zero, which would pass it too. */
bool form_is_bsn(struct slice s);

/* Two capitals, two digits, 11 to 30 capitals and digits, 1 modulo 97 (ISO 13616). */
bool form_is_iban(struct slice s);

/* YYYY-MM-DD, a day that exists, from 1800 on.  An unknown day is 00, and so is an
 * unknown month, whose day is unknown then too. */
bool form_is_date(struct slice s);

/* How many days MONTH (1 to 12) of YEAR has. */
int32_t days_in_month(int32_t year, int32_t month);

/* "1234 AB" with or without the space; the first digit is not 0. */
bool form_is_postcode(struct slice s);

#endif

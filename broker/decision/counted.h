/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * counted.h - as what statistics count a signal, in codes.
 *
 * "form:labour", "sex:female", "age:under_18": coarse groups, one of each kind at most,
 * and none where the signal does not say.  They stand in the detail of a ruling, beside
 * the facts that were weighed, so that figures can be made from the journal alone
 * (client/command/audit/count.h) and no dossier is needed for them.
 *
 * Of a person only what a table needs, and only of a victim: sex, age below 18, 18 to 23
 * or older, and whether she lives where she was exploited.  Of a place only the
 * municipality.
 *
 * Pure.
 */
#ifndef SLUIS_BROKER_DECISION_COUNTED_H
#define SLUIS_BROKER_DECISION_COUNTED_H

#include <stdint.h>

#include "proto/rc.h"
#include "signal.pb-c.h"

enum { COUNTED_CODES_MAX = 6, COUNTED_CODE_MAX = 32 }; /* codes; bytes of one, with NUL */

struct counted {
	size_t n;
	char   codes[COUNTED_CODES_MAX][COUNTED_CODE_MAX];
};

/* What the submission of SIGNAL is to those that came before it. */
enum counted_as {
	COUNTED_NEW,
	COUNTED_ADDITION,   /* it enriches a case: "again:addition" */
	COUNTED_CORRECTION, /* of an earlier one: "again:correction" */
};

/* The signal itself: form, sector, place, origin. */
void counted_signal(const Sluis__Signal *signal, enum counted_as as, struct counted *ret);

/* Person INDEX of SIGNAL on the date TODAY (days since 1970-01-01); nothing for somebody
 * who is no victim. */
void counted_person(
    const Sluis__Signal *signal, size_t index, int32_t today, struct counted *ret);

#endif

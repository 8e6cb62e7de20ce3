/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * grid_text.h - the parts of a grid in words.
 *
 * All texts are translated; what is allocated the caller frees.  When something is
 * given is said by client/command/policy/condition_text.h.
 */
#ifndef SLUIS_CLIENT_COMMAND_POLICY_GRID_TEXT_H
#define SLUIS_CLIENT_COMMAND_POLICY_GRID_TEXT_H

#include <stdio.h>

#include "policy/study/grid.h"

/* "nla/opsporing", or "Nederlandse Arbeidsinspectie, opsporing". */
void say_seat(FILE *to, const struct policy *p, const struct grid_seat *s, bool titles);
void say_seats(
    FILE *to, const struct policy *p, const struct grid_seat *s, size_t n, bool titles);

/* One seat with titles; the caller frees it, NULL without memory. */
char *seat_words(const struct policy *p, const struct grid_seat *s);

/* "V", "VP", "G", "x" (a bar says no) or "-" (no rule says yes). */
enum { LETTERS_MAX = 8 };
const char *cell_letters(const struct grid_cell *cell, char out[LETTERS_MAX]);

/* The same in words: "in full", "in full / pseudonym", "barred", "nothing". */
char *cell_words(const struct grid_cell *cell);

/* The word for one action: "in full", "pseudonym", "coarser", "nothing". */
const char *action_words(uint8_t action);

/* "if there is an embargo: only Process data for everybody but police, om" */
char *restriction_words(
    const struct grid *g, const struct grid_restriction *r, bool titles);

/* The title of a category, role or convenant in the reader's language. */
const char *category_title(const struct policy *p, const char *id);
const char *role_title(const struct policy *p, const char *id);
const char *convenant_title(const struct convenant_info *c);

/* "2025-03-01" for days since 1970-01-01. */
enum { DAY_TEXT_MAX = 16 };
const char *say_day(int32_t day, char out[DAY_TEXT_MAX]);

/* "signatories", "not (or no longer) signatory", ... for an audience of a grid. */
const char *audience_words(const char *audience);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * speech.h - the conditions of one clause, as parts of a sentence.
 */
#ifndef SLUIS_CLIENT_COMMAND_POLICY_SPEECH_H
#define SLUIS_CLIENT_COMMAND_POLICY_SPEECH_H

#include <stdio.h>

#include "policy/study/grid.h"

struct speech {
	FILE              *to;
	const struct grid *g;
	bool               titles; /* of roles and categories, instead of ids */
	bool               begun;  /* something stands before: a comma is due */
	bool               ended;  /* ... and was a sentence: a semicolon */
};

/* Whether C holds whatever is asked of the grid. */
bool speech_is_always(const struct speech *s, const struct clause *c);

/* Before another part: a comma, or a semicolon after a sentence. */
void speech_comma(struct speech *s);

/* "from ind, if the person is a victim": what has to be so. */
void speech_positive(struct speech *s, const struct clause *c);
bool speech_has_positive(const struct speech *s, const struct clause *c);

/* "not from ind, not if the person is a minor": what must not be so. */
void speech_negative(struct speech *s, const struct clause *c);

/* When C holds: "from ind, if the person is a victim, unless there is acute need". */
void speech_when(struct speech *s, const struct clause *c);

#endif

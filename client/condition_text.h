/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * condition_text.h - when something is given, as a sentence.
 *
 *	not if a minor, only from ind
 *	in full if a suspect; otherwise pseudonym
 */
#ifndef SLUIS_CLIENT_CONDITION_TEXT_H
#define SLUIS_CLIENT_CONDITION_TEXT_H

#include <stdio.h>

#include "policy/grid.h"

struct speech {
	FILE              *to;
	const struct grid *g;
	bool               titles; /* of roles and categories, instead of ids */
	bool               begun;  /* something stands before: a comma is due */
	bool               ended;  /* ... and was a sentence: a semicolon */
};

/* Whether C holds whatever is asked of the grid. */
bool speech_is_always(const struct speech *s, const struct clause *c);

/* "from ind, if a victim, not if a minor" */
void speech_plain(struct speech *s, const struct clause *c);

/* When what is given: "" for always, and where nothing ever is.  The caller frees it;
 * NULL without memory. */
char *cell_condition(const struct grid *g, const struct grid_cell *cell, bool titles);

#endif

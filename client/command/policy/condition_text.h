/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * condition_text.h - when something is given, as a sentence.
 *
 *	not if a minor, only from ind
 *	in full if a suspect; otherwise pseudonym
 */
#ifndef SLUIS_CLIENT_COMMAND_POLICY_CONDITION_TEXT_H
#define SLUIS_CLIENT_COMMAND_POLICY_CONDITION_TEXT_H

#include "policy/study/grid.h"

/* When what is given: "" for always, and where nothing ever is.  The caller frees it;
 * NULL without memory. */
char *cell_condition(const struct grid *g, const struct grid_cell *cell, bool titles);

#endif

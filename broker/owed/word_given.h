/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * word_given.h - word that is owed to contributors is given.
 *
 * Feedback is owed once.  Word of its use is owed at least yearly (WGS 1.7(4)): as long
 * as the case goes on, who gave it owes it again after the same term.
 */
#ifndef SLUIS_BROKER_OWED_WORD_GIVEN_H
#define SLUIS_BROKER_OWED_WORD_GIVEN_H

#include "broker/route/act.h"

/* A's desk gave the word that F lists (kind and who are filled in), in LAYER; AGAIN: the
 * case goes on. */
MUST rc word_given(struct act *a, struct task_filter f, unsigned layer, bool again);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * tick.h - what time brings: copies, tasks, cases, details and keys that end, tokens that
 * are compared, what is told when its minute is over.
 *
 * Each has a transaction of its own, and does a little at a time: what is left is done at
 * the next turn.  What would show that layer 2 is there waits for a cover turn (cover.h).
 */
#ifndef SLUIS_BROKER_TICK_H
#define SLUIS_BROKER_TICK_H

#include "broker/broker.h"

/* Do what is due by B->now_ms.  RC_DISK_FULL: what was begun is to be rolled back, and
 * happens at a later turn. */
MUST rc tick(struct broker *b);

/* Write the tally of the minutes that are over; with ALL also of the one that is not.
 * RC_DISK_FULL likewise. */
MUST rc tick_tally(struct broker *b, bool all);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * ending.h - whether to warn now of something that ends: 30, 7 and 1 days before it, and
 * when it has.
 *
 * Each is told once.  A clock that goes back tells nothing again; a successor, which ends
 * at another time, begins anew.  What lasts for less than twice as long as such a term is
 * not warned of by it: a list that is renewed each day and lasts a week is well with six
 * days left.
 *
 * Pure: the time comes in.
 */
#ifndef SLUIS_BROKER_STANDING_ENDING_H
#define SLUIS_BROKER_STANDING_ENDING_H

#include <stdbool.h>
#include <stdint.h>

enum ending_step { ENDING_FAR, ENDING_MONTH, ENDING_WEEK, ENDING_DAY, ENDING_OVER };

struct end_said {                 /* valid when all zero */
	int64_t          until_s; /* the end that was warned of */
	enum ending_step told;    /* the last warning of it */
};

/* Whether something that holds from FROM_S until UNTIL_S is to be warned of at NOW_S,
 * Unix seconds, after what E says was told; E says so then. */
bool ending_is_due(struct end_said *e, int64_t from_s, int64_t until_s, int64_t now_s);

/* Days until UNTIL_S, of which the last counts whole; 0: it has ended. */
uint64_t ending_days(int64_t until_s, int64_t now_s);

#endif

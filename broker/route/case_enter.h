/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * case_enter.h - what a state of a route brings when a case enters it.
 *
 * Tasks that belonged to the state before end; what the new one asks for is given; when
 * another convenant or phase takes effect, every source is asked to release anew, and
 * whoever has no place under it leaves.  All of layer 1: what sits at layer 2 only is
 * told in the next cover turn (notice.h).
 */
#ifndef SLUIS_BROKER_ROUTE_CASE_ENTER_H
#define SLUIS_BROKER_ROUTE_CASE_ENTER_H

#include "broker/route/act.h"
#include "broker/route/case_place.h"

struct entry { /* borrowed */
	const struct route_info *route;
	const struct state_info *from; /* NULL: it begins here */
	const struct state_info *to;
	size_t                n_assigned; /* who gets the task that the state assigns */
	const struct seat_id *assigned;
};

/* Set state, closing, shielding and term of A's case; nothing is written. */
void case_enter_row(struct act *a, const struct entry *e);

/* Whoever has no place under what is in force now leaves: steps first, all of them this
 * act's own leaves.  LEFT has room for CASE_SEATS_MAX. */
MUST rc case_enter_leave(
    struct act *a, const struct entry *e, struct case_seat *left, size_t *ret_n);

/* End the old state's tasks and give those of the new one. */
MUST rc case_enter_tasks(struct act *a, const struct entry *e);

/* What STATE asks of WHO, who came later. */
MUST rc case_enter_newcomer(
    struct act *a, const struct state_info *state, const struct seat_id *who);

#endif

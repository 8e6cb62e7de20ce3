/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * table.h - what the acts at the table have in common: aligning, judging, consenting.
 *
 * They are of layer 1.  A desk that sits at layer 2 only is not there for the others, so
 * it does not ask, judge or vote: its request waits for a cover turn and is refused
 * there.
 *
 * Threads: the broker loop only.
 */
#ifndef SLUIS_BROKER_ROUTE_TABLE_H
#define SLUIS_BROKER_ROUTE_TABLE_H

#include "broker/route/act.h"
#include "broker/route/case_place.h"

struct table { /* where A's case stands; borrowed from the policy */
	const struct route_info *route;
	const struct state_info *state;
	const char              *role; /* of A's party */
};

/* Find case ID for A as act_find_case(), and where it stands.  RC_CASE_CLOSED,
 * RC_NOT_IN_STATE (the policy has no such route or state any more), RC_NOT_YOUR_STEP for
 * a seat that layer 1 does not know. */
MUST rc table_find(struct act *a, const ProtobufCBinaryData *id, struct table *ret);

/* The first thing of KIND that T's state asks for; NULL: none. */
const struct due_info *table_due(const struct table *t, Sluis__TaskKind kind);

/* Give WHO a task of KIND that is owed to A's own desk, about ABOUT (ID_BYTES; NULL: the
 * case), in DAYS. */
MUST rc table_give(struct act *a, const struct table *t, Sluis__TaskKind kind,
    const struct seat_id *who, const uint8_t *about, uint32_t days);

/* The open task of KIND that A's own desk has in the case, about ABOUT (NULL: any).
 * RC_NOT_FOUND. */
MUST rc table_task(
    struct act *a, Sluis__TaskKind kind, const uint8_t *about, struct task_row *ret);

/* Fill P with WHO; borrows. */
void table_participant(const struct seat_id *who, Sluis__Participant *p);

#endif

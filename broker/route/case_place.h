/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * case_place.h - what the route says of where a case stands, and who belongs there.
 *
 * Pure, but for reading history and sources from the store.
 */
#ifndef SLUIS_BROKER_ROUTE_CASE_PLACE_H
#define SLUIS_BROKER_ROUTE_CASE_PLACE_H

#include "broker/broker.h"
#include "broker/store/case.h"
#include "policy/route.h"

/* Route and state of ROW; NULL when the policy in force does not have them any more. */
const struct route_info *case_route(const struct broker *b, const struct case_row *row);
const struct state_info *case_state(const struct broker *b, const struct case_row *row);

/* What is in force in STATE (NULL: nothing). */
struct place place_of(const struct state_info *state);

/* Whether A and B are one place: same convenant and phase. */
bool place_same(const struct place *a, const struct place *b);

/* "" stands for the owner's region: what to ask the policy with. */
const char *case_region(const struct broker *b, const struct case_row *row);

/* Whether SEAT counts: a third party does after its declaration only. */
bool seat_counts(const struct case_seat *seat);

/* Whether SEAT reads what is explained at GATE (may be NULL): whom layer 1 knows as a
 * participant that the gate names as judge. */
bool seat_reads_gate(
    const struct policy *p, const struct gate_info *gate, const struct case_seat *seat);

/* Whether the policy lets WHO receive or send anything at PLACE in a case of OWNER: with
 * nothing in force everybody may sit there. */
bool seat_belongs(const struct broker *b, const struct case_row *row,
    const struct place *place, const struct seat_id *who, bool declared);

/* WHO as the party and desk that RECIPIENT names; an absent desk is the party's first.
 * RC_UNKNOWN_RECIPIENT. */
MUST rc seat_named(
    const struct policy *p, const Sluis__Recipient *recipient, struct seat_id *ret);

enum { CONTRIBUTORS_MAX = 64 };

struct contributors { /* whose signals came into a case, each desk once */
	size_t         n;
	struct seat_id at[CONTRIBUTORS_MAX];
	uint8_t        trace[CONTRIBUTORS_MAX][ID_BYTES]; /* its first submission */
};

MUST rc case_contributors(struct broker *b, const uint8_t id[ID_BYTES], unsigned layer,
    struct contributors *ret);

/* The case facts (enum case_fact) of layer 1, but for `assigned`. */
MUST rc case_facts_of(struct broker *b, const struct case_row *row, unsigned *ret);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * result.h - what a call hands back: an answer, turned into plain structs.
 *
 * A result owns the answer it came from; the structs point into it and into a pool
 * of small blocks, so that everything goes (wiped) in one stroke.
 */
#ifndef SLUIS_CLIENT_RESULT_H
#define SLUIS_CLIENT_RESULT_H

#include <jansson.h>

#include "client/error.h"
#include "proto/checkpoint.h"
#include "proto/limits.h"
#include "wire.pb-c.h"

struct block; /* one piece of pool memory */

struct sluis_result {
	uint8_t                trace_id[ID_BYTES];
	rc                     code;
	Sluis__Answer         *answer; /* owned; NULL for a result made from files */
	struct block          *pool;
	size_t                 n_outcomes, n_deliveries, n_entries;
	struct sluis_outcome  *outcomes;
	struct sluis_delivery *deliveries;
	struct sluis_entry    *entries;
	struct checkpoint head; /* of answer->checkpoint, once checked; size 0 without */
	char             *json; /* made on demand */
};

/* An empty result about the request TRACE_ID. */
MUST rc result_new(struct sluis_result **ret, const uint8_t trace_id[ID_BYTES]);

/* Take ANSWER over and describe its outcomes and entries; deliveries are added one by
 * one with result_add_delivery() after they were checked. */
MUST rc result_take_answer(struct sluis_result *r, Sluis__Answer **answer);

/* Describe D with its COPY; both are borrowed only during the call. */
MUST rc result_add_delivery(
    struct sluis_result *r, const Sluis__Delivery *d, const Sluis__Copy *copy);

/* Say that SIGNATURE is under the delivery that was added last. */
struct signature;
MUST rc result_add_signature(struct sluis_result *r, const struct signature *signature);

/* Describe the entry in RECEIPT (borrowed during the call). */
MUST rc result_add_entry(struct sluis_result *r, const Sluis__Receipt *receipt);

/* Keep M's leaf index etc.: N zeroed bytes that live and die with R; NULL without memory.
 */
void *result_alloc(struct sluis_result *r, size_t n);

/* A copy of TEXT in the pool; "" for NULL, and for no memory. */
const char *result_text(struct sluis_result *r, const char *text);

/* R as JSON; the caller decrefs; NULL without memory. */
json_t *result_to_json(const struct sluis_result *r);

/* One entry of it, as it stands there. */
json_t *entry_to_json(const struct sluis_entry *e);

/* Add to O what the answer says of cases: cases, shifts, tasks, links, hints,
 * confirmation, change (result_case.c). */
void result_case_json(const Sluis__Answer *answer, json_t *o);

/* "ruling", "enrolled", ...; "unknown" for what we do not know. */
const char *event_name(int kind);

#endif

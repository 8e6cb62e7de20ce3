/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * recent.h - the newest leaves, in memory.
 *
 * Who was just answered for, or is handed a copy now, asks for leaves of a moment ago:
 * they are still here, with the details of the open batch until the next one begins.
 * A ring, so bounded; what is not here stands in table leaf.
 *
 * Invariants: what is here is exactly what the table holds, or will when the open
 * transaction commits; a rollback takes what came in it.  Details are wiped.
 *
 * Owns: its bytes.  Threads: the broker loop only.
 */
#ifndef SLUIS_BROKER_STORE_RECENT_H
#define SLUIS_BROKER_STORE_RECENT_H

#include "proto/bytes.h"
#include "proto/limits.h"

enum { RECENT_LEAVES = 4096 }; /* four of the largest acknowledgements */

struct recent_leaf {
	uint64_t   end; /* its index + 1; 0: the place is empty */
	size_t     n;
	struct buf detail;     /* of the open batch; owned */
	bool       has_detail; /* it has one, here or on disk */
	uint8_t    bytes[LEAF_MAX];
};

struct recent {
	uint64_t           first, end; /* indices that came in the open batch */
	struct recent_leaf at[RECENT_LEAVES];
};

/* A new batch begins: details of the last one go. */
void recent_begin(struct recent *r);

/* The open batch was rolled back. */
void recent_undo(struct recent *r);

/* Leaf INDEX was written with DETAIL (empty: none).  What cannot be kept is not here. */
void recent_put(struct recent *r, uint64_t index, struct slice leaf, struct slice detail);

/* The details of leaves FIRST .. FIRST + N - 1 were erased. */
void recent_erase(struct recent *r, uint64_t first, uint64_t n);

/* Leaf INDEX if it is here, with its detail if WITH_DETAIL and it has one; else NULL.
 * Valid until the next change. */
const struct recent_leaf *recent_find(
    const struct recent *r, uint64_t index, bool with_detail);

#endif

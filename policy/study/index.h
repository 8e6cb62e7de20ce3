/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * index.h - finding again what was seen before: things with numbers from 0, by a hash.
 *
 * The things themselves are the caller's; the index holds numbers and hashes only.
 */
#ifndef SLUIS_POLICY_INDEX_H
#define SLUIS_POLICY_INDEX_H

#include <stdint.h>

#include "proto/bytes.h"

struct index { /* open addressing; zeroed: empty */
	size_t    n, cap;
	uint32_t *slots; /* number + 1; 0: free */
	uint64_t *hashes;
};

void index_wipe(struct index *x);

/* Whether thing NUMBER is what is looked for. */
typedef bool (*index_equal)(const void *arg, uint32_t number);

/* The number of what has HASH and is EQUAL; if there is none, the next number, which is
 * that of a new thing from now on (*RET_NEW).  RC_NOMEM. */
MUST rc index_find(struct index *x, uint64_t hash, index_equal equal, const void *arg,
    uint32_t *ret, bool *ret_new);

/* A hash of the N bytes at P that starts from H. */
uint64_t hash_bytes(uint64_t h, const void *p, size_t n);

#endif

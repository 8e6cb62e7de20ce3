/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * merkle.h - the RFC 6962 tree: hashes, roots and proofs.
 *
 *	MTH({})        = SHA-256("")
 *	leaf hash      = SHA-256(0x00 || leaf)
 *	node hash      = SHA-256(0x01 || left || right)
 *
 * Pure; the verifiers allocate nothing.  Source: RFC 6962 section 2.1, RFC 9162
 * sections 2.1.3.2 and 2.1.4.2 for verification, with two additions that the
 * public vectors demand: a consistency proof from size 0 is refused, and every
 * hash is 32 bytes (which the callers' parsers see to).
 */
#ifndef SLUIS_PROTO_MERKLE_H
#define SLUIS_PROTO_MERKLE_H

#include "proto/bytes.h"
#include "proto/limits.h"

struct hash {
	uint8_t b[HASH_BYTES];
};

enum { MERKLE_PROOF_MAX = 64 + 1 }; /* hashes in the longest proof */

struct merkle_proof {
	size_t      n;
	struct hash hashes[MERKLE_PROOF_MAX];
};

bool hash_equal(const struct hash *a, const struct hash *b);

struct hash merkle_empty(void);
struct hash merkle_leaf(struct slice leaf);
struct hash merkle_node(const struct hash *left, const struct hash *right);

/* --- the frontier: append and root in O(log n) memory ---------------------------- */

/* The roots of the perfect subtrees of a tree, largest first: its right edge. */
struct merkle_frontier {
	uint64_t    size;
	struct hash edge[64]; /* popcount(size) in use */
};

void        merkle_append(struct merkle_frontier *f, const struct hash *leaf);
struct hash merkle_root(const struct merkle_frontier *f);

/* --- making proofs --------------------------------------------------------------- */

/*
 * Where proofs get the hashes of perfect subtrees from: the node over leaves
 * [INDEX << LEVEL, (INDEX + 1) << LEVEL), which lies wholly inside the tree.
 * Returns RC_OK and *RET, or the code of what failed.
 */
typedef rc (*merkle_node_at)(void *arg, unsigned level, uint64_t index, struct hash *ret);

/* The root of the tree of SIZE leaves; on failure *RET is untouched, as below. */
MUST rc merkle_root_at(
    merkle_node_at node_at, void *arg, uint64_t size, struct hash *ret);

/* Inclusion of leaf INDEX in the tree of SIZE leaves; RC_NOT_FOUND if INDEX >= SIZE. */
MUST rc merkle_prove_inclusion(merkle_node_at node_at, void *arg, uint64_t index,
    uint64_t size, struct merkle_proof *ret);

/* Consistency of the trees of OLD and of SIZE leaves; RC_NOT_FOUND unless 0 < OLD <=
 * SIZE. */
MUST rc merkle_prove_consistency(merkle_node_at node_at, void *arg, uint64_t old,
    uint64_t size, struct merkle_proof *ret);

/* --- checking proofs: RC_OK or RC_BAD_PROOF -------------------------------------------
 */

MUST rc merkle_verify_inclusion(const struct merkle_proof *proof, uint64_t index,
    uint64_t size, const struct hash *leaf, const struct hash *root);

MUST rc merkle_verify_consistency(const struct merkle_proof *proof, uint64_t old,
    uint64_t size, const struct hash *old_root, const struct hash *root);

#endif

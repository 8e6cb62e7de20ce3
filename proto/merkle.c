/* SPDX-License-Identifier: EUPL-1.2 */
/* merkle.c - hashing, the frontier, and checking proofs; prove.c makes them. */
#include "proto/merkle.h"

#include <sodium.h>
#include <string.h>

#include "proto/hash.h"

enum { LEAF_PREFIX = 0, NODE_PREFIX = 1 };

bool
hash_equal(const struct hash *a, const struct hash *b)
{
	return sodium_memcmp(a->b, b->b, HASH_BYTES) == 0;
}

struct hash
merkle_empty(void)
{
	struct hash h = {{0}};
	sha256(slice_of(NULL, 0), h.b);
	return h;
}

struct hash
merkle_leaf(struct slice leaf)
{
	static const uint8_t prefix = LEAF_PREFIX;
	struct sha256        state;
	struct hash          h = {{0}};

	sha256_begin(&state);
	sha256_add(&state, slice_of(&prefix, 1));
	sha256_add(&state, leaf);
	sha256_end(&state, h.b);
	return h;
}

struct hash
merkle_node(const struct hash *left, const struct hash *right)
{
	uint8_t     in[1 + 2 * HASH_BYTES] = {NODE_PREFIX};
	struct hash h                      = {{0}};

	memcpy(in + 1, left->b, HASH_BYTES);
	memcpy(in + 1 + HASH_BYTES, right->b, HASH_BYTES);
	sha256(slice_of(in, sizeof in), h.b);
	return h;
}

/* --- the frontier ---------------------------------------------------------------- */

static unsigned
edge_count(uint64_t size)
{
	return (unsigned)__builtin_popcountll(size);
}

void
merkle_append(struct merkle_frontier *f, const struct hash *leaf)
{
	struct hash h = *leaf;
	unsigned    n = edge_count(f->size);

	/* every low one bit is a perfect subtree that this leaf completes a pair with */
	for (uint64_t t = f->size; (t & 1) != 0; t >>= 1)
		h = merkle_node(&f->edge[--n], &h);
	f->edge[n] = h;
	f->size++;
}

struct hash
merkle_root(const struct merkle_frontier *f)
{
	unsigned n = edge_count(f->size);

	if (n == 0) return merkle_empty();
	struct hash h = f->edge[--n];
	while (n > 0) h = merkle_node(&f->edge[--n], &h);
	return h;
}

/* --- checking proofs ------------------------------------------------------------------
 */

/* Where a verifier stands: the node FN of a level whose last node is SN. */
struct climb {
	uint64_t fn, sn;
};

/* Whether the next hash of the proof is a left sibling (RFC 9162: "if LSB(fn) is set, or
 * if fn is equal to sn"), in which case levels without a sibling are skipped. */
static bool
sibling_is_left(struct climb *c)
{
	if ((c->fn & 1) == 0 && c->fn != c->sn) return false;
	while ((c->fn & 1) == 0 && c->fn != 0) {
		c->fn >>= 1;
		c->sn >>= 1;
	}
	return true;
}

static void
go_up(struct climb *c)
{
	c->fn >>= 1;
	c->sn >>= 1;
}

/* RFC 9162 section 2.1.3.2. */
rc
merkle_verify_inclusion(const struct merkle_proof *proof, uint64_t index, uint64_t size,
    const struct hash *leaf, const struct hash *root)
{
	struct climb c = {.fn = index, .sn = size - 1};
	struct hash  r = *leaf;

	if (index >= size || proof->n > MERKLE_PROOF_MAX) return RC_BAD_PROOF;
	for (size_t i = 0; i < proof->n; i++) {
		const struct hash *p = &proof->hashes[i];
		if (c.sn == 0) return RC_BAD_PROOF;
		r = sibling_is_left(&c) ? merkle_node(p, &r) : merkle_node(&r, p);
		go_up(&c);
	}
	return c.sn == 0 && hash_equal(&r, root) ? RC_OK : RC_BAD_PROOF;
}

/* Steps 3 to 7 of RFC 9162 section 2.1.4.2, with FIRST the first hash of the path. */
static rc
verify_path(const struct hash *path, size_t n, struct climb c, const struct hash *first,
    const struct hash *old_root, const struct hash *root)
{
	struct hash fr = *first, sr = *first;

	while ((c.fn & 1) != 0) go_up(&c);
	for (size_t i = 0; i < n; i++) {
		if (c.sn == 0) return RC_BAD_PROOF;
		if (sibling_is_left(&c)) {
			fr = merkle_node(&path[i], &fr);
			sr = merkle_node(&path[i], &sr);
		} else {
			sr = merkle_node(&sr, &path[i]);
		}
		go_up(&c);
	}
	bool holds = c.sn == 0 && hash_equal(&fr, old_root) && hash_equal(&sr, root);
	return holds ? RC_OK : RC_BAD_PROOF;
}

rc
merkle_verify_consistency(const struct merkle_proof *proof, uint64_t old, uint64_t size,
    const struct hash *old_root, const struct hash *root)
{
	struct climb c = {.fn = old - 1, .sn = size - 1};

	if (old == 0 || old > size || proof->n > MERKLE_PROOF_MAX) return RC_BAD_PROOF;
	if (old == size)
		return proof->n == 0 && hash_equal(old_root, root) ? RC_OK : RC_BAD_PROOF;
	if (proof->n == 0) return RC_BAD_PROOF;
	if ((old & (old - 1)) == 0) /* the old tree is a node of the new one */
		return verify_path(proof->hashes, proof->n, c, old_root, old_root, root);
	return verify_path(
	    proof->hashes + 1, proof->n - 1, c, proof->hashes, old_root, root);
}

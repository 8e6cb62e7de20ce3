/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * prove.c - roots and proofs out of stored perfect subtrees (merkle.h).
 *
 * RFC 6962 defines both proofs by recursion from the root down; here the way down
 * is a loop that pushes one sibling a level, and the list is turned round at the
 * end.  Every range met is a node of the tree, so it falls into perfect subtrees
 * whose sizes are the one bits of its length.
 */
#include "proto/merkle.h"

/* Where nodes come from, and the proof so far, root side first. */
struct prover {
	merkle_node_at      node_at;
	void               *arg;
	struct merkle_proof proof;
};

/* MTH(D[START : START + N]) for N > 0, folded from its smallest subtree up. */
static rc
range_root(const struct prover *p, uint64_t start, uint64_t n, struct hash *ret)
{
	uint64_t    end  = start + n;
	bool        some = false;
	struct hash acc  = {{0}}, h;

	for (unsigned level = 0; level < 64 && n >> level != 0; level++) {
		if ((n >> level & 1) == 0) continue;
		end -= (uint64_t)1 << level;
		TRY(p->node_at(p->arg, level, end >> level, &h));
		acc  = some ? merkle_node(&h, &acc) : h;
		some = true;
	}
	*ret = acc;
	return RC_OK;
}

static rc
push(struct prover *p, uint64_t start, uint64_t n)
{
	if (p->proof.n == MERKLE_PROOF_MAX) return RC_INTERNAL;
	TRY(range_root(p, start, n, &p->proof.hashes[p->proof.n]));
	p->proof.n++;
	return RC_OK;
}

static void
give_reversed(const struct prover *p, struct merkle_proof *ret)
{
	ret->n = p->proof.n;
	for (size_t i = 0; i < ret->n; i++)
		ret->hashes[i] = p->proof.hashes[ret->n - 1 - i];
}

/* The largest power of two below N, for N > 1. */
static uint64_t
split_of(uint64_t n)
{
	return (uint64_t)1 << (63 - __builtin_clzll(n - 1));
}

rc
merkle_root_at(merkle_node_at node_at, void *arg, uint64_t size, struct hash *ret)
{
	struct prover p = {.node_at = node_at, .arg = arg};
	struct hash   h = merkle_empty();

	if (size != 0) TRY(range_root(&p, 0, size, &h));
	*ret = h;
	return RC_OK;
}

/* RFC 6962 section 2.1.1, PATH(m, D[n]). */
rc
merkle_prove_inclusion(merkle_node_at node_at, void *arg, uint64_t index, uint64_t size,
    struct merkle_proof *ret)
{
	struct prover p     = {.node_at = node_at, .arg = arg};
	uint64_t      start = 0, n = size;

	if (index >= size) return RC_NOT_FOUND;
	while (n > 1) {
		uint64_t k = split_of(n);
		if (index - start < k) {
			TRY(push(&p, start + k, n - k));
			n = k;
		} else {
			TRY(push(&p, start, k));
			start += k;
			n -= k;
		}
	}
	give_reversed(&p, ret);
	return RC_OK;
}

/* RFC 6962 section 2.1.2, SUBPROOF(m, D[n], true). */
rc
merkle_prove_consistency(merkle_node_at node_at, void *arg, uint64_t old, uint64_t size,
    struct merkle_proof *ret)
{
	struct prover p     = {.node_at = node_at, .arg = arg};
	uint64_t      start = 0, n = size, m = old;

	if (old == 0 || old > size) return RC_NOT_FOUND;
	while (m != n) {
		uint64_t k = split_of(n);
		if (m <= k) {
			TRY(push(&p, start + k, n - k));
			n = k;
		} else {
			TRY(push(&p, start, k));
			start += k;
			n -= k;
			m -= k;
		}
	}
	if (start != 0) TRY(push(&p, start, n)); /* else it is the old root itself */
	give_reversed(&p, ret);
	return RC_OK;
}

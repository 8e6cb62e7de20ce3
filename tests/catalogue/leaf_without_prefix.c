/* SPDX-License-Identifier: EUPL-1.2 */
/* leaf_without_prefix.c - a mutant: a leaf is hashed as if it were a node's content. */
#include "proto/hash.h"
#include "proto/merkle.h"

struct hash __wrap_merkle_leaf(struct slice leaf);

struct hash
__wrap_merkle_leaf(struct slice leaf)
{
	struct hash h;

	sha256(leaf, h.b);
	return h;
}

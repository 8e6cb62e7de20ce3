/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * tree.h - the tree of the journal, as tiles of 256 hashes in the store.
 *
 * The last, partial tile of every level is in memory with all its inner nodes, so a leaf
 * is added in O(1) amortised and a proof for a recent one reads no disk.  A full tile is
 * written once and never again, and checked against the tile above it when it is read; of
 * the partial one of level 0, which grows with every batch, a batch writes what it
 * brought, with its head (store_put_head()).
 *
 * Owns: the tiles in memory.  Borrows: the store.  Threads: the loop's.
 */
#ifndef SLUIS_BROKER_JOURNAL_TREE_H
#define SLUIS_BROKER_JOURNAL_TREE_H

#include "broker/store/store.h"
#include "proto/tile.h"

struct tree;

/* Of a tree without leaves, until tree_restore().  STORE is borrowed.  RC_NOMEM. */
MUST rc tree_new(struct tree **ret, struct store *store);
void    tree_destroy(struct tree **tp);

/* Leaves in the tree, uncommitted ones included. */
uint64_t tree_size(const struct tree *all);

/* The tree as it was committed, with SIZE leaves: from the store, unless memory has it
 * since the last tree_commit().  RC_BAD_TREE if the store does not have all of it. */
MUST rc tree_restore(struct tree *all, uint64_t size);

/* Add the hash of a leaf, inside the open transaction. */
MUST rc tree_append(struct tree *all, const struct hash *leaf);

/* Write the partial tiles above level 0 that changed, inside the open transaction. */
MUST rc tree_write(struct tree *all);

/* The hashes of the partial tile of level 0 from leaf FROM on, or from its first; valid
 * until the next call with ALL. */
struct slice tree_fresh(const struct tree *all, uint64_t from);

/* The tree as it is now is committed: tree_restore() can come back to it. */
void tree_commit(struct tree *all);

/* merkle_node_at of a struct tree, for the tree as it is now. */
MUST rc tree_node_at(void *tree, unsigned level, uint64_t index, struct hash *ret);

#endif

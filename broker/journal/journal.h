/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * journal.h - the sharing log: what was shared, with whom, under which rule.
 *
 * One append-only Merkle tree (proto/merkle.h) of Leaf messages (journal.proto),
 * cut into tiles (proto/tile.h).  A leaf holds no person: salted digests, rule ids
 * and field paths.
 *
 * Invariants
 *  - A leaf is durable before anything that it describes leaves the building.
 *  - Leaves are never changed or removed; the size only grows.
 *  - One root per size.  A head (size, root) is committed with the leaves it covers
 *    and signed only after that commit; Ed25519 is deterministic, so signing a
 *    head again yields the same bytes and never a second statement.
 *
 * A batch: journal_append() any number of leaves inside the store's transaction,
 * journal_seal_batch() before the commit, journal_commit() after it succeeded or
 * journal_reload() after it was rolled back.
 *
 * Owns: the right edge of the tree (a few 16 KiB tile trees), a
 * small cache of full tiles.  Borrows: the store and the line, which must outlive it.
 * Threads: the broker loop only.
 */
#ifndef SLUIS_BROKER_JOURNAL_JOURNAL_H
#define SLUIS_BROKER_JOURNAL_JOURNAL_H

#include "broker/keeper/keeper.h"
#include "broker/store/store.h"
#include "proto/checkpoint.h"
#include "proto/receipt.h"
#include "proto/scratch.h"

struct journal;

/*
 * Open the journal in STORE, named ORIGIN and signed by the keeper on LINE. Rebuilds the
 * right edge in O(log n) reads and compares its root with the last committed head:
 * RC_BAD_TREE if they differ.
 */
MUST rc journal_open(struct journal **ret, struct store *store, const char *origin,
    struct keeper_line *line);
void    journal_destroy(struct journal **jp);

/* Whom to check checkpoints with. */
const struct note_verifier *journal_verifier(const struct journal *j);

/* Leaves appended so far, uncommitted ones included. */
uint64_t journal_size(const struct journal *j);

/* Leaves under the newest signed head. */
uint64_t journal_signed_size(const struct journal *j);

/*
 * Complete LEAF (nonce, version, TIME_MS), serialise it, append it with DETAIL (empty:
 * none; the leaf commits to it), inside the store's open transaction.  The exact
 * bytes go to RET_BYTES (may be NULL).  RC_LEAF_TOO_LARGE, RC_DISK, RC_NOMEM.
 */
MUST rc journal_append(struct journal *j, Sluis__Leaf *leaf, struct slice detail,
    uint64_t time_ms, uint64_t *ret_index, struct buf *ret_bytes);

/* Write the edge tiles and the head of this batch into the open transaction. */
MUST rc journal_seal_batch(struct journal *j);

/* The transaction is durable: sign the new head. */
MUST rc journal_commit(struct journal *j);

/* The transaction was rolled back: forget what was appended in it. */
MUST rc journal_reload(struct journal *j);

/* The newest signed head; valid until the next journal_commit(). */
struct slice journal_checkpoint(const struct journal *j);

/* The signed head of the commit that brought leaf INDEX, appended to OUT, and its size.
 */
MUST rc journal_checkpoint_covering(
    struct journal *j, uint64_t index, uint64_t *ret_size, struct buf *out);

/* The bytes of leaf INDEX and of its detail, borrowed until the next append, if they are
 * still in memory. */
bool journal_recall(const struct journal *j, uint64_t index, struct slice *ret_leaf,
    struct slice *ret_detail);

struct receipt_wanted { /* a receipt that is to be made */
	uint64_t index; /* of its leaf */
	bool     with_detail, with_proof;
};

/*
 * Fill RECEIPT (an initialised message) as WANTED: the bytes of the leaf; the detail; the
 * proof and the checkpoint of the commit that brought it, so that asking again gives the
 * same receipt.  What it points to is in MEM.  RC_NOT_FOUND; RC_BAD_TREE if leaf or
 * detail are not what the tree commits to; RECEIPT is to be initialised again then.
 */
MUST rc journal_receipt(struct journal *j, const struct receipt_wanted *wanted,
    struct scratch *mem, Sluis__Receipt *receipt);

/* Whether that RC_BAD_TREE was for a detail whose key opens it no more; false for one
 * that is missing or was changed.  Of the entry read last. */
bool journal_detail_is_lost(const struct journal *j, uint64_t index);

/* Proofs in the tree of SIZE leaves, at most those under the newest signed head;
 * RC_NOT_FOUND. */
MUST rc journal_prove_inclusion_at(
    struct journal *j, uint64_t index, uint64_t size, struct merkle_proof *ret);
MUST rc journal_prove_consistency_at(
    struct journal *j, uint64_t old, uint64_t size, struct merkle_proof *ret);

/* The root of the tree of the first SIZE leaves; RC_NOT_FOUND beyond the newest signed
 * head. */
MUST rc journal_root_at(struct journal *j, uint64_t size, struct hash *ret);

/* Copy PROOF into a repeated bytes field of a message, which owns what came of it also
 * on failure. */
MUST rc journal_copy_proof(
    const struct merkle_proof *proof, size_t *ret_n, ProtobufCBinaryData **ret);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * receipt.h - what a party keeps as proof, and the C2SP tlog-proof text form.
 *
 * A Receipt (journal.proto) is a leaf, its index, an inclusion proof and a
 * checkpoint.  Checking one needs the region's verifier key and nothing else.
 *
 *	c2sp.org/tlog-proof@v1
 *	extra <base64>		(may be absent)
 *	index 1234
 *	<base64 hash>
 *	...
 *	<empty line>
 *	<checkpoint>
 *
 * Pure.  Source: C2SP/C2SP tlog-proof.md.
 */
#ifndef SLUIS_PROTO_RECEIPT_H
#define SLUIS_PROTO_RECEIPT_H

#include "journal.pb-c.h"
#include "proto/checkpoint.h"

/*
 * Check that RECEIPT's leaf stands at its index in the tree that V signed, and,
 * where a detail is present, that the leaf commits to it.  *RET_CHECKPOINT is
 * the head it rests on.  RC_MALFORMED, RC_BAD_NOTE, RC_BAD_PROOF, RC_BAD_DIGEST.
 * What the leaf says is not looked at: that it is about the right event, and not
 * another one of the same journal, is the caller's to compare.
 */
MUST rc receipt_verify(const Sluis__Receipt *receipt, const struct note_verifier *v,
    struct checkpoint *ret_checkpoint);

/* The leaf inside RECEIPT (message_destroy() it). */
MUST rc receipt_leaf(const Sluis__Receipt *receipt, Sluis__Leaf **ret);

/* Whether LEAF commits to DETAIL by its digest; false when it commits to none. */
bool receipt_commits(const Sluis__Leaf *leaf, struct slice detail);

/* SHA-256(salt || copy): what a leaf says of the copy its recipient got. */
struct hash receipt_copy_digest(struct slice salt, struct slice copy);

/* Append RECEIPT's proof as tlog-proof text to OUT, which is unchanged on failure; with
 * EXTRA (n 0: none) as its line of that name. */
MUST rc receipt_format_proof(
    const Sluis__Receipt *receipt, struct slice extra, struct buf *out);

/* tlog-proof text, taken apart; the slices point into the text. */
struct proof_text {
	struct slice extra; /* base64 of anything, as it stands; n 0: no such line */
	uint64_t     index;
	struct merkle_proof proof;
	struct slice        checkpoint; /* not verified */
};

/* Read tlog-proof text.  RC_MALFORMED. */
MUST rc receipt_parse_proof(struct slice text, struct proof_text *ret);

#endif

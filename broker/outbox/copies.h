/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * copies.h - copies opened to be handed out.
 *
 * What a desk is given stands sealed in the store: it is read, all keys of an answer are
 * asked for in one question, and it is opened.  A copy that was sealed a moment ago, in
 * this turn of the loop, is still here as it was (at most FRESH_BYTES of them): who waits
 * for it gets that.  copies_forget() ends the turn.
 *
 * Invariants: a copy that is not there any more (acknowledged, rolled back) is not
 * opened; opened bytes are wiped.
 *
 * Owns: the fresh copies.  Borrows: store, line.  Threads: the broker loop only.
 */
#ifndef SLUIS_BROKER_OUTBOX_COPIES_H
#define SLUIS_BROKER_OUTBOX_COPIES_H

#include "broker/store/store.h"

enum { FRESH_BYTES = 4 * 1024 * 1024, OPENED_MAX = 64 };

struct fresh_copy {
	uint64_t   seq;
	struct buf plain; /* salt, then copy */
};

struct copies {
	struct store       *store; /* borrowed */
	struct keeper_line *line;  /* borrowed */
	size_t              n, cap, bytes;
	struct fresh_copy  *fresh; /* by seq; owned */
};

/* PLAIN is what was sealed as copy SEQ, in the open transaction; taken over if there is
 * room for it. */
void copies_keep(struct copies *c, uint64_t seq, struct buf *plain);

/* Copy SEQ is done with. */
void copies_drop(struct copies *c, uint64_t seq);

/* The turn is over, or what came in it did not happen. */
void copies_forget(struct copies *c);

void copies_wipe(struct copies *c);

struct opened {
	rc         code;  /* RC_NOT_FOUND, RC_CRYPTO: it cannot be opened */
	struct buf plain; /* salt (NONCE_BYTES), then copy; the caller's */
};

/* Open the copies of N rows, OPENED_MAX at most, each with a code of its own, until they
 * have BYTES together: the first *RET_N of them.  RC_CRYPTO without a keeper.  All N of
 * RET are the caller's to wipe, also on failure. */
MUST rc copies_open(struct copies *c, const struct delivery *const *rows, size_t n,
    size_t bytes, struct opened *ret, size_t *ret_n);

#endif

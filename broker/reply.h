/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * reply.h - an answer on its way, from handler to socket.
 *
 * An answer is built inside the batch but may only promise what is durable.  So a
 * receipt is noted as (place in the answer, leaf index) and filled in after the
 * commit, with the proof and the signed head, for as long as the answer is packed.
 * Replies of a batch are kept in a list and sent, or all turned into a failure, when the
 * batch's fate is known.
 *
 * Owns: the Answer and everything in it.
 */
#ifndef SLUIS_BROKER_REPLY_H
#define SLUIS_BROKER_REPLY_H

#include "broker/journal/journal.h"
#include "broker/transport.h"
#include "proto/message.h"
#include "wire.pb-c.h"

struct promised_receipt {
	Sluis__Receipt       *into; /* inside the answer; empty but while it is packed */
	struct receipt_wanted wanted;
};

/* An outcome that was just written: what is asked for later is read from the journal, and
 * is the same. */
struct told_outcome {
	uint64_t   index; /* of its leaf */
	struct buf body;  /* a serialised Outcome without receipt; owned */
};

struct reply {
	struct route   to;
	Sluis__Answer *answer; /* owned */
	size_t         bytes;  /* of copies in it: a batch is bounded by their sum */
	bool           parked; /* a Receive that waits: nothing to send now */
	size_t         n_promised, cap_promised;
	struct promised_receipt *promised; /* owned */
	size_t                   n_told, cap_told;
	struct told_outcome     *told; /* owned; of one batch */
	size_t                   n_parts;
	struct reply            *parts; /* owned; those of a frame of several requests */
};

/* A new answer to REQUEST_ID (may be empty: the message could not be read that far). */
MUST rc reply_init(struct reply *r, const struct route *to, struct slice request_id);
void    reply_wipe(struct reply *r);

/* Set code, and WHERE (NULL or "" to leave it out).  Copies. */
MUST rc reply_set_code(struct reply *r, rc code, const char *where);

/* Drop whatever the answer says and make it CODE: the batch failed. */
MUST rc reply_fail(struct reply *r, rc code);

/* Take over PART, whose answer becomes the next of answer.answers; nothing is left in
 * PART. */
MUST rc reply_take(struct reply *r, struct reply *part);

/* Note that INTO, a receipt inside the answer, is to be filled from leaf INDEX. */
MUST rc reply_promise(struct reply *r, Sluis__Receipt *into, uint64_t index,
    bool with_detail, bool with_proof);

/* Room for N outcomes that are told. */
MUST rc reply_will_tell(struct reply *r, size_t n);

/* The next outcome of the answer: BODY (copied), a serialised Outcome that has no receipt
 * yet, of the leaf that was appended at INDEX in this batch. */
MUST rc reply_tell(struct reply *r, struct slice body, uint64_t index);

/* Add a new receipt to answer.receipts and promise it.  One without a proof is of a list:
 * its detail is left out where it opens no more. */
MUST rc reply_add_receipt(
    struct reply *r, uint64_t index, bool with_detail, bool with_proof);

/* An answer that does not fit a frame: what was done counts, and what the case looks like
 * now can be asked for.  Whether anything was left out: nothing of an answer without
 * receipts, which would say nothing then. */
bool reply_leave_out_cases(struct reply *r);

/* After the commit: fill what was promised, name the policy BUNDLE in force and the
 * broker's time, serialise into OUT. */
MUST rc reply_finish(struct reply *r, struct journal *journal, const struct hash *bundle,
    uint64_t now_ms, struct buf *out);

/* Advice on the signal (policy/hints.h): N ids, constants of the program. */
MUST rc reply_set_hints(struct reply *r, size_t n, const char *const *ids);

#endif

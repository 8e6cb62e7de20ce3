/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * check.h - no receipt is believed before it was checked.
 *
 * Four questions for each receipt: does its entry stand in the tree that the
 * region signed (proto/receipt.h), does that tree agree with the last one we saw
 * (seen.h), is it dated as its place there allows, and is the entry about us and about
 * what we asked?  A broker that hands out a valid entry of somebody else fails the last.
 *
 * Pure.  Every failure is of kind INTEGRITY, its place in *E.
 */
#ifndef SLUIS_CLIENT_CHECK_H
#define SLUIS_CLIENT_CHECK_H

#include "client/error.h"
#include "client/region.h"
#include "client/seen.h"
#include "proto/limits.h"
#include "proto/receipt.h"
#include "wire.pb-c.h"

struct checker { /* borrowed */
	const struct note_verifier *verifier;
	const struct seen          *seen;
	const struct member        *self;
	uint64_t                    now_ms;   /* Unix time, by our clock */
	uint64_t                    delay_ms; /* so much later may an entry be made */
	struct sluis_error         *error;
};

/* No broker takes a request that is older (FRESHNESS_MAX_S). */
enum { DATED_WITHIN_MS = DATED_WITHIN_S * 1000 };

/* LEAF, at INDEX, has a date, and when it came after the last head that we saw, none
 * before that.  RC_BAD_PROOF. */
MUST rc check_dated(const struct checker *c, uint64_t index, const Sluis__Leaf *leaf);

/* LEAF is not dated later than now.  Only for what comes with an answer to a request that
 * was fresh: of a refusal our own clock may be the cause.  RC_BAD_PROOF. */
MUST rc check_past(const struct checker *c, const Sluis__Leaf *leaf);

/* LEAF was made about CREATED_MS, when that was asked for.  RC_BAD_PROOF. */
MUST rc check_prompt(
    const struct checker *c, uint64_t created_ms, const Sluis__Leaf *leaf);

/* Proof, signature, detail and history of RECEIPT; its leaf to *RET_LEAF and the head
 * to *RET_HEAD (either may be NULL). */
MUST rc check_receipt(const struct checker *c, const Sluis__Receipt *receipt,
    Sluis__Leaf **ret_leaf, struct checkpoint *ret_head);

/* An entry as it comes in a list: in full where it carries a head, else at least that it
 * commits to its detail (the list as a whole is proven by recomputing the root). */
MUST rc check_entry(const struct checker *c, const Sluis__Receipt *receipt);

/* The receipt of one OUTCOME of our submission WHAT with id TRACE_ID. */
MUST rc check_outcome(const struct checker *c, const Sluis__Submit *what,
    const uint8_t trace_id[ID_BYTES], const Sluis__Outcome *outcome);

/* The rules, fields and obligations in COPY are those of LEAF.  RC_BAD_DIGEST. */
MUST rc check_grounds(
    const struct checker *c, const Sluis__Leaf *leaf, const Sluis__Copy *copy);

/* A delivery: its receipt, that its copy is the one of the entry, that we are its
 * recipient, and that the entry names every field that the copy holds.  The copy
 * to *RET (message_destroy() it). */
MUST rc check_delivery(
    const struct checker *c, const Sluis__Delivery *d, Sluis__Copy **ret);

/* The receipt of our acknowledgement of what entry RULING said; NULL: of what is not kept
 * here. */
MUST rc check_acknowledged(
    const struct checker *c, const Sluis__Receipt *receipt, const uint64_t *ruling);

/* Entry INDEX says that what entry RULING released to us is recalled. */
MUST rc check_recalled(const struct checker *c, const Sluis__Receipt *receipt,
    uint64_t index, uint64_t ruling);

/* The receipt of our enrolment with the binding ENVELOPE. */
MUST rc check_enrolled(
    const struct checker *c, const Sluis__Receipt *receipt, struct slice envelope);

#endif

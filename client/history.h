/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * history.h - has the journal only grown since we last looked?
 *
 * Asked at the first request of a connection, before anything else is sent, and every
 * minute of one that stays open: whoever comes next finds a broker that forked its
 * history or was restored from an old backup, and tells it nothing more.
 *
 * The broker is shown the head that we saw last.  When it cannot prove that its newest
 * head continues that one, both are kept (forks.h), and every call fails with RC_FORKED
 * until `sluis audit gossip --accept`, which takes a gap that the journal itself names.
 *
 * After that we cosign, as a witness (witness.h).
 */
#ifndef SLUIS_CLIENT_HISTORY_H
#define SLUIS_CLIENT_HISTORY_H

#include "client/handle.h"
#include "wire.pb-c.h"

/* Check now; RC_FORKED and the codes of a request. */
MUST rc history_check(struct sluis *s, unsigned timeout_ms);

/* Check if it is due, before a request to S's main door, which is not sent otherwise: a
 * broker that refuses the proof is asked nothing else. */
MUST rc history_begin(struct sluis *s, unsigned timeout_ms);

/* Send no such question any more on this handle (`sluis audit gossip` asks its own). */
void history_leave(struct sluis *s);

/* Ask BODY, whose head is filled in here; the answer whatever its code. */
MUST rc history_ask(
    struct sluis *s, Sluis__Prove *body, unsigned timeout_ms, Sluis__Answer **ret);

/* The head in A, signed by the region.  RC_BAD_NOTE, told. */
MUST rc history_head(struct sluis *s, const Sluis__Answer *a, struct checkpoint *ret);

/* NOTE as a text for Prove.seen, to TEXT; NULL when it is longer than a broker reads:
 * what it shows is checked all the same, here. */
MUST rc history_show(struct slice note, struct buf *text, char **ret);

/* The proof in A.  RC_BAD_PROOF when a hash is not 32 bytes or there are too many. */
MUST rc history_proof(const Sluis__Answer *a, struct merkle_proof *ret);

/* Whether PROOF shows that the smaller of the trees of A and B is the beginning of the
 * larger: RC_OK, RC_FORKED or RC_BAD_PROOF. */
MUST rc history_agree(const struct checkpoint *a, const struct checkpoint *b,
    const struct merkle_proof *proof);

/* The note of the head that S saw last, appended; RC_NOT_FOUND. */
MUST rc history_seen(const struct sluis *s, struct buf *out);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * linked.h - who else signalled the same, and telling those who may know it.
 *
 * Nothing is compared when a signal comes in: its tokens are put aside, and compared when
 * time has passed.  So neither the answer to a submission nor the size of the journal
 * under it depends on whether somebody else knows.  Each desk that a rule allows is told
 * once of another party and a token, in one notice for all tokens of its signal; both
 * sides are looked at, each by the rule of its own convenant.
 *
 * What a desk may know now it may also ask (link_ask.c), of its own submissions only.
 *
 * Threads: the broker loop only, inside the open transaction.
 */
#ifndef SLUIS_BROKER_KNOWING_LINKED_H
#define SLUIS_BROKER_KNOWING_LINKED_H

#include "broker/broker.h"
#include "broker/store/knowing.h"
#include "case.pb-c.h"

struct hits { /* zero-initialise */
	size_t           n;
	Sluis__LinkHit **at;    /* owned */
	bool             fresh; /* WHO was not told of one of them before */
};

void hits_wipe(struct hits *h);

/* What WHO may know of its submission TRACE now; with NOTE it counts as told. */
MUST rc linked_hits(struct broker *b, const struct seat_id *who,
    const uint8_t trace[ID_BYTES], bool note, struct hits *ret);

/* Compare the tokens of a few submissions that were put aside, and tell; *RET_MORE: some
 * are left. */
MUST rc linked_tell(struct broker *b, bool *ret_more);

#endif

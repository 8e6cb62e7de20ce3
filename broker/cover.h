/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cover.h - the cover turn: the only moment at which layer 2 writes.
 *
 * Every `cover_s` seconds there is one batch that appends exactly `cover_leaves` entries:
 * what layer 2 had to write, and EVENT_COVER for the rest.  Without any layer 2 it is the
 * same batch, of the same size, at the same time.  What does not fit waits for the next
 * turn; a request that would never fit is refused (too_many_elements at `cover_leaves`),
 * but for a handler that does as much as `broker.cover_room` lets it and goes on in the
 * next turn (its reply is `parked`).
 *
 * Done in it, in this order:
 *
 *	what time brings to layer 2 (the table in cover.c), for half of the room
 *	requests about layer 2, in the order in which they came (veil.h)
 *	their refusals, which are entries too
 *	once more what time brings and whom the requests tell, for the room that is left
 *
 * Works take turns piece by piece, notices by the party that caused them.
 * A work that meets a row which does not hold is left out of the turn, which goes on.
 *
 * Whoever writes something about layer 2 checks `broker.covered` first: a handler by its
 * `layer` hook (handler.h), time-driven work by standing in the table.
 *
 * Threads: the broker loop only.
 */
#ifndef SLUIS_BROKER_COVER_H
#define SLUIS_BROKER_COVER_H

#include "broker/broker.h"

/* One piece of time-driven work of layer 2 inside the turn: at most `leaves` entries.
 * *RET_DID says whether there was any. */
struct cover_work {
	uint64_t leaves;
	rc (*one)(struct broker *b, bool *ret_did);
};

/* Notices of layer 2 that one party may have caused and that still wait: beyond that its
 * requests about layer 2 are refused with `queue_full`, until turns have sent some. */
enum { COVER_NOTICES_MAX = 64 };

/* Hold the turn: a batch of its own, begun and committed here; then SEND the answers. */
MUST rc cover_turn(struct broker *b, dispatch_send send, void *arg);

#endif

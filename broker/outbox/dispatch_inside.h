/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * dispatch_inside.h - what dispatch.c, hand_out.c and parked.c share: a queue for each
 * desk that was ever named, and who waits.
 *
 * The first keeps count of what waits and of what is leased, the second puts copies into
 * an answer, the third keeps the Receives that have none yet.
 */
#ifndef SLUIS_BROKER_OUTBOX_DISPATCH_INSIDE_H
#define SLUIS_BROKER_OUTBOX_DISPATCH_INSIDE_H

#include "broker/outbox/copies.h"
#include "broker/outbox/dispatch.h"
#include "broker/outbox/lease.h"
#include "broker/seat.h"

enum {
	TRIED        = 256,        /* copies of a desk whose attempts are remembered */
	ANSWER_BYTES = 256 * 1024, /* copies in one answer: what a reader that stalls can
	                              hold */
};

struct tried { /* how often copy SEQ was handed out */
	uint64_t seq;
	uint32_t n;
};

struct queue { /* one desk's */
	char     oin[OIN_DIGITS + 1];
	char     desk[DESK_MAX + 1];
	uint64_t waiting; /* copies of signals */
	uint64_t notices;
	bool   news; /* something came, or a lease may have ended, since the last look */
	size_t answer_bytes;            /* that its next answer may have */
	uint64_t      n_given, n_ended; /* in its last answer; finished since */
	uint64_t      after;            /* what waits up to here is leased */
	struct leases leases;
	struct tried  tried[TRIED]; /* by seq modulo TRIED; the newest stay */
	struct queue *next;         /* in its bucket; borrowed */
};

struct parked {
	struct ask   ask;
	uint8_t      curve_public[KEY_BYTES];
	struct reply reply; /* owned, with an empty answer */
};

struct dispatch {
	struct store        *store;  /* borrowed */
	const struct config *config; /* borrowed */
	struct copies        copies;
	uint64_t             waiting; /* copies of signals, all desks */
	uint64_t             notices; /* all desks */
	uint64_t             first;   /* copies from this one on came in this life */
	size_t               n_queues, n_parked, cap_parked;
	struct queue       **queues; /* owned */
	struct queue        *bucket[SEAT_BUCKETS];
	struct parked       *parked; /* owned */
};

/* The queue of this desk; a new one counts what stands in the store by now.  The
 * dispatch's.  RC_NOMEM, and what the store may fail with. */
MUST rc queue_of(
    struct dispatch *d, const char *oin, const char *desk, struct queue **ret);

/* Drop the leases of Q that have ended by NOW_MS: what they hid is news. */
void queue_end_leases(struct queue *q, uint64_t now_ms);

/* How many copies more ASK may have leased; SIZE_MAX if it just looks. */
size_t queue_leases_left(
    const struct dispatch *d, const struct queue *q, const struct ask *ask);

#endif

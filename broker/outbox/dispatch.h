/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * dispatch.h - copies that wait, and desks that wait for them.
 *
 * A copy stands in the outbox on disk until its desk acknowledges it or its term runs
 * out.  A desk asks (Receive), with patience if it likes; a returned copy is leased, so
 * that two connections of a desk do not both work on it, and comes again when the lease
 * ends without an acknowledgement: at least once.  Leases are in memory only: after
 * a crash everything unacknowledged is handed out again.
 *
 * Bounded: copies of signals, and notices, per desk and in all; parked Receives, leases
 * per desk; bytes in an answer, of which a desk that finishes what it is given may have
 * more.
 *
 * dispatch.c counts what waits, hand_out.c puts it into answers, parked.c keeps the
 * Receives that wait for it.
 *
 * Owns: queues, leases, parked Receives, copies that were sealed in this turn.  Borrows:
 * store and journal, which must outlive it.  Threads: the broker loop only.
 */
#ifndef SLUIS_BROKER_OUTBOX_DISPATCH_H
#define SLUIS_BROKER_OUTBOX_DISPATCH_H

#include "broker/config.h"
#include "broker/journal/journal.h"
#include "broker/reply.h"
#include "broker/standing/registry.h"

enum { PARKED_MAX = 64 }; /* Receives of one key */

struct dispatch;

/* LINE unwraps record keys; it must outlive this. */
MUST rc dispatch_new(struct dispatch **ret, struct store *store,
    const struct config *config, struct keeper_line *line);
void    dispatch_destroy(struct dispatch **dp);

/* RC_QUEUE_FULL if no further copy of a signal for this desk may be stored. */
MUST rc dispatch_room(struct dispatch *d, const char *oin, const char *desk);

/* RC_QUEUE_FULL if no further act may cause notices: they never take the room of
 * signals. */
MUST rc dispatch_notice_room(const struct dispatch *d);

/* Whether so many notices wait for this desk that it reads none. */
bool dispatch_is_deaf(struct dispatch *d, const char *oin, const char *desk);

/* Copy ROW was stored in the open transaction. */
MUST rc dispatch_added(struct dispatch *d, const struct delivery *row);

/* PLAIN, salt and copy, is what was sealed as copy SEQ in the open transaction: taken
 * over, for who is handed it in this turn, until dispatch_wake(). */
void dispatch_keep(struct dispatch *d, uint64_t seq, struct buf *plain);

/* Copies of signals that wait, all desks. */
uint64_t dispatch_waiting(const struct dispatch *d);

/* The batch's transaction was rolled back: count again from the store. */
void dispatch_recount(struct dispatch *d);

/* The same when no copy was handed out in that batch: leases stand, so that other desks
 * do not notice. */
void dispatch_recount_copies(struct dispatch *d);

struct ask { /* a Receive, without its envelope */
	char     oin[OIN_DIGITS + 1];
	char     desk[DESK_MAX + 1];
	uint64_t until_ms; /* patience ends */
	uint64_t lease_ms; /* 0: just look */
	size_t   max;
	bool     one; /* only the delivery with this id */
	uint8_t  id[ID_BYTES];
};

/*
 * Put what waits for ASK's desk into R's answer, leased.  *RET_N is how many.
 * RC_NOT_FOUND if ASK wants one delivery that does not wait for this desk.
 */
MUST rc dispatch_take(struct dispatch *d, const struct ask *ask, uint64_t now_ms,
    struct reply *r, size_t *ret_n);

/* Keep ASK until something comes; takes the answer out of R (which is then `parked`).  An
 * older parked Receive of the same connection ends at once, and so does the oldest of the
 * same key when there are PARKED_MAX.  RC_QUEUE_FULL. */
MUST rc dispatch_park(struct dispatch *d, const struct ask *ask,
    const uint8_t curve_public[KEY_BYTES], struct reply *r);

/* Whom to hand a completed reply to. */
typedef void (*dispatch_send)(void *arg, struct reply *r);

/* After a commit, and when time has passed: complete every parked Receive that something
 * came for, whose patience ended, or whose asker lost its standing. */
MUST rc dispatch_wake(struct dispatch *d, struct registry *registry,
    const struct trust *trust, uint64_t now_ms, dispatch_send send, void *arg);

/* The broker stops: every parked Receive is told so. */
MUST rc dispatch_stop(struct dispatch *d, dispatch_send send, void *arg);

/* Whether copy ROW was handed out, or may have been before the broker started or longer
 * ago than memory goes: its desk may have it, although it never said so. */
bool dispatch_was_out(const struct dispatch *d, const struct delivery *row);

/* The delivery is done with: no lease, one copy less for its desk. */
void dispatch_finished(struct dispatch *d, const struct delivery *done);

/* Milliseconds until dispatch_wake() should run again even if nothing comes; -1: never.
 */
long dispatch_patience(const struct dispatch *d, uint64_t now_ms);

#endif

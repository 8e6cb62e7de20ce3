/* SPDX-License-Identifier: EUPL-1.2 */
/* dispatch.c - desk queues, what is handed out, and parked Receives. */
#include "broker/outbox/dispatch.h"

#include <stdlib.h>
#include <string.h>

#include "broker/log.h"
#include "broker/outbox/copies.h"
#include "broker/outbox/lease.h"
#include "broker/seat.h"
#include "proto/auto.h"
#include "proto/room.h"

enum {
	PAGE = OPENED_MAX, /* deliveries looked at, and opened, at a time */
	ANSWER_BYTES =
	    256 * 1024, /* copies in one answer: what a reader that stalls can hold */
	ANSWER_MOST = 2 * 1024 * 1024, /* for a desk that acknowledges what it is given */
};

enum { TRIED = 256 };

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

/* --- queues ---------------------------------------------------------------------- */

uint64_t
dispatch_waiting(const struct dispatch *d)
{
	return d->waiting;
}

/* The queue of this desk if there is one yet, else NULL. */
static struct queue *
find_queue(const struct dispatch *d, const char *oin, const char *desk)
{
	struct queue *q = d->bucket[seat_bucket(oin, desk)];

	while (q != NULL && (strcmp(q->oin, oin) != 0 || strcmp(q->desk, desk) != 0))
		q = q->next;
	return q;
}

/* What waits for Q's desk, in the store. */
static rc
count_queue(struct dispatch *d, struct queue *q)
{
	uint64_t all = 0;

	TRY(store_count_pending(d->store, q->oin, q->desk, &all));
	TRY(store_count_notices(d->store, q->oin, q->desk, &q->notices));
	q->waiting = all - q->notices;
	return RC_OK;
}

static rc
count_all(struct dispatch *d)
{
	uint64_t all = 0;

	TRY(store_count_all_pending(d->store, &all));
	TRY(store_count_all_notices(d->store, &d->notices));
	d->waiting = all - d->notices;
	return RC_OK;
}

/* The queue of this desk; a new one counts what stands in the store by now. */
static rc
queue_of(struct dispatch *d, const char *oin, const char *desk, struct queue **ret)
{
	*ret = find_queue(d, oin, desk);
	if (*ret != NULL) return RC_OK;
	if (strlen(oin) > OIN_DIGITS || strlen(desk) > DESK_MAX) return RC_INTERNAL;
	struct queue *q = message_add(&d->n_queues, &d->queues, sizeof *q);
	if (q == NULL) return RC_NOMEM;
	memcpy(q->oin, oin, strlen(oin) + 1);
	memcpy(q->desk, desk, strlen(desk) + 1);
	q->news               = true;
	q->answer_bytes       = ANSWER_BYTES;
	*ret                  = q;
	struct queue **bucket = &d->bucket[seat_bucket(oin, desk)];
	q->next               = *bucket;
	*bucket               = q;
	return count_queue(d, q);
}

rc
dispatch_new(struct dispatch **ret, struct store *store, const struct config *config,
    struct keeper_line *line)
{
	AUTO(dispatch_destroy) struct dispatch *d = calloc(1, sizeof *d);
	if (d == NULL) return RC_NOMEM;
	d->store  = store;
	d->config = config;
	d->copies = (struct copies){.store = store, .line = line};
	TRY(count_all(d));
	d->first = store_peek_seq(store);
	*ret     = TAKE(d);
	return RC_OK;
}

void
dispatch_destroy(struct dispatch **dp)
{
	struct dispatch *d = *dp;
	if (d == NULL) return;
	for (size_t i = 0; i < d->n_queues; i++) {
		leases_wipe(&d->queues[i]->leases);
		free(d->queues[i]);
	}
	for (size_t i = 0; i < d->n_parked; i++) reply_wipe(&d->parked[i].reply);
	copies_wipe(&d->copies);
	free(d->queues);
	free(d->parked);
	free(d);
	*dp = NULL;
}

rc
dispatch_room(struct dispatch *d, const char *oin, const char *desk)
{
	struct queue *q = NULL;
	TRY(queue_of(d, oin, desk, &q));
	if (d->waiting >= (uint64_t)d->config->outbox_max) return RC_QUEUE_FULL;
	return q->waiting >= (uint64_t)d->config->outbox_desk_max ? RC_QUEUE_FULL : RC_OK;
}

rc
dispatch_notice_room(const struct dispatch *d)
{
	return d->notices >= (uint64_t)d->config->notices_max ? RC_QUEUE_FULL : RC_OK;
}

bool
dispatch_is_deaf(struct dispatch *d, const char *oin, const char *desk)
{
	struct queue *q = NULL;

	return queue_of(d, oin, desk, &q) == RC_OK &&
	       q->notices >= (uint64_t)d->config->notices_desk_max;
}

rc
dispatch_added(struct dispatch *d, const struct delivery *row)
{
	struct queue *q = find_queue(d, row->oin, row->desk);
	++*(row->notice ? &d->notices : &d->waiting);
	if (q == NULL) return queue_of(d, row->oin, row->desk, &q); /* counts it too */
	++*(row->notice ? &q->notices : &q->waiting);
	q->news = true;
	return RC_OK;
}

void
dispatch_keep(struct dispatch *d, uint64_t seq, struct buf *plain)
{
	copies_keep(&d->copies, seq, plain);
}

void
dispatch_recount_copies(struct dispatch *d)
{
	copies_forget(&d->copies);
	ignore(count_all(d));
	for (size_t i = 0; i < d->n_queues; i++) {
		struct queue *q = d->queues[i];
		ignore(count_queue(d, q));
		q->news  = true;
		q->after = 0;
	}
}

void
dispatch_recount(struct dispatch *d)
{
	dispatch_recount_copies(d);
	for (size_t i = 0; i < d->n_queues; i++)
		leases_clear(
		    &d->queues[i]->leases); /* of copies that may not exist any more */
}

/* --- leases ---------------------------------------------------------------------- */

static void
drop_ended_leases(struct queue *q, uint64_t now_ms)
{
	if (!leases_end(&q->leases, now_ms)) return;
	q->news  = true;
	q->after = 0;
}

bool
dispatch_was_out(const struct dispatch *d, const struct delivery *row)
{
	const struct queue *q = find_queue(d, row->oin, row->desk);

	if (row->seq < d->first) return true;
	/* another copy in its place may have displaced it */
	return q != NULL && q->tried[row->seq % TRIED].n != 0;
}

static void
count_down(uint64_t *n)
{
	if (*n > 0) --*n;
}

void
dispatch_finished(struct dispatch *d, const struct delivery *done)
{
	struct queue *q = find_queue(d, done->oin, done->desk);

	count_down(done->notice ? &d->notices : &d->waiting);
	copies_drop(&d->copies, done->seq);
	if (q == NULL) return; /* a later one will not count it */
	leases_drop(&q->leases, done->seq);
	q->n_ended++;
	q->news = true; /* room for another lease */
	count_down(done->notice ? &q->notices : &q->waiting);
}

/* --- taking copies --------------------------------------------------------------- */

/* Which time this is that SEQ is handed out, as far as memory goes: a hint. */
static uint32_t
count_attempt(struct queue *q, uint64_t seq)
{
	struct tried *t = &q->tried[seq % TRIED];

	if (t->seq != seq) *t = (struct tried){.seq = seq};
	return ++t->n;
}

/* What PLAIN holds becomes the copy: its memory, without the salt. */
static void
give_copy(Sluis__Delivery *to, struct buf *plain)
{
	size_t n = plain->n - NONCE_BYTES;

	memmove(plain->p, plain->p + NONCE_BYTES, n);
	to->has_copy = 1;
	to->copy     = (ProtobufCBinaryData){.len = n, .data = plain->p};
	*plain       = buf_init(0);
}

/* Add PLAIN, which is taken over, to the answer. */
static rc
fill_delivery(
    struct queue *q, const struct delivery *row, struct buf *plain, struct reply *r)
{
	Sluis__Delivery *to =
	    message_add(&r->answer->n_deliveries, &r->answer->deliveries, sizeof *to);
	if (to == NULL) return RC_NOMEM;
	sluis__delivery__init(to);
	to->has_attempt = 1;
	to->attempt     = count_attempt(q, row->seq);
	TRY(message_bytes(
	    &to->has_delivery_id, &to->delivery_id, slice_of(row->id, ID_BYTES)));
	TRY(message_bytes(&to->has_salt, &to->salt, slice_of(plain->p, NONCE_BYTES)));
	give_copy(to, plain);
	if ((to->receipt = calloc(1, sizeof *to->receipt)) == NULL) return RC_NOMEM;
	sluis__receipt__init(to->receipt);
	return reply_promise(r, to->receipt, row->leaf, false, true);
}

/* Whether ASK wants a lease and its desk has all it may have: acknowledge some first. */
static size_t
leases_left(const struct dispatch *d, const struct queue *q, const struct ask *ask)
{
	size_t max = (size_t)d->config->leases_max;

	if (ask->lease_ms == 0) return SIZE_MAX;
	return q->leases.n >= max ? 0 : max - q->leases.n;
}

struct taking { /* copies for one answer */
	struct dispatch       *d;
	struct queue          *q;
	const struct ask      *ask;
	uint64_t               now_ms;
	struct reply          *r;
	size_t                 n, bytes; /* in it */
	size_t                 room;     /* for bytes */
	bool                   all;      /* up to here, all are leased */
	size_t                 n_picked;
	struct delivery        rows[PAGE];
	const struct delivery *picked[PAGE];
	struct opened          opened[PAGE];
};

/* The I-th that was picked goes into the answer, and is hidden from the desk's other
 * Receives if this one wants that.  RC_NOT_FOUND if it cannot be opened any more: it is
 * passed over and told to the administrator, or one damaged row would fail every batch
 * its desk has a Receive in. */
static rc
hand_out(struct taking *t, size_t i)
{
	const struct delivery *row = t->picked[i];
	struct opened         *o   = &t->opened[i];

	if (o->code != RC_OK) {
		LOG(LOG_COPY_UNREADABLE, .oin = row->oin, .desk = row->desk,
		    .code = o->code, .n = row->seq);
		t->all = false;
		return RC_NOT_FOUND;
	}
	t->bytes += o->plain.n;
	t->r->bytes += o->plain.n;
	t->n++;
	TRY(fill_delivery(t->q, row, &o->plain, t->r));
	if (t->ask->lease_ms == 0) return RC_OK;
	return leases_put(&t->q->leases, row->seq, t->now_ms + t->ask->lease_ms);
}

/* As many of the picked as there is room for: *RET_N. */
static rc
hand_out_picked(struct taking *t, size_t *ret_n)
{
	rc code = copies_open(
	    &t->d->copies, t->picked, t->n_picked, t->room - t->bytes, t->opened, ret_n);

	for (size_t i = 0; code == RC_OK && i < *ret_n; i++)
		if ((code = hand_out(t, i)) == RC_NOT_FOUND) code = RC_OK;
	for (size_t i = 0; i < t->n_picked; i++) buf_wipe(&t->opened[i].plain);
	return code;
}

static rc
take_one(struct dispatch *d, const struct ask *ask, uint64_t now_ms, struct reply *r,
    size_t *ret_n)
{
	struct taking t = {.d = d, .ask = ask, .now_ms = now_ms, .r = r, .room = 1};
	size_t        n;

	TRY(store_get_delivery(d->store, ask->id, &t.rows[0]));
	if (t.rows[0].acked || strcmp(t.rows[0].oin, ask->oin) != 0 ||
	    strcmp(t.rows[0].desk, ask->desk) != 0)
		return RC_NOT_FOUND;
	TRY(queue_of(d, ask->oin, ask->desk, &t.q));
	t.picked[t.n_picked++] = &t.rows[0];
	TRY(hand_out_picked(&t, &n));
	*ret_n = t.n;
	return t.n == 0 ? RC_NOT_FOUND : RC_OK;
}

/* Pick what can be handed out of N rows; returns how many were looked at. */
static size_t
pick(struct taking *t, size_t n)
{
	size_t room = t->ask->max - t->n, left = leases_left(t->d, t->q, t->ask), i;

	t->n_picked = 0;
	for (i = 0; i < n && t->n_picked < room && t->n_picked < left; i++)
		if (!leases_have(&t->q->leases, t->rows[i].seq))
			t->picked[t->n_picked++] = &t->rows[i];
	return i;
}

/* Of the page that waits after *AFTER, which moves on; *RET_MORE: there may be more. */
static rc
take_page(struct taking *t, uint64_t *after, bool *ret_more)
{
	size_t n = 0, taken = 0;

	TRY(store_pending(
	    t->d->store, t->ask->oin, t->ask->desk, *after, PAGE, t->rows, &n));
	size_t seen = pick(t, n);
	TRY(hand_out_picked(t, &taken));
	if (taken < t->n_picked) seen = (size_t)(t->picked[taken] - t->rows);
	if (seen != 0) *after = t->rows[seen - 1].seq;
	if (t->all && t->ask->lease_ms != 0) t->q->after = *after;
	*ret_more = seen != 0 && (seen < n || n == PAGE);
	return RC_OK;
}

/* How much Q's desk may be given at once.  Who finished all of its last answer reads what
 * it gets: twice as much as before.  Who did not, or just looks, gets what a reader that
 * stalls may hold. */
static size_t
size_answer(struct queue *q, const struct ask *ask)
{
	if (ask->lease_ms == 0) return ANSWER_BYTES;
	if (q->n_ended < q->n_given)
		q->answer_bytes = ANSWER_BYTES;
	else if (q->n_given != 0 && q->answer_bytes < ANSWER_MOST)
		q->answer_bytes *= 2;
	return q->answer_bytes;
}

rc
dispatch_take(struct dispatch *d, const struct ask *ask, uint64_t now_ms, struct reply *r,
    size_t *ret_n)
{
	struct taking t    = {.d = d, .ask = ask, .now_ms = now_ms, .r = r, .all = true};
	bool          more = true;

	*ret_n = 0;
	if (ask->one) return take_one(d, ask, now_ms, r, ret_n);
	TRY(queue_of(d, ask->oin, ask->desk, &t.q));
	drop_ended_leases(t.q, now_ms);
	uint64_t after = t.q->after;
	t.room         = size_answer(t.q, ask);
	while (more && t.n < ask->max && t.bytes < t.room)
		TRY(take_page(&t, &after, &more));
	*ret_n = t.n;
	if (ask->lease_ms == 0 || t.n == 0) return RC_OK;
	t.q->n_given = t.n;
	t.q->n_ended = 0;
	return RC_OK;
}

/* --- parked Receives ------------------------------------------------------------- */

/* An older Receive of the same connection ends, and the oldest of the same key when it
 * has too many: connections that are gone would keep the places of all other desks. */
static void
end_older(struct dispatch *d, const struct route *to, const uint8_t key[KEY_BYTES])
{
	struct parked *oldest = NULL;
	size_t         n      = 0;

	for (size_t i = 0; i < d->n_parked; i++) {
		struct parked *p = &d->parked[i];
		if (route_equal(&p->reply.to, to)) p->ask.until_ms = 0;
		if (p->ask.until_ms == 0 || memcmp(p->curve_public, key, KEY_BYTES) != 0)
			continue;
		if (oldest == NULL) oldest = p;
		n++;
	}
	if (n >= PARKED_MAX) oldest->ask.until_ms = 0;
}

rc
dispatch_park(struct dispatch *d, const struct ask *ask,
    const uint8_t curve_public[KEY_BYTES], struct reply *r)
{
	end_older(d, &r->to, curve_public);
	if (d->n_parked >= (size_t)d->config->waiters_max) return RC_QUEUE_FULL;
	TRY(room_for_one(&d->parked, d->n_parked, &d->cap_parked, sizeof *d->parked));
	struct parked *p = &d->parked[d->n_parked++];
	*p               = (struct parked){.ask = *ask, .reply = *r};
	memcpy(p->curve_public, curve_public, KEY_BYTES);
	*r = (struct reply){.to = p->reply.to, .parked = true};
	return RC_OK;
}

/* Whether P is to be answered now; if so its answer is complete. */
static rc
try_parked(struct dispatch *d, struct parked *p, struct registry *registry,
    const struct trust *trust, uint64_t now_ms, bool *ret_done)
{
	const struct member *m = registry_find(registry, p->curve_public);
	rc ok           = m == NULL ? RC_NOT_ENROLLED : member_standing(m, trust, now_ms);
	struct queue *q = NULL;
	size_t        n = 0;

	*ret_done = true;
	if (ok != RC_OK) return reply_fail(&p->reply, ok);
	TRY(queue_of(d, p->ask.oin, p->ask.desk, &q));
	if (q->news) {
		TRY(dispatch_take(d, &p->ask, now_ms, &p->reply, &n));
		/* nothing for this one is nothing for the next: do not look again */
		q->news = n != 0 || leases_left(d, q, &p->ask) == 0;
	}
	if (n == 0 && now_ms < p->ask.until_ms) *ret_done = false;
	return *ret_done ? reply_set_code(&p->reply, RC_OK, NULL) : RC_OK;
}

rc
dispatch_wake(struct dispatch *d, struct registry *registry, const struct trust *trust,
    uint64_t now_ms, dispatch_send send, void *arg)
{
	size_t kept = 0;
	rc     code = RC_OK;

	/* of every desk, asked for or not: dispatch_patience() looks at all leases */
	for (size_t i = 0; i < d->n_queues; i++) drop_ended_leases(d->queues[i], now_ms);
	for (size_t i = 0; i < d->n_parked; i++) {
		struct parked *p    = &d->parked[i];
		bool           done = false;
		if (code == RC_OK)
			code = try_parked(d, p, registry, trust, now_ms, &done);
		if (code == RC_OK && done) {
			send(arg, &p->reply);
			reply_wipe(&p->reply);
		} else {
			d->parked[kept++] = *p;
		}
	}
	d->n_parked = kept;
	copies_forget(&d->copies);
	TRY(code);
	for (size_t i = 0; i < d->n_queues; i++) d->queues[i]->news = false;
	return RC_OK;
}

rc
dispatch_stop(struct dispatch *d, dispatch_send send, void *arg)
{
	rc code = RC_OK;

	for (size_t i = 0; i < d->n_parked; i++) {
		if (code == RC_OK) code = reply_fail(&d->parked[i].reply, RC_STOPPING);
		if (code == RC_OK) send(arg, &d->parked[i].reply);
		reply_wipe(&d->parked[i].reply);
	}
	d->n_parked = 0;
	return code;
}

long
dispatch_patience(const struct dispatch *d, uint64_t now_ms)
{
	uint64_t first = UINT64_MAX;

	for (size_t i = 0; i < d->n_parked; i++)
		if (d->parked[i].ask.until_ms < first) first = d->parked[i].ask.until_ms;
	if (d->n_parked != 0)
		for (size_t i = 0; i < d->n_queues; i++)
			if (leases_soonest(&d->queues[i]->leases) < first)
				first = leases_soonest(&d->queues[i]->leases);
	if (first == UINT64_MAX) return -1;
	return first <= now_ms ? 0 : (long)(first - now_ms);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* dispatch.c - desk queues, leases, and parked Receives. */
#include "broker/dispatch.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "broker/log.h"
#include "broker/seal.h"
#include "broker/seat.h"
#include "proto/auto.h"

enum {
	PAGE = 64, /* deliveries read from the store at a time */
	ANSWER_BYTES =
	    256 * 1024, /* copies in one answer: what a reader that stalls can hold */
	SEALED_MAX = 256 * 1024,
	PARKED_MAX = 64, /* Receives of one key; the oldest ends when one more comes */
};

struct lease {
	uint64_t seq, until_ms;
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
	size_t n_leases, cap_leases;
	struct lease *leases;       /* by seq; owned */
	struct tried  tried[TRIED]; /* by seq modulo TRIED; the newest stay */
	struct queue *next;         /* in its bucket; borrowed */
};

struct parked {
	struct ask   ask;
	uint8_t      curve_public[KEY_BYTES];
	struct reply reply; /* owned, with an empty answer */
};

struct dispatch {
	struct store        *store;   /* borrowed */
	const struct config *config;  /* borrowed */
	struct keeper_line  *line;    /* borrowed */
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
	d->line   = line;
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
		free(d->queues[i]->leases);
		free(d->queues[i]);
	}
	for (size_t i = 0; i < d->n_parked; i++) reply_wipe(&d->parked[i].reply);
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
dispatch_recount_copies(struct dispatch *d)
{
	ignore(count_all(d));
	for (size_t i = 0; i < d->n_queues; i++) {
		struct queue *q = d->queues[i];
		ignore(count_queue(d, q));
		q->news = true;
	}
}

void
dispatch_recount(struct dispatch *d)
{
	dispatch_recount_copies(d);
	for (size_t i = 0; i < d->n_queues; i++)
		d->queues[i]->n_leases = 0; /* of copies that may not exist any more */
}

/* --- leases ---------------------------------------------------------------------- */

static void
drop_ended_leases(struct queue *q, uint64_t now_ms)
{
	size_t kept = 0;
	for (size_t i = 0; i < q->n_leases; i++)
		if (q->leases[i].until_ms > now_ms) q->leases[kept++] = q->leases[i];
	if (kept != q->n_leases) q->news = true;
	q->n_leases = kept;
}

/* The first lease of SEQ or a later copy. */
static size_t
lease_at(const struct queue *q, uint64_t seq)
{
	size_t low = 0, high = q->n_leases;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (q->leases[middle].seq < seq)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
is_leased(const struct queue *q, uint64_t seq)
{
	size_t at = lease_at(q, seq);

	return at < q->n_leases && q->leases[at].seq == seq;
}

static void
drop_lease(struct queue *q, uint64_t seq)
{
	size_t at = lease_at(q, seq);

	if (!is_leased(q, seq)) return;
	q->n_leases--;
	memmove(
	    &q->leases[at], &q->leases[at + 1], (q->n_leases - at) * sizeof q->leases[0]);
}

static rc
lease(struct queue *q, uint64_t seq, uint64_t until_ms)
{
	if (q->n_leases == q->cap_leases) {
		size_t        cap = q->cap_leases == 0 ? 64 : q->cap_leases * 2;
		struct lease *l   = reallocarray(q->leases, cap, sizeof *l);
		if (l == NULL) return RC_NOMEM;
		q->leases     = l;
		q->cap_leases = cap;
	}
	size_t at = lease_at(q, seq);
	memmove(
	    &q->leases[at + 1], &q->leases[at], (q->n_leases - at) * sizeof q->leases[0]);
	q->leases[at] = (struct lease){.seq = seq, .until_ms = until_ms};
	q->n_leases++;
	return RC_OK;
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
	if (q == NULL) return; /* a later one will not count it */
	drop_lease(q, done->seq);
	q->news = true; /* room for another lease */
	count_down(done->notice ? &q->notices : &q->waiting);
}

/* --- taking copies --------------------------------------------------------------- */

/* Read and open the copy of ROW: salt, then copy. */
static rc
open_copy(struct dispatch *d, const struct delivery *row, struct buf *plain)
{
	AUTO(buf_wipe) struct buf sealed  = buf_init(SEALED_MAX);
	AUTO(buf_wipe) struct buf wrapped = buf_init(WRAPPED_BYTES);
	uint8_t                   key[KEY_BYTES], address[ID_BYTES];

	TRY(store_get_copy(d->store, row->seq, &sealed, &wrapped));
	TRY(keeper_unwrap_key(d->line, row->seq, buf_slice(&wrapped), key));
	seal_address(row->id, row->oin, row->desk, address);
	rc code = seal_open(key, address, row->seq, buf_slice(&sealed), plain);
	sodium_memzero(key, sizeof key);
	TRY(code);
	return plain->n < NONCE_BYTES ? RC_CRYPTO : RC_OK;
}

/* Which time this is that SEQ is handed out, as far as memory goes: a hint. */
static uint32_t
count_attempt(struct queue *q, uint64_t seq)
{
	struct tried *t = &q->tried[seq % TRIED];

	if (t->seq != seq) *t = (struct tried){.seq = seq};
	return ++t->n;
}

/* Add what PLAIN holds to the answer. */
static rc
fill_delivery(
    struct queue *q, const struct delivery *row, struct slice plain, struct reply *r)
{
	Sluis__Delivery *to =
	    message_add(&r->answer->n_deliveries, &r->answer->deliveries, sizeof *to);
	if (to == NULL) return RC_NOMEM;
	sluis__delivery__init(to);
	to->has_attempt = 1;
	to->attempt     = count_attempt(q, row->seq);
	TRY(message_bytes(
	    &to->has_delivery_id, &to->delivery_id, slice_of(row->id, ID_BYTES)));
	TRY(message_bytes(&to->has_salt, &to->salt, slice_of(plain.p, NONCE_BYTES)));
	TRY(message_bytes(&to->has_copy, &to->copy,
	    slice_of(plain.p + NONCE_BYTES, plain.n - NONCE_BYTES)));
	if ((to->receipt = calloc(1, sizeof *to->receipt)) == NULL) return RC_NOMEM;
	sluis__receipt__init(to->receipt);
	return reply_promise(r, to->receipt, row->leaf, false, true);
}

/* RC_NOT_FOUND if the copy cannot be opened any more: it is passed over and told to the
 * administrator, or one damaged row would fail every batch its desk has a Receive in. */
static rc
add_delivery(
    struct dispatch *d, const struct delivery *row, struct reply *r, size_t *bytes)
{
	AUTO(buf_wipe) struct buf plain = buf_init(SEALED_MAX);

	rc code = open_copy(d, row, &plain);
	if (code == RC_CRYPTO || code == RC_NOT_FOUND) {
		LOG(LOG_COPY_UNREADABLE, .oin = row->oin, .desk = row->desk, .code = code,
		    .n = row->seq);
		return RC_NOT_FOUND;
	}
	TRY(code);
	*bytes += plain.n;
	r->bytes += plain.n;
	struct queue *q = NULL;
	TRY(queue_of(d, row->oin, row->desk, &q));
	return fill_delivery(q, row, buf_slice(&plain), r);
}

/* Hide SEQ from the desk's other Receives if ASK wants that. */
static rc
lease_for(struct queue *q, const struct ask *ask, uint64_t seq, uint64_t now_ms)
{
	if (ask->lease_ms == 0) return RC_OK;
	drop_lease(q, seq);
	return lease(q, seq, now_ms + ask->lease_ms);
}

/* Whether ASK wants a lease and its desk has all it may have: acknowledge some first. */
static bool
no_lease_left(const struct dispatch *d, const struct queue *q, const struct ask *ask)
{
	return ask->lease_ms != 0 && q->n_leases >= (size_t)d->config->leases_max;
}

static rc
take_one(struct dispatch *d, const struct ask *ask, uint64_t now_ms, struct reply *r,
    size_t *ret_n)
{
	struct delivery row;
	struct queue   *q     = NULL;
	size_t          bytes = 0;

	TRY(store_get_delivery(d->store, ask->id, &row));
	if (row.acked || strcmp(row.oin, ask->oin) != 0 ||
	    strcmp(row.desk, ask->desk) != 0)
		return RC_NOT_FOUND;
	TRY(add_delivery(d, &row, r, &bytes));
	TRY(queue_of(d, ask->oin, ask->desk, &q));
	TRY(lease_for(q, ask, row.seq, now_ms));
	*ret_n = 1;
	return RC_OK;
}

static rc
take_page(struct dispatch *d, struct queue *q, const struct ask *ask, uint64_t now_ms,
    const struct delivery *rows, size_t n, struct reply *r, size_t *taken, size_t *bytes)
{
	for (size_t i = 0; i < n && *taken < ask->max && *bytes < ANSWER_BYTES; i++) {
		if (is_leased(q, rows[i].seq)) continue;
		if (no_lease_left(d, q, ask)) return RC_OK;
		rc code = add_delivery(d, &rows[i], r, bytes);
		if (code == RC_NOT_FOUND) continue;
		TRY(code);
		TRY(lease_for(q, ask, rows[i].seq, now_ms));
		++*taken;
	}
	return RC_OK;
}

rc
dispatch_take(struct dispatch *d, const struct ask *ask, uint64_t now_ms, struct reply *r,
    size_t *ret_n)
{
	struct queue   *q = NULL;
	struct delivery rows[PAGE];
	size_t          n = PAGE, bytes = 0;
	uint64_t        after = 0;

	*ret_n = 0;
	if (ask->one) return take_one(d, ask, now_ms, r, ret_n);
	TRY(queue_of(d, ask->oin, ask->desk, &q));
	drop_ended_leases(q, now_ms);
	if (no_lease_left(d, q, ask)) return RC_OK;
	while (n == PAGE && *ret_n < ask->max && bytes < ANSWER_BYTES) {
		TRY(store_pending(d->store, ask->oin, ask->desk, after, PAGE, rows, &n));
		TRY(take_page(d, q, ask, now_ms, rows, n, r, ret_n, &bytes));
		if (n != 0) after = rows[n - 1].seq;
	}
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
	if (d->n_parked == d->cap_parked) {
		size_t         cap = d->cap_parked == 0 ? 16 : d->cap_parked * 2;
		struct parked *p   = reallocarray(d->parked, cap, sizeof *p);
		if (p == NULL) return RC_NOMEM;
		d->parked     = p;
		d->cap_parked = cap;
	}
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
		q->news = n != 0 || no_lease_left(d, q, &p->ask);
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
			for (size_t k = 0; k < d->queues[i]->n_leases; k++)
				if (d->queues[i]->leases[k].until_ms < first)
					first = d->queues[i]->leases[k].until_ms;
	if (first == UINT64_MAX) return -1;
	return first <= now_ms ? 0 : (long)(first - now_ms);
}

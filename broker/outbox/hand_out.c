/* SPDX-License-Identifier: EUPL-1.2 */
/* hand_out.c - what waits for a desk, into the answer of one of its Receives. */
#include <stdlib.h>
#include <string.h>

#include "broker/log.h"
#include "broker/outbox/dispatch_inside.h"

enum {
	PAGE        = OPENED_MAX,      /* deliveries looked at, and opened, at a time */
	ANSWER_MOST = 2 * 1024 * 1024, /* for a desk that acknowledges what it is given */
};

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
	size_t room = t->ask->max - t->n, left = queue_leases_left(t->d, t->q, t->ask), i;

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
	queue_end_leases(t.q, now_ms);
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

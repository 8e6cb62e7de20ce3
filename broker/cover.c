/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cover.c - a batch of a fixed size.
 *
 * How many entries a request writes is only known when it has written them.  So the turn
 * is tried; when it grows too large it is undone and tried again with what fitted.
 */
#include "broker/cover.h"

#include <stdlib.h>
#include <string.h>

#include "broker/batch.h"
#include "broker/intake.h"
#include "broker/journal/event.h"
#include "broker/knowing/reveal.h"
#include "broker/log.h"
#include "broker/outbox/delivery_end.h"
#include "broker/outbox/notice.h"
#include "broker/owed/erasure.h"
#include "broker/owed/recall.h"
#include "broker/owed/remind.h"
#include "proto/auto.h"

struct turn {
	struct broker *b;
	uint64_t       first;     /* size of the journal before it */
	size_t         n;         /* requests to handle, from the oldest on */
	bool           no_work;   /* leave time-driven work for the next turn */
	bool           too_large; /* the oldest request never fits */
	unsigned       without;   /* bits: works that met what does not hold */
	size_t         n_replies; /* of them, handled */
	struct reply  *replies;   /* owned, cap n */
};

static void
turn_wipe(struct turn *t)
{
	for (size_t i = 0; i < t->n_replies; i++) reply_wipe(&t->replies[i]);
	free(t->replies);
	*t = (struct turn){0};
}

static uint64_t
room_of(const struct turn *t)
{
	uint64_t used = journal_size(t->b->journal) - t->first;
	uint64_t most = (uint64_t)t->b->config->cover_leaves;

	return used > most ? 0 : most - used;
}

static bool
is_overfull(const struct turn *t)
{
	return journal_size(t->b->journal) - t->first >
	       (uint64_t)t->b->config->cover_leaves;
}

/* --- what time brings ------------------------------------------------------------ */

static rc
recall_one(struct broker *b, bool *ret_did)
{
	size_t n = 0;

	TRY(recall_ordered(b, 1, &n));
	*ret_did = n != 0;
	return RC_OK;
}

static rc
remind_one(struct broker *b, bool *ret_did)
{
	size_t n = 0;

	TRY(remind_overdue(b, 2, 1, &n));
	*ret_did = n != 0;
	return RC_OK;
}

/* How many records are old enough tells how many there were, of layer 2 too: so details
 * go by time in a turn only, where there are turns. */
static rc
age_details(struct broker *b, bool *ret_did)
{
	uint64_t before = journal_size(b->journal);
	bool     more   = false;

	*ret_did = false;
	if (b->last.aged_ms == b->now_ms)
		return RC_OK; /* their keys go after the commit */
	b->last.aged_ms = b->now_ms;
	TRY(erasure_by_time(b, &more));
	*ret_did = journal_size(b->journal) != before;
	return RC_OK;
}

static const struct cover_work works[] = {
    {1, delivery_end_overdue_veiled},
    {1, notice_send_veiled},
    {RECALL_LEAVES, recall_one},
    {REMIND_LEAVES, remind_one},
    {REVEAL_END_LEAVES, reveal_end_covered},
    {1, tally_tell_covered},
    {1, age_details},
};

enum { WORKS = sizeof works / sizeof works[0] };

/* One piece of W, if there is room for it besides KEEP entries. */
static rc
do_work(struct turn *t, const struct cover_work *w, uint64_t keep, bool *ret_did)
{
	unsigned bit = 1U << (w - works);
	bool     did = false;

	if ((t->without & bit) != 0 || room_of(t) < keep + w->leaves) return RC_OK;
	rc code = w->one(t->b, &did);
	if (rc_kind(code) == RC_KIND_INTEGRITY || rc_kind(code) == RC_KIND_PEER)
		t->without |= bit; /* nobody asked: it is a row that is wrong */
	*ret_did = *ret_did || did;
	return code;
}

/* Leave room for KEEP entries.  Works take turns, piece by piece, and another begins each
 * turn: however much waits of one, the others go on. */
static rc
do_works(struct turn *t, uint64_t keep)
{
	bool did = true;

	while (did) {
		did = false;
		for (size_t i = 0; i < WORKS; i++)
			TRY(do_work(
			    t, &works[(t->b->cover_first + i) % WORKS], keep, &did));
	}
	return RC_OK;
}

/* --- requests -------------------------------------------------------------------- */

/* What W's party has caused and nobody could be told of yet: beyond that it has to wait.
 */
static rc
check_notices(struct turn *t, const struct veiled *w, struct intake_veiled *how)
{
	const struct member *m = registry_find(t->b->registry, w->curve_public);
	uint64_t             n = 0;

	if (m == NULL || how->verdict != RC_OK) return RC_OK;
	TRY(store_notices_caused(t->b->store, m->binding.oin, &n));
	if (n < COVER_NOTICES_MAX) return RC_OK;
	how->verdict = RC_QUEUE_FULL;
	how->where   = "notices of layer 2";
	return RC_OK;
}

static rc
handle_one(struct turn *t, const struct veiled *w, struct reply *r)
{
	struct intake_veiled how = {.came_ms = w->came_ms};
	struct incoming      in  = {.route = w->to};

	if (t->too_large) {
		how.verdict = RC_TOO_MANY;
		how.where   = "cover_leaves";
	}
	TRY(check_notices(t, w, &how));
	memcpy(in.curve_public, w->curve_public, KEY_BYTES);
	/* borrowed: there is nothing to free */
	if (zmq_msg_init_data(
	        &in.payload, (void *)(uintptr_t)w->frame.p, w->frame.n, NULL, NULL) != 0)
		return RC_NOMEM;
	rc code = intake_handle_veiled(t->b, &in, &how, r);
	(void)zmq_msg_close(&in.payload);
	return code;
}

/* Stops after the first that does not fit, which is not counted in n. */
static rc
handle_requests(struct turn *t)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct veiled *w = veil_at(t->b->veil, i);
		struct reply        *r = &t->replies[i];
		t->b->cover_room       = room_of(t);
		if (t->b->cover_room == 0) return RC_OK;
		TRY(reply_init(r, &w->to, slice_of(NULL, 0)));
		t->n_replies++;
		TRY(handle_one(t, w, r));
		if (is_overfull(t)) t->n = i;
		if (is_overfull(t)) return RC_OK;
		if (!r->parked) continue;
		reply_wipe(r); /* it goes on in the next turn */
		t->n_replies--;
		return RC_OK;
	}
	return RC_OK;
}

/* --- the turn -------------------------------------------------------------------- */

static rc
fill_up(struct turn *t)
{
	struct event cover = {.kind = SLUIS__EVENT_KIND__EVENT_COVER};
	uint64_t     index = 0;

	while (room_of(t) != 0) TRY(event_append(t->b, &cover, &index));
	return RC_OK;
}

static rc
write_turn(struct turn *t)
{
	if (!t->no_work) TRY(do_works(t, (uint64_t)t->b->config->cover_leaves / 2));
	TRY(handle_requests(t));
	if (is_overfull(t)) return RC_OK;
	TRY(do_works(t, 0)); /* also what the requests brought */
	return fill_up(t);
}

/* What comes after an attempt that was too large: fewer requests, then no other work,
 * then a refusal. */
static void
ask_less(struct turn *next, const struct turn *failed)
{
	next->n         = failed->n;
	next->no_work   = failed->no_work;
	next->too_large = failed->too_large;
	if (failed->n != 0) return;
	next->n         = 1;
	next->too_large = failed->no_work;
	next->no_work   = true;
}

/* Try T; *RET_FITS says whether it stands in the open transaction, which is undone if
 * not. */
static rc
attempt(struct turn *t, bool *ret_fits)
{
	struct broker *b = t->b;

	*ret_fits  = false;
	t->first   = journal_size(b->journal);
	t->replies = calloc(t->n + 1, sizeof *t->replies);
	if (t->replies == NULL) return RC_NOMEM;
	TRY(store_begin(b->store));
	b->covered      = true;
	b->last.aged_ms = 0; /* what an attempt erased before was undone with it */
	rc code         = write_turn(t);
	b->covered      = false;
	*ret_fits       = code == RC_OK && !is_overfull(t);
	if (!*ret_fits) TRY(batch_undo_cover(b));
	return code;
}

static void
answer(struct turn *t, dispatch_send send, void *arg)
{
	for (size_t i = 0; i < t->n_replies; i++) send(arg, &t->replies[i]);
	veil_drop(t->b->veil, t->n_replies);
}

/* Nothing of it happened: everybody that was in it is told why. */
static rc
fail(struct turn *t, rc why, dispatch_send send, void *arg)
{
	batch_tell_failed(t->b, why, t->n_replies);
	for (size_t i = 0; i < t->n_replies; i++) TRY(reply_fail(&t->replies[i], why));
	answer(t, send, arg);
	return RC_OK;
}

/* T until it fits.  A row that does not hold keeps its own work waiting and nobody else:
 * the turn is tried again without that work. */
static rc
write_fitting(struct turn *t)
{
	bool fits = false;

	for (;;) {
		unsigned    without = t->without;
		rc          code    = attempt(t, &fits);
		struct turn next    = {.b = t->b,
		       .n                 = t->n,
		       .no_work           = t->no_work,
		       .too_large         = t->too_large,
		       .without           = t->without};
		if (code == RC_OK && fits) return RC_OK;
		if (code == RC_OK) ask_less(&next, t);
		if (code != RC_OK && t->without == without) return code;
		if (code != RC_OK) LOG(LOG_COVER_LEFT_OUT, .code = code);
		turn_wipe(t);
		*t = next;
	}
}

rc
cover_turn(struct broker *b, dispatch_send send, void *arg)
{
	AUTO(turn_wipe) struct turn t = {.b = b, .n = veil_waiting(b->veil)};

	veil_turned(b->veil, b->now_ms);
	b->cover_first = (b->cover_first + 1) % WORKS;
	if (t.n > (size_t)b->config->cover_leaves) t.n = (size_t)b->config->cover_leaves;
	rc code = write_fitting(&t);
	if (code != RC_OK) return fail(&t, code, send, arg);
	code = batch_commit(b);
	if (code != RC_OK && !b->lost) {
		TRY(batch_undo_cover(b));
		return fail(&t, code, send, arg);
	}
	TRY(code);
	answer(&t, send, arg);
	return RC_OK;
}

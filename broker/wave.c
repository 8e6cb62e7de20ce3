/* SPDX-License-Identifier: EUPL-1.2 */
/* wave.c - drain, prepare, handle; the next one is prepared meanwhile. */
#include "broker/wave.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "broker/now.h"
#include "broker/pool.h"
#include "proto/auto.h"

enum {
	BATCH_BYTES = 16 * 1024 * 1024, /* of copies in the answers of one batch */
	GRAIN       = 16, /* messages that a thread prepares at a time, at most */
	SHARES      = 4,  /* and each thread gets about so many such portions */
	SPARE       = 16 * 1024 * 1024 / DEPOT_BLOCK, /* kept for the next waves */
};

struct place { /* of one message in a wave */
	struct incoming in;
	struct intake   m;
};

struct wave {
	struct waves  *all;
	size_t         n, bytes;
	bool           closed; /* no more into this one */
	_Atomic size_t held;   /* memory of what is prepared */
	struct ahead   ahead;  /* what the loop prepares it with */
	struct place   at[WAVE_MAX];
};

struct waves {
	struct pool          *pool;
	struct depot         *depot; /* memory of messages */
	size_t                n_threads;
	struct keeper_line   *lines[POOL_THREADS_MAX + 1]; /* 0: the loop's */
	struct pseudonymiser *pseudonymisers[POOL_THREADS_MAX + 1];
	struct pseudonymiser *formers[POOL_THREADS_MAX + 1]; /* in an overlap of epochs */
	size_t                most; /* messages in the next one */
	struct wave           two[2];
	struct wave          *now, *next; /* one and the other */
};

/* --- answers --------------------------------------------------------------------- */

rc
answers_init(struct answers *a, size_t cap)
{
	*a = (struct answers){.cap = cap, .replies = calloc(cap, sizeof *a->replies)};
	return a->replies == NULL ? RC_NOMEM : RC_OK;
}

void
answers_wipe(struct answers *a)
{
	for (size_t i = 0; i < a->n; i++) reply_wipe(&a->replies[i]);
	free(a->replies);
	*a = (struct answers){0};
}

/* Whether another message fits: in number, and in the memory that its answers hold. */
static bool
has_room(const struct answers *a, size_t more)
{
	return a->n + more < a->cap && a->bytes < BATCH_BYTES;
}

/* --- drain ----------------------------------------------------------------------- */

/* BEFORE messages come before it in the batch. */
static bool
takes_more(const struct wave *w, size_t before, const struct answers *to)
{
	return !w->closed && w->n < w->all->most && w->bytes < WAVE_BYTES &&
	       has_room(to, before + w->n);
}

/* RC_NOT_FOUND if nothing waits at door D. */
static rc
take_one(struct wave *w, struct broker *b, enum door d)
{
	struct place *p = &w->at[w->n];

	TRY(transport_receive(b->transport, d, &p->in));
	w->n++;
	w->bytes += zmq_msg_size(&p->in.payload);
	intake_admit(b, &p->in, &p->m);
	w->closed = d == DOOR_ENROL || (p->m.handler != NULL && !p->m.handler->small);
	return RC_OK;
}

/* Door by door; *RET_MORE says whether the last round found anything. */
static rc
drain(struct wave *w, struct broker *b, size_t before, const struct answers *to,
    bool *ret_more)
{
	*ret_more = true;
	while (*ret_more && takes_more(w, before, to)) {
		*ret_more = false;
		for (int d = 0; d < N_DOORS && takes_more(w, before, to); d++) {
			rc code = take_one(w, b, (enum door)d);
			if (code == RC_NOT_FOUND) continue;
			TRY(code);
			*ret_more = true;
		}
	}
	return RC_OK;
}

/* --- prepare --------------------------------------------------------------------- */

static bool
is_laden(const struct wave *w)
{
	return atomic_load(&w->held) >= WAVE_HELD;
}

/* The I-th message, or its signature and form alone: then it is prepared when all before
 * it are over. */
static void
prepare_one(struct wave *w, struct ahead *a, size_t i)
{
	struct intake *m = &w->at[i].m;

	a->sparing = is_laden(w);
	intake_prepare(a, m);
	atomic_fetch_add(&w->held, scratch_used(&m->mem));
}

static void
complete_one(struct wave *w, size_t i)
{
	struct intake *m      = &w->at[i].m;
	size_t         before = scratch_used(&m->mem);

	if (is_laden(w)) return;
	intake_complete(m);
	atomic_fetch_add(&w->held, scratch_used(&m->mem) - before);
}

static void
prepare_some(void *arg, size_t thread, size_t first, size_t n)
{
	struct wave *w = arg;
	struct ahead a = w->ahead;

	if (thread != 0) a.pseudonymiser = w->all->pseudonymisers[thread];
	if (thread != 0) a.former = w->all->formers[thread];
	for (size_t i = first; i < first + n; i++) prepare_one(w, &a, i);
	if (pseudonym_fetch(a.pseudonymiser, a.former) == RC_OK)
		for (size_t i = first; i < first + n; i++) complete_one(w, i);
}

/* Few at a time when few have come: one of them can hold 64 submissions. */
static size_t
grain_of(const struct wave *w)
{
	size_t grain = w->n / (SHARES * (w->all->n_threads + 1));

	return grain < 1 ? 1 : grain > GRAIN ? GRAIN : grain;
}

static void
begin_preparing(struct wave *w, const struct broker *b)
{
	w->ahead = intake_ahead(b);
	pool_begin(w->all->pool, w->n, grain_of(w), prepare_some, w);
}

static void
prepare(struct wave *w, const struct broker *b)
{
	w->ahead = intake_ahead(b);
	pool_run(w->all->pool, w->n, grain_of(w), prepare_some, w);
}

/* Of either.  Without a keeper each message finds that out by itself, and the broker
 * ends. */
static void
end_preparing(struct waves *all)
{
	pool_end(all->pool);
	for (size_t i = 1; i <= all->n_threads; i++) keeper_forget(all->lines[i]);
}

/* --- handle ---------------------------------------------------------------------- */

static rc
handle_one(struct broker *b, struct intake *m, struct answers *to)
{
	struct reply *r = &to->replies[to->n];

	TRY(reply_init(r, &m->in->route, slice_of(NULL, 0)));
	to->n++;
	TRY(intake_finish(b, m, r));
	to->bytes += r->bytes;
	return RC_OK;
}

/* The batch fails: who was taken in and not handled is told so, too. */
static rc
give_up(struct intake *m, struct answers *to)
{
	struct reply *r = &to->replies[to->n];

	TRY(reply_init(r, &m->in->route, slice_of(NULL, 0)));
	to->n++;
	return intake_give_up(m, r);
}

static void
end(struct place *p)
{
	intake_end(&p->m);
	transport_done(&p->in);
}

static rc
handle(struct wave *w, struct broker *b, rc code, struct answers *to)
{
	for (size_t i = 0; i < w->n; i++) {
		struct intake *m = &w->at[i].m;
		if (code == RC_OK)
			code = handle_one(b, m, to);
		else
			ignore(give_up(m, to)); /* memory: then nobody is told */
		end(&w->at[i]);
	}
	w->n      = 0;
	w->bytes  = 0;
	w->closed = false;
	atomic_store(&w->held, 0);
	return code;
}

static struct place *
place_of(struct waves *w, size_t i)
{
	return &w->two[i / WAVE_MAX].at[i % WAVE_MAX];
}

/* --- public ---------------------------------------------------------------------- */

rc
waves_new(struct waves **ret, const struct broker *b, size_t n_threads)
{
	AUTO(waves_destroy) struct waves *w = calloc(1, sizeof *w);

	if (w == NULL) return RC_NOMEM;
	w->n_threads = n_threads;
	w->most      = WAVE_MAX;
	w->now       = &w->two[0];
	w->next      = &w->two[1];
	for (size_t i = 1; i <= n_threads; i++) {
		w->lines[i] = keeper_line(b->keeper, (unsigned)i);
		TRY(pseudonymiser_new(&w->pseudonymisers[i], w->lines[i],
		    keeper_facts(b->keeper)->current));
		TRY(pseudonymiser_of_overlap(&w->formers[i], w->lines[i]));
	}
	TRY(depot_new(&w->depot, SPARE));
	for (size_t i = 0; i < 2 * WAVE_MAX; i++)
		place_of(w, i)->m.mem = scratch_from(w->depot, INTAKE_MAX);
	for (int i = 0; i < 2; i++) w->two[i].all = w;
	TRY(pool_new(&w->pool, n_threads));
	*ret = TAKE(w);
	return RC_OK;
}

void
waves_destroy(struct waves **wp)
{
	struct waves *w = *wp;

	if (w == NULL) return;
	pool_destroy(&w->pool); /* a piece that was begun is done */
	for (size_t i = 0; i < w->now->n; i++) end(&w->now->at[i]);
	for (size_t i = 1; i <= w->n_threads; i++)
		pseudonymiser_destroy(&w->pseudonymisers[i]);
	for (size_t i = 1; i <= w->n_threads; i++) pseudonymiser_destroy(&w->formers[i]);
	for (size_t i = 0; i < 2 * WAVE_MAX; i++) scratch_wipe(&place_of(w, i)->m.mem);
	depot_destroy(&w->depot);
	free(w);
	*wp = NULL;
}

size_t
wave_next(size_t most, size_t n, uint64_t took_ms)
{
	if (took_ms > WAVE_MS) most = (size_t)(n * WAVE_MS / took_ms);
	if (took_ms < WAVE_MS / 4) most *= 2;
	if (most == 0) return 1;
	return most < WAVE_MAX ? most : WAVE_MAX;
}

/* Take and begin to prepare the next wave, if there is one. */
static rc
take_next(struct waves *w, struct broker *b, const struct answers *to, bool *ret_more)
{
	rc code = drain(w->next, b, w->now->n, to, ret_more);

	if (w->next->n != 0) begin_preparing(w->next, b);
	return code;
}

/* Take one wave, unless one was taken ahead, and handle it. */
static rc
take_one_wave(
    struct waves *w, struct broker *b, bool ahead, struct answers *to, bool *ret_more)
{
	struct wave *now  = w->now;
	rc           code = RC_OK;

	if (now->n == 0) {
		code = drain(now, b, 0, to, ret_more);
		prepare(now, b);
	}
	end_preparing(w);
	if (code == RC_OK && ahead && !now->closed) code = take_next(w, b, to, ret_more);
	code    = handle(now, b, code, to);
	w->now  = w->next;
	w->next = now;
	return code;
}

rc
waves_take(struct waves *w, struct broker *b, bool ahead, struct answers *to)
{
	uint64_t begun = now_ms(CLOCK_MONOTONIC),
	         until = begun + (uint64_t)b->config->batch_ms;
	bool more      = true;

	ahead = ahead && w->n_threads != 0;
	do {
		size_t before = to->n;
		TRY(take_one_wave(w, b, ahead, to, &more));
		uint64_t now = now_ms(CLOCK_MONOTONIC);
		w->most      = wave_next(w->most, to->n - before, now - begun);
		begun        = now;
	} while ((more || w->now->n != 0) && has_room(to, w->now->n) && begun < until);
	return RC_OK;
}

bool
waves_are_ahead(const struct waves *w)
{
	return w->now->n != 0;
}

void
waves_drop(struct waves *w, struct answers *to)
{
	end_preparing(w);
	ignore(handle(w->now, NULL, RC_INTERNAL, to)); /* none of them */
}

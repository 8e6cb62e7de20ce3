/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * case_align.c - is this reason enough for a table?  Ask partners; answer.
 *
 * Where the state of the route asks for it, who may give seats asks partners; each gets a
 * seat as adviser and a task.  It answers yes or no once; that more is needed it may say
 * once before, and then the task stays.  Who asked hears every answer.
 */
#include <string.h>

#include "broker/route/table.h"

enum { ASKED_MAX = 16 };

struct asking {
	struct act      *a;
	struct table     t;
	uint32_t         days;
	size_t           n;
	struct seat_id   who[ASKED_MAX];
	bool             sits[ASKED_MAX]; /* has a seat already */
	size_t           n_seats;
	struct case_seat seats[CASE_SEATS_MAX];
};

/* --- asking ---------------------------------------------------------------------- */

static rc
may_ask(struct asking *k)
{
	const struct due_info *due = table_due(&k->t, SLUIS__TASK_KIND__TASK_ALIGN);

	if (due == NULL)
		return act_deny(k->a, RC_NOT_IN_STATE, NULL, k->t.route->article,
		    "a state of the route in which partners are asked");
	if (k->a->seat.as != SLUIS__PARTICIPANT_AS__PARTICIPANT ||
	    !seat_among(
	        k->t.route->n_admits, k->t.route->admits, k->t.role, k->a->me.desk))
		return act_deny(k->a, RC_NOT_YOUR_STEP, NULL,
		    due->article != NULL ? due->article : k->t.route->article,
		    "a desk that the route lets give seats");
	k->days = due->days;
	return RC_OK;
}

static const struct case_seat *
find_seat(const struct asking *k, const struct seat_id *who)
{
	for (size_t i = 0; i < k->n_seats; i++)
		if (seat_equal(&k->seats[i].who, who)) return &k->seats[i];
	return NULL;
}

/* Whether it was asked already and has not answered yes or no yet. */
static rc
refuse_if_open(struct asking *k, const struct seat_id *who)
{
	struct task_filter f = {.who = who,
	    .case_id                 = k->a->row.id,
	    .kind                    = SLUIS__TASK_KIND__TASK_ALIGN,
	    .layer                   = 1};
	struct task_row    open;
	size_t             n = 0;

	TRY(store_list_tasks(k->a->b->store, &f, 1, &open, &n));
	return n == 0 ? RC_OK
	              : act_deny(k->a, RC_STEP_NEEDS, NULL, k->t.route->article,
	                    "the answer of who was asked before");
}

static rc
check_one(struct asking *k, const Sluis__Recipient *named)
{
	struct place            place = place_of(k->t.state);
	struct seat_id         *who   = &k->who[k->n];
	const struct case_seat *seat;

	TRY(seat_named(k->a->b->policy, named, who));
	for (size_t i = 0; i < k->n; i++)
		if (seat_equal(&k->who[i], who)) return RC_MALFORMED;
	if (seat_equal(who, &k->a->me)) return RC_MALFORMED;
	if (!seat_belongs(k->a->b, &k->a->row, &place, who, false))
		return act_deny(k->a, RC_NOT_ENTITLED, NULL, k->t.route->article,
		    "a partner that the convenant in force lets take part");
	TRY(refuse_if_open(k, who));
	seat            = find_seat(k, who);
	k->sits[k->n++] = seat != NULL && seat->shown == 1;
	return RC_OK;
}

/* Everything that may be refused, before anything is written. */
static rc
check_all(struct asking *k, const Sluis__CaseAlign *m)
{
	size_t newcomers = 0;

	TRY(may_ask(k));
	TRY(store_list_seats(k->a->b->store, k->a->row.id, k->seats, &k->n_seats));
	for (size_t i = 0; i < m->n_ask; i++) TRY(check_one(k, m->ask[i]));
	for (size_t i = 0; i < k->n; i++) newcomers += !k->sits[i];
	return k->n_seats + newcomers > CASE_SEATS_MAX ? RC_TOO_MANY : RC_OK;
}

static rc
write_one(struct asking *k, size_t i)
{
	Sluis__CaseStep         step = SLUIS__CASE_STEP__INIT;
	Sluis__Participant      whom = SLUIS__PARTICIPANT__INIT;
	struct case_seat        seat = {.who = k->who[i],
	           .as                       = SLUIS__PARTICIPANT_AS__ADVISER,
	           .layer                    = 1,
	           .shown                    = 1,
	           .since_ms                 = k->a->b->now_ms};
	const struct case_seat *old  = find_seat(k, &k->who[i]);

	if (old != NULL) seat.layer = old->layer; /* it sat at layer 2, unseen */
	if (!k->sits[i]) TRY(store_put_seat(k->a->b->store, k->a->row.id, &seat));
	table_participant(&k->who[i], &whom);
	step.has_kind = 1;
	step.kind     = SLUIS__STEP_KIND__STEP_ALIGN_ASKED;
	step.whom     = &whom;
	return act_step(k->a, &step, 1);
}

static rc
ask(struct act *a, const Sluis__CaseAlign *m, const struct table *t)
{
	struct asking k = {.a = a, .t = *t};

	if (m->n_ask > ASKED_MAX) return RC_TOO_MANY;
	TRY(check_all(&k, m));
	for (size_t i = 0; i < k.n; i++) TRY(write_one(&k, i));
	for (size_t i = 0; i < k.n; i++)
		TRY(table_give(
		    a, t, SLUIS__TASK_KIND__TASK_ALIGN, &k.who[i], NULL, k.days));
	return act_end(a);
}

/* --- answering ------------------------------------------------------------------- */

struct heard { /* whether A's desk said "more" since it was asked last */
	const struct seat_id *me;
	bool                  more;
};

static rc
hear(void *arg, struct slice bytes)
{
	struct heard                          *h = arg;
	AUTO(message_destroy) Sluis__CaseStep *s = NULL;

	TRY(message_unpack(&sluis__case_step__descriptor, bytes, RC_BAD_DIGEST, &s));
	if (s->kind == SLUIS__STEP_KIND__STEP_ALIGN_ASKED && s->whom != NULL &&
	    strcmp(s->whom->oin, h->me->oin) == 0 &&
	    strcmp(s->whom->desk, h->me->desk) == 0)
		h->more = false;
	if (s->kind == SLUIS__STEP_KIND__STEP_ALIGN_ANSWERED &&
	    strcmp(s->by_oin, h->me->oin) == 0 && strcmp(s->by_desk, h->me->desk) == 0)
		h->more = s->answer == SLUIS__ALIGN_ANSWER__ALIGN_MORE;
	return RC_OK;
}

static rc
may_answer(
    struct act *a, Sluis__AlignAnswer what, const struct table *t, struct task_row *task)
{
	struct heard h = {.me = &a->me};

	rc code = table_task(a, SLUIS__TASK_KIND__TASK_ALIGN, NULL, task);
	if (code == RC_NOT_FOUND)
		return act_deny(a, RC_NOT_YOUR_STEP, NULL, t->route->article,
		    "a question to this desk that it has not answered yet");
	TRY(code);
	TRY(store_each_step(a->b->store, a->row.id, 1, hear, &h));
	if (h.more && what == SLUIS__ALIGN_ANSWER__ALIGN_MORE)
		return act_deny(a, RC_STEP_NEEDS, NULL, t->route->article,
		    "an answer of yes or no: that more is needed was said");
	return RC_OK;
}

static rc
answer(struct act *a, Sluis__AlignAnswer what, const struct table *t)
{
	Sluis__CaseStep step   = SLUIS__CASE_STEP__INIT;
	Sluis__Notice   notice = SLUIS__NOTICE__INIT;
	struct task_row task;

	if (what < SLUIS__ALIGN_ANSWER__ALIGN_YES ||
	    what > SLUIS__ALIGN_ANSWER__ALIGN_MORE)
		return RC_MALFORMED;
	TRY(may_answer(a, what, t, &task));
	step.has_kind   = 1;
	step.kind       = SLUIS__STEP_KIND__STEP_ALIGN_ANSWERED;
	step.has_answer = 1;
	step.answer     = what;
	TRY(act_step(a, &step, 1));
	if (what != SLUIS__ALIGN_ANSWER__ALIGN_MORE)
		TRY(act_end_tasks(a, SLUIS__TASK_KIND__TASK_ALIGN, &a->me));
	notice.has_kind = 1;
	notice.kind     = SLUIS__NOTICE_KIND__NOTICE_ALIGNED;
	notice.step     = &step;
	TRY(act_tell_whoever(a, &task.from, &notice, 1, a->first));
	return act_end(a);
}

/* --- the handler ----------------------------------------------------------------- */

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	const Sluis__CaseAlign *m = (const Sluis__CaseAlign *)q->message;
	struct act              a;
	struct table            t;
	bool                    done;

	TRY(act_begin(&a, b, q, r, &done));
	if (done) return RC_OK;
	if ((m->n_ask != 0) == (m->has_answer != 0)) return RC_MALFORMED;
	TRY(table_find(&a, &m->case_id, &t));
	return m->n_ask != 0 ? ask(&a, m, &t) : answer(&a, m->answer, &t);
}

const struct handler case_align_handler = {
    .type      = TYPE_CASE_ALIGN,
    .doors     = 1u << DOOR_AGENCY,
    .max_bytes = 8 * 1024,
    .desc      = &sluis__case_align__descriptor,
    .handle    = handle,
    .repeat    = act_repeat,
};

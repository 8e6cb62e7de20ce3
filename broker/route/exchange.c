/* SPDX-License-Identifier: EUPL-1.2 */
/* exchange.c - what the partners agreed to, from the history and the open tasks. */
#include "broker/route/exchange.h"

#include <stdio.h>
#include <string.h>

#include "broker/route/case_place.h"
#include "proto/auto.h"
#include "proto/message.h"

struct reading {
	const uint8_t   *id;
	struct exchange *x;
};

static bool
is_about(const Sluis__CaseStep *s, const uint8_t id[ID_BYTES])
{
	return s->has_about && s->about.len == ID_BYTES &&
	       memcmp(s->about.data, id, ID_BYTES) == 0;
}

static void
name_seat(struct seat_id *to, const char *oin, const char *desk)
{
	*to = (struct seat_id){0};
	(void)snprintf(to->oin, sizeof to->oin, "%s", oin == NULL ? "" : oin);
	(void)snprintf(to->desk, sizeof to->desk, "%s", desk == NULL ? "" : desk);
}

/* One step of asking names one of those it is with. */
static void
take_asked(struct exchange *x, const Sluis__CaseStep *s)
{
	name_seat(&x->asker, s->by_oin, s->by_desk);
	(void)snprintf(x->convenant, sizeof x->convenant, "%s",
	    s->convenant == NULL ? "" : s->convenant);
	(void)snprintf(x->phase, sizeof x->phase, "%s", s->phase == NULL ? "" : s->phase);
	if (s->whom == NULL || x->n_with == EXCHANGE_WITH_MAX) return;
	name_seat(&x->with[x->n_with++], s->whom->oin, s->whom->desk);
}

static rc
take_step(void *arg, struct slice bytes)
{
	struct reading                        *k = arg;
	AUTO(message_destroy) Sluis__CaseStep *s = NULL;

	TRY(message_unpack(&sluis__case_step__descriptor, bytes, RC_BAD_DIGEST, &s));
	if (!is_about(s, k->id)) return RC_OK;
	if (s->kind == SLUIS__STEP_KIND__STEP_EXCHANGE_ASKED) take_asked(k->x, s);
	if (s->kind == SLUIS__STEP_KIND__STEP_EXCHANGE_AGREED) k->x->agreed++;
	if (s->kind == SLUIS__STEP_KIND__STEP_EXCHANGE_OBJECTED) k->x->objected = true;
	return RC_OK;
}

rc
exchange_read(struct broker *b, const uint8_t case_id[ID_BYTES],
    const uint8_t exchange_id[ID_BYTES], struct exchange *ret)
{
	struct task_filter f = {.case_id = case_id,
	    .about                       = exchange_id,
	    .kind                        = SLUIS__TASK_KIND__TASK_AGREE,
	    .layer                       = 1};
	struct task_row    open[CASE_SEATS_MAX];
	struct reading     k = {.id = exchange_id, .x = ret};

	*ret = (struct exchange){0};
	TRY(store_each_step(b->store, case_id, 1, take_step, &k));
	if (ret->n_with == 0) return RC_NOT_FOUND;
	return store_list_tasks(b->store, &f, CASE_SEATS_MAX, open, &ret->waiting);
}

bool
exchange_holds(const struct exchange *x, const char *convenant, const char *phase)
{
	return !x->objected && x->waiting == 0 && x->agreed != 0 && convenant != NULL &&
	       phase != NULL && strcmp(x->convenant, convenant) == 0 &&
	       strcmp(x->phase, phase) == 0;
}

bool
exchange_is_with(const struct exchange *x, const struct seat_id *who)
{
	if (seat_equal(&x->asker, who)) return true;
	for (size_t i = 0; i < x->n_with; i++)
		if (seat_equal(&x->with[i], who)) return true;
	return false;
}

rc
exchange_check(struct broker *b, const struct case_row *row, const struct seat_id *from,
    const uint8_t exchange_id[ID_BYTES], struct where *where)
{
	struct place    here = place_of(case_state(b, row));
	struct exchange x;

	TRY(exchange_read(b, row->id, exchange_id, &x));
	if (!exchange_is_with(&x, from)) return RC_NOT_FOUND;
	if (x.objected) return RC_OBJECTED;
	if (x.waiting != 0) {
		(void)snprintf(where->at, sizeof where->at, "%zu of %zu", x.agreed,
		    x.agreed + x.waiting);
		return RC_WAITING;
	}
	return exchange_holds(&x, here.convenant, here.phase) ? RC_OK : RC_NOT_IN_STATE;
}

rc
exchange_agreed(struct broker *b, const uint8_t case_id[ID_BYTES],
    const uint8_t exchange_id[ID_BYTES], const struct seat_id *to, bool *ret)
{
	struct case_row row;
	struct exchange x;

	*ret    = false;
	rc code = exchange_read(b, case_id, exchange_id, &x);
	if (code == RC_NOT_FOUND) return RC_OK;
	TRY(code);
	TRY(store_get_case(b->store, case_id, &row));
	struct place here = place_of(case_state(b, &row));
	*ret = exchange_is_with(&x, to) && exchange_holds(&x, here.convenant, here.phase);
	return RC_OK;
}

/* --- counting ---------------------------------------------------------------------- */

struct counting { /* tasks of one case, in one pass over its history */
	const uint8_t *case_id;
	size_t         n;
	Sluis__Task  **tasks;
};

static bool
counts(const Sluis__Task *t)
{
	return t->kind == SLUIS__TASK_KIND__TASK_AGREE && t->case_id.len == ID_BYTES &&
	       t->about.len == ID_BYTES;
}

static bool
is_of(const Sluis__Task *t, const uint8_t case_id[ID_BYTES])
{
	return counts(t) && memcmp(t->case_id.data, case_id, ID_BYTES) == 0;
}

static rc
count_step(void *arg, struct slice bytes)
{
	struct counting                       *k = arg;
	AUTO(message_destroy) Sluis__CaseStep *s = NULL;

	TRY(message_unpack(&sluis__case_step__descriptor, bytes, RC_BAD_DIGEST, &s));
	if (s->kind != SLUIS__STEP_KIND__STEP_EXCHANGE_AGREED) return RC_OK;
	for (size_t i = 0; i < k->n; i++)
		if (is_of(k->tasks[i], k->case_id) &&
		    is_about(s, k->tasks[i]->about.data))
			k->tasks[i]->have++;
	return RC_OK;
}

/* How many have to agree: those who did, and those who still have the task. */
static rc
count_need(struct broker *b, Sluis__Task *t)
{
	struct task_filter f = {.case_id = t->case_id.data,
	    .about                       = t->about.data,
	    .kind                        = SLUIS__TASK_KIND__TASK_AGREE,
	    .layer                       = 1};
	struct task_row    open[CASE_SEATS_MAX];
	size_t             n = 0;

	TRY(store_list_tasks(b->store, &f, CASE_SEATS_MAX, open, &n));
	t->has_have = 1;
	t->has_need = 1;
	t->need     = t->have + (uint32_t)n;
	return RC_OK;
}

rc
exchange_count(struct broker *b, Sluis__Task **tasks, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!counts(tasks[i]) || tasks[i]->has_have) continue;
		struct counting k = {tasks[i]->case_id.data, n - i, tasks + i};
		TRY(store_each_step(b->store, k.case_id, 1, count_step, &k));
		for (size_t j = i; j < n; j++)
			if (is_of(tasks[j], k.case_id)) TRY(count_need(b, tasks[j]));
	}
	return RC_OK;
}

/* --- what is open ------------------------------------------------------------------ */

/* Note exchange ID once. */
static void
add_open(struct open_exchanges *to, const uint8_t id[ID_BYTES])
{
	for (size_t i = 0; i < to->n; i++)
		if (memcmp(to->ids[i], id, ID_BYTES) == 0) return;
	if (to->n < OPEN_EXCHANGES_MAX) memcpy(to->ids[to->n++], id, ID_BYTES);
}

rc
exchange_list_open(struct act *a, const char *state, struct open_exchanges *ret)
{
	enum { MAX = OPEN_EXCHANGES_MAX * CASE_SEATS_MAX };
	AUTO(auto_free) struct task_row *rows = calloc(MAX, sizeof *rows);
	struct task_filter               f    = {.from = &a->me,
	                     .case_id                  = a->row.id,
	                     .kind                     = SLUIS__TASK_KIND__TASK_AGREE,
	                     .layer                    = 1};
	size_t                           n    = 0;

	if (rows == NULL) return RC_NOMEM;
	ret->n = 0;
	TRY(store_list_tasks(a->b->store, &f, MAX, rows, &n));
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].state, state) == 0) add_open(ret, rows[i].about);
	return RC_OK;
}

/* --- who was asked and is there no more -------------------------------------------- */

static rc
lose_one(struct act *a, const struct seat_id *who, const uint8_t id[ID_BYTES])
{
	Sluis__CaseStep    step = SLUIS__CASE_STEP__INIT;
	Sluis__Participant whom = SLUIS__PARTICIPANT__INIT;

	whom.oin       = message_borrow(who->oin);
	whom.desk      = message_borrow(who->desk);
	step.has_kind  = 1;
	step.kind      = SLUIS__STEP_KIND__STEP_EXCHANGE_OBJECTED;
	step.whom      = &whom;
	step.has_about = 1;
	step.about     = message_borrow_bytes(id, ID_BYTES);
	TRY(act_note(a, &step, 1));
	return exchange_end(a, NULL, id);
}

rc
exchange_lose(struct act *a, const struct seat_id *who)
{
	struct task_filter f = {.who = who,
	    .case_id                 = a->row.id,
	    .kind                    = SLUIS__TASK_KIND__TASK_AGREE,
	    .layer                   = 1};
	struct task_row    row;
	size_t             n = 0;

	TRY(store_list_tasks(a->b->store, &f, 1, &row, &n));
	while (n != 0) {
		TRY(lose_one(a, who, row.about));
		TRY(store_list_tasks(a->b->store, &f, 1, &row, &n));
	}
	return RC_OK;
}

rc
exchange_end(struct act *a, const struct seat_id *who, const uint8_t id[ID_BYTES])
{
	struct task_filter f = {.who = who,
	    .case_id                 = a->row.id,
	    .about                   = id,
	    .kind                    = SLUIS__TASK_KIND__TASK_AGREE,
	    .layer                   = 1};
	struct task_row    open[CASE_SEATS_MAX];
	size_t             n = 0;

	TRY(store_list_tasks(a->b->store, &f, CASE_SEATS_MAX, open, &n));
	for (size_t i = 0; i < n; i++) TRY(store_end_task(a->b->store, open[i].id));
	return RC_OK;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* todo.c - what waits for a desk, or what others still owe it: the earliest term first.
 */
#include "broker/route/act.h"
#include "broker/route/exchange.h"
#include "broker/route/task_message.h"
#include "proto/auto.h"

enum { TODO_MAX = 512, TODO_STANDARD = 100 };

/* What others owe may be of a layer that this desk does not see. */
static rc
may_see(struct act *a, const struct task_row *row, bool *ret)
{
	struct case_seat seat;

	/* what is about no case it made or sent itself */
	*ret = row->layer <= 1 || !row->in_case;
	if (*ret) return RC_OK;
	rc code = store_get_seat(a->b->store, row->case_id, &a->me, &seat);
	if (code == RC_NOT_FOUND) return RC_OK;
	TRY(code);
	*ret = seat.layer >= row->layer;
	return RC_OK;
}

static rc
list(struct act *a, const struct task_filter *f, size_t max)
{
	AUTO(auto_free) struct task_row *rows = calloc(max, sizeof *rows);
	Sluis__Answer                   *to   = a->r->answer;
	size_t                           n    = 0;

	if (rows == NULL) return RC_NOMEM;
	TRY(store_list_tasks(a->b->store, f, max, rows, &n));
	for (size_t i = 0; i < n; i++) {
		bool seen = true;
		if (f->who == NULL) TRY(may_see(a, &rows[i], &seen));
		if (!seen) continue;
		TRY(task_add(&rows[i], a->b->now_ms, &to->n_tasks, &to->tasks));
	}
	TRY(exchange_count(a->b, to->tasks, to->n_tasks));
	return reply_set_code(a->r, RC_OK, NULL);
}

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	const Sluis__Todo *m   = (const Sluis__Todo *)q->message;
	size_t             max = m->has_max && m->max != 0 ? m->max : TODO_STANDARD;
	struct act         a;

	act_look(&a, b, q, r);
	struct task_filter f = {
	    .who = m->given ? NULL : &a.me, .from = m->given ? &a.me : NULL};
	return list(&a, &f, max > TODO_MAX ? TODO_MAX : max);
}

const struct handler todo_handler = {
    .type      = TYPE_TODO,
    .doors     = 1u << DOOR_AGENCY,
    .max_bytes = 2048,
    .desc      = &sluis__todo__descriptor,
    .handle    = handle,
};

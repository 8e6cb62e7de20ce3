/* SPDX-License-Identifier: EUPL-1.2 */
/* erasure.c - ending, recalling and forgetting one submission; details past their term.
 */
#include "broker/owed/erasure.h"

#include <string.h>

#include "broker/journal/event.h"
#include "broker/knowing/knowing.h"
#include "broker/outbox/delivery_end.h"
#include "broker/outcome.h"
#include "broker/store/subject.h"
#include "proto/auto.h"

enum { TASKS = 16, RECORDS = 256 };

/* --- one submission --------------------------------------------------------------- */

/* Whoever has it owes no word about it any more. */
static rc
end_tasks(struct broker *b, const struct delivery *d)
{
	struct task_filter f = {.about = d->id};
	struct task_row    rows[TASKS];
	size_t             n = TASKS, ended = 1;

	while (n == TASKS && ended != 0) {
		ended = 0;
		TRY(store_list_tasks(b->store, &f, TASKS, rows, &n));
		for (size_t i = 0; i < n; i++) {
			if (rows[i].kind == SLUIS__TASK_KIND__TASK_DESTROY) continue;
			TRY(store_end_task(b->store, rows[i].id));
			ended++;
		}
	}
	return RC_OK;
}

static rc
erase_release(void *arg, const struct earlier *one)
{
	struct recall  *r = arg;
	struct delivery d = one->delivery;

	TRY(end_tasks(r->b, &d));
	if (r->ground != SLUIS__RECALL_GROUND__RECALL_UNSPECIFIED)
		return recall_release(r, one);
	if (d.acked) return RC_OK;
	r->n_leaves++;
	return delivery_end(r->b, &d, SLUIS__EVENT_KIND__EVENT_WITHDRAWN, r->binding);
}

rc
erasure_of_submission(struct recall *r, const struct seat_id *source,
    const struct request_row *row, uint64_t by)
{
	TRY(earlier_each(r->b, source, row->id, erase_release, r));
	TRY(knowing_forget(r->b, source, row->id));
	TRY(store_forget_subjects(r->b->store, source, row->id));
	return store_erase_details(r->b->store, row->first, row->n, by);
}

void
erasure_event(const struct request_row *row, struct event *e)
{
	e->kind          = SLUIS__EVENT_KIND__EVENT_ERASED;
	e->has_refers_to = true;
	e->refers_to     = row->first;
	e->count         = row->n;
}

/* --- by time ---------------------------------------------------------------------- */

/* One that was changed is as old as the next that was not. */
static rc
is_old(struct broker *b, uint64_t index, bool *ret)
{
	AUTO(message_destroy) Sluis__Leaf *leaf = NULL;
	uint64_t term = (uint64_t)b->config->details_days * DAY_MS;
	rc       code = RC_BAD_TREE;

	*ret = false;
	for (; code == RC_BAD_TREE && index < journal_size(b->journal); index++)
		code = outcome_leaf(b, index, &leaf);
	if (code == RC_BAD_TREE) return RC_OK; /* none is left to tell */
	TRY(code);
	*ret = leaf->time_ms + term < b->now_ms;
	return RC_OK;
}

/* The leaves from *RET->first on whose records are old: whole records, a page of them. */
static rc
find_old(struct broker *b, struct request_row *ret, bool *ret_more)
{
	uint64_t next = 0;
	bool     old  = true;
	rc       code = store_first_record(b->store, 0, &next);

	ret->first = next;
	for (int i = 0; code == RC_OK && i < RECORDS; i++) {
		TRY(is_old(b, next, &old));
		if (!old) break;
		code = store_first_record(b->store, next + 1, &next);
	}
	if (code != RC_OK && code != RC_NOT_FOUND) return code;
	/* NEXT is the last one if none follows: that stays, nobody knows where it ends */
	ret->n    = next - ret->first;
	*ret_more = old && code == RC_OK;
	return RC_OK;
}

rc
erasure_by_time(struct broker *b, bool *ret_more)
{
	struct request_row old = {0};
	struct event       e   = {0};
	uint64_t           by  = 0;

	TRY(find_old(b, &old, ret_more));
	if (old.n == 0) return RC_OK;
	erasure_event(&old, &e);
	e.code = RC_EXPIRED;
	TRY(event_append(b, &e, &by));
	TRY(store_forget_subjects_before(b->store, old.first + old.n));
	return store_erase_details(b->store, old.first, old.n, by);
}

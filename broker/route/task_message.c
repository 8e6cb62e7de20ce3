/* SPDX-License-Identifier: EUPL-1.2 */
/* task_message.c - from row to message. */
#include "broker/route/task_message.h"

#include "proto/message.h"

/* The parts that need no memory of their own. */
static void
fill_numbers(const struct task_row *row, uint64_t now_ms, Sluis__Task *t)
{
	t->has_kind     = 1;
	t->kind         = row->kind;
	t->has_since_ms = 1;
	t->since_ms     = row->since_ms;
	t->has_due_ms   = row->due_ms != 0;
	t->due_ms       = row->due_ms;
	t->has_overdue  = row->due_ms != 0 && row->due_ms < now_ms;
	t->overdue      = t->has_overdue;
	t->has_layer    = row->layer > 1;
	t->layer        = row->layer;
}

void
task_borrow(const struct task_row *row, uint64_t now_ms, Sluis__Task *ret)
{
	fill_numbers(row, now_ms, ret);
	ret->has_task_id = 1;
	ret->task_id     = message_borrow_bytes(row->id, sizeof row->id);
	ret->oin         = message_borrow(row->who.oin);
	ret->desk        = message_borrow(row->who.desk);
	ret->has_case_id = row->in_case;
	ret->has_about   = row->has_about;
	if (row->in_case)
		ret->case_id = message_borrow_bytes(row->case_id, sizeof row->case_id);
	if (row->has_about)
		ret->about = message_borrow_bytes(row->about, sizeof row->about);
}

rc
task_add(const struct task_row *row, uint64_t now_ms, size_t *n, Sluis__Task ***list)
{
	Sluis__Task *t = message_add(n, list, sizeof *t);

	if (t == NULL) return RC_NOMEM;
	sluis__task__init(t);
	fill_numbers(row, now_ms, t);
	TRY(message_bytes(&t->has_task_id, &t->task_id, slice_of(row->id, ID_BYTES)));
	TRY(message_text(&t->oin, row->who.oin));
	TRY(message_text(&t->desk, row->who.desk));
	if (row->in_case)
		TRY(message_bytes(
		    &t->has_case_id, &t->case_id, slice_of(row->case_id, ID_BYTES)));
	if (!row->has_about) return RC_OK;
	return message_bytes(&t->has_about, &t->about, slice_of(row->about, ID_BYTES));
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* recall.c - leaves, rows, tasks and notices of a recall. */
#include "broker/owed/recall.h"

#include <stdlib.h>
#include <string.h>

#include "broker/journal/event.h"
#include "broker/knowing/knowing.h"
#include "broker/outbox/delivery_end.h"
#include "broker/outbox/notice.h"
#include "broker/route/task_message.h"
#include "proto/auto.h"
#include "proto/message.h"
#include "proto/room.h"

void
recall_wipe(struct recall *r)
{
	free(r->demands);
	r->demands   = NULL;
	r->n_demands = r->cap_demands = 0;
}

/* --- one release ----------------------------------------------------------------- */

/* The detail of a recall: what of, why, in which case. */
static rc
make_detail(const struct recall *r, const struct earlier *rel, struct buf *out)
{
	AUTO(buf_wipe) struct buf act    = buf_init(DETAIL_MAX);
	Sluis__Detail             detail = SLUIS__DETAIL__INIT;
	Sluis__CaseStep           step   = SLUIS__CASE_STEP__INIT;
	uint8_t                   salt[NONCE_BYTES];

	step.has_kind   = 1;
	step.kind       = SLUIS__STEP_KIND__STEP_RECALLED;
	step.has_recall = 1;
	step.recall     = r->ground;
	TRY(message_pack(&step.base, &act));
	detail_begin(&detail, salt, rel->in_case ? rel->case_id : NULL, rel->layer);
	detail.has_trace_id = 1;
	detail.trace_id     = message_borrow_bytes(rel->trace, ID_BYTES);
	detail.has_act      = 1;
	detail.act          = message_borrow_bytes(act.p, act.n);
	return message_pack(&detail.base, out);
}

static rc
put_leaf(const struct recall *r, const struct earlier *rel, uint64_t *ret)
{
	AUTO(buf_wipe) struct buf detail = buf_init(DETAIL_MAX);
	bool                      timed  = r->by.oin[0] == '\0';

	TRY(make_detail(r, rel, &detail));
	struct event e = {.kind = SLUIS__EVENT_KIND__EVENT_RECALL,
	    .sender_oin         = timed ? NULL : r->by.oin,
	    .sender_desk        = timed ? NULL : r->by.desk,
	    .recipient_oin      = rel->delivery.oin,
	    .recipient_desk     = rel->delivery.desk,
	    .binding            = r->binding,
	    .detail             = buf_slice(&detail),
	    .has_refers_to      = true,
	    .refers_to          = rel->delivery.leaf};
	return event_append(r->b, &e, ret);
}

static rc
add_demand(struct recall *r, const struct earlier *rel, uint64_t leaf)
{
	TRY(room_for_one(&r->demands, r->n_demands, &r->cap_demands, sizeof *r->demands));
	r->demands[r->n_demands++] = (struct demand){.release = *rel,
	    .leaf                                             = leaf,
	    .due_ms = r->b->now_ms + (uint64_t)DESTROY_DAYS * DAY_MS};
	return RC_OK;
}

/* The desk has it, or may: it has to destroy it. */
static rc
demand(struct recall *r, const struct earlier *rel, struct recall_row *row)
{
	TRY(put_leaf(r, rel, &row->leaf));
	r->n_leaves++;
	return add_demand(r, rel, row->leaf);
}

/* Erase a copy that waits. */
static rc
withdraw(struct recall *r, const struct earlier *rel, struct recall_row *row)
{
	struct delivery d = rel->delivery;

	TRY(delivery_end(r->b, &d, SLUIS__EVENT_KIND__EVENT_WITHDRAWN, r->binding));
	r->n_leaves++;
	row->leaf = row->done_leaf = d.ack_leaf;
	row->done                  = true;
	return RC_OK;
}

/* Nobody owes word of the use of what is gone. */
static rc
end_usefulness(const struct recall *r, const struct earlier *rel)
{
	struct task_row    task;
	struct task_filter f = {
	    .about = rel->delivery.id, .kind = SLUIS__TASK_KIND__TASK_USEFULNESS};
	size_t n = 0;

	TRY(store_list_tasks(r->b->store, &f, 1, &task, &n));
	return n == 0 ? RC_OK : store_end_task(r->b->store, task.id);
}

/* A copy that its desk never took leaves nothing to destroy. */
static rc
take_back(struct recall *r, const struct earlier *rel, struct recall_row *row)
{
	TRY(end_usefulness(r, rel));
	bool there =
	    rel->delivery.acked || dispatch_was_out(r->b->dispatch, &rel->delivery);

	if (!rel->delivery.acked) TRY(withdraw(r, rel, row));
	if (!there) return RC_OK;
	row->done = false;
	return demand(r, rel, row);
}

rc
recall_release(void *recall, const struct earlier *rel)
{
	struct recall    *r = recall;
	struct recall_row row;

	rc code = store_get_recall(r->b->store, rel->delivery.seq, &row);
	if (code != RC_OK && code != RC_NOT_FOUND) return code;
	if (code == RC_OK && !row.ordered) return RC_OK; /* once */
	row = (struct recall_row){.seq = rel->delivery.seq,
	    .ordered = rel->layer > r->layer && veil_is_there(r->b->veil),
	    .source  = rel->source,
	    .ground  = r->ground,
	    .by      = r->by,
	    .layer   = rel->layer};
	memcpy(row.trace, rel->trace, ID_BYTES);
	/* it makes no links either */
	if (!r->keeps_links) TRY(knowing_forget(r->b, &rel->source, rel->trace));
	if (!row.ordered) TRY(take_back(r, rel, &row));
	return store_put_recall(r->b->store, &row);
}

/* --- telling --------------------------------------------------------------------- */

static struct task_row
task_of(const struct recall *r, const struct demand *d)
{
	struct task_row t = {.from = d->release.source,
	    .kind                  = SLUIS__TASK_KIND__TASK_DESTROY,
	    .has_about             = true,
	    .layer                 = d->release.layer,
	    .leaf                  = d->leaf,
	    .since_ms              = r->b->now_ms,
	    .due_ms                = d->due_ms};

	t.who = seat_of(d->release.delivery.oin, d->release.delivery.desk);
	memcpy(t.about, d->release.delivery.id, ID_BYTES);
	return t;
}

static rc
tell(const struct recall *r, const struct demand *d, const struct task_row *row)
{
	Sluis__Task   task   = SLUIS__TASK__INIT;
	Sluis__Notice notice = SLUIS__NOTICE__INIT;
	bool          timed  = r->by.oin[0] == '\0';

	task_borrow(row, r->b->now_ms, &task);
	notice.has_kind    = 1;
	notice.kind        = SLUIS__NOTICE_KIND__NOTICE_RECALL;
	notice.has_about   = 1;
	notice.about       = task.about;
	notice.has_case_id = d->release.in_case;
	notice.case_id     = message_borrow_bytes(d->release.case_id, ID_BYTES);
	notice.from_oin    = timed ? NULL : message_borrow(r->by.oin);
	notice.from_desk   = timed ? NULL : message_borrow(r->by.desk);
	notice.task        = &task;
	notice.has_recall  = 1;
	notice.recall      = r->ground;
	return notice_send(r->b, &row->who, &notice, row->layer, d->leaf, NULL);
}

rc
recall_tell(
    struct recall *r, bool (*knows)(void *arg, const struct delivery *who), void *arg)
{
	for (size_t i = 0; i < r->n_demands; i++) {
		const struct demand *d   = &r->demands[i];
		struct task_row      row = task_of(r, d);
		TRY(store_add_task(r->b->store, &row));
		if (knows == NULL || !knows(arg, &d->release.delivery))
			TRY(tell(r, d, &row));
	}
	r->n_demands = 0;
	return RC_OK;
}

/* --- what was only ordered ------------------------------------------------------- */

static rc
do_ordered(struct broker *b, const struct recall_row *row)
{
	AUTO(recall_wipe)
	struct recall   r = {.b = b,
	      .by               = row->by,
	      .ground           = row->ground,
	      .layer            = row->layer,
	      .keeps_links      = true}; /* gone with the order, if they had to */
	struct delivery delivery;
	struct earlier  release;

	TRY(store_delivery_at(b->store, row->seq, &delivery));
	TRY(earlier_of_leaf(b, delivery.leaf, &row->source, row->trace, &release));
	TRY(recall_release(&r, &release));
	return recall_tell(&r, NULL, NULL);
}

enum { ORDERED_MAX = 64 };

rc
recall_ordered(struct broker *b, size_t max, size_t *ret_n)
{
	struct recall_row rows[ORDERED_MAX];

	TRY(store_ordered_recalls(
	    b->store, max < ORDERED_MAX ? max : ORDERED_MAX, rows, ret_n));
	for (size_t i = 0; i < *ret_n; i++) TRY(do_ordered(b, &rows[i]));
	return RC_OK;
}

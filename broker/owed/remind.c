/* SPDX-License-Identifier: EUPL-1.2 */
/* remind.c - reminders. */
#include "broker/owed/remind.h"

#include "broker/journal/event.h"
#include "broker/outbox/notice.h"
#include "broker/route/task_message.h"
#include "proto/auto.h"
#include "proto/message.h"

enum { PAGE = 64 };

static rc
put_leaf(struct broker *b, const struct task_row *t, uint64_t *ret)
{
	AUTO(buf_wipe) struct buf bytes  = buf_init(DETAIL_MAX);
	Sluis__Detail             detail = SLUIS__DETAIL__INIT;
	uint8_t                   salt[NONCE_BYTES];

	detail_begin(&detail, salt, t->in_case ? t->case_id : NULL, t->layer);
	TRY(message_pack(&detail.base, &bytes));
	struct event e = {.kind = SLUIS__EVENT_KIND__EVENT_OVERDUE,
	    .recipient_oin      = t->who.oin,
	    .recipient_desk     = t->who.desk,
	    .detail             = buf_slice(&bytes),
	    .has_refers_to      = true,
	    .refers_to          = t->leaf};
	return event_append(b, &e, ret);
}

static rc
remind(struct broker *b, const struct task_row *t)
{
	Sluis__Task   task   = SLUIS__TASK__INIT;
	Sluis__Notice notice = SLUIS__NOTICE__INIT;
	uint64_t      leaf   = 0;

	TRY(put_leaf(b, t, &leaf));
	TRY(store_remind_task(b->store, t->id));
	task_borrow(t, b->now_ms, &task);
	notice.has_kind    = 1;
	notice.kind        = SLUIS__NOTICE_KIND__NOTICE_REMINDER;
	notice.has_case_id = t->in_case;
	notice.case_id     = message_borrow_bytes(t->case_id, ID_BYTES);
	notice.has_about   = t->has_about;
	notice.about       = message_borrow_bytes(t->about, ID_BYTES);
	notice.task        = &task;
	return notice_send(b, &t->who, &notice, t->layer, leaf, NULL);
}

rc
remind_overdue(struct broker *b, unsigned layer, size_t max, size_t *ret_n)
{
	struct task_row    rows[PAGE];
	struct task_filter f = {
	    .layer = layer, .due_before_ms = b->now_ms, .not_reminded = true};
	size_t n = 0;

	*ret_n = 0;
	TRY(store_list_tasks(b->store, &f, max < PAGE ? max : PAGE, rows, &n));
	for (size_t i = 0; i < n; i++) {
		if (layer != 0 && rows[i].layer != layer) continue; /* in its own turn */
		TRY(remind(b, &rows[i]));
		++*ret_n;
	}
	return RC_OK;
}

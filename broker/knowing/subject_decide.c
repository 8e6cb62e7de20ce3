/* SPDX-License-Identifier: EUPL-1.2 */
/* subject_decide.c - the second desk agrees that a person's request is answered, or not.
 */
#include <string.h>

#include "broker/journal/event.h"
#include "broker/knowing/subject.h"
#include "proto/message.h"

static rc
find(struct act *a, const Sluis__SubjectDecide *m, struct inquiry *ret)
{
	if (m->subject_id.len != ID_BYTES || !m->has_agree) return RC_MALFORMED;
	TRY(store_get_inquiry(a->b->store, m->subject_id.data, ret));
	if (seat_equal(&ret->asker, &a->me))
		return act_deny(a, RC_SECOND_DESK, NULL, "AVG 5(2), 32",
		    "the second desk that the policy names decides");
	if (!seat_equal(&ret->second, &a->me)) return RC_NOT_FOUND;
	return ret->state == SUBJECT_WAITS ? RC_OK : RC_NOT_FOUND;
}

static rc
write_leaf(struct act *a, const struct inquiry *q, bool agree)
{
	Sluis__Detail detail = SLUIS__DETAIL__INIT;
	struct event  e      = {.kind = SLUIS__EVENT_KIND__EVENT_SUBJECT_DECIDED,
	          .recipient_oin      = q->asker.oin,
	          .recipient_desk     = q->asker.desk,
	          .has_refers_to      = true,
	          .refers_to          = q->leaf};

	detail.code = message_borrow(agree ? "agreed" : "declined");
	return act_event(a, &e, &detail, NULL);
}

static rc
tell_asker(struct act *a, const struct inquiry *q)
{
	struct task_row    own;
	struct task_filter f    = {.who = &a->me, .about = q->id};
	struct task_row    task = {.who = q->asker,
	       .from                    = a->me,
	       .kind                    = SLUIS__TASK_KIND__TASK_SUBJECT_READ,
	       .has_about               = true,
	       .layer                   = 1,
	       .due_ms                  = q->until_ms};
	size_t             n    = 0;

	TRY(store_list_tasks(a->b->store, &f, 1, &own, &n));
	if (n == 1) TRY(store_end_task(a->b->store, own.id));
	memcpy(task.about, q->id, sizeof task.about);
	return act_give_task(a, &task);
}

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	const Sluis__SubjectDecide *m = (const Sluis__SubjectDecide *)q->message;
	struct inquiry              row;
	struct act                  a;
	bool                        done = false;

	TRY(act_begin(&a, b, q, r, &done));
	if (done) return RC_OK;
	TRY(find(&a, m, &row));
	TRY(write_leaf(&a, &row, m->agree));
	TRY(store_decide_inquiry(
	    b->store, row.id, m->agree ? SUBJECT_AGREED : SUBJECT_DECLINED));
	TRY(tell_asker(&a, &row));
	return act_end(&a);
}

const struct handler subject_decide_handler = {
    .type      = TYPE_SUBJECT_DECIDE,
    .doors     = 1u << DOOR_AGENCY,
    .max_bytes = 2048,
    .desc      = &sluis__subject_decide__descriptor,
    .handle    = handle,
    .repeat    = act_repeat,
};

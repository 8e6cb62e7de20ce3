/* SPDX-License-Identifier: EUPL-1.2 */
/* subject_ask.c - a contact point asks what was shared about a person. */
#include <sodium.h>
#include <string.h>

#include "broker/journal/event.h"
#include "broker/knowing/subject.h"
#include "broker/store/knowing.h"
#include "proto/message.h"

enum { ANSWER_DAYS = 30, A_DAY = 200 }; /* AVG 12(3); inquiries of one party */

static bool
right_known(const Sluis__SubjectAsk *m)
{
	return m->has_right && m->right >= SLUIS__SUBJECT_RIGHT__SUBJECT_ACCESS &&
	       m->right <= SLUIS__SUBJECT_RIGHT__SUBJECT_ERASE;
}

static rc
take_of_day(struct act *a)
{
	bool ok = false;

	TRY(store_take_of_day(
	    a->b->store, "subject", a->me.oin, a->b->now_ms / DAY_MS, 1, A_DAY, &ok));
	return ok ? RC_OK : RC_OVER_QUOTA;
}

/* What comes of the request; everything in it was checked. */
static rc
decide(struct act *a, const Sluis__SubjectAsk *m, struct inquiry *ret,
    const struct subject_info **ret_info)
{
	struct inquiry other;

	*ret_info = subject_contact(a->b->policy, &a->me, NULL);
	if (*ret_info == NULL)
		return act_deny(a, RC_NOT_YOUR_STEP, NULL, "AVG 12, 26",
		    "the desk that the policy names as contact point for persons");
	if (!right_known(m) || (m->has_to_ms && m->to_ms < m->from_ms))
		return RC_MALFORMED;
	*ret = (struct inquiry){.asker = a->me,
	    .second                    = seat_of((*ret_info)->oin, (*ret_info)->second),
	    .right                     = m->right,
	    .from_ms                   = m->from_ms,
	    .to_ms                     = m->to_ms,
	    .leaf                      = a->first,
	    .until_ms                  = a->b->now_ms + ANSWER_DAYS * DAY_MS};
	memcpy(ret->id, a->q->head->request_id.data, sizeof ret->id);
	TRY(subject_token(a->b, m->kind, m->n_values, m->values, ret->token));
	rc code = store_get_inquiry(a->b->store, ret->id, &other);
	if (code == RC_OK) return RC_REPLAYED;
	if (code != RC_NOT_FOUND) return code;
	return take_of_day(a);
}

static rc
write_leaf(struct act *a, const struct inquiry *q, const struct subject_info *info)
{
	Sluis__Detail detail = SLUIS__DETAIL__INIT;
	struct event  e      = {.kind = SLUIS__EVENT_KIND__EVENT_SUBJECT_ASKED,
	          .recipient_oin      = q->second.oin,
	          .recipient_desk     = q->second.desk};

	detail.article = message_borrow(info->article);
	detail.code    = message_borrow(protobuf_c_enum_descriptor_get_value(
	       &sluis__subject_right__descriptor, (int)q->right)
	                                    ->name);
	return act_event(a, &e, &detail, NULL);
}

static rc
ask_second(struct act *a, const struct inquiry *q)
{
	struct task_row task = {.who = q->second,
	    .from                    = q->asker,
	    .kind                    = SLUIS__TASK_KIND__TASK_SUBJECT,
	    .has_about               = true,
	    .layer                   = 1,
	    .due_ms                  = q->until_ms};

	memcpy(task.about, q->id, sizeof task.about);
	return act_give_task(a, &task);
}

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	const Sluis__SubjectAsk   *m    = (const Sluis__SubjectAsk *)q->message;
	const struct subject_info *info = NULL;
	struct inquiry             row;
	struct act                 a;
	bool                       done = false;

	TRY(act_begin(&a, b, q, r, &done));
	if (done) return RC_OK;
	TRY(decide(&a, m, &row, &info));
	TRY(write_leaf(&a, &row, info));
	TRY(store_put_inquiry(b->store, &row));
	TRY(ask_second(&a, &row));
	sodium_memzero(row.token, sizeof row.token);
	return act_end(&a);
}

const struct handler subject_ask_handler = {
    .type      = TYPE_SUBJECT_ASK,
    .doors     = 1u << DOOR_AGENCY,
    .max_bytes = 4096,
    .desc      = &sluis__subject_ask__descriptor,
    .handle    = handle,
    .repeat    = act_repeat,
};

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * feedback.c - who contributed hears what became of it, in codes and never about a case.
 *
 * To the sender of one delivery, or to everybody whose signals came into a case, with or
 * without a seat there.  Each contributor hears of its own submissions only (NOTICE_
 * FEEDBACK, about = its trace); one that has no seat does not hear of the case either.
 * It is what ends the giver's TASK_FEEDBACK and TASK_USEFULNESS.
 */
#include <stdlib.h>
#include <string.h>

#include "broker/journal/event.h"
#include "broker/outbox/notice.h"
#include "broker/owed/earlier.h"
#include "broker/owed/word_given.h"
#include "broker/route/act.h"
#include "policy/route.h"
#include "proto/auto.h"
#include "proto/message.h"
#include "proto/room.h"

enum { STEP_MAX = 256 };

/* --- what is said ---------------------------------------------------------------- */

static bool
is_known(const ProtobufCEnumDescriptor *d, protobuf_c_boolean has, int value)
{
	return !has ||
	       (value != 0 && protobuf_c_enum_descriptor_get_value(d, value) != NULL);
}

/* It says something, in known codes; a reason why nothing followed only if nothing did.
 */
static bool
is_feedback(const Sluis__Feedback *f)
{
	if (f == NULL) return false;
	if (!is_known(
	        &sluis__assessment__descriptor, f->has_assessment, (int)f->assessment) ||
	    !is_known(&sluis__no_action_reason__descriptor, f->has_no_action,
	        (int)f->no_action))
		return false;
	if (f->has_no_action && f->has_followed_up && f->followed_up) return false;
	return f->has_followed_up || f->has_assessment || f->has_investigation_started ||
	       f->has_closed || f->has_useful || f->has_no_action;
}

/* --- to whom --------------------------------------------------------------------- */

struct contribution { /* what one desk brought in */
	struct seat_id who;
	uint8_t        trace[ID_BYTES];
	uint64_t       ruling; /* leaf */
	uint64_t       leaf;   /* EVENT_FEEDBACK, once it is there */
	bool           seated; /* it may hear of the case */
};

struct telling { /* one act of feedback; owns its list */
	struct act            *act;
	const Sluis__Feedback *says;
	unsigned               layer; /* exactly this one is told */
	size_t                 n, cap;
	struct contribution   *to;
};

static void
telling_wipe(struct telling *t)
{
	free(t->to);
	t->to = NULL;
}

/* Nobody tells itself. */
static rc
add(struct telling *t, const struct seat_id *who, const uint8_t trace[ID_BYTES],
    uint64_t ruling)
{
	if (seat_equal(who, &t->act->me)) return RC_OK;
	TRY(room_for_one(&t->to, t->n, &t->cap, sizeof *t->to));
	t->to[t->n] = (struct contribution){.who = *who, .ruling = ruling};
	memcpy(t->to[t->n++].trace, trace, ID_BYTES);
	return RC_OK;
}

static rc
add_source(void *arg, const struct case_source *src)
{
	struct telling *t = arg;

	if (src->layer != t->layer) return RC_OK;
	return add(t, &src->who, src->trace, src->leaf);
}

/* Whether each may hear of case ID, and has room for a notice. */
static rc
look_up(struct telling *t, const uint8_t id[ID_BYTES])
{
	struct broker *b = t->act->b;

	for (size_t i = 0; i < t->n; i++) {
		struct contribution *c = &t->to[i];
		TRY(dispatch_room(b->dispatch, c->who.oin, c->who.desk));
		if (id != NULL) TRY(act_sits(b, id, &c->who, t->layer, &c->seated));
	}
	return RC_OK;
}

/* --- leaves and notices ---------------------------------------------------------- */

static rc
put_leaves(struct telling *t)
{
	AUTO(buf_wipe) struct buf bytes = buf_init(STEP_MAX);
	Sluis__CaseStep           step  = SLUIS__CASE_STEP__INIT;

	step.has_kind = 1;
	step.kind     = SLUIS__STEP_KIND__STEP_FEEDBACK;
	step.feedback = (Sluis__Feedback *)(uintptr_t)t->says;
	TRY(message_pack(&step.base, &bytes));
	for (size_t i = 0; i < t->n; i++) {
		struct contribution *c      = &t->to[i];
		Sluis__Detail        detail = SLUIS__DETAIL__INIT;
		struct event         e      = {.kind = SLUIS__EVENT_KIND__EVENT_FEEDBACK,
		                 .recipient_oin      = c->who.oin,
		                 .recipient_desk     = c->who.desk,
		                 .has_refers_to      = true,
		                 .refers_to          = c->ruling};
		detail.has_act              = 1;
		detail.act                  = message_borrow_bytes(bytes.p, bytes.n);
		TRY(act_event(t->act, &e, &detail, &c->leaf));
	}
	return RC_OK;
}

static rc
tell(const struct telling *t, const struct contribution *c, const uint8_t *case_id)
{
	Sluis__Notice     notice = SLUIS__NOTICE__INIT;
	const struct act *a      = t->act;

	notice.has_kind  = 1;
	notice.kind      = SLUIS__NOTICE_KIND__NOTICE_FEEDBACK;
	notice.has_about = 1;
	notice.about     = message_borrow_bytes(c->trace, ID_BYTES);
	notice.from_oin  = message_borrow(a->me.oin);
	notice.from_desk = message_borrow(a->me.desk);
	notice.feedback  = (Sluis__Feedback *)(uintptr_t)t->says;
	if (c->seated) {
		notice.has_case_id = 1;
		notice.case_id     = message_borrow_bytes(case_id, ID_BYTES);
	}
	return notice_send(a->b, &c->who, &notice, t->layer, c->leaf, NULL);
}

static rc
tell_all(struct telling *t, const uint8_t *case_id)
{
	TRY(put_leaves(t));
	for (size_t i = 0; i < t->n; i++) TRY(tell(t, &t->to[i], case_id));
	return RC_OK;
}

/* --- to the sender of one delivery ----------------------------------------------- */

/* Whether there is a case that stays open after this. */
static rc
goes_on(
    struct broker *b, const uint8_t id[ID_BYTES], const Sluis__Feedback *says, bool *ret)
{
	struct case_row row;

	*ret    = false;
	rc code = store_get_case(b->store, id, &row);
	if (code == RC_NOT_FOUND) return RC_OK;
	TRY(code);
	*ret = row.closed_ms == 0 && !(says->has_closed && says->closed);
	return RC_OK;
}

static rc
about_delivery(struct act *a, const Sluis__GiveFeedback *m)
{
	AUTO(telling_wipe) struct telling t = {.act = a, .says = m->feedback};
	struct earlier                    e;

	TRY(earlier_of_delivery(a->b, &a->me, &m->delivery_id, &e));
	t.layer = a->layer     = e.layer;
	const uint8_t *case_id = e.in_case ? e.case_id : NULL;
	TRY(add(&t, &e.source, e.trace, e.delivery.leaf));
	if (t.n == 0) return RC_NOT_FOUND; /* its own */
	TRY(look_up(&t, case_id));
	TRY(tell_all(&t, case_id));
	TRY(word_given(a, (struct task_filter){.about = e.delivery.id}, e.layer, false));
	if (!e.in_case) return RC_OK;
	bool again = false;
	TRY(goes_on(a->b, e.case_id, m->feedback, &again));
	return word_given(a,
	    (struct task_filter){.case_id = e.case_id, .from = &e.source}, e.layer,
	    again);
}

/* --- to everybody who contributed to a case -------------------------------------- */

/* Whether a due of the route names SEAT's desk of ROLE for feedback. */
static bool
is_due_of(const struct route_info *route, const char *role, const char *desk)
{
	for (size_t i = 0; i < route->n_states; i++)
		for (size_t k = 0; k < route->states[i].n_dues; k++) {
			const struct due_info *d = &route->states[i].dues[k];
			if (d->kind == SLUIS__TASK_KIND__TASK_FEEDBACK &&
			    seat_among(d->n_by, d->by, role, desk))
				return true;
		}
	return false;
}

static rc
may_tell(struct act *a)
{
	const struct party      *party = a->q->member->party;
	const struct route_info *route = policy_route(a->b->policy, a->row.route);

	if (a->seat.as == SLUIS__PARTICIPANT_AS__PARTICIPANT) return RC_OK;
	if (route != NULL && party != NULL && is_due_of(route, party->role, a->me.desk))
		return RC_OK;
	return act_deny(a, RC_NOT_YOUR_STEP, NULL, "WGS 1.7(4)",
	    "feedback by a participant of the case, or by a desk that its route names "
	    "for "
	    "it");
}

/* Whoever is only seen in layer 2 speaks there; everybody else in layer 1. */
static rc
about_case(struct act *a, const Sluis__GiveFeedback *m)
{
	AUTO(telling_wipe) struct telling t    = {.act = a, .says = m->feedback};
	Sluis__CaseStep                   step = SLUIS__CASE_STEP__INIT;

	TRY(act_find_owed(a, &m->case_id));
	TRY(may_tell(a));
	t.layer = a->seat.shown > 1 ? 2 : 1;
	TRY(store_each_source(a->b->store, a->row.id, t.layer, add_source, &t));
	TRY(look_up(&t, a->row.id));
	step.has_kind = 1;
	step.kind     = SLUIS__STEP_KIND__STEP_FEEDBACK;
	step.feedback = m->feedback;
	TRY(act_step(a, &step, t.layer));
	TRY(tell_all(&t, a->row.id));
	bool again = false;
	TRY(goes_on(a->b, a->row.id, m->feedback, &again));
	return word_given(a, (struct task_filter){.case_id = a->row.id}, t.layer, again);
}

/* --- the handler ----------------------------------------------------------------- */

static unsigned
layer_of(struct broker *b, const struct request *q)
{
	const Sluis__GiveFeedback *m  = (const Sluis__GiveFeedback *)q->message;
	struct seat_id             me = request_sender(q);
	struct case_seat           seat;
	struct earlier             e;

	if (m->has_delivery_id)
		return earlier_of_delivery(b, &me, &m->delivery_id, &e) == RC_OK ? e.layer
		                                                                 : 1;
	if (!m->has_case_id || m->case_id.len != ID_BYTES ||
	    store_get_seat(b->store, m->case_id.data, &me, &seat) != RC_OK)
		return 1;
	return seat.shown > 1 ? 2 : 1;
}

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	const Sluis__GiveFeedback *m = (const Sluis__GiveFeedback *)q->message;
	struct act                 a;
	bool                       done = false;

	TRY(act_begin(&a, b, q, r, &done));
	if (done) return RC_OK;
	if (m->has_case_id == m->has_delivery_id) return RC_MALFORMED; /* one of them */
	if (!is_feedback(m->feedback)) return RC_MALFORMED;
	TRY(m->has_case_id ? about_case(&a, m) : about_delivery(&a, m));
	return act_end(&a);
}

const struct handler feedback_handler = {
    .type      = TYPE_FEEDBACK,
    .doors     = 1u << DOOR_AGENCY,
    .max_bytes = 2048,
    .desc      = &sluis__give_feedback__descriptor,
    .handle    = handle,
    .repeat    = act_repeat,
    .layer     = layer_of,
};

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * reveal_decide.c - the source answers a question about it or somebody it named, then
 * its second desk where the convenant asks for two.
 *
 * Until the second desk agrees the box waits here, closed; the leaf of the decision is
 * in the same commit as the notice that brings the answer.
 */
#include <string.h>

#include "broker/journal/event.h"
#include "broker/knowing/reveal.h"
#include "broker/outbox/notice.h"
#include "broker/route/act.h"
#include "broker/route/task_message.h"
#include "policy/route.h"
#include "proto/auto.h"
#include "proto/message.h"

struct verdict {
	const Sluis__RevealDecide *m;
	struct reveal_row          row;
	const struct reveal_info  *rule;   /* NULL: the policy has none any more */
	bool                       second; /* another desk has to agree after this one */
	struct buf                 box;    /* that goes to the asker; owned */
};

static void
verdict_wipe(struct verdict *v)
{
	buf_wipe(&v->box);
}

/* --- decide ---------------------------------------------------------------------- */

static bool
is_source(const struct act *a, const struct reveal_row *r)
{
	return strcmp(a->me.oin, r->source.oin) == 0;
}

static bool
is_first_desk(const struct act *a, const struct reveal_row *r)
{
	return strcmp(a->me.desk, r->source.desk) == 0;
}

static const struct reveal_info *
rule_of(const struct broker *b, const struct reveal_row *r)
{
	const struct party *asker = policy_party(b->policy, r->asker.oin);

	return asker == NULL ? NULL
	                     : policy_reveal(b->policy, r->convenant, asker->role,
	                           r->asker.desk, r->what, r->ground);
}

/* Whether DESK of the source's party may know of the layer that it is about: a desk that
 * does not sit there may not even hear that there is such a layer. */
static rc
may_see(const struct broker *b, const struct verdict *v, const char *desk, bool *ret)
{
	struct case_seat seat;
	struct seat_id   who = v->row.source;

	*ret = v->row.layer <= 1 || !v->row.in_case;
	if (*ret) return RC_OK;
	(void)snprintf(who.desk, sizeof who.desk, "%s", desk);
	rc code = store_get_seat(b->store, v->row.case_id, &who, &seat);
	*ret    = code == RC_OK && seat.layer >= v->row.layer;
	return code == RC_NOT_FOUND ? RC_OK : code;
}

/* Whether DESK of the source's PARTY is one that may agree after the first. */
static rc
may_second(const struct broker *b, const struct verdict *v, const struct party *party,
    const char *desk, bool *ret)
{
	*ret = v->rule != NULL && party != NULL &&
	       strcmp(desk, v->row.source.desk) != 0 &&
	       seat_among(v->rule->n_second, v->rule->second, party->role, desk);
	return *ret ? may_see(b, v, desk, ret) : RC_OK;
}

static rc
has_second(const struct broker *b, const struct verdict *v, bool *ret)
{
	const struct party *party = policy_party(b->policy, v->row.source.oin);

	*ret = false;
	for (size_t i = 0; !*ret && party != NULL && party->desks[i] != NULL; i++)
		TRY(may_second(b, v, party, party->desks[i], ret));
	return RC_OK;
}

/* Whether the rule asks a second desk of a party like the source. */
static bool
asks_second(const struct broker *b, const struct verdict *v)
{
	const struct party *party = policy_party(b->policy, v->row.source.oin);

	for (size_t i = 0; party != NULL && i < v->rule->n_second; i++)
		if (strcmp(v->rule->second[i].role, party->role) == 0) return true;
	return false;
}

/* A desk of the source that signalled decides first. */
static rc
check_first(struct act *a, struct verdict *v)
{
	bool refuses = v->m->verdict == SLUIS__REVEAL_VERDICT__REVEAL_REFUSED;

	if (!is_first_desk(a, &v->row) ||
	    v->row.first != SLUIS__REVEAL_VERDICT__REVEAL_VERDICT_UNSPECIFIED)
		return RC_NOT_FOUND;
	if (refuses) return RC_OK;
	if (v->rule == NULL)
		return act_deny(a, RC_NO_GROUND, NULL, NULL,
		    "a convenant that still lets this desk ask; it can be refused");
	bool there = false;
	v->second  = asks_second(a->b, v);
	if (v->second) TRY(has_second(a->b, v, &there));
	if (v->second && !there)
		return act_deny(a, RC_SECOND_DESK, v->rule->id, v->rule->article,
		    "another desk of the source that may agree");
	return RC_OK;
}

static rc
check_second(struct act *a, struct verdict *v)
{
	bool waits = v->row.first != SLUIS__REVEAL_VERDICT__REVEAL_VERDICT_UNSPECIFIED;

	if (is_first_desk(a, &v->row))
		return act_deny(a, RC_SECOND_DESK, v->rule == NULL ? NULL : v->rule->id,
		    v->rule == NULL ? NULL : v->rule->article,
		    "a decision of another desk of the source");
	if (!waits) return RC_NOT_FOUND;
	bool may = false;
	TRY(may_second(a->b, v, a->q->member->party, a->me.desk, &may));
	return may ? RC_OK : RC_NOT_FOUND;
}

static rc
check_form(struct verdict *v)
{
	if (v->m->reveal_id.len != ID_BYTES ||
	    reveal_verdict_name(v->m->verdict) == NULL ||
	    (v->m->second && v->m->sealed != NULL))
		return RC_MALFORMED;
	return RC_OK;
}

static rc
decide(struct act *a, struct verdict *v)
{
	TRY(check_form(v));
	TRY(store_get_reveal(a->b->store, v->m->reveal_id.data, &v->row));
	if (!is_source(a, &v->row)) return RC_NOT_FOUND;
	a->layer = v->row.layer;
	v->rule  = rule_of(a->b, &v->row);
	if (v->m->second) {
		TRY(check_second(a, v));
		return store_get_box(a->b->store, v->row.id, &v->box);
	}
	TRY(check_first(a, v));
	TRY(reveal_check_box(&v->row.asker, v->m->verdict, v->m->sealed));
	if (v->m->sealed == NULL) return RC_OK;
	return buf_append(
	    &v->box, slice_of(v->m->sealed->box.data, v->m->sealed->box.len));
}

/* --- write ----------------------------------------------------------------------- */

/* Only a FINAL word names its asker, who may read the entry then. */
static rc
write_leaf(struct act *a, const struct verdict *v, const char *what, bool final)
{
	Sluis__Detail detail = SLUIS__DETAIL__INIT;
	struct event  e      = {.kind = SLUIS__EVENT_KIND__EVENT_REVEAL_DECIDED,
	          .recipient_oin      = final ? v->row.asker.oin : NULL,
	          .recipient_desk     = final ? v->row.asker.desk : NULL,
	          .convenant          = v->row.convenant,
	          .phase              = v->row.phase,
	          .has_refers_to      = true,
	          .refers_to          = v->row.leaf};

	detail.code = message_borrow(what);
	if (v->rule != NULL) {
		e.rule         = v->rule->id;
		detail.rule    = message_borrow(v->rule->id);
		detail.article = message_borrow(v->rule->article);
	}
	return act_event(a, &e, &detail, NULL);
}

static rc
put_task(struct act *a, const struct verdict *v, const char *desk, struct task_row *ret)
{
	const struct reveal_row *r = &v->row;

	*ret = (struct task_row){.from = r->asker,
	    .kind                      = SLUIS__TASK_KIND__TASK_REVEAL_SECOND,
	    .in_case                   = r->in_case,
	    .has_about                 = true,
	    .layer                     = r->layer,
	    .leaf                      = a->first,
	    .since_ms                  = a->b->now_ms,
	    .due_ms                    = r->until_ms};
	memcpy(ret->who.oin, r->source.oin, sizeof ret->who.oin);
	(void)snprintf(ret->who.desk, sizeof ret->who.desk, "%s", desk);
	memcpy(ret->case_id, r->case_id, sizeof ret->case_id);
	memcpy(ret->about, r->id, sizeof ret->about);
	return store_add_task(a->b->store, ret);
}

/* Another desk of the source is asked whether it agrees. */
static rc
ask_second(struct act *a, const struct verdict *v, const char *desk)
{
	const struct reveal_row *r       = &v->row;
	struct task_row          task    = {0};
	Sluis__Notice            n       = SLUIS__NOTICE__INIT;
	Sluis__Task              message = SLUIS__TASK__INIT;

	TRY(put_task(a, v, desk, &task));
	task_borrow(&task, a->b->now_ms, &message);
	reveal_describe(r, SLUIS__NOTICE_KIND__NOTICE_REVEAL_ASKED, &n);
	n.has_about          = 1;
	n.about              = message_borrow_bytes(r->trace, sizeof r->trace);
	n.task               = &message;
	n.has_reveal_verdict = 1;
	n.reveal_verdict     = v->m->verdict; /* of the first desk */
	n.has_case_id        = r->in_case;
	n.case_id            = message_borrow_bytes(r->case_id, sizeof r->case_id);
	n.from_oin           = message_borrow(r->asker.oin);
	n.from_desk          = message_borrow(r->asker.desk);
	n.contact_desk       = message_borrow(r->source.desk);
	return notice_send(a->b, &task.who, &n, r->layer, a->first, NULL);
}

/* The first desk answered; the answer waits. */
static rc
wait_for_second(struct act *a, const struct verdict *v)
{
	const struct party *party = policy_party(a->b->policy, v->row.source.oin);
	struct task_filter  f     = {.who = &a->me, .about = v->row.id};
	struct task_row     own;
	size_t              n = 0;

	TRY(write_leaf(a, v, "first_of_two", false));
	TRY(store_first_verdict(
	    a->b->store, v->row.id, v->m->verdict, buf_slice(&v->box)));
	TRY(store_list_tasks(a->b->store, &f, 1, &own, &n));
	if (n == 1) TRY(store_end_task(a->b->store, own.id));
	for (size_t i = 0; party->desks[i] != NULL; i++) {
		bool may = false;
		TRY(may_second(a->b, v, party, party->desks[i], &may));
		if (may) TRY(ask_second(a, v, party->desks[i]));
	}
	return RC_OK;
}

/* It is decided. */
static rc
answer(struct act *a, const struct verdict *v)
{
	Sluis__RevealVerdict first = v->m->second ? v->row.first : v->m->verdict;
	Sluis__RevealVerdict both  = reveal_both(first, v->m->verdict);
	struct slice         box   = slice_of(NULL, 0);

	if (both == first) box = buf_slice(&v->box); /* else it says too much */
	TRY(write_leaf(a, v, reveal_verdict_name(both), true));
	return reveal_tell(a->b, &v->row, &a->me, both, box, a->first);
}

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	AUTO(verdict_wipe)
	struct verdict v = {
	    .m = (const Sluis__RevealDecide *)q->message, .box = buf_init(BOX_MAX)};
	struct act a;
	bool       done = false;

	TRY(act_begin(&a, b, q, r, &done));
	if (done) return RC_OK;
	TRY(decide(&a, &v));
	TRY(v.second ? wait_for_second(&a, &v) : answer(&a, &v));
	return act_end(&a);
}

/* That of the question, for the party that it was put to. */
static unsigned
layer_of(struct broker *b, const struct request *q)
{
	const Sluis__RevealDecide *m = (const Sluis__RevealDecide *)q->message;
	struct reveal_row          row;

	if (m->reveal_id.len != ID_BYTES ||
	    store_get_reveal(b->store, m->reveal_id.data, &row) != RC_OK ||
	    strcmp(row.source.oin, q->member->binding.oin) != 0)
		return 1;
	return row.layer;
}

const struct handler reveal_decide_handler = {
    .type      = TYPE_REVEAL_DECIDE,
    .doors     = 1u << DOOR_AGENCY,
    .max_bytes = 6 * 1024,
    .desc      = &sluis__reveal_decide__descriptor,
    .handle    = handle,
    .repeat    = act_repeat,
    .layer     = layer_of,
};

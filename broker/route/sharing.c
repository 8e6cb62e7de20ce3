/* SPDX-License-Identifier: EUPL-1.2 */
/* sharing.c - the case around a submission: checked before, written after. */
#include "broker/route/sharing.h"

#include <string.h>

#include "broker/knowing/knowing.h"
#include "broker/owed/after_release.h"
#include "broker/route/case_place.h"
#include "broker/route/exchange.h"

/* --- before ---------------------------------------------------------------------- */

static rc
check_form(const Sluis__Submit *m)
{
	if (m->has_corrects && m->corrects.len != ID_BYTES) return RC_MALFORMED;
	if (m->has_exchange_id && m->exchange_id.len != ID_BYTES) return RC_MALFORMED;
	if (m->has_hands_over && m->hands_over.len != ID_BYTES) return RC_MALFORMED;
	/* what adds to a case, or was agreed to in it, is sent in it */
	return !m->has_case_id && (m->enriches || m->has_exchange_id) ? RC_MALFORMED
	                                                              : RC_OK;
}

static bool
same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static rc
check_state(struct sharing *s)
{
	struct act              *a     = &s->act;
	const struct route_info *route = case_route(a->b, &a->row);
	struct place             place = place_of(case_state(a->b, &a->row));
	const Sluis__Submit     *m     = s->submit;

	if (a->row.closed_ms != 0)
		return act_deny(a, RC_CASE_CLOSED, a->row.route,
		    route == NULL ? NULL : route->article, "a case that is open");
	if (same(place.convenant, m->convenant) && same(place.phase, m->phase) &&
	    same(place.purpose, m->purpose))
		return RC_OK;
	return act_deny(a, RC_NOT_IN_STATE, a->row.route,
	    route == NULL ? NULL : route->article,
	    place.convenant == NULL
	        ? "a state in which a convenant is in force"
	        : "the convenant, phase and purpose that the case's state has in force");
}

/* What was to be agreed to was. */
static rc
check_exchange(struct sharing *s)
{
	struct act *a = &s->act;

	if (!s->submit->has_exchange_id) return RC_OK;
	rc code = exchange_check(
	    a->b, &a->row, &a->me, s->submit->exchange_id.data, &a->q->where);
	if (code == RC_OK || rc_kind(code) != RC_KIND_DENY) return code;
	return act_deny(a, code, a->row.route, NULL,
	    code == RC_NOT_IN_STATE
	        ? "an exchange that was agreed to under what is in force now"
	        : "the consent of every other party in the case that signed");
}

static rc
enter_case(struct sharing *s)
{
	struct act *a = &s->act;

	rc code = act_find_case(a, &s->submit->case_id);
	if (code == RC_NOT_FOUND) code = act_find_asked(a, &s->submit->case_id);
	TRY(code);
	TRY(check_state(s));
	TRY(check_exchange(s));
	if (s->layer > a->seat.layer)
		return act_deny(
		    a, RC_NO_PARTICIPANT, NULL, NULL, "a seat at that layer of the case");
	TRY(act_be_seen(a, s->layer));
	a->layer = s->layer;
	s->seats = scratch_alloc(a->q->mem, CASE_SEATS_MAX, sizeof *s->seats);
	if (s->seats == NULL) return RC_NOMEM;
	return store_list_seats(a->b->store, a->row.id, s->seats, &s->n_seats);
}

static rc
note_replaced(void *arg, const struct earlier *one)
{
	struct sharing  *s = arg;
	struct replaced *r;

	if (s->n_replaced == RECIPIENTS_MAX) return RC_OK;
	r      = &s->replaced[s->n_replaced++];
	r->who = seat_of(one->delivery.oin, one->delivery.desk);
	memcpy(r->delivery, one->delivery.id, ID_BYTES);
	return RC_OK;
}

static rc
list_replaced(struct sharing *s)
{
	struct act *a = &s->act;

	s->replaced = scratch_alloc(a->q->mem, RECIPIENTS_MAX, sizeof *s->replaced);
	if (s->replaced == NULL) return RC_NOMEM;
	return earlier_each(a->b, &a->me, s->submit->corrects.data, note_replaced, s);
}

/* What was received and goes on to who takes over was received here. */
static rc
check_handed_over(struct sharing *s)
{
	struct earlier one;

	return earlier_of_delivery(s->act.b, &s->act.me, &s->submit->hands_over, &one);
}

rc
sharing_begin(struct sharing *s, struct broker *b, struct request *q, struct reply *r,
    const Sluis__Submit *submit, unsigned layer)
{
	act_look(&s->act, b, q, r);
	s->submit     = submit;
	s->layer      = layer;
	s->n_seats    = 0;
	s->n_replaced = 0;
	TRY(check_form(submit));
	if (submit->has_case_id) TRY(enter_case(s));
	if (submit->has_corrects) TRY(list_replaced(s));
	return submit->has_hands_over ? check_handed_over(s) : RC_OK;
}

/* --- facts ----------------------------------------------------------------------- */

static const struct case_seat *
seat_at(const struct sharing *s, const struct seat_id *who)
{
	for (size_t i = 0; i < s->n_seats; i++)
		if (seat_equal(&s->seats[i].who, who)) return &s->seats[i];
	return NULL;
}

rc
sharing_facts(const struct sharing *s, const Sluis__Recipient *recipient, factset *ret)
{
	const struct case_seat *seat;
	struct seat_id          who;
	bool                    agreed = false;

	*ret = 0;
	if (!s->act.in_case) return RC_OK;
	*ret    = fact_bit(FACT_CASE);
	rc code = seat_named(s->act.b->policy, recipient, &who);
	if (code != RC_OK) return RC_OK; /* the ruling says so */
	seat = seat_at(s, &who);
	if (seat != NULL && seat->layer >= s->layer && seat_counts(seat)) {
		*ret |= fact_bit(FACT_CASE_MEMBER);
		if (seat->declared) *ret |= fact_bit(FACT_DECLARED);
	}
	if (!s->submit->has_exchange_id) return RC_OK;
	TRY(exchange_agreed(
	    s->act.b, s->act.row.id, s->submit->exchange_id.data, &who, &agreed));
	if (agreed) *ret |= fact_bit(FACT_PARTNERS_AGREED);
	return RC_OK;
}

const uint8_t *
sharing_replaced(const struct sharing *s, const char *oin, const char *desk)
{
	for (size_t i = 0; i < s->n_replaced; i++)
		if (strcmp(s->replaced[i].who.oin, oin) == 0 &&
		    strcmp(s->replaced[i].who.desk, desk) == 0)
			return s->replaced[i].delivery;
	return NULL;
}

/* --- after ----------------------------------------------------------------------- */

static const struct released *
first_served(size_t n, const struct released *to)
{
	for (size_t i = 0; i < n; i++)
		if (to[i].served) return &to[i];
	return NULL;
}

static rc
put_source(struct sharing *s, const struct released *first)
{
	struct case_source src = {
	    .who = s->act.me, .leaf = first->leaf, .layer = s->layer, .own = true};

	memcpy(src.trace, s->submit->head->request_id.data, ID_BYTES);
	memcpy(src.convenant, s->submit->convenant,
	    strnlen(s->submit->convenant, sizeof src.convenant - 1));
	return store_put_source(s->act.b->store, s->act.row.id, &src);
}

/* The first release of layer 1 to another party is where joint processing begins, and
 * with it the term of the case, that of its opening until then, anew. */
static void
begin_joint(struct sharing *s, size_t n, const struct released *to)
{
	struct case_row         *row    = &s->act.row;
	const struct route_info *route  = case_route(s->act.b, row);
	bool                     others = false;

	for (size_t i = 0; i < n; i++)
		others = others || (to[i].served && strcmp(to[i].decision->recipient_oin,
		                                        s->act.me.oin) != 0);
	if (!others || s->layer > 1 || row->joint_ms != 0) return;
	row->joint_ms = s->act.b->now_ms;
	if (route != NULL && route->keep_days != 0)
		row->remove_ms = row->joint_ms + (uint64_t)route->keep_days * DAY_MS;
}

static rc
note_step(struct sharing *s, const struct released *first)
{
	const Sluis__Submit *m    = s->submit;
	Sluis__CaseStep      step = SLUIS__CASE_STEP__INIT;

	step.has_kind = 1;
	step.kind     = SLUIS__STEP_KIND__STEP_SHARED;
	if (m->enriches) step.kind = SLUIS__STEP_KIND__STEP_ENRICHED;
	if (m->has_corrects) step.kind = SLUIS__STEP_KIND__STEP_CORRECTED;
	step.has_leaf  = 1;
	step.leaf      = first->leaf;
	step.has_about = 1;
	step.about     = m->head->request_id;
	step.convenant = m->convenant;
	step.phase     = m->phase;
	return act_note(&s->act, &step, s->layer);
}

/* What was asked of the sender is done. */
static rc
end_tasks(struct sharing *s)
{
	struct act *a = &s->act;

	TRY(act_end_tasks(a, SLUIS__TASK_KIND__TASK_RELEASE, &a->me));
	return s->submit->enriches
	           ? act_end_tasks(a, SLUIS__TASK_KIND__TASK_ENRICH, &a->me)
	           : RC_OK;
}

static rc
bring_into_case(struct sharing *s, size_t n, const struct released *to)
{
	const struct released *first = first_served(n, to);

	TRY(put_source(s, first));
	begin_joint(s, n, to);
	TRY(note_step(s, first));
	return end_tasks(s);
}

rc
sharing_end(struct sharing *s, const Sluis__Signal *signal, const struct knowing *known,
    size_t n, const struct released *to)
{
	struct release r = {.act = &s->act,
	    .submit              = s->submit,
	    .signal              = signal,
	    .layer               = s->layer,
	    .n                   = n,
	    .to                  = to,
	    .corrects = s->submit->has_corrects ? s->submit->corrects.data : NULL};

	if (first_served(n, to) == NULL) return RC_OK;
	if (s->act.in_case) TRY(bring_into_case(s, n, to));
	TRY(owed_after_release(&r));
	return knowing_after_release(&r, known);
}

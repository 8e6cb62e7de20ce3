/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * case_exchange.c - asking the partners for an exchange outside the meeting, and voting.
 *
 * The request id of the question names the exchange; exchange.h says what holds.
 */
#include <string.h>

#include "broker/route/exchange.h"
#include "broker/route/table.h"
#include "proto/message.h"

struct asking {
	struct act      *a;
	struct table     t;
	struct place     here;
	size_t           n_seats, n_with, n_voters;
	struct case_seat seats[CASE_SEATS_MAX];
	struct seat_id   with[EXCHANGE_WITH_MAX];
	struct seat_id   voters[CASE_SEATS_MAX];
};

static const char law[] = "Convenant, uitwisseling buiten het overleg";

/* --- asking ---------------------------------------------------------------------- */

/* It sits there, and may hear something. */
static bool
can_be_with(const struct asking *k, const struct seat_id *who)
{
	for (size_t i = 0; i < k->n_seats; i++)
		if (seat_equal(&k->seats[i].who, who))
			return k->seats[i].shown == 1 && seat_counts(&k->seats[i]);
	return false;
}

static rc
check_with(struct asking *k, const Sluis__CaseExchange *m)
{
	if (m->n_with > EXCHANGE_WITH_MAX) return RC_TOO_MANY;
	for (size_t i = 0; i < m->n_with; i++) {
		struct seat_id *who = &k->with[k->n_with];
		TRY(seat_named(k->a->b->policy, m->with[i], who));
		if (seat_equal(who, &k->a->me)) return RC_MALFORMED;
		for (size_t j = 0; j < k->n_with; j++)
			if (seat_equal(&k->with[j], who)) return RC_MALFORMED;
		if (!can_be_with(k, who))
			return act_deny(k->a, RC_NO_PARTICIPANT, NULL, law,
			    "a seat in the case for everybody it is with");
		k->n_with++;
	}
	return RC_OK;
}

/* Whether OIN signed what is in force, itself or by somebody who signed for it too. */
static bool
signed_it(const struct asking *k, const char *oin)
{
	const struct policy *p     = k->a->b->policy;
	int32_t              today = date_of_ms(k->a->b->now_ms);

	for (size_t i = 0; i < policy_n_parties(p); i++)
		if (policy_signs_for(
		        p, policy_party_at(p, i)->oin, oin, k->here.convenant, today))
			return true;
	return false;
}

/* One desk of every other party that takes part and signed what is in force. */
static bool
votes(const struct asking *k, const struct case_seat *seat)
{
	if (seat->as != SLUIS__PARTICIPANT_AS__PARTICIPANT || seat->shown != 1 ||
	    strcmp(seat->who.oin, k->a->me.oin) == 0 || !signed_it(k, seat->who.oin))
		return false;
	for (size_t i = 0; i < k->n_voters; i++)
		if (strcmp(k->voters[i].oin, seat->who.oin) == 0) return false;
	return true;
}

static rc
find_voters(struct asking *k)
{
	for (size_t i = 0; i < k->n_seats; i++)
		if (votes(k, &k->seats[i])) k->voters[k->n_voters++] = k->seats[i].who;
	return k->n_voters != 0
	           ? RC_OK
	           : act_deny(k->a, RC_STEP_NEEDS, NULL, law,
	                 "another party in the case that signed the convenant");
}

/* Whether exchange X is with the very desks that K asks for. */
static bool
is_with_same(const struct asking *k, const struct exchange *x)
{
	for (size_t i = 0; i < k->n_with; i++)
		if (!exchange_is_with(x, &k->with[i])) return false;
	return k->n_with == x->n_with;
}

/* Each question is a task for every partner until it is answered, so there are few. */
static rc
check_open(struct asking *k)
{
	struct open_exchanges open;
	struct exchange       x;

	TRY(exchange_list_open(k->a, k->t.state->id, &open));
	for (size_t i = 0; i < open.n; i++) {
		TRY(exchange_read(k->a->b, k->a->row.id, open.ids[i], &x));
		if (is_with_same(k, &x))
			return act_deny(k->a, RC_STEP_NEEDS, NULL, law,
			    "the answer to the same question, asked before");
	}
	return open.n < OPEN_EXCHANGES_MAX
	           ? RC_OK
	           : act_deny(k->a, RC_STEP_NEEDS, NULL, law,
	                 "the answer to one of the eight questions that are open");
}

static rc
write_one(struct asking *k, const struct seat_id *with)
{
	Sluis__CaseStep    step = SLUIS__CASE_STEP__INIT;
	Sluis__Participant whom = SLUIS__PARTICIPANT__INIT;

	table_participant(with, &whom);
	step.has_kind  = 1;
	step.kind      = SLUIS__STEP_KIND__STEP_EXCHANGE_ASKED;
	step.whom      = &whom;
	step.has_about = 1;
	step.about     = k->a->q->head->request_id;
	step.convenant = message_borrow(k->here.convenant);
	step.phase     = message_borrow(k->here.phase);
	return act_step(k->a, &step, 1);
}

static rc
ask(struct act *a, const struct table *t, const Sluis__CaseExchange *m)
{
	struct asking  k  = {.a = a, .t = *t, .here = place_of(t->state)};
	const uint8_t *id = a->q->head->request_id.data;

	if (a->seat.as != SLUIS__PARTICIPANT_AS__PARTICIPANT)
		return act_deny(a, RC_NOT_YOUR_STEP, NULL, law, "a seat as participant");
	if (k.here.convenant == NULL)
		return act_deny(a, RC_NOT_IN_STATE, NULL, law,
		    "a state of the route in which something may be shared");
	TRY(store_list_seats(a->b->store, a->row.id, k.seats, &k.n_seats));
	TRY(check_with(&k, m));
	TRY(find_voters(&k));
	TRY(check_open(&k));
	for (size_t i = 0; i < k.n_with; i++) TRY(write_one(&k, &k.with[i]));
	for (size_t i = 0; i < k.n_voters; i++)
		TRY(table_give(a, t, SLUIS__TASK_KIND__TASK_AGREE, &k.voters[i], id, 0));
	return act_end(a);
}

/* --- voting ---------------------------------------------------------------------- */

static rc
may_vote(struct act *a, const uint8_t *id, struct task_row *task)
{
	struct exchange x;

	TRY(exchange_read(a->b, a->row.id, id, &x));
	if (x.objected)
		return act_deny(a, RC_OBJECTED, NULL, law,
		    "another question: one partner objected to this exchange");
	rc code = table_task(a, SLUIS__TASK_KIND__TASK_AGREE, id, task);
	return code != RC_NOT_FOUND ? code
	                            : act_deny(a, RC_NOT_YOUR_STEP, NULL, law,
	                                  "a desk that was asked and did not vote yet");
}

static rc
vote(struct act *a, const Sluis__CaseExchange *m)
{
	Sluis__CaseStep step   = SLUIS__CASE_STEP__INIT;
	Sluis__Notice   notice = SLUIS__NOTICE__INIT;
	struct task_row task;

	if (m->exchange_id.len != ID_BYTES || !m->has_agree) return RC_MALFORMED;
	TRY(may_vote(a, m->exchange_id.data, &task));
	step.has_kind  = 1;
	step.kind      = m->agree ? SLUIS__STEP_KIND__STEP_EXCHANGE_AGREED
	                          : SLUIS__STEP_KIND__STEP_EXCHANGE_OBJECTED;
	step.has_about = 1;
	step.about     = m->exchange_id;
	TRY(act_step(a, &step, 1));
	TRY(exchange_end(a, m->agree ? &a->me : NULL, m->exchange_id.data));
	notice.has_kind  = 1;
	notice.kind      = SLUIS__NOTICE_KIND__NOTICE_EXCHANGE;
	notice.step      = &step;
	notice.has_about = 1;
	notice.about     = m->exchange_id;
	TRY(act_tell_whoever(a, &task.from, &notice, 1, a->first));
	return act_end(a);
}

/* --- the handler ----------------------------------------------------------------- */

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	const Sluis__CaseExchange *m = (const Sluis__CaseExchange *)q->message;
	struct act                 a;
	struct table               t;
	bool                       done;

	TRY(act_begin(&a, b, q, r, &done));
	if (done) return RC_OK;
	if ((m->n_with != 0) == (m->has_exchange_id != 0)) return RC_MALFORMED;
	TRY(table_find(&a, &m->case_id, &t));
	return m->n_with != 0 ? ask(&a, &t, m) : vote(&a, m);
}

const struct handler case_exchange_handler = {
    .type      = TYPE_CASE_EXCHANGE,
    .doors     = 1u << DOOR_AGENCY,
    .max_bytes = 8 * 1024,
    .desc      = &sluis__case_exchange__descriptor,
    .handle    = handle,
    .repeat    = act_repeat,
};

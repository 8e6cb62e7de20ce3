/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * case_join.c - desks get a seat in a case, or leave it.
 *
 * Seats are given by the desks that the route admits for it, to desks that may receive or
 * send anything under what is in force.  A seat at layer 2 is given by who sits there
 * too, and nobody of layer 1 sees that it is there.  Whoever has a seat may leave it; the
 * owner stays.
 */
#include <string.h>

#include "broker/route/case_enter.h"
#include "broker/route/exchange.h"
#include "proto/auto.h"
#include "proto/message.h"

enum {
	WHO_MAX   = 32,
	JOINS_MAX = 8, /* of one desk in one case */
};

struct change { /* of one seat */
	struct seat_id   who;
	bool             had;
	struct case_seat before, after;
	unsigned         layer; /* of the change */
	bool             same;  /* it sits there so already: nothing to write */
	size_t           joins; /* how often it was given a seat */
	bool             voids; /* it had to judge the gate and did not */
};

struct joining {
	struct act             a;
	const Sluis__CaseJoin *m;
	unsigned               layer;
	size_t                 n;
	struct change          changes[WHO_MAX];
};

static unsigned
layer_named(const Sluis__CaseJoin *m)
{
	return m->has_layer ? m->layer : 1;
}

/* --- deciding -------------------------------------------------------------------- */

static rc
deny_route(struct joining *j, rc code, const char *change)
{
	const struct route_info *route = case_route(j->a.b, &j->a.row);

	return route == NULL ? act_deny(&j->a, code, NULL, NULL, change)
	                     : act_deny(&j->a, code, route->id, route->article, change);
}

/* Whether A's desk may change the seats of others. */
static bool
admits(const struct joining *j)
{
	const struct member     *me    = j->a.q->member;
	const struct route_info *route = case_route(j->a.b, &j->a.row);

	return route != NULL && j->a.seat.as == SLUIS__PARTICIPANT_AS__PARTICIPANT &&
	       seat_among(
	           route->n_admits, route->admits, me->party->role, me->binding.desk);
}

/* The seat that C's desk has, as far as who sits at A's seat may know: at layer 1 one
 * that is not shown there is none. */
static rc
find_seat(struct joining *j, struct change *c)
{
	rc code = store_get_seat(j->a.b->store, j->a.row.id, &c->who, &c->before);

	if (code != RC_OK && code != RC_NOT_FOUND) return code;
	c->had = code == RC_OK;
	return RC_OK;
}

/* Whether C's desk is seen to sit there from the layer of the request. */
static bool
is_seen(const struct joining *j, const struct change *c)
{
	return c->had && c->before.shown <= j->layer;
}

static rc
decide_leave(struct joining *j, struct change *c)
{
	bool self = seat_equal(&c->who, &j->a.me);

	if (!self && !admits(j))
		return deny_route(
		    j, RC_NOT_YOUR_STEP, "a desk that gives seats, or your own seat");
	if (seat_equal(&c->who, &j->a.row.owner))
		return deny_route(j, RC_NOT_YOUR_STEP, "another owner: the owner stays");
	if (!c->had || (j->layer == 1 && c->before.shown > 1) ||
	    (j->layer == 2 && c->before.layer < 2))
		return deny_route(j, RC_NO_PARTICIPANT, "a seat to leave");
	if (j->layer == 2 && c->before.shown == 1)
		c->after.layer = 1; /* still there, as everybody can see */
	else
		c->after.left_ms = j->a.b->now_ms;
	return RC_OK;
}

/* Nothing of what the others see changes because of who was asked or shown what: a seat
 * that is seen keeps what it takes part as, but for an adviser, who gets a place. */
static rc
decide_sitting(struct joining *j, struct change *c)
{
	const struct case_seat *had = &c->before;
	Sluis__ParticipantAs    as  = j->m->has_as ? j->m->as : had->as;
	bool place = j->layer == 1 && had->as == SLUIS__PARTICIPANT_AS__ADVISER &&
	             (!j->m->has_as || as == SLUIS__PARTICIPANT_AS__PARTICIPANT);

	if (as != had->as && !place)
		return deny_route(j, RC_NOT_YOUR_STEP,
		    "the seat as it is: what a desk takes part as does not change while "
		    "it sits there");
	if (place) c->after.as = SLUIS__PARTICIPANT_AS__PARTICIPANT;
	if (j->layer > had->layer) c->after.layer = j->layer;
	c->same = !place && j->layer <= had->layer;
	if (c->same || !seat_equal(&c->who, &j->a.row.owner)) return RC_OK;
	return deny_route(j, RC_NOT_YOUR_STEP, "another owner: the owner stays");
}

/* A new seat.  Who sat there unseen keeps its layer, and is seen from now on, as if it
 * came only now. */
static void
decide_new(const struct joining *j, struct change *c, Sluis__ParticipantAs as)
{
	unsigned layer = c->had ? c->before.layer : j->layer;

	c->after = (struct case_seat){.who = c->who,
	    .as                            = as,
	    .layer                         = layer,
	    .shown                         = j->layer,
	    .since_ms                      = j->a.b->now_ms};
}

static rc
decide_seat(struct joining *j, struct change *c, Sluis__ParticipantAs as)
{
	bool         third = as == SLUIS__PARTICIPANT_AS__THIRD_PARTY;
	struct place place = place_of(case_state(j->a.b, &j->a.row));

	if (!seat_belongs(j->a.b, &j->a.row, &place, &c->who, third))
		return deny_route(j, RC_NOT_ENTITLED,
		    "a convenant or phase that gives this desk anything, or another "
		    "desk");
	if (is_seen(j, c)) return decide_sitting(j, c);
	decide_new(j, c, as);
	return RC_OK;
}

static rc
decide_one(struct joining *j, const Sluis__Recipient *named, struct change *c)
{
	Sluis__ParticipantAs as =
	    j->m->has_as ? j->m->as : SLUIS__PARTICIPANT_AS__PARTICIPANT;

	TRY(seat_named(j->a.b->policy, named, &c->who));
	for (size_t i = 0; i < j->n; i++)
		if (seat_equal(&j->changes[i].who, &c->who)) return RC_MALFORMED;
	TRY(find_seat(j, c));
	c->after = c->before;
	return j->m->leave ? decide_leave(j, c) : decide_seat(j, c, as);
}

/* --- how often ------------------------------------------------------------------- */

static rc
count_join(void *arg, struct slice bytes)
{
	struct joining                        *j = arg;
	AUTO(message_destroy) Sluis__CaseStep *s = NULL;

	TRY(message_unpack(&sluis__case_step__descriptor, bytes, RC_BAD_DIGEST, &s));
	if (s->kind != SLUIS__STEP_KIND__STEP_JOINED || s->whom == NULL) return RC_OK;
	for (size_t i = 0; i < j->n; i++)
		if (strcmp(s->whom->oin, j->changes[i].who.oin) == 0 &&
		    strcmp(s->whom->desk, j->changes[i].who.desk) == 0)
			j->changes[i].joins++;
	return RC_OK;
}

/* Every seat given is a step for ever and a notice to each who sits there: one that is
 * there already is not given again, and coming and going has an end.  Layer 1 counts
 * what layer 1 sees. */
static rc
check_often(struct joining *j)
{
	size_t n = 0;

	TRY(store_each_step(j->a.b->store, j->a.row.id, j->layer, count_join, j));
	for (size_t i = 0; i < j->n; i++) {
		if (j->changes[i].same) continue;
		n++;
		if (j->changes[i].joins >= JOINS_MAX)
			return deny_route(j, RC_STEP_NEEDS,
			    "another desk: this one was given a seat eight times");
	}
	return n != 0 ? RC_OK
	              : deny_route(j, RC_STEP_NEEDS, "a seat that it does not have yet");
}

static rc
check_room(struct joining *j)
{
	struct case_seat seats[CASE_SEATS_MAX];
	size_t           n = 0, fresh = 0;

	TRY(store_list_seats(j->a.b->store, j->a.row.id, seats, &n));
	for (size_t i = 0; i < j->n; i++) fresh += j->changes[i].had ? 0 : 1;
	return n + fresh > CASE_SEATS_MAX ? RC_TOO_MANY : RC_OK;
}

static rc
decide(struct joining *j)
{
	bool closed = j->a.row.closed_ms != 0;

	j->layer = layer_named(j->m);
	if (j->layer > j->a.seat.layer)
		return deny_route(j, RC_NOT_YOUR_STEP, "a seat at that layer");
	TRY(act_be_seen(&j->a, j->layer));
	if (!j->m->leave && closed)
		return deny_route(j, RC_CASE_CLOSED, "a case that is open");
	if (!j->m->leave && !admits(j))
		return deny_route(
		    j, RC_NOT_YOUR_STEP, "a desk that gives seats on this route");
	for (size_t i = 0; i < j->m->n_who; i++) {
		struct change c = {.layer = j->layer};
		TRY(decide_one(j, j->m->who[i], &c));
		j->changes[j->n++] = c;
	}
	if (!j->m->leave) TRY(check_often(j));
	return check_room(j);
}

/* --- writing --------------------------------------------------------------------- */

/* Somebody else's seat ends, as layer 1 sees: what was asked at layer 1 knows nothing of
 * what happens at layer 2. */
static bool
removes(const struct joining *j, const struct change *c)
{
	return j->layer == 1 && c->after.left_ms != 0 && !seat_equal(&c->who, &j->a.me);
}

static const char *
gate_here(const struct joining *j)
{
	const struct state_info *state = case_state(j->a.b, &j->a.row);
	return state == NULL || state->gate == NULL ? "" : state->gate;
}

/* Who is removed before it judged makes no gate met: the claim is void, and whoever else
 * had to judge it has not to any more. */
static rc
find_void(struct joining *j, struct change *c)
{
	struct task_filter f = {.who = &c->who,
	    .case_id                 = j->a.row.id,
	    .kind                    = SLUIS__TASK_KIND__TASK_JUDGE_GATE,
	    .layer                   = 1};
	struct task_row    open;
	size_t             n = 0;

	if (!removes(j, c)) return RC_OK;
	TRY(store_list_tasks(j->a.b->store, &f, 1, &open, &n));
	c->voids = n != 0;
	return c->voids ? act_end_tasks(&j->a, SLUIS__TASK_KIND__TASK_JUDGE_GATE, NULL)
	                : RC_OK;
}

static rc
write_change(struct joining *j, struct change *c)
{
	Sluis__CaseStep    step = SLUIS__CASE_STEP__INIT;
	Sluis__Participant whom = SLUIS__PARTICIPANT__INIT;

	TRY(find_void(j, c));
	whom.oin       = c->who.oin;
	whom.desk      = c->who.desk;
	whom.has_as    = 1;
	whom.as        = c->after.as;
	whom.has_layer = j->layer > 1;
	whom.layer     = j->layer;
	step.has_kind  = 1;
	step.kind =
	    j->m->leave ? SLUIS__STEP_KIND__STEP_LEFT : SLUIS__STEP_KIND__STEP_JOINED;
	step.whom = &whom;
	if (c->voids) step.gate = message_borrow(gate_here(j));
	TRY(store_put_seat(j->a.b->store, j->a.row.id, &c->after));
	TRY(act_step(&j->a, &step, j->layer));
	return removes(j, c) ? exchange_lose(&j->a, &c->who) : RC_OK;
}

/* Who left hears it, and those who stay; its work in the case has ended. */
static rc
follow_leave(struct joining *j, struct change *c)
{
	Sluis__Notice notice = SLUIS__NOTICE__INIT;

	if (c->after.left_ms == 0) return RC_OK;
	notice.has_kind = 1;
	notice.kind     = SLUIS__NOTICE_KIND__NOTICE_LEFT;
	if (!seat_equal(&c->who, &j->a.me))
		TRY((seat_counts(&c->before) ? act_tell : act_tell_bare)(
		    &j->a, &c->who, &notice, j->layer, j->a.first));
	for (int kind = SLUIS__TASK_KIND__TASK_ENRICH;
	     kind <= SLUIS__TASK_KIND__TASK_REFLECTION; kind++)
		if (kind != SLUIS__TASK_KIND__TASK_DESTROY &&
		    kind != SLUIS__TASK_KIND__TASK_USEFULNESS)
			TRY(act_end_tasks(&j->a, (Sluis__TaskKind)kind, &c->who));
	return RC_OK;
}

static rc
follow_join(struct joining *j, struct change *c)
{
	struct task_row task = {.who = c->who,
	    .kind                    = SLUIS__TASK_KIND__TASK_DECLARE,
	    .from                    = j->a.me,
	    .layer                   = c->after.shown};

	if (is_seen(j, c)) return RC_OK;
	if (!seat_counts(&c->after)) return act_give_task(&j->a, &task);
	if (j->layer > 1) return RC_OK;
	return case_enter_newcomer(&j->a, case_state(j->a.b, &j->a.row), &c->who);
}

/* Everybody hears who joined; who did hears that it has a seat. */
static rc
tell_one(struct joining *j, struct change *c, const struct case_seat *seat)
{
	Sluis__Notice      notice = SLUIS__NOTICE__INIT;
	Sluis__CaseStep    step   = SLUIS__CASE_STEP__INIT;
	Sluis__Participant whom   = SLUIS__PARTICIPANT__INIT;
	unsigned           layer  = seat->shown > j->layer ? seat->shown : j->layer;

	whom.oin        = c->who.oin;
	whom.desk       = c->who.desk;
	whom.has_as     = 1;
	whom.as         = c->after.as;
	step.has_kind   = 1;
	step.kind       = SLUIS__STEP_KIND__STEP_JOINED;
	step.by_oin     = j->a.me.oin;
	step.by_desk    = j->a.me.desk;
	step.whom       = &whom;
	notice.has_kind = 1;
	notice.kind     = SLUIS__NOTICE_KIND__NOTICE_JOINED;
	if (!seat_equal(&seat->who, &c->who)) notice.step = &step;
	return act_tell(&j->a, &seat->who, &notice, layer, j->a.first);
}

static rc
tell(struct joining *j)
{
	struct case_seat seats[CASE_SEATS_MAX];
	size_t           n = 0;

	TRY(store_list_seats(j->a.b->store, j->a.row.id, seats, &n));
	for (size_t i = 0; i < j->n; i++)
		for (size_t k = 0; k < n; k++)
			if (seats[k].layer >= j->layer && seat_counts(&seats[k]) &&
			    !seat_equal(&seats[k].who, &j->a.me))
				TRY(tell_one(j, &j->changes[i], &seats[k]));
	return RC_OK;
}

/* What stays as it is has been looked at, and that is all. */
static void
drop_same(struct joining *j)
{
	size_t n = 0;

	for (size_t i = 0; i < j->n; i++)
		if (!j->changes[i].same) j->changes[n++] = j->changes[i];
	j->n = n;
}

static rc
write_all(struct joining *j)
{
	drop_same(j);
	for (size_t i = 0; i < j->n; i++) TRY(write_change(j, &j->changes[i]));
	if (!j->m->leave) TRY(tell(j)); /* who stays sees in the history who left */
	for (size_t i = 0; i < j->n; i++)
		TRY(j->m->leave ? follow_leave(j, &j->changes[i])
		                : follow_join(j, &j->changes[i]));
	return act_end(&j->a);
}

/* --- the request ----------------------------------------------------------------- */

static rc
check_form(const Sluis__CaseJoin *m)
{
	unsigned layer = layer_named(m);

	if (m->n_who == 0 || layer < 1 || layer > 2) return RC_MALFORMED;
	if (m->n_who > WHO_MAX) return RC_TOO_MANY;
	if (m->has_as && m->as != SLUIS__PARTICIPANT_AS__PARTICIPANT &&
	    m->as != SLUIS__PARTICIPANT_AS__THIRD_PARTY)
		return RC_MALFORMED;
	return RC_OK;
}

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	AUTO(auto_free) struct joining *j = calloc(1, sizeof *j);
	bool                            done;

	if (j == NULL) return RC_NOMEM;
	j->m = (const Sluis__CaseJoin *)q->message;
	TRY(check_form(j->m));
	TRY(act_begin(&j->a, b, q, r, &done));
	if (done) return RC_OK;
	TRY(act_find_case(&j->a, &j->m->case_id));
	if (!j->m->leave) TRY(act_has_room(&j->a, layer_named(j->m)));
	TRY(decide(j));
	return write_all(j);
}

static unsigned
layer_of(struct broker *b, const struct request *q)
{
	(void)b;
	return layer_named((const Sluis__CaseJoin *)q->message) == 2 ? 2 : 1;
}

const struct handler case_join_handler = {
    .type      = TYPE_CASE_JOIN,
    .doors     = 1u << DOOR_AGENCY,
    .max_bytes = 8 * 1024,
    .desc      = &sluis__case_join__descriptor,
    .handle    = handle,
    .repeat    = act_repeat,
    .layer     = layer_of,
    .claims    = true,
};

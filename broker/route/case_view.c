/* SPDX-License-Identifier: EUPL-1.2 */
/* case_view.c - from rows to a CaseView. */
#include "broker/route/case_view.h"

#include <string.h>

#include "broker/route/case_place.h"
#include "broker/route/exchange.h"
#include "broker/route/task_message.h"
#include "proto/auto.h"

enum { TASKS_MAX = 256, STEPS_TOLD = 1024 };

/* --- participants ---------------------------------------------------------------- */

static rc
add_participant(struct broker *b, Sluis__CaseView *view, const struct viewer *v,
    const struct gate_info *gate, const struct case_seat *seat)
{
	Sluis__Participant *p =
	    message_add(&view->n_participants, &view->participants, sizeof *p);
	const struct member *m = NULL;

	if (p == NULL) return RC_NOMEM;
	sluis__participant__init(p);
	TRY(message_text(&p->oin, seat->who.oin));
	TRY(message_text(&p->desk, seat->who.desk));
	p->has_as         = 1;
	p->as             = seat->as;
	p->has_layer      = v->seat.layer > 1;
	p->layer          = seat->layer;
	p->has_since_ms   = 1;
	p->since_ms       = seat->since_ms;
	p->has_declared   = seat->as == SLUIS__PARTICIPANT_AS__THIRD_PARTY;
	p->declared       = seat->declared;
	p->has_reads_gate = gate != NULL;
	p->reads_gate     = seat_reads_gate(b->policy, gate, seat);
	if (v->history) m = registry_desk(b->registry, seat->who.oin, seat->who.desk);
	if (m == NULL) return RC_OK;
	return message_bytes(&p->has_seal_public, &p->seal_public,
	    slice_of(m->binding.seal_public, KEY_BYTES));
}

static rc
add_participants(struct broker *b, Sluis__CaseView *view, const struct viewer *v)
{
	const struct gate_info *gate =
	    view->gate != NULL ? policy_gate(b->policy, view->gate) : NULL;
	struct case_seat seats[CASE_SEATS_MAX];
	size_t           n = 0;

	TRY(store_list_seats(b->store, view->case_id.data, seats, &n));
	for (size_t i = 0; i < n; i++)
		if (seats[i].shown <= v->seat.layer)
			TRY(add_participant(b, view, v, gate, &seats[i]));
	return RC_OK;
}

/* --- steps and tasks ------------------------------------------------------------- */

static rc
add_step(void *arg, struct slice bytes)
{
	Sluis__CaseView  *view = arg;
	Sluis__CaseStep **steps =
	    reallocarray(view->steps, view->n_steps + 1, sizeof(Sluis__CaseStep *));

	if (steps == NULL) return RC_NOMEM;
	view->steps = steps;
	TRY(message_unpack(
	    &sluis__case_step__descriptor, bytes, RC_BAD_DIGEST, &steps[view->n_steps]));
	view->n_steps++;
	return RC_OK;
}

static rc
add_tasks(struct broker *b, Sluis__CaseView *view, const struct viewer *v)
{
	AUTO(auto_free) struct task_row *rows = calloc(TASKS_MAX, sizeof *rows);
	struct task_filter f = {.case_id = view->case_id.data, .layer = v->seat.layer};
	size_t             n = 0;

	if (rows == NULL) return RC_NOMEM;
	if (v->asked) f.who = &v->seat.who;
	TRY(store_list_tasks(b->store, &f, TASKS_MAX, rows, &n));
	for (size_t i = 0; i < n; i++)
		TRY(task_add(&rows[i], b->now_ms, &view->n_tasks, &view->tasks));
	return exchange_count(b, view->tasks, view->n_tasks);
}

/* --- what may be done ------------------------------------------------------------ */

static rc
add_transition(Sluis__CaseView *view, const char *id)
{
	char **list =
	    reallocarray(view->transitions, view->n_transitions + 1, sizeof(char *));

	if (list == NULL) return RC_NOMEM;
	view->transitions         = list;
	list[view->n_transitions] = NULL;
	TRY(message_text(&list[view->n_transitions], id));
	view->n_transitions++;
	return RC_OK;
}

/* The steps that the viewer may make now; one that has to name somebody counts. */
static rc
add_transitions(struct broker *b, Sluis__CaseView *view, const struct case_row *row,
    const struct viewer *v)
{
	const struct route_info *route = case_route(b, row);
	unsigned                 facts = 0;

	if (route == NULL || v->seat.as != SLUIS__PARTICIPANT_AS__PARTICIPANT)
		return RC_OK;
	TRY(case_facts_of(b, row, &facts));
	facts |= CASE_ASSIGNED;
	for (size_t i = 0; i < route->n_steps; i++)
		if (route_may(&route->steps[i], row->state, v->party->role,
		        v->seat.who.desk, facts, NULL) == RC_OK)
			TRY(add_transition(view, route->steps[i].id));
	return RC_OK;
}

/* --- the view -------------------------------------------------------------------- */

static rc
fill_place(struct broker *b, Sluis__CaseView *view, const struct case_row *row)
{
	const struct state_info *state = case_state(b, row);
	struct place             place = place_of(state);

	TRY(message_text(&view->gate, state != NULL ? state->gate : NULL));
	TRY(message_text(&view->route, row->route));
	TRY(message_text(&view->state, row->state));
	TRY(message_text(&view->convenant, place.convenant));
	TRY(message_text(&view->phase, place.phase));
	TRY(message_text(&view->purpose, place.purpose));
	TRY(message_text(&view->region, row->region));
	TRY(message_text(&view->owner_oin, row->owner.oin));
	return message_text(&view->owner_desk, row->owner.desk);
}

static void
fill_times(Sluis__CaseView *view, const struct case_row *row)
{
	view->has_opened_ms  = 1;
	view->opened_ms      = row->opened_ms;
	view->has_changed_ms = 1;
	view->changed_ms     = row->changed_ms;
	view->has_remove_ms  = row->remove_ms != 0;
	view->remove_ms      = row->remove_ms;
	view->has_closed     = 1;
	view->closed         = row->closed_ms != 0;
	view->has_shielded   = row->shielded;
	view->shielded       = row->shielded;
}

rc
case_view_add(
    struct broker *b, struct reply *r, const struct case_row *row, const struct viewer *v)
{
	Sluis__CaseView *view =
	    message_add(&r->answer->n_cases, &r->answer->cases, sizeof *view);

	if (view == NULL) return RC_NOMEM;
	sluis__case_view__init(view);
	TRY(message_bytes(
	    &view->has_case_id, &view->case_id, slice_of(row->id, sizeof row->id)));
	TRY(fill_place(b, view, row));
	fill_times(view, row);
	if (v->asked) return add_tasks(b, view, v);
	TRY(add_participants(b, view, v));
	if (!v->history) return RC_OK;
	TRY(store_newest_steps(
	    b->store, row->id, v->seat.layer, STEPS_TOLD, add_step, view));
	TRY(add_tasks(b, view, v));
	return add_transitions(b, view, row, v);
}

rc
case_view_answer(struct broker *b, const struct request *q, struct reply *r,
    const ProtobufCBinaryData *id)
{
	struct viewer   v  = {.party = q->member->party, .history = true};
	struct seat_id  me = request_sender(q);
	struct case_row row;

	if (strcmp(r->answer->code, rc_name(RC_OK)) != 0 || id->len != ID_BYTES)
		return RC_OK;
	rc code = store_get_case(b->store, id->data, &row);
	if (code == RC_OK) code = store_get_seat(b->store, id->data, &me, &v.seat);
	if (code == RC_NOT_FOUND) return RC_OK;
	TRY(code);
	if (row.shielded || !seat_counts(&v.seat)) return RC_OK;
	return case_view_add(b, r, &row, &v);
}

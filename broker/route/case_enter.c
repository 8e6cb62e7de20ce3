/* SPDX-License-Identifier: EUPL-1.2 */
/* case_enter.c - tasks, terms and seats when a case changes state. */
#include "broker/route/case_enter.h"

#include <string.h>

/* --- the row --------------------------------------------------------------------- */

/* The earlier of two terms, of which 0 is none. */
static uint64_t
earlier_of(uint64_t a, uint64_t b)
{
	if (a == 0 || b == 0) return a == 0 ? b : a;
	return a < b ? a : b;
}

void
case_enter_row(struct act *a, const struct entry *e)
{
	struct case_row *row = &a->row;

	(void)memset(row->state, 0, sizeof row->state);
	memcpy(row->state, e->to->id, strnlen(e->to->id, sizeof row->state - 1));
	row->closed_ms = e->to->closed ? a->b->now_ms : 0;
	row->shielded  = e->to->shields;
	row->remove_ms = earlier_of(row->remove_ms, act_term(a, e->to->keep_days));
	/* nothing is kept for ever: also what was never worked on together, or at layer 2
	 * only, has a term */
	if (row->remove_ms == 0) row->remove_ms = act_term(a, e->route->keep_days);
}

/* --- who leaves ------------------------------------------------------------------ */

static rc
leave_step(struct act *a, struct case_seat *seat)
{
	Sluis__CaseStep    step = SLUIS__CASE_STEP__INIT;
	Sluis__Participant whom = SLUIS__PARTICIPANT__INIT;

	seat->left_ms = a->b->now_ms;
	TRY(store_put_seat(a->b->store, a->row.id, seat));
	whom.oin      = seat->who.oin;
	whom.desk     = seat->who.desk;
	step.has_kind = 1;
	step.kind     = SLUIS__STEP_KIND__STEP_LEFT;
	step.whom     = &whom;
	return seat->shown > 1 ? act_note(a, &step, seat->shown) : act_step(a, &step, 1);
}

/* Who was asked for alignment and has a place at the table takes part in it. */
static rc
stay(struct act *a, struct case_seat *seat, const struct place *before,
    const struct place *after)
{
	bool same = before->convenant != NULL && after->convenant != NULL &&
	            strcmp(before->convenant, after->convenant) == 0;

	if (seat->as != SLUIS__PARTICIPANT_AS__ADVISER || after->convenant == NULL ||
	    same)
		return RC_OK;
	seat->as = SLUIS__PARTICIPANT_AS__PARTICIPANT;
	return store_put_seat(a->b->store, a->row.id, seat);
}

rc
case_enter_leave(
    struct act *a, const struct entry *e, struct case_seat *left, size_t *ret_n)
{
	struct case_seat seats[CASE_SEATS_MAX];
	struct place     before = place_of(e->from), after = place_of(e->to);
	size_t           n = 0;

	*ret_n = 0;
	if (place_same(&before, &after)) return RC_OK;
	TRY(store_list_seats(a->b->store, a->row.id, seats, &n));
	for (size_t i = 0; i < n; i++) {
		if (seat_belongs(
		        a->b, &a->row, &after, &seats[i].who, seats[i].declared)) {
			TRY(stay(a, &seats[i], &before, &after));
			continue;
		}
		TRY(leave_step(a, &seats[i]));
		left[(*ret_n)++] = seats[i];
	}
	return RC_OK;
}

/* --- tasks ----------------------------------------------------------------------- */

struct giving {
	struct act              *a;
	const struct state_info *state;
	const struct entry      *entry; /* NULL: for a newcomer */
	const struct seat_id    *only;  /* a newcomer; NULL: everybody */
	struct contributors      sources;
	size_t                   n_seats;
	struct case_seat         seats[CASE_SEATS_MAX];
	const uint8_t           *about; /* what the next task is about, or NULL */
};

static rc
give(struct giving *g, Sluis__TaskKind kind, const struct seat_id *who,
    const struct seat_id *from, uint32_t days)
{
	struct task_row task = {
	    .who = *who, .kind = kind, .layer = 1, .due_ms = act_term(g->a, days)};

	if (!seat_equal(who, from)) task.from = *from;
	task.has_about = g->about != NULL;
	if (g->about != NULL) memcpy(task.about, g->about, ID_BYTES);
	memcpy(task.state, g->state->id, strnlen(g->state->id, sizeof task.state - 1));
	return act_give_task(g->a, &task);
}

/* A source that has no place under what is in force now can release nothing, and does not
 * hear of it. */
static rc
give_sources(struct giving *g, Sluis__TaskKind kind, uint32_t days)
{
	struct place place   = place_of(g->state);
	bool         release = kind == SLUIS__TASK_KIND__TASK_RELEASE;

	for (size_t i = 0; i < g->sources.n; i++) {
		const struct seat_id *who = &g->sources.at[i];
		if (!seat_belongs(g->a->b, &g->a->row, &place, who, false)) continue;
		/* a source that did not open the case learns which of its signals it is
		 */
		g->about = release ? g->sources.trace[i] : NULL;
		TRY(give(g, kind, who, &g->a->row.owner, days));
	}
	g->about = NULL;
	return RC_OK;
}

static rc
give_assigned(struct giving *g, const struct due_info *due)
{
	for (size_t i = 0; g->entry != NULL && i < g->entry->n_assigned; i++)
		TRY(give(
		    g, due->kind, &g->entry->assigned[i], &g->a->row.owner, due->days));
	return RC_OK;
}

/* Feedback is owed to each contributor apart, also to a desk of one's own party: who
 * reported and never hears reports no more. */
static rc
give_feedback(struct giving *g, const struct due_info *due, const struct seat_id *who)
{
	for (size_t i = 0; i < g->sources.n; i++)
		if (!seat_equal(&g->sources.at[i], who))
			TRY(give(g, due->kind, who, &g->sources.at[i], due->days));
	return RC_OK;
}

static bool
is_meant(const struct giving *g, const struct due_info *due, const struct case_seat *seat)
{
	const struct party *party = policy_party(g->a->b->policy, seat->who.oin);

	return party != NULL && seat->shown == 1 && seat_counts(seat) &&
	       (g->only == NULL || seat_equal(g->only, &seat->who)) &&
	       seat_among(due->n_by, due->by, party->role, seat->who.desk);
}

static rc
give_seats(struct giving *g, const struct due_info *due)
{
	for (size_t i = 0; i < g->n_seats; i++) {
		if (!is_meant(g, due, &g->seats[i])) continue;
		if (due->kind == SLUIS__TASK_KIND__TASK_FEEDBACK)
			TRY(give_feedback(g, due, &g->seats[i].who));
		else
			TRY(give(
			    g, due->kind, &g->seats[i].who, &g->a->row.owner, due->days));
	}
	return RC_OK;
}

static rc
give_due(struct giving *g, const struct due_info *due)
{
	if (due->n_by != 0) TRY(give_seats(g, due));
	if (due->assigned) TRY(give_assigned(g, due));
	return due->sources && g->only == NULL ? give_sources(g, due->kind, due->days)
	                                       : RC_OK;
}

static bool
asks_sources(const struct state_info *state)
{
	for (size_t i = 0; i < state->n_dues; i++)
		if (state->dues[i].sources &&
		    state->dues[i].kind == SLUIS__TASK_KIND__TASK_RELEASE)
			return true;
	return false;
}

static rc
give_dues(struct giving *g)
{
	TRY(case_contributors(g->a->b, g->a->row.id, 1, &g->sources));
	TRY(store_list_seats(g->a->b->store, g->a->row.id, g->seats, &g->n_seats));
	for (size_t i = 0; i < g->state->n_dues; i++)
		TRY(give_due(g, &g->state->dues[i]));
	return RC_OK;
}

/* Whether a task of KIND ends when its case goes on to another state. */
static bool
ends_with_state(Sluis__TaskKind kind, bool closed)
{
	switch (kind) {
	case SLUIS__TASK_KIND__TASK_ENRICH:
	case SLUIS__TASK_KIND__TASK_ALIGN:
	case SLUIS__TASK_KIND__TASK_DECIDE:
	case SLUIS__TASK_KIND__TASK_RELEASE:
	case SLUIS__TASK_KIND__TASK_CLAIM_GATE:
	case SLUIS__TASK_KIND__TASK_JUDGE_GATE:
		return true;
	case SLUIS__TASK_KIND__TASK_AGREE:
	case SLUIS__TASK_KIND__TASK_ACT:
	case SLUIS__TASK_KIND__TASK_REVIEW:
	case SLUIS__TASK_KIND__TASK_DECLARE:
		return closed;
	default: /* what is owed whatever becomes of the case */
		return false;
	}
}

static rc
end_old(struct act *a, bool closed)
{
	for (int kind = SLUIS__TASK_KIND__TASK_ENRICH;
	     kind <= SLUIS__TASK_KIND__TASK_REFLECTION; kind++)
		if (ends_with_state((Sluis__TaskKind)kind, closed))
			TRY(act_end_tasks(a, (Sluis__TaskKind)kind, NULL));
	return RC_OK;
}

rc
case_enter_tasks(struct act *a, const struct entry *e)
{
	struct giving g      = {.a = a, .state = e->to, .entry = e};
	struct place  before = place_of(e->from), after = place_of(e->to);

	if (e->from != NULL) TRY(end_old(a, e->to->closed));
	TRY(give_dues(&g));
	/* nothing shared earlier flows along: the sources release anew */
	if (e->from == NULL || place_same(&before, &after) || after.convenant == NULL ||
	    asks_sources(e->to))
		return RC_OK;
	return give_sources(&g, SLUIS__TASK_KIND__TASK_RELEASE, 0);
}

rc
case_enter_newcomer(
    struct act *a, const struct state_info *state, const struct seat_id *who)
{
	struct giving g = {.a = a, .state = state, .only = who};

	return state == NULL ? RC_OK : give_dues(&g);
}

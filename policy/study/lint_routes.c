/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * lint_routes.c - what is allowed to stand in a route and still is probably a mistake: a
 * desk that nobody of this region has, a step that nobody can make, a task for nobody.
 */
#include <string.h>

#include "policy/finding.h"
#include "policy/study/lint_routes.h"

static const unsigned of_gates = CASE_GATE_CLAIMED | CASE_GATE_MET | CASE_GATE_FAILED;

struct teller {
	const struct policy     *p;
	struct findings         *f;
	const struct route_info *route;
};

static bool
has_party(const struct policy *p, const struct seat_info *seat)
{
	struct role_desks of = {p, role_number(p, seat->role)};
	return seat->desk == NULL ? role_desk_at(&of, 0) != NULL
	                          : role_has_desk(&of, seat->desk);
}

static size_t
count_parties(const struct policy *p, size_t n, const struct seat_info *at)
{
	size_t some = 0;
	for (size_t i = 0; i < n; i++) some += has_party(p, &at[i]) ? 1 : 0;
	return some;
}

static struct finding_place
place_of(const struct step_info *s)
{
	return finding_at(s->file, s->line, s->column);
}

/* --- seats ----------------------------------------------------------------------- */

/* Who a seat of no party is, so that a reader knows which to take out. */
static void
tell_empty(const struct teller *t, size_t n, const struct seat_info *at, const char *what)
{
	for (size_t i = 0; i < n; i++) {
		if (has_party(t->p, &at[i])) continue;
		finding_add(t->f, false, finding_at(t->route->file, 1, 1),
		    "'%s' names %s%s%s, which no party is", what, at[i].role,
		    at[i].desk == NULL ? "" : "/", at[i].desk == NULL ? "" : at[i].desk);
	}
}

static void
tell_step(const struct teller *t, const struct step_info *s)
{
	if (count_parties(t->p, s->n_by, s->by) == 0)
		finding_add(
		    t->f, false, place_of(s), "no party may make step '%s'", s->id);
	for (size_t i = 0; i < s->n_by; i++) {
		if (has_party(t->p, &s->by[i])) continue;
		finding_add(t->f, false, place_of(s),
		    "step '%s' names %s%s%s, which no party is", s->id, s->by[i].role,
		    s->by[i].desk == NULL ? "" : "/",
		    s->by[i].desk == NULL ? "" : s->by[i].desk);
	}
	for (size_t i = 0; (s->needs & of_gates) != 0 && s->from[i] != NULL; i++) {
		const struct state_info *from = route_state(t->route, s->from[i]);
		if (from->gate != NULL) continue;
		finding_add(t->f, false, place_of(s),
		    "step '%s' needs a gate, and state '%s' has none: nobody can make it",
		    s->id, from->id);
	}
	if ((s->needs & CASE_STRENGTHENED) != 0 &&
	    (s->needs & CASE_NOT_STRENGTHENED) != 0)
		finding_add(t->f, false, place_of(s),
		    "step '%s' needs two verdicts at once: nobody can make it", s->id);
}

/* --- what is due ----------------------------------------------------------------- */

/* Whether some step into STATE says who gets the task. */
static bool
is_assigned(const struct route_info *route, const char *state)
{
	for (size_t i = 0; i < route->n_steps; i++)
		if (strcmp(route->steps[i].to, state) == 0 &&
		    (route->steps[i].needs & CASE_ASSIGNED) != 0)
			return true;
	return false;
}

static void
tell_due(const struct teller *t, const struct state_info *s, const struct due_info *d)
{
	bool nobody = d->n_by > 0 && count_parties(t->p, d->n_by, d->by) == 0;
	if (d->assigned && !is_assigned(t->route, s->id)) nobody = true;
	if (nobody)
		finding_add(t->f, false, finding_at(t->route->file, 1, 1),
		    "what is due in state '%s' is due from nobody", s->id);
}

/* --- all of it ------------------------------------------------------------------- */

void
lint_routes(const struct policy *p, struct findings *f)
{
	for (size_t i = 0; i < p->n_routes; i++) {
		const struct route_info *r = &p->routes[i];
		struct teller            t = {p, f, r};
		tell_empty(&t, r->n_opens, r->opens, "opens");
		tell_empty(&t, r->n_admits, r->admits, "admits");
		for (size_t k = 0; k < r->n_steps; k++) tell_step(&t, &r->steps[k]);
		for (size_t k = 0; k < r->n_states; k++)
			for (size_t d = 0; d < r->states[k].n_dues; d++)
				tell_due(&t, &r->states[k], &r->states[k].dues[d]);
	}
}

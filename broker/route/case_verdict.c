/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * case_verdict.c - did the enrichment strengthen the signal?
 *
 * A verdict is for whoever may make the steps that need one from the state where the case
 * stands.  The last one counts.
 */
#include <string.h>

#include "broker/route/table.h"

static bool
starts_at(const struct step_info *step, const char *state)
{
	for (size_t i = 0; step->from[i] != NULL; i++)
		if (strcmp(step->from[i], state) == 0) return true;
	return false;
}

/* The first step from here that needs a verdict, of those that A's desk may make if MINE;
 * NULL: none. */
static const struct step_info *
find_step(const struct act *a, const struct table *t, bool mine)
{
	for (size_t i = 0; i < t->route->n_steps; i++) {
		const struct step_info *s = &t->route->steps[i];
		if ((s->needs & (CASE_STRENGTHENED | CASE_NOT_STRENGTHENED)) != 0 &&
		    starts_at(s, t->state->id) &&
		    (!mine || seat_among(s->n_by, s->by, t->role, a->me.desk)))
			return s;
	}
	return NULL;
}

static rc
judge(struct act *a, const struct table *t, bool strengthened)
{
	Sluis__CaseStep         step = SLUIS__CASE_STEP__INIT;
	const struct step_info *any  = find_step(a, t, false);

	if (any == NULL)
		return act_deny(a, RC_NOT_IN_STATE, NULL, t->route->article,
		    "a state of the route in which a verdict decides the next step");
	if (find_step(a, t, true) == NULL)
		return act_deny(a, RC_NOT_YOUR_STEP, any->id, any->article, any->change);
	step.has_kind         = 1;
	step.kind             = SLUIS__STEP_KIND__STEP_VERDICT;
	step.has_strengthened = 1;
	step.strengthened     = strengthened;
	TRY(act_step(a, &step, 1));
	return act_end(a);
}

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	const Sluis__CaseVerdict *m = (const Sluis__CaseVerdict *)q->message;
	struct act                a;
	struct table              t;
	bool                      done;

	TRY(act_begin(&a, b, q, r, &done));
	if (done) return RC_OK;
	if (!m->has_strengthened) return RC_MALFORMED;
	TRY(table_find(&a, &m->case_id, &t));
	return judge(&a, &t, m->strengthened);
}

const struct handler case_verdict_handler = {
    .type      = TYPE_CASE_VERDICT,
    .doors     = 1u << DOOR_AGENCY,
    .max_bytes = 2048,
    .desc      = &sluis__case_verdict__descriptor,
    .handle    = handle,
    .repeat    = act_repeat,
};

/* SPDX-License-Identifier: EUPL-1.2 */
/* cases.c - whether a case holds, and what it has looked at. */
#include "policy/study/cases.h"

#include <string.h>

struct run { /* one recipient of one case */
	const struct policy_case   *of;
	const struct scenario_side *recipient;
	struct ruling               ruling;
	struct cell                 cells[SCHEMA_FIELDS_MAX];
	struct coverage            *coverage;
	case_differs                differs;
	void                       *arg;
	bool                        holds;
};

static void
say_difference(struct run *x, const struct expected *e, unsigned field, size_t n_fields)
{
	struct difference d = {.of = x->of,
	    .recipient             = x->recipient,
	    .expected              = e,
	    .ruling                = &x->ruling,
	    .n_fields              = n_fields};
	x->holds            = false;
	if (n_fields > 0) {
		d.field = &schema_signal()->fields[field];
		d.cell  = x->cells[field];
	}
	if (x->differs != NULL) x->differs(x->arg, &d);
}

/* --- refusals -------------------------------------------------------------------- */

static void
check_code(struct run *x)
{
	const struct policy_case *c = x->of;
	if (x->ruling.code != c->code || (c->names_rule && x->ruling.rule != c->rule))
		say_difference(x, NULL, 0, 0);
	else
		coverage_rule(x->coverage, x->ruling.rule);
}

/* --- fields and obligations ------------------------------------------------------ */

static bool
cell_is(const struct expected *e, struct cell cell)
{
	if (e->kind == EXPECTED_RULE) return cell.rule == e->rule;
	return cell.action == e->action &&
	       (e->generalise == GENERALISE_NONE || e->generalise == cell.generalise);
}

static void
check_fields(struct run *x, const struct expected *e)
{
	unsigned first = 0;
	size_t   n     = 0;
	for (unsigned f = 0; f < schema_signal()->n_fields; f++) {
		if (!fieldset_has(&e->fields, f)) continue;
		if (!cell_is(e, x->cells[f]))
			first = n++ == 0 ? f : first;
		else if (e->kind != EXPECTED_NOTHING)
			coverage_rule(x->coverage, x->cells[f].rule);
	}
	if (n > 0) say_difference(x, e, first, n);
}

static void
check_obligation(struct run *x, const struct expected *e)
{
	const struct obligation_info *found = NULL;
	for (size_t i = 0; i < x->ruling.n_obligations; i++) {
		if (strcmp(x->ruling.obligations[i]->id, e->name) == 0)
			found = x->ruling.obligations[i];
	}
	if ((found != NULL) != (e->kind == EXPECTED_OBLIGATION))
		say_difference(x, e, 0, 0);
	else if (found != NULL)
		coverage_obligation(x->coverage, found);
}

static void
check_served(struct run *x)
{
	if (x->ruling.code != RC_OK) {
		say_difference(x, NULL, 0, 0);
		return;
	}
	scenario_cells(&x->of->scenario, &x->ruling, x->cells);
	for (size_t i = 0; i < x->of->n_expected; i++) {
		const struct expected *e = &x->of->expected[i];
		if (e->kind < EXPECTED_OBLIGATION)
			check_fields(x, e);
		else
			check_obligation(x, e);
	}
}

bool
case_holds(const struct policy *p, const struct policy_case *c, struct coverage *coverage,
    case_differs differs, void *arg)
{
	struct run x = {
	    .of = c, .coverage = coverage, .differs = differs, .arg = arg, .holds = true};
	for (size_t i = 0; i < c->scenario.n_recipients; i++) {
		x.recipient = &c->scenario.recipients[i];
		scenario_rule(p, &c->scenario, i, &x.ruling);
		(c->code != RC_OK ? check_code : check_served)(&x);
	}
	return x.holds;
}

bool
cases_cover(const struct cases *c, const char *reference)
{
	for (size_t i = 0; i < c->n; i++) {
		const char *const *covers = c->at[i].covers;
		for (; *covers != NULL; covers++)
			if (strcmp(*covers, reference) == 0) return true;
	}
	return false;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* case_report.c - cases that fail, and what no case looks at. */
#include "client/command/policy/case_report.h"

#include "client/command/show.h"

enum { LINE_MAX_BYTES = 400 };

struct told { /* the argument of differs() */
	struct cli               *cli;
	struct case_report       *report;
	const struct policy_case *shown; /* its heading was printed */
};

/* --- words ----------------------------------------------------------------------- */

static const char *
rule_id(const struct case_report *r, unsigned rule)
{
	const struct rule_info *info = policy_rule_info(r->policy, rule);
	return info != NULL ? info->id : "none";
}

static void
print_rule(struct cli *cli, const struct case_report *r, unsigned rule)
{
	const struct rule_info *info = policy_rule_info(r->policy, rule);
	if (info == NULL)
		(void)fprintf(cli->out, " (%s)", tr("no rule"));
	else
		(void)fprintf(cli->out, " (%s, %s, %s:%u)", info->id, info->article,
		    info->file, info->line);
}

static void
print_cell(struct cli *cli, const struct case_report *r, struct cell cell)
{
	(void)fprintf(cli->out, "%s", show_action((enum sluis_action)cell.action));
	if (cell.generalise != GENERALISE_NONE)
		(void)fprintf(
		    cli->out, " %s", generalise_name((enum generalise)cell.generalise));
	print_rule(cli, r, cell.rule);
}

static void
print_outcome(struct cli *cli, const struct case_report *r, const struct ruling *ruling)
{
	if (ruling->code == RC_OK) {
		(void)fprintf(cli->out, "%s", tr("served"));
		return;
	}
	(void)fprintf(cli->out, "%s", rc_name(ruling->code));
	print_rule(cli, r, ruling->rule);
}

/* --- one difference -------------------------------------------------------------- */

static bool
has_several(const struct fieldset *fields)
{
	size_t n = 0;
	for (unsigned f = 0; f < schema_signal()->n_fields; f++)
		n += fieldset_has(fields, f) ? 1 : 0;
	return n > 1;
}

/* Where and what: "om: contact (persons.contact.phone and 2 more): " */
static void
print_about(struct cli *cli, const struct difference *d)
{
	(void)fprintf(cli->out, "    %s", d->recipient->text);
	if (d->expected != NULL) (void)fprintf(cli->out, ": %s", d->expected->name);
	if (d->field != NULL && d->n_fields == 1 && has_several(&d->expected->fields))
		(void)fprintf(cli->out, " (%s)", d->field->path);
	if (d->field != NULL && d->n_fields > 1) {
		(void)fprintf(cli->out, " (%s ", d->field->path);
		(void)fprintf(cli->out, tr("and %zu more)"), d->n_fields - 1);
	}
	(void)fprintf(cli->out, ": %s ", tr("expected"));
}

static void
print_expected(struct cli *cli, const struct case_report *r, const struct difference *d)
{
	const struct expected *e = d->expected;
	if (e == NULL && d->of->code == RC_OK)
		(void)fprintf(cli->out, "%s", tr("served"));
	else if (e == NULL)
		(void)fprintf(cli->out, "%s", rc_name(d->of->code));
	if (e == NULL && d->of->names_rule)
		(void)fprintf(cli->out, " (%s)", rule_id(r, d->of->rule));
	if (e == NULL) return;
	if (e->kind <= EXPECTED_NOTHING)
		(void)fprintf(cli->out, "%s%s%s",
		    show_action((enum sluis_action)e->action),
		    e->generalise == GENERALISE_NONE ? "" : " ",
		    e->generalise == GENERALISE_NONE
		        ? ""
		        : generalise_name((enum generalise)e->generalise));
	else if (e->kind == EXPECTED_RULE)
		(void)fprintf(cli->out, "%s",
		    e->rule == RULE_NONE ? tr("no rule") : rule_id(r, e->rule));
	else
		(void)fprintf(cli->out, "%s",
		    e->kind == EXPECTED_OBLIGATION ? tr("the obligation")
		                                   : tr("no such obligation"));
}

static void
print_difference(struct told *x, const struct difference *d)
{
	struct cli *cli = x->cli;
	if (x->shown != d->of)
		(void)fprintf(cli->out, "%s:%u: %s\n    %s\n", d->of->file, d->of->line,
		    d->of->id, d->of->says);
	x->shown = d->of;
	print_about(cli, d);
	print_expected(cli, x->report, d);
	if (d->expected != NULL && d->expected->kind >= EXPECTED_OBLIGATION) {
		(void)fputc('\n', cli->out);
		return;
	}
	(void)fprintf(cli->out, ", %s ", tr("got"));
	if (d->field != NULL)
		print_cell(cli, x->report, d->cell);
	else
		print_outcome(cli, x->report, d->ruling);
	(void)fputc('\n', cli->out);
}

static const char *
json_expected(const struct case_report *r, const struct difference *d)
{
	const struct expected *e = d->expected;
	if (e == NULL) return d->of->code == RC_OK ? "served" : rc_name(d->of->code);
	switch (e->kind) {
	case EXPECTED_ACTION:
	case EXPECTED_NOTHING:
		return sluis_action_name((enum sluis_action)e->action);
	case EXPECTED_RULE:
		return rule_id(r, e->rule);
	case EXPECTED_OBLIGATION:
		return "obligation";
	case EXPECTED_NO_OBLIGATION:
		break;
	}
	return "no_obligation";
}

static json_t *
difference_json(const struct case_report *r, const struct difference *d)
{
	bool        of_field = d->field != NULL;
	const char *got = of_field ? sluis_action_name((enum sluis_action)d->cell.action)
	                  : d->ruling->code == RC_OK ? "served"
	                                             : rc_name(d->ruling->code);
	json_t     *o   = json_pack("{s:s, s:s, s:i, s:s, s:s, s:s, s:s, s:s}", "case",
	          d->of->id, "file", d->of->file, "line",
	          (int)(d->expected != NULL ? d->expected->line : d->of->line), "says",
	          d->of->says, "recipient", d->recipient->text, "expected", json_expected(r, d),
	          "got", got, "rule", rule_id(r, of_field ? d->cell.rule : d->ruling->rule));
	if (d->expected != NULL)
		(void)json_object_set_new(o, "about", json_string(d->expected->name));
	if (of_field) (void)json_object_set_new(o, "field", json_string(d->field->path));
	return o;
}

static void
differs(void *arg, const struct difference *d)
{
	struct told *x = arg;
	if (x->cli->json)
		(void)json_array_append_new(
		    x->report->differences, difference_json(x->report, d));
	else
		print_difference(x, d);
}

void
case_report_one(
    struct cli *cli, struct case_report *r, const struct policy_case *c, bool verbose)
{
	struct told x     = {.cli = cli, .report = r};
	bool        holds = case_holds(r->policy, c, &r->coverage, differs, &x);
	if (holds) r->n_holding++;
	if (holds && verbose && !cli->json)
		(void)fprintf(cli->out, "%s:%u: %s: %s\n    %s\n", c->file, c->line,
		    c->id, tr("ok"), c->says);
}

/* --- the whole ------------------------------------------------------------------- */

static bool
all_covered(const struct case_report *r)
{
	return coverage_rules(&r->coverage) == r->coverage.n_rules &&
	       coverage_obligations(&r->coverage) == r->coverage.n_obligations;
}

bool
case_report_passed(const struct case_report *r)
{
	return r->n_holding == r->cases->n && r->n_missing == 0 &&
	       (!r->strict || all_covered(r));
}

static void
print_uncovered_rules(struct cli *cli, const struct case_report *r)
{
	for (unsigned i = 0; i < r->coverage.n_rules; i++) {
		const struct rule_info *info = policy_rule_info(r->policy, i);
		if (r->coverage.rules[i]) continue;
		(void)fprintf(
		    cli->out, "  %s:%u: %s\n", info->file, info->line, info->id);
	}
}

static void
print_uncovered_obligations(struct cli *cli, const struct case_report *r)
{
	for (size_t i = 0; i < r->coverage.n_obligations; i++) {
		const struct covered_obligation *o = &r->coverage.obligations[i];
		if (!o->covered)
			(void)fprintf(
			    cli->out, "  %s: %s\n", o->convenant->id, o->info->id);
	}
}

void
case_report_print(struct cli *cli, const struct case_report *r)
{
	(void)fprintf(
	    cli->out, tr("%zu of %zu cases hold.\n"), r->n_holding, r->cases->n);
	(void)fprintf(cli->out, tr("%zu of %zu rules and bars covered.\n"),
	    coverage_rules(&r->coverage), r->coverage.n_rules);
	print_uncovered_rules(cli, r);
	(void)fprintf(cli->out, tr("%zu of %zu obligations covered.\n"),
	    coverage_obligations(&r->coverage), r->coverage.n_obligations);
	print_uncovered_obligations(cli, r);
	if (r->n_required == 0) return;
	(void)fprintf(cli->out, tr("%zu of %zu requirements covered.\n"),
	    r->n_required - r->n_missing, r->n_required);
	for (size_t i = 0; i < r->n_missing; i++)
		(void)fprintf(cli->out, "  %s\n", r->missing[i]);
}

static json_t *
rules_json(const struct case_report *r)
{
	json_t *uncovered = json_array();
	for (unsigned i = 0; i < r->coverage.n_rules; i++)
		if (!r->coverage.rules[i])
			(void)json_array_append_new(
			    uncovered, json_string(rule_id(r, i)));
	return json_pack("{s:I, s:I, s:o}", "total", (json_int_t)r->coverage.n_rules,
	    "covered", (json_int_t)coverage_rules(&r->coverage), "uncovered", uncovered);
}

static json_t *
obligations_json(const struct case_report *r)
{
	json_t *uncovered = json_array();
	for (size_t i = 0; i < r->coverage.n_obligations; i++) {
		const struct covered_obligation *o = &r->coverage.obligations[i];
		if (!o->covered)
			(void)json_array_append_new(
			    uncovered, json_pack("{s:s, s:s}", "convenant",
			                   o->convenant->id, "id", o->info->id));
	}
	return json_pack("{s:I, s:I, s:o}", "total",
	    (json_int_t)r->coverage.n_obligations, "covered",
	    (json_int_t)coverage_obligations(&r->coverage), "uncovered", uncovered);
}

static json_t *
requirements_json(const struct case_report *r)
{
	json_t *missing = json_array();
	for (size_t i = 0; i < r->n_missing; i++)
		(void)json_array_append_new(missing, json_string(r->missing[i]));
	return json_pack("{s:I, s:I, s:o}", "total", (json_int_t)r->n_required, "covered",
	    (json_int_t)(r->n_required - r->n_missing), "missing", missing);
}

json_t *
case_report_json(struct case_report *r)
{
	json_t *differences = r->differences;
	r->differences      = NULL;
	return json_pack("{s:b, s:{s:I, s:I}, s:o, s:o, s:o, s:o}", "passed",
	    case_report_passed(r) ? 1 : 0, "cases", "total", (json_int_t)r->cases->n,
	    "hold", (json_int_t)r->n_holding, "differences", differences, "rules",
	    rules_json(r), "obligations", obligations_json(r), "requirements",
	    requirements_json(r));
}

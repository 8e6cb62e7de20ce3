/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_policy_explain.c - sluis policy explain: per recipient and field what comes out,
 * by which rule and article, and the smallest change that would alter it.
 */
#include <stdlib.h>
#include <string.h>

#include "certs/file.h"
#include "client/change.h"
#include "client/cmd_policy.h"
#include "client/complain.h"
#include "client/jsonfile.h"
#include "client/shipped.h"
#include "client/show.h"
#include "client/step_text.h"
#include "client/table.h"
#include "policy/scenario.h"

enum { WHAT_IF_MAX = 1024 * 1024 };

const struct option options_policy_explain[] = {
    {"what-if", "FILE", N_("the facts to rule, as in a case file")},
    {"field", "NAME", N_("only this category or field")},
    {NULL, NULL, NULL},
};

struct explain { /* one recipient of one scenario */
	struct cli            *cli;
	const struct policy   *policy;
	const struct scenario *scenario;
	struct fieldset        only;
	struct ruling          ruling;
	struct cell            cells[SCHEMA_FIELDS_MAX];
};

/* --- the smallest change --------------------------------------------------------- */

/* What would open FIELD; if it is open already, what would close it. */
static bool
change_of(const struct explain *x, unsigned field, bool *ret_wider, struct change *ret)
{
	factset person = x->scenario->person;
	*ret_wider     = x->cells[field].action != SLUIS__ACTION__ACTION_RELEASE;
	if (nearest_change(&x->ruling, person, field, *ret_wider, ret)) return true;
	if (x->cells[field].action == SLUIS__ACTION__ACTION_WITHHOLD) return false;
	*ret_wider = !*ret_wider;
	return nearest_change(&x->ruling, person, field, *ret_wider, ret);
}

/* The change for FIELD in words; what its supplier holds back, the supplier may give. */
static const char *
words_for(const struct explain *x, unsigned field, char out[STEP_TEXT_MAX + 64])
{
	struct change c;
	bool          wider;
	char          text[STEP_TEXT_MAX];
	out[0] = '\0';
	if (fieldset_has(&x->ruling.held_back, field)) {
		(void)snprintf(out, STEP_TEXT_MAX + 64, "%s",
		    tr("the supplier no longer refuses it"));
		return out;
	}
	if (!change_of(x, field, &wider, &c)) {
		(void)snprintf(
		    out, STEP_TEXT_MAX + 64, "%s", tr("nothing in this convenant"));
		return out;
	}
	(void)snprintf(out, STEP_TEXT_MAX + 64, "%s %s",
	    wider ? tr("given if:") : tr("lost if:"), change_text(&c, text));
	return out;
}

/* --- which fields, folded into categories ---------------------------------------- */

static bool
is_of_person(unsigned field)
{
	return strncmp(schema_signal()->fields[field].path, "persons.", 8) == 0;
}

static bool
is_asked(const struct explain *x, unsigned field)
{
	return fieldset_has(&x->only, field) && scenario_asks(x->scenario, field);
}

static bool
same_outcome(const struct explain *x, unsigned a, unsigned b)
{
	const struct cell *p = &x->cells[a], *q = &x->cells[b];
	char               one[STEP_TEXT_MAX + 64], two[STEP_TEXT_MAX + 64];
	return p->action == q->action && p->generalise == q->generalise &&
	       p->rule == q->rule &&
	       strcmp(words_for(x, a, one), words_for(x, b, two)) == 0;
}

/* Whether all asked fields of FIELD's category, persons' and others apart, are alike. */
static bool
category_is_alike(const struct explain *x, unsigned field)
{
	const struct schema_field *f = schema_signal()->fields;
	const char                *c = policy_category(x->policy, &f[field]);
	for (unsigned i = 0; i < schema_signal()->n_fields; i++) {
		if (is_asked(x, i) && is_of_person(i) == is_of_person(field) &&
		    policy_category(x->policy, &f[i]) == c && !same_outcome(x, i, field))
			return false;
	}
	return true;
}

static bool
is_first_of_category(const struct explain *x, unsigned field)
{
	const struct schema_field *f = schema_signal()->fields;
	const char                *c = policy_category(x->policy, &f[field]);
	for (unsigned i = 0; i < field; i++) {
		if (is_asked(x, i) && is_of_person(i) == is_of_person(field) &&
		    policy_category(x->policy, &f[i]) == c)
			return false;
	}
	return true;
}

/* --- for people ------------------------------------------------------------------ */

static void
put_row(const struct explain *x, struct table *t, unsigned field, const char *name)
{
	const struct cell      *c    = &x->cells[field];
	const struct rule_info *rule = policy_rule_info(x->policy, c->rule);
	char                    words[STEP_TEXT_MAX + 64];
	table_row(t);
	table_cell(t, name, NULL);
	table_cell(t, show_action((enum sluis_action)c->action),
	    show_colour((enum sluis_action)c->action));
	table_cell(t, rule == NULL ? tr("silence means no") : rule->id, NULL);
	table_cell(t, rule == NULL ? "" : rule->article, NULL);
	table_cell(t, words_for(x, field, words), NULL);
}

static void
print_fields(const struct explain *x)
{
	const char *headings[] = {
	    tr("FIELD"), tr("ACTION"), tr("RULE"), tr("ARTICLE"), tr("CHANGE"), NULL};
	const struct schema_field        *f = schema_signal()->fields;
	AUTO(table_destroy) struct table *t = table_new(x->cli, headings);
	for (unsigned i = 0; t != NULL && i < schema_signal()->n_fields; i++) {
		if (!is_asked(x, i)) continue;
		if (!category_is_alike(x, i))
			put_row(x, t, i, f[i].path);
		else if (is_first_of_category(x, i))
			put_row(x, t, i, policy_category(x->policy, &f[i]));
	}
	if (t != NULL) table_print(t);
}

static void
print_obligations(const struct explain *x)
{
	for (size_t i = 0; i < x->ruling.n_obligations; i++) {
		const struct obligation_info *o = x->ruling.obligations[i];
		(void)fprintf(x->cli->out, "%s %s: %s (%s)\n", tr("obligation"), o->id,
		    translate_is_dutch() ? o->text_nl : o->text_en, o->article);
	}
}

static void
print_recipient(struct explain *x, const struct scenario_side *to)
{
	const struct scenario *s = x->scenario;
	char                   change[CHANGE_TEXT_MAX];
	(void)fprintf(x->cli->out, "%s, %s %s, %s: %s -> %s\n", s->convenant, tr("phase"),
	    s->phase, s->purpose, s->sender.text, to->text);
	if (x->ruling.code != RC_OK) {
		const struct rule_info *rule =
		    policy_rule_info(x->policy, x->ruling.rule);
		(void)fprintf(
		    x->cli->out, "  %s: %s", tr("not served"), rc_name(x->ruling.code));
		if (rule != NULL)
			(void)fprintf(x->cli->out, ", %s (%s)", rule->id, rule->article);
		if (x->ruling.change[0] != '\0')
			(void)fprintf(x->cli->out, "\n  %s %s", tr("given if:"),
			    change_translate(x->ruling.change, change));
		(void)fputs("\n\n", x->cli->out);
		return;
	}
	print_fields(x);
	if (cli_value(x->cli, "field") == NULL) print_obligations(x);
	(void)fputc('\n', x->cli->out);
}

/* --- for programs ---------------------------------------------------------------- */

static json_t *
change_json(const struct explain *x, unsigned field)
{
	struct change c;
	bool          wider;
	char          text[STEP_TEXT_MAX];
	if (fieldset_has(&x->ruling.held_back, field) || !change_of(x, field, &wider, &c))
		return json_null();
	json_t *steps = json_array();
	for (size_t i = 0; i < c.n; i++)
		(void)json_array_append_new(steps,
		    json_pack("{s:s, s:s*, s:s}", "kind", step_name(c.steps[i].kind),
		        "dimension", c.steps[i].dimension, "to",
		        step_value(&c.steps[i], text)));
	return json_pack("{s:b, s:o, s:s}", "wider", wider ? 1 : 0, "steps", steps,
	    "becomes", sluis_action_name((enum sluis_action)c.becomes.action));
}

static json_t *
field_json(const struct explain *x, unsigned field)
{
	const struct cell         *c    = &x->cells[field];
	const struct schema_field *f    = &schema_signal()->fields[field];
	const struct rule_info    *rule = policy_rule_info(x->policy, c->rule);
	return json_pack("{s:s, s:s, s:s, s:s*, s:s*, s:s*, s:o}", "path", f->path,
	    "category", policy_category(x->policy, f), "action",
	    sluis_action_name((enum sluis_action)c->action), "to",
	    c->generalise == GENERALISE_NONE
	        ? NULL
	        : generalise_name((enum generalise)c->generalise),
	    "rule", rule == NULL ? NULL : rule->id, "article",
	    rule == NULL ? NULL : rule->article, "change", change_json(x, field));
}

static json_t *
recipient_json(const struct explain *x, const struct scenario_side *to)
{
	const struct rule_info *rule        = policy_rule_info(x->policy, x->ruling.rule);
	json_t                 *fields      = json_array();
	json_t                 *obligations = json_array();
	for (unsigned i = 0; x->ruling.code == RC_OK && i < schema_signal()->n_fields;
	     i++) {
		if (is_asked(x, i)) (void)json_array_append_new(fields, field_json(x, i));
	}
	for (size_t i = 0; i < x->ruling.n_obligations; i++)
		(void)json_array_append_new(
		    obligations, json_string(x->ruling.obligations[i]->id));
	return json_pack("{s:s, s:s, s:s*, s:s*, s:s, s:o, s:o}", "to", to->text, "code",
	    rc_name(x->ruling.code), "rule", rule == NULL ? NULL : rule->id, "article",
	    rule == NULL ? NULL : rule->article, "change", x->ruling.change, "fields",
	    fields, "obligations", obligations);
}

/* --- all of it ------------------------------------------------------------------- */

static void
explain_one(struct explain *x, json_t *list)
{
	json_t *recipients = list == NULL ? NULL : json_array();
	for (size_t i = 0; i < x->scenario->n_recipients; i++) {
		const struct scenario_side *to = &x->scenario->recipients[i];
		scenario_rule(x->policy, x->scenario, i, &x->ruling);
		scenario_cells(x->scenario, &x->ruling, x->cells);
		if (list == NULL)
			print_recipient(x, to);
		else
			(void)json_array_append_new(recipients, recipient_json(x, to));
	}
	if (list == NULL) return;
	(void)json_array_append_new(list,
	    json_pack("{s:s, s:s, s:s, s:s, s:o}", "convenant", x->scenario->convenant,
	        "phase", x->scenario->phase, "purpose", x->scenario->purpose, "from",
	        x->scenario->sender.text, "recipients", recipients));
}

/* The scenarios of --what-if; complains. */
static rc
read_what_if(struct cli *cli, const struct policy *p, struct scenarios *s)
{
	AUTO(buf_wipe) struct buf        text     = buf_init(WHAT_IF_MAX);
	AUTO(auto_free) struct findings *findings = calloc(1, sizeof *findings);
	const char                      *path     = cli_value(cli, "what-if");
	rc                               code     = path == NULL       ? RC_USAGE
	                                            : findings == NULL ? RC_NOMEM
	                                                               : file_read(path, WHAT_IF_MAX, false, &text);
	if (code == RC_OK) {
		findings->translate = tr;
		code = scenarios_read(p, path, buf_slice(&text), s, findings);
	}
	if (code == RC_OK) return RC_OK;
	(void)complain_code(
	    cli, code, path, path == NULL ? N_("name the facts: --what-if FILE") : NULL);
	if (findings != NULL && !cli->json) findings_print(cli, cli->err, findings);
	return code;
}

int
run_policy_explain(struct cli *cli)
{
	AUTO(policy_destroy) struct policy   *p    = NULL;
	AUTO(scenarios_wipe) struct scenarios s    = {0};
	const char                           *only = cli_value(cli, "field");
	struct explain                        x    = {.cli = cli, .only = fieldset_all()};

	rc code = policy_open(cli, cli->args[0], &p);
	if (code != RC_OK) return rc_exit_status(code);
	x.policy = p;
	if (only != NULL && !policy_fields(p, only, &x.only))
		return complain_code(cli, RC_NOT_FOUND, only,
		    N_("the policy has no such category or field"));
	code = read_what_if(cli, p, &s);
	if (code != RC_OK) return rc_exit_status(code);
	json_t *list = cli->json ? json_array() : NULL;
	for (size_t i = 0; i < s.n; i++) {
		x.scenario = &s.at[i];
		explain_one(&x, list);
	}
	return list == NULL ? 0
	                    : cli_json(cli, json_pack("{s:o}", "what_if", list), RC_OK);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* explanation.c - why each field, and what would alter it. */
#include "client/command/policy/explanation.h"

#include <stdio.h>
#include <string.h>

#include "client/command/policy/step_text.h"
#include "client/command/show.h"
#include "client/command/table.h"
#include "client/command/translate.h"

struct view {
	const struct explanation *of;
	struct cell               cells[SCHEMA_FIELDS_MAX];
};

static bool
is_of_person(unsigned field)
{
	return strncmp(schema_signal()->fields[field].path, "persons.", 8) == 0;
}

/* No fact of a person holds for the other fields. */
static void
view_init(struct view *x, const struct explanation *of)
{
	struct cell of_person[SCHEMA_FIELDS_MAX];
	x->of = of;
	ruling_cells(of->ruling, 0, x->cells);
	ruling_cells(of->ruling, of->person, of_person);
	for (unsigned i = 0; i < schema_signal()->n_fields; i++)
		if (is_of_person(i)) x->cells[i] = of_person[i];
}

/* --- the smallest change --------------------------------------------------------- */

/* What would open FIELD; if it is open already, what would close it. */
static bool
change_of(const struct view *x, unsigned field, bool *ret_wider, struct change *ret)
{
	factset person = x->of->person;
	*ret_wider     = x->cells[field].action != SLUIS__ACTION__ACTION_RELEASE;
	if (nearest_change(x->of->ruling, person, field, *ret_wider, ret)) return true;
	if (x->cells[field].action == SLUIS__ACTION__ACTION_WITHHOLD) return false;
	*ret_wider = !*ret_wider;
	return nearest_change(x->of->ruling, person, field, *ret_wider, ret);
}

enum { HOLDERS_MAX = 16, RULES_TEXT_MAX = 400 };

/* The rule that decides, and what else withholds and would if that one were gone: a
 * reader who only knows the first looks for the wrong remedy. */
static size_t
withholders(const struct view *x, unsigned field, uint16_t out[HOLDERS_MAX])
{
	factset person = is_of_person(field) ? x->of->person : 0;
	size_t  n      = ruling_holders(x->of->ruling, person, field, out, HOLDERS_MAX),
	       kept    = 1;
	if (n == 0 || x->cells[field].action != SLUIS__ACTION__ACTION_WITHHOLD ||
	    x->cells[field].rule != out[0])
		return 0;
	while (kept < n && policy_rule_info(x->of->policy, out[kept])->bar) kept++;
	return kept;
}

static const char *
rules_text(const struct view *x, unsigned field, char out[RULES_TEXT_MAX])
{
	const struct rule_info *rule =
	    policy_rule_info(x->of->policy, x->cells[field].rule);
	uint16_t rules[HOLDERS_MAX];
	size_t   n = withholders(x, field, rules), used = 0;
	if (rule == NULL) return tr("silence means no");
	(void)snprintf(out, RULES_TEXT_MAX, "%s", rule->id);
	used = strlen(out);
	for (size_t i = 1; i < n && used < RULES_TEXT_MAX - 64; i++)
		used += (size_t)snprintf(out + used, RULES_TEXT_MAX - used, ", %s",
		    policy_rule_info(x->of->policy, rules[i])->id);
	return out;
}

/* The change for FIELD in words; what its supplier holds back, the supplier may give. */
static const char *
words_for(const struct view *x, unsigned field, char out[STEP_TEXT_MAX + 64])
{
	struct change c;
	bool          wider;
	char          text[STEP_TEXT_MAX];
	out[0] = '\0';
	if (fieldset_has(&x->of->ruling->held_back, field)) {
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
is_asked(const struct view *x, unsigned field)
{
	return fieldset_has(&x->of->asked, field);
}

static bool
same_outcome(const struct view *x, unsigned a, unsigned b)
{
	const struct cell *p = &x->cells[a], *q = &x->cells[b];
	char               one[STEP_TEXT_MAX + 64], two[STEP_TEXT_MAX + 64];
	return p->action == q->action && p->generalise == q->generalise &&
	       p->rule == q->rule &&
	       strcmp(words_for(x, a, one), words_for(x, b, two)) == 0;
}

/* Whether all asked fields of FIELD's category, persons' and others apart, are alike. */
static bool
category_is_alike(const struct view *x, unsigned field)
{
	const struct schema_field *f = schema_signal()->fields;
	const char                *c = policy_category(x->of->policy, &f[field]);
	for (unsigned i = 0; i < schema_signal()->n_fields; i++) {
		if (is_asked(x, i) && is_of_person(i) == is_of_person(field) &&
		    policy_category(x->of->policy, &f[i]) == c &&
		    !same_outcome(x, i, field))
			return false;
	}
	return true;
}

static bool
is_first_of_category(const struct view *x, unsigned field)
{
	const struct schema_field *f = schema_signal()->fields;
	const char                *c = policy_category(x->of->policy, &f[field]);
	for (unsigned i = 0; i < field; i++) {
		if (is_asked(x, i) && is_of_person(i) == is_of_person(field) &&
		    policy_category(x->of->policy, &f[i]) == c)
			return false;
	}
	return true;
}

/* --- for people ------------------------------------------------------------------ */

static void
put_row(const struct view *x, struct table *t, unsigned field, const char *name)
{
	const struct cell      *c    = &x->cells[field];
	const struct rule_info *rule = policy_rule_info(x->of->policy, c->rule);
	char                    words[STEP_TEXT_MAX + 64], rules[RULES_TEXT_MAX];
	table_row(t);
	table_cell(t, name, NULL);
	table_cell(t, show_action((enum sluis_action)c->action),
	    show_colour((enum sluis_action)c->action));
	table_cell(t, rules_text(x, field, rules), NULL);
	table_cell(t, rule == NULL ? "" : rule->article, NULL);
	table_cell(t, words_for(x, field, words), NULL);
}

void
explanation_print(struct cli *cli, const struct explanation *of)
{
	struct view x[1];
	view_init(x, of);
	const char *headings[] = {
	    tr("FIELD"), tr("ACTION"), tr("RULE"), tr("ARTICLE"), tr("CHANGE"), NULL};
	const struct schema_field        *f = schema_signal()->fields;
	AUTO(table_destroy) struct table *t = table_new(cli, headings);
	for (unsigned i = 0; t != NULL && i < schema_signal()->n_fields; i++) {
		if (!is_asked(x, i)) continue;
		if (!category_is_alike(x, i))
			put_row(x, t, i, f[i].path);
		else if (is_first_of_category(x, i))
			put_row(x, t, i, policy_category(x->of->policy, &f[i]));
	}
	if (t != NULL) table_print(t);
}

/* --- for programs ---------------------------------------------------------------- */

static json_t *
change_json(const struct view *x, unsigned field)
{
	struct change c;
	bool          wider;
	char          text[STEP_TEXT_MAX];
	if (fieldset_has(&x->of->ruling->held_back, field) ||
	    !change_of(x, field, &wider, &c))
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
field_json(const struct view *x, unsigned field)
{
	const struct cell         *c    = &x->cells[field];
	const struct schema_field *f    = &schema_signal()->fields[field];
	const struct rule_info    *rule = policy_rule_info(x->of->policy, c->rule);
	uint16_t                   rules[HOLDERS_MAX];
	json_t                    *also = json_array();
	for (size_t i = 1, n = withholders(x, field, rules); i < n; i++)
		(void)json_array_append_new(
		    also, json_string(policy_rule_info(x->of->policy, rules[i])->id));
	return json_pack("{s:s, s:s, s:s, s:s*, s:s*, s:s*, s:o, s:o}", "path", f->path,
	    "category", policy_category(x->of->policy, f), "action",
	    sluis_action_name((enum sluis_action)c->action), "to",
	    c->generalise == GENERALISE_NONE
	        ? NULL
	        : generalise_name((enum generalise)c->generalise),
	    "rule", rule == NULL ? NULL : rule->id, "article",
	    rule == NULL ? NULL : rule->article, "also", also, "change",
	    change_json(x, field));
}

json_t *
explanation_json(const struct explanation *of)
{
	struct view x;
	json_t     *list = json_array();
	view_init(&x, of);
	for (unsigned i = 0; i < schema_signal()->n_fields; i++) {
		if (is_asked(&x, i)) (void)json_array_append_new(list, field_json(&x, i));
	}
	return list;
}

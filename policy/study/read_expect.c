/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * read_expect.c - what a case expects.
 *
 * An expectation about what the facts cannot hold would always be met; so that, and
 * expectations that contradict each other, are refused here.
 */
#include <string.h>

#include "policy/study/read_cases.h"

enum { ACTIONS = SLUIS__ACTION__ACTION_RELEASE + 1 };

struct expecting { /* the `expect` of one case being read */
	struct reader          *r;
	const struct policy    *policy;
	const struct convenant *c; /* NULL: unknown */
	struct policy_case     *of;
	struct expected        *all;
	size_t                  n;
	struct fieldset         by_action[ACTIONS]; /* what was expected of which field */
	struct fieldset         by_rule;
};

/* --- names for suggestions ------------------------------------------------------- */

static const char *
rule_at(const void *policy, size_t i)
{
	const struct policy    *p    = policy;
	const struct rule_info *rule = policy_rule_info(p, (unsigned)i);
	return i < policy_n_rules(p) ? rule->id : NULL;
}

static const char *
code_at(const void *arg, size_t i)
{
	(void)arg;
	unsigned n = 0;
	for (rc code; (code = rc_at(n)) != RC_OK; n++) {
		if (rc_kind(code) == RC_KIND_DENY && i-- == 0) return rc_name(code);
	}
	return NULL;
}

static const char *
obligation_at(const void *convenant, size_t i)
{
	const struct convenant *c = convenant;
	return i < c->n_obligations ? c->obligations[i].info.id : NULL;
}

static const char *
generalise_at(const void *arg, size_t i)
{
	(void)arg;
	return generalise_name((enum generalise)(GENERALISE_YEAR + i));
}

/* --- what is expected of fields -------------------------------------------------- */

static struct expected *
new_expected(struct expecting *x, enum expected_kind kind, const struct yaml_node *at)
{
	struct expected *e = &x->all[x->n++];
	*e                 = (struct expected){.kind = kind,
	                    .line                    = yaml_line(at),
	                    .rule                    = RULE_NONE,
	                    .name                    = read_printf(x->r, "%s", yaml_text(at))};
	return e;
}

/* Those of FIELDS that the facts can hold; a complaint if that is none. */
static void
keep_askable(struct expecting *x, const struct yaml_node *at, struct fieldset *fields)
{
	struct fieldset askable = {{0}};
	bool            any     = false;
	for (unsigned f = 0; f < schema_signal()->n_fields; f++) {
		if (!fieldset_has(fields, f) || !scenario_asks(&x->of->scenario, f))
			continue;
		fieldset_add(&askable, f);
		any = true;
	}
	*fields = askable;
	if (!any)
		read_complain(x->r, at,
		    "'%.96s' is about persons: the facts must name a 'person'",
		    yaml_text(at));
}

static void
demand_new(struct expecting *x, const struct yaml_node *at, const struct fieldset *seen,
    const struct fieldset *now)
{
	for (unsigned f = 0; f < schema_signal()->n_fields; f++) {
		if (!fieldset_has(seen, f) || !fieldset_has(now, f)) continue;
		read_complain(x->r, at, "two different things are expected of '%s'",
		    schema_signal()->fields[f].path);
		return;
	}
}

/* One category or field with ACTION; KIND (may be NULL) is how it is generalised. */
static void
read_action(struct expecting *x, const struct yaml_node *at, unsigned action,
    const struct yaml_node *kind)
{
	struct fieldset fields;
	if (!read_fields_of(x->r, x->policy, at, &fields)) return;
	keep_askable(x, at, &fields);
	for (unsigned other = 0; other < ACTIONS; other++) {
		if (other != action) demand_new(x, at, &x->by_action[other], &fields);
	}
	fieldset_join(&x->by_action[action], &fields);
	struct expected *e = new_expected(x, EXPECTED_ACTION, at);
	e->fields          = fields;
	e->action          = (uint8_t)action;
	if (kind == NULL) return;
	const char *name = yaml_text(kind), *is;
	for (size_t i = 0; name != NULL && (is = generalise_at(NULL, i)) != NULL; i++) {
		if (strcmp(is, name) == 0) e->generalise = (uint8_t)(GENERALISE_YEAR + i);
	}
	if (name == NULL)
		read_complain(x->r, kind, "one way to generalise must stand here");
	else if (e->generalise == GENERALISE_NONE)
		read_unknown(x->r, kind, N_("way to generalise"), generalise_at, NULL);
}

/* A list of categories and fields; for `generalise` also {field: year}. */
static void
read_actions(
    struct expecting *x, const struct yaml_node *map, const char *key, unsigned action)
{
	const struct yaml_node *node = yaml_get(map, key);
	if (node == NULL) return;
	if (read_count(node) == 0 || (yaml_is_map(node) && yaml_length(node) == 0))
		read_complain(x->r, node, "'%s' is empty: leave it out", key);
	if (yaml_is_map(node) && action == SLUIS__ACTION__ACTION_GENERALISE) {
		for (size_t i = 0; i < yaml_length(node); i++)
			read_action(
			    x, yaml_key_node(node, i), action, yaml_value(node, i));
		return;
	}
	for (size_t i = 0; i < read_count(node); i++)
		read_action(x, read_entry(node, i), action, NULL);
}

/* `nothing_else: true`: whatever was not mentioned before is withheld. */
static void
read_nothing_else(struct expecting *x, const struct yaml_node *map)
{
	const struct yaml_node *node = yaml_get(map, "nothing_else");
	if (node == NULL) return;
	if (!read_bool(x->r, map, "nothing_else"))
		read_complain(x->r, node, "'nothing_else' can only be true");
	struct expected *e = new_expected(x, EXPECTED_NOTHING, node);
	e->name            = "nothing_else";
	e->action          = SLUIS__ACTION__ACTION_WITHHOLD;
	for (unsigned f = 0; f < schema_signal()->n_fields; f++) {
		bool mentioned = !scenario_asks(&x->of->scenario, f);
		for (unsigned action = 0; action < ACTIONS; action++)
			mentioned = mentioned || fieldset_has(&x->by_action[action], f);
		if (!mentioned) fieldset_add(&e->fields, f);
	}
}

/* --- which rule decides ---------------------------------------------------------- */

/* The number of the rule called as NODE says; RULE_NONE for "none", or a complaint. */
static unsigned
read_rule_number(struct expecting *x, const struct yaml_node *node)
{
	const char *id = yaml_text(node);
	if (id == NULL) {
		read_complain(x->r, node, "one rule id, or none, must stand here");
		return RULE_NONE;
	}
	if (strcmp(id, "none") == 0) return RULE_NONE;
	for (unsigned i = 0; i < policy_n_rules(x->policy); i++) {
		if (strcmp(policy_rule_info(x->policy, i)->id, id) == 0) return i;
	}
	read_unknown(x->r, node, N_("rule"), rule_at, x->policy);
	return RULE_NONE;
}

/* `rule: {health: riec-health, form: none}` */
static void
read_deciding_rules(struct expecting *x, const struct yaml_node *map)
{
	const struct yaml_node *node = yaml_get(map, "rule");
	if (node == NULL) return;
	if (!yaml_is_map(node) || yaml_length(node) == 0) {
		read_complain(
		    x->r, node, "'rule' must say of which fields: {health: riec-health}");
		return;
	}
	for (size_t i = 0; i < yaml_length(node); i++) {
		const struct yaml_node *key = yaml_key_node(node, i);
		struct fieldset         fields;
		if (!read_fields_of(x->r, x->policy, key, &fields)) continue;
		keep_askable(x, key, &fields);
		demand_new(x, key, &x->by_rule, &fields);
		fieldset_join(&x->by_rule, &fields);
		struct expected *e = new_expected(x, EXPECTED_RULE, key);
		e->fields          = fields;
		e->rule            = read_rule_number(x, yaml_value(node, i));
	}
}

/* --- obligations ----------------------------------------------------------------- */

static void
read_obligation(
    struct expecting *x, const struct yaml_node *entry, enum expected_kind kind)
{
	const char *id = yaml_text(entry), *is = NULL;
	if (id == NULL) {
		read_complain(x->r, entry, "one obligation must stand here");
		return;
	}
	for (size_t i = 0; (is = obligation_at(x->c, i)) != NULL; i++)
		if (strcmp(is, id) == 0) break;
	if (is == NULL) read_unknown(x->r, entry, N_("obligation"), obligation_at, x->c);
	for (size_t i = 0; i < x->n; i++) {
		if (x->all[i].kind >= EXPECTED_OBLIGATION && x->all[i].kind != kind &&
		    strcmp(x->all[i].name, id) == 0)
			read_complain(x->r, entry,
			    "two different things are expected of '%.40s'", id);
	}
	new_expected(x, kind, entry)->rule = RULE_NONE;
}

static void
read_obligations(struct expecting *x, const struct yaml_node *map, const char *key,
    enum expected_kind kind)
{
	const struct yaml_node *node = yaml_get(map, key);
	if (node == NULL || x->c == NULL) return;
	if (read_count(node) == 0)
		read_complain(x->r, node, "'%s' is empty: leave it out", key);
	for (size_t i = 0; i < read_count(node); i++)
		read_obligation(x, read_entry(node, i), kind);
}

/* --- expect ---------------------------------------------------------------------- */

/* How many expectations stand in MAP, at most. */
static size_t
room_for(const struct yaml_node *map)
{
	size_t n = 0;
	for (size_t i = 0; i < yaml_length(map); i++) {
		const struct yaml_node *value = yaml_value(map, i);
		n += yaml_text(value) != NULL ? 1 : yaml_length(value);
	}
	return n;
}

static void
read_outcomes(struct expecting *x, const struct yaml_node *map)
{
	x->all = read_alloc(x->r, room_for(map), sizeof *x->all);
	if (x->all == NULL) return;
	read_actions(x, map, "release", SLUIS__ACTION__ACTION_RELEASE);
	read_actions(x, map, "generalise", SLUIS__ACTION__ACTION_GENERALISE);
	read_actions(x, map, "pseudonymise", SLUIS__ACTION__ACTION_PSEUDONYMISE);
	read_actions(x, map, "withhold", SLUIS__ACTION__ACTION_WITHHOLD);
	read_nothing_else(x, map);
	read_deciding_rules(x, map);
	read_obligations(x, map, "obligations", EXPECTED_OBLIGATION);
	read_obligations(x, map, "obligations_absent", EXPECTED_NO_OBLIGATION);
	x->of->expected   = x->all;
	x->of->n_expected = x->n;
}

/* A refusal, and which rule refuses; nothing else can be expected then. */
static void
read_refusal(struct expecting *x, const struct yaml_node *map)
{
	const struct yaml_node *rule = yaml_get(map, "rule");
	x->of->names_rule            = rule != NULL;
	x->of->rule = rule == NULL ? RULE_NONE : read_rule_number(x, rule);
	for (size_t i = 0; i < yaml_length(map); i++) {
		const struct yaml_node *key  = yaml_key_node(map, i);
		const char             *name = yaml_text(key);
		if (strcmp(name, "code") != 0 && strcmp(name, "rule") != 0)
			read_complain(x->r, key,
			    "with 'code' only 'rule' can be expected: nothing is shared");
		(void)yaml_key(map, i);
	}
}

rc
read_expected_code(struct reader *r, const struct yaml_node *expect)
{
	const struct yaml_node *node = yaml_get(expect, "code");
	if (node == NULL) return RC_OK;
	if (yaml_text(node) == NULL) {
		read_complain(r, node, "'code' must be one name");
		return RC_BARRED;
	}
	rc code = rc_from_name(yaml_text(node));
	if (rc_kind(code) == RC_KIND_DENY) return code;
	read_unknown(r, node, N_("refusal"), code_at, NULL);
	return RC_BARRED;
}

unsigned
unknown_expected(rc code)
{
	switch (code) {
	case RC_NO_CONVENANT:
		return SCENARIO_CONVENANT;
	case RC_NO_PHASE:
		return SCENARIO_PHASE;
	case RC_WRONG_PURPOSE:
		return SCENARIO_PURPOSE;
	case RC_SENDER_NOT_ALLOWED:
		return SCENARIO_SENDER;
	case RC_UNKNOWN_RECIPIENT:
		return SCENARIO_RECIPIENT;
	default:
		return 0;
	}
}

void
read_expect(struct reader *r, const struct policy *p, const struct yaml_node *expect,
    struct policy_case *c)
{
	struct expecting x = {
	    .r = r, .policy = p, .of = c, .c = convenant_find(p, c->scenario.convenant)};
	if (yaml_length(expect) == 0) read_complain(r, expect, "nothing is expected");
	if (c->code != RC_OK)
		read_refusal(&x, expect);
	else
		read_outcomes(&x, expect);
	read_no_more(r, expect);
}

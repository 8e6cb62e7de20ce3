/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * read_rules.c - the rules and bars of one convenant file.
 *
 * Well-formedness, and names that exist; whether a rule can be carried out at all is
 * asked of feasible.c.
 */
#include <stdio.h>
#include <string.h>

#include "policy/read/read.h"

struct rules { /* what one file's rules refer to */
	struct reader       *r;
	struct convenant    *c;
	const struct groups *groups;
	uint64_t             sender_roles; /* who may send at all: the default sources */
};

/* --- sets of names --------------------------------------------------------------- */

static const char *
obligation_at(const void *arg, size_t i)
{
	const struct convenant *c = arg;
	return i < c->n_obligations ? c->obligations[i].info.id : NULL;
}

/* --- who and when ---------------------------------------------------------------- */

static uint64_t
roles_of(const struct seat *seats, size_t n)
{
	uint64_t roles = 0;
	for (size_t i = 0; i < n; i++) roles |= (uint64_t)1 << seats[i].role;
	return roles;
}

/* The number of source desk S in the convenant, entered if it is new, as a bit. */
static uint32_t
source_desk_bit(struct rules *x, const struct yaml_node *map, const struct seat *s)
{
	struct convenant *c = x->c;
	size_t            i = 0;
	while (
	    i < c->n_source_desks && (c->source_desks[i].role != s->role ||
	                                 strcmp(c->source_desks[i].desk, s->desk) != 0))
		i++;
	if (i == SOURCE_DESKS_MAX) {
		read_complain(
		    x->r, map, "more than %d desks as sources", SOURCE_DESKS_MAX);
		return 0;
	}
	if (i == c->n_source_desks) c->source_desks[c->n_source_desks++] = *s;
	return (uint32_t)1 << i;
}

/* The roles and the desks among SEATS. */
static uint64_t
split_sources(struct rules *x, const struct yaml_node *map, const struct seat *seats,
    size_t n, uint32_t *ret_desks)
{
	uint64_t roles = 0;
	*ret_desks     = 0;
	for (size_t i = 0; i < n; i++) {
		if (seats[i].desk != NULL)
			*ret_desks |= source_desk_bit(x, map, &seats[i]);
		else
			roles |= (uint64_t)1 << seats[i].role;
	}
	return roles;
}

static void
read_sources(struct rules *x, const struct yaml_node *map, struct rule *rule)
{
	size_t             n, n_except;
	const struct seat *only = read_seats(x->r, map, "sources", x->groups, &n);
	const struct seat *except =
	    read_seats(x->r, map, "except_sources", x->groups, &n_except);
	if (n > 0 && n_except > 0)
		read_complain(
		    x->r, map, "'sources' and 'except_sources' exclude each other");
	uint64_t out = split_sources(x, map, except, n_except, &rule->not_source_desks);
	rule->sources =
	    n > 0 ? split_sources(x, map, only, n, &rule->source_desks) : x->sender_roles;
	rule->sources &= ~out;
}

/* `phases: [...]`, or `from_phase: x` for x and every later one; else all. */
static uint8_t
read_phases(struct rules *x, const struct yaml_node *map)
{
	uint16_t all  = (uint16_t)((1u << x->c->n_phases) - 1);
	uint16_t only = read_mask(
	    x->r, map, "phases", N_("phase"), name_in_array, x->c->info.phases, all);
	uint16_t from = read_mask(
	    x->r, map, "from_phase", N_("phase"), name_in_array, x->c->info.phases, 0);
	if (yaml_get(map, "from_phase") == NULL) return (uint8_t)only;
	if (yaml_get(map, "phases") != NULL)
		read_complain(x->r, map, "'phases' and 'from_phase' exclude each other");
	if ((from & (from - 1)) != 0)
		read_complain(x->r, map, "'from_phase' names one phase");
	return (uint8_t)(all & ~(from == 0 ? all : (uint16_t)(from - 1)));
}

static const char *
audience_at(const void *arg, size_t i)
{
	static const char *const names[] = {
	    "signatory", "incidental", "non_signatory", "expired", NULL};
	(void)arg;
	return names[i];
}

static const char *
facts_text(struct reader *r, const char *text, const char *before, factset facts)
{
	const char *between = before;
	for (unsigned bit = 0; bit < 64; bit++) {
		if ((facts >> bit & 1) == 0 || fact_name((enum fact)bit) == NULL)
			continue;
		text = read_printf(r, "%s%s%s", text, between, fact_name((enum fact)bit));
		between = ", ";
	}
	return text;
}

/* What would have to change, in words, for a rule to hold or for a bar to end. */
static const char *
change_of(struct reader *r, const struct rule *rule)
{
	bool        bar = rule->bar != BAR_NONE;
	const char *text =
	    facts_text(r, "", bar ? "no longer all of: " : "all of: ", rule->when);
	if (rule->when_any != 0)
		text = facts_text(r, *text == '\0' ? text : read_printf(r, "%s; ", text),
		    bar ? "none of: " : "one of: ", rule->when_any);
	if (rule->unless != 0)
		text = facts_text(r, *text == '\0' ? text : read_printf(r, "%s; ", text),
		    bar ? "one of: " : "none of: ", rule->unless);
	if (*text != '\0') return text;
	return bar ? "nothing: this bar always holds" : "";
}

/* --- one rule -------------------------------------------------------------------- */

static void
read_common(struct rules *x, const struct yaml_node *map, struct rule *rule)
{
	rule->info.id      = read_id(x->r, map, "id");
	rule->info.article = read_text(x->r, map, "article", 200);
	rule->info.file =
	    x->r->status == RC_NOMEM ? "" : read_printf(x->r, "%s", yaml_name(map));
	rule->info.line      = yaml_line(map);
	rule->info.column    = yaml_column(map);
	rule->info.inferred  = read_bool(x->r, map, "inferred");
	rule->info.convenant = x->c->info.id;
	if (yaml_get(map, "why") != NULL) (void)read_text(x->r, map, "why", 1000);
	rule->phases   = read_phases(x, map);
	rule->when     = read_facts(x->r, map, "when", ~(factset)0);
	rule->when_any = read_facts(x->r, map, "when_any", ~(factset)0);
	rule->unless   = read_facts(x->r, map, "unless", ~(factset)0);
	rule->purposes = UINT16_MAX;
	rule->sources  = UINT64_MAX;
}

static const char *
action_at(const void *arg, size_t i)
{
	static const char *const names[] = {
	    "withhold", "pseudonymise", "generalise", "release", NULL};
	(void)arg;
	return names[i];
}

static const char *
generalise_at(const void *arg, size_t i)
{
	(void)arg;
	return i < GENERALISE_PRESENT ? generalise_name((enum generalise)(i + 1)) : NULL;
}

static const char *
bar_at(const void *arg, size_t i)
{
	static const char *const names[] = {"withhold", "exclude", "refuse", NULL};
	(void)arg;
	return names[i];
}

/* The number of the word under KEY, a KIND, in NAMES, -1 after a complaint. */
static int
read_word(struct rules *x, const struct yaml_node *map, const char *key, const char *kind,
    name_at names)
{
	const struct yaml_node *node = read_needed(x->r, map, key);
	const char             *word = node == NULL ? NULL : yaml_text(node), *name;
	if (node == NULL) return -1;
	if (word == NULL) {
		read_complain(x->r, node, "'%s' must be one word", key);
		return -1;
	}
	for (int i = 0; (name = names(NULL, (size_t)i)) != NULL; i++) {
		if (strcmp(name, word) == 0) return i;
	}
	read_unknown(x->r, node, kind, names, NULL);
	return -1;
}

static void
read_action(struct rules *x, const struct yaml_node *map, struct rule *rule)
{
	int action = read_word(x, map, "action", N_("action"), action_at);
	rule->action =
	    (uint8_t)(SLUIS__ACTION__ACTION_WITHHOLD + (action < 0 ? 0 : action));
	if (rule->action == SLUIS__ACTION__ACTION_GENERALISE)
		rule->generalise = (uint8_t)(read_word(x, map, "to",
		                                 N_("way to generalise"), generalise_at) +
		                             1);
	else if (yaml_get(map, "to") != NULL)
		read_complain(
		    x->r, yaml_get(map, "to"), "'to' goes with action generalise only");
}

/* --- what cannot be carried out --------------------------------------------------- */

static const char *
category_of(const struct policy *p, unsigned field)
{
	unsigned n = p->category_of[field];
	return n < p->n_categories ? p->categories[n].id : "";
}

static void
refuse_impossible(struct rules *x, const struct yaml_node *map, const struct rule *rule)
{
	const struct schema *s = schema_signal();
	for (unsigned i = 0; i < s->n_fields; i++) {
		const char *why = fieldset_has(&rule->fields, i)
		                      ? rule_obstacle(x->r->policy, rule, &s->fields[i])
		                      : NULL;
		if (why == NULL) continue;
		read_complain(x->r, yaml_get(map, "action"), "'%s' of '%s' (%s): %s",
		    action_at(NULL, (size_t)rule->action - 1),
		    category_of(x->r->policy, i), s->fields[i].path,
		    finding_tr(x->r->findings, why));
		return;
	}
}

/* --- rules and bars -------------------------------------------------------------- */

static void
read_rule(struct rules *x, const struct yaml_node *map, struct rule *rule)
{
	read_common(x, map, rule);
	read_action(x, map, rule);
	read_sources(x, map, rule);
	rule->purposes = read_purposes(x->r, map, x->c);
	rule->audience = (uint8_t)read_mask(
	    x->r, map, "for", N_("audience"), audience_at, NULL, AUDIENCE_SIGNATORY);
	rule->recipients =
	    read_seats(x->r, map, "recipients", x->groups, &rule->n_recipients);
	if (yaml_get(map, "recipients") == NULL)
		read_complain(x->r, map, "no 'recipients': the rule is for nobody");
	bool categories = read_categories_in(x->r, map, "categories", &rule->fields);
	rule->by_field  = read_fields_in(x->r, map, "fields", &rule->fields);
	if (categories == rule->by_field)
		read_complain(x->r, map, "a rule names either 'categories' or 'fields'");
	rule->obligations =
	    read_mask(x->r, map, "obligations", N_("obligation"), obligation_at, x->c, 0);
	rule->change = change_of(x->r, rule);
	refuse_impossible(x, map, rule);
	read_no_more(x->r, map);
}

static void
read_bar_fields(struct rules *x, const struct yaml_node *map, struct rule *bar)
{
	struct fieldset except = {{0}};
	bool            named = read_categories_in(x->r, map, "categories", &bar->fields);
	named        = read_fields_in(x->r, map, "fields", &bar->fields) || named;
	bool excepts = read_categories_in(x->r, map, "except_categories", &except);
	excepts      = read_fields_in(x->r, map, "except_fields", &except) || excepts;
	if (named && excepts)
		read_complain(x->r, map,
		    "a bar names what it withholds or what it excepts, not both");
	if (bar->bar == BAR_SUPPLIER && (named || excepts))
		read_complain(x->r, map, "the supplier says which categories it refuses");
	else if (bar->bar != BAR_WITHHOLD && (named || excepts))
		read_complain(
		    x->r, map, "only a bar that withholds names categories or fields");
	for (unsigned i = 0; !named && i < schema_signal()->n_fields; i++) {
		if (!fieldset_has(&except, i)) fieldset_add(&bar->fields, i);
	}
}

static void
read_bar_recipients(struct rules *x, const struct yaml_node *map, struct rule *bar)
{
	size_t       n_except;
	struct seat *except =
	    read_seats(x->r, map, "except_recipients", x->groups, &n_except);
	bar->recipients =
	    read_seats(x->r, map, "recipients", x->groups, &bar->n_recipients);
	if (bar->n_recipients > 0 && n_except > 0)
		read_complain(
		    x->r, map, "'recipients' and 'except_recipients' exclude each other");
	bar->everyone = bar->n_recipients == 0 && n_except == 0;
	bar->all_but  = n_except > 0;
	if (n_except == 0) return;
	bar->recipients   = except;
	bar->n_recipients = n_except;
}

static const char *
deny_code_at(const void *arg, size_t i)
{
	(void)arg;
	for (unsigned n = 0; rc_at(n) != RC_OK; n++) {
		if (rc_kind(rc_at(n)) == RC_KIND_DENY && i-- == 0)
			return rc_name(rc_at(n));
	}
	return NULL;
}

/* A bar holds for every sender, unless it names whose data it is about. */
static void
read_bar_sources(struct rules *x, const struct yaml_node *map, struct rule *bar)
{
	if (yaml_get(map, "sources") == NULL && yaml_get(map, "except_sources") == NULL)
		return;
	if (bar->bar != BAR_WITHHOLD)
		read_complain(x->r, map, "only a bar that withholds names sources");
	read_sources(x, map, bar);
}

/* Bars that speak about the whole message cannot weigh one person record, and one
 * that refuses the signal cannot depend on a recipient. */
static void
read_bar_message(struct rules *x, const struct yaml_node *map, struct rule *bar)
{
	factset facts     = bar->when | bar->when_any | bar->unless;
	factset recipient = fact_bit(FACT_RECIPIENT_SIGNED) | fact_bit(FACT_DECLARED) |
	                    fact_bit(FACT_SAME_PARTY);
	bar->code = RC_BARRED;
	if (yaml_get(map, "code") != NULL) {
		int n = read_word(x, map, "code", N_("refusal"), deny_code_at);
		bar->code =
		    n < 0 ? RC_BARRED : rc_from_name(deny_code_at(NULL, (size_t)n));
	}
	if (bar->bar == BAR_WITHHOLD || bar->bar == BAR_SUPPLIER) {
		if (yaml_get(map, "code") != NULL)
			read_complain(
			    x->r, map, "'code' goes with exclude and refuse only");
		return;
	}
	if (bar->bar != BAR_SUPPLIER && (facts & FACTS_RECORD) != 0)
		read_complain(x->r, map,
		    "a bar on the whole message weighs no facts of one person");
	if (bar->bar == BAR_REFUSE && ((facts & recipient) != 0 || !bar->everyone))
		read_complain(
		    x->r, map, "a bar that refuses the signal depends on no recipient");
}

/* Whether the bar MAP has an action of rules that is none of bars. */
static bool
gives(const struct yaml_node *map)
{
	const struct yaml_node *node = yaml_get(map, "action");
	const char             *word = node == NULL ? NULL : yaml_text(node), *name;
	for (size_t i = 1; word != NULL && (name = action_at(NULL, i)) != NULL; i++) {
		if (strcmp(word, name) == 0) return true;
	}
	return false;
}

static int
refuse_giving(struct rules *x, const struct yaml_node *map)
{
	read_complain(x->r, yaml_get(map, "action"),
	    "a bar cannot give: withhold, exclude or refuse");
	return -1;
}

static void
read_bar(struct rules *x, const struct yaml_node *map, struct rule *bar)
{
	int word = gives(map) ? refuse_giving(x, map)
	                      : read_word(x, map, "action", N_("action"), bar_at);
	bar->bar = word < 0 ? BAR_WITHHOLD : (enum bar)(BAR_WITHHOLD + word);
	if (read_bool(x->r, map, "supplier_refuses")) {
		if (bar->bar != BAR_WITHHOLD)
			read_complain(x->r, map, "what a supplier refuses is withheld");
		bar->bar = BAR_SUPPLIER;
	}
	read_common(x, map, bar);
	bar->info.bar = true;
	bar->action   = SLUIS__ACTION__ACTION_WITHHOLD;
	bar->audience = AUDIENCES_ALL;
	read_bar_fields(x, map, bar);
	read_bar_recipients(x, map, bar);
	read_bar_sources(x, map, bar);
	read_bar_message(x, map, bar);
	bar->change = change_of(x->r, bar);
	read_no_more(x->r, map);
}

void
read_rules(struct reader *r, const struct yaml_node *root, struct convenant *c,
    const struct groups *groups)
{
	struct rules            x       = {.r = r,
	                     .c               = c,
	                     .groups          = groups,
	                     .sender_roles    = roles_of(c->senders, c->n_senders)};
	const struct yaml_node *bars    = read_list(r, root, "bars", RULES_MAX / 2);
	const struct yaml_node *rules   = read_list(r, root, "rules", RULES_MAX / 2);
	size_t                  n_bars  = bars == NULL ? 0 : yaml_length(bars);
	size_t                  n_rules = rules == NULL ? 0 : yaml_length(rules);
	c->rules = read_alloc(r, n_bars + n_rules, sizeof *c->rules);
	for (size_t i = 0; c->rules != NULL && i < n_bars + n_rules; i++) {
		struct rule            *rule = &c->rules[i];
		const struct yaml_node *node =
		    i < n_bars ? yaml_item(bars, i) : yaml_item(rules, i - n_bars);
		*rule = (struct rule){
		    .info = {.id = "", .article = "", .file = ""}, .change = ""};
		if (!read_is_map(r, node, i < n_bars ? N_("a bar") : N_("a rule")))
			continue;
		if (i < n_bars)
			read_bar(&x, node, rule);
		else
			read_rule(&x, node, rule);
		c->n_rules = i + 1;
	}
}

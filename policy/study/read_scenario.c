/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * read_scenario.c - the `facts:` block: who asks what of whom, and what holds.
 *
 * What a question leaves out must not be guessed wrong: a word that the policy does not
 * know, or facts that cannot be, would be answered with a refusal that looks like the
 * policy's own.
 */
#include <stdio.h>
#include <string.h>

#include "policy/read/read.h"
#include "policy/study/scenario.h"
#include "policy/study/space.h"

struct scene { /* a scenario being read */
	struct reader           r;
	const struct policy    *policy;
	const struct yaml_node *map;
	unsigned                unknown; /* enum scenario_unknown */
	const struct convenant *c;       /* NULL: unknown */
	struct scenario        *s;
};

static bool
may_be_unknown(const struct scene *x, enum scenario_unknown what)
{
	return (x->unknown & what) != 0;
}

/* --- names for suggestions ------------------------------------------------------- */

static const char *
role_at(const void *policy, size_t i)
{
	const struct role_info *role = policy_role_at(policy, i);
	return role == NULL ? NULL : role->id;
}

static const char *
oin_at(const void *policy, size_t i)
{
	const struct party *party = policy_party_at(policy, i);
	return party == NULL ? NULL : party->oin;
}

static const char *
audience_at(const void *arg, size_t i)
{
	(void)arg;
	return i < 4 ? audience_name((enum audience)(1u << i)) : NULL;
}

/* Categories, then field paths. */
static const char *
category_or_field_at(const void *policy, size_t i)
{
	const struct schema *schema = schema_signal();
	size_t               n      = policy_n_categories(policy);
	if (i < n) return policy_category_at(policy, i)->id;
	return i - n < schema->n_fields ? schema->fields[i - n].path : NULL;
}

/* --- convenant, phase, purpose --------------------------------------------------- */

static bool
is_named(const char *const *names, const char *name)
{
	for (; *names != NULL; names++) {
		if (strcmp(*names, name) == 0) return true;
	}
	return false;
}

/* The text of KEY, one of NAMES unless that need not be. */
static const char *
read_name(struct scene *x, const char *key, const char *const *names,
    enum scenario_unknown what)
{
	const char *name = read_text(&x->r, x->map, key, DESK_MAX);
	if (names != NULL && *name != '\0' && !is_named(names, name) &&
	    !may_be_unknown(x, what))
		read_unknown(&x->r, yaml_get(x->map, key), key, name_in_array, names);
	return name;
}

static void
read_convenant_of(struct scene *x)
{
	struct scenario *s = x->s;
	s->convenant       = read_name(x, "convenant", NULL, SCENARIO_CONVENANT);
	x->c               = convenant_find(x->policy, s->convenant);
	if (x->c == NULL && *s->convenant != '\0' &&
	    !may_be_unknown(x, SCENARIO_CONVENANT))
		read_unknown(&x->r, yaml_get(x->map, "convenant"), N_("convenant"),
		    convenant_at, x->policy);
	s->phase = read_name(
	    x, "phase", x->c == NULL ? NULL : x->c->info.phases, SCENARIO_PHASE);
	s->purpose = read_name(
	    x, "purpose", x->c == NULL ? NULL : x->c->info.purposes, SCENARIO_PURPOSE);
}

/* --- sender and recipients ------------------------------------------------------- */

static bool
looks_like_oin(const char *text)
{
	return strspn(text, "0123456789") == strlen(text) && *text != '\0';
}

static void
demand_role(struct scene *x, const struct yaml_node *node, struct scenario_side *side)
{
	side->role = policy_role(x->policy, side->text);
	if (side->role == NULL) {
		read_unknown(&x->r, node, N_("role"), role_at, x->policy);
		return;
	}
	struct role_desks desks = {x->policy, role_number(x->policy, side->role)};
	if (side->desk != NULL && role_desk_at(&desks, 0) != NULL &&
	    !role_has_desk(&desks, side->desk))
		read_unknown_word(
		    &x->r, node, N_("desk"), side->desk, role_desk_at, &desks);
}

static void
demand_party(struct scene *x, const struct yaml_node *node, enum scenario_unknown what,
    struct scenario_side *side)
{
	const struct party *party = policy_party(x->policy, side->text);
	side->oin                 = side->text;
	side->role                = party == NULL ? NULL : party->role;
	if (may_be_unknown(x, what)) return;
	if (party == NULL)
		read_unknown_word(&x->r, node, N_("party"), side->oin, oin_at, x->policy);
	else if (side->desk != NULL && !party_has_desk(party, side->desk))
		read_unknown_word(
		    &x->r, node, N_("desk"), side->desk, name_in_array, party->desks);
}

/* "police", "police/avim", "00000099000000010000", "00000099000000010000/meldpunt" */
static void
read_side(struct scene *x, const struct yaml_node *node, enum scenario_unknown what,
    struct scenario_side *side)
{
	const char *text  = yaml_text(node);
	const char *slash = text == NULL ? NULL : strchr(text, '/');
	*side             = (struct scenario_side){.text = ""};
	if (text == NULL || *text == '\0' || strlen(text) > 2 * DESK_MAX) {
		read_complain(&x->r, node, "one role, role/desk, or OIN must stand here");
		return;
	}
	size_t n   = slash == NULL ? strlen(text) : (size_t)(slash - text);
	side->text = read_printf(&x->r, "%.*s", (int)n, text);
	if (slash != NULL) side->desk = read_printf(&x->r, "%s", slash + 1);
	if (looks_like_oin(side->text))
		demand_party(x, node, what, side);
	else
		demand_role(x, node, side);
	side->text = read_printf(&x->r, "%s", text);
}

static void
read_recipients(struct scene *x)
{
	struct scenario        *s    = x->s;
	const struct yaml_node *node = read_needed(&x->r, x->map, "to");
	size_t                  n    = node == NULL ? 0 : read_count(node);
	if (node != NULL && (n == 0 || n > NAMES_MAX))
		read_complain(&x->r, node, "'to' must name 1 to %d", NAMES_MAX);
	struct scenario_side *all = read_alloc(&x->r, n, sizeof *all);
	for (size_t i = 0; all != NULL && i < n && i < NAMES_MAX; i++) {
		const struct yaml_node *entry = read_entry(node, i);
		read_side(x, entry, SCENARIO_RECIPIENT, &all[i]);
		if ((all[i].oin != NULL) != s->by_parties && *all[i].text != '\0')
			read_complain(&x->r, entry,
			    "'from' and 'to' must all be roles, or all be OINs");
		s->n_recipients = i + 1;
	}
	s->recipients = all;
}

static void
read_sides(struct scene *x)
{
	const struct yaml_node *from = read_needed(&x->r, x->map, "from");
	if (from != NULL) read_side(x, from, SCENARIO_SENDER, &x->s->sender);
	x->s->by_parties = x->s->sender.oin != NULL;
	read_recipients(x);
}

/* --- as what, when, where -------------------------------------------------------- */

static void
read_audience(struct scene *x)
{
	const struct yaml_node *node = yaml_get(x->map, "as");
	x->s->audience               = AUDIENCE_SIGNATORY;
	if (node == NULL) return;
	if (x->s->by_parties)
		read_complain(&x->r, node,
		    "'as' is for roles: what an OIN is follows from what it signed");
	else if (yaml_text(node) == NULL)
		read_complain(&x->r, node, "'as' must be one name");
	else if (!audience_from_name(yaml_text(node), &x->s->audience))
		read_unknown(&x->r, node, N_("audience"), audience_at, NULL);
}

/* Roles have no dates: `on` may be said, but must agree with `as`. */
static void
demand_date_fits(struct scene *x, const struct yaml_node *node)
{
	const struct convenant_info *c = &x->c->info;
	if (x->s->audience == AUDIENCE_EXPIRED) {
		if (x->s->on <= c->until)
			read_complain(&x->r, node,
			    "'as: expired', but the convenant has not ended then");
	} else if (x->s->on < c->from || x->s->on > c->until) {
		read_complain(&x->r, node,
		    "the convenant is not in force then: ask with OINs, or 'as: "
		    "expired'");
	}
}

static void
read_day(struct scene *x)
{
	const struct yaml_node *node = yaml_get(x->map, "on");
	x->s->on                     = x->c == NULL ? 0 : x->c->info.from;
	if (node == NULL) return;
	x->s->on = read_date(&x->r, x->map, "on");
	if (!x->s->by_parties && x->c != NULL && x->r.status == RC_OK)
		demand_date_fits(x, node);
}

static void
read_region(struct scene *x)
{
	const struct yaml_node *node = yaml_get(x->map, "region");
	if (node == NULL) return;
	if (!x->s->by_parties)
		read_complain(
		    &x->r, node, "'region' is for OINs: roles stand in no region");
	x->s->region = read_id_of(&x->r, node);
	if (*x->s->region != '\0' && !is_named(x->policy->regions, x->s->region))
		read_unknown(
		    &x->r, node, N_("region"), name_in_array, x->policy->regions);
}

/* --- facts ----------------------------------------------------------------------- */

static void
list_facts(factset facts, char *text, size_t size)
{
	size_t n = 0;
	text[0]  = '\0';
	for (unsigned bit = 0; bit < 64 && n < size; bit++) {
		if ((facts >> bit & 1) == 0) continue;
		int wrote = snprintf(text + n, size - n, "%s%s", n == 0 ? "" : ", ",
		    fact_name((enum fact)bit));
		n += wrote < 0 ? 0 : (size_t)wrote;
	}
}

/* Of each dimension exactly one value holds, as in a signal. */
static void
demand_possible(struct scene *x, const struct yaml_node *node, factset facts, bool person)
{
	char                    names[200];
	const struct dimension *d;
	for (size_t i = 0; (d = space_dimension(i)) != NULL; i++) {
		factset here = facts & d->bits;
		if (d->person != person || here == d->values[space_value(facts, d)])
			continue;
		list_facts(here == 0 ? d->bits : here, names, sizeof names);
		if (here == 0)
			read_complain(&x->r, node, "one of these must hold: %s", names);
		else
			read_complain(&x->r, node,
			    "these do not hold together, or not without another fact: %s",
			    names);
	}
}

static void
read_what_holds(struct scene *x)
{
	const struct yaml_node *message = yaml_get(x->map, "message");
	const struct yaml_node *person  = yaml_get(x->map, "person");

	x->s->message =
	    read_facts(&x->r, x->map, "message", FACTS_MESSAGE & ~FACTS_OF_PLACE);
	x->s->person     = read_facts(&x->r, x->map, "person", FACTS_RECORD);
	x->s->has_person = person != NULL;
	if (x->r.status != RC_OK) return;
	if (message != NULL) demand_possible(x, message, x->s->message, false);
	if (person != NULL) demand_possible(x, person, x->s->person, true);
}

bool
read_fields_of(struct reader *r, const struct policy *p, const struct yaml_node *node,
    struct fieldset *ret)
{
	*ret             = (struct fieldset){{0}};
	const char *name = yaml_text(node);
	if (name == NULL)
		read_complain(r, node, "one category or field must stand here");
	else if (policy_fields(p, name, ret))
		return true;
	else
		read_unknown(r, node, N_("category or field"), category_or_field_at, p);
	return false;
}

static void
read_held_back(struct scene *x)
{
	const struct yaml_node *node = yaml_get(x->map, "supplier_refuses");
	struct fieldset         fields;
	if (node == NULL) return;
	if (read_count(node) == 0)
		read_complain(&x->r, node, "'supplier_refuses' is empty: leave it out");
	for (size_t i = 0; i < read_count(node); i++) {
		if (read_fields_of(&x->r, x->policy, read_entry(node, i), &fields))
			fieldset_join(&x->s->held_back, &fields);
	}
}

rc
scenario_read(const struct policy *p, const struct yaml_node *facts, unsigned unknown,
    struct arena *arena, struct findings *findings, struct scenario *ret)
{
	struct scene x = {.r = {.made = p, .arena = arena, .findings = findings},
	    .policy          = p,
	    .map             = facts,
	    .unknown         = unknown,
	    .s               = ret};
	*ret           = (struct scenario){
	              .line = yaml_line(facts), .convenant = "", .phase = "", .purpose = ""};
	if (!read_is_map(&x.r, facts, "facts")) return x.r.status;
	read_convenant_of(&x);
	read_sides(&x);
	read_audience(&x);
	read_day(&x);
	read_region(&x);
	read_what_holds(&x);
	read_held_back(&x);
	read_no_more(&x.r, facts);
	return x.r.status;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* read_steps.c - `steps` of a route: from where to where, by whom, when. */
#include <string.h>

#include "policy/read/read.h"

static const char *
state_at(const void *arg, size_t i)
{
	const struct route_info *route = arg;
	return i < route->n_states ? route->states[i].id : NULL;
}

/* The state that NODE names, as its route spells it; "" after a complaint. */
static const char *
read_state_name(
    struct reader *r, const struct yaml_node *node, const struct route_info *route)
{
	const char              *word  = node == NULL ? NULL : yaml_text(node);
	const struct state_info *state = word == NULL ? NULL : route_state(route, word);
	if (state != NULL) return state->id;
	if (node != NULL && word == NULL)
		read_complain(r, node, "a state must be one name");
	else if (node != NULL)
		read_unknown(r, node, N_("state"), state_at, route);
	return "";
}

static const char *const *
read_from(struct reader *r, const struct yaml_node *map, const struct route_info *route)
{
	static const char *const none[] = {NULL};
	const struct yaml_node  *node   = read_needed(r, map, "from");
	size_t                   n      = node == NULL ? 0 : read_count(node);
	const char             **all    = read_alloc(r, n + 1, sizeof *all);
	if (all == NULL) return none;
	if (node != NULL && (n == 0 || n > ROUTE_STATES_MAX))
		read_complain(
		    r, node, "'%s' must name 1 to %d states", "from", ROUTE_STATES_MAX);
	for (size_t i = 0; i < n; i++) {
		all[i] = read_state_name(r, read_entry(node, i), route);
		for (size_t k = 0; k < i; k++)
			if (*all[i] != '\0' && strcmp(all[k], all[i]) == 0)
				read_complain(r, read_entry(node, i),
				    "'%s' stands here twice", all[i]);
	}
	return all;
}

/* --- facts of the case ----------------------------------------------------------- */

static const char *
fact_at(const void *arg, size_t i)
{
	(void)arg;
	return i < 32 ? case_fact_name((enum case_fact)(1u << i)) : NULL;
}

static unsigned
read_case_facts(struct reader *r, const struct yaml_node *map, const char *key)
{
	const struct yaml_node *node  = yaml_get(map, key);
	unsigned                facts = 0;
	if (node == NULL) return 0;
	if (read_count(node) == 0)
		read_complain(r, node, "'%s' is empty: leave it out", key);
	for (size_t i = 0; i < read_count(node); i++) {
		const struct yaml_node *entry = read_entry(node, i);
		enum case_fact          f;
		if (yaml_text(entry) == NULL)
			read_complain(r, entry, "a fact must be one name");
		else if (!case_fact_from_name(yaml_text(entry), &f))
			read_unknown(r, entry, N_("fact of a case"), fact_at, NULL);
		else
			facts |= f;
	}
	return facts;
}

/* --- what would have to change --------------------------------------------------- */

static const char *
with_facts(struct reader *r, const char *text, const char *what, unsigned facts)
{
	const char *name, *sep = "";
	if (facts == 0) return text;
	text = read_printf(r, "%s; %s: ", text, what);
	for (size_t i = 0; (name = fact_at(NULL, i)) != NULL; i++) {
		if ((facts >> i & 1) == 0) continue;
		text = read_printf(r, "%s%s%s", text, sep, name);
		sep  = ", ";
	}
	return text;
}

/* "a step by police/avim, om; all of: enriched; none of: gate_failed" */
static const char *
words_for(struct reader *r, const struct step_info *step)
{
	const char *text = "a step by ", *sep = "";
	for (size_t i = 0; i < step->n_by; i++) {
		const struct seat_info *s = &step->by[i];
		text = read_printf(r, "%s%s%s%s%s", text, sep, s->role,
		    s->desk == NULL ? "" : "/", s->desk == NULL ? "" : s->desk);
		sep  = ", ";
	}
	text = with_facts(r, text, "all of", step->needs);
	return with_facts(r, text, "none of", step->forbids);
}

/* --- confirming ------------------------------------------------------------------ */

static bool
is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Whether STEP puts in force what was not in force where it begins. */
static bool
opens_new_ground(const struct route_info *route, const struct step_info *step)
{
	const struct state_info *to = route_state(route, step->to);
	if (to == NULL || to->convenant == NULL) return false;
	for (size_t i = 0; step->from[i] != NULL; i++) {
		const struct state_info *from = route_state(route, step->from[i]);
		if (from != NULL && !(is_same(from->convenant, to->convenant) &&
		                        is_same(from->phase, to->phase) &&
		                        is_same(from->purpose, to->purpose)))
			return true;
	}
	return false;
}

static bool
read_confirm(struct reader *r, const struct yaml_node *map,
    const struct route_info *route, const struct step_info *step)
{
	bool said = yaml_get(map, "confirm") != NULL;
	bool yes  = read_bool(r, map, "confirm");
	bool must = opens_new_ground(route, step);
	if (said && !yes && must)
		read_complain(
		    r, map, "a step into another convenant or phase must be confirmed");
	return yes || must;
}

/* --- one step -------------------------------------------------------------------- */

static bool
is_known(const struct policy *p, const struct route_info *route, const char *id)
{
	if (route_step(route, id) != NULL) return true;
	for (size_t i = 0; i + 1 < p->n_routes; i++)
		if (route_step(&p->routes[i], id) != NULL) return true;
	return false;
}

/* "nijmegen.verrijkt" for `id: verrijkt`, so that one id means one step of all routes. */
static const char *
read_step_id(
    struct reader *r, const struct yaml_node *map, const struct route_info *route)
{
	const char *id = read_id(r, map, "id");
	if (*id == '\0') return "";
	id = read_printf(r, "%s.%s", route->id, id);
	if (strlen(id) > RULE_ID_MAX)
		read_complain(
		    r, map, "'%s' is longer than %d bytes", id, (int)RULE_ID_MAX);
	else if (is_known(r->policy, route, id))
		read_complain(r, map, "step '%s' stands here twice", id);
	return id;
}

static void
read_step(struct reader *r, const struct yaml_node *map, const struct route_info *route,
    struct step_info *step)
{
	static const char *const none[] = {NULL};
	*step                           = (struct step_info){.id = "",
	                              .title_nl                  = "",
	                              .title_en                  = "",
	                              .article                   = "",
	                              .change                    = "",
	                              .from                      = none,
	                              .to                        = "",
	                              .file                      = route->file,
	                              .line                      = yaml_line(map),
	                              .column                    = yaml_column(map)};
	if (!read_is_map(r, map, "a step")) return;
	step->id = read_step_id(r, map, route);
	read_title(r, map, "title", &step->title_nl, &step->title_en);
	step->article = read_text(r, map, "article", 200);
	step->from    = read_from(r, map, route);
	step->to      = read_state_name(r, read_needed(r, map, "to"), route);
	(void)read_needed(r, map, "by");
	step->by      = read_seat_infos(r, map, "by", NULL, &step->n_by);
	step->needs   = read_case_facts(r, map, "needs");
	step->forbids = read_case_facts(r, map, "unless");
	if ((step->needs & step->forbids) != 0)
		read_complain(r, map, "a fact stands in 'needs' and in 'unless' as well");
	step->confirm = read_confirm(r, map, route, step);
	step->change  = yaml_get(map, "change") == NULL ? words_for(r, step)
	                                                : read_text(r, map, "change", 400);
	read_no_more(r, map);
}

void
read_steps(struct reader *r, const struct yaml_node *root, struct route_info *route)
{
	const struct yaml_node *list = read_list(r, root, "steps", ROUTE_STEPS_MAX);
	size_t                  n    = list == NULL ? 0 : yaml_length(list);
	struct step_info       *all  = read_alloc(r, n, sizeof *all);
	route->steps                 = all;
	for (size_t i = 0; all != NULL && i < n; i++) {
		read_step(r, yaml_item(list, i), route, &all[i]);
		route->n_steps++;
	}
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* read_states.c - `states` of a route: what each puts in force and asks for. */
#include <string.h>

#include "policy/read/read.h"

/* --- what is in force ------------------------------------------------------------ */

/* The text under KEY, which must be one of NAMES; NULL after a complaint. */
static const char *
read_one_of(struct reader *r, const struct yaml_node *map, const char *key,
    const char *kind, const char *const *names)
{
	const struct yaml_node *node = read_needed(r, map, key);
	const char             *word = node == NULL ? NULL : yaml_text(node);
	if (node == NULL) return NULL;
	if (word == NULL) {
		read_complain(
		    r, node, "a %s must be one name", finding_tr(r->findings, kind));
		return NULL;
	}
	for (size_t i = 0; names[i] != NULL; i++)
		if (strcmp(names[i], word) == 0) return names[i];
	read_unknown(r, node, kind, name_in_array, names);
	return NULL;
}

static void
read_in_force(struct reader *r, const struct yaml_node *map, struct state_info *state)
{
	const struct yaml_node *node = yaml_get(map, "in_force");
	if (node == NULL || !read_is_map(r, node, "'in_force'")) return;
	const struct yaml_node *name = read_needed(r, node, "convenant");
	const char             *text = name == NULL ? NULL : yaml_text(name);
	const struct convenant *c    = convenant_find(r->policy, text);
	if (name != NULL && text == NULL)
		read_complain(r, name, "a convenant must be one name");
	else if (name != NULL && c == NULL)
		read_unknown(r, name, N_("convenant"), convenant_at, r->policy);
	(void)yaml_get(node, "phase"), (void)yaml_get(node, "purpose");
	if (c != NULL && c->info.phases != NULL && c->info.purposes != NULL) {
		state->convenant = c->info.id;
		state->phase = read_one_of(r, node, "phase", N_("phase"), c->info.phases);
		state->purpose =
		    read_one_of(r, node, "purpose", N_("purpose"), c->info.purposes);
	}
	read_no_more(r, node);
}

/* --- what is due ----------------------------------------------------------------- */

static void
read_due_by(struct reader *r, const struct yaml_node *map, struct due_info *due)
{
	const struct yaml_node *by   = read_needed(r, map, "by");
	const char             *word = by == NULL ? NULL : yaml_text(by);
	due->sources                 = word != NULL && strcmp(word, "sources") == 0;
	due->assigned                = word != NULL && strcmp(word, "assigned") == 0;
	bool asked                   = word != NULL && strcmp(word, "asked") == 0;
	if (by != NULL && !due->sources && !due->assigned && !asked)
		due->by = read_seat_infos(r, map, "by", NULL, &due->n_by);
}

static void
read_due(struct reader *r, const struct yaml_node *map, struct due_info *due)
{
	*due = (struct due_info){.article = ""};
	if (!read_is_map(r, map, "what is due")) return;
	const struct yaml_node *task = read_needed(r, map, "task");
	if (task != NULL)
		due->kind = (Sluis__TaskKind)read_enum(
		    r, task, &sluis__task_kind__descriptor, "TASK_", N_("task"));
	read_due_by(r, map, due);
	if (yaml_get(map, "days") != NULL)
		due->days = read_number(r, map, "days", 1, KEEP_DAYS_MAX);
	if (yaml_get(map, "article") != NULL)
		due->article = read_text(r, map, "article", 200);
	read_no_more(r, map);
}

static void
read_dues(struct reader *r, const struct yaml_node *map, struct state_info *state)
{
	if (yaml_get(map, "due") == NULL) return;
	const struct yaml_node *list = read_list(r, map, "due", DUES_MAX);
	size_t                  n    = list == NULL ? 0 : yaml_length(list);
	struct due_info        *all  = read_alloc(r, n, sizeof *all);
	if (all == NULL) return;
	for (size_t i = 0; i < n; i++) read_due(r, yaml_item(list, i), &all[i]);
	state->dues   = all;
	state->n_dues = n;
}

/* --- what entering it does ------------------------------------------------------- */

static void
read_recalls(struct reader *r, const struct yaml_node *map, struct state_info *state)
{
	const struct yaml_node *node = yaml_get(map, "recalls");
	if (node == NULL || !read_is_map(r, node, "'recalls'")) return;
	const struct yaml_node *list   = read_list(r, node, "convenants", CONVENANTS_MAX);
	const struct yaml_node *ground = read_needed(r, node, "ground");
	size_t                  n      = list == NULL ? 0 : yaml_length(list);
	const char            **all    = read_alloc(r, n + 1, sizeof *all);
	for (size_t i = 0; all != NULL && i < n; i++) {
		const struct yaml_node *entry = yaml_item(list, i);
		const struct convenant *c = convenant_find(r->policy, yaml_text(entry));
		all[i]                    = c == NULL ? "" : c->info.id;
		if (yaml_text(entry) == NULL)
			read_complain(r, entry, "a convenant must be one name");
		else if (c == NULL)
			read_unknown(r, entry, N_("convenant"), convenant_at, r->policy);
	}
	state->recalls = all;
	if (ground != NULL)
		state->recall_ground = (Sluis__RecallGround)read_enum(r, ground,
		    &sluis__recall_ground__descriptor, "RECALL_", N_("ground"));
	read_no_more(r, node);
}

static const char *
gate_at(const void *arg, size_t i)
{
	const struct policy *p = arg;
	for (size_t k = 0; k < p->n_convenants; k++) {
		const struct convenant *c = &p->convenants[k];
		if (i < c->n_gates) return c->gates[i].id;
		i -= c->n_gates;
	}
	return NULL;
}

static void
read_gate_name(struct reader *r, const struct yaml_node *map, struct state_info *state)
{
	const struct yaml_node *node = yaml_get(map, "gate");
	if (node == NULL) return;
	const struct gate_info *gate = policy_gate(r->policy, yaml_text(node));
	if (gate != NULL)
		state->gate = gate->id;
	else if (yaml_text(node) == NULL)
		read_complain(r, node, "a gate must be one name");
	else
		read_unknown(r, node, N_("gate"), gate_at, r->policy);
}

static void
read_end_of_case(struct reader *r, const struct yaml_node *map, struct state_info *state)
{
	state->closed  = read_bool(r, map, "closed");
	state->shields = read_bool(r, map, "shields");
	if (yaml_get(map, "keep_days") != NULL)
		state->keep_days = read_number(r, map, "keep_days", 0, KEEP_DAYS_MAX);
	if (state->shields && !state->closed)
		read_complain(r, map, "only a closed state shields");
	if (yaml_get(map, "keep_days") != NULL && !state->closed)
		read_complain(r, map, "only a closed state has 'keep_days'");
}

/* --- one state ------------------------------------------------------------------- */

static void
read_state(struct reader *r, const struct yaml_node *map, const struct route_info *route,
    struct state_info *state)
{
	static const char *const none[] = {NULL};
	*state                          = (struct state_info){
	                             .id = "", .title_nl = "", .title_en = "", .recalls = none};
	if (!read_is_map(r, map, "a state")) return;
	const char *id = read_id(r, map, "id");
	if (*id != '\0' && route_state(route, id) != NULL)
		read_complain(r, map, "state '%s' stands here twice", id);
	state->id = id;
	read_title(r, map, "title", &state->title_nl, &state->title_en);
	read_in_force(r, map, state);
	read_gate_name(r, map, state);
	read_dues(r, map, state);
	read_end_of_case(r, map, state);
	read_recalls(r, map, state);
	if (state->recalls == NULL) state->recalls = none;
	read_no_more(r, map);
}

void
read_states(struct reader *r, const struct yaml_node *root, struct route_info *route)
{
	const struct yaml_node *list = read_list(r, root, "states", ROUTE_STATES_MAX);
	size_t                  n    = list == NULL ? 0 : yaml_length(list);
	struct state_info      *all  = read_alloc(r, n, sizeof *all);
	route->states                = all;
	for (size_t i = 0; all != NULL && i < n; i++) {
		read_state(r, yaml_item(list, i), route, &all[i]);
		route->n_states++;
	}
}

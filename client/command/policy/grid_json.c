/* SPDX-License-Identifier: EUPL-1.2 */
/* grid_json.c - grids and routes as JSON. */
#include "client/command/policy/grid_json.h"

#include <stdlib.h>
#include <string.h>

#include "client/command/policy/condition_text.h"
#include "client/command/policy/grid_text.h"
#include "proto/auto.h"

/* --- small parts ----------------------------------------------------------------- */

static json_t *
seat_json(const struct grid_seat *s)
{
	if (s->desk == NULL) return json_string(s->role);
	return json_sprintf("%s/%s", s->role, s->desk);
}

static json_t *
seats_json(const struct grid_seat *s, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(list, seat_json(&s[i]));
	return list;
}

static json_t *
senders_json(const struct grid *g, uint64_t set)
{
	json_t *list = json_array();

	for (size_t i = 0; i < g->n_senders; i++)
		if ((set & g->scope.senders) >> i & 1)
			(void)json_array_append_new(list, seat_json(&g->senders[i]));
	return list;
}

static json_t *
purposes_json(const struct grid *g, uint16_t set)
{
	json_t *list = json_array();

	for (size_t i = 0; g->convenant->purposes[i] != NULL; i++)
		if ((set >> i & 1) != 0)
			(void)json_array_append_new(
			    list, json_string(g->convenant->purposes[i]));
	return list;
}

/* Put FACTS under KEY, if there are any. */
static void
set_facts(json_t *o, const char *key, factset facts)
{
	json_t *list = facts == 0 ? NULL : json_array();

	for (factset rest = facts; rest != 0; rest &= rest - 1)
		(void)json_array_append_new(
		    list, json_string(fact_name((enum fact)__builtin_ctzll(rest))));
	if (list != NULL) (void)json_object_set_new(o, key, list);
}

/* What of the clause says something: senders and purposes only where not all are meant.
 */
static json_t *
clause_json(const struct grid *g, const struct clause *c)
{
	json_t *o = json_pack("{s:s, s:s}", "action",
	    sluis_action_name((enum sluis_action)c->action), "rule",
	    policy_rule_info(g->policy, c->rule)->id);

	if (c->generalise != GENERALISE_NONE)
		(void)json_object_set_new(o, "to",
		    json_string(generalise_name((enum generalise)c->generalise)));
	if ((g->scope.senders & ~c->senders) != 0)
		(void)json_object_set_new(o, "from", senders_json(g, c->senders));
	if ((g->scope.purposes & ~c->purposes) != 0)
		(void)json_object_set_new(o, "purposes", purposes_json(g, c->purposes));
	set_facts(o, "when", c->when);
	set_facts(o, "when_any", c->when_any);
	set_facts(o, "unless", c->unless);
	return o;
}

static const char *
restriction_name(enum restriction kind)
{
	switch (kind) {
	case RESTRICTION_REFUSES:
		return "refuse";
	case RESTRICTION_EXCLUDES:
		return "exclude";
	case RESTRICTION_SUPPLIER:
		return "supplier_refuses";
	case RESTRICTION_NARROWS:
		break;
	}
	return "withhold";
}

static json_t *
restriction_json(const struct grid *g, const struct grid_restriction *r)
{
	AUTO(auto_free) char *words = restriction_words(g, r, false);
	json_t               *o     = clause_json(g, &r->clause);
	json_t               *left  = json_array();

	(void)json_object_set_new(o, "action", json_string(restriction_name(r->kind)));
	for (size_t i = 0; i < r->n_left; i++)
		(void)json_array_append_new(left, json_string(r->left[i]));
	(void)json_object_set_new(
	    o, "condition", json_string(words != NULL ? words : ""));
	if (r->kind == RESTRICTION_REFUSES || r->kind == RESTRICTION_EXCLUDES)
		(void)json_object_set_new(o, "code", json_string(rc_name(r->code)));
	(void)json_object_set_new(o, "recipients", seats_json(r->seats, r->n_seats));
	if (r->kind == RESTRICTION_NARROWS)
		(void)json_object_set_new(o, "only", left);
	else
		json_decref(left);
	return o;
}

static json_t *
cell_json(const struct grid *g, const struct grid_cell *cell)
{
	AUTO(auto_free) char *condition = cell_condition(g, cell, false);
	json_t               *clauses   = json_array();

	for (size_t i = 0; i < cell->n; i++)
		(void)json_array_append_new(clauses, clause_json(g, &cell->clauses[i]));
	return json_pack("{s:b, s:s, s:o}", "gives",
	    clauses_give_nothing(cell->clauses, cell->n) ? 0 : 1, "condition",
	    condition != NULL ? condition : "", "clauses", clauses);
}

static json_t *
fields_json(const struct grid_row *row)
{
	json_t *list = json_array();

	for (size_t i = 0; i < row->n_fields; i++)
		(void)json_array_append_new(list, json_string(row->fields[i]->path));
	return list;
}

/* --- whole grids ----------------------------------------------------------------- */

static json_t *
head_json(const struct grid *g)
{
	json_t *above = json_array();

	for (size_t i = 0; i < g->n_restrictions; i++)
		(void)json_array_append_new(
		    above, restriction_json(g, &g->restrictions[i]));
	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "convenant", g->convenant->id,
	    "phase", g->phase, "audience", g->audience, "from",
	    senders_json(g, g->scope.senders), "purposes",
	    purposes_json(g, g->scope.purposes), "restrictions", above);
}

static json_t *
row_json(const struct grid *g, size_t row)
{
	json_t *cells = json_array();

	for (size_t i = 0; i < g->n_columns; i++)
		(void)json_array_append_new(cells, cell_json(g, grid_at(g, row, i)));
	return json_pack("{s:s, s:b, s:o, s:o}", "category", g->rows[row].category,
	    "whole", g->rows[row].whole ? 1 : 0, "fields", fields_json(&g->rows[row]),
	    "cells", cells);
}

json_t *
grid_json(const struct grid *g)
{
	json_t *o = head_json(g), *columns = json_array(), *rows = json_array();

	for (size_t i = 0; i < g->n_columns; i++)
		(void)json_array_append_new(
		    columns, seats_json(g->columns[i].seats, g->columns[i].n));
	for (size_t i = 0; i < g->n_rows; i++)
		(void)json_array_append_new(rows, row_json(g, i));
	(void)json_object_set_new(o, "to", columns);
	(void)json_object_set_new(o, "rows", rows);
	return o;
}

/* --- routes ---------------------------------------------------------------------- */

static json_t *
due_json(const struct grid *g, const struct grid_column *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->n_obligations; i++) {
		const struct grid_obligation *d = &c->obligations[i];
		json_t *o = json_pack("{s:s, s:s, s:b, s:s, s:s}", "id", d->info->id,
		    "article", d->info->article, "every_copy", d->every_copy ? 1 : 0,
		    "text_nl", d->info->text_nl, "text_en", d->info->text_en);
		if (d->info->term_days != 0)
			(void)json_object_set_new(
			    o, "term_days", json_integer(d->info->term_days));
		set_facts(o, "when", d->when);
		set_facts(o, "when_any", d->when_any);
		set_facts(o, "unless", d->unless);
		if ((g->scope.purposes & ~d->purposes) != 0)
			(void)json_object_set_new(
			    o, "purposes", purposes_json(g, d->purposes));
		(void)json_array_append_new(list, o);
	}
	return list;
}

json_t *
grid_routes_json(const struct grid *g)
{
	json_t *list = json_array();

	for (size_t i = 0; i < g->n_columns; i++) {
		json_t *o = head_json(g), *gives = json_array();
		for (size_t k = 0; k < g->n_rows; k++) {
			const struct grid_cell *cell = grid_at(g, k, i);
			if (clauses_give_nothing(cell->clauses, cell->n)) continue;
			json_t *item = cell_json(g, cell);
			(void)json_object_set_new(
			    item, "category", json_string(g->rows[k].category));
			(void)json_object_set_new(
			    item, "fields", fields_json(&g->rows[k]));
			(void)json_array_append_new(gives, item);
		}
		(void)json_object_set_new(
		    o, "to", seats_json(g->columns[i].seats, g->columns[i].n));
		(void)json_object_set_new(o, "gives", gives);
		(void)json_object_set_new(o, "due", due_json(g, &g->columns[i]));
		(void)json_array_append_new(list, o);
	}
	return list;
}

/* --- what a query asks ----------------------------------------------------------- */

static rc
add_grid(void *arg, const struct grid *g)
{
	return json_array_append_new(arg, grid_json(g)) == 0 ? RC_OK : RC_NOMEM;
}

static rc
add_routes(void *arg, const struct grid *g)
{
	json_t *routes = grid_routes_json(g);
	int     failed = json_array_extend(arg, routes);

	json_decref(routes);
	return failed == 0 ? RC_OK : RC_NOMEM;
}

rc
grids_json(const struct policy *p, const struct grid_query *q, bool routes, json_t **ret)
{
	json_t *list = json_array();
	rc      code = policy_grids(p, q, routes ? add_routes : add_grid, list);

	if (code != RC_OK) {
		json_decref(list);
		return code;
	}
	*ret = json_pack("{s:o}", routes ? "routes" : "grids", list);
	return *ret != NULL ? RC_OK : RC_NOMEM;
}

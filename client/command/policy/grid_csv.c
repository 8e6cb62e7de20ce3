/* SPDX-License-Identifier: EUPL-1.2 */
/* grid_csv.c - grids and routes as CSV, for a spreadsheet. */
#include <stdlib.h>
#include <string.h>

#include "client/command/policy/condition_text.h"
#include "client/command/policy/csv.h"
#include "client/command/policy/grid_json.h"
#include "client/command/policy/grid_print.h"
#include "client/command/policy/grid_text.h"
#include "policy/arena.h"
#include "proto/auto.h"

enum { RECIPIENTS_MAX_CSV = 512, FIXED = 5, CSV_BYTES = 32 * 1024 * 1024 };

struct sheet {
	struct cli   *cli;
	struct arena *arena;
	size_t        n; /* recipients: columns after the fixed ones */
	const char   *names[RECIPIENTS_MAX_CSV];
	const char   *cells[FIXED + RECIPIENTS_MAX_CSV];
};

/* --- texts ----------------------------------------------------------------------- */

/* TEXT (consumed) in the arena; "" without memory. */
static const char *
keep(struct arena *arena, char *text)
{
	const char *kept = text == NULL ? NULL : arena_copy(arena, text, strlen(text));

	free(text);
	return kept != NULL ? kept : "";
}

static const char *
seat_name(struct arena *arena, const struct grid_seat *s)
{
	const char *text = arena_printf(arena, "%s%s%s", s->role,
	    s->desk != NULL ? "/" : "", s->desk != NULL ? s->desk : "");

	return text != NULL ? text : "";
}

static const char *
field_names(struct arena *arena, const struct grid_row *row)
{
	const char *text = "";

	for (size_t i = 0; text != NULL && i < row->n_fields; i++)
		text = arena_printf(
		    arena, "%s%s%s", text, i == 0 ? "" : " ", row->fields[i]->path);
	return text != NULL ? text : "";
}

/* --- the table ------------------------------------------------------------------- */

static size_t
recipient_number(struct sheet *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->names[i], name) == 0) return i;
	return s->n;
}

static rc
gather_recipients(void *arg, const struct grid *g)
{
	struct sheet *s = arg;

	for (size_t i = 0; i < g->n_columns; i++) {
		for (size_t k = 0; k < g->columns[i].n; k++) {
			const char *name = seat_name(s->arena, &g->columns[i].seats[k]);
			if (recipient_number(s, name) < s->n) continue;
			if (s->n == RECIPIENTS_MAX_CSV) return RC_TOO_MANY;
			s->names[s->n++] = name;
		}
	}
	return RC_OK;
}

static const char *
cell_text(struct arena *arena, const struct grid *g, size_t row, size_t column)
{
	const struct grid_cell *cell      = grid_at(g, row, column);
	const char             *words     = keep(arena, cell_words(cell));
	const char             *condition = keep(arena, cell_condition(g, cell, false));
	const char             *rules     = keep(arena, row_rules(g, row, column));
	const char             *text      = arena_printf(arena, "%s%s%s%s%s%s", words,
            condition[0] == '\0' ? "" : "; ", condition, rules[0] == '\0' ? "" : " [",
	                     rules, rules[0] == '\0' ? "" : "]");

	return text != NULL ? text : "";
}

static void
print_row(struct sheet *s, struct arena *arena, const struct grid *g, size_t row)
{
	s->cells[0] = g->convenant->id;
	s->cells[1] = g->phase;
	s->cells[2] = g->audience;
	s->cells[3] = g->rows[row].category;
	s->cells[4] = field_names(arena, &g->rows[row]);
	for (size_t i = 0; i < s->n; i++) s->cells[FIXED + i] = "";
	for (size_t i = 0; i < g->n_columns; i++) {
		const char *text = cell_text(arena, g, row, i);
		for (size_t k = 0; k < g->columns[i].n; k++) {
			const char *name = seat_name(arena, &g->columns[i].seats[k]);
			s->cells[FIXED + recipient_number(s, name)] = text;
		}
	}
	csv_row(s->cli->out, s->cells, FIXED + s->n);
}

static rc
print_rows(void *arg, const struct grid *g)
{
	AUTO(arena_wipe) struct arena arena = arena_init(CSV_BYTES);

	for (size_t i = 0; i < g->n_rows; i++) print_row(arg, &arena, g, i);
	return RC_OK;
}

rc
grids_csv(struct cli *cli, const struct policy *p, const struct grid_query *q)
{
	static const char *const fixed[FIXED] = {
	    "convenant", "phase", "audience", "category", "fields"};
	AUTO(arena_wipe) struct arena arena = arena_init(CSV_BYTES);
	AUTO(auto_free) struct sheet *s     = calloc(1, sizeof *s);

	if (s == NULL) return RC_NOMEM;
	s->cli   = cli;
	s->arena = &arena;
	TRY(policy_grids(p, q, gather_recipients, s));
	memcpy(s->cells, fixed, sizeof fixed);
	memcpy(s->cells + FIXED, s->names, s->n * sizeof s->names[0]);
	csv_row(cli->out, s->cells, FIXED + s->n);
	return policy_grids(p, q, print_rows, s);
}

/* --- routes ---------------------------------------------------------------------- */

static const char *
due_names(struct arena *arena, const struct grid_column *c)
{
	const char *text = "";

	for (size_t i = 0; text != NULL && i < c->n_obligations; i++)
		text = arena_printf(
		    arena, "%s%s%s", text, i == 0 ? "" : " ", c->obligations[i].info->id);
	return text != NULL ? text : "";
}

static const char *
sender_names(struct arena *arena, const struct grid *g)
{
	const char *text = "";

	for (size_t i = 0; text != NULL && i < g->n_senders; i++) {
		if ((g->scope.senders >> i & 1) == 0) continue;
		text = arena_printf(arena, "%s%s%s", text, text[0] == '\0' ? "" : " ",
		    seat_name(arena, &g->senders[i]));
	}
	return text != NULL ? text : "";
}

static rc
print_routes(void *arg, const struct grid *g)
{
	AUTO(arena_wipe) struct arena arena = arena_init(CSV_BYTES);
	const struct cli             *cli   = arg;
	const char                   *from  = sender_names(&arena, g);

	for (size_t i = 0; i < g->n_columns; i++) {
		const struct grid_column *c   = &g->columns[i];
		const char               *due = due_names(&arena, c);
		for (size_t k = 0; k < c->n * g->n_rows; k++) {
			size_t                  row  = k % g->n_rows;
			const struct grid_cell *cell = grid_at(g, row, i);
			if (clauses_give_nothing(cell->clauses, cell->n)) continue;
			const char *cells[] = {g->convenant->id, g->phase, g->audience,
			    from, seat_name(&arena, &c->seats[k / g->n_rows]),
			    keep(&arena, cell_words(cell)),
			    keep(&arena, cell_condition(g, cell, false)),
			    g->rows[row].category, field_names(&arena, &g->rows[row]),
			    keep(&arena, row_rules(g, row, i)), due};
			csv_row(cli->out, cells, sizeof cells / sizeof cells[0]);
		}
	}
	return RC_OK;
}

static rc
print_nothing(void *arg, const struct grid *g)
{
	(void)arg;
	(void)g;
	return RC_OK;
}

rc
routes_csv(struct cli *cli, const struct policy *p, const struct grid_query *q)
{
	static const char *const headings[] = {"convenant", "phase", "audience", "from",
	    "to", "what", "condition", "category", "fields", "rules", "due"};

	TRY(policy_grids(p, q, print_nothing, NULL)); /* before the headings */
	csv_row(cli->out, headings, sizeof headings / sizeof headings[0]);
	return policy_grids(p, q, print_routes, cli);
}

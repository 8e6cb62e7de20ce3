/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * routes_print.c - routes on the terminal, a hundred columns wide.
 *
 *	--> police (Politie Rivierenland)
 *	  in full            Process data, coarse; Identity
 *	  in full            only if the person is a victim: Health
 *	  due                retain (within 1826 days), onward
 */
#include <stdlib.h>
#include <string.h>

#include "client/command/policy/grid_page.h"
#include "client/command/policy/grid_print.h"
#include "client/command/policy/grid_text.h"
#include "client/command/policy/paper.h"
#include "client/command/policy/routes.h"
#include "proto/auto.h"

enum { WIDTH_MAX = 100, INDENT = 24, AUDIENCES = 4 };

struct printer {
	FILE                         *to; /* the present grid */
	struct cli                   *cli;
	const struct policy          *p;
	size_t                        n, width;
	const struct convenant_info  *last; /* whose duties are still to be told */
	size_t                        n_due;
	const struct obligation_info *due[256];
	char                         *above; /* the restrictions told last */
	struct body {
		char       *text; /* of the last grid of this audience */
		const char *phase;
	} bodies[AUDIENCES];
};

/* --- one route ------------------------------------------------------------------- */

static void
print_to(struct printer *x, const struct route *r)
{
	const struct grid_column *c    = &r->grid->columns[r->column];
	char                     *text = NULL;
	size_t                    size;
	FILE                     *to = open_memstream(&text, &size);

	if (to == NULL) return;
	say_seats(to, x->p, c->seats, c->n, false);
	for (size_t i = 0; i < r->n_parties; i++)
		(void)fprintf(to, "%s%s", i == 0 ? " (" : ", ", r->parties[i]->name);
	if (r->n_parties != 0) (void)fputc(')', to);
	if (r->n_parties == 0) (void)fprintf(to, " (%s)", tr("no party"));
	(void)fclose(to);
	(void)fputc('\n', x->to);
	paper_text(x->to, x->width, "-->", 4, text);
	free(text);
}

static void
print_line(struct printer *x, const struct route *r, const struct route_line *l,
    struct arena *arena)
{
	const char *what = route_categories(r, l, arena);
	const char *text = l->condition[0] == '\0'
	                       ? what
	                       : arena_printf(arena, "%s: %s", l->condition, what);
	char        first[96];

	(void)snprintf(first, sizeof first, "    %s", l->words);
	paper_text(x->to, x->width, first, INDENT, text != NULL ? text : "");
}

static void
remember(struct printer *x, const struct obligation_info *o)
{
	for (size_t i = 0; i < x->n_due; i++) {
		if (x->due[i] == o) return;
	}
	if (x->n_due < sizeof x->due / sizeof x->due[0]) x->due[x->n_due++] = o;
}

static void
print_due(struct printer *x, const struct route *r, struct arena *arena)
{
	const struct grid_column *c    = &r->grid->columns[r->column];
	const char               *text = "";

	for (size_t i = 0; text != NULL && i < c->n_obligations; i++) {
		const struct grid_obligation *o    = &c->obligations[i];
		const char                   *when = route_due(r->grid, o, arena);
		remember(x, o->info);
		text = arena_printf(arena, "%s%s%s%s%s%s", text, i == 0 ? "" : "; ",
		    o->info->id, when[0] == '\0' ? "" : " (", when,
		    when[0] == '\0' ? "" : ")");
	}
	if (text == NULL || text[0] == '\0') return;
	char first[96];
	(void)snprintf(first, sizeof first, "    %s", tr("due"));
	paper_text(x->to, x->width, first, INDENT, text);
}

static rc
print_route(struct printer *x, const struct grid *g, size_t column)
{
	AUTO(arena_wipe) struct arena arena = arena_init(ROUTE_BYTES);
	AUTO(auto_free) struct route *r     = calloc(1, sizeof *r);

	if (r == NULL) return RC_NOMEM;
	TRY(route_read(g, column, false, &arena, r));
	if (r->n == 0) return RC_OK;
	print_to(x, r);
	for (size_t i = 0; i < r->n; i++) print_line(x, r, &r->lines[i], &arena);
	print_due(x, r, &arena);
	return RC_OK;
}

/* --- one convenant, phase and audience ------------------------------------------- */

static void
end_convenant(struct printer *x)
{
	size_t indent = 0;

	for (size_t i = 0; i < x->n_due; i++) {
		size_t n = strlen(x->due[i]->id);
		indent   = n > indent ? n : indent;
	}
	if (x->n_due != 0) (void)fprintf(x->cli->out, "%s\n", tr("What is due:"));
	for (size_t i = 0; i < x->n_due; i++) {
		char first[96], text[1024];
		(void)snprintf(first, sizeof first, "  %s", x->due[i]->id);
		(void)snprintf(text, sizeof text, "%s (%s)", obligation_text(x->due[i]),
		    x->due[i]->article);
		paper_text(x->cli->out, x->width, first, indent + 4, text);
	}
	if (x->n_due != 0) (void)fputc('\n', x->cli->out);
	x->n_due = 0;
	free(x->above);
	x->above = NULL;
	for (size_t i = 0; i < AUDIENCES; i++) {
		free(x->bodies[i].text);
		x->bodies[i] = (struct body){NULL, NULL};
	}
}

/* --- how many categories go from whom to whom ------------------------------------ */

static const char *
seat_name(const struct grid *g, const struct grid_seat *s, size_t n, struct arena *arena)
{
	char  *text = NULL;
	size_t size;
	FILE  *to = open_memstream(&text, &size);

	for (size_t i = 0; to != NULL && i < n; i++) {
		if (i != 0) (void)fputc('\n', to);
		say_seat(to, g->policy, &s[i], false);
	}
	if (to != NULL) (void)fclose(to);
	const char *kept = text == NULL ? NULL : arena_copy(arena, text, strlen(text));
	free(text);
	return kept != NULL ? kept : "";
}

static rc
overview_row(struct paper *t, const struct grid *g, size_t sender, struct arena *arena)
{
	size_t           *counts = arena_alloc(arena, g->n_columns, sizeof *counts);
	struct paper_row *row    = &t->rows[t->n_rows];

	row->label   = seat_name(g, &g->senders[sender], 1, arena);
	row->cells   = arena_alloc(arena, g->n_columns, sizeof *row->cells);
	row->colours = arena_alloc(arena, g->n_columns, sizeof *row->colours);
	if (counts == NULL || row->cells == NULL || row->colours == NULL) return RC_NOMEM;
	TRY(route_counts(g, sender, counts));
	for (size_t i = 0; i < g->n_columns; i++) {
		const char *text = arena_printf(arena, "%zu", counts[i]);
		row->cells[i]    = counts[i] == 0 || text == NULL ? "-" : text;
	}
	t->n_rows++;
	return RC_OK;
}

static rc
print_overview(struct printer *x, const struct grid *g)
{
	AUTO(arena_wipe) struct arena arena = arena_init(ROUTE_BYTES);
	AUTO(auto_free) struct paper *t     = calloc(1, sizeof *t);

	if (t == NULL) return RC_NOMEM;
	t->to        = x->to;
	t->width     = x->width;
	t->label     = tr("FROM / TO");
	t->n_columns = g->n_columns;
	for (size_t i = 0; i < g->n_columns; i++)
		t->headings[i] =
		    seat_name(g, g->columns[i].seats, g->columns[i].n, &arena);
	for (size_t i = 0; i < g->n_senders && t->n_rows < PAPER_ROWS_MAX; i++) {
		if ((g->scope.senders >> i & 1) != 0) TRY(overview_row(t, g, i, &arena));
	}
	(void)fprintf(x->to, "\n%s\n",
	    tr("How many categories may go from whom to whom, some under conditions:"));
	paper_print(t);
	return RC_OK;
}

/* --- one grid after another ------------------------------------------------------ */

/* What comes before any route; whether it was told just before. */
static bool
print_above(struct printer *x, struct page *p)
{
	char  *text = NULL;
	size_t size;

	p->to = open_memstream(&text, &size);
	if (p->to != NULL) {
		page_restrictions(p);
		(void)fclose(p->to);
	}
	p->to     = x->cli->out;
	bool same = text != NULL && x->above != NULL && strcmp(text, x->above) == 0;
	if (text != NULL && !same) (void)fputs(text, p->to);
	free(x->above);
	x->above = text;
	return same;
}

static rc
print_body(struct printer *x, const struct grid *g, char **ret)
{
	size_t size;
	rc     code = RC_OK;

	x->to = open_memstream(ret, &size);
	if (x->to == NULL) return RC_NOMEM;
	bool some = routes_exist(g);
	if (!some) (void)fprintf(x->to, "%s\n", routes_none());
	if (some && !grid_is_of_one_sender(g)) code = print_overview(x, g);
	for (size_t i = 0; code == RC_OK && i < g->n_columns; i++)
		code = print_route(x, g, i);
	(void)fclose(x->to);
	x->to = x->cli->out;
	return code;
}

static rc
print_or_refer(struct printer *x, const struct grid *g, bool same_restrictions)
{
	AUTO(auto_free) char *body = NULL;
	enum audience         a    = AUDIENCE_SIGNATORY;

	TRY(print_body(x, g, &body));
	bool         known = audience_from_name(g->audience, &a);
	struct body *last =
	    &x->bodies[known ? __builtin_ctz((unsigned)a) % AUDIENCES : 0];
	if (same_restrictions && last->text != NULL && strcmp(body, last->text) == 0) {
		(void)fprintf(x->to, tr("The same as in phase %s."), last->phase);
		(void)fputs("\n\n", x->to);
		return RC_OK;
	}
	(void)fprintf(x->to, "%s\n", body);
	free(last->text);
	*last = (struct body){TAKE(body), g->phase};
	return RC_OK;
}

static rc
print_grid(void *arg, const struct grid *g)
{
	AUTO(arena_wipe) struct arena arena = arena_init(ROUTE_BYTES);
	AUTO(auto_free) struct page  *p     = calloc(1, sizeof *p);
	struct printer               *x     = arg;

	if (p == NULL) return RC_NOMEM;
	*p = (struct page){.to = x->cli->out, .width = x->width, .g = g, .arena = &arena};
	if (x->last != g->convenant) {
		end_convenant(x);
		page_convenant(p);
	}
	x->last = g->convenant;
	x->n++;
	(void)fprintf(p->to, "--- %s, %s %s: %s ---\n", g->convenant->id, tr("phase"),
	    g->phase, audience_words(g->audience));
	return print_or_refer(x, g, print_above(x, p));
}

rc
routes_print(
    struct cli *cli, const struct policy *p, const struct grid_query *q, size_t *ret_n)
{
	AUTO(auto_free) struct printer *x = calloc(1, sizeof *x);

	if (x == NULL) return RC_NOMEM;
	x->cli   = cli;
	x->to    = cli->out;
	x->p     = p;
	x->width = paper_width(cli->out);
	if (x->width > WIDTH_MAX) x->width = WIDTH_MAX;
	rc code = policy_grids(p, q, print_grid, x);
	end_convenant(x);
	*ret_n = x->n;
	return code;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* routes_html.c - the signalenroutekaart as one page. */
#include <stdlib.h>
#include <string.h>

#include "client/command/policy/grid_text.h"
#include "client/command/policy/html_grid.h"
#include "client/command/policy/routes.h"
#include "proto/auto.h"

struct writer {
	FILE                        *to;
	const struct policy         *p;
	const struct convenant_info *open; /* whose section is not closed yet */
};

/* --- tables ---------------------------------------------------------------------- */

static void
begin_table(FILE *to, const char *id, const char *caption)
{
	(void)fprintf(to,
	    "<div class=\"wide\" role=\"region\" tabindex=\"0\" "
	    "aria-labelledby=\"cap-%s\">\n<table>\n<caption id=\"cap-%s\">",
	    id, id);
	html_text(to, caption);
	(void)fputs("</caption>\n", to);
}

static void
end_table(FILE *to)
{
	(void)fputs("</tbody>\n</table>\n</div>\n", to);
}

static void
column(FILE *to, const char *text)
{
	(void)fputs("<th scope=\"col\">", to);
	html_text(to, text);
	(void)fputs("</th>", to);
}

/* --- from whom to whom ----------------------------------------------------------- */

static rc
overview_row(FILE *to, const struct grid *g, size_t sender)
{
	AUTO(auto_free) char   *name   = seat_words(g->policy, &g->senders[sender]);
	AUTO(auto_free) size_t *counts = calloc(g->n_columns + 1, sizeof *counts);

	if (name == NULL || counts == NULL) return RC_NOMEM;
	TRY(route_counts(g, sender, counts));
	(void)fputs("<tr><th scope=\"row\">", to);
	html_text(to, name);
	(void)fputs("</th>", to);
	for (size_t i = 0; i < g->n_columns; i++) {
		if (counts[i] == 0)
			(void)fprintf(to, "<td class=\"n\">%s</td>", tr("nothing"));
		else
			(void)fprintf(to, "<td class=\"v\">%zu</td>", counts[i]);
	}
	(void)fputs("</tr>\n", to);
	return RC_OK;
}

static rc
overview(FILE *to, const struct grid *g, const char *id)
{
	char table[GRID_ID_MAX + 16];

	(void)snprintf(table, sizeof table, "over-%s", id);
	begin_table(to, table,
	    tr("How many categories may go from whom to whom, some under conditions"));
	(void)fputs("<thead><tr>", to);
	column(to, tr("From"));
	for (size_t i = 0; i < g->n_columns; i++)
		html_column_heading(to, g->policy, &g->columns[i]);
	(void)fputs("</tr></thead>\n<tbody>\n", to);
	for (size_t i = 0; i < g->n_senders; i++) {
		if ((g->scope.senders >> i & 1) != 0) TRY(overview_row(to, g, i));
	}
	end_table(to);
	return RC_OK;
}

/* --- one route ------------------------------------------------------------------- */

static char *
recipients(const struct route *r)
{
	const struct grid_column *c    = &r->grid->columns[r->column];
	char                     *text = NULL;
	size_t                    size;
	FILE                     *to = open_memstream(&text, &size);

	if (to == NULL) return NULL;
	(void)fprintf(to, "%s ", tr("To"));
	say_seats(to, r->grid->policy, c->seats, c->n, true);
	(void)fclose(to);
	return text;
}

static void
parties(FILE *to, const struct route *r)
{
	(void)fputs("<p>", to);
	if (r->n_parties == 0) html_text(to, tr("no party"));
	for (size_t i = 0; i < r->n_parties; i++) {
		if (i != 0) (void)fputs("; ", to);
		html_text(to, r->parties[i]->name);
	}
	(void)fputs("</p>\n", to);
}

/* The class that colours a line, by what is given at most. */
static const char *
line_class(const struct route *r, const struct route_line *l)
{
	return html_cell_class(grid_at(r->grid, l->rows[0], r->column));
}

static void
line_row(FILE *to, const struct route *r, const struct route_line *l, struct arena *arena)
{
	(void)fprintf(to, "<tr><th scope=\"row\" class=\"%s\">", line_class(r, l));
	html_text(to, l->words);
	(void)fputs("</th><td>", to);
	html_text(to, l->condition[0] != '\0' ? l->condition : tr("always"));
	(void)fputs("</td><td>", to);
	html_text(to, route_categories(r, l, arena));
	(void)fputs("</td></tr>\n", to);
}

static void
due(FILE *to, const struct route *r, struct arena *arena)
{
	const struct grid_column *c = &r->grid->columns[r->column];

	if (c->n_obligations == 0) return;
	(void)fputs("<p>", to);
	html_text(to, tr("What is due:"));
	(void)fputs("</p>\n<ul>\n", to);
	for (size_t i = 0; i < c->n_obligations; i++) {
		const struct grid_obligation *o    = &c->obligations[i];
		const char                   *when = route_due(r->grid, o, arena);
		(void)fputs("<li>", to);
		html_text(to, obligation_text(o->info));
		(void)fputs(" <span class=\"id\">", to);
		html_text(to, o->info->id);
		(void)fputs("</span>, ", to);
		html_text(to, o->info->article);
		if (when[0] != '\0') (void)fputs("; ", to);
		html_text(to, when);
		(void)fputs("</li>\n", to);
	}
	(void)fputs("</ul>\n", to);
}

static rc
write_route(FILE *to, const struct grid *g, size_t number, const char *grid_id)
{
	AUTO(arena_wipe) struct arena arena = arena_init(ROUTE_BYTES);
	AUTO(auto_free) struct route *r     = calloc(1, sizeof *r);
	char                          id[GRID_ID_MAX + 32];

	if (r == NULL) return RC_NOMEM;
	TRY(route_read(g, number, true, &arena, r));
	if (r->n == 0) return RC_OK;
	AUTO(auto_free) char *name = recipients(r);
	if (name == NULL) return RC_NOMEM;
	(void)snprintf(id, sizeof id, "to-%s-%zu", grid_id, number + 1);
	html_element(to, "h4", id, name);
	parties(to, r);
	begin_table(to, id, name);
	(void)fputs("<thead><tr>", to);
	column(to, tr("How"));
	column(to, tr("When"));
	column(to, tr("What"));
	(void)fputs("</tr></thead>\n<tbody>\n", to);
	for (size_t i = 0; i < r->n; i++) line_row(to, r, &r->lines[i], &arena);
	end_table(to);
	due(to, r, &arena);
	return RC_OK;
}

/* --- sections -------------------------------------------------------------------- */

static void
close_convenant(struct writer *w)
{
	if (w->open == NULL) return;
	html_rules(w->to, w->p, w->open);
	(void)fputs("</section>\n", w->to);
}

static rc
write_grid(void *arg, const struct grid *g)
{
	struct writer *w = arg;
	char           id[GRID_ID_MAX];

	if (w->open != g->convenant) {
		close_convenant(w);
		(void)fprintf(w->to, "<section class=\"convenant\" id=\"c-%s\">\n",
		    g->convenant->id);
		html_element(w->to, "h2", NULL, convenant_title(g->convenant));
		html_convenant(w->to, g->convenant);
	}
	w->open = g->convenant;
	html_grid_id(g, id);
	(void)fprintf(w->to, "<section id=\"t-%s\">\n<h3>", id);
	html_grid_title(w->to, g);
	(void)fputs("</h3>\n", w->to);
	html_senders(w->to, g);
	html_restrictions(w->to, g);
	if (!routes_exist(g)) html_element(w->to, "p", NULL, routes_none());
	if (routes_exist(g) && !grid_is_of_one_sender(g)) TRY(overview(w->to, g, id));
	for (size_t i = 0; i < g->n_columns; i++) TRY(write_route(w->to, g, i, id));
	(void)fputs("</section>\n", w->to);
	return RC_OK;
}

static void
how_to_read(FILE *to)
{
	(void)fputs("<section id=\"how\">\n", to);
	html_element(to, "h2", NULL, tr("How to read this"));
	html_element(to, "p", NULL,
	    tr("Look for the convenant and the phase of the matter, then for the "
	       "recipient. "
	       "What stands before the routes holds for all of them. What is not listed "
	       "may not be sent: silence means no. The broker rules each signal by the "
	       "same tables; this page helps to choose, it decides nothing."));
	(void)fputs("</section>\n", to);
}

rc
routes_html(FILE *to, void *arg)
{
	const struct routes_page *m = arg;
	struct writer             w = {.to = to, .p = m->policy};

	html_begin(to, tr("Signal route map: who may send what to whom"));
	html_bundle(to, m->policy);
	html_limited(to, m->limits);
	(void)fputs("</header>\n", to);
	TRY(html_contents(to, m->policy, m->query));
	(void)fputs("<main id=\"content\">\n", to);
	how_to_read(to);
	TRY(policy_grids(m->policy, m->query, write_grid, &w));
	close_convenant(&w);
	html_parties(to, m->policy);
	html_end(to);
	return RC_OK;
}

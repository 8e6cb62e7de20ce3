/* SPDX-License-Identifier: EUPL-1.2 */
/* html_grid.c - the parts of a grid that pages share. */
#include "client/command/policy/html_grid.h"

#include <stdlib.h>
#include <string.h>

#include "client/command/policy/grid_text.h"
#include "proto/auto.h"

/* --- above a table --------------------------------------------------------------- */

static void
name_list(FILE *to, const char *term, const char *const *names)
{
	html_element(to, "dt", NULL, term);
	(void)fputs("<dd>", to);
	for (size_t i = 0; names[i] != NULL; i++) {
		if (i != 0) (void)fputs(", ", to);
		html_text(to, names[i]);
	}
	(void)fputs("</dd>\n", to);
}

void
html_convenant(FILE *to, const struct convenant_info *c)
{
	char from[DAY_TEXT_MAX], until[DAY_TEXT_MAX], term[64];

	(void)snprintf(term, sizeof term, "%s - %s", say_day(c->from, from),
	    say_day(c->until, until));
	(void)fputs("<dl>\n", to);
	html_pair(to, tr("Name"), c->id);
	html_pair(to, tr("Legal basis"), c->article);
	html_pair(to, tr("Registration"),
	    c->registration != NULL ? c->registration
	                            : tr("not registered: not in force"));
	html_pair(to, tr("In force"), term);
	name_list(to, tr("Phases"), c->phases);
	name_list(to, tr("Purposes"), c->purposes);
	if (c->regions != NULL) name_list(to, tr("Regions"), c->regions);
	(void)fputs("</dl>\n", to);
}

static void
rule_link(FILE *to, const struct policy *p, unsigned rule)
{
	const char *id = policy_rule_info(p, rule)->id;

	(void)fputs("<a class=\"id\" href=\"#r-", to);
	html_text(to, id);
	(void)fputs("\">", to);
	html_text(to, id);
	(void)fputs("</a>", to);
}

void
html_restrictions(FILE *to, const struct grid *g)
{
	if (g->n_restrictions == 0) return;
	html_element(to, "h4", NULL, tr("First of all"));
	(void)fputs("<ul>\n", to);
	for (size_t i = 0; i < g->n_restrictions; i++) {
		const struct grid_restriction *r     = &g->restrictions[i];
		AUTO(auto_free) char          *words = restriction_words(g, r, true);
		(void)fputs("<li>", to);
		html_text(to, words != NULL ? words : "");
		(void)fputs(" (", to);
		rule_link(to, g->policy, r->clause.rule);
		(void)fputs(")</li>\n", to);
	}
	(void)fputs("</ul>\n", to);
}

void
html_senders(FILE *to, const struct grid *g)
{
	const char *between = "";

	(void)fputs("<p>", to);
	html_text(to, tr("May send:"));
	(void)fputc(' ', to);
	for (size_t i = 0; i < g->n_senders; i++) {
		AUTO(auto_free) char *name = NULL;
		if ((g->scope.senders >> i & 1) == 0) continue;
		name = seat_words(g->policy, &g->senders[i]);
		(void)fputs(between, to);
		html_text(to, name != NULL ? name : "");
		between = "; ";
	}
	(void)fputs("</p>\n", to);
}

/* --- in a table ------------------------------------------------------------------ */

void
html_grid_title(FILE *to, const struct grid *g)
{
	html_text(to, tr("Phase"));
	(void)fputc(' ', to);
	html_text(to, g->phase);
	(void)fputs(": ", to);
	html_text(to, audience_words(g->audience));
}

const char *
html_cell_class(const struct grid_cell *cell)
{
	if (cell->n == 0) return "n";
	if (clauses_give_nothing(cell->clauses, cell->n)) return "x";
	char letters[LETTERS_MAX];
	(void)cell_letters(cell, letters);
	if (letters[0] == 'V') return "v";
	return letters[0] == 'G' ? "g" : "p";
}

void
html_cell_rules(FILE *to, const struct policy *p, const struct grid_cell *cell)
{
	if (cell->n == 0) return;
	(void)fputs("<span class=\"rules\">", to);
	for (size_t i = 0; i < cell->n; i++) {
		if (i != 0) (void)fputc(' ', to);
		rule_link(to, p, cell->clauses[i].rule);
	}
	(void)fputs("</span>", to);
}

void
html_column_heading(FILE *to, const struct policy *p, const struct grid_column *c)
{
	(void)fputs("<th scope=\"col\">", to);
	for (size_t i = 0; i < c->n; i++) {
		AUTO(auto_free) char *words = seat_words(p, &c->seats[i]);
		if (i != 0) (void)fputs("<br>", to);
		html_text(to, words != NULL ? words : "");
	}
	(void)fputs("</th>", to);
}

void
html_row_heading(FILE *to, const struct grid *g, const struct grid_row *row)
{
	(void)fputs("<th scope=\"row\">", to);
	html_text(to, category_title(g->policy, row->category));
	(void)fputs(" <span class=\"id\">", to);
	html_text(to, row->category);
	(void)fputs("</span>", to);
	if (!row->whole) (void)fputs("<span class=\"fields\">", to);
	for (size_t i = 0; !row->whole && i < row->n_fields; i++) {
		if (i != 0) (void)fputs(", ", to);
		html_text(to, row->fields[i]->path);
	}
	if (!row->whole) (void)fputs("</span>", to);
	(void)fputs("</th>", to);
}

/* --- the table of contents ------------------------------------------------------- */

void
html_grid_id(const struct grid *g, char out[GRID_ID_MAX])
{
	(void)snprintf(
	    out, GRID_ID_MAX, "%s-%s-%s", g->convenant->id, g->phase, g->audience);
}

struct listing {
	FILE                        *to;
	const struct convenant_info *open; /* whose list is not closed yet */
};

static rc
list_grid(void *arg, const struct grid *g)
{
	struct listing *w = arg;
	char            id[GRID_ID_MAX];

	if (w->open != g->convenant) {
		if (w->open != NULL) (void)fputs("</ul></li>\n", w->to);
		(void)fprintf(w->to, "<li><a href=\"#c-%s\">", g->convenant->id);
		html_text(w->to, convenant_title(g->convenant));
		(void)fputs("</a><ul>\n", w->to);
	}
	w->open = g->convenant;
	html_grid_id(g, id);
	(void)fprintf(w->to, "<li><a href=\"#t-%s\">", id);
	html_grid_title(w->to, g);
	(void)fputs("</a></li>\n", w->to);
	return RC_OK;
}

static void
contents_link(FILE *to, const char *id, const char *text)
{
	(void)fprintf(to, "<li><a href=\"#%s\">", id);
	html_text(to, text);
	(void)fputs("</a></li>\n", to);
}

rc
html_contents(FILE *to, const struct policy *p, const struct grid_query *q)
{
	struct listing w = {.to = to};

	(void)fputs("<nav aria-labelledby=\"toc\">\n", to);
	html_element(to, "h2", "toc", tr("Contents"));
	(void)fputs("<ul>\n", to);
	contents_link(to, "how", tr("How to read this"));
	TRY(policy_grids(p, q, list_grid, &w));
	if (w.open != NULL) (void)fputs("</ul></li>\n", to);
	contents_link(to, "parties", tr("Parties and what they signed"));
	(void)fputs("</ul>\n</nav>\n", to);
	return RC_OK;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * matrix_html.c - one section for each convenant, one table for each phase and audience.
 *
 * The grids are walked twice: for the table of contents, and for the content.
 */
#include "client/command/policy/matrix_html.h"

#include <stdlib.h>
#include <string.h>

#include "client/command/policy/condition_text.h"
#include "client/command/policy/grid_page.h"
#include "client/command/policy/grid_text.h"
#include "client/command/policy/html_grid.h"
#include "proto/auto.h"

enum { AUDIENCES = 4 };

struct writer {
	FILE                        *to;
	const struct policy         *p;
	const struct convenant_info *open; /* whose section is not closed yet */
	struct last {
		char *text; /* the last grid of this audience, with the id "" */
		char  id[GRID_ID_MAX]; /* where it stands */
	} last[AUDIENCES];
};

struct sheet { /* one grid */
	FILE              *to;
	const struct grid *g;
	char               id[GRID_ID_MAX]; /* "riec-1-signatory" */
	bool               whole;           /* with rows that give nothing */
	struct notes       notes;
};

/* --- how to read it -------------------------------------------------------------- */

static void
legend_row(FILE *to, const char *class, const char *word, const char *meaning)
{
	(void)fprintf(to, "<tr><th scope=\"row\" class=\"%s\">", class);
	html_text(to, word);
	(void)fputs("</th><td>", to);
	html_text(to, meaning);
	(void)fputs("</td></tr>\n", to);
}

static void
how_to_read(FILE *to)
{
	(void)fputs("<section id=\"how\">\n", to);
	html_element(to, "h2", NULL, tr("How to read this"));
	html_element(to, "p", NULL,
	    tr("A row is a category of data, or some fields of it where they differ; a "
	       "column is a recipient, or some that are treated alike. A number in a "
	       "cell "
	       "is a condition: it stands in words below the table. What stands before "
	       "the table holds for all of it. A rule of which the reading is ours has "
	       "still to be confirmed by a privacy officer."));
	(void)fputs("<table>\n<caption>", to);
	html_text(to, tr("Words in the tables"));
	(void)fputs("</caption>\n<tbody>\n", to);
	legend_row(to, "v", tr("in full"), tr("the recipient gets it as it was sent"));
	legend_row(to, "g", tr("coarser"),
	    tr("less precise: a year, four digits of a postcode"));
	legend_row(to, "p", tr("pseudonym"),
	    tr("the recipient may recognise it again, but not know it"));
	legend_row(
	    to, "x", tr("barred"), tr("never: a bar withholds it, whatever rules say"));
	legend_row(to, "n", tr("nothing"), tr("no rule names it: silence means no"));
	(void)fputs("</tbody>\n</table>\n</section>\n", to);
}

/* --- the table ------------------------------------------------------------------- */

/* The number of the note that says TEXT (consumed), from 1; 0 for none. */
static size_t
note(struct notes *notes, char *text)
{
	AUTO(auto_free) char *owned = text;

	if (owned == NULL || owned[0] == '\0') return 0;
	for (size_t i = 0; i < notes->n; i++)
		if (strcmp(notes->at[i], owned) == 0) return i + 1;
	if (notes->n == NOTES_MAX) return NOTES_MAX;
	notes->at[notes->n++] = TAKE(owned);
	return notes->n;
}

static void
cell(struct sheet *s, const struct grid_cell *at)
{
	AUTO(auto_free) char *words  = cell_words(at);
	size_t                number = note(&s->notes, cell_condition(s->g, at, true));

	(void)fprintf(s->to, "<td class=\"%s\">", html_cell_class(at));
	html_text(s->to, words != NULL ? words : "");
	if (number != 0)
		(void)fprintf(s->to,
		    " <a href=\"#n-%s-%zu\" aria-label=\"%s %zu\">(%zu)</a>", s->id,
		    number, tr("condition"), number, number);
	html_cell_rules(s->to, s->g->policy, at);
	(void)fputs("</td>", s->to);
}

static void
table(struct sheet *s)
{
	const struct grid *g = s->g;

	(void)fprintf(s->to,
	    "<div class=\"wide\" role=\"region\" tabindex=\"0\" "
	    "aria-labelledby=\"cap-%s\">\n<table>\n<caption id=\"cap-%s\">",
	    s->id, s->id);
	html_text(s->to, g->convenant->id);
	(void)fputs(", ", s->to);
	html_grid_title(s->to, g);
	(void)fputs("</caption>\n<thead><tr><th scope=\"col\">", s->to);
	html_text(s->to, tr("Category"));
	(void)fputs("</th>", s->to);
	for (size_t i = 0; i < g->n_columns; i++)
		html_column_heading(s->to, g->policy, &g->columns[i]);
	(void)fputs("</tr></thead>\n<tbody>\n", s->to);
	for (size_t i = 0; i < g->n_rows; i++) {
		if (!s->whole && !g->rows[i].gives) continue;
		(void)fputs("<tr>", s->to);
		html_row_heading(s->to, g, &g->rows[i]);
		for (size_t k = 0; k < g->n_columns; k++) cell(s, grid_at(g, i, k));
		(void)fputs("</tr>\n", s->to);
	}
	(void)fputs("</tbody>\n</table>\n</div>\n", s->to);
	if (!s->whole) html_element(s->to, "p", NULL, tr("Everything else: nothing."));
}

static void
conditions(struct sheet *s)
{
	if (s->notes.n == 0) return;
	html_element(s->to, "h4", NULL, tr("Conditions"));
	(void)fputs("<ol>\n", s->to);
	for (size_t i = 0; i < s->notes.n; i++) {
		char id[GRID_ID_MAX + 32];
		(void)snprintf(id, sizeof id, "n-%s-%zu", s->id, i + 1);
		html_element(s->to, "li", id, s->notes.at[i]);
		free((char *)s->notes.at[i]);
	}
	(void)fputs("</ol>\n", s->to);
	s->notes.n = 0;
}

/* --- sections -------------------------------------------------------------------- */

static void
close_convenant(struct writer *w)
{
	for (size_t i = 0; i < AUDIENCES; i++) {
		free(w->last[i].text);
		w->last[i].text = NULL;
	}
	if (w->open == NULL) return;
	html_rules(w->to, w->p, w->open);
	(void)fputs("</section>\n", w->to);
}

static void
open_convenant(struct writer *w, const struct convenant_info *c)
{
	(void)fprintf(w->to, "<section class=\"convenant\" id=\"c-%s\">\n", c->id);
	html_element(w->to, "h2", NULL, convenant_title(c));
	html_convenant(w->to, c);
	w->open = c;
}

static void
write_body(struct sheet *s)
{
	html_restrictions(s->to, s->g);
	table(s);
	conditions(s);
}

/* The body without ids, to be compared. */
static char *
body_text(struct sheet *s)
{
	struct sheet plain = *s;
	char        *text  = NULL;
	size_t       size;

	plain.to    = open_memstream(&text, &size);
	plain.id[0] = '\0';
	if (plain.to == NULL) return NULL;
	write_body(&plain);
	(void)fclose(plain.to);
	return text;
}

static struct last *
last_of(struct writer *w, const char *audience)
{
	enum audience a = AUDIENCE_SIGNATORY;

	if (!audience_from_name(audience, &a)) return &w->last[0];
	return &w->last[__builtin_ctz((unsigned)a) % AUDIENCES];
}

/* The body, or a link to the same one of an earlier phase. */
static void
write_or_refer(struct writer *w, struct sheet *s)
{
	struct last          *last = last_of(w, s->g->audience);
	AUTO(auto_free) char *text = body_text(s);

	if (text != NULL && last->text != NULL && strcmp(text, last->text) == 0) {
		(void)fprintf(w->to, "<p><a href=\"#t-%s\">", last->id);
		html_text(w->to, tr("The same as in the phase before."));
		(void)fputs("</a></p>\n", w->to);
		return;
	}
	write_body(s);
	free(last->text);
	last->text = TAKE(text);
	memcpy(last->id, s->id, sizeof last->id);
}

static rc
write_grid(void *arg, const struct grid *g)
{
	struct writer                *w = arg;
	AUTO(auto_free) struct sheet *s = calloc(1, sizeof *s);

	if (s == NULL) return RC_NOMEM;
	s->to    = w->to;
	s->g     = g;
	s->whole = strcmp(g->audience, "signatory") == 0;
	html_grid_id(g, s->id);
	if (w->open != g->convenant) {
		close_convenant(w);
		open_convenant(w, g->convenant);
	}
	(void)fprintf(w->to, "<section id=\"t-%s\">\n<h3>", s->id);
	html_grid_title(w->to, g);
	(void)fputs("</h3>\n", w->to);
	html_senders(w->to, g);
	write_or_refer(w, s);
	(void)fputs("</section>\n", w->to);
	return RC_OK;
}

rc
matrix_html(FILE *to, void *arg)
{
	const struct matrix_page *m = arg;
	struct writer             w = {.to = to, .p = m->policy};

	html_begin(to, tr("Who may know what from whom"));
	html_bundle(to, m->policy);
	html_limited(to, m->limits);
	(void)fputs("</header>\n", to);
	TRY(html_contents(to, m->policy, m->query));
	(void)fputs("<main id=\"content\">\n", to);
	how_to_read(to);
	rc code = policy_grids(m->policy, m->query, write_grid, &w);
	close_convenant(&w);
	html_parties(to, m->policy);
	html_end(to);
	return code;
}

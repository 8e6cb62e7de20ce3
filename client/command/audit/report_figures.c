/* SPDX-License-Identifier: EUPL-1.2 */
/* report_figures.c - the tables of years that ended, as stats prints them. */
#include <string.h>

#include "client/command/audit/figure_text.h"
#include "client/command/audit/plot.h"
#include "client/command/audit/report.h"
#include "client/command/policy/html.h"

enum { ID_MAX = 64 };

static void
table_row_of(FILE *to, const struct report *r, const struct released_table *t, size_t row)
{
	char label[FIGURE_LABEL_MAX];

	page_row_begin(
	    to, figure_row(r->src->s, r->room->name, r->room->rows.codes[row], label));
	for (size_t c = 0; c < t->cols.n; c++) {
		if (t->cells.hidden[row][c])
			page_cell(to, FIGURE_HIDDEN);
		else
			page_number(to, t->cells.value[row][c]);
	}
	page_number(to, r->room->totals[row]);
	page_row_end(to);
}

static void
table_total(FILE *to, const struct report *r, const struct released_table *t)
{
	page_row_begin(to, tr("total"));
	for (size_t c = 0; c < t->cols.n; c++) page_number(to, t->totals[c]);
	page_number(to, r->room->total);
	page_row_end(to);
}

static void
write_table(FILE *to, const struct report *r, int year, const struct released_table *t)
{
	char        text[TAB_MAX][FIGURE_LABEL_MAX], id[ID_MAX];
	const char *headings[TAB_MAX + 2] = {figure_row_heading(r->room->name)};
	struct bar  bars[TAB_MAX]         = {{.label = ""}};
	size_t      n                     = t->cols.n;

	for (size_t c = 0; c < n; c++) {
		headings[c + 1] =
		    figure_col(r->src->s, t->name, t->cols.codes[c], text[c]);
		(void)snprintf(
		    bars[c].label, sizeof bars[c].label, "%s", headings[c + 1]);
		bars[c].value = t->totals[c];
	}
	headings[n + 1] = tr("total");
	html_element(to, "h4", NULL, figure_title(r->room->name, t->name));
	(void)snprintf(id, sizeof id, "f%d-%s-%s", year, r->room->name, t->name);
	page_table_begin(to, id, figure_title(r->room->name, t->name), headings, n + 2);
	for (size_t row = 0; row < r->room->rows.n; row++) table_row_of(to, r, t, row);
	table_total(to, r, t);
	page_table_end(to);
	(void)snprintf(id, sizeof id, "g%d-%s-%s", year, r->room->name, t->name);
	struct plot p = {.id = id,
	    .title           = tr("Totals of the columns"),
	    .label           = tr("Group"),
	    .unit            = figure_family(r->room->name),
	    .n               = n,
	    .bars            = bars};
	plot_bars(to, &p);
}

static void
write_family(FILE *to, const struct report *r, int year, const struct family *f)
{
	release_family(f, r->threshold, r->room);
	if (r->room->shown) {
		for (size_t i = 0; i < r->room->n; i++)
			write_table(to, r, year, &r->room->tables[i]);
		return;
	}
	(void)fputs("<p>", to);
	html_text(to, figure_family(f->name));
	(void)fputs(": ", to);
	(void)fprintf(
	    to, tr("fewer than %llu, and so not told"), (unsigned long long)r->threshold);
	(void)fputs("</p>\n", to);
}

void
report_figures(FILE *to, const struct report *r)
{
	char legend[FIGURE_LEGEND_MAX], text[FIGURE_STATE_MAX],
	    title[FIGURE_STATE_MAX + 16];

	(void)fputs("<section id=\"figures\">\n", to);
	html_element(to, "h2", NULL, tr("Registered: figures that may be published"));
	for (size_t i = 0; figure_notes[i] != NULL; i++)
		html_element(to, "p", NULL, tr(figure_notes[i]));
	html_element(to, "p", NULL, figure_legend(r->threshold, legend));
	for (size_t i = 0; i < counting_n_years(r->counting); i++) {
		const struct counted_year *y = counting_year(r->counting, i);
		(void)snprintf(title, sizeof title, "%d: %s", y->year,
		    figure_state(y, r->threshold, text));
		html_element(to, "h3", NULL, title);
		for (size_t k = 0; y->state == YEAR_TOLD && k < COUNT_FAMILIES; k++)
			write_family(to, r, y->year, &y->families[k]);
	}
	(void)fputs("</section>\n", to);
}

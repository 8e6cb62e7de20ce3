/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_audit_stats.c - sluis audit stats: figures that may be published.
 *
 * What is told of a year does not depend on who asks, when, or how often: the tables are
 * fixed, the periods are calendar years that have ended, and the threshold only goes up.
 */
#include <stdlib.h>

#include "client/command/audit/cmd_audit.h"
#include "client/command/audit/figure_text.h"
#include "client/command/audit/figures.h"
#include "client/command/audit/source.h"
#include "client/command/complain.h"
#include "client/command/table.h"
#include "proto/auto.h"

const struct option options_audit_stats[] = {
    {"year", "YYYY", N_("only this year")},
    {"threshold", "N", N_("tell nothing about fewer than N (5 or more; default 5)")},
    SOURCE_OPTIONS,
    {NULL, NULL, NULL},
};

struct stats {
	struct cli         *cli;
	const struct sluis *s;
	uint64_t            threshold, only; /* year; 0: all */
	struct released    *released;        /* room for one family */
};

static bool
is_asked(const struct stats *w, const struct counted_year *y)
{
	return w->only == 0 || w->only == (uint64_t)y->year;
}

/* --- text ------------------------------------------------------------------------ */

static void
print_row(
    const struct stats *w, struct table *t, const struct released_table *from, size_t row)
{
	for (size_t c = 0; c < from->cols.n; c++) {
		if (from->cells.hidden[row][c])
			table_cell(t, FIGURE_HIDDEN, NULL);
		else
			table_cellf(
			    t, "%llu", (unsigned long long)from->cells.value[row][c]);
	}
	table_cellf(t, "%llu", (unsigned long long)w->released->totals[row]);
}

static void
print_totals(const struct stats *w, struct table *t, const struct released_table *from)
{
	table_row(t);
	table_cell(t, tr("total"), NULL);
	for (size_t c = 0; c < from->cols.n; c++)
		table_cellf(t, "%llu", (unsigned long long)from->totals[c]);
	table_cellf(t, "%llu", (unsigned long long)w->released->total);
}

/* The headings of a table, numbers to the right; NULL without memory. */
static struct table *
new_table(const struct stats *w, const struct released_table *from)
{
	char        text[TAB_MAX + 2][FIGURE_LABEL_MAX + 1];
	const char *headings[TAB_MAX + 3] = {figure_row_heading(w->released->name)};
	char        label[FIGURE_LABEL_MAX];
	size_t      n = 1;

	for (size_t c = 0; c < from->cols.n; c++, n++) {
		(void)snprintf(text[c], sizeof text[c], ">%s",
		    figure_col(w->s, from->name, from->cols.codes[c], label));
		headings[n] = text[c];
	}
	(void)snprintf(text[n], sizeof text[n], ">%s", tr("total"));
	headings[n] = text[n];
	return table_new(w->cli, headings);
}

static void
print_table(const struct stats *w, const struct released_table *from)
{
	AUTO(table_destroy) struct table *t = new_table(w, from);
	char                              label[FIGURE_LABEL_MAX];

	if (t == NULL) return;
	(void)fprintf(w->cli->out, "\n%s\n", figure_title(w->released->name, from->name));
	for (size_t r = 0; r < w->released->rows.n; r++) {
		table_row(t);
		table_cell(t,
		    figure_row(
		        w->s, w->released->name, w->released->rows.codes[r], label),
		    NULL);
		print_row(w, t, from, r);
	}
	print_totals(w, t, from);
	table_print(t);
}

static void
print_family(const struct stats *w, const struct family *f)
{
	release_family(f, w->threshold, w->released);
	if (!w->released->shown) {
		(void)fprintf(w->cli->out, "\n%s: ", figure_family(f->name));
		(void)fprintf(w->cli->out, tr("fewer than %llu, and so not told"),
		    (unsigned long long)w->threshold);
		(void)fputc('\n', w->cli->out);
		return;
	}
	for (size_t i = 0; i < w->released->n; i++)
		print_table(w, &w->released->tables[i]);
}

static void
print_year(const struct stats *w, const struct counted_year *y)
{
	char text[FIGURE_STATE_MAX];

	(void)fprintf(w->cli->out, "\n=== %d: %s ===\n", y->year,
	    figure_state(y, w->threshold, text));
	for (size_t i = 0; y->state == YEAR_TOLD && i < COUNT_FAMILIES; i++)
		print_family(w, &y->families[i]);
}

static int
print_text(const struct stats *w, const struct counting *c)
{
	char legend[FIGURE_LEGEND_MAX];

	for (size_t i = 0; figure_notes[i] != NULL; i++)
		(void)fprintf(w->cli->out, "%s\n", tr(figure_notes[i]));
	(void)fprintf(w->cli->out, "%s\n", figure_legend(w->threshold, legend));
	size_t n = 0;
	for (size_t i = 0; i < counting_n_years(c); i++) {
		if (!is_asked(w, counting_year(c, i))) continue;
		print_year(w, counting_year(c, i));
		n++;
	}
	if (n == 0)
		(void)fprintf(
		    w->cli->out, "\n%s\n", tr("Nothing was registered in that period."));
	return 0;
}

/* --- JSON ------------------------------------------------------------------------ */

static int
print_json(const struct stats *w, const struct counting *c)
{
	json_t *years = json_array();

	for (size_t i = 0; i < counting_n_years(c); i++) {
		const struct counted_year *y = counting_year(c, i);
		if (!is_asked(w, y)) continue;
		(void)json_array_append_new(
		    years, figure_year_json(y, w->threshold, w->released));
	}
	return cli_json(w->cli,
	    json_pack("{s:s, s:I, s:o}", "kind", "registered", "threshold",
	        (json_int_t)w->threshold, "years", years),
	    RC_OK);
}

/* --- the verb -------------------------------------------------------------------- */

static rc
read_options(struct cli *cli, struct stats *w)
{
	TRY(figure_threshold(cli, &w->threshold));
	return cli_number(cli, "year", 0, &w->only);
}

int
run_audit_stats(struct cli *cli)
{
	AUTO(counting_destroy) struct counting *c        = NULL;
	AUTO(source_wipe) struct source         src      = {0};
	AUTO(auto_free) struct released        *released = calloc(1, sizeof *released);
	struct stats                            w = {.cli = cli, .released = released};

	if (released == NULL) return complain_code(cli, RC_NOMEM, NULL, NULL);
	rc code = read_options(cli, &w);
	if (code == RC_OK) code = counting_new(&c);
	if (code == RC_OK) code = source_open(cli, &src);
	if (code == RC_OK) code = source_walk(&src, counting_visit, c);
	if (code != RC_OK) return rc_exit_status(code);
	w.s = src.s;
	return cli->json ? print_json(&w, c) : print_text(&w, c);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* table.c - a thin layer over libsmartcols. */
#include "client/command/table.h"

#include <libsmartcols.h>
#include <stdarg.h>

struct table {
	struct libscols_table *cols;
	struct libscols_line  *line; /* the last row; borrowed from cols */
	size_t                 cell; /* the next one in it */
	bool                   colour;
};

struct table *
table_new(const struct cli *cli, const char *const *headings)
{
	struct table *t = calloc(1, sizeof *t);

	if (t == NULL) return NULL;
	t->cols   = scols_new_table();
	t->colour = cli->colour;
	if (t->cols == NULL) {
		table_destroy(&t);
		return NULL;
	}
	(void)scols_table_set_stream(t->cols, cli->out);
	(void)scols_table_set_column_separator(t->cols, "  ");
	(void)scols_table_enable_colors(t->cols, cli->colour);
	for (size_t i = 0; headings[i] != NULL; i++) {
		bool number = headings[i][0] == '>';
		(void)scols_table_new_column(t->cols, headings[i] + (number ? 1 : 0), 0,
		    number ? SCOLS_FL_RIGHT : 0);
	}
	return t;
}

void
table_destroy(struct table **tp)
{
	if (*tp == NULL) return;
	scols_unref_table((*tp)->cols);
	free(*tp);
	*tp = NULL;
}

void
table_row(struct table *t)
{
	t->line = scols_table_new_line(t->cols, NULL);
	t->cell = 0;
}

void
table_cell(struct table *t, const char *text, const char *colour)
{
	if (t->line == NULL) return;
	struct libscols_cell *cell = scols_line_get_cell(t->line, t->cell++);
	if (cell == NULL) return;
	(void)scols_cell_set_data(cell, text != NULL ? text : "");
	if (t->colour && colour != NULL) (void)scols_cell_set_color(cell, colour);
}

void
table_cellf(struct table *t, const char *format, ...)
{
	char    text[256];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	table_cell(t, text, NULL);
}

void
table_print(struct table *t)
{
	if (scols_table_get_nlines(t->cols) != 0) (void)scols_print_table(t->cols);
}

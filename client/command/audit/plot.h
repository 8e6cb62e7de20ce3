/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * plot.h - numbers as bars and as a table beside them, for pages that stand on their own.
 *
 * A plot is inline SVG with a title and a description, as sentences, for who does not see
 * it; the table says the same in full.  Nothing depends on colour.
 */
#ifndef SLUIS_CLIENT_COMMAND_AUDIT_PLOT_H
#define SLUIS_CLIENT_COMMAND_AUDIT_PLOT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { PLOT_LABEL_MAX = 96 };

struct bar {
	char     label[PLOT_LABEL_MAX];
	uint64_t value;
};

struct plot {
	const char *id;                   /* of the figure, unique on the page */
	const char *title, *label, *unit; /* "Deliveries a week", "Week", "deliveries" */
	size_t      n;
	const struct bar *bars;
};

/* Bars from left to right, one below the other, each with its label and number; then the
 * table.  Nothing but a sentence when there are none. */
void plot_bars(FILE *to, const struct plot *p);

/* Columns side by side, in time: labels at both ends only; then the table. */
void plot_columns(FILE *to, const struct plot *p);

/* --- tables ---------------------------------------------------------------------- */

/* A table that may be wider than the page, up to where its rows begin; HEADINGS are those
 * of its columns, the first that of its rows. */
void page_table_begin(
    FILE *to, const char *id, const char *caption, const char *const *headings, size_t n);

/* A row begins with what it is, and has cells; numbers have a class of their own. */
void page_row_begin(FILE *to, const char *heading);
void page_cell(FILE *to, const char *text);
void page_number(FILE *to, uint64_t n);
void page_row_end(FILE *to);

void page_table_end(FILE *to);

#endif

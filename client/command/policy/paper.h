/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * paper.h - wide tables of short cells on a narrow page.
 *
 * Headings and labels are broken over lines; columns that do not fit beside each other
 * go in a second block below, with the labels again.  (client/command/table.h is for
 * tables whose cells are texts; it cuts what does not fit, which a table of rights must
 * not.)
 *
 * What is printed holds no control character: each becomes a question mark.
 */
#ifndef SLUIS_CLIENT_COMMAND_POLICY_PAPER_H
#define SLUIS_CLIENT_COMMAND_POLICY_PAPER_H

#include <stddef.h>
#include <stdio.h>

#include "policy/arena.h"

enum { PAPER_COLUMNS_MAX = 256, PAPER_ROWS_MAX = 512 };

struct paper { /* texts are borrowed until paper_print() */
	FILE       *to;
	size_t      width; /* of the page */
	size_t      n_columns, n_rows;
	const char *label, *tail; /* headings of the first and last column */
	const char *headings[PAPER_COLUMNS_MAX]; /* '\n' begins a new line */
	struct paper_row {
		const char  *label, *tail;
		const char **cells, **colours; /* n_columns each; colour NULL: none */
	} rows[PAPER_ROWS_MAX];
};

/* How wide stdout is: the terminal, 80 to 160; 120 where it is none. */
size_t paper_width(FILE *to);

/* Print the table; nothing for no rows. */
void paper_print(const struct paper *p);

/* Print TEXT, broken at spaces, behind FIRST on its first line and INDENT spaces on the
 * others. */
void paper_text(
    FILE *to, size_t width, const char *first, size_t indent, const char *text);

#endif

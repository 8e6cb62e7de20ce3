/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * table.h - tables on stdout, through libsmartcols.
 *
 * On a terminal columns are fitted to its width and may be coloured; elsewhere
 * nothing is cut.  Control characters in cells are made visible by smartcols, so a
 * value from outside cannot write to the terminal.
 */
#ifndef SLUIS_CLIENT_COMMAND_TABLE_H
#define SLUIS_CLIENT_COMMAND_TABLE_H

#include "client/command/cli.h"

struct table;

/* A table with these headings (already translated), ended by NULL; NULL without memory.
 * A heading that starts with '>' is a column of numbers. */
struct table *table_new(const struct cli *cli, const char *const *headings);
void          table_destroy(struct table **tp);

/* Begin a new row. */
void table_row(struct table *t);

/* Put TEXT (copied) in the next cell, in COLOUR ("red", ...; NULL: none). */
void table_cell(struct table *t, const char *text, const char *colour);
__attribute__((format(printf, 2, 3))) void table_cellf(
    struct table *t, const char *format, ...);

/* Print it; an empty table prints nothing. */
void table_print(struct table *t);

#endif

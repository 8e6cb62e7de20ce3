/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * suppress.h - which cells of a table with published totals have to be hidden.
 *
 * A cell below the threshold is hidden, a zero too: in a row of few a zero tells what all
 * the others are.  That is not enough: with the totals of its row and column a hidden
 * cell could be computed from what is left.  So more cells are hidden, until for every
 * hidden cell, whoever solves the equations of all totals with non-negative whole numbers
 *
 *  - cannot tell that it is below the threshold (it may be the threshold or more), and
 *  - is left with at least as many possible values as "below the threshold" has.
 *
 * From the first follows that no sum of hidden cells that can be computed is below the
 * threshold either: such a sum is at least what any of its cells may be.
 *
 * What a cell may be is a flow problem, as the hidden cells are the edges between rows
 * and columns; its solutions in fractions and in whole numbers have the same bounds.
 * Hiding more never narrows what another cell may be, so one pass is enough; and a table
 * of two or more rows and columns, all of which total the threshold or more, is safe at
 * the latest when all its cells are hidden.  Hidden cells all look the same: which of
 * them are small is not told.
 *
 * Pure.
 */
#ifndef SLUIS_CLIENT_COMMAND_AUDIT_SUPPRESS_H
#define SLUIS_CLIENT_COMMAND_AUDIT_SUPPRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TAB_MAX = 32 }; /* rows, and columns, of a table */

struct cells {
	size_t   n_rows, n_cols;
	uint64_t value[TAB_MAX][TAB_MAX];
	bool     hidden[TAB_MAX][TAB_MAX];
};

/* Hide what has to be hidden below THRESHOLD; what is hidden already stays so.  Every row
 * and column totals THRESHOLD or more.  With one row or one column the cells are the
 * totals, and nothing is hidden. */
void suppress(struct cells *t, uint64_t threshold);

/* Whether hidden cell (ROW, COL) is safe as it stands: for tests and for a second look.
 */
bool suppress_is_safe(const struct cells *t, uint64_t threshold, size_t row, size_t col);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/* suppress.c - what a hidden cell may be, and what to hide beside it. */
#include "client/command/audit/suppress.h"

#include <string.h>

enum { NODES = 2 * TAB_MAX, NOWHERE = -1 };

/* --- what a cell may be ---------------------------------------------------------- */

/*
 * To move cell (row, col) by one, something in its row has to move the other way, then
 * something in that column, and so on until the walk comes back through COL.  Nodes are
 * the rows, and behind them the columns; a step along a hidden cell raises it or takes
 * from it, by turns.
 */
struct walk {
	struct cells *t; /* the values on the way */
	size_t        row, col;
	bool          up; /* the cell is to be raised: the first step takes */
	int           from[NODES];
};

/* Whether the step from a row to a column (or back) takes from its cell. */
static bool
takes(const struct walk *w, bool from_row)
{
	return from_row == w->up;
}

static bool
may_step(const struct walk *w, size_t row, size_t col, bool from_row)
{
	if (row == w->row && col == w->col) return false;
	if (!w->t->hidden[row][col]) return false;
	return !takes(w, from_row) || w->t->value[row][col] != 0;
}

/* Visit everything one step from NODE; how many are new, at the end of QUEUE. */
static size_t
visit(struct walk *w, size_t node, int *queue)
{
	bool   from_row = node < w->t->n_rows;
	size_t rows = w->t->n_rows, n = 0;
	size_t first = from_row ? rows : 0, last = from_row ? rows + w->t->n_cols : rows;

	for (size_t to = first; to < last; to++) {
		size_t row = from_row ? node : to, col = (from_row ? to : node) - rows;
		if (w->from[to] != NOWHERE || !may_step(w, row, col, from_row)) continue;
		w->from[to] = (int)node;
		queue[n++]  = (int)to;
	}
	return n;
}

/* Find a way from the row to the column of the cell. */
static bool
find_way(struct walk *w)
{
	int    queue[NODES];
	size_t done = 0, n = 1, end = w->t->n_rows + w->col;

	for (size_t i = 0; i < NODES; i++) w->from[i] = NOWHERE;
	queue[0]        = (int)w->row;
	w->from[w->row] = (int)w->row;
	while (done < n && w->from[end] == NOWHERE) {
		size_t node = (size_t)queue[done++];
		n += visit(w, node, queue + n);
	}
	return w->from[end] != NOWHERE;
}

/* Move by BY along the way found; by 0: only tell by how much it could be, at most MAX.
 */
static uint64_t
along(struct walk *w, uint64_t max, bool move)
{
	size_t rows = w->t->n_rows;

	for (size_t at = rows + w->col; at != w->row; at = (size_t)w->from[at]) {
		size_t before   = (size_t)w->from[at];
		bool   from_row = before < rows;
		size_t row      = from_row ? before : at,
		       col      = (from_row ? at : before) - rows;
		uint64_t *v     = &w->t->value[row][col];
		if (move)
			*v = takes(w, from_row) ? *v - max : *v + max;
		else if (takes(w, from_row) && *v < max)
			max = *v;
	}
	return max;
}

/* By how much the cell may be more (UP) or less than it is, LIMIT at most. */
static uint64_t
slack(const struct cells *t, size_t row, size_t col, bool up, uint64_t limit)
{
	struct cells copy = *t;
	struct walk  w    = {.t = &copy, .row = row, .col = col, .up = up};
	uint64_t     sum  = 0;

	if (!up && t->value[row][col] < limit) limit = t->value[row][col];
	while (sum < limit && find_way(&w)) {
		uint64_t by = along(&w, limit - sum, false);
		(void)along(&w, by, true);
		sum += by;
	}
	return sum;
}

bool
suppress_is_safe(const struct cells *t, uint64_t threshold, size_t row, size_t col)
{
	uint64_t more = slack(t, row, col, true, threshold);

	if (t->value[row][col] + more < threshold) return false;
	if (more >= threshold - 1) return true;
	return more + slack(t, row, col, false, threshold) >= threshold - 1;
}

/* --- what to hide beside it ------------------------------------------------------ */

static size_t
hidden_in_row(const struct cells *t, size_t row)
{
	size_t n = 0;

	for (size_t col = 0; col < t->n_cols; col++) n += t->hidden[row][col];
	return n;
}

static size_t
hidden_in_col(const struct cells *t, size_t col)
{
	size_t n = 0;

	for (size_t row = 0; row < t->n_rows; row++) n += t->hidden[row][col];
	return n;
}

/* Where to look first: 0 is best.  A line with one hidden cell needs another. */
static unsigned
place_of(const struct cells *t, size_t row, size_t col, size_t r, size_t c)
{
	if (r == row && hidden_in_row(t, row) == 1) return 0;
	if (c == col && hidden_in_col(t, col) == 1) return 0;
	if (hidden_in_row(t, r) == 1 || hidden_in_col(t, c) == 1) return 1;
	return r == row || c == col ? 2 : 3;
}

/* Hide one more cell for (ROW, COL): of the best place the smallest; false if all are
 * hidden. */
static bool
hide_another(struct cells *t, size_t row, size_t col)
{
	size_t   at_row = 0, at_col = 0;
	unsigned best = 4;

	for (size_t r = 0; r < t->n_rows; r++)
		for (size_t c = 0; c < t->n_cols; c++) {
			unsigned place = place_of(t, row, col, r, c);
			if (t->hidden[r][c] || place > best) continue;
			if (place == best && t->value[r][c] >= t->value[at_row][at_col])
				continue;
			best   = place;
			at_row = r;
			at_col = c;
		}
	if (best == 4) return false;
	t->hidden[at_row][at_col] = true;
	return true;
}

/* Make every hidden cell safe; whether any cell was hidden for it. */
static bool
secure(struct cells *t, uint64_t threshold)
{
	bool more = false;

	for (size_t row = 0; row < t->n_rows; row++)
		for (size_t col = 0; col < t->n_cols; col++)
			while (t->hidden[row][col] &&
			       !suppress_is_safe(t, threshold, row, col) &&
			       hide_another(t, row, col))
				more = true;
	return more;
}

void
suppress(struct cells *t, uint64_t threshold)
{
	if (t->n_rows < 2 || t->n_cols < 2) {
		memset(t->hidden, 0, sizeof t->hidden);
		return;
	}
	for (size_t row = 0; row < t->n_rows; row++)
		for (size_t col = 0; col < t->n_cols; col++)
			if (t->value[row][col] < threshold) t->hidden[row][col] = true;
	/* a cell hidden behind the one looked at is looked at in the next pass */
	while (secure(t, threshold)) continue;
}

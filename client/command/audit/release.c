/* SPDX-License-Identifier: EUPL-1.2 */
/* release.c - take together, then hide. */
#include "client/command/audit/release.h"

#include <string.h>

/* --- what is taken together ------------------------------------------------------ */

enum { LEFT_OUT = TAB_MAX }; /* place of what totals nothing */

struct gathering { /* where each place of an axis goes */
	size_t n;  /* places of the new axis */
	size_t to[TAB_MAX];
};

/* The smallest that is not in the rest, the last of equals; N for none. */
static size_t
smallest(size_t n, const uint64_t *totals, const bool *rest)
{
	size_t at = n;

	for (size_t i = 0; i < n; i++)
		if (!rest[i] && totals[i] != 0 && (at == n || totals[i] <= totals[at]))
			at = i;
	return at;
}

/* Put what is too small into REST, and the smallest of the others, until the rest is not.
 * Whether there is a rest. */
static bool
choose_rest(const struct axis *axis, const uint64_t *totals, uint64_t threshold,
    bool rest[TAB_MAX])
{
	uint64_t sum = 0;
	bool     any = false;

	for (size_t i = 0; i < axis->n; i++) {
		rest[i] = totals[i] != 0 && (totals[i] < threshold ||
		                                strcmp(axis->codes[i], AXIS_REST) == 0);
		if (!rest[i]) continue;
		sum += totals[i];
		any = true;
	}
	while (any && sum < threshold) {
		size_t i = smallest(axis->n, totals, rest);
		if (i == axis->n) return true; /* fewer than the threshold in all */
		rest[i] = true;
		sum += totals[i];
	}
	return any;
}

static void
gather(const struct axis *axis, const uint64_t *totals, uint64_t threshold,
    struct gathering *g, struct axis *ret)
{
	bool rest[TAB_MAX] = {false};
	bool any           = choose_rest(axis, totals, threshold, rest);

	*ret = (struct axis){.n = 0};
	for (size_t i = 0; i < TAB_MAX; i++) g->to[i] = LEFT_OUT;
	for (size_t i = 0; i < axis->n; i++) {
		if (totals[i] == 0 || rest[i]) continue;
		memcpy(ret->codes[ret->n], axis->codes[i], AXIS_CODE_MAX);
		g->to[i] = ret->n++;
	}
	if (any) memcpy(ret->codes[ret->n], AXIS_REST, sizeof AXIS_REST);
	for (size_t i = 0; i < axis->n; i++)
		if (rest[i]) g->to[i] = ret->n;
	ret->n += any;
	g->n = ret->n;
}

/* --- one step: from what may be told at a lower threshold ------------------------ */

static void
add_up(const struct gathering *g, size_t n, const uint64_t *totals, uint64_t *ret)
{
	for (size_t i = 0; i < n; i++)
		if (g->to[i] != LEFT_OUT) ret[g->to[i]] += totals[i];
}

static void
coarsen_cells(const struct released_table *from, const struct gathering *rows,
    const struct gathering *cols, struct cells *ret)
{
	*ret = (struct cells){.n_rows = rows->n, .n_cols = cols->n};
	for (size_t r = 0; r < from->cells.n_rows; r++)
		for (size_t c = 0; c < from->cells.n_cols; c++) {
			size_t row = rows->to[r], col = cols->to[c];
			if (row == LEFT_OUT || col == LEFT_OUT) continue;
			ret->value[row][col] += from->cells.value[r][c];
			ret->hidden[row][col] |= from->cells.hidden[r][c];
		}
}

static void
step_table(const struct released_table *from, const struct gathering *rows,
    uint64_t threshold, struct released_table *ret)
{
	struct gathering cols;

	*ret = (struct released_table){.name = from->name};
	gather(&from->cols, from->totals, threshold, &cols, &ret->cols);
	add_up(&cols, from->cols.n, from->totals, ret->totals);
	coarsen_cells(from, rows, &cols, &ret->cells);
	suppress(&ret->cells, threshold);
}

static void
step(struct released *r, uint64_t threshold)
{
	struct released *from = r;
	struct gathering rows;
	struct axis      axis;
	uint64_t         totals[TAB_MAX] = {0};

	r->shown = r->total >= threshold;
	if (!r->shown) return;
	gather(&from->rows, from->totals, threshold, &rows, &axis);
	add_up(&rows, from->rows.n, from->totals, totals);
	for (size_t i = 0; i < r->n; i++) {
		struct released_table before = r->tables[i];
		step_table(&before, &rows, threshold, &r->tables[i]);
	}
	r->rows = axis;
	memcpy(r->totals, totals, sizeof totals);
}

/* --- from counts ----------------------------------------------------------------- */

/* The unknown (place 0) stands last; the others by their codes, or as they are. */
static bool
stands_before(const struct axis *axis, size_t a, size_t b)
{
	if (a == 0 || b == 0) return b == 0 && a != 0;
	return axis->fixed ? a < b : strcmp(axis->codes[a], axis->codes[b]) < 0;
}

/* Where each place of AXIS goes when it is told. */
static void
arrange(const struct axis *axis, struct axis *ret, size_t to[TAB_MAX])
{
	*ret = *axis;
	for (size_t i = 0; i < axis->n; i++) {
		to[i] = 0;
		for (size_t k = 0; k < axis->n; k++) to[i] += stands_before(axis, k, i);
		memcpy(ret->codes[to[i]], axis->codes[i], AXIS_CODE_MAX);
	}
}

static void
open_table(const struct crosstab *t, size_t n_rows, const size_t row_to[TAB_MAX],
    struct released_table *ret)
{
	size_t col_to[TAB_MAX];

	ret->name = t->name;
	arrange(&t->cols, &ret->cols, col_to);
	ret->cells.n_rows = n_rows;
	ret->cells.n_cols = t->cols.n;
	for (size_t r = 0; r < n_rows; r++)
		for (size_t c = 0; c < t->cols.n; c++) {
			ret->cells.value[row_to[r]][col_to[c]] = t->count[r][c];
			ret->totals[col_to[c]] += t->count[r][c];
		}
}

void
release_family(const struct family *f, uint64_t threshold, struct released *ret)
{
	size_t row_to[TAB_MAX];

	*ret = (struct released){.name = f->name, .total = family_total(f), .n = f->n};
	arrange(&f->rows, &ret->rows, row_to);
	for (size_t i = 0; i < f->n; i++)
		open_table(&f->tables[i], f->rows.n, row_to, &ret->tables[i]);
	for (size_t r = 0; r < f->rows.n; r++)
		for (size_t c = 0; c < f->tables[0].cols.n; c++)
			ret->totals[row_to[r]] += f->tables[0].count[r][c];
	step(ret, MIN_THRESHOLD);
	if (threshold > MIN_THRESHOLD && ret->shown) step(ret, threshold);
}

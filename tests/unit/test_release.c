/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * client/command/audit/release.h, suppress.h: whoever knows every published number and
 * tries every table of whole numbers that fits them cannot tell that a hidden cell is
 * small, and has no fewer values left than "below the threshold" has.
 */
#include "client/command/audit/release.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint64_t state_;

static unsigned
pick(unsigned below)
{
	state_ = state_ * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(state_ >> 33) % below;
}

/* --- the attacker ---------------------------------------------------------------- */

/* Everything that fits the totals and what is shown, one hidden cell after another. */
struct attack {
	const struct cells *t;
	uint64_t            row_left[TAB_MAX], col_left[TAB_MAX];
	uint64_t            now[TAB_MAX][TAB_MAX];
	uint64_t            least[TAB_MAX][TAB_MAX], most[TAB_MAX][TAB_MAX];
	unsigned long       n;
};

static void
note_solution(struct attack *a)
{
	a->n++;
	for (size_t r = 0; r < a->t->n_rows; r++)
		for (size_t c = 0; c < a->t->n_cols; c++) {
			if (!a->t->hidden[r][c]) continue;
			uint64_t v = a->now[r][c];
			if (v < a->least[r][c]) a->least[r][c] = v;
			if (v > a->most[r][c]) a->most[r][c] = v;
		}
}

static bool
hidden_after(const struct attack *a, size_t row, size_t col, bool in_row)
{
	if (in_row) {
		for (size_t c = col + 1; c < a->t->n_cols; c++)
			if (a->t->hidden[row][c]) return true;
		return false;
	}
	for (size_t r = row + 1; r < a->t->n_rows; r++)
		if (a->t->hidden[r][col]) return true;
	return false;
}

static void
try_cell(struct attack *a, size_t at)
{
	size_t row = at / a->t->n_cols, col = at % a->t->n_cols;

	if (row == a->t->n_rows) {
		note_solution(a);
		return;
	}
	if (!a->t->hidden[row][col]) {
		try_cell(a, at + 1);
		return;
	}
	uint64_t max =
	    a->row_left[row] < a->col_left[col] ? a->row_left[row] : a->col_left[col];
	uint64_t min = 0;
	if (!hidden_after(a, row, col, true)) min = a->row_left[row];
	if (!hidden_after(a, row, col, false) && a->col_left[col] > min)
		min = a->col_left[col];
	for (uint64_t v = min; v <= max; v++) {
		a->now[row][col] = v;
		a->row_left[row] -= v;
		a->col_left[col] -= v;
		bool row_done = hidden_after(a, row, col, true) || a->row_left[row] == 0;
		bool col_done = hidden_after(a, row, col, false) || a->col_left[col] == 0;
		if (row_done && col_done) try_cell(a, at + 1);
		a->row_left[row] += v;
		a->col_left[col] += v;
	}
}

static void
attack(const struct cells *t, struct attack *a)
{
	*a = (struct attack){.t = t};
	for (size_t r = 0; r < t->n_rows; r++)
		for (size_t c = 0; c < t->n_cols; c++) {
			a->least[r][c] = UINT64_MAX;
			if (!t->hidden[r][c]) continue;
			a->row_left[r] += t->value[r][c];
			a->col_left[c] += t->value[r][c];
		}
	try_cell(a, 0);
	assert_true(a->n != 0);
}

static void
nothing_small_is_found(const struct cells *t, uint64_t k)
{
	struct attack a;

	attack(t, &a);
	for (size_t r = 0; r < t->n_rows; r++)
		for (size_t c = 0; c < t->n_cols; c++) {
			if (!t->hidden[r][c]) {
				assert_true(t->value[r][c] >= k);
				continue;
			}
			assert_true(a.most[r][c] >= k);
			assert_true(a.most[r][c] - a.least[r][c] >= k - 1);
		}
}

/* --- tables ---------------------------------------------------------------------- */

static const char *const two[] = {"one", "other", NULL};

/* N things in ROWS by COLS groups, some of them rare. */
static void
fill(struct family *f, unsigned n, unsigned rows, unsigned cols)
{
	char row[8], col[8];

	family_init(f, "things", two);
	for (unsigned i = 0; i < n; i++) {
		unsigned a = pick(rows) * pick(2), b = pick(cols) * pick(2);
		(void)snprintf(row, sizeof row, "r%u", a);
		size_t at = axis_place(&f->rows, pick(9) == 0 ? NULL : row);
		(void)snprintf(col, sizeof col, "c%u", b);
		family_count(f, 0, at, col);
		(void)snprintf(col, sizeof col, "d%u", pick(cols));
		family_count(f, 1, at, col);
	}
}

static void
no_published_table_tells_a_small_cell(void **state)
{
	struct family   *f      = calloc(1, sizeof *f);
	struct released *r      = calloc(1, sizeof *r);
	size_t           hidden = 0, shown = 0;
	(void)state;
	for (state_ = 1; state_ < 100000;) {
		uint64_t seed = state_;
		fill(f, 5 + pick(40), 2 + pick(2), 2 + pick(2));
		release_family(f, MIN_THRESHOLD, r);
		for (size_t i = 0; r->shown && i < r->n; i++) {
			const struct cells *t = &r->tables[i].cells;
			nothing_small_is_found(t, MIN_THRESHOLD);
			for (size_t k = 0; k < t->n_rows * t->n_cols; k++)
				++*(t->hidden[k / t->n_cols][k % t->n_cols] ? &hidden
				                                            : &shown);
		}
		state_ = seed + 499;
	}
	assert_true(hidden > 100 && shown > 100); /* there was something to attack */
	free(f);
	free(r);
}

/* What suppress() does to a table is enough, whatever the table is. */
static void
a_table_with_large_totals_is_made_safe(void **state)
{
	(void)state;
	for (state_ = 7; state_ < 40000;) {
		uint64_t     seed = state_;
		struct cells t    = {.n_rows = 3, .n_cols = 3};
		for (size_t i = 0; i < 9; i++)
			t.value[i / 3][i % 3] = pick(3) == 0 ? pick(12) : pick(3);
		bool fits = true;
		for (size_t i = 0; i < 3; i++)
			fits = fits &&
			       t.value[i][0] + t.value[i][1] + t.value[i][2] >= 5 &&
			       t.value[0][i] + t.value[1][i] + t.value[2][i] >= 5;
		if (fits) {
			suppress(&t, 5);
			nothing_small_is_found(&t, 5);
		}
		state_ = seed + 97;
	}
}

/* Every total that is told is the threshold or more, and they add up. */
static void
totals_are_large_and_add_up(void **state)
{
	struct family   *f = calloc(1, sizeof *f);
	struct released *r = calloc(1, sizeof *r);
	(void)state;
	for (state_ = 3; state_ < 300000;) {
		uint64_t seed = state_, k = 5 + pick(8);
		fill(f, pick(60), 1 + pick(8), 1 + pick(8));
		release_family(f, k, r);
		assert_int_equal(r->shown, family_total(f) >= k);
		uint64_t rows = 0;
		for (size_t i = 0; r->shown && i < r->rows.n; i++) {
			assert_true(r->totals[i] >= k);
			rows += r->totals[i];
		}
		if (r->shown) assert_int_equal(rows, r->total);
		for (size_t i = 0; r->shown && i < r->n; i++) {
			uint64_t cols = 0;
			for (size_t c = 0; c < r->tables[i].cols.n; c++) {
				assert_true(r->tables[i].totals[c] >= k);
				cols += r->tables[i].totals[c];
			}
			assert_int_equal(cols, r->total);
		}
		state_ = seed + 499;
	}
	free(f);
	free(r);
}

/* --- two thresholds -------------------------------------------------------------- */

/* The places of LOW that make up place AT of HIGH: itself, or all that HIGH does not
 * name. */
static bool
is_part(const struct axis *low, size_t i, const struct axis *high, size_t at)
{
	size_t own = axis_find(high, low->codes[i]);

	if (strcmp(low->codes[i], AXIS_REST) != 0 && own < high->n) return own == at;
	return strcmp(high->codes[at], AXIS_REST) == 0;
}

/* What the higher threshold tells is a sum of what the lower one tells. */
static void
tells_no_more(const struct released *low, const struct released *high)
{
	for (size_t i = 0; i < high->n; i++) {
		const struct released_table *h = &high->tables[i], *l = &low->tables[i];
		if (h->cells.n_rows < 2 || h->cells.n_cols < 2) continue;
		for (size_t r = 0; r < l->cells.n_rows; r++)
			for (size_t c = 0; c < l->cells.n_cols; c++)
				for (size_t k = 0; k < h->cells.n_rows * h->cells.n_cols;
				     k++) {
					size_t hr = k / h->cells.n_cols,
					       hc = k % h->cells.n_cols;
					if (is_part(&low->rows, r, &high->rows, hr) &&
					    is_part(&l->cols, c, &h->cols, hc) &&
					    l->cells.hidden[r][c])
						assert_true(h->cells.hidden[hr][hc]);
				}
	}
}

static void
a_higher_threshold_tells_nothing_that_the_lowest_does_not(void **state)
{
	struct family   *f    = calloc(1, sizeof *f);
	struct released *low  = calloc(1, sizeof *low);
	struct released *high = calloc(1, sizeof *high);
	(void)state;
	for (state_ = 5; state_ < 200000;) {
		uint64_t seed = state_;
		fill(f, 10 + pick(90), 2 + pick(5), 2 + pick(5));
		release_family(f, MIN_THRESHOLD, low);
		release_family(f, 6 + pick(10), high);
		if (low->shown && high->shown) tells_no_more(low, high);
		state_ = seed + 499;
	}
	free(f);
	free(low);
	free(high);
}

static void
a_higher_threshold_is_kept_too(void **state)
{
	struct family   *f = calloc(1, sizeof *f);
	struct released *r = calloc(1, sizeof *r);
	(void)state;
	for (state_ = 11; state_ < 30000;) {
		uint64_t seed = state_;
		fill(f, 10 + pick(25), 2, 2 + pick(2));
		release_family(f, 7, r);
		for (size_t i = 0; r->shown && i < r->n; i++)
			nothing_small_is_found(&r->tables[i].cells, 7);
		state_ = seed + 499;
	}
	free(f);
	free(r);
}

/* --- single cases ---------------------------------------------------------------- */

static void
fewer_than_the_threshold_are_not_told(void **state)
{
	struct family   *f = calloc(1, sizeof *f);
	struct released *r = calloc(1, sizeof *r);
	(void)state;
	for (unsigned n = 0; n < 8; n++) {
		family_init(f, "things", two);
		for (unsigned i = 0; i < n; i++) {
			family_count(f, 0, axis_place(&f->rows, "r"), "c");
			family_count(f, 1, axis_place(&f->rows, "r"), "d");
		}
		release_family(f, MIN_THRESHOLD, r);
		assert_int_equal(r->shown, n >= 5);
	}
	free(f);
	free(r);
}

/* 2 of one row are hidden in the rest; with it goes the smallest that makes it enough. */
static void
what_is_rare_is_taken_together(void **state)
{
	struct family   *f = calloc(1, sizeof *f);
	struct released *r = calloc(1, sizeof *r);
	(void)state;
	family_init(f, "things", two);
	const unsigned n[] = {30, 9, 2};
	for (unsigned i = 0; i < 3; i++)
		for (unsigned k = 0; k < n[i]; k++) {
			const char *row = i == 0 ? "a" : i == 1 ? "b" : "c";
			family_count(f, 0, axis_place(&f->rows, row), "x");
			family_count(f, 1, axis_place(&f->rows, row), "y");
		}
	release_family(f, MIN_THRESHOLD, r);
	assert_int_equal(r->rows.n, 2);
	assert_string_equal(r->rows.codes[0], "a");
	assert_string_equal(r->rows.codes[1], AXIS_REST);
	assert_int_equal(r->totals[1], 11);
	free(f);
	free(r);
}

/* The rest that comes of the suppressed alone is told when it is enough. */
static void
a_rest_that_is_enough_takes_nobody_else(void **state)
{
	struct family   *f = calloc(1, sizeof *f);
	struct released *r = calloc(1, sizeof *r);
	(void)state;
	family_init(f, "things", two);
	const unsigned n[] = {30, 3, 2};
	for (unsigned i = 0; i < 3; i++)
		for (unsigned k = 0; k < n[i]; k++) {
			const char *row = i == 0 ? "a" : i == 1 ? "b" : "c";
			family_count(f, 0, axis_place(&f->rows, row), "x");
			family_count(f, 1, axis_place(&f->rows, row), "y");
		}
	release_family(f, MIN_THRESHOLD, r);
	assert_int_equal(r->rows.n, 2);
	assert_int_equal(r->totals[0], 30);
	assert_int_equal(r->totals[1], 5);
	free(f);
	free(r);
}

/* At a higher threshold there is still one rest, and what was in it stays there. */
static void
a_higher_threshold_has_one_rest(void **state)
{
	static const unsigned n[] = {40, 6, 6, 4, 4, 4};
	struct family        *f   = calloc(1, sizeof *f);
	struct released      *r   = calloc(1, sizeof *r);
	(void)state;
	family_init(f, "things", two);
	for (unsigned i = 0; i < 6; i++)
		for (unsigned k = 0; k < n[i]; k++) {
			const char row[] = {(char)('a' + i), '\0'};
			family_count(f, 0, axis_place(&f->rows, row), "x");
			family_count(f, 1, axis_place(&f->rows, row), "y");
		}
	release_family(f, MIN_THRESHOLD, r);
	assert_int_equal(r->rows.n, 4);
	release_family(f, 7, r);
	assert_int_equal(r->rows.n, 2);
	assert_int_equal(r->totals[1], 24);
	free(f);
	free(r);
}

/* In the order of the journal columns would tell which group came first. */
static void
groups_stand_in_the_order_of_their_codes(void **state)
{
	static const char *const order[] = {"z", "a", NULL};
	struct family           *f       = calloc(1, sizeof *f);
	struct released         *r       = calloc(1, sizeof *r);
	(void)state;
	family_init(f, "things", two);
	axis_fix(&f->tables[1].cols, order);
	for (unsigned i = 0; i < 60; i++) {
		const char *row = i % 3 == 0 ? NULL : i % 3 == 1 ? "c" : "b";
		const char *col = i % 2 != 0 ? "a" : "z";
		family_count(f, 0, axis_place(&f->rows, row), col);
		family_count(f, 1, axis_place(&f->rows, row), col);
	}
	release_family(f, MIN_THRESHOLD, r);
	assert_string_equal(r->rows.codes[0], "b");
	assert_string_equal(r->rows.codes[1], "c");
	assert_string_equal(r->rows.codes[2], AXIS_UNKNOWN);
	assert_string_equal(r->tables[0].cols.codes[0], "a");
	assert_string_equal(r->tables[1].cols.codes[0], "z");
	assert_int_equal(r->tables[0].cells.value[0][0], 10);
	free(f);
	free(r);
}

static void
a_full_axis_counts_the_others_together(void **state)
{
	struct axis a = {.n = 0};
	char        code[16];
	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		(void)snprintf(code, sizeof code, "%u", i);
		assert_true(axis_place(&a, code) < TAB_MAX);
	}
	assert_int_equal(a.n, TAB_MAX);
	assert_string_equal(a.codes[TAB_MAX - 1], AXIS_REST);
	assert_int_equal(axis_place(&a, "3"), 3);
	assert_int_equal(axis_place(&a, "99"), TAB_MAX - 1);
}

/* The largest table is done in no time: nothing is exponential. */
static void
the_largest_table_is_made_safe(void **state)
{
	struct cells *t = calloc(1, sizeof *t);
	(void)state;
	t->n_rows = t->n_cols = TAB_MAX;
	state_                = 99;
	for (size_t r = 0; r < TAB_MAX; r++)
		for (size_t c = 0; c < TAB_MAX; c++)
			t->value[r][c] = pick(3) == 0 ? pick(40) : pick(3);
	suppress(t, 5);
	for (size_t r = 0; r < TAB_MAX; r++)
		for (size_t c = 0; c < TAB_MAX; c++)
			assert_true(t->hidden[r][c] ? suppress_is_safe(t, 5, r, c)
			                            : t->value[r][c] >= 5);
	free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_published_table_tells_a_small_cell),
	    cmocka_unit_test(a_table_with_large_totals_is_made_safe),
	    cmocka_unit_test(totals_are_large_and_add_up),
	    cmocka_unit_test(a_higher_threshold_tells_nothing_that_the_lowest_does_not),
	    cmocka_unit_test(a_higher_threshold_is_kept_too),
	    cmocka_unit_test(fewer_than_the_threshold_are_not_told),
	    cmocka_unit_test(what_is_rare_is_taken_together),
	    cmocka_unit_test(a_rest_that_is_enough_takes_nobody_else),
	    cmocka_unit_test(a_higher_threshold_has_one_rest),
	    cmocka_unit_test(groups_stand_in_the_order_of_their_codes),
	    cmocka_unit_test(a_full_axis_counts_the_others_together),
	    cmocka_unit_test(the_largest_table_is_made_safe),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

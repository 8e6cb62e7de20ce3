/* SPDX-License-Identifier: EUPL-1.2 */
/* figures.c - a year, as far as it may be told. */
#include "client/command/audit/figures.h"

#include "client/command/complain.h"

rc
figure_threshold(struct cli *cli, uint64_t *ret)
{
	TRY(cli_number(cli, "threshold", MIN_THRESHOLD, ret));
	if (*ret >= MIN_THRESHOLD && *ret <= THRESHOLD_MAX) return RC_OK;
	(void)complain_code(cli, RC_USAGE, "--threshold",
	    N_("figures about fewer than five are not told"));
	return RC_USAGE;
}

uint64_t
figure_reached(const struct counted_year *y, uint64_t threshold)
{
	uint64_t reached = y->n_signals / MIN_THRESHOLD * MIN_THRESHOLD;

	return reached >= threshold ? reached : 0;
}

static const char *
running(const struct counted_year *y, uint64_t threshold, char out[FIGURE_STATE_MAX])
{
	uint64_t reached = figure_reached(y, threshold);

	if (reached == 0)
		return tr("still running; its figures are told when it has ended");
	(void)snprintf(out, FIGURE_STATE_MAX,
	    tr("still running, %llu signals or more so far; its figures are told when it "
	       "has ended"),
	    (unsigned long long)reached);
	return out;
}

const char *
figure_state(const struct counted_year *y, uint64_t threshold, char out[FIGURE_STATE_MAX])
{
	switch (y->state) {
	case YEAR_TOLD:
		return tr("registered");
	case YEAR_ERASED:
		return tr("something of it was erased since; the figures that were told "
		          "before hold, and are not made again");
	case YEAR_INCOMPLETE:
		return tr("details are missing here, so it cannot be counted");
	default:
		return running(y, threshold, out);
	}
}

/* --- JSON ------------------------------------------------------------------------ */

static json_t *
codes_json(const struct axis *axis)
{
	json_t *a = json_array();

	for (size_t i = 0; i < axis->n; i++)
		(void)json_array_append_new(a, json_string(axis->codes[i]));
	return a;
}

static json_t *
numbers_json(size_t n, const uint64_t *numbers)
{
	json_t *a = json_array();

	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(a, json_integer((json_int_t)numbers[i]));
	return a;
}

static json_t *
cells_json(const struct cells *t)
{
	json_t *rows = json_array();

	for (size_t r = 0; r < t->n_rows; r++) {
		json_t *row = json_array();
		for (size_t c = 0; c < t->n_cols; c++)
			(void)json_array_append_new(row,
			    t->hidden[r][c] ? json_null()
			                    : json_integer((json_int_t)t->value[r][c]));
		(void)json_array_append_new(rows, row);
	}
	return rows;
}

static json_t *
family_json(const struct released *f)
{
	json_t *tables = json_array();

	if (!f->shown) {
		json_decref(tables);
		return json_pack("{s:s, s:b}", "name", f->name, "below_threshold", 1);
	}
	for (size_t i = 0; i < f->n; i++) {
		const struct released_table *t = &f->tables[i];
		(void)json_array_append_new(
		    tables, json_pack("{s:s, s:o, s:o, s:o}", "name", t->name, "columns",
		                codes_json(&t->cols), "column_totals",
		                numbers_json(t->cols.n, t->totals), "cells",
		                cells_json(&t->cells)));
	}
	return json_pack("{s:s, s:I, s:o, s:o, s:o}", "name", f->name, "total",
	    (json_int_t)f->total, "rows", codes_json(&f->rows), "row_totals",
	    numbers_json(f->rows.n, f->totals), "tables", tables);
}

static const char *
state_name(enum year_state state)
{
	static const char *const names[] = {"running", "told", "erased", "incomplete"};
	return names[state];
}

json_t *
figure_year_json(const struct counted_year *y, uint64_t threshold, struct released *room)
{
	json_t *o =
	    json_pack("{s:i, s:s}", "year", y->year, "state", state_name(y->state));
	uint64_t reached = figure_reached(y, threshold);

	if (y->state == YEAR_RUNNING && reached != 0)
		(void)json_object_set_new(
		    o, "signals_at_least", json_integer((json_int_t)reached));
	if (y->state != YEAR_TOLD) return o;
	json_t *families = json_array();
	for (size_t i = 0; i < COUNT_FAMILIES; i++) {
		release_family(&y->families[i], threshold, room);
		(void)json_array_append_new(families, family_json(room));
	}
	(void)json_object_set_new(o, "families", families);
	return o;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* client/command/audit/count.h: what a journal counts, once, in its own year, for ever.
 */
#include "client/command/audit/count.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "case.pb-c.h"
#include "journal.pb-c.h"
#include "proto/auto.h"
#include "proto/limits.h"
#include "proto/message.h"

enum { Y2025, Y2026, Y2027 };
static const uint64_t starts[] = {
    UINT64_C(1735689600000), UINT64_C(1767225600000), UINT64_C(1798761600000)};

struct log { /* a journal under way */
	struct counting *counting;
	uint64_t         index, time_ms;
};

static void
begin(struct log *l)
{
	*l = (struct log){.time_ms = starts[Y2025]};
	assert_int_equal(counting_new(&l->counting), RC_OK);
}

static void
end(struct log *l)
{
	counting_destroy(&l->counting);
}

static void
put(struct log *l, struct sluis_entry e, const Sluis__Detail *d)
{
	AUTO(buf_wipe) struct buf bytes = buf_init(8192);

	e.index   = l->index++;
	e.time_ms = l->time_ms;
	if (e.sender_oin == NULL) e.sender_oin = "from";
	if (e.recipient_oin == NULL) e.recipient_oin = "to";
	e.convenant = "zvh";
	if (d != NULL) {
		assert_int_equal(message_pack(&d->base, &bytes), RC_OK);
		e.detail   = bytes.p;
		e.detail_n = bytes.n;
	}
	assert_int_equal(counting_visit(l->counting, &e, 0), RC_OK);
}

static void
note(struct log *l, const char *kind, int64_t refers_to)
{
	put(l, (struct sluis_entry){.kind = kind, .refers_to = refers_to}, NULL);
}

/* A later year begins. */
static void
turn(struct log *l, int year)
{
	l->time_ms = starts[year];
	note(l, "opened", SLUIS_NO_ENTRY);
}

struct told { /* a signal */
	const char *form, *again, *kind;
	uint8_t     trace, in_case;
	unsigned    n_victims, n_others, n_recipients;
	bool        no_detail;
};

static uint64_t
signal(struct log *l, struct told t)
{
	uint8_t trace[ID_BYTES] = {t.trace}, in[ID_BYTES] = {t.in_case};
	char    form[64], again[32];
	char   *all_codes[2] = {form, again};
	char   *victim[1]    = {message_borrow("victim")};
	char   *codes[2] = {message_borrow("sex:female"), message_borrow("age:under_18")};
	Sluis__RuledRecord all    = SLUIS__RULED_RECORD__INIT,
	                   one    = SLUIS__RULED_RECORD__INIT;
	Sluis__RuledRecord  other = SLUIS__RULED_RECORD__INIT;
	Sluis__RuledRecord *records[8];
	Sluis__Detail       d     = SLUIS__DETAIL__INIT;
	uint64_t            first = l->index;

	(void)snprintf(form, sizeof form, "form:%s", t.form);
	(void)snprintf(again, sizeof again, "again:%s", t.again == NULL ? "" : t.again);
	all.n_counted  = t.again == NULL ? 1 : 2;
	all.counted    = all_codes;
	one.n_facts    = 1;
	one.facts      = victim;
	one.n_counted  = 2;
	one.counted    = codes;
	d.has_trace_id = 1;
	d.trace_id     = message_borrow_bytes(trace, sizeof trace);
	d.has_case_id  = t.in_case != 0;
	d.case_id      = message_borrow_bytes(in, sizeof in);
	for (; d.n_records < t.n_victims; d.n_records++) records[d.n_records] = &one;
	for (unsigned i = 0; i < t.n_others; i++) records[d.n_records++] = &other;
	records[d.n_records++] = &all;
	d.records              = records;
	for (unsigned i = 0; i < (t.n_recipients == 0 ? 1 : t.n_recipients); i++)
		put(l,
		    (struct sluis_entry){.kind = t.kind == NULL ? "ruling" : t.kind,
		        .refers_to             = SLUIS_NO_ENTRY},
		    t.no_detail ? NULL : &d);
	return first;
}

static void
feedback(struct log *l, uint64_t about, bool followed, bool investigation)
{
	AUTO(buf_wipe) struct buf act  = buf_init(64);
	Sluis__Detail             d    = SLUIS__DETAIL__INIT;
	Sluis__CaseStep           step = SLUIS__CASE_STEP__INIT;
	Sluis__Feedback           says = SLUIS__FEEDBACK__INIT;

	says.has_followed_up           = 1;
	says.followed_up               = followed;
	says.has_investigation_started = 1;
	says.investigation_started     = investigation;
	step.feedback                  = &says;
	assert_int_equal(message_pack(&step.base, &act), RC_OK);
	d.has_act = 1;
	d.act     = message_borrow_bytes(act.p, act.n);
	put(l, (struct sluis_entry){.kind = "feedback", .refers_to = (int64_t)about}, &d);
}

/* How many stand in FAMILY under ROW and COL of TABLE of year I. */
static uint64_t
at(const struct log *l, size_t i, enum count_family family, const char *table,
    const char *row, const char *col)
{
	const struct family *f = &counting_year(l->counting, i)->families[family];
	size_t               r = axis_find(&f->rows, row), t = 0;

	while (t < f->n && strcmp(f->tables[t].name, table) != 0) t++;
	assert_true(t < f->n);
	size_t c = axis_find(&f->tables[t].cols, col);
	return r < f->rows.n && c < f->tables[t].cols.n ? f->tables[t].count[r][c] : 0;
}

static uint64_t
total(const struct log *l, size_t i, enum count_family family)
{
	return family_total(&counting_year(l->counting, i)->families[family]);
}

/* --- once ------------------------------------------------------------------------ */

static void
a_signal_counts_once_for_all_its_recipients(void **state)
{
	AUTO(end) struct log l;
	(void)state;
	begin(&l);
	signal(&l, (struct told){.form = "labour",
	               .trace          = 1,
	               .n_recipients   = 3,
	               .n_victims      = 2,
	               .n_others       = 1});
	signal(&l, (struct told){.form = "sexual", .trace = 2, .kind = "not_served"});
	turn(&l, Y2026);
	assert_int_equal(total(&l, 0, COUNT_SIGNALS), 2);
	assert_int_equal(total(&l, 0, COUNT_VICTIMS), 2);
	assert_int_equal(total(&l, 0, COUNT_DELIVERIES), 3);
	assert_int_equal(at(&l, 0, COUNT_VICTIMS, "sex", "labour", "female"), 2);
	assert_int_equal(at(&l, 0, COUNT_VICTIMS, "age", "labour", "under_18"), 2);
	assert_int_equal(at(&l, 0, COUNT_VICTIMS, "residence", "labour", "unknown"), 2);
	assert_int_equal(at(&l, 0, COUNT_SIGNALS, "outcome", "sexual", "not_served"), 1);
	assert_int_equal(at(&l, 0, COUNT_SIGNALS, "outcome", "labour", "no_feedback"), 1);
}

static void
every_table_of_a_family_counts_the_same(void **state)
{
	AUTO(end) struct log l;
	(void)state;
	begin(&l);
	for (uint8_t i = 1; i < 20; i++)
		signal(&l, (struct told){.form = i % 2 != 0 ? "labour" : "sexual",
		               .trace          = i,
		               .n_victims      = i % 3,
		               .n_recipients   = i % 4});
	turn(&l, Y2026);
	for (size_t k = 0; k < COUNT_FAMILIES; k++) {
		const struct family *f = &counting_year(l.counting, 0)->families[k];
		for (size_t t = 0; t < f->n; t++)
			for (size_t r = 0; r < f->rows.n; r++) {
				uint64_t sum[2] = {0, 0};
				for (size_t c = 0; c < TAB_MAX; c++) {
					sum[0] += f->tables[0].count[r][c];
					sum[1] += f->tables[t].count[r][c];
				}
				assert_int_equal(sum[0], sum[1]);
			}
	}
}

static void
what_comes_again_in_a_case_is_the_same_signal(void **state)
{
	AUTO(end) struct log l;
	(void)state;
	begin(&l);
	signal(&l,
	    (struct told){.form = "labour", .trace = 1, .in_case = 9, .n_victims = 1});
	note(&l, "case", SLUIS_NO_ENTRY);
	signal(&l,
	    (struct told){.form = "labour", .trace = 2, .in_case = 9, .n_victims = 1});
	uint64_t last = signal(
	    &l, (struct told){
	            .form = "labour", .trace = 3, .in_case = 9, .again = "addition"});
	signal(
	    &l, (struct told){
	            .form = "labour", .trace = 4, .again = "correction", .n_victims = 1});
	feedback(&l, last, true, false);
	turn(&l, Y2026);
	assert_int_equal(total(&l, 0, COUNT_SIGNALS), 1);
	assert_int_equal(total(&l, 0, COUNT_VICTIMS), 1);
	assert_int_equal(total(&l, 0, COUNT_DELIVERIES), 4);
	assert_int_equal(at(&l, 0, COUNT_SIGNALS, "outcome", "labour", "followed_up"), 1);
}

/* --- what became of it ----------------------------------------------------------- */

static void
the_most_telling_feedback_counts(void **state)
{
	AUTO(end) struct log l;
	(void)state;
	begin(&l);
	uint64_t one =
	    signal(&l, (struct told){.form = "labour", .trace = 1, .n_recipients = 2});
	feedback(&l, one, false, false);
	feedback(&l, one + 1, true, true);
	feedback(&l, one, false, false);
	feedback(&l, 999, true, true); /* about nothing we know */
	note(&l, "acknowledged", (int64_t)one);
	note(&l, "undelivered", (int64_t)one + 1);
	turn(&l, Y2026);
	assert_int_equal(
	    at(&l, 0, COUNT_SIGNALS, "outcome", "labour", "investigation"), 1);
	assert_int_equal(at(&l, 0, COUNT_DELIVERIES, "feedback", "to", "given"), 2);
	assert_int_equal(at(&l, 0, COUNT_DELIVERIES, "state", "to", "taken"), 1);
	assert_int_equal(at(&l, 0, COUNT_DELIVERIES, "state", "to", "not_taken"), 1);
}

/* --- years ----------------------------------------------------------------------- */

static enum year_state
state_of(const struct log *l, size_t i)
{
	return counting_year(l->counting, i)->state;
}

static void
a_year_is_told_when_a_later_one_has_begun(void **state)
{
	AUTO(end) struct log l;
	(void)state;
	begin(&l);
	signal(&l, (struct told){.form = "labour", .trace = 1});
	assert_int_equal(state_of(&l, 0), YEAR_RUNNING);
	l.time_ms = starts[Y2026] - 1;
	note(&l, "notice", SLUIS_NO_ENTRY);
	assert_int_equal(counting_n_years(l.counting), 1);
	turn(&l, Y2026);
	assert_int_equal(counting_n_years(l.counting), 2);
	assert_int_equal(state_of(&l, 0), YEAR_TOLD);
	assert_int_equal(state_of(&l, 1), YEAR_RUNNING);
	assert_int_equal(counting_year(l.counting, 0)->year, 2025);
	assert_int_equal(counting_year(l.counting, 1)->year, 2026);
}

/* Whatever comes later, and however it is dated, what was told stays as it was. */
static void
what_comes_later_changes_no_year_that_ended(void **state)
{
	AUTO(end) struct log l;
	(void)state;
	begin(&l);
	uint64_t one =
	    signal(&l, (struct told){.form = "labour", .trace = 1, .in_case = 3});
	turn(&l, Y2026);
	struct family *was = calloc(COUNT_FAMILIES, sizeof *was);
	memcpy(was, counting_year(l.counting, 0)->families, COUNT_FAMILIES * sizeof *was);
	feedback(&l, one, true, true);
	note(&l, "acknowledged", (int64_t)one);
	signal(&l, (struct told){.form = "labour", .trace = 2, .in_case = 3});
	l.time_ms = starts[Y2025]; /* back-dated */
	signal(&l, (struct told){.form = "labour", .trace = 4, .n_victims = 1});
	turn(&l, Y2027);
	assert_memory_equal(
	    was, counting_year(l.counting, 0)->families, COUNT_FAMILIES * sizeof *was);
	assert_int_equal(total(&l, 1, COUNT_SIGNALS), 1); /* the back-dated one alone */
	assert_int_equal(total(&l, 1, COUNT_DELIVERIES), 2);
	free(was);
}

static void
what_is_erased_while_its_year_runs_is_not_counted(void **state)
{
	AUTO(end) struct log l;
	(void)state;
	begin(&l);
	signal(&l, (struct told){.form = "labour", .trace = 1});
	uint64_t gone =
	    signal(&l, (struct told){.form = "labour", .trace = 2, .no_detail = true});
	note(&l, "erased", (int64_t)gone);
	turn(&l, Y2026);
	assert_int_equal(state_of(&l, 0), YEAR_TOLD);
	assert_int_equal(total(&l, 0, COUNT_SIGNALS), 1);
}

static void
a_year_is_not_told_again_after_an_erasure(void **state)
{
	AUTO(end) struct log l;
	(void)state;
	begin(&l);
	signal(&l, (struct told){.form = "labour", .trace = 1});
	turn(&l, Y2026);
	uint64_t gone =
	    signal(&l, (struct told){.form = "labour", .trace = 2, .no_detail = true});
	turn(&l, Y2027);
	note(&l, "erased", (int64_t)gone);
	assert_int_equal(state_of(&l, 0), YEAR_TOLD);
	assert_int_equal(state_of(&l, 1), YEAR_ERASED);
	assert_int_equal(state_of(&l, 2), YEAR_RUNNING);
}

/* What came of it may stand in every year since. */
static void
an_erasure_reaches_every_year_since(void **state)
{
	AUTO(end) struct log l;
	(void)state;
	begin(&l);
	uint64_t gone =
	    signal(&l, (struct told){.form = "labour", .trace = 1, .no_detail = true});
	turn(&l, Y2026);
	turn(&l, Y2027);
	note(&l, "erased", (int64_t)gone);
	assert_int_equal(state_of(&l, 0), YEAR_ERASED);
	assert_int_equal(state_of(&l, 1), YEAR_ERASED);
}

static void
an_erasure_does_not_reach_the_year_before(void **state)
{
	AUTO(end) struct log l;
	(void)state;
	begin(&l);
	signal(&l, (struct told){.form = "labour", .trace = 1});
	l.time_ms     = starts[Y2026]; /* the first entry of its year */
	uint64_t gone = signal(&l, (struct told){.form = "labour", .trace = 2});
	turn(&l, Y2027);
	note(&l, "erased", (int64_t)gone);
	assert_int_equal(state_of(&l, 0), YEAR_TOLD);
	assert_int_equal(state_of(&l, 1), YEAR_ERASED);
}

static void
what_is_no_code_is_unknown(void **state)
{
	AUTO(end) struct log l;
	(void)state;
	begin(&l);
	signal(&l, (struct told){.form = "Noor van Rietschoten", .trace = 1});
	signal(&l, (struct told){.form = "", .trace = 2});
	signal(
	    &l, (struct told){.form = "a_code_that_is_longer_than_any_table_has_room_for",
	            .trace          = 3});
	turn(&l, Y2026);
	assert_int_equal(at(&l, 0, COUNT_SIGNALS, "sector", "unknown", "unknown"), 3);
}

static void
a_year_without_its_details_is_not_told(void **state)
{
	AUTO(end) struct log l;
	(void)state;
	begin(&l);
	signal(&l, (struct told){.form = "labour", .trace = 1, .no_detail = true});
	turn(&l, Y2026);
	assert_int_equal(state_of(&l, 0), YEAR_INCOMPLETE);
}

static void
a_detail_that_is_none_stops_the_count(void **state)
{
	AUTO(end) struct log l;
	struct sluis_entry   e = {
	      .kind = "ruling", .detail = (const uint8_t *)"\xff\xff", .detail_n = 2};
	(void)state;
	begin(&l);
	e.time_ms = l.time_ms;
	assert_int_equal(counting_visit(l.counting, &e, 0), RC_BAD_DIGEST);
}

/* More parties than a table has rows are counted together, and none is lost. */
static void
nobody_is_lost_in_a_full_table(void **state)
{
	AUTO(end) struct log l;
	char                 oin[8];
	(void)state;
	begin(&l);
	for (unsigned i = 0; i < 100; i++) {
		(void)snprintf(oin, sizeof oin, "%u", i);
		put(&l,
		    (struct sluis_entry){.kind = "ruling",
		        .recipient_oin         = oin,
		        .refers_to             = SLUIS_NO_ENTRY},
		    &(Sluis__Detail)SLUIS__DETAIL__INIT);
	}
	turn(&l, Y2026);
	assert_int_equal(total(&l, 0, COUNT_DELIVERIES), 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_signal_counts_once_for_all_its_recipients),
	    cmocka_unit_test(every_table_of_a_family_counts_the_same),
	    cmocka_unit_test(what_comes_again_in_a_case_is_the_same_signal),
	    cmocka_unit_test(the_most_telling_feedback_counts),
	    cmocka_unit_test(a_year_is_told_when_a_later_one_has_begun),
	    cmocka_unit_test(what_comes_later_changes_no_year_that_ended),
	    cmocka_unit_test(what_is_erased_while_its_year_runs_is_not_counted),
	    cmocka_unit_test(a_year_is_not_told_again_after_an_erasure),
	    cmocka_unit_test(an_erasure_reaches_every_year_since),
	    cmocka_unit_test(an_erasure_does_not_reach_the_year_before),
	    cmocka_unit_test(what_is_no_code_is_unknown),
	    cmocka_unit_test(a_year_without_its_details_is_not_told),
	    cmocka_unit_test(a_detail_that_is_none_stops_the_count),
	    cmocka_unit_test(nobody_is_lost_in_a_full_table),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* client/command/audit/anomaly.h: what stands out, with its numbers and entries, and what
 * does not. */
#include "client/command/audit/anomaly.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/auto.h"

enum { MONDAY = 20416 }; /* 2025-11-24 */

struct log {
	struct watch        *watch;
	struct anomalies     found;
	struct anomaly_terms terms;
	uint64_t             index, day;
};

static void
begin(struct log *l)
{
	*l =
	    (struct log){.day = MONDAY, .terms = {.feedback_days = 42, .recall_days = 7}};
	assert_int_equal(watch_new(&l->watch), RC_OK);
}

static void
end(struct log *l)
{
	anomalies_wipe(&l->found);
	watch_destroy(&l->watch);
}

static uint64_t
put(struct log *l, struct sluis_entry e)
{
	e.index   = l->index++;
	e.time_ms = l->day * DAY_MS;
	if (e.sender_oin == NULL) e.sender_oin = "";
	if (e.recipient_oin == NULL) e.recipient_oin = "";
	if (e.convenant == NULL) e.convenant = "zvh";
	if (e.code == NULL) e.code = "";
	if (e.rule == NULL) e.rule = "";
	assert_int_equal(watch_visit(l->watch, &e, 0), RC_OK);
	return e.index;
}

static uint64_t
sent(struct log *l, const char *from, const char *to)
{
	return put(l, (struct sluis_entry){.kind = "ruling",
	                  .sender_oin            = from,
	                  .recipient_oin         = to,
	                  .refers_to             = SLUIS_NO_ENTRY});
}

static void
about(struct log *l, const char *kind, uint64_t entry)
{
	(void)put(
	    l, (struct sluis_entry){
	           .kind = kind, .recipient_oin = "b", .refers_to = (int64_t)entry});
}

static void
many(struct log *l, unsigned n, const char *from, const char *to)
{
	for (unsigned i = 0; i < n; i++) (void)sent(l, from, to);
}

static void
look(struct log *l)
{
	anomalies_wipe(&l->found);
	assert_int_equal(anomalies_find(l->watch, &l->terms, &l->found), RC_OK);
}

/* The only finding of KIND; NULL for none. */
static const struct anomaly *
only(const struct log *l, enum anomaly_kind kind)
{
	const struct anomaly *f = NULL;
	for (size_t i = 0; i < l->found.n; i++) {
		if (l->found.at[i].kind != kind) continue;
		assert_null(f);
		f = &l->found.at[i];
	}
	return f;
}

/* --- peaks ----------------------------------------------------------------------- */

static void
a_week_with_much_more_is_a_peak(void **state)
{
	AUTO(end) struct log l;
	(void)state;
	begin(&l);
	for (unsigned week = 0; week < 6; week++, l.day += 7) many(&l, 4, "a", "b");
	many(&l, 11, "a", "b");
	look(&l);
	const struct anomaly *f = only(&l, ANOMALY_PEAK_SENT);
	assert_non_null(f);
	assert_string_equal(f->from, "a");
	assert_int_equal(f->n, 11);
	assert_int_equal(f->of, 40); /* tenths */
	assert_int_equal(f->weeks, 6);
	assert_int_equal(f->entries[0], 24);
	assert_int_equal(f->n_entries, TALLY_ENTRIES);
	assert_int_equal(week_of_ms(f->since_ms), week_of_ms(l.day * DAY_MS));
}

static void
a_week_like_the_others_is_no_peak(void **state)
{
	AUTO(end) struct log l;
	(void)state;
	begin(&l);
	for (unsigned week = 0; week < 6; week++, l.day += 7) many(&l, 9, "a", "b");
	many(&l, 18, "a", "b"); /* 9 + 3 * 3 */
	look(&l);
	assert_null(only(&l, ANOMALY_PEAK_SENT));
	(void)sent(&l, "a", "b");
	look(&l);
	assert_non_null(only(&l, ANOMALY_PEAK_SENT));
}

static void
a_few_are_no_peak(void **state)
{
	AUTO(end) struct log l;
	(void)state;
	begin(&l);
	(void)sent(&l, "a", "b");
	l.day += 7 * 8;
	many(&l, PEAK_LEAST - 1, "a", "b");
	look(&l);
	assert_null(only(&l, ANOMALY_PEAK_SENT));
	(void)sent(&l, "a", "b");
	look(&l);
	assert_non_null(only(&l, ANOMALY_PEAK_SENT));
}

/* A busy time long ago hides nothing now. */
static void
only_the_last_weeks_are_compared(void **state)
{
	AUTO(end) struct log l;
	(void)state;
	begin(&l);
	many(&l, 200, "a", "b");
	l.day += 7 * (PEAK_WEEKS + 1);
	many(&l, PEAK_LEAST, "a", "b");
	look(&l);
	assert_non_null(only(&l, ANOMALY_PEAK_SENT));
	assert_int_equal(only(&l, ANOMALY_PEAK_SENT)->weeks, PEAK_WEEKS);
}

static void
the_first_weeks_cannot_stand_out(void **state)
{
	AUTO(end) struct log l;
	(void)state;
	begin(&l);
	(void)sent(&l, "a", "b");
	l.day += 7 * (PEAK_HISTORY - 1);
	many(&l, 100, "a", "b");
	look(&l);
	assert_null(only(&l, ANOMALY_PEAK_SENT));
	l.day += 7;
	many(&l, 300, "c", "b");
	look(&l);
	assert_non_null(only(&l, ANOMALY_PEAK_SENT)); /* weeks of nothing count */
}

static void
refusals_and_rules_have_peaks_too(void **state)
{
	AUTO(end) struct log l;
	struct sluis_field   f = {.path = "meta.origin", .rule = "r1"};
	(void)state;
	begin(&l);
	(void)sent(&l, "a", "b");
	l.day += 7 * 5;
	for (unsigned i = 0; i < 12; i++) {
		(void)put(&l, (struct sluis_entry){.kind = "refused",
		                  .sender_oin            = "a",
		                  .code                  = "stale",
		                  .refers_to             = -1});
		(void)put(&l, (struct sluis_entry){.kind = "ruling",
		                  .sender_oin            = "a",
		                  .recipient_oin         = "b",
		                  .fields                = &f,
		                  .n_fields              = 1,
		                  .refers_to             = -1});
	}
	look(&l);
	assert_int_equal(only(&l, ANOMALY_PEAK_REFUSED)->n, 12);
	assert_string_equal(only(&l, ANOMALY_PEAK_RULE)->what, "r1");
	assert_string_equal(only(&l, ANOMALY_REFUSED)->what, "stale");
	assert_string_equal(only(&l, ANOMALY_NEW_RULE)->what, "r1");
}

/* --- pairs and rules ------------------------------------------------------------- */

static void
a_pair_that_is_rare_for_its_sender_stands_out(void **state)
{
	AUTO(end) struct log l;
	(void)state;
	begin(&l);
	many(&l, RARE_OF - 3, "a", "b");
	many(&l, 2, "a", "c");
	look(&l);
	assert_null(only(&l, ANOMALY_RARE_PAIR)); /* too few to say */
	(void)sent(&l, "a", "b");
	look(&l);
	const struct anomaly *f = only(&l, ANOMALY_RARE_PAIR);
	assert_string_equal(f->to, "c");
	assert_int_equal(f->n, 2);
	assert_int_equal(f->of, RARE_OF);
	(void)sent(&l, "a", "c");
	look(&l);
	assert_null(only(&l, ANOMALY_RARE_PAIR));
}

static void
a_pair_that_comes_late_is_new(void **state)
{
	AUTO(end) struct log l;
	(void)state;
	begin(&l);
	(void)sent(&l, "a", "b");
	l.day += NEW_DAYS - 1;
	(void)sent(&l, "a", "c");
	look(&l);
	assert_null(only(&l, ANOMALY_NEW_PAIR));
	l.day++;
	uint64_t entry = sent(&l, "a", "d");
	look(&l);
	assert_string_equal(only(&l, ANOMALY_NEW_PAIR)->to, "d");
	assert_int_equal(only(&l, ANOMALY_NEW_PAIR)->entries[0], entry);
}

/* --- promises -------------------------------------------------------------------- */

static void
feedback_is_late_after_its_term(void **state)
{
	AUTO(end) struct log l;
	(void)state;
	begin(&l);
	uint64_t one = sent(&l, "a", "b"), two = sent(&l, "a", "b"),
	         never = sent(&l, "a", "b");
	l.day += 10; /* the term runs from when it was taken */
	about(&l, "acknowledged", one);
	about(&l, "acknowledged", two);
	about(&l, "feedback", two);
	(void)never; /* not taken: nobody can say anything about it */
	l.day += 41;
	about(&l, "notice", 0);
	look(&l);
	assert_null(only(&l, ANOMALY_UNANSWERED));
	l.day++;
	about(&l, "notice", 0);
	look(&l);
	const struct anomaly *f = only(&l, ANOMALY_UNANSWERED);
	assert_string_equal(f->to, "b");
	assert_int_equal(f->n, 1);
	assert_int_equal(f->of, 2);
	assert_int_equal(f->entries[0], one);
}

/* What comes too often is one entry with a count. */
static void
an_entry_that_counts_for_many_is_many(void **state)
{
	AUTO(end) struct log l;
	(void)state;
	begin(&l);
	(void)sent(&l, "a", "b");
	l.day += 7 * 5;
	(void)put(&l, (struct sluis_entry){.kind = "gate", .refers_to = -1, .count = 30});
	(void)put(&l, (struct sluis_entry){.kind = "refused",
	                  .sender_oin            = "a",
	                  .code                  = "over_quota",
	                  .refers_to             = -1,
	                  .count                 = 40});
	look(&l);
	assert_int_equal(only(&l, ANOMALY_GATE)->n, 30);
	assert_int_equal(only(&l, ANOMALY_GATE)->n_entries, 1);
	assert_int_equal(only(&l, ANOMALY_REFUSED)->n, 40);
	assert_int_equal(only(&l, ANOMALY_PEAK_REFUSED)->n, 40);
}

static void
what_a_broker_wrote_cannot_write_to_the_terminal(void **state)
{
	AUTO(end) struct log l;
	(void)state;
	begin(&l);
	(void)put(&l, (struct sluis_entry){.kind = "refused",
	                  .sender_oin            = "a\x1b[2J",
	                  .code                  = "st\nale\xc2\x9b",
	                  .refers_to             = -1});
	look(&l);
	assert_string_equal(only(&l, ANOMALY_REFUSED)->from, "a?[2J");
	assert_string_equal(only(&l, ANOMALY_REFUSED)->what, "st?ale??");
}

static void
nobody_owes_itself_feedback_nor_about_what_was_recalled(void **state)
{
	AUTO(end) struct log l;
	(void)state;
	begin(&l);
	about(&l, "acknowledged", sent(&l, "b", "b"));
	uint64_t one = sent(&l, "a", "b");
	about(&l, "acknowledged", one);
	about(&l, "recall", one);
	l.day += 100;
	about(&l, "notice", 0);
	look(&l);
	assert_null(only(&l, ANOMALY_UNANSWERED));
	assert_int_equal(only(&l, ANOMALY_RECALL_OVERDUE)->n, 1);
}

static void
a_recall_is_overdue_until_it_is_answered(void **state)
{
	AUTO(end) struct log l;
	(void)state;
	begin(&l);
	uint64_t recall = l.index;
	about(&l, "recall", 0);
	l.day += 7;
	about(&l, "notice", 0);
	look(&l);
	assert_int_equal(only(&l, ANOMALY_RECALL_OVERDUE)->entries[0], recall);
	about(&l, "destroyed", recall);
	look(&l);
	assert_null(only(&l, ANOMALY_RECALL_OVERDUE));
}

static void
an_empty_journal_has_nothing_that_stands_out(void **state)
{
	AUTO(end) struct log l;
	(void)state;
	begin(&l);
	look(&l);
	assert_int_equal(l.found.n, 0);
}

static void
every_kind_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (int i = 0; i < ANOMALY_KINDS; i++)
		for (int k = 0; k < i; k++)
			assert_string_not_equal(anomaly_name((enum anomaly_kind)i),
			    anomaly_name((enum anomaly_kind)k));
}

static void
weeks_begin_on_monday(void **state)
{
	(void)state;
	const uint64_t sunday = 20415, monday = 20416; /* 2025-11-23, 2025-11-24 */
	assert_int_equal(week_of_ms(sunday * DAY_MS) + 1, week_of_ms(monday * DAY_MS));
	assert_int_equal(week_of_ms(monday * DAY_MS), week_of_ms((monday + 6) * DAY_MS));
	assert_int_equal(ms_of_week(week_of_ms((monday + 3) * DAY_MS)), monday * DAY_MS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_week_with_much_more_is_a_peak),
	    cmocka_unit_test(a_week_like_the_others_is_no_peak),
	    cmocka_unit_test(a_few_are_no_peak),
	    cmocka_unit_test(only_the_last_weeks_are_compared),
	    cmocka_unit_test(the_first_weeks_cannot_stand_out),
	    cmocka_unit_test(refusals_and_rules_have_peaks_too),
	    cmocka_unit_test(a_pair_that_is_rare_for_its_sender_stands_out),
	    cmocka_unit_test(a_pair_that_comes_late_is_new),
	    cmocka_unit_test(feedback_is_late_after_its_term),
	    cmocka_unit_test(an_entry_that_counts_for_many_is_many),
	    cmocka_unit_test(what_a_broker_wrote_cannot_write_to_the_terminal),
	    cmocka_unit_test(nobody_owes_itself_feedback_nor_about_what_was_recalled),
	    cmocka_unit_test(a_recall_is_overdue_until_it_is_answered),
	    cmocka_unit_test(an_empty_journal_has_nothing_that_stands_out),
	    cmocka_unit_test(every_kind_has_a_name_of_its_own),
	    cmocka_unit_test(weeks_begin_on_monday),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

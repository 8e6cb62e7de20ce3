/* SPDX-License-Identifier: EUPL-1.2 */
/* test_ending.c - who is warned of an end, when, and how often. */
#include "broker/standing/ending.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { DAY = 24 * 60 * 60, YEAR = 365 * DAY };
#define END (1800000000LL)

/* With LEFT seconds until END, of something that lasts a year. */
static bool
due(struct end_said *e, int64_t left)
{
	return ending_is_due(e, END - YEAR, END, END - left);
}

static void
each_threshold_warns_once_from_its_first_second_on(void **state)
{
	static const int64_t terms[] = {30 * DAY, 7 * DAY, DAY, 0};
	struct end_said      e       = {0};

	(void)state;
	for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++) {
		assert_false(due(&e, terms[i] + 1));
		assert_true(due(&e, terms[i]));
		assert_false(due(&e, terms[i]));
		assert_false(due(&e, terms[i] - 1));
	}
	assert_false(due(&e, -YEAR));
}

static void
a_start_inside_one_warns_at_once_and_of_that_one_only(void **state)
{
	struct end_said late = {0}, last = {0}, over = {0};

	(void)state;
	assert_true(due(&late, 20 * DAY));
	assert_false(due(&late, 8 * DAY));
	assert_true(due(&late, 7 * DAY));
	assert_true(due(&last, 3600));
	assert_false(due(&last, 1));
	assert_true(due(&last, 0));
	assert_true(due(&over, -YEAR));
	assert_false(due(&over, -YEAR - 1));
}

static void
a_clock_that_goes_back_and_on_again_tells_nothing_twice(void **state)
{
	struct end_said e = {0};

	(void)state;
	assert_true(due(&e, 6 * DAY));
	for (int i = 0; i < 3; i++) {
		assert_false(due(&e, 29 * DAY));
		assert_false(due(&e, 300 * DAY));
		assert_false(due(&e, 6 * DAY));
	}
	assert_true(due(&e, DAY));
	assert_false(due(&e, 6 * DAY));
}

static void
a_successor_begins_anew_and_the_same_again_does_not(void **state)
{
	struct end_said e = {0};

	(void)state;
	assert_true(due(&e, DAY));
	/* it ends a year later */
	assert_false(ending_is_due(&e, END - DAY, END + YEAR, END - DAY));
	assert_true(ending_is_due(&e, END - DAY, END + YEAR, END + YEAR - 30 * DAY));
	assert_false(ending_is_due(&e, END - DAY, END + YEAR, END + YEAR - 30 * DAY));
	/* or is inside a term itself */
	assert_true(ending_is_due(&e, END - YEAR, END + DAY, END - 2 * DAY));
	assert_false(ending_is_due(&e, END - YEAR, END + DAY, END - 2 * DAY));
	/* or sooner than the one before */
	assert_true(due(&e, 2 * DAY));
}

static void
what_is_renewed_in_time_is_not_warned_of(void **state)
{
	static const struct {
		int64_t days, first; /* how long it lasts, and when it is first told */
	} lives[] = {
	    {30, 7}, {14, 7}, {13, 1}, {7, 1}, {2, 1}, {1, 0}, {60, 30}, {59, 7}};

	(void)state;
	for (size_t i = 0; i < sizeof lives / sizeof lives[0]; i++) {
		struct end_said e    = {0};
		int64_t         from = END - lives[i].days * DAY;
		int64_t         at   = END - lives[i].first * DAY;
		assert_false(ending_is_due(&e, from, END, from));
		assert_false(ending_is_due(&e, from, END, at - 1));
		assert_true(ending_is_due(&e, from, END, at));
	}
}

static void
days_are_counted_up_to_the_last(void **state)
{
	(void)state;
	assert_int_equal(30, ending_days(END, END - 30 * DAY));
	assert_int_equal(30, ending_days(END, END - 29 * DAY - 1));
	assert_int_equal(1, ending_days(END, END - DAY));
	assert_int_equal(1, ending_days(END, END - 1));
	assert_int_equal(0, ending_days(END, END));
	assert_int_equal(0, ending_days(END, END + YEAR));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_threshold_warns_once_from_its_first_second_on),
	    cmocka_unit_test(a_start_inside_one_warns_at_once_and_of_that_one_only),
	    cmocka_unit_test(a_clock_that_goes_back_and_on_again_tells_nothing_twice),
	    cmocka_unit_test(a_successor_begins_anew_and_the_same_again_does_not),
	    cmocka_unit_test(what_is_renewed_in_time_is_not_warned_of),
	    cmocka_unit_test(days_are_counted_up_to_the_last),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

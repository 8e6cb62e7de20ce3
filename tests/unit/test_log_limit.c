/* SPDX-License-Identifier: EUPL-1.2 */
/* test_log_limit.c - a kind of line has so many a minute, and none is forgotten. */
#include "broker/log_limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static uint32_t
written(struct log_limit *l, uint64_t minute, uint32_t tries, uint64_t *ret_told)
{
	uint32_t n = 0;
	*ret_told  = 0;
	for (uint32_t i = 0; i < tries; i++) {
		uint64_t told;
		n += log_limit_take(l, minute, LOG_LINES_A_MINUTE, &told) ? 1 : 0;
		*ret_told += told;
	}
	return n;
}

static void
a_minute_has_so_many_lines_and_no_more(void **state)
{
	struct log_limit l = {0};
	uint64_t         told;
	(void)state;
	assert_int_equal(LOG_LINES_A_MINUTE, written(&l, 7, 100000, &told));
	assert_int_equal(0, told);
	assert_int_equal(0, written(&l, 7, 1, &told));
}

static void
what_was_left_out_is_told_once_by_the_first_line_of_a_later_minute(void **state)
{
	struct log_limit l = {0};
	uint64_t         told;
	(void)state;
	(void)written(&l, 7, LOG_LINES_A_MINUTE + 5, &told);
	assert_int_equal(1, written(&l, 9, 1, &told));
	assert_int_equal(5, told);
	assert_int_equal(1, written(&l, 9, 1, &told));
	assert_int_equal(0, told);
}

static void
whoever_stays_below_it_is_told_of_nothing(void **state)
{
	struct log_limit l = {0};
	uint64_t         told;
	(void)state;
	for (uint64_t minute = 1; minute < 50; minute++) {
		assert_int_equal(
		    LOG_LINES_A_MINUTE, written(&l, minute, LOG_LINES_A_MINUTE, &told));
		assert_int_equal(0, told);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_minute_has_so_many_lines_and_no_more),
	    cmocka_unit_test(
	        what_was_left_out_is_told_once_by_the_first_line_of_a_later_minute),
	    cmocka_unit_test(whoever_stays_below_it_is_told_of_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

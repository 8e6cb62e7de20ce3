/* SPDX-License-Identifier: EUPL-1.2 */
/* test_clock.c - a clock that jumps moves nothing, one that drifts is followed. */
#include "broker/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define S ((uint64_t)1000)
#define DAY (86400 * S)
#define NOW ((uint64_t)1800000000 * S)

static const struct clock_limits limits = {.jump_ms = 600 * S, .gap_ms = 14 * DAY};
static struct clock              c;
static uint64_t                  wall, steady;

static void
start_at(uint64_t now, uint64_t newest, bool held)
{
	wall   = now;
	steady = 5000 * S;
	clock_begin(&c, &limits, wall, steady, newest, held);
}

/* Both clocks go on by MS, and the wall clock steps by STEP. */
static uint64_t
go(uint64_t ms, int64_t step)
{
	steady += ms;
	wall += ms + (uint64_t)step;
	return clock_look(&c, &limits, wall, steady);
}

/* That is followed. */
static void
follows(uint64_t ms, int64_t step)
{
	uint64_t got = go(ms, step);
	assert_int_equal(got, wall);
}

static void
two_clocks_that_agree_are_believed(void **state)
{
	(void)state;
	start_at(NOW, NOW - 3 * DAY, false);
	for (int i = 0; i < 1000; i++) follows(500, 0);
	assert_false(c.held);
	follows(20 * DAY, 0); /* the machine slept */
	assert_false(c.held);
}

static void
a_jump_in_either_direction_is_not_followed(void **state)
{
	static const int64_t jumps[] = {601 * 1000, -601 * 1000, (int64_t)(800 * DAY),
	    -(int64_t)(800 * DAY), -(int64_t)NOW};

	(void)state;
	for (size_t i = 0; i < sizeof jumps / sizeof jumps[0]; i++) {
		start_at(NOW, NOW, false);
		assert_int_equal(go(500, jumps[i]), NOW + 500);
		assert_true(c.held);
		assert_int_equal(c.off_ms, jumps[i]);
		assert_int_equal(go(9500, 0), NOW + 10000); /* the time goes on */
		assert_true(c.held);
	}
}

static void
a_small_step_is_followed(void **state)
{
	(void)state;
	start_at(NOW, NOW, false);
	follows(500, 599 * 1000);
	assert_false(c.held);
	start_at(NOW, NOW, false);
	follows(500, -599 * 1000);
	assert_false(c.held);
}

static void
small_steps_that_add_up_are_a_jump(void **state)
{
	int n = 0;

	(void)state;
	start_at(NOW, NOW, false);
	while (!c.held && n < 1000) n += go(500, 10 * 1000) != 0;
	assert_in_range(n, 60, 62);
	start_at(NOW, NOW, false);
	for (n = 0; !c.held && n < 1000;) n += go(500, -10 * 1000) != 0;
	assert_in_range(n, 60, 62);
}

static void
a_clock_that_is_slowly_wrong_is_followed(void **state)
{
	(void)state;
	start_at(NOW, NOW, false);
	for (int day = 0; day < 100; day++) /* 200 ms an hour, both ways */
		for (int hour = 0; hour < 24; hour++)
			(void)go(3600 * S, hour % 3 == 0 ? -200 : 200);
	assert_false(c.held);
	assert_int_equal(c.trusted_ms, wall);
}

static void
often_looking_does_not_keep_steps_from_fading(void **state)
{
	(void)state;
	start_at(NOW, NOW, false);
	(void)go(10, 500 * 1000);
	for (uint64_t i = 0; i < DAY / 100; i++) (void)go(100, 0);
	assert_in_range(c.drift_ms, 0, 1000);
	follows(10, 500 * 1000);
	assert_false(c.held);
}

static void
a_clock_that_comes_back_is_believed_again(void **state)
{
	(void)state;
	start_at(NOW, NOW, false);
	(void)go(500, 1000 * (int64_t)DAY);
	assert_true(c.held);
	follows(500, -1000 * (int64_t)DAY + 5000);
	assert_false(c.held);
	assert_int_equal(c.drift_ms, 0);
}

static void
what_the_administrator_confirms_is_the_time(void **state)
{
	(void)state;
	start_at(NOW, NOW, false);
	(void)go(500, -3 * (int64_t)DAY);
	assert_true(c.held);
	clock_confirm(&c, wall, steady);
	assert_false(c.held);
	assert_int_equal(go(500, 0), NOW + 1000 - 3 * DAY);
	assert_int_equal(go(500, 3 * (int64_t)DAY), NOW + 1500 - 3 * DAY);
	assert_true(c.held);
}

/* --- starts ---------------------------------------------------------------------- */

static void
a_first_start_believes_what_there_is(void **state)
{
	(void)state;
	start_at(NOW, 0, false);
	assert_false(c.held);
	follows(500, 0);
}

static void
a_start_long_after_the_newest_entry_is_not_believed(void **state)
{
	(void)state;
	start_at(NOW + 14 * DAY + 600 * S, NOW, false);
	assert_false(c.held);
	assert_int_equal(c.trusted_ms, NOW + 14 * DAY + 600 * S);
	start_at(NOW + 14 * DAY + 601 * S, NOW, false);
	assert_true(c.held);
	assert_int_equal(c.trusted_ms, NOW);
	assert_int_equal(go(1000, 0), NOW + 1000);
}

static void
a_start_before_the_newest_entry_is_not_believed(void **state)
{
	(void)state;
	start_at(NOW - 600 * S, NOW, false);
	assert_false(c.held);
	start_at(NOW - 601 * S, NOW, false);
	assert_true(c.held);
	start_at(0, NOW, false);
	assert_true(c.held);
	follows(500, (int64_t)(NOW + 3 * DAY)); /* set right */
	assert_false(c.held);
}

/* How long it was down nobody knows then. */
static void
who_was_not_believed_before_a_restart_is_not_after_it(void **state)
{
	(void)state;
	start_at(NOW + 3 * DAY, NOW, true);
	assert_true(c.held);
	assert_int_equal(go(500, 0), NOW + 500);
	assert_true(c.held);
	follows(500, -3 * (int64_t)DAY);
	assert_false(c.held);
}

static void
without_a_limit_everything_is_believed(void **state)
{
	static const struct clock_limits none = {.jump_ms = 0, .gap_ms = 14 * DAY};

	(void)state;
	clock_begin(&c, &none, NOW, 0, NOW + 900 * DAY, true);
	assert_false(c.held);
	assert_int_equal(clock_look(&c, &none, NOW + 900 * DAY, 1), NOW + 900 * DAY);
	assert_int_equal(clock_look(&c, &none, 5, 2), 5);
	assert_false(c.held);
}

static void
a_steady_clock_that_is_not_steady_does_no_harm(void **state)
{
	(void)state;
	start_at(NOW, NOW, false);
	assert_int_equal(clock_look(&c, &limits, wall, 0), NOW);
	assert_false(c.held);
}

#define T(name) cmocka_unit_test(name)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(two_clocks_that_agree_are_believed),
	    T(a_jump_in_either_direction_is_not_followed),
	    T(a_small_step_is_followed),
	    T(small_steps_that_add_up_are_a_jump),
	    T(a_clock_that_is_slowly_wrong_is_followed),
	    T(often_looking_does_not_keep_steps_from_fading),
	    T(a_clock_that_comes_back_is_believed_again),
	    T(what_the_administrator_confirms_is_the_time),
	    T(a_first_start_believes_what_there_is),
	    T(a_start_long_after_the_newest_entry_is_not_believed),
	    T(a_start_before_the_newest_entry_is_not_believed),
	    T(who_was_not_believed_before_a_restart_is_not_after_it),
	    T(without_a_limit_everything_is_believed),
	    T(a_steady_clock_that_is_not_steady_does_no_harm),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

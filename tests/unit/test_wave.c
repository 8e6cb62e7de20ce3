/* SPDX-License-Identifier: EUPL-1.2 */
/* test_wave.c - how many messages are taken in together. */
#include "broker/wave.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
a_wave_that_took_long_is_followed_by_one_that_does_not(void **state)
{
	(void)state;
	assert_int_equal(wave_next(64, 64, WAVE_MS), 64); /* just in time */
	assert_int_equal(wave_next(64, 64, 2 * WAVE_MS), 32);
	assert_int_equal(wave_next(64, 20, 4 * WAVE_MS), 5); /* by what it had */
	assert_int_equal(wave_next(64, 3, 60 * WAVE_MS), 1);
	assert_int_equal(wave_next(1, 1, 60 * WAVE_MS), 1); /* never none */
	assert_int_equal(wave_next(64, 64, UINT64_MAX), 1);
}

static void
it_grows_again_when_time_is_left(void **state)
{
	size_t most = 1;
	(void)state;
	for (int i = 0; i < 5; i++) most = wave_next(most, most, WAVE_MS / 4 - 1);
	assert_int_equal(most, 32);
	assert_int_equal(wave_next(most, most, WAVE_MS / 4), 32);
	assert_int_equal(wave_next(most, 1, 0), 64);
	assert_int_equal(wave_next(64, 64, 0), WAVE_MAX); /* and no further */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_wave_that_took_long_is_followed_by_one_that_does_not),
	    cmocka_unit_test(it_grows_again_when_time_is_left),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

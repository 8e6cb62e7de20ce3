/* SPDX-License-Identifier: EUPL-1.2 */
/* test_numbered.c - the first row from a number on, at every edge there is. */
#include "broker/outbox/numbered.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct row {
	uint64_t number;
	uint8_t  filler[3];
};

static void
of_no_rows_there_is_none(void **state)
{
	(void)state;
	assert_int_equal(numbered_from(NULL, 0, sizeof(struct row), 0), 0);
	assert_int_equal(numbered_from(NULL, 0, sizeof(struct row), UINT64_MAX), 0);
}

/* Lists of every length up to 20 with gaps between their numbers, against one by one. */
static void
it_is_what_looking_at_each_finds(void **state)
{
	enum { MOST = 20 };
	struct row rows[MOST];
	(void)state;
	memset(rows, 0xff, sizeof rows);
	for (size_t i = 0; i < MOST; i++) rows[i].number = 3 * i + 1;
	for (size_t n = 0; n <= MOST; n++)
		for (uint64_t number = 0; number <= (uint64_t)3 * MOST + 2; number++) {
			size_t want = 0;
			while (want < n && rows[want].number < number) want++;
			assert_int_equal(
			    numbered_from(rows, n, sizeof rows[0], number), want);
		}
}

static void
numbers_at_the_ends_of_their_range_are_found(void **state)
{
	const struct row rows[] = {
	    {.number = 0}, {.number = (uint64_t)1 << 63}, {.number = UINT64_MAX}};
	(void)state;
	assert_int_equal(numbered_from(rows, 3, sizeof rows[0], 0), 0);
	assert_int_equal(numbered_from(rows, 3, sizeof rows[0], 1), 1);
	assert_int_equal(numbered_from(rows, 3, sizeof rows[0], UINT64_MAX - 1), 2);
	assert_int_equal(numbered_from(rows, 3, sizeof rows[0], UINT64_MAX), 2);
	assert_int_equal(numbered_from(rows, 2, sizeof rows[0], UINT64_MAX), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(of_no_rows_there_is_none),
	    cmocka_unit_test(it_is_what_looking_at_each_finds),
	    cmocka_unit_test(numbers_at_the_ends_of_their_range_are_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

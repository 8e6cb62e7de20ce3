/* SPDX-License-Identifier: EUPL-1.2 */
/* test_room.c - lists that grow lose nothing, and those that cannot stay as they were. */
#include "proto/room.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "proto/auto.h"

struct odd { /* elements of a size that is no power of two */
	uint64_t number;
	uint8_t  twice[5];
};

static void
nothing_is_lost_when_it_grows(void **state)
{
	enum { MANY = 5000 };
	AUTO(auto_free) struct odd *list = NULL;
	size_t                      cap = 0, grown = 0;
	(void)state;
	for (size_t n = 0; n < MANY; n++) {
		size_t before = cap;
		assert_int_equal(room_for_one(&list, n, &cap, sizeof *list), RC_OK);
		assert_true(cap > n);
		if (cap != before) grown++;
		list[n] = (struct odd){.number = n, .twice = {0, 0, 0, 0, (uint8_t)n}};
	}
	for (size_t n = 0; n < MANY; n++) {
		assert_int_equal(list[n].number, n);
		assert_int_equal(list[n].twice[4], (uint8_t)n);
	}
	assert_in_range(grown, 2, 16); /* not once for each */
}

/* What it holds of the last place is the list's: a sanitizer sees a room that is less. */
static void
all_of_the_room_is_there(void **state)
{
	AUTO(auto_free) struct odd *list = NULL;
	size_t                      cap  = 0;
	(void)state;
	assert_int_equal(room_for_one(&list, 0, &cap, sizeof *list), RC_OK);
	size_t first = cap;
	for (size_t i = 0; i < cap; i++) list[i] = (struct odd){.number = i};
	assert_int_equal(room_for_one(&list, cap, &cap, sizeof *list), RC_OK);
	assert_true(cap > first);
	for (size_t i = first; i < cap; i++) list[i] = (struct odd){.number = i};
	for (size_t i = 0; i < cap; i++) assert_int_equal(list[i].number, i);
}

static void
it_does_not_grow_while_there_is_room(void **state)
{
	AUTO(auto_free) char *list = NULL;
	size_t                cap  = 0;
	(void)state;
	assert_int_equal(room_for_one(&list, 0, &cap, 1), RC_OK);
	char  *at    = list;
	size_t first = cap;
	for (size_t n = 0; n < first; n++) {
		assert_int_equal(room_for_one(&list, n, &cap, 1), RC_OK);
		assert_ptr_equal(list, at);
		assert_int_equal(cap, first);
	}
}

/* The bytes, and the count of elements itself; an allocator need not say so. */
static void
too_much_is_no_memory_and_leaves_the_list(void **state)
{
	static const size_t         caps[] = {PTRDIFF_MAX / sizeof(struct odd) / 2 + 1,
	            SIZE_MAX / sizeof(struct odd), SIZE_MAX / 2 + 1, SIZE_MAX};
	AUTO(auto_free) struct odd *list   = calloc(1, sizeof *list);
	(void)state;
	assert_non_null(list);
	list->number = 7;
	for (size_t i = 0; i < sizeof caps / sizeof caps[0]; i++) {
		struct odd *at  = list;
		size_t      cap = caps[i];
		assert_int_equal(room_for_one(&list, cap, &cap, sizeof *list), RC_NOMEM);
		assert_ptr_equal(list, at);
		assert_int_equal(cap, caps[i]);
		assert_int_equal(list->number, 7);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_is_lost_when_it_grows),
	    cmocka_unit_test(all_of_the_room_is_there),
	    cmocka_unit_test(it_does_not_grow_while_there_is_room),
	    cmocka_unit_test(too_much_is_no_memory_and_leaves_the_list),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

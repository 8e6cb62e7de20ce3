/* SPDX-License-Identifier: EUPL-1.2 */
/* test_unread.c - what waits to be read is bounded in bytes, by who does not read it. */
#include "broker/unread.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { EACH = 1000, ALL = 2500, FRAMES_MAX = 64 };

static const uint8_t seed[UNREAD_SEED_BYTES] = {1, 2, 3};

static struct unread *u;
static uint8_t       *frames[FRAMES_MAX];
static void          *held[FRAMES_MAX];
static size_t         n_frames;

static int
make(void **state)
{
	(void)state;
	n_frames = 0;
	return unread_new(&u, EACH, ALL, seed) == RC_OK ? 0 : -1;
}

static void
let_go_of_all(void)
{
	for (; n_frames > 0; n_frames--)
		unread_let_go(frames[n_frames - 1], held[n_frames - 1]);
}

static int
drop(void **state)
{
	(void)state;
	let_go_of_all();
	unread_destroy(&u);
	return 0;
}

static rc
take(uint16_t account, size_t n)
{
	uint8_t bytes[4 * EACH];

	memset(bytes, 0x5a, sizeof bytes);
	rc code = unread_take(
	    u, account, slice_of(bytes, n), &frames[n_frames], &held[n_frames]);
	if (code == RC_OK) n_frames++;
	return code;
}

static void
a_frame_carries_its_bytes_and_is_counted_until_it_is_let_go(void **state)
{
	(void)state;
	assert_int_equal(take(7, 600), RC_OK);
	assert_int_equal(frames[0][0], 0x5a);
	assert_int_equal(frames[0][599], 0x5a);
	assert_int_equal(unread_total(u), 600);
	let_go_of_all();
	assert_int_equal(unread_total(u), 0);
}

static void
an_empty_frame_is_a_frame(void **state)
{
	(void)state;
	assert_int_equal(
	    unread_take(u, 7, (struct slice){0}, &frames[0], &held[0]), RC_OK);
	n_frames = 1;
	assert_int_equal(unread_total(u), 0);
}

static void
who_does_not_read_gets_no_more_than_each_may_have(void **state)
{
	(void)state;
	assert_int_equal(take(7, 600), RC_OK);
	assert_int_equal(take(7, 401), RC_QUEUE_FULL);
	assert_int_equal(unread_total(u), 600);
	assert_int_equal(take(7, 400), RC_OK);
	assert_int_equal(take(7, 1), RC_QUEUE_FULL);
	assert_int_equal(take(8, 1), RC_OK); /* another's account is another's */
	let_go_of_all();
	assert_int_equal(take(7, 1000), RC_OK);
}

static void
what_is_refused_is_not_counted(void **state)
{
	(void)state;
	assert_int_equal(take(7, 900), RC_OK);
	for (int i = 0; i < 1000; i++) assert_int_equal(take(7, 200), RC_QUEUE_FULL);
	assert_int_equal(unread_total(u), 900);
	assert_int_equal(take(7, 100), RC_OK);
}

static void
one_answer_goes_however_large(void **state)
{
	(void)state;
	assert_int_equal(take(7, 3 * EACH), RC_OK);
	assert_int_equal(take(7, 1), RC_QUEUE_FULL);
}

static void
when_all_is_full_who_has_nothing_waiting_is_answered(void **state)
{
	(void)state;
	assert_int_equal(take(1, 900), RC_OK);
	assert_int_equal(take(2, 900), RC_OK);
	assert_int_equal(take(3, 600), RC_OK);
	assert_int_equal(take(3, 101), RC_QUEUE_FULL); /* within EACH, beyond ALL */
	assert_int_equal(take(4, 900), RC_OK);
	assert_int_equal(take(4, 1), RC_QUEUE_FULL);
}

static void
strangers_have_one_account_and_no_part_of_the_rest(void **state)
{
	(void)state;
	assert_int_equal(take(UNREAD_STRANGERS, 900), RC_OK);
	assert_int_equal(take(UNREAD_STRANGERS, 101), RC_QUEUE_FULL);
	assert_int_equal(unread_total(u), 0);
	for (uint16_t i = 0; i < 5; i++) assert_int_equal(take(i, 500), RC_OK);
	assert_int_equal(take(0, 1), RC_QUEUE_FULL); /* ALL is used up, by the others */
	assert_int_equal(take(UNREAD_STRANGERS, 100), RC_OK);
	let_go_of_all();
	assert_int_equal(unread_total(u), 0);
	assert_int_equal(take(UNREAD_STRANGERS, 1000), RC_OK);
}

static void
an_account_is_of_the_key_and_of_the_seed(void **state)
{
	uint8_t        key[KEY_BYTES] = {9}, other_seed[UNREAD_SEED_BYTES] = {0};
	struct unread *other  = NULL;
	int            differ = 0, moved = 0;

	(void)state;
	assert_int_equal(unread_new(&other, EACH, ALL, other_seed), RC_OK);
	uint16_t first = unread_account(u, key);
	assert_int_equal(unread_account(u, key), first);
	for (key[1] = 1; key[1] < 65; key[1]++) {
		differ += unread_account(u, key) != first;
		moved += unread_account(u, key) != unread_account(other, key);
		assert_true(unread_account(u, key) < 4096);
	}
	assert_true(differ > 60);
	assert_true(moved > 60);
	unread_destroy(&other);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_frame_carries_its_bytes_and_is_counted_until_it_is_let_go),
	    TEST(an_empty_frame_is_a_frame),
	    TEST(who_does_not_read_gets_no_more_than_each_may_have),
	    TEST(what_is_refused_is_not_counted),
	    TEST(one_answer_goes_however_large),
	    TEST(when_all_is_full_who_has_nothing_waiting_is_answered),
	    TEST(strangers_have_one_account_and_no_part_of_the_rest),
	    TEST(an_account_is_of_the_key_and_of_the_seed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* test_taking.c - what connections are taking is bounded, until the kernel says that they
 * have it. */
#include "broker/taking.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "broker/unread.h"

enum {
	KIB    = 1024,
	LARGE  = 100 * KIB,
	EACH   = 250 * KIB,
	ALL    = 700 * KIB,
	FDS    = 3 * TAKING_SHARED,
	BEFORE = 1000, /* bytes that each confirmed already */
	ONE    = 1,    /* accounts */
	OTHER  = 2,
};

struct in_kernel {
	bool         gone;
	struct taken word;
};

static struct in_kernel kernel[FDS];
static unsigned         n_asked, n_cut;
static int              last_cut;
static struct taking   *t;

static bool
ask(int fd, struct taken *ret)
{
	n_asked++;
	*ret = kernel[fd].word;
	return !kernel[fd].gone;
}

static void
cut(int fd)
{
	n_cut++;
	last_cut = fd;
}

static int
make(void **state)
{
	(void)state;
	memset(kernel, 0, sizeof kernel);
	for (unsigned i = 0; i < FDS; i++)
		kernel[i].word = (struct taken){i + 1, BEFORE, true};
	n_asked = n_cut = 0;
	return taking_new(&t, EACH, ALL, ask) == RC_OK ? 0 : -1;
}

static int
drop(void **state)
{
	(void)state;
	taking_destroy(&t);
	return 0;
}

static rc
sent_at(int fd, uint16_t account, size_t n, uint64_t now_ms)
{
	struct taken before;

	rc code = taking_may(t, fd, account, n, &before);
	if (code != RC_OK) return code;
	taking_add(t, fd, account, n, &before, now_ms);
	kernel[fd].word.all = false;
	return RC_OK;
}

static rc
sent(int fd, uint16_t account, size_t n)
{
	return sent_at(fd, account, n, 0);
}

/* FD confirms N bytes more; ALL: and it was given no more. */
static void
takes(int fd, size_t n, bool all)
{
	kernel[fd].word.bytes += n;
	kernel[fd].word.all = all;
}

/* --- until when -------------------------------------------------------------------- */

static void
an_answer_counts_until_it_is_taken(void **state)
{
	(void)state;
	assert_int_equal(sent(7, ONE, LARGE), RC_OK);
	assert_int_equal(taking_total(t), LARGE);
	assert_int_equal(taking_look(t, 1000, cut), 0);
	assert_int_equal(taking_total(t), LARGE);
	takes(7, LARGE, true);
	assert_int_equal(taking_look(t, 2000, cut), 0);
	assert_int_equal(taking_total(t), 0);
	assert_int_equal(n_cut, 0);
}

static void
it_is_not_taken_when_the_kernel_has_nothing_yet(void **state)
{
	(void)state;
	assert_int_equal(sent(7, ONE, LARGE), RC_OK);
	takes(7, LARGE - 1, true);
	assert_int_equal(taking_look(t, 1000, cut), 0);
	assert_int_equal(taking_total(t), LARGE);
}

static void
it_is_not_taken_while_the_kernel_has_some_of_it(void **state)
{
	(void)state;
	assert_int_equal(sent(7, ONE, LARGE), RC_OK);
	takes(7, LARGE + 100, false);
	assert_int_equal(taking_look(t, 1000, cut), 0);
	assert_int_equal(taking_total(t), LARGE);
}

static void
all_that_was_sent_is_to_be_taken_and_the_largest_counts(void **state)
{
	(void)state;
	assert_int_equal(sent(7, ONE, 70 * KIB), RC_OK);
	assert_int_equal(sent(7, ONE, LARGE), RC_OK);
	assert_int_equal(sent(7, ONE, 80 * KIB), RC_OK);
	assert_int_equal(taking_total(t), LARGE);
	takes(7, 249 * KIB, true);
	(void)taking_look(t, 1000, cut);
	assert_int_equal(taking_total(t), LARGE);
	takes(7, 1 * KIB, true);
	(void)taking_look(t, 2000, cut);
	assert_int_equal(taking_total(t), 0);
}

static void
who_is_gone_takes_nothing(void **state)
{
	(void)state;
	assert_int_equal(sent(7, ONE, LARGE), RC_OK);
	assert_int_equal(sent(8, ONE, LARGE), RC_OK);
	kernel[7].gone            = true;
	kernel[8].word.connection = 1234; /* another has its descriptor */
	assert_int_equal(taking_look(t, TAKING_MS, cut), 0);
	assert_int_equal(taking_total(t), 0);
	assert_int_equal(n_cut, 0);
	assert_int_equal(sent(7, ONE, LARGE), RC_UNREACHABLE);
	assert_int_equal(taking_total(t), 0);
}

static void
another_with_its_descriptor_begins_anew(void **state)
{
	(void)state;
	assert_int_equal(sent(7, ONE, LARGE), RC_OK);
	kernel[7].word = (struct taken){1234, 0, true};
	assert_int_equal(sent_at(7, OTHER, 80 * KIB, TAKING_MS - 1), RC_OK);
	assert_int_equal(taking_total(t), 80 * KIB);
	assert_int_equal(taking_look(t, TAKING_MS, cut), 0);
	assert_int_equal(
	    sent_at(8, ONE, EACH, TAKING_MS), RC_OK); /* nothing is ONE's any more */
	takes(7, 80 * KIB, true);
	(void)taking_look(t, TAKING_MS, cut);
	assert_int_equal(taking_total(t), EACH);
}

/* --- how much ---------------------------------------------------------------------- */

static void
connections_of_one_account_share_what_each_may_have(void **state)
{
	(void)state;
	assert_int_equal(sent(1, ONE, LARGE), RC_OK);
	assert_int_equal(sent(2, ONE, LARGE), RC_OK);
	assert_int_equal(sent(3, ONE, 51 * KIB), RC_QUEUE_FULL);
	assert_int_equal(sent(2, ONE, LARGE + 51 * KIB), RC_QUEUE_FULL);
	assert_int_equal(taking_total(t), 2 * LARGE);
	assert_int_equal(sent(3, OTHER, LARGE), RC_OK);
	assert_int_equal(sent(2, ONE, LARGE + 50 * KIB), RC_OK);
	assert_int_equal(sent(2, ONE, LARGE + 50 * KIB), RC_OK); /* one at a time */
	assert_int_equal(sent(4, ONE, 1), RC_QUEUE_FULL);
}

static void
what_is_refused_is_not_counted(void **state)
{
	(void)state;
	assert_int_equal(sent(1, ONE, 2 * LARGE), RC_OK);
	for (int i = 2; i < 1000; i++)
		assert_int_equal(sent(i, ONE, LARGE), RC_QUEUE_FULL);
	assert_int_equal(taking_total(t), 2 * LARGE);
	assert_int_equal(sent(2, ONE, 50 * KIB), RC_OK);
}

static void
what_was_taken_meanwhile_makes_room_at_once(void **state)
{
	(void)state;
	assert_int_equal(sent(1, ONE, LARGE), RC_OK);
	assert_int_equal(sent(2, ONE, LARGE), RC_OK);
	kernel[1].gone = true;
	assert_int_equal(sent(3, ONE, LARGE), RC_OK);
	assert_int_equal(sent(4, ONE, LARGE), RC_QUEUE_FULL);
	takes(3, LARGE, true);
	assert_int_equal(sent(4, ONE, LARGE), RC_OK);
	assert_int_equal(taking_total(t), 2 * LARGE);
}

static void
the_kernel_is_asked_of_what_is_ones_own(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) assert_int_equal(sent(i, OTHER, 1), RC_OK);
	assert_int_equal(sent(7, ONE, LARGE), RC_OK);
	assert_int_equal(sent(8, ONE, LARGE), RC_OK);
	n_asked = 0;
	assert_int_equal(sent(9, ONE, LARGE), RC_QUEUE_FULL);
	assert_int_equal(n_asked, 3);
}

static void
one_answer_goes_however_large(void **state)
{
	(void)state;
	assert_int_equal(sent(1, ONE, 3 * EACH), RC_OK);
	assert_int_equal(sent(1, ONE, 3 * EACH), RC_OK); /* after it */
	assert_int_equal(sent(2, ONE, 1), RC_QUEUE_FULL);
	assert_int_equal(sent(1, ONE, 3 * EACH + 1), RC_QUEUE_FULL);
}

static void
when_all_is_full_who_takes_nothing_is_answered(void **state)
{
	(void)state;
	for (int i = 0; i < 6; i++) assert_int_equal(sent(i, (uint16_t)i, LARGE), RC_OK);
	assert_int_equal(sent(7, OTHER, LARGE + 1), RC_QUEUE_FULL);
	assert_int_equal(sent(7, OTHER, LARGE), RC_OK);
	assert_int_equal(sent(8, ONE, 80 * KIB), RC_QUEUE_FULL); /* within EACH */
	assert_int_equal(sent(9, 9, LARGE), RC_OK);
	assert_int_equal(sent(10, 9, 80 * KIB), RC_QUEUE_FULL);
}

static void
strangers_have_no_part_of_it(void **state)
{
	(void)state;
	assert_int_equal(sent(1, UNREAD_STRANGERS, 2 * LARGE), RC_OK);
	assert_int_equal(sent(2, UNREAD_STRANGERS, LARGE), RC_QUEUE_FULL);
	assert_int_equal(taking_total(t), 0);
	for (int i = 10; i < 17; i++)
		assert_int_equal(sent(i, (uint16_t)i, LARGE), RC_OK);
	assert_int_equal(sent(2, UNREAD_STRANGERS, 50 * KIB), RC_OK);
	kernel[1].gone = true;
	(void)taking_look(t, 1000, cut);
	assert_int_equal(taking_total(t), 7 * LARGE);
	assert_int_equal(sent(3, UNREAD_STRANGERS, 2 * LARGE), RC_OK);
}

/* Of one byte each, so that no sum is reached: each account has one besides. */
static void
the_table_is_never_full(void **state)
{
	int fd = 0;

	(void)state;
	for (; fd < TAKING_SHARED; fd++) assert_int_equal(sent(fd, ONE, 1), RC_OK);
	assert_int_equal(sent(fd, ONE, 1), RC_QUEUE_FULL);
	for (uint16_t i = 0; i <= UNREAD_STRANGERS; i++) {
		if (i == ONE) continue;
		assert_int_equal(sent(++fd, i, 1), RC_OK);
		assert_int_equal(sent(FDS - 1, i, 1), RC_QUEUE_FULL);
	}
	kernel[0].gone = kernel[1].gone = true;
	assert_int_equal(
	    sent(FDS - 1, ONE, 1), RC_QUEUE_FULL); /* beyond what is shared */
	for (fd = 0; fd < FDS; fd++) kernel[fd].gone = true;
	assert_int_equal(taking_look(t, 1000, cut), 0);
	assert_int_equal(taking_total(t), 0);
}

/* --- how long ---------------------------------------------------------------------- */

static void
who_takes_nothing_is_cut_off(void **state)
{
	(void)state;
	assert_int_equal(sent_at(7, ONE, LARGE, 5000), RC_OK);
	assert_int_equal(sent_at(8, ONE, LARGE, 5001), RC_OK);
	assert_int_equal(taking_look(t, 5000 + TAKING_MS - 1, cut), 0);
	assert_int_equal(n_cut, 0);
	assert_int_equal(taking_look(t, 5000 + TAKING_MS, cut), 1);
	assert_int_equal(n_cut, 1);
	assert_int_equal(last_cut, 7);
	assert_int_equal(taking_total(t), LARGE);
	assert_int_equal(taking_look(t, 5001 + TAKING_MS, cut), 1);
	assert_int_equal(last_cut, 8);
	assert_int_equal(taking_look(t, 9 * TAKING_MS, cut), 0);
}

static void
who_takes_a_little_now_and_then_is_cut_off(void **state)
{
	(void)state;
	assert_int_equal(sent(7, ONE, 4 * LARGE), RC_OK);
	for (uint64_t now = 1000; now < TAKING_MS; now += 1000) {
		takes(7, KIB, false);
		assert_int_equal(taking_look(t, now, cut), 0);
	}
	assert_int_equal(taking_look(t, TAKING_MS, cut), 1);
	assert_int_equal(n_cut, 1);
}

static void
who_asks_again_is_cut_off_none_the_later(void **state)
{
	(void)state;
	for (uint64_t now = 0; now < TAKING_MS; now += 1000) {
		assert_int_equal(sent_at(7, ONE, LARGE, now), RC_OK);
		assert_int_equal(taking_look(t, now, cut), 0);
	}
	assert_int_equal(taking_look(t, TAKING_MS, cut), 1);
}

static void
who_takes_enough_is_not_however_long_it_lasts(void **state)
{
	uint64_t now = 0;

	(void)state;
	assert_int_equal(sent(7, ONE, 40 * LARGE), RC_OK);
	for (int i = 0; i < 50; i++) {
		takes(7, TAKING_LEAST, false);
		assert_int_equal(taking_look(t, now += TAKING_MS - 1, cut), 0);
	}
	takes(7, TAKING_LEAST - 1, false);
	assert_int_equal(taking_look(t, now += TAKING_MS - 1, cut), 0);
	assert_int_equal(taking_look(t, now + 1, cut), 1);
}

static void
who_took_it_has_a_new_minute_for_the_next(void **state)
{
	(void)state;
	assert_int_equal(sent(7, ONE, LARGE), RC_OK);
	takes(7, LARGE, true); /* and nobody looked */
	assert_int_equal(sent_at(7, ONE, LARGE, TAKING_MS - 1), RC_OK);
	assert_int_equal(taking_look(t, 2 * TAKING_MS - 2, cut), 0);
	assert_int_equal(taking_look(t, 2 * TAKING_MS - 1, cut), 1);
}

static void
who_has_all_that_there_was_is_forgotten_and_not_cut_off(void **state)
{
	(void)state;
	assert_int_equal(sent(7, ONE, LARGE), RC_OK);
	takes(7, KIB, true);
	assert_int_equal(taking_look(t, TAKING_MS - 1, cut), 0);
	assert_int_equal(taking_total(t), LARGE);
	assert_int_equal(taking_look(t, TAKING_MS, cut), 0);
	assert_int_equal(taking_total(t), 0);
	assert_int_equal(n_cut, 0);
}

static void
many_are_cut_off_at_once_and_others_stay(void **state)
{
	(void)state;
	for (int i = 0; i < 6; i++) assert_int_equal(sent(i, (uint16_t)i, LARGE), RC_OK);
	takes(0, TAKING_LEAST, false);
	takes(3, LARGE, true);
	takes(5, TAKING_LEAST, false);
	assert_int_equal(taking_look(t, TAKING_MS, cut), 3);
	assert_int_equal(n_cut, 3);
	assert_int_equal(taking_total(t), 2 * LARGE);
	n_asked = 0;
	assert_int_equal(taking_look(t, TAKING_MS + 1, cut), 0);
	assert_int_equal(n_asked, 2);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(an_answer_counts_until_it_is_taken),
	    TEST(it_is_not_taken_when_the_kernel_has_nothing_yet),
	    TEST(it_is_not_taken_while_the_kernel_has_some_of_it),
	    TEST(all_that_was_sent_is_to_be_taken_and_the_largest_counts),
	    TEST(who_is_gone_takes_nothing),
	    TEST(another_with_its_descriptor_begins_anew),
	    TEST(connections_of_one_account_share_what_each_may_have),
	    TEST(what_is_refused_is_not_counted),
	    TEST(what_was_taken_meanwhile_makes_room_at_once),
	    TEST(the_kernel_is_asked_of_what_is_ones_own),
	    TEST(one_answer_goes_however_large),
	    TEST(when_all_is_full_who_takes_nothing_is_answered),
	    TEST(strangers_have_no_part_of_it),
	    TEST(the_table_is_never_full),
	    TEST(who_takes_nothing_is_cut_off),
	    TEST(who_takes_a_little_now_and_then_is_cut_off),
	    TEST(who_asks_again_is_cut_off_none_the_later),
	    TEST(who_takes_enough_is_not_however_long_it_lasts),
	    TEST(who_took_it_has_a_new_minute_for_the_next),
	    TEST(who_has_all_that_there_was_is_forgotten_and_not_cut_off),
	    TEST(many_are_cut_off_at_once_and_others_stay),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

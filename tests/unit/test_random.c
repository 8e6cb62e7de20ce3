/* SPDX-License-Identifier: EUPL-1.2 */
/* test_random.c - every random byte is given out once, to one process and one thread. */
#include "broker/random.h"

#include <pthread.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* A kernel that gives 0, 1, 2, ... as numbers of two bytes. */
static uint16_t next;
static size_t   n_drawn;

static const char *
name(void)
{
	return "counting";
}

static uint32_t
one(void)
{
	return 0;
}

static void
count(void *const out, const size_t n)
{
	n_drawn++;
	for (size_t i = 0; i + 2 <= n; i += 2, next++)
		memcpy((uint8_t *)out + i, &next, 2);
}

static struct randombytes_implementation counting = {
    .implementation_name = name, .random = one, .buf = count};

static void
no_number_is_given_out_twice_whatever_the_sizes(void **state)
{
	static uint8_t seen[65536];
	uint16_t       got[512];
	(void)state;
	for (size_t i = 0, n = 1; i < 200; i++, n = n * 7 % 257) {
		memset(got, 0, sizeof got);
		random_fill(got, 2 * n);
		for (size_t k = 0; k < n; k++) assert_int_equal(seen[got[k]]++, 0);
	}
}

static void
small_ones_are_no_question_each(void **state)
{
	uint8_t nonce[32];
	(void)state;
	n_drawn = 0;
	for (int i = 0; i < RANDOM_BLOCK / 32 * 4; i++) random_fill(nonce, sizeof nonce);
	assert_in_range(n_drawn, 4, 5);
}

static void
a_large_one_is_the_kernels_own(void **state)
{
	static uint16_t large[RANDOM_BLOCK / 2 + 1];
	(void)state;
	n_drawn = 0;
	random_fill(large, sizeof large);
	assert_int_equal(n_drawn, 1);
	assert_int_equal(
	    large[RANDOM_BLOCK / 2], (uint16_t)(large[0] + RANDOM_BLOCK / 2));
}

static void
a_child_does_not_go_on_with_the_block_of_its_parent(void **state)
{
	uint16_t before, mine, its = 0;
	int      ends[2], status;
	(void)state;
	random_fill(&before, sizeof before);
	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	if (child == 0) {
		random_fill(&its, sizeof its);
		_exit(write(ends[1], &its, sizeof its) == sizeof its ? 0 : 1);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(read(ends[0], &its, sizeof its), sizeof its);
	random_fill(&mine, sizeof mine);
	assert_int_not_equal(mine, its);
	assert_int_equal((uint16_t)(before - 1), mine); /* from the end of the block */
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static void *
draw(void *out)
{
	random_fill(out, 2);
	return NULL;
}

static void
a_thread_has_a_block_of_its_own(void **state)
{
	uint16_t  mine, its;
	pthread_t thread;
	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, draw, &its), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	random_fill(&mine, sizeof mine);
	assert_int_not_equal(mine, its);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_number_is_given_out_twice_whatever_the_sizes),
	    cmocka_unit_test(small_ones_are_no_question_each),
	    cmocka_unit_test(a_large_one_is_the_kernels_own),
	    cmocka_unit_test(a_child_does_not_go_on_with_the_block_of_its_parent),
	    cmocka_unit_test(a_thread_has_a_block_of_its_own),
	};
	if (randombytes_set_implementation(&counting) != 0 || sodium_init() < 0) return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* test_pool.c - every thing of a job is done once, by the end of it at the latest. */
#include "broker/pool.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "proto/auto.h"

enum { THINGS = 1000, THREADS = 4 };

struct counted {
	int            done[THINGS]; /* not atomic: each is one thread's */
	_Atomic size_t pieces, largest, running;
	_Atomic bool   taken_by[POOL_THREADS_MAX + 1];
};

static void
count(void *arg, size_t thread, size_t first, size_t n)
{
	struct counted *c = arg;

	atomic_fetch_add(&c->running, 1);
	atomic_fetch_add(&c->pieces, 1);
	if (n > atomic_load(&c->largest)) atomic_store(&c->largest, n);
	atomic_store(&c->taken_by[thread], true);
	for (size_t i = first; i < first + n; i++) c->done[i]++;
	atomic_fetch_sub(&c->running, 1);
}

static void
assert_all_done(size_t threads, size_t n, size_t grain)
{
	static struct counted           c;
	AUTO(pool_destroy) struct pool *p = NULL;

	assert_int_equal(pool_new(&p, threads), RC_OK);
	for (int round = 1; round <= 50; round++) {
		memset(&c, 0, sizeof c);
		pool_run(p, n, grain, count, &c);
		assert_int_equal(c.running, 0); /* all are back */
		for (size_t i = 0; i < THINGS; i++) assert_int_equal(c.done[i], i < n);
		for (size_t i = threads + 1; i <= POOL_THREADS_MAX; i++)
			assert_false(c.taken_by[i]);
		assert_true(c.largest <= (threads == 0 || n <= grain ? n : grain));
	}
}

static void
every_thing_is_done_once(void **state)
{
	static const size_t sizes[] = {0, 1, 2, 7, 8, 9, 64, THINGS};
	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
		for (size_t threads = 0; threads <= THREADS; threads += 2)
			for (size_t grain = 1; grain <= 8; grain *= 8)
				assert_all_done(threads, sizes[i], grain);
}

static void
what_was_begun_is_done_at_its_end(void **state)
{
	static struct counted c;
	(void)state;
	for (size_t threads = 0; threads <= THREADS; threads += 2) {
		AUTO(pool_destroy) struct pool *p = NULL;
		assert_int_equal(pool_new(&p, threads), RC_OK);
		pool_end(p); /* nothing was begun */
		for (size_t n = 0; n <= 64; n++) {
			memset(&c, 0, sizeof c);
			pool_begin(p, n, 3, count, &c);
			pool_end(p);
			assert_int_equal(c.running, 0);
			for (size_t i = 0; i < THINGS; i++)
				assert_int_equal(c.done[i], i < n);
			pool_end(p); /* and not once more */
			assert_int_equal(c.pieces, (n + 2) / 3);
		}
	}
}

static void
what_was_begun_goes_on_beside_who_began_it(void **state)
{
	static struct counted           c;
	AUTO(pool_destroy) struct pool *p = NULL;
	(void)state;
	memset(&c, 0, sizeof c);
	assert_int_equal(pool_new(&p, 1), RC_OK);
	pool_begin(p, THINGS, 1, count, &c);
	while (atomic_load(&c.pieces) < THINGS) continue;
	pool_end(p);
	assert_false(c.taken_by[0]);
	assert_true(c.taken_by[1]);
}

static void
what_was_begun_is_done_before_the_threads_end(void **state)
{
	static struct counted c;
	(void)state;
	for (int i = 0; i < 50; i++) {
		struct pool *p = NULL;
		memset(&c, 0, sizeof c);
		assert_int_equal(pool_new(&p, THREADS), RC_OK);
		pool_begin(p, THINGS, 7, count, &c);
		pool_destroy(&p);
		assert_int_equal(c.running, 0);
		for (size_t k = 0; k < THINGS; k++) assert_true(c.done[k] <= 1);
	}
}

static void
a_job_of_one_piece_wakes_nobody(void **state)
{
	static struct counted           c;
	AUTO(pool_destroy) struct pool *p = NULL;
	(void)state;
	assert_int_equal(pool_new(&p, THREADS), RC_OK);
	for (int i = 0; i < 100; i++) {
		memset(&c, 0, sizeof c);
		pool_run(p, 8, 8, count, &c);
		assert_int_equal(c.pieces, 1);
		assert_true(c.taken_by[0]);
	}
}

static void
no_more_threads_than_its_bound_are_made(void **state)
{
	static struct counted           c;
	AUTO(pool_destroy) struct pool *p = NULL;
	(void)state;
	assert_int_equal(pool_new(&p, SIZE_MAX), RC_OK);
	pool_run(p, THINGS, 1, count, &c);
	for (size_t i = 0; i < THINGS; i++) assert_int_equal(c.done[i], 1);
}

static _Atomic int  where_it_came;
static __thread int is_loop;

static void
note(int number)
{
	(void)number;
	where_it_came = is_loop != 0 ? 1 : 2;
}

/* A signal for the process reaches the loop, whose sleep it has to end. */
static void
helpers_take_no_signals(void **state)
{
	struct sigaction                action = {.sa_handler = note}, before;
	sigset_t                        mine;
	AUTO(pool_destroy) struct pool *p = NULL;
	(void)state;
	is_loop = 1;
	assert_int_equal(pool_new(&p, THREADS), RC_OK);
	assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &mine), 0);
	assert_false(sigismember(&mine, SIGTERM)); /* the caller's own are as they were */
	assert_int_equal(sigaction(SIGUSR1, &action, &before), 0);
	for (int i = 0; i < 100; i++) {
		where_it_came = 0;
		assert_int_equal(kill(getpid(), SIGUSR1), 0);
		assert_int_equal(where_it_came, 1);
	}
	assert_int_equal(sigaction(SIGUSR1, &before, NULL), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_thing_is_done_once),
	    cmocka_unit_test(what_was_begun_is_done_at_its_end),
	    cmocka_unit_test(what_was_begun_goes_on_beside_who_began_it),
	    cmocka_unit_test(what_was_begun_is_done_before_the_threads_end),
	    cmocka_unit_test(a_job_of_one_piece_wakes_nobody),
	    cmocka_unit_test(no_more_threads_than_its_bound_are_made),
	    cmocka_unit_test(helpers_take_no_signals),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* test_watched_input.c - of what is not read for a while the end is not told, and of what
 * is read it is one event. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "broker/watched_input.h"

static int set, ours, other;

static int
make(void **state)
{
	int ends[2];

	(void)state;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return -1;
	set   = epoll_create1(0);
	ours  = ends[0];
	other = ends[1];
	return set < 0 ? -1 : 0;
}

static int
drop(void **state)
{
	(void)state;
	(void)close(ours);
	(void)close(other);
	return close(set);
}

static int
change(int how, uint32_t events)
{
	struct epoll_event e = {.events = events, .data.fd = ours};

	return epoll_ctl(set, how, ours, &e);
}

/* As libzmq begins with a connection. */
static void
add(uint32_t events)
{
	assert_int_equal(change(EPOLL_CTL_ADD, 0), 0);
	assert_int_equal(change(EPOLL_CTL_MOD, events), 0);
}

/* What is told of it at once; 0: nothing. */
static uint32_t
told(void)
{
	struct epoll_event e = {.events = 0};

	int n = epoll_wait(set, &e, 1, 0);
	assert_in_range(n, 0, 1);
	if (n == 1) assert_int_equal(e.data.fd, ours);
	return n == 1 ? e.events : 0;
}

static void
hang_up(void)
{
	(void)close(other);
	other = -1;
}

static void
the_end_of_what_is_not_read_is_told_when_it_is_read_again(void **state)
{
	(void)state;
	add(EPOLLIN | EPOLLOUT);
	assert_int_equal(told(), EPOLLOUT);
	assert_int_equal(change(EPOLL_CTL_MOD, 0), 0);
	hang_up();
	assert_int_equal(told(), 0);
	assert_int_equal(change(EPOLL_CTL_MOD, EPOLLOUT), 0);
	assert_int_equal(told(), 0);
	assert_int_equal(change(EPOLL_CTL_MOD, EPOLLIN), 0);
	assert_int_equal(told(), EPOLLIN);
	assert_int_equal(change(EPOLL_CTL_MOD, 0), 0);
	assert_int_equal(told(), 0);
}

/* Who floods gets its answers. */
static void
room_to_write_is_told_while_it_is_not_read(void **state)
{
	(void)state;
	add(EPOLLIN);
	assert_int_equal(change(EPOLL_CTL_MOD, 0), 0);
	assert_int_equal(told(), 0);
	assert_int_equal(change(EPOLL_CTL_MOD, EPOLLOUT), 0);
	assert_int_equal(told(), EPOLLOUT);
	assert_int_equal(told(), EPOLLOUT);
	assert_int_equal(write(other, "x", 1), 1);
	assert_int_equal(told(), EPOLLOUT);
	hang_up();
	assert_int_equal(told(), EPOLLOUT); /* the last time */
	assert_int_equal(told(), 0);
	assert_int_equal(change(EPOLL_CTL_MOD, EPOLLIN), 0);
	assert_int_equal(told(), EPOLLIN);
}

static int
waits_for_nothing(void)
{
	struct epoll_event e;

	return epoll_wait(set, &e, 1, 0);
}

/* Or the loop would be told of it again and again. */
static void
an_end_that_is_not_told_keeps_nobody_awake(void **state)
{
	(void)state;
	add(EPOLLIN);
	assert_int_equal(change(EPOLL_CTL_MOD, 0), 0);
	hang_up();
	assert_int_equal(told(), 0);
	assert_int_equal(waits_for_nothing(), 0);
}

static void
it_leaves_the_set_like_any_other(void **state)
{
	(void)state;
	for (int ended = 0; ended < 2; ended++) {
		add(EPOLLIN | EPOLLOUT);
		assert_int_equal(told(), EPOLLOUT);
		assert_int_equal(change(EPOLL_CTL_MOD, 0), 0);
		if (ended) hang_up();
		assert_int_equal(told(), 0);
		assert_int_equal(change(EPOLL_CTL_DEL, 0), 0);
		assert_int_equal(change(EPOLL_CTL_DEL, 0), -1);
	}
}

/* Its number is another's by then. */
static void
what_was_closed_meanwhile_begins_anew(void **state)
{
	(void)state;
	for (int ended = 0; ended < 2; ended++) {
		int number = ours;
		add(EPOLLIN);
		assert_int_equal(change(EPOLL_CTL_MOD, 0), 0);
		if (ended) hang_up();
		assert_int_equal(told(), 0);
		drop(NULL);
		assert_int_equal(make(NULL), 0);
		assert_int_equal(ours, number);
		add(EPOLLOUT);
		assert_int_equal(told(), EPOLLOUT);
		hang_up();
		assert_true((told() & EPOLLHUP) != 0);
		assert_int_equal(change(EPOLL_CTL_DEL, 0), 0);
		drop(NULL);
		assert_int_equal(make(NULL), 0);
	}
}

static void
what_was_never_read_is_told_of(void **state)
{
	(void)state;
	add(EPOLLOUT);
	assert_int_equal(change(EPOLL_CTL_MOD, EPOLLOUT), 0);
	hang_up();
	assert_true((told() & EPOLLHUP) != 0);
}

static void
an_end_that_can_be_read_is_told_as_that_alone(void **state)
{
	(void)state;
	add(EPOLLIN | EPOLLOUT);
	assert_int_equal(write(other, "x", 1), 1);
	hang_up();
	assert_int_equal(told(), EPOLLIN | EPOLLOUT);
}

static void
a_number_beyond_what_is_known_is_refused(void **state)
{
	struct epoll_event e = {.events = EPOLLIN};

	(void)state;
	assert_int_equal(epoll_ctl(set, EPOLL_CTL_ADD, WATCHED_MAX, &e), -1);
	assert_int_equal(epoll_ctl(set, EPOLL_CTL_ADD, -1, &e), -1);
}

#define T(f) cmocka_unit_test_setup_teardown(f, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(the_end_of_what_is_not_read_is_told_when_it_is_read_again),
	    T(room_to_write_is_told_while_it_is_not_read),
	    T(an_end_that_is_not_told_keeps_nobody_awake),
	    T(it_leaves_the_set_like_any_other),
	    T(what_was_closed_meanwhile_begins_anew),
	    T(what_was_never_read_is_told_of),
	    T(an_end_that_can_be_read_is_told_as_that_alone),
	    T(a_number_beyond_what_is_known_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

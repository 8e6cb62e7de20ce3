/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * watched_input.c - a connection that is not read is not watched either.
 *
 * libzmq stops reading a connection of which too many messages wait (ZMQ_RCVHWM).  If it
 * is told of its end then, it notes an error and goes on; the next ping to or from the
 * other end meets the note and aborts the process ("!_io_error", zeromq/libzmq#4364).  So
 * whoever sends many messages and hangs up, a stranger at the enrol door too, would end
 * the broker.
 *
 * Two functions of the program's own take the place of the C library's for libzmq:
 *
 *	epoll_ctl()   takes a descriptor that was read, and is not to be for a
 *	              while, out of the set, and puts it back to be read on; its
 *	              end is met then, by read()
 *	epoll_wait()  tells of what can be read, or else of the end: libzmq reads
 *	              for each, and may stop at the first of the two
 *
 * While a descriptor is out nothing is told of it, nor that there is room to write: who
 * floods waits for its answers.
 *
 * Holds for the program that this file is linked into, sluisd.  Our own loop asks by
 * poll(), and is not concerned.
 *
 * Threads: any; of one descriptor one at a time, as libzmq has it.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FDS = 1 << 20 }; /* beyond, nothing is known and all is as it was */

enum {
	UNREAD = 0, /* never read since it came into the set: it is being connected */
	READ,
	OUT, /* of the set, until it is to be read again */
};

static _Atomic unsigned char state_of[FDS];

static int
control(int set, int how, int fd, struct epoll_event *events)
{
	return (int)syscall(SYS_epoll_ctl, set, how, fd, events);
}

/* FD, which is OUT, changes. */
static int
change_out(int set, int how, int fd, struct epoll_event *events)
{
	bool back = how != EPOLL_CTL_DEL && (events->events & EPOLLIN) != 0;

	if (how == EPOLL_CTL_MOD && !back) return 0;
	state_of[fd] = back ? READ : UNREAD;
	return how == EPOLL_CTL_DEL ? 0 : control(set, EPOLL_CTL_ADD, fd, events);
}

/* FD, which is in the set or comes into it, changes. */
static int
change_in(int set, int how, int fd, struct epoll_event *events)
{
	bool read  = how != EPOLL_CTL_DEL && (events->events & EPOLLIN) != 0;
	bool stops = how == EPOLL_CTL_MOD && state_of[fd] == READ && !read;

	state_of[fd] = stops ? OUT : read ? READ : UNREAD;
	return control(set, stops ? EPOLL_CTL_DEL : how, fd, events);
}

int
epoll_ctl(int set, int how, int fd, struct epoll_event *events)
{
	if (fd < 0 || fd >= FDS) return control(set, how, fd, events);
	/* it was closed without a word, and another has its number */
	if (how == EPOLL_CTL_ADD) state_of[fd] = UNREAD;
	return state_of[fd] == OUT ? change_out(set, how, fd, events)
	                           : change_in(set, how, fd, events);
}

int
epoll_wait(int set, struct epoll_event *events, int most, int wait_ms)
{
	int n = (int)syscall(SYS_epoll_pwait, set, events, most, wait_ms, NULL, 0);

	for (int i = 0; i < n; i++)
		if ((events[i].events & EPOLLIN) != 0)
			events[i].events &= ~(uint32_t)(EPOLLERR | EPOLLHUP);
	return n;
}

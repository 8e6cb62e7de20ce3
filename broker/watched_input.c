/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * watched_input.c - the end of a connection that is not read for a while is not told.
 *
 * libzmq stops reading a connection of which too many messages wait (ZMQ_RCVHWM).  If it
 * is told of its end then, it notes an error and goes on; the next ping to or from the
 * other end meets the note and aborts the process ("!_io_error", zeromq/libzmq#4364).  So
 * whoever sends many messages and hangs up, a stranger at the enrol door too, would end
 * the broker.
 *
 * Two functions of the program's own take the place of the C library's for libzmq:
 *
 *	epoll_ctl()   knows of each descriptor whether it is read, and puts one whose
 *	              end was met back into the set to be read on; its end is met
 *	              then, by read()
 *	epoll_wait()  tells of an end only where it may be read: as that alone, for
 *	              libzmq reads for each event and may stop at the first.  One that
 *	              ends while it is not read leaves the set, which would tell of it
 *	              again and again
 *
 * That there is room to write is told all the while: who floods gets its answers.
 *
 * Holds for the program that this file is linked into, sluisd.  Our own loop asks by
 * poll(), and is not concerned.
 *
 * Threads: any; of one descriptor one at a time, as libzmq has it.
 */
#include "broker/watched_input.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

enum state {
	UNREAD = 0, /* never read since it came into the set: it is being connected */
	READ,
	STOPPED, /* not to be read for a while */
	ENDED,   /* likewise, and its end was met: it is out of the set */
};

static uint8_t      state_of[WATCHED_MAX];
static epoll_data_t data_of[WATCHED_MAX]; /* the caller's; the set has the number */

static int
control(int set, int how, int fd, uint32_t events)
{
	struct epoll_event e = {.events = events, .data.fd = fd};

	return (int)syscall(SYS_epoll_ctl, set, how, fd, &e);
}

static enum state
after(int how, enum state before, bool read)
{
	if (how == EPOLL_CTL_DEL) return UNREAD;
	if (read) return READ;
	return how == EPOLL_CTL_ADD || before == UNREAD ? UNREAD : STOPPED;
}

/* FD, whose end was met, changes: there is nothing to tell until it is read on. */
static int
change_ended(int set, int how, int fd, const struct epoll_event *events)
{
	bool read = how == EPOLL_CTL_MOD && (events->events & EPOLLIN) != 0;

	if (how == EPOLL_CTL_MOD && !read) return 0;
	state_of[fd] = read ? READ : UNREAD;
	return read ? control(set, EPOLL_CTL_ADD, fd, events->events) : 0;
}

int
epoll_ctl(int set, int how, int fd, struct epoll_event *events)
{
	if (fd < 0 || fd >= WATCHED_MAX) {
		errno = fd < 0 ? EBADF : ENOSPC;
		return -1;
	}
	if (how != EPOLL_CTL_DEL) data_of[fd] = events->data;
	/* one that is added was closed without a word if it is known, and is another */
	if (how != EPOLL_CTL_ADD && state_of[fd] == ENDED)
		return change_ended(set, how, fd, events);
	uint32_t wanted = how == EPOLL_CTL_DEL ? 0 : events->events;
	state_of[fd]    = (uint8_t)after(how, state_of[fd], (wanted & EPOLLIN) != 0);
	return control(set, how, fd, wanted);
}

/* What is told of FD where EVENTS happened. */
static uint32_t
tell(int set, int fd, uint32_t events)
{
	const uint32_t end = EPOLLERR | EPOLLHUP;

	if ((events & EPOLLIN) != 0) return events & ~end;
	if ((events & end) == 0 || state_of[fd] != STOPPED) return events;
	state_of[fd] = ENDED;
	(void)control(set, EPOLL_CTL_DEL, fd, 0);
	return events & ~end;
}

int
epoll_wait(int set, struct epoll_event *events, int most, int wait_ms)
{
	int n = (int)syscall(SYS_epoll_pwait, set, events, most, wait_ms, NULL, 0);

	for (int i = 0; i < n; i++) {
		int fd           = events[i].data.fd;
		events[i].events = tell(set, fd, events[i].events);
		events[i].data   = data_of[fd];
	}
	return n;
}

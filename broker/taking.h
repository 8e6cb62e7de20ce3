/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * taking.h - large answers that connections are still taking.
 *
 * When libzmq has encrypted an answer it is in no account of unread.h any more, and is in
 * memory until the other end has read nearly all of it: up to four megabytes for each
 * connection.  What tells how far that is, is the kernel: how many bytes the other end
 * has confirmed.  So each connection that was sent a large answer is remembered until it
 * has it.
 *
 *	each, all   bound their bytes as they do those of unread.h, and beside them.
 *	            Who is taking nothing gets one answer even when all is full.
 *	slow        who did not take TAKING_LEAST in TAKING_MS, while there was more to
 *	            take, is cut off, however much it asks for meanwhile
 *
 * A descriptor may be another connection's by now: the kernel gives each a number that
 * no other has.
 *
 * Invariant: of a connection the largest answer counts, for libzmq encrypts one at a
 * time; smaller ones than TAKING_LEAST do not count.
 *
 * Pure: the time, what the kernel says and the cutting come in.  Threads: the broker
 * loop only.
 */
#ifndef SLUIS_BROKER_TAKING_H
#define SLUIS_BROKER_TAKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/rc.h"

enum {
	TAKING_LEAST  = 64 * 1024, /* bytes: an answer of so many is large */
	TAKING_MS     = 60 * 1000,
	TAKING_SHARED = 4096, /* connections; besides, one for who has none */
};

struct taking;

struct taken {               /* of a connection, by the kernel's word */
	uint64_t connection; /* no other has this */
	uint64_t bytes;      /* that the other end has confirmed so far */
	bool     all;        /* of what the kernel was given */
};

typedef bool taking_ask(int fd, struct taken *ret); /* false: it is gone */
typedef void taking_cut(int fd);

/* At most EACH bytes for one account (of unread.h) and ALL together.  RC_NOMEM. */
MUST rc taking_new(struct taking **ret, size_t each, size_t all, taking_ask *ask);
void    taking_destroy(struct taking **tp);

/* May FD, which is ACCOUNT's, be sent a large answer of N bytes?  RC_QUEUE_FULL: not
 * before others of the account were taken; RC_UNREACHABLE: it is gone.  *RET is for
 * taking_add(). */
MUST rc taking_may(
    struct taking *t, int fd, uint16_t account, size_t n, struct taken *ret);

/* It was sent.  BEFORE is of taking_may(), with nothing between that changes T. */
void taking_add(struct taking *t, int fd, uint16_t account, size_t n,
    const struct taken *before, uint64_t now_ms);

/* Forget what was taken and CUT who is slow; returns how many those were. */
size_t taking_look(struct taking *t, uint64_t now_ms, taking_cut *cut);

/* Bytes that are being taken now, but for those of strangers. */
size_t taking_total(const struct taking *t);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * counts.h - what the broker did since it started, as numbers.
 *
 * Numbers only, and only of what everybody on this machine may see: how many messages
 * came, why some were refused, how many commits there were.  No party, no desk, no kind
 * of request: with those, a curve over time would tell who works on what.  What happens
 * in a cover turn (cover.h) is not counted at all.
 *
 * Part of struct broker; valid when all zero.  Threads: the broker loop only.
 */
#ifndef SLUIS_BROKER_METRICS_COUNTS_H
#define SLUIS_BROKER_METRICS_COUNTS_H

#include <stddef.h>
#include <stdint.h>

#include "proto/rc.h"

enum { COUNTED_CODES = 128 }; /* more than there are */

struct counts {
	uint64_t messages;                   /* answered, refusals included */
	uint64_t refused[COUNTED_CODES];     /* by code, in the order of rc_at() */
	uint64_t turned_away[COUNTED_CODES]; /* handshakes, likewise */
	uint64_t commits, commit_us, longest_commit_us;
	uint64_t failed_commits; /* rolled back */
};

/* A message was answered with CODE. */
void counts_message(struct counts *c, rc code);

/* A handshake was refused because of CODE. */
void counts_turned_away(struct counts *c, rc code);

/* A commit took so many microseconds. */
void counts_commit(struct counts *c, uint64_t us);

#endif

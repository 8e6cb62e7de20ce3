/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * log_limit.h - how many lines of one kind a minute, or an hour, may have.
 *
 * Whoever sends rubbish all night must not fill the administrator's disk, and must not go
 * unnoticed: a kind of line that peers can cause is written so many times a minute, and
 * what was left out is told, as a number, with the first line of a later minute.  What
 * holds for the rest of a day is said once an hour.
 *
 * Pure: the span of time comes in.  Threads: the caller's lock.
 */
#ifndef SLUIS_BROKER_LOG_LIMIT_H
#define SLUIS_BROKER_LOG_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

enum { LOG_LINES_A_MINUTE = 120 };

struct log_limit {         /* valid when all zero */
	uint64_t span;     /* the minute, or hour */
	uint32_t lines;    /* written in it */
	uint64_t left_out; /* since the last line that told how many */
};

/* Whether a line may be written in SPAN (not 0), which has MAX; *RET_LEFT_OUT is then how
 * many were not, told by this one and forgotten. */
bool log_limit_take(
    struct log_limit *l, uint64_t span, uint32_t max, uint64_t *ret_left_out);

#endif

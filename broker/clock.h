/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * clock.h - whether to believe the wall clock.
 *
 * Terms end by it: copies, details and cases are erased for ever when it says so.  A
 * clock that jumps (a dead battery, a wrong time server, a hand on it) must not do that.
 * So the broker holds it against the machine's steady clock, which nobody sets:
 *
 *	believed      the two go together; what they differ, up to JUMP_MS a day, is
 *	              followed (time servers do that)
 *	not believed  they part by more.  The time goes on by the steady clock from where
 *	              the wall clock was last believed.  Requests of others are fresh or
 *	              stale by that.
 *
 * It is believed again when it comes back, or when the administrator says that it is
 * right (SIGUSR1).  Over a restart there is no steady clock: then the newest entry of the
 * journal is what is known, and the wall clock may be up to GAP_MS after it.
 *
 * Pure.
 */
#ifndef SLUIS_BROKER_CLOCK_H
#define SLUIS_BROKER_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct clock_limits {
	uint64_t jump_ms; /* 0: believe everything */
	uint64_t gap_ms;
};

struct clock {
	uint64_t trusted_ms; /* the time, at the last look */
	uint64_t steady_ms;  /* the steady clock, then */
	int64_t  drift_ms;   /* how far it was led by small steps; fades in a day */
	uint64_t unfaded_ms; /* time for which that did not fade yet */
	uint64_t slack_ms;   /* after a start: how much later it may be as well */
	int64_t  off_ms;     /* wall clock minus time, at the last look */
	bool     held;       /* the wall clock is not believed */
};

/* A process starts.  NEWEST_MS is the last time that is known, 0: none; HELD: it was not
 * believed when the last process ended. */
void clock_begin(struct clock *c, const struct clock_limits *limits, uint64_t wall_ms,
    uint64_t steady_ms, uint64_t newest_ms, bool held);

/* Look at both clocks; returns the time. */
uint64_t clock_look(struct clock *c, const struct clock_limits *limits, uint64_t wall_ms,
    uint64_t steady_ms);

/* The wall clock is right, whatever it says. */
void clock_confirm(struct clock *c, uint64_t wall_ms, uint64_t steady_ms);

#endif

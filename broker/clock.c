/* SPDX-License-Identifier: EUPL-1.2 */
/* clock.c - the wall clock against the steady one. */
#include "broker/clock.h"

#include "proto/limits.h"

enum { MINUTE_MS = 60 * 1000 };

/* A as far from B as a signed number can say. */
static int64_t
difference(uint64_t a, uint64_t b)
{
	if (a >= b) return a - b > INT64_MAX ? INT64_MAX : (int64_t)(a - b);
	return b - a > INT64_MAX ? -INT64_MAX : -(int64_t)(b - a);
}

static uint64_t
size_of(int64_t n)
{
	return n < 0 ? (uint64_t)-n : (uint64_t)n;
}

/* Whether the wall clock, OFF from the time, can be right. */
static bool
is_near(const struct clock *c, const struct clock_limits *limits, int64_t off)
{
	uint64_t most = limits->jump_ms + (off > 0 ? c->slack_ms : 0);
	return size_of(off) <= most;
}

static void
believe(struct clock *c, uint64_t wall_ms)
{
	c->trusted_ms = wall_ms;
	c->slack_ms   = 0;
	c->held       = false;
}

void
clock_begin(struct clock *c, const struct clock_limits *limits, uint64_t wall_ms,
    uint64_t steady_ms, uint64_t newest_ms, bool held)
{
	*c = (struct clock){.trusted_ms = newest_ms,
	    .steady_ms                  = steady_ms,
	    .slack_ms                   = held ? 0 : limits->gap_ms,
	    .held                       = held};
	if (newest_ms == 0 || limits->jump_ms == 0) believe(c, wall_ms);
	c->off_ms = difference(wall_ms, c->trusted_ms);
	if (c->held) return;
	if (is_near(c, limits, c->off_ms))
		believe(c, wall_ms);
	else
		c->held = true;
}

/* Small steps in one direction lead as far as a jump. */
static void
follow(struct clock *c, const struct clock_limits *limits, uint64_t elapsed)
{
	uint64_t left = size_of(c->drift_ms), minutes, fades;

	c->unfaded_ms += elapsed;
	minutes = c->unfaded_ms / MINUTE_MS;
	c->unfaded_ms %= MINUTE_MS;
	fades       = minutes > DAY_MS / MINUTE_MS
	                  ? left
	                  : limits->jump_ms * minutes * MINUTE_MS / DAY_MS;
	left        = fades > left ? 0 : left - fades;
	c->drift_ms = (c->drift_ms < 0 ? -(int64_t)left : (int64_t)left) + c->off_ms;
}

uint64_t
clock_look(struct clock *c, const struct clock_limits *limits, uint64_t wall_ms,
    uint64_t steady_ms)
{
	uint64_t elapsed = steady_ms > c->steady_ms ? steady_ms - c->steady_ms : 0;

	c->trusted_ms += elapsed;
	c->steady_ms = steady_ms;
	c->off_ms    = difference(wall_ms, c->trusted_ms);
	if (limits->jump_ms == 0) believe(c, wall_ms);
	if (c->held) {
		if (is_near(c, limits, c->off_ms)) clock_confirm(c, wall_ms, steady_ms);
		return c->trusted_ms;
	}
	if (size_of(c->off_ms) <= limits->jump_ms) follow(c, limits, elapsed);
	c->held = limits->jump_ms != 0 && (size_of(c->off_ms) > limits->jump_ms ||
	                                      size_of(c->drift_ms) > limits->jump_ms);
	if (!c->held) believe(c, wall_ms);
	return c->trusted_ms;
}

void
clock_confirm(struct clock *c, uint64_t wall_ms, uint64_t steady_ms)
{
	c->steady_ms = steady_ms;
	c->drift_ms  = 0;
	believe(c, wall_ms);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* timekeeper.c - reading the clocks, and telling what became of them. */
#include "broker/timekeeper.h"

#include "broker/batch.h"
#include "broker/journal/event.h"
#include "broker/log.h"
#include "broker/now.h"
#include "broker/outcome.h"
#include "proto/auto.h"

/* The one that goes on while the machine sleeps. */
static uint64_t
steady_ms(void)
{
	return now_ms(CLOCK_BOOTTIME);
}

static struct clock_limits
limits_of(const struct broker *b)
{
	return (struct clock_limits){
	    .jump_ms = (uint64_t)b->config->clock_jump_s * 1000,
	    .gap_ms  = (uint64_t)b->config->clock_gap_days * DAY_MS,
	};
}

/* --- telling --------------------------------------------------------------------- */

static uint64_t
seconds_off(const struct clock *c)
{
	return (uint64_t)(c->off_ms < 0 ? -c->off_ms : c->off_ms) / 1000;
}

static rc
code_of(const struct clock *c)
{
	if (!c->held) return RC_OK;
	return c->off_ms < 0 ? RC_CLOCK_BACK : RC_CLOCK_AHEAD;
}

static rc
write_change(struct broker *b)
{
	struct event e = {.kind = SLUIS__EVENT_KIND__EVENT_CLOCK,
	    .in_force           = true,
	    .code               = code_of(&b->clock),
	    .count              = seconds_off(&b->clock)};
	uint64_t     index;

	TRY(store_begin(b->store));
	TRY(event_append(b, &e, &index));
	TRY(b->clock.held ? store_hold_clock(b->store, b->clock.trusted_ms)
	                  : store_free_clock(b->store));
	return batch_commit(b);
}

static rc
tell(struct broker *b)
{
	if (b->clock.held == b->clock_told) return RC_OK;
	TRY(write_change(b));
	b->clock_told = b->clock.held;
	if (b->clock.held)
		LOG(LOG_CLOCK_HELD, .code = code_of(&b->clock),
		    .n = seconds_off(&b->clock));
	else
		LOG(LOG_CLOCK_FREE, .n = seconds_off(&b->clock));
	return RC_OK;
}

/* --- public ---------------------------------------------------------------------- */

/* When the newest entry was made; 0: there is none. */
static rc
newest_entry(struct broker *b, uint64_t *ret)
{
	AUTO(message_destroy) Sluis__Leaf *leaf = NULL;
	uint64_t                           size = journal_size(b->journal);

	*ret = 0;
	if (size == 0) return RC_OK;
	TRY(outcome_leaf(b, size - 1, &leaf));
	*ret = leaf->time_ms;
	return RC_OK;
}

rc
timekeeper_begin(struct broker *b)
{
	struct clock_limits limits = limits_of(b);
	uint64_t            newest = 0, since = 0;

	TRY(newest_entry(b, &newest));
	rc code = store_held_clock(b->store, &since);
	if (code != RC_OK && code != RC_NOT_FOUND) return code;
	b->clock_told = code == RC_OK;
	if (b->clock_told && since > newest) newest = since;
	clock_begin(&b->clock, &limits, now_ms(CLOCK_REALTIME), steady_ms(), newest,
	    b->clock_told);
	b->now_ms = b->clock.trusted_ms;
	return RC_OK;
}

rc
timekeeper_look(struct broker *b)
{
	struct clock_limits limits = limits_of(b);

	b->now_ms = clock_look(&b->clock, &limits, now_ms(CLOCK_REALTIME), steady_ms());
	return b->old_state ? RC_OK : tell(b);
}

void
timekeeper_confirm(struct broker *b)
{
	clock_confirm(&b->clock, now_ms(CLOCK_REALTIME), steady_ms());
	b->now_ms = b->clock.trusted_ms;
}

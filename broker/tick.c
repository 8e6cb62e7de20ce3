/* SPDX-License-Identifier: EUPL-1.2 */
/* tick.c - what time brings, one thing after another. */
#include "broker/tick.h"

#include "broker/batch.h"
#include "broker/journal/event.h"
#include "broker/knowing/knowing.h"
#include "broker/knowing/subject.h"
#include "broker/log.h"
#include "broker/now.h"
#include "broker/outbox/delivery_end.h"
#include "broker/owed/erasure.h"
#include "broker/owed/recall.h"
#include "broker/owed/remind.h"
#include "broker/owed/retention.h"
#include "broker/standing/lists.h"

static rc
end_overdue(struct broker *b)
{
	size_t n    = 0;
	bool   more = false;

	if (b->now_ms - b->last.expired_ms < (uint64_t)b->config->expiry_s * 1000)
		return RC_OK;
	TRY(store_begin(b->store));
	TRY(delivery_end_overdue(b, &n, &more));
	TRY(batch_commit(b));
	b->last.expired_ms = more ? 0 : b->now_ms; /* the rest at the next turn */
	if (n != 0) LOG(LOG_EXPIRED, .n = n);
	return RC_OK;
}

enum { REMINDERS = 64 };

static rc
remind(struct broker *b, size_t *ret_n)
{
	return remind_overdue(b, veil_is_there(b->veil) ? 1 : 0, REMINDERS, ret_n);
}

/* What was ordered while there were cover turns. */
static rc
recall(struct broker *b, size_t *ret_n)
{
	return veil_is_there(b->veil) ? RC_OK : recall_ordered(b, REMINDERS, ret_n);
}

static rc
remove_case(struct broker *b, size_t *ret_n)
{
	bool did = false;

	TRY(retention_remove_one(b, &did));
	*ret_n = did;
	return RC_OK;
}

/* Remind of what is overdue, and end cases whose term has passed. */
static rc
keep_memory(struct broker *b)
{
	size_t reminded = 0, recalled = 0, removed = 0;

	if (b->now_ms - b->last.remembered_ms < (uint64_t)b->config->expiry_s * 1000)
		return RC_OK;
	TRY(batch_alone(b, remind, &reminded));
	TRY(batch_alone(b, recall, &recalled));
	TRY(batch_alone(b, remove_case, &removed));
	b->last.remembered_ms = removed != 0 || reminded == REMINDERS ? 0 : b->now_ms;
	if (reminded != 0) LOG(LOG_REMINDED, .n = reminded);
	if (removed != 0) LOG(LOG_CASE_REMOVED, .n = removed);
	return RC_OK;
}

/* Details past their term. */
static rc
end_details(struct broker *b)
{
	bool more = false;

	if (veil_is_there(b->veil)) return RC_OK; /* a cover turn does (cover.c) */
	if (b->now_ms - b->last.aged_ms < HOUR_MS) return RC_OK;
	TRY(store_begin(b->store));
	TRY(erasure_by_time(b, &more));
	TRY(batch_commit(b));
	b->last.aged_ms = more ? 0 : b->now_ms;
	return RC_OK;
}

rc
tick_tally(struct broker *b, bool all)
{
	if (!tally_is_due(&b->tally, b->now_ms, all)) return RC_OK;
	TRY(store_begin(b->store));
	TRY(tally_tell(b, all));
	return batch_commit(b);
}

static rc
forget_erased(struct broker *b)
{
	if (b->now_ms - b->last.erased_ms < (uint64_t)b->config->erase_ms) return RC_OK;
	b->last.erased_ms = b->now_ms;
	keeper_forget(b->line); /* of a copy that is gone, the key too */
	return store_forget_erased(b->store);
}

rc
tick(struct broker *b)
{
	TRY(forget_erased(b)); /* first: it needs the least room, and makes some */
	TRY(end_overdue(b));
	TRY(keep_memory(b));
	TRY(knowing_tick(b));
	TRY(tick_tally(b, false));
	TRY(end_details(b));
	TRY(witness_turn(b));
	TRY(rewrap_some(b));
	lists_warn(b);
	return RC_OK;
}

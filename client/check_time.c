/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * check_time.c - an entry that is dated otherwise than when it was made.
 *
 * The broker dates its entries itself.  What holds it to the truth is what we know of our
 * own: when we asked, when we last saw the journal and how long it was then, and what the
 * time is now.
 */
#include "client/check.h"

#include "client/error.h"

static rc
fail(const struct checker *c, const char *reason)
{
	return error_set(c->error, RC_BAD_PROOF, "receipt.leaf.time_ms", reason);
}

rc
check_dated(const struct checker *c, uint64_t index, const Sluis__Leaf *leaf)
{
	bool after = c->seen->known && index >= c->seen->head.size;

	if (!leaf->has_time_ms) return fail(c, N_("the entry has no date"));
	if (after && leaf->time_ms + DATED_WITHIN_MS < c->seen->at_ms)
		return fail(c, N_("the entry is dated before what was there already"));
	return RC_OK;
}

rc
check_past(const struct checker *c, const Sluis__Leaf *leaf)
{
	if (leaf->time_ms > c->now_ms + DATED_WITHIN_MS)
		return fail(c, N_("the entry is dated later than now"));
	return RC_OK;
}

rc
check_prompt(const struct checker *c, uint64_t created_ms, const Sluis__Leaf *leaf)
{
	if (leaf->time_ms + DATED_WITHIN_MS < created_ms)
		return fail(c, N_("the entry is dated before the request"));
	if (leaf->time_ms > created_ms + DATED_WITHIN_MS + c->delay_ms)
		return fail(c, N_("the entry is dated long after the request"));
	return RC_OK;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* batch.c - committing and undoing. */
#include "broker/batch.h"

#include "broker/log.h"
#include "broker/log_limit.h"
#include "broker/now.h"
#include "proto/auto.h"

static rc
add_binding(void *arg, struct slice envelope, struct slice chain)
{
	struct broker *b = arg;
	struct binding binding;

	rc standing = binding_check(
	    envelope, chain, b->trust, b->config->origin, b->now_ms, &binding);
	if (rc_kind(standing) == RC_KIND_LOCAL) return standing;
	/* One that ended meanwhile is kept with the reason: what it replaced stays
	 * replaced, and a newer revocation list may bring it back. */
	if (standing != RC_OK) TRY(binding_read(envelope, &binding));
	rc code = registry_add(b->registry, b->policy, &binding, envelope, chain);
	if (code == RC_QUEUE_FULL) { /* of old rows: the last of them count most */
		TRY(registry_forget_ended(b->registry, b->now_ms));
		code = registry_add(b->registry, b->policy, &binding, envelope, chain);
	}
	if (code == RC_OK)
		registry_find(b->registry, binding.curve_public)->standing = standing;
	return rc_kind(code) == RC_KIND_LOCAL ? code : RC_OK;
}

/* Nobody gets a new quota by it: who makes batches fail would have no end of it. */
rc
batch_load_registry(struct broker *b)
{
	AUTO(registry_destroy) struct registry *former = TAKE(b->registry);

	TRY(registry_new(&b->registry));
	TRY(store_each_binding(b->store, add_binding, b));
	if (former != NULL) registry_inherit(b->registry, former);
	return RC_OK;
}

void
batch_tell_failed(struct broker *b, rc why, size_t n)
{
	LOG(LOG_BATCH_FAILED, .code = why, .n = n);
	b->failing = true;
	b->refused += n;
}

/* Where this has had its lines of the minute, a later batch tells it: no message is left
 * out of the sum. */
static void
tell_works(struct broker *b)
{
	static struct log_limit limit;
	uint64_t minute = now_ms(CLOCK_MONOTONIC) / (60 * 1000) + 1, left_out;

	if (!b->failing) return;
	if (!log_limit_take(&limit, minute, LOG_LINES_A_MINUTE, &left_out)) return;
	LOG(LOG_BATCH_WORKS, .n = b->refused);
	b->failing = false;
	b->refused = 0;
}

rc
batch_commit(struct broker *b)
{
	bool wrote = journal_size(b->journal) != journal_signed_size(b->journal);

	uint64_t begun = now_us(CLOCK_MONOTONIC);
	rc       code  = journal_seal_batch(b->journal);
	if (code == RC_OK) code = store_commit(b->store);
	if (wrote && code == RC_OK)
		counts_commit(&b->counts, now_us(CLOCK_MONOTONIC) - begun);
	if (wrote) b->last_failed = code != RC_OK;
	if (code == RC_DISK_FULL || wrote) b->full = code == RC_DISK_FULL;
	if (code != RC_OK) {
		b->lost = store_is_broken(b->store);
		if (b->lost) LOG(LOG_FATAL, .code = code, .detail = "commit");
		return code;
	}
	code = journal_commit(b->journal);
	if (code == RC_OK) tally_commit(&b->tally);
	b->lost = code != RC_OK; /* it happened, and we cannot say so */
	if (b->lost) LOG(LOG_FATAL, .code = code, .detail = "commit");
	if (wrote && code == RC_OK) tell_works(b);
	return code;
}

rc
batch_undo(struct broker *b)
{
	store_rollback(b->store);
	tally_undo(&b->tally);
	TRY(journal_reload(b->journal));
	if (b->witness != NULL) TRY(witness_reload(b->witness));
	dispatch_recount(b->dispatch);
	return batch_load_registry(b); /* an enrolment in it did not happen either */
}

rc
batch_undo_cover(struct broker *b)
{
	store_rollback(b->store);
	tally_undo(&b->tally);
	TRY(journal_reload(b->journal));
	if (b->witness != NULL) TRY(witness_reload(b->witness));
	dispatch_recount_copies(b->dispatch);
	return RC_OK;
}

rc
batch_alone(struct broker *b, rc (*work)(struct broker *b, size_t *ret_n), size_t *ret_n)
{
	*ret_n = 0;
	TRY(store_begin(b->store));
	rc code = work(b, ret_n);
	if (code == RC_OK) return batch_commit(b);
	if (rc_kind(code) != RC_KIND_INTEGRITY && rc_kind(code) != RC_KIND_PEER)
		return code;
	LOG(LOG_WORK_LEFT_OUT, .code = code);
	*ret_n = 0;
	return batch_undo_cover(b);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* reload.c - reading again, step by step, until the disk has all of it. */
#include "broker/standing/reload.h"

#include "broker/batch.h"
#include "broker/journal/event.h"
#include "broker/log.h"
#include "broker/ready.h"
#include "broker/standing/adopt.h"
#include "broker/standing/lists.h"
#include "proto/auto.h"

enum { DUE_TRUST = 1, DUE_POLICY = 2, AGAIN_MS = 500 };

/* --- trust ----------------------------------------------------------------------- */

static rc
note_lost(void *arg, const struct member *m)
{
	struct broker *b = arg;
	struct event   e = {.kind = SLUIS__EVENT_KIND__EVENT_REVOKED,
	      .sender_oin         = m->binding.oin,
	      .sender_desk        = m->binding.desk,
	      .code               = m->standing,
	      .subject            = &m->binding.id};
	uint64_t       index;

	return event_append(b, &e, &index);
}

static rc
note_nothing(void *arg, const struct member *m)
{
	(void)arg, (void)m;
	return RC_OK;
}

/* The newer ones were refused, the old ones stand. */
static rc
keep_trust(struct broker *b, rc code, const char *text)
{
	TRY(store_begin(b->store));
	TRY(lists_tell_refused(b, code));
	TRY(batch_commit(b));
	LOG(LOG_RELOAD_FAILED, .code = code, .detail = text);
	return RC_OK;
}

/* FRESH is in force from now on; what the journal knows of is kept until it knows.  True
 * where it was the same before: an earlier attempt came as far as this. */
static bool
put_in_force(struct broker *b, struct trust *fresh)
{
	bool again = b->told_trust != NULL;

	if (b->told_trust == NULL)
		b->told_trust = b->trust;
	else
		trust_destroy(&b->trust);
	b->trust = fresh;
	return again;
}

/* Who stands by B->trust, and who lost it since B->told_trust; those who lost it at an
 * earlier attempt, AGAIN. */
static rc
recheck(struct broker *b, bool again)
{
	const char *origin = b->config->origin;

	if (again)
		TRY(registry_recheck(
		    b->registry, b->told_trust, origin, b->now_ms, note_nothing, NULL));
	return registry_recheck(b->registry, b->trust, origin, b->now_ms, note_lost, b);
}

static rc
tell_trust(struct broker *b, bool again)
{
	bool other = !hash_equal(
	    trust_anchors_digest(b->trust), trust_anchors_digest(b->told_trust));

	TRY(recheck(b, again));
	TRY(lists_tell(b, other));
	TRY(batch_commit(b));
	trust_destroy(&b->told_trust);
	LOG(LOG_RELOADED, .detail = b->config->crl_file);
	return RC_OK;
}

/* New anchors and lists, if they are good; else the old ones stand, and no policy takes
 * effect by them. */
static rc
reload_trust(struct broker *b)
{
	struct trust *fresh = NULL;
	char          text[WHY_MAX];

	rc code = lists_load(b->config, &fresh, text);
	if (code == RC_OK) {
		why_text(text, b->config->crl_file, "it is older than the list in force");
		code = trust_follow(fresh, b->trust);
	}
	b->trust_refused = code;
	if (code != RC_OK) trust_destroy(&fresh);
	if (code != RC_OK) return keep_trust(b, code, text);
	bool again = put_in_force(b, fresh);
	TRY(store_begin(b->store));
	return tell_trust(b, again);
}

/* --- the policy ------------------------------------------------------------------ */

/* What policy_dir holds now, on the disk too; else FORMER is in force again. */
static rc
adopt(struct broker *b, struct policy **ret_former)
{
	uint64_t version = b->policy_version;

	TRY(store_begin(b->store));
	rc code = adopt_candidate(b, ret_former);
	if (code == RC_OK) code = batch_commit(b);
	if (code == RC_OK || *ret_former == NULL) return code;
	policy_destroy(&b->policy);
	b->policy         = TAKE(*ret_former);
	b->policy_version = version;
	return code;
}

/* Then who is who by it. */
static rc
reload_policy(struct broker *b)
{
	AUTO(policy_destroy) struct policy *former = NULL;

	TRY(adopt(b, &former));
	if (former != NULL) {
		LOG(LOG_POLICY_IN_FORCE, .n = b->policy_version,
		    .detail = b->config->policy_dir);
		TRY(batch_load_registry(b));
	}
	if (ready_write(b) != RC_OK)
		LOG(LOG_RELOAD_FAILED, .code = RC_DISK, .detail = b->config->ready_file);
	return RC_OK;
}

/* --- both ------------------------------------------------------------------------ */

static rc
do_due(struct broker *b)
{
	if ((b->reload_due & DUE_TRUST) != 0) TRY(reload_trust(b));
	b->reload_due &= ~(unsigned)DUE_TRUST;
	TRY(reload_policy(b));
	b->reload_due = 0;
	ignore(witness_reread(b->witness)); /* it says itself what is wrong */
	return RC_OK;
}

rc
reload_some(struct broker *b, volatile sig_atomic_t *asked)
{
	if (*asked) {
		*asked           = 0;
		b->reload_due    = DUE_TRUST | DUE_POLICY;
		b->reload_put_ms = 0;
		LOG(LOG_RELOADING,
		    .detail = "sluisd.yaml and keys_file are read at a start only");
	}
	if (b->reload_due == 0 || b->now_ms - b->reload_put_ms < AGAIN_MS) return RC_OK;
	rc code = do_due(b);
	if (code == RC_DISK_FULL && b->reload_put_ms == 0)
		LOG(LOG_RELOAD_WAITS, .code = code);
	if (code == RC_DISK_FULL) b->reload_put_ms = b->now_ms;
	return code;
}

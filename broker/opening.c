/* SPDX-License-Identifier: EUPL-1.2 */
/* opening.c - the house is opened in the order of trust, and closed. */
#include "broker/batch.h"
#include "broker/journal/epoch.h"
#include "broker/journal/event.h"
#include "broker/journal/published.h"
#include "broker/keeper/configured.h"
#include "broker/log.h"
#include "broker/metrics/metrics.h"
#include "broker/now.h"
#include "broker/ready.h"
#include "broker/sandbox/sandbox.h"
#include "broker/standing/adopt.h"
#include "broker/standing/lists.h"
#include "broker/timekeeper.h"
#include "broker/wave.h"

/* Trust. */
static rc
prepare(struct broker *b, const struct config *config)
{
	char text[WHY_MAX];

	b->config = config;
	b->now_ms = now_ms(CLOCK_REALTIME);
	rc code   = lists_load(config, &b->trust, text);
	if (code != RC_OK) LOG(LOG_CONFIG, .code = code, .detail = text);
	return code;
}

/* Before anything that makes a thread, so that the new process has one. */
static rc
start_keeper(struct broker *b, const struct config *config)
{
	TRY(keeper_configured(
	    &b->keeper, config, 1 + (unsigned)config->workers, config->user));
	b->line = keeper_line(b->keeper, 0);
	return RC_OK;
}

rc
broker_check(struct broker *b, const struct config *config)
{
	TRY(start_keeper(b, config));
	TRY(prepare(b, config));
	lists_warn(b);
	TRY(lists_check(b));
	TRY(witness_test(config, keeper_facts(b->keeper)));
	return adopt_check(b);
}

/* That it opened, under which policy; and what policy_dir brings. */
static rc
begin_journal(struct broker *b, const char **at)
{
	struct policy *former = NULL;
	struct event opened = {.kind = SLUIS__EVENT_KIND__EVENT_OPENED, .in_force = true};
	uint64_t     index;

	*at = b->config->policy_dir;
	TRY(adopt_stored(b));
	*at = b->config->crl_file;
	TRY(lists_admit(b)); /* it says itself what is wrong */
	*at              = b->config->policy_dir;
	uint64_t version = b->policy_version;
	TRY(store_begin(b->store));
	TRY(event_append(b, &opened, &index));
	TRY(lists_tell(b, true));
	b->older_lists = false; /* of a reload this is not said */
	TRY(epoch_note(b));
	rc code = adopt_candidate(b, &former);
	policy_destroy(&former);
	TRY(code);
	TRY(published_append_gap(b));
	TRY(batch_commit(b));
	if (b->policy_version != version)
		LOG(LOG_POLICY_IN_FORCE, .n = b->policy_version,
		    .detail = b->config->policy_dir);
	if (!b->gap.there) return RC_OK;
	LOG(LOG_GAP_ACCEPTED, .n = b->gap.missing);
	return published_write(b, journal_checkpoint(b->journal));
}

/* The pseudonymisers of the current epoch and of the one that ends, if there is one. */
static rc
open_epochs(struct broker *b)
{
	const struct keeper_facts *keys = keeper_facts(b->keeper);

	TRY(pseudonymiser_new(&b->pseudonymiser, b->line, keys->current));
	TRY(pseudonymiser_of_overlap(&b->former, b->line));
	return pseudonymiser_of_subjects(&b->subjects, b->line);
}

static rc
open_doors(struct broker *b)
{
	const struct keeper_facts *keys = keeper_facts(b->keeper);
	struct served_key          served[N_PLACES];

	if (keys->n_curves > N_PLACES) return RC_CONFIG;
	for (size_t i = 0; i < keys->n_curves; i++)
		served[i] = (struct served_key){
		    .place = keys->curve[i].place, .secret = keys->curve[i].secret};
	return transport_open(&b->transport, b->config, served, keys->n_curves);
}

/* Opening in the order of trust: state first, then who is who, then the doors.  *AT is
 * where it came to. */
static rc
open_parts(struct broker *b, const char **at)
{
	const struct config *c = b->config;

	*at = c->keys_file;
	TRY(open_epochs(b));
	*at = c->state_dir;
	TRY(store_open(&b->store, c->state_dir));
	TRY(store_unlock(b->store, b->line));
	TRY(rewrap_check_master(b));
	TRY(journal_open(&b->journal, b->store, c->origin, b->line));
	TRY(timekeeper_begin(b));
	TRY(published_check(b));
	TRY(store_settle(b->store)); /* and not before */
	*at = "after state_dir was opened";
	TRY(witness_open(&b->witness, b->store, c, journal_verifier(b->journal)));
	TRY(dispatch_new(&b->dispatch, b->store, c, b->line));
	TRY(veil_new(&b->veil, c, b->now_ms));
	TRY(waves_new(&b->waves, b, (size_t)c->workers));
	TRY(begin_journal(b, at));
	TRY(batch_load_registry(b));
	*at = "the endpoints";
	TRY(open_doors(b));
	*at = c->ready_file;
	TRY(ready_write(b));
	*at = "sandbox";
	return sandbox_close(c);
}

rc
broker_open(struct broker *b, const struct config *config)
{
	const char *at    = NULL;
	bool        begun = sandbox_begin(config);

	TRY(start_keeper(b, config));
	TRY(prepare(b, config));
	b->started_ms = b->now_ms;
	if (config->metrics_socket != NULL)
		TRY(metrics_door_open(&b->metrics, config->metrics_socket));
	TRY(sandbox_enter(config, begun)); /* it says itself what is wrong */
	rc code = open_parts(b, &at);
	if (code != RC_OK) LOG(LOG_FATAL, .code = code, .detail = at);
	if (code == RC_OK) LOG(LOG_STARTED, .n = journal_size(b->journal));
	return code;
}

void
broker_close(struct broker *b)
{
	transport_destroy(&b->transport);
	metrics_door_destroy(&b->metrics);
	if (b->store != NULL) ignore(store_forget_erased(b->store));
	waves_destroy(&b->waves);
	veil_destroy(&b->veil);
	dispatch_destroy(&b->dispatch);
	registry_destroy(&b->registry);
	witness_destroy(&b->witness);
	journal_destroy(&b->journal);
	store_destroy(&b->store);
	pseudonymiser_destroy(&b->pseudonymiser);
	pseudonymiser_destroy(&b->former);
	pseudonymiser_destroy(&b->subjects);
	trust_destroy(&b->trust);
	trust_destroy(&b->told_trust);
	policy_destroy(&b->policy);
	keeper_destroy(&b->keeper);
}

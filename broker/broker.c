/* SPDX-License-Identifier: EUPL-1.2 */
/* broker.c - opening the house, and the heartbeat. */
#include "broker/broker.h"

#include <sodium.h>
#include <stdlib.h>
#include <systemd/sd-daemon.h>

#include "broker/batch.h"
#include "broker/cover.h"
#include "broker/gate.h"
#include "broker/intake.h"
#include "broker/journal/epoch.h"
#include "broker/journal/event.h"
#include "broker/journal/published.h"
#include "broker/knowing/knowing.h"
#include "broker/knowing/subject.h"
#include "broker/log.h"
#include "broker/metrics/metrics.h"
#include "broker/now.h"
#include "broker/outbox/delivery_end.h"
#include "broker/owed/erasure.h"
#include "broker/owed/recall.h"
#include "broker/owed/remind.h"
#include "broker/owed/retention.h"
#include "broker/ready.h"
#include "broker/sandbox/sandbox.h"
#include "broker/standing/adopt.h"
#include "broker/standing/lists.h"
#include "broker/standing/reload.h"
#include "broker/timekeeper.h"
#include "broker/wave.h"
#include "proto/auto.h"

enum {
	TURN_MS = 500, /* longest sleep: time-driven work is looked at this often */
	/* at the end: what comes within GRACE_MS of the last had arrived at the machine;
	 * who goes on sending is served no longer than DRAIN_MS */
	GRACE_MS = 50,
	DRAIN_MS = 1000,
};

/* --- opening --------------------------------------------------------------------- */

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

static void
complain_of_keys(const struct config *c, rc code)
{
	char text[WHY_MAX];

	if (code == RC_NOT_FOUND)
		why_text(text, c->keys_file,
		    "it is not there; sluisd --generate-keys makes that of a new region");
	else
		why_file(text, c->keys_file, true,
		    c->hsm_module == NULL ? "it is no keys file that this sluisd can use"
		                          : "it, or the token of hsm_module, hsm_token "
		                            "and hsm_pin_file, cannot "
		                            "be used");
	LOG(LOG_CONFIG, .code = code, .detail = text);
}

/* Before anything that makes a thread, so that the new process has one. */
static rc
start_keeper(struct broker *b, const struct config *config)
{
	struct keeper_options o = {.keys_file = config->keys_file,
	    .origin                           = config->origin,
	    .n_lines                          = 1 + (unsigned)config->workers,
	    .user                             = config->user,
	    .hsm                              = {.module = config->hsm_module,
	                                     .token      = config->hsm_token,
	                                     .pin_file   = config->hsm_pin_file}};

	rc code = keeper_start(&b->keeper, &o);
	if (code != RC_OK) complain_of_keys(config, code);
	TRY(code);
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

/* --- answering ------------------------------------------------------------------- */

/* Complete one reply and send it; who does not take its answer asks again and gets the
 * same one. */
static void
send_reply(void *arg, struct reply *r)
{
	struct broker            *b     = arg;
	AUTO(buf_wipe) struct buf frame = buf_init(ANSWER_MAX);

	rc code = reply_finish(r, b->journal, policy_hash(b->policy), b->now_ms, &frame);
	if (code == RC_TOO_LARGE && reply_leave_out_cases(r)) {
		buf_wipe(&frame);
		code = reply_finish(
		    r, b->journal, policy_hash(b->policy), b->now_ms, &frame);
	}
	if (code != RC_OK) {
		buf_wipe(&frame);
		code = reply_fail(r, code);
		if (code == RC_OK)
			code = reply_finish(
			    r, b->journal, policy_hash(b->policy), b->now_ms, &frame);
	}
	if (code == RC_OK) code = transport_send(b->transport, &r->to, buf_slice(&frame));
	if (code != RC_OK) LOG(LOG_REPLY_DROPPED, .code = code);
}

static void
answer_batch(struct broker *b, struct answers *batch)
{
	for (size_t i = 0; i < batch->n; i++)
		if (!batch->replies[i].parked) {
			send_reply(b, &batch->replies[i]);
			reply_wipe(&batch->replies[i]); /* they are large by now */
		}
}

/* --- one batch ------------------------------------------------------------------- */

/* The batch cannot be written: nothing of it happened, and everybody is told so. */
static rc
undo_batch(struct broker *b, struct answers *batch, rc why)
{
	size_t n = 0;

	for (size_t i = 0; i < batch->n; i++) n += !batch->replies[i].parked;
	batch_tell_failed(b, why, n);
	b->last_failed = true;
	b->counts.failed_commits++;
	TRY(batch_undo(b));
	for (size_t i = 0; i < batch->n; i++)
		if (!batch->replies[i].parked) TRY(reply_fail(&batch->replies[i], why));
	return RC_OK;
}

/* What was taken ahead of a batch that is undone shares its fate: who is enrolled is read
 * anew by that. */
static rc
drop_ahead(struct broker *b, rc why)
{
	AUTO(answers_wipe) struct answers dropped = {0};

	if (!waves_are_ahead(b->waves)) return RC_OK;
	TRY(answers_init(&dropped, WAVE_MAX));
	waves_drop(b->waves, &dropped);
	for (size_t i = 0; i < dropped.n; i++) TRY(reply_fail(&dropped.replies[i], why));
	b->refused += dropped.n;
	answer_batch(b, &dropped);
	return RC_OK;
}

/* AHEAD: the next one may be taken meanwhile, for before it nothing changes who is
 * enrolled, policy or trust: a reload waits until nothing is ahead. */
static rc
serve_batch(struct broker *b, bool ahead)
{
	AUTO(answers_wipe) struct answers batch;
	/* on a full disk one by one: who writes nothing is not undone with who does */
	bool alone = b->full && !waves_are_ahead(b->waves);

	TRY(answers_init(&batch, alone ? 1 : (size_t)b->config->batch_max));
	TRY(store_begin(b->store));
	rc code = waves_take(b->waves, b, ahead, &batch);
	if (code == RC_OK) code = batch_commit(b);
	if (b->lost) return code; /* nobody knows what happened: the process ends */
	if (code != RC_OK) TRY(drop_ahead(b, code));
	if (code != RC_OK) TRY(undo_batch(b, &batch, code));
	answer_batch(b, &batch);
	return RC_OK;
}

/* --- the gate -------------------------------------------------------------------- */

/* A handshake was refused: that is for the journal, and of strangers their number. */
static rc
note_turned_away(void *arg, struct member *m, rc code)
{
	struct broker *b     = arg;
	bool           noted = false;
	uint64_t       index;

	counts_turned_away(&b->counts, code);
	if (b->old_state) return RC_OK;
	if (m == NULL) tally_stranger(arg, code);
	if (m == NULL) return RC_OK;
	return event_refusal(arg, m, code, NULL, &noted, &index);
}

static rc
serve_gate(struct broker *b)
{
	TRY(store_begin(b->store));
	TRY(gate_serve(transport_zap(b->transport), b->registry, b->trust, b->now_ms,
	    note_turned_away, b));
	return batch_commit(b);
}

/* --- what time brings ------------------------------------------------------------ */

static rc
end_overdue(struct broker *b)
{
	size_t n    = 0;
	bool   more = false;

	if (b->now_ms - b->expired_ms < (uint64_t)b->config->expiry_s * 1000)
		return RC_OK;
	TRY(store_begin(b->store));
	TRY(delivery_end_overdue(b, &n, &more));
	TRY(batch_commit(b));
	b->expired_ms = more ? 0 : b->now_ms; /* the rest at the next turn */
	if (n != 0) LOG(LOG_EXPIRED, .n = n);
	return RC_OK;
}

/* Remind of what is overdue, and end cases whose term has passed. */
static rc
keep_memory(struct broker *b)
{
	enum { REMINDERS = 64 };
	size_t n = 0, ordered = 0; /* while there were cover turns */
	bool   more = false;

	if (b->now_ms - b->remembered_ms < (uint64_t)b->config->expiry_s * 1000)
		return RC_OK;
	TRY(store_begin(b->store));
	TRY(remind_overdue(b, veil_is_there(b->veil) ? 1 : 0, REMINDERS, &n));
	if (!veil_is_there(b->veil)) TRY(recall_ordered(b, REMINDERS, &ordered));
	TRY(retention_remove_one(b, &more));
	TRY(batch_commit(b));
	b->remembered_ms = more || n == REMINDERS ? 0 : b->now_ms;
	if (n != 0) LOG(LOG_REMINDED, .n = n);
	if (more) LOG(LOG_CASE_REMOVED, .n = 1);
	return RC_OK;
}

/* Details past their term. */
static rc
end_details(struct broker *b)
{
	bool more = false;

	if (veil_is_there(b->veil)) return RC_OK; /* a cover turn does (cover.c) */
	if (b->now_ms - b->aged_ms < HOUR_MS) return RC_OK;
	TRY(store_begin(b->store));
	TRY(erasure_by_time(b, &more));
	TRY(batch_commit(b));
	b->aged_ms = more ? 0 : b->now_ms;
	return RC_OK;
}

static rc
tell_tally(struct broker *b, bool all)
{
	if (!tally_is_due(&b->tally, b->now_ms, all)) return RC_OK;
	TRY(store_begin(b->store));
	TRY(tally_tell(b, all));
	return batch_commit(b);
}

static rc
forget_erased(struct broker *b)
{
	if (b->now_ms - b->erased_ms < (uint64_t)b->config->erase_ms) return RC_OK;
	b->erased_ms = b->now_ms;
	keeper_forget(b->line); /* of a copy that is gone, the key too */
	return store_forget_erased(b->store);
}

static rc
tick(struct broker *b)
{
	TRY(forget_erased(b)); /* first: it needs the least room, and makes some */
	TRY(end_overdue(b));
	TRY(keep_memory(b));
	TRY(knowing_tick(b));
	TRY(tell_tally(b, false));
	TRY(end_details(b));
	TRY(witness_turn(b));
	TRY(rewrap_some(b));
	lists_warn(b);
	return RC_OK;
}

/* What CODE says of work of the broker's own.  On a full disk it did not happen, and is
 * tried again at the next turn. */
static rc
put_off(struct broker *b, rc code)
{
	if (code != RC_DISK_FULL || b->lost) return code;
	b->full    = true;
	b->failing = true; /* of which the store has told */
	return batch_undo_cover(b);
}

/* --- the loop -------------------------------------------------------------------- */

/* How long nothing has to be done if nothing comes. */
static long
patience_of(const struct broker *b)
{
	long parked = dispatch_patience(b->dispatch, b->now_ms);
	long cover  = veil_patience(b->veil, b->now_ms);
	long least  = TURN_MS;

	if (b->old_state) return least;
	if (parked >= 0 && parked < least) least = parked;
	if (cover >= 0 && cover < least) least = cover;
	return least;
}

static rc
tell_time(struct broker *b)
{
	if (b->clock_right != NULL && *b->clock_right) {
		*b->clock_right = 0;
		timekeeper_confirm(b);
	}
	return timekeeper_look(b);
}

static bool
is_any(const struct broker *b, const bool ready[N_DOORS])
{
	bool any = waves_are_ahead(b->waves);

	for (int d = 0; d < N_DOORS; d++) any = any || ready[d];
	return any;
}

/* What is at the doors, if there is anything. */
static rc
serve_doors(struct broker *b, const bool ready[N_DOORS], bool ahead)
{
	return is_any(b, ready) ? serve_batch(b, ahead) : RC_OK;
}

/* What had already arrived still gets its answer.  Whoever knocks meanwhile is served
 * too, or nobody would be waited for any more. */
static rc
drain(struct broker *b)
{
	uint64_t until = now_ms(CLOCK_MONOTONIC) + DRAIN_MS;
	bool     ready[N_DOORS], zap = false;

	do {
		TRY(serve_batch(b, false));
		TRY(transport_wait(b->transport, GRACE_MS, ready, &zap));
		if (zap) TRY(put_off(b, serve_gate(b)));
	} while ((zap || is_any(b, ready)) && now_ms(CLOCK_MONOTONIC) < until);
	return RC_OK;
}

static rc
turn(struct broker *b, volatile sig_atomic_t *reload)
{
	bool ready[N_DOORS], zap = false;
	long patience = waves_are_ahead(b->waves) ? 0 : patience_of(b);

	TRY(transport_wait(b->transport, patience, ready, &zap));
	TRY(put_off(b, tell_time(b)));
	if (!b->old_state && veil_is_due(b->veil, b->now_ms))
		TRY(cover_turn(b, send_reply, b));
	if (zap) TRY(put_off(b, serve_gate(b)));
	TRY(serve_doors(b, ready, !*reload && b->reload_due == 0 && !b->full));
	TRY(keeper_check(b->keeper));
	(void)sd_notify(0, "WATCHDOG=1");
	metrics_serve(b);
	transport_look(b->transport);
	if (b->old_state) return RC_OK; /* nothing happens of itself any more */
	if (!waves_are_ahead(b->waves)) TRY(put_off(b, reload_some(b, reload)));
	/* who lost its standing by that and waits for copies is told now */
	TRY(dispatch_wake(b->dispatch, b->registry, b->trust, b->now_ms, send_reply, b));
	return put_off(b, tick(b));
}

rc
broker_run(struct broker *b, volatile sig_atomic_t *stop, volatile sig_atomic_t *reload)
{
	(void)sd_notify(0, "READY=1");
	while (!*stop) TRY(turn(b, reload));
	LOG(LOG_STOPPING, .n = journal_size(b->journal));
	(void)sd_notify(0, "STOPPING=1");
	TRY(drain(b));
	if (!b->old_state) TRY(tell_tally(b, true));
	TRY(veil_stop(b->veil, send_reply, b));
	TRY(dispatch_stop(b->dispatch, send_reply, b));
	return b->old_state ? RC_OK : published_write(b, journal_checkpoint(b->journal));
}

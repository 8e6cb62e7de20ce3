/* SPDX-License-Identifier: EUPL-1.2 */
/* broker.c - the heartbeat: a turn of the loop, and the batch in it. */
#include "broker/broker.h"

#include <systemd/sd-daemon.h>

#include "broker/batch.h"
#include "broker/cover.h"
#include "broker/gate.h"
#include "broker/journal/event.h"
#include "broker/journal/published.h"
#include "broker/log.h"
#include "broker/metrics/metrics.h"
#include "broker/now.h"
#include "broker/standing/reload.h"
#include "broker/tick.h"
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

/* --- the loop -------------------------------------------------------------------- */

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
	if (!b->old_state) TRY(tick_tally(b, true));
	TRY(veil_stop(b->veil, send_reply, b));
	TRY(dispatch_stop(b->dispatch, send_reply, b));
	return b->old_state ? RC_OK : published_write(b, journal_checkpoint(b->journal));
}

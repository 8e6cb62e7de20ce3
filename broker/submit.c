/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * submit.c - a signal comes in: check, rule and redact for everybody, write it down.
 *
 * The whole submission is decided before anything of it is written, and written whole:
 * for every recipient one leaf (EVENT_RULING with a copy in its outbox, or
 * EVENT_NOT_SERVED), and one request row that makes a repetition harmless.
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "broker/decision.h"
#include "broker/handler.h"
#include "broker/outbox.h"
#include "broker/outcome.h"
#include "broker/repeat.h"
#include "broker/route/sharing.h"
#include "broker/weighed.h"
#include "policy/hints.h"
#include "proto/auto.h"
#include "proto/guard.h"
#include "proto/signal_check.h"

enum { WORK_MAX = 64 * 1024 * 1024 }; /* a full signal for 64 recipients needs half */

struct work { /* one submission under way; owns everything in it */
	struct submission shared;
	struct scratch    mem; /* signal and records, and what the decisions came to */
	Sluis__Signal    *signal;
	struct disclosed *disclosed; /* what the sender says with it */
	struct sharing    sharing;   /* the case around it, and what it replaces */
	size_t            n;
	struct decision  *decisions;
	struct released  *released; /* what became of each, once it is written */
};

static void
work_wipe(struct work *w)
{
	for (size_t i = 0; i < w->n; i++) decision_wipe(&w->decisions[i]);
	free(w->decisions);
	free(w->released);
	disclosed_destroy(&w->disclosed);
	scratch_wipe(&w->mem);
	*w = (struct work){0};
}

/* --- idempotency ----------------------------------------------------------------- */

/* Tell what the journal says of submission ROW; without recipients it was denied. */
static rc
answer_from_journal(struct broker *b, struct reply *r, const struct request_row *row)
{
	rc   first  = RC_OK;
	bool served = false;

	if (row->n == 0) return repeat_answer_denial(b, r, row->first);
	for (uint64_t i = row->first; i < row->first + row->n; i++) {
		rc code = RC_OK;
		TRY(outcome_add(b, r, i, OUTCOME_SENDER, &code));
		if (first == RC_OK) first = code;
		served = served || code == RC_OK;
	}
	if (served) return reply_set_code(r, RC_OK, NULL);
	return reply_set_code(r, row->n == 1 ? first : RC_NOBODY_SERVED, NULL);
}

/* --- advice ---------------------------------------------------------------------- */

static rc
give_hints(const Sluis__Signal *signal, struct reply *r)
{
	const char *ids[HINTS_MAX];
	size_t      n = hints_of_signal(signal, ids);

	return reply_set_hints(r, n, ids);
}

/* The same answer as before has the same advice: from the same signal. */
static rc
give_hints_again(const struct request *q, struct reply *r)
{
	const Sluis__Submit                    *m = (const Sluis__Submit *)q->message;
	AUTO(message_destroy) ProtobufCMessage *signal = NULL;

	if (!m->has_signal ||
	    guard_unpack(&sluis__signal__descriptor,
	        slice_of(m->signal.data, m->signal.len), guard_signal, &signal) != RC_OK)
		return RC_OK;
	return give_hints((const Sluis__Signal *)signal, r);
}

/* *RET_DONE if this very request was handled before. */
static rc
answer_repetition(struct broker *b, struct request *q, struct reply *r, bool *ret_done)
{
	struct request_row row;

	TRY(repeat_find(b, q, &row, ret_done));
	if (!*ret_done) return RC_OK;
	TRY(answer_from_journal(b, r, &row));
	return give_hints_again(q, r);
}

/* --- the sender's own words ------------------------------------------------------ */

static bool
is_one_of(const char *const *names, const char *name)
{
	for (size_t i = 0; name != NULL && names[i] != NULL; i++)
		if (strcmp(names[i], name) == 0) return true;
	return false;
}

static const struct convenant_info *
find_convenant(const struct policy *p, const char *id)
{
	for (size_t i = 0; id != NULL && i < policy_n_convenants(p); i++)
		if (strcmp(policy_convenant_at(p, i)->id, id) == 0)
			return policy_convenant_at(p, i);
	return NULL;
}

/*
 * What the sender calls convenant, phase, purpose and recipient would be written into
 * leaves, which may hold no person and must stay small: so only ids of the policy and
 * what has the form of an OIN get that far.
 */
static rc
check_words(const struct policy *p, struct request *q)
{
	const Sluis__Submit         *m = (const Sluis__Submit *)q->message;
	const struct convenant_info *c = find_convenant(p, m->convenant);

	if (c == NULL) return RC_NO_CONVENANT;
	if (!is_one_of(c->phases, m->phase)) return RC_NO_PHASE;
	if (!is_one_of(c->purposes, m->purpose)) return RC_WRONG_PURPOSE;
	return decision_check_recipients(m->n_recipients, m->recipients, &q->where);
}

/* --- decide ---------------------------------------------------------------------- */

static enum counted_as
counts_as(const Sluis__Submit *m)
{
	if (m->has_corrects) return COUNTED_CORRECTION;
	return m->has_enriches && m->enriches ? COUNTED_ADDITION : COUNTED_NEW;
}

static rc
read_signal(struct work *w, struct request *q)
{
	const Sluis__Submit *m = (const Sluis__Submit *)q->message;

	if (!m->has_signal) return RC_MALFORMED;
	TRY(guard_unpack_in(&w->mem, &sluis__signal__descriptor,
	    message_slice(&m->signal), guard_signal,
	    (ProtobufCMessage **)(void *)&w->signal));
	TRY(signal_check(w->signal, &q->where));
	w->shared.signal   = w->signal;
	w->shared.facts    = facts_of_signal(w->signal, date_of_ms(w->shared.now_ms));
	w->shared.handling = w->signal->handling;
	TRY(weighed_records(w->signal, counts_as(m), date_of_ms(w->shared.now_ms),
	    &w->mem, &w->shared.records));
	struct fieldset held_back;
	rc code = policy_held_back(w->shared.policy, w->signal->handling, "", &held_back);
	if (code != RC_OK)
		(void)snprintf(q->where.at, sizeof q->where.at, "handling.refusals");
	return code;
}

/* No recipient twice: one desk gets one copy of a signal. */
static rc
refuse_doubles(const struct work *w)
{
	for (size_t i = 0; i < w->n; i++)
		for (size_t k = i + 1; k < w->n; k++)
			if (strcmp(w->decisions[i].recipient_oin,
			        w->decisions[k].recipient_oin) == 0 &&
			    strcmp(w->decisions[i].desk, w->decisions[k].desk) == 0)
				return RC_MALFORMED;
	return RC_OK;
}

/* The signal as a whole is refused. */
static rc
deny_whole(const struct policy *p, struct request *q, const struct ruling *ruling)
{
	const struct rule_info *why = policy_rule_info(p, ruling->rule);

	return request_deny(q, ruling->code, why == NULL ? NULL : why->id,
	    why == NULL ? NULL : why->article, ruling->change);
}

static rc
make_room(struct work *w, const Sluis__Submit *m)
{
	if (m->n_recipients == 0) return RC_EMPTY_AUDIENCE;
	if (m->n_recipients > RECIPIENTS_MAX) return RC_TOO_MANY;
	w->decisions = calloc(m->n_recipients, sizeof *w->decisions);
	w->released  = calloc(m->n_recipients, sizeof *w->released);
	return w->decisions == NULL || w->released == NULL ? RC_NOMEM : RC_OK;
}

static rc
decide(struct work *w, struct request *q)
{
	const Sluis__Submit *m     = w->shared.submit;
	factset              facts = w->shared.facts;

	TRY(make_room(w, m));
	for (size_t i = 0; i < m->n_recipients; i++) {
		struct decision *d = &w->decisions[w->n++];
		factset          of_case;
		TRY(sharing_facts(&w->sharing, m->recipients[i], &of_case));
		w->shared.facts = facts | of_case;
		decision_rule(&w->shared, m->recipients[i], d);
		d->index    = i;
		d->replaces = sharing_replaced(&w->sharing, d->recipient_oin, d->desk);
		if (!d->ruling.refused) continue;
		return deny_whole(w->shared.policy, q, &d->ruling);
	}
	return refuse_doubles(w);
}

/* Who has no room is not served now, and does not keep the others from being served;
 * RC_QUEUE_FULL when that leaves nobody. */
static rc
have_room(const struct broker *b, struct work *w)
{
	size_t n_full = 0, n_served = 0;

	for (size_t i = 0; i < w->n; i++) {
		struct decision *d = &w->decisions[i];
		if (d->ruling.code != RC_OK) continue;
		rc code = dispatch_room(b->dispatch, d->recipient_oin, d->desk);
		if (code != RC_QUEUE_FULL) TRY(code);
		if (code == RC_QUEUE_FULL) decision_refuse_full(d);
		++*(code == RC_OK ? &n_served : &n_full);
	}
	return n_full != 0 && n_served == 0 ? RC_QUEUE_FULL : RC_OK;
}

/* Check that the sender said all of it, and to whom; also to those who are not served. */
static rc
check_said(struct work *w, struct request *q)
{
	rc code = disclosed_check(w->shared.submit, &w->signal->base,
	    q->member->binding.sign_public, &w->disclosed);

	if (code == RC_BAD_DISCLOSURE)
		(void)snprintf(q->where.at, sizeof q->where.at, "disclosure_sig");
	w->shared.disclosed = w->disclosed;
	return code;
}

static rc
encode(const struct work *w)
{
	for (size_t i = 0; i < w->n; i++)
		TRY(decision_encode(&w->shared, &w->decisions[i]));
	return RC_OK;
}

/* --- write ----------------------------------------------------------------------- */

static rc
write_copy(struct broker *b, const struct decision *d, struct released *to)
{
	struct parcel p = {.oin = d->recipient_oin,
	    .desk               = d->desk,
	    .salt               = slice_of(d->salt, sizeof d->salt),
	    .copy               = d->copy,
	    .leaf               = to->leaf,
	    .layer              = d->layer,
	    .id                 = to->delivery,
	    .expires_ms         = b->now_ms + (uint64_t)d->ruling.deliver_days * DAY_MS};

	return outbox_put(b, &p);
}

static rc
write_decision(struct broker *b, struct decision *d, struct released *to)
{
	to->decision = d;
	to->served   = d->ruling.code == RC_OK;
	TRY(journal_append(b->journal, &d->leaf, d->detail, b->now_ms, &to->leaf, NULL));
	if (!to->served) return RC_OK;
	return write_copy(b, d, to);
}

static rc
write_submission(
    struct broker *b, struct work *w, const struct request *q, struct reply *r)
{
	struct request_row row = {.first = journal_size(b->journal), .n = w->n};

	for (size_t i = 0; i < w->n; i++)
		TRY(write_decision(b, &w->decisions[i], &w->released[i]));
	store_next_record(b->store); /* that can be erased by itself */
	TRY(sharing_end(&w->sharing, w->signal, w->n, w->released));
	TRY(repeat_remember(b, q, row.first, row.n));
	return answer_from_journal(b, r, &row);
}

static unsigned
layer_named(const Sluis__Signal *signal)
{
	return signal->handling != NULL && signal->handling->layer == 2 ? 2 : 1;
}

static rc
share(struct broker *b, struct request *q, struct reply *r)
{
	AUTO(work_wipe) struct work w = {.mem = scratch_init(WORK_MAX)};

	w.shared = (struct submission){.policy = b->policy,
	    .mem                               = &w.mem,
	    .pseudonymiser                     = b->pseudonymiser,
	    .submit                            = (const Sluis__Submit *)q->message,
	    .binding                           = &q->member->binding.id,
	    .now_ms                            = b->now_ms};
	TRY(check_words(b->policy, q));
	TRY(read_signal(&w, q));
	TRY(sharing_begin(&w.sharing, b, q, r, w.shared.submit, layer_named(w.signal)));
	TRY(decide(&w, q));
	TRY(have_room(b, &w));
	TRY(check_said(&w, q));
	TRY(encode(&w));
	TRY(write_submission(b, &w, q, r));
	return give_hints(w.signal, r);
}

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	bool done = false;

	TRY(answer_repetition(b, q, r, &done));
	q->remember = true; /* a denial is a decision too */
	return done ? RC_OK : share(b, q, r);
}

/* The layer that a signal on the wire names: read without unpacking it. */
static unsigned
layer_of(struct broker *b, const struct request *q)
{
	const Sluis__Submit *m = (const Sluis__Submit *)q->message;
	(void)b;
	return m->has_signal ? signal_layer(slice_of(m->signal.data, m->signal.len)) : 1;
}

const struct handler submit_handler = {
    .type      = TYPE_SUBMIT,
    .doors     = 1u << DOOR_AGENCY,
    .max_bytes = FRAME_MAX,
    .desc      = &sluis__submit__descriptor,
    .handle    = handle,
    .repeat    = answer_repetition,
    .layer     = layer_of,
    .claims    = true,
};

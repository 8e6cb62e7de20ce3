/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * submit.c - a signal comes in: check, rule and redact for everybody, write it down.
 *
 * The whole submission is decided before anything of it is written, and written whole:
 * for every recipient one leaf (EVENT_RULING with a copy in its outbox, or
 * EVENT_NOT_SERVED), and one request row that makes a repetition harmless.
 */
#include <string.h>

#include "broker/decision/weighed.h"
#include "broker/intake.h"
#include "broker/knowing/knowing.h"
#include "broker/outbox/outbox.h"
#include "broker/outcome.h"
#include "broker/repeat.h"
#include "broker/submit_inside.h"
#include "policy/hints.h"
#include "proto/auto.h"
#include "proto/guard.h"
#include "proto/signal_check.h"

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
check_words(const struct policy *p, const Sluis__Submit *m, struct where *where)
{
	const struct convenant_info *c = find_convenant(p, m->convenant);

	if (c == NULL) return RC_NO_CONVENANT;
	if (!is_one_of(c->phases, m->phase)) return RC_NO_PHASE;
	if (!is_one_of(c->purposes, m->purpose)) return RC_WRONG_PURPOSE;
	return decision_check_recipients(m->n_recipients, m->recipients, where);
}

/* --- the signal ------------------------------------------------------------------ */

static enum counted_as
counts_as(const Sluis__Submit *m)
{
	if (m->has_corrects) return COUNTED_CORRECTION;
	return m->has_enriches && m->enriches ? COUNTED_ADDITION : COUNTED_NEW;
}

/* The signal, unpacked and checked, and what follows from it alone. */
static rc
read_signal(struct work *w, struct where *where)
{
	struct submission   *shared = &w->shared;
	const Sluis__Submit *m      = shared->submit;
	int32_t              today  = date_of_ms(shared->now_ms);
	struct fieldset      held_back;

	if (!m->has_signal) return RC_MALFORMED;
	TRY(guard_unpack_in(shared->mem, &sluis__signal__descriptor,
	    message_slice(&m->signal), guard_signal,
	    (ProtobufCMessage **)(void *)&w->signal));
	TRY(signal_check(w->signal, where));
	TRY(contents_list(&w->signal->base, shared->mem, &w->contents));
	shared->contents = w->contents;
	shared->facts    = facts_of_signal(w->signal, today);
	shared->handling = w->signal->handling;
	TRY(weighed_records(
	    w->contents, counts_as(m), today, shared->mem, &shared->records));
	rc code = policy_held_back(shared->policy, w->signal->handling, "", &held_back);
	if (code != RC_OK)
		(void)snprintf(where->at, sizeof where->at, "handling.refusals");
	return code;
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

/* Tell what was just written as the journal would be read: see answer_from_journal(). */
static rc
answer_written(const struct work *w, struct reply *r)
{
	rc   first  = w->decisions[0].ruling.code;
	bool served = false;

	TRY(reply_will_tell(r, w->n));
	for (size_t i = 0; i < w->n; i++) {
		TRY(reply_tell(r, w->decisions[i].outcome, w->released[i].leaf));
		served = served || w->released[i].served;
	}
	if (served) return reply_set_code(r, RC_OK, NULL);
	return reply_set_code(r, w->n == 1 ? first : RC_NOBODY_SERVED, NULL);
}

static rc
write_submission(
    struct broker *b, struct work *w, const struct request *q, struct reply *r)
{
	struct request_row row = {.first = journal_size(b->journal), .n = w->n};

	for (size_t i = 0; i < w->n; i++)
		TRY(write_decision(b, &w->decisions[i], &w->released[i]));
	store_next_record(b->store); /* that can be erased by itself */
	TRY(sharing_end(w->sharing, w->signal, w->knowing, w->n, w->released));
	TRY(repeat_remember(b, q, row.first, row.n));
	return answer_written(w, r);
}

static unsigned
layer_named(const Sluis__Signal *signal)
{
	return signal->handling != NULL && signal->handling->layer == 2 ? 2 : 1;
}

/* --- ahead ----------------------------------------------------------------------- */

static struct work *
new_work(const struct ahead *a, const struct request *q)
{
	struct work *w = scratch_alloc(q->mem, 1, sizeof *w);

	if (w == NULL) return NULL;
	w->shared            = (struct submission){.policy = a->policy,
	               .pseudonymiser                      = a->pseudonymiser,
	               .former                             = a->former,
	               .submit                             = (const Sluis__Submit *)q->message,
	               .mem                                = q->mem,
	               .binding                            = &q->member->binding.id,
	               .now_ms                             = a->now_ms};
	w->shared.identities = identities_new(q->mem);
	if (w->shared.identities == NULL) return NULL;
	w->signer  = q->member->binding.sign_public;
	w->jointly = q->jointly;
	return w;
}

/* Whom and what the signal names, for who asks later (knowing/knowing.h). */
static rc
look(struct work *w)
{
	const struct submission *s = &w->shared;
	struct knowing          *k = scratch_alloc(s->mem, 1, sizeof *k);

	if (k == NULL) return RC_NOMEM;
	TRY(knowing_of(s->policy, s->identities, w->signal, s->submit->convenant,
	    date_of_ms(s->now_ms), s->mem, k));
	w->knowing = k;
	return RC_OK;
}

/* Rule for who gets it outside a case, and note what pseudonyms and tokens that takes; a
 * case is left for later. */
static rc
rule_ahead(const struct ahead *a, struct work *w)
{
	const Sluis__Submit *m     = w->shared.submit;
	struct where         where = {0};

	TRY(look(w));
	if (m->has_case_id || m->has_corrects)
		return knowing_want(
		    w->knowing, w->shared.identities, a->pseudonymiser, a->former);
	TRY(work_rule_all(w)); /* refuses before the work that grows with recipients */
	TRY(work_check_said(w, &where));
	return work_want(w, a->pseudonymiser, a->former);
}

static void
prepare(const struct ahead *a, struct request *q)
{
	const Sluis__Submit *m     = (const Sluis__Submit *)q->message;
	struct where         where = {0};

	/* what is about layer 2 costs nothing before its turn */
	if (!m->has_signal || signal_layer(message_slice(&m->signal)) != 1) return;
	struct work *w = new_work(a, q);
	if (w == NULL || check_words(a->policy, w->shared.submit, &where) != RC_OK ||
	    read_signal(w, &where) != RC_OK)
		return;
	q->ahead = w;
	w->ruled = rule_ahead(a, w) == RC_OK;
}

static void
complete(struct request *q)
{
	struct work *w = q->ahead;

	if (w == NULL || !w->ruled) return;
	for (size_t i = 0; i < w->n; i++)
		if (w->decisions[i].ruling.refused || work_encode_one(w, i) != RC_OK)
			return;
}

static void
forget(struct request *q)
{
	struct work *w = q->ahead;

	if (w != NULL) work_wipe(w);
	q->ahead = NULL;
}

static rc
share(struct broker *b, struct request *q, struct reply *r)
{
	const struct ahead a = intake_ahead(b);
	struct work       *w = q->ahead;

	TRY(check_words(b->policy, (const Sluis__Submit *)q->message, &q->where));
	if (w == NULL) {
		if ((w = new_work(&a, q)) == NULL) return RC_NOMEM;
		q->ahead = w;
		TRY(read_signal(w, &q->where));
	}
	w->shared.pseudonymiser = b->pseudonymiser;
	w->shared.former        = b->former;
	if ((w->sharing = scratch_alloc(q->mem, 1, sizeof *w->sharing)) == NULL)
		return RC_NOMEM;
	TRY(sharing_begin(w->sharing, b, q, r, w->shared.submit, layer_named(w->signal)));
	TRY(work_decide(w, q));
	TRY(work_have_room(b, w));
	TRY(work_check_said(w, &q->where));
	if (w->knowing == NULL && layer_named(w->signal) == 1) TRY(look(w));
	TRY(work_encode(b, w));
	TRY(write_submission(b, w, q, r));
	return give_hints(w->signal, r);
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
    .small     = true,
    .prepare   = prepare,
    .complete  = complete,
    .forget    = forget,
};

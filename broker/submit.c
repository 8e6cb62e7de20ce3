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

#include "broker/decision/decision.h"
#include "broker/decision/weighed.h"
#include "broker/intake.h"
#include "broker/knowing/knowing.h"
#include "broker/outbox/outbox.h"
#include "broker/outcome.h"
#include "broker/repeat.h"
#include "broker/route/sharing.h"
#include "policy/hints.h"
#include "proto/auto.h"
#include "proto/guard.h"
#include "proto/signal_check.h"

struct work { /* one submission under way; it lies in the memory of its request */
	struct submission   shared;
	Sluis__Signal      *signal;
	struct contents    *contents;  /* of it */
	const uint8_t      *signer;    /* KEY_BYTES, the sender's Ed25519 key */
	const struct joint *jointly;   /* signed with others; NULL: by itself */
	struct disclosed   *disclosed; /* what the sender says with it */
	struct sharing     *sharing;   /* the case around it, and what it replaces */
	struct knowing     *knowing; /* whom it names; NULL: layer 2, or not looked at */
	size_t              n;
	struct decision    *decisions;
	bool                ruled;    /* all of them, ahead */
	bool               *encoded;  /* which of them */
	struct released    *released; /* what became of each, once it is written */
};

static void
work_wipe(struct work *w)
{
	for (size_t i = 0; i < w->n; i++) decision_wipe(&w->decisions[i]);
	w->n = 0;
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
check_words(const struct policy *p, const Sluis__Submit *m, struct where *where)
{
	const struct convenant_info *c = find_convenant(p, m->convenant);

	if (c == NULL) return RC_NO_CONVENANT;
	if (!is_one_of(c->phases, m->phase)) return RC_NO_PHASE;
	if (!is_one_of(c->purposes, m->purpose)) return RC_WRONG_PURPOSE;
	return decision_check_recipients(m->n_recipients, m->recipients, where);
}

/* --- decide ---------------------------------------------------------------------- */

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
	struct scratch *mem = w->shared.mem;
	w->decisions        = scratch_alloc(mem, m->n_recipients, sizeof *w->decisions);
	w->encoded          = scratch_alloc(mem, m->n_recipients, sizeof *w->encoded);
	w->released         = scratch_alloc(mem, m->n_recipients, sizeof *w->released);
	return w->decisions == NULL || w->encoded == NULL || w->released == NULL
	           ? RC_NOMEM
	           : RC_OK;
}

/* Rule on recipient I by FACTS. */
static void
rule(struct work *w, size_t i, factset facts)
{
	struct decision *d   = &w->decisions[i];
	factset          own = w->shared.facts;

	decision_wipe(d);
	w->encoded[i]   = false;
	w->shared.facts = facts;
	decision_rule(&w->shared, w->shared.submit->recipients[i], d);
	w->shared.facts = own;
	d->index        = i;
}

/* The same, when the case says OF_CASE about it and its copy REPLACES one, unless that
 * was done ahead. */
static void
rule_one(struct work *w, size_t i, factset of_case, const uint8_t *replaces)
{
	if (w->encoded[i] && of_case == 0 && replaces == NULL) return;
	rule(w, i, w->shared.facts | of_case);
	w->decisions[i].replaces = replaces;
}

static rc
decide(struct work *w, struct request *q)
{
	const Sluis__Submit *m = w->shared.submit;

	if (w->decisions == NULL) TRY(make_room(w, m));
	w->n = m->n_recipients; /* not ruled on: empty */
	for (size_t i = 0; i < w->n; i++) {
		struct decision *d = &w->decisions[i];
		factset          of_case;
		TRY(sharing_facts(w->sharing, m->recipients[i], &of_case));
		rule_one(w, i, of_case, NULL);
		const uint8_t *old =
		    sharing_replaced(w->sharing, d->recipient_oin, d->desk);
		if (old != NULL) rule_one(w, i, of_case, old);
		if (d->ruling.refused) return deny_whole(w->shared.policy, q, &d->ruling);
	}
	return refuse_doubles(w);
}

/* Recipient I has no room: what was made for it has to be made again. */
static void
refuse_full(struct work *w, size_t i)
{
	if (w->encoded[i]) rule(w, i, w->shared.facts);
	decision_refuse_full(&w->decisions[i]);
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
		if (code == RC_QUEUE_FULL) refuse_full(w, i);
		++*(code == RC_OK ? &n_served : &n_full);
	}
	return n_full != 0 && n_served == 0 ? RC_QUEUE_FULL : RC_OK;
}

/* Check that the sender said all of it, and to whom; also to those who are not served. */
static rc
check_said(struct work *w, struct where *where)
{
	if (w->disclosed != NULL) return RC_OK;
	rc code = disclosed_check(w->shared.submit, w->contents, w->signer, w->jointly,
	    w->shared.mem, &w->disclosed);

	if (code == RC_BAD_DISCLOSURE)
		(void)snprintf(where->at, sizeof where->at, "disclosure_sig");
	w->shared.disclosed = w->disclosed;
	return code;
}

static rc
encode_one(struct work *w, size_t i)
{
	if (w->encoded[i]) return RC_OK;
	TRY(decision_encode(&w->shared, &w->decisions[i]));
	w->encoded[i] = true;
	return RC_OK;
}

/* Note what those of TO_DO that are not encoded ask of the keeper for, and what the
 * tokens of the signal do. */
static rc
want(struct work *w, struct pseudonymiser *p, struct pseudonymiser *former)
{
	for (size_t i = 0; i < w->n; i++)
		if (!w->encoded[i])
			TRY(decision_want(&w->shared, &w->decisions[i], p, former));
	if (w->knowing == NULL) return RC_OK;
	return knowing_want(w->knowing, w->shared.identities, p, former);
}

/* What was not done ahead: one question to the keeper for all of it. */
static rc
encode(struct broker *b, struct work *w)
{
	rc code = want(w, b->pseudonymiser, b->former);
	rc got  = pseudonym_fetch(b->pseudonymiser, b->former);

	TRY(code);
	TRY(got);
	for (size_t i = 0; i < w->n; i++) TRY(encode_one(w, i));
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
	TRY(make_room(w, m));
	for (w->n = 0; w->n < m->n_recipients; w->n++) rule(w, w->n, w->shared.facts);
	TRY(refuse_doubles(w)); /* before the work that grows with recipients */
	TRY(check_said(w, &where));
	return want(w, a->pseudonymiser, a->former);
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
		if (w->decisions[i].ruling.refused || encode_one(w, i) != RC_OK) return;
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
	TRY(decide(w, q));
	TRY(have_room(b, w));
	TRY(check_said(w, &q->where));
	if (w->knowing == NULL && layer_named(w->signal) == 1) TRY(look(w));
	TRY(encode(b, w));
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

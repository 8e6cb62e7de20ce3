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
#include "broker/event.h"
#include "broker/handler.h"
#include "broker/log.h"
#include "broker/outcome.h"
#include "broker/seal.h"
#include "broker/weighed.h"
#include "proto/auto.h"
#include "proto/guard.h"
#include "proto/signal_check.h"

struct work { /* one submission under way; owns everything in it */
	struct submission shared;
	Sluis__Signal    *signal;
	struct buf        records; /* of it, for the details */
	size_t            n;
	struct decision  *decisions;
};

static void
work_wipe(struct work *w)
{
	for (size_t i = 0; i < w->n; i++) decision_wipe(&w->decisions[i]);
	free(w->decisions);
	message_destroy(&w->signal);
	buf_wipe(&w->records);
	*w = (struct work){0};
}

/* --- idempotency ----------------------------------------------------------------- */

/* A keyed digest: the payload is guessable, so a plain one may not be kept. */
static void
digest_of(const struct broker *b, struct slice payload, uint8_t out[HASH_BYTES])
{
	(void)crypto_generichash(
	    out, HASH_BYTES, payload.p, payload.n, b->keys.master, KEY_BYTES);
}

static const char *
article_of(const struct policy *p, const char *rule)
{
	for (unsigned i = 0; rule != NULL && i < policy_n_rules(p); i++)
		if (strcmp(policy_rule_info(p, i)->id, rule) == 0)
			return policy_rule_info(p, i)->article;
	return NULL;
}

/* The submission was denied as a whole: tell what leaf INDEX says of it. */
static rc
answer_denial(struct broker *b, struct reply *r, uint64_t index)
{
	AUTO(message_destroy) Sluis__Leaf *leaf = NULL;

	TRY(outcome_leaf(b, index, &leaf));
	TRY(reply_set_code(r, rc_from_name(leaf->code), NULL));
	TRY(message_text(&r->answer->rule, leaf->rule));
	TRY(message_text(&r->answer->article, article_of(b->policy, leaf->rule)));
	return reply_add_receipt(r, index, false, true);
}

/* Tell what the journal says of submission ROW; without recipients it was denied. */
static rc
answer_from_journal(struct broker *b, struct reply *r, const struct request_row *row)
{
	rc   first  = RC_OK;
	bool served = false;

	if (row->n == 0) return answer_denial(b, r, row->first);
	for (uint64_t i = row->first; i < row->first + row->n; i++) {
		rc code = RC_OK;
		TRY(outcome_add(b, r, i, OUTCOME_SENDER, &code));
		if (first == RC_OK) first = code;
		served = served || code == RC_OK;
	}
	if (served) return reply_set_code(r, RC_OK, NULL);
	return reply_set_code(r, row->n == 1 ? first : RC_NOBODY_SERVED, NULL);
}

/* RC_OK and *RET_DONE if this very request was handled before; RC_REPLAYED if its id was
 * used for another one. */
static rc
answer_repetition(struct broker *b, struct request *q, struct reply *r, bool *ret_done)
{
	struct request_row row;
	uint8_t            digest[HASH_BYTES];

	rc code   = store_get_request(b->store, q->head->sender_oin, q->head->sender_desk,
	      q->head->request_id.data, &row);
	*ret_done = code == RC_OK;
	if (code == RC_NOT_FOUND) return RC_OK;
	TRY(code);
	digest_of(b, q->envelope.payload, digest);
	if (sodium_memcmp(digest, row.digest, sizeof digest) != 0) return RC_REPLAYED;
	return answer_from_journal(b, r, &row);
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

static rc
read_signal(struct work *w, struct request *q)
{
	const Sluis__Submit *m = (const Sluis__Submit *)q->message;

	if (!m->has_signal) return RC_MALFORMED;
	w->shared.signal = slice_of(m->signal.data, m->signal.len);
	TRY(guard_unpack(&sluis__signal__descriptor, w->shared.signal, guard_signal,
	    (ProtobufCMessage **)(void *)&w->signal));
	TRY(signal_check(w->signal, &q->where));
	w->shared.facts    = facts_of_signal(w->signal, date_of_ms(w->shared.now_ms));
	w->shared.handling = w->signal->handling;
	TRY(weighed_records(w->signal, date_of_ms(w->shared.now_ms), &w->records));
	w->shared.records = buf_slice(&w->records);
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

static rc
decide(struct work *w, struct request *q)
{
	const Sluis__Submit *m = w->shared.submit;

	if (m->n_recipients == 0) return RC_EMPTY_AUDIENCE;
	if (m->n_recipients > RECIPIENTS_MAX) return RC_TOO_MANY;
	w->decisions = calloc(m->n_recipients, sizeof *w->decisions);
	if (w->decisions == NULL) return RC_NOMEM;
	for (size_t i = 0; i < m->n_recipients; i++) {
		struct decision *d = &w->decisions[w->n++];
		decision_rule(&w->shared, m->recipients[i], d);
		if (!d->ruling.refused) continue;
		q->rule = d->ruling.rule; /* the signal as a whole */
		return d->ruling.code;
	}
	TRY(refuse_doubles(w));
	for (size_t i = 0; i < w->n; i++)
		TRY(decision_encode(&w->shared, &w->decisions[i]));
	return RC_OK;
}

static rc
have_room(const struct broker *b, const struct work *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->decisions[i].ruling.code == RC_OK)
			TRY(dispatch_room(b->dispatch, w->decisions[i].recipient_oin,
			    w->decisions[i].desk));
	return RC_OK;
}

/* --- write ----------------------------------------------------------------------- */

static rc
write_copy(struct broker *b, struct decision *d, uint64_t leaf)
{
	AUTO(buf_wipe) struct buf plain = buf_init(NONCE_BYTES + d->copy.n);
	AUTO(buf_wipe)
	struct buf      sealed = buf_init(NONCE_BYTES + d->copy.n + SEAL_OVERHEAD);
	struct delivery row    = {.leaf = leaf};
	uint8_t         key[KEY_BYTES], wrapped[WRAPPED_BYTES], address[ID_BYTES];

	if (strlen(d->recipient_oin) >= sizeof row.oin ||
	    strlen(d->desk) >= sizeof row.desk)
		return RC_INTERNAL; /* the policy knows both */
	memcpy(row.oin, d->recipient_oin, strlen(d->recipient_oin) + 1);
	memcpy(row.desk, d->desk, strlen(d->desk) + 1);
	row.expires_ms = b->now_ms + (uint64_t)d->ruling.deliver_days * 86400000;
	randombytes_buf(row.id, sizeof row.id);
	TRY(store_next_seq(b->store, &row.seq));
	TRY(buf_append(&plain, slice_of(d->salt, sizeof d->salt)));
	TRY(buf_append(&plain, buf_slice(&d->copy)));
	TRY(seal_new_key(b->keys.master, row.seq, key, wrapped));
	seal_address(row.id, row.oin, row.desk, address);
	rc code = seal_copy(key, address, row.seq, buf_slice(&plain), &sealed);
	sodium_memzero(key, sizeof key);
	TRY(code);
	TRY(store_put_delivery(
	    b->store, &row, buf_slice(&sealed), slice_of(wrapped, sizeof wrapped)));
	return dispatch_added(b->dispatch, row.oin, row.desk);
}

static rc
write_decision(struct broker *b, struct decision *d)
{
	uint64_t index = 0;

	TRY(journal_append(
	    b->journal, &d->leaf, buf_slice(&d->detail), b->now_ms, &index, NULL));
	return d->ruling.code == RC_OK ? write_copy(b, d, index) : RC_OK;
}

/* Remember request Q as the N leaves from FIRST on, and answer it. */
static rc
write_request(struct broker *b, const struct request *q, uint64_t first, uint64_t n,
    struct reply *r)
{
	struct request_row row = {
	    .created_ms = q->head->created_ms, .first = first, .n = n};

	memcpy(row.oin, q->member->binding.oin, sizeof row.oin);
	memcpy(row.desk, q->member->binding.desk, sizeof row.desk);
	memcpy(row.id, q->head->request_id.data, sizeof row.id);
	digest_of(b, q->envelope.payload, row.digest);
	TRY(store_put_request(b->store, &row));
	return answer_from_journal(b, r, &row);
}

static rc
write_submission(
    struct broker *b, const struct work *w, const struct request *q, struct reply *r)
{
	uint64_t first = journal_size(b->journal);

	for (size_t i = 0; i < w->n; i++) TRY(write_decision(b, &w->decisions[i]));
	return write_request(b, q, first, w->n, r);
}

/* The policy denied all of it: that is a decision too, told the same when asked again. */
static rc
write_denial(struct broker *b, const struct request *q, rc code, struct reply *r)
{
	struct member *m     = registry_find(b->registry, q->curve_public);
	bool           noted = false;
	uint64_t       index = 0;

	if (m == NULL) return RC_INTERNAL; /* intake knew it */
	TRY(event_refusal(b, m, code, q->rule, &noted, &index));
	if (!noted) return code;
	LOG(LOG_REFUSED, .oin = m->binding.oin, .desk = m->binding.desk, .code = code);
	return write_request(b, q, index, 0, r);
}

static rc
share(struct broker *b, struct request *q, struct reply *r)
{
	AUTO(work_wipe) struct work w = {.records = buf_init(WEIGHED_MAX)};

	w.shared = (struct submission){.policy = b->policy,
	    .pseudonymiser                     = b->pseudonymiser,
	    .submit                            = (const Sluis__Submit *)q->message,
	    .binding                           = &q->member->binding.id,
	    .now_ms                            = b->now_ms};
	TRY(check_words(b->policy, q));
	TRY(read_signal(&w, q));
	TRY(decide(&w, q));
	TRY(have_room(b, &w));
	return write_submission(b, &w, q, r);
}

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	bool done = false;

	TRY(answer_repetition(b, q, r, &done));
	if (done) return RC_OK;
	rc code = share(b, q, r);
	return rc_kind(code) == RC_KIND_DENY ? write_denial(b, q, code, r) : code;
}

const struct handler submit_handler = {
    .type      = TYPE_SUBMIT,
    .doors     = 1u << DOOR_AGENCY,
    .max_bytes = FRAME_MAX,
    .desc      = &sluis__submit__descriptor,
    .handle    = handle,
    .repeat    = answer_repetition,
};

/* SPDX-License-Identifier: EUPL-1.2 */
/* event.c - from an event to a leaf. */
#include "broker/journal/event.h"

#include <stdlib.h>
#include <string.h>

#include "broker/log.h"
#include "broker/random.h"
#include "proto/auto.h"
#include "proto/catalogue.h"
#include "proto/message.h"

void
denial_wipe(struct denial *d)
{
	free(d->rule);
	free(d->article);
	free(d->change);
	*d = (struct denial){0};
}

static void
set_hash(const struct hash *h, protobuf_c_boolean *has, ProtobufCBinaryData *field)
{
	*has = h != NULL;
	if (h != NULL) *field = message_borrow_bytes(h->b, HASH_BYTES);
}

/* Nothing that the catalogue does not grant is ever written; better no event at all. */
static bool
is_allowed(const Sluis__Leaf *leaf)
{
	if (catalogue_allows(leaf)) return true;
	LOG(LOG_LEAF_REFUSED, .n = (uint64_t)leaf->kind);
	return false;
}

void
detail_begin(Sluis__Detail *detail, uint8_t salt[NONCE_BYTES], const uint8_t *case_id,
    unsigned layer)
{
	random_fill(salt, NONCE_BYTES);
	detail->has_salt    = 1;
	detail->salt        = message_borrow_bytes(salt, NONCE_BYTES);
	detail->has_case_id = case_id != NULL;
	if (case_id != NULL) detail->case_id = message_borrow_bytes(case_id, ID_BYTES);
	detail->has_layer = layer > 1;
	detail->layer     = layer;
}

/*
 * The detail of E into OUT, with who acted where a key signed for it (the time that
 * passed has no user).  Fields that follow a serialised message are part of it, so what E
 * brings stays as it is.
 */
static rc
complete_detail(const struct broker *b, const struct event *e, struct buf *out)
{
	Sluis__Detail more = SLUIS__DETAIL__INIT;
	uint8_t       salt[NONCE_BYTES];

	TRY(buf_append(out, e->detail));
	if (b->user == NULL || e->binding == NULL) return RC_OK;
	more.user = message_borrow(b->user);
	if (e->detail.n == 0) detail_begin(&more, salt, NULL, 1);
	return message_pack(&more.base, out);
}

rc
event_append(struct broker *b, const struct event *e, uint64_t *ret_index)
{
	AUTO(buf_wipe) struct buf detail = buf_init(DETAIL_MAX);
	Sluis__Leaf               leaf   = SLUIS__LEAF__INIT;

	TRY(complete_detail(b, e, &detail));
	leaf.has_kind       = 1;
	leaf.kind           = e->kind;
	leaf.sender_oin     = message_borrow(e->sender_oin);
	leaf.sender_desk    = message_borrow(e->sender_desk);
	leaf.recipient_oin  = message_borrow(e->recipient_oin);
	leaf.recipient_desk = message_borrow(e->recipient_desk);
	leaf.code           = e->code == RC_OK ? NULL : message_borrow(rc_name(e->code));
	leaf.rule           = message_borrow(e->rule);
	leaf.has_refers_to  = e->has_refers_to;
	leaf.refers_to      = e->refers_to;
	leaf.has_count      = e->count != 0;
	leaf.count          = e->count;
	leaf.convenant      = message_borrow(e->convenant);
	leaf.phase          = message_borrow(e->phase);
	leaf.purpose        = message_borrow(e->purpose);
	leaf.has_detail_digest = detail.n != 0; /* the journal fills it in */
	set_hash(e->in_force && b->policy != NULL ? policy_hash(b->policy) : NULL,
	    &leaf.has_bundle_hash, &leaf.bundle_hash);
	set_hash(e->subject, &leaf.has_subject_digest, &leaf.subject_digest);
	set_hash(e->binding, &leaf.has_binding_id, &leaf.binding_id);
	set_hash(e->copy_digest, &leaf.has_copy_digest, &leaf.copy_digest);
	if (!is_allowed(&leaf)) return RC_INTERNAL;
	return journal_append(
	    b->journal, &leaf, buf_slice(&detail), b->now_ms, ret_index, NULL);
}

/* The words behind a denial; nothing when there are none and nobody is named. */
static rc
refusal_detail(const struct broker *b, rc code, const struct denial *why, struct buf *out)
{
	Sluis__Detail detail = SLUIS__DETAIL__INIT;
	uint8_t       salt[NONCE_BYTES];

	bool says = why != NULL && (why->article != NULL || why->change != NULL);

	if (!says && b->user == NULL) return RC_OK;
	detail_begin(&detail, salt, NULL, 1);
	detail.code = message_borrow(rc_name(code));
	if (says) {
		detail.rule    = why->rule;
		detail.article = why->article;
		detail.change  = why->change;
	}
	return message_pack(&detail.base, out);
}

rc
event_refusal(struct broker *b, struct member *m, rc code, const struct denial *why,
    bool *ret_noted, uint64_t *ret_index)
{
	AUTO(buf_wipe) struct buf detail = buf_init(DETAIL_MAX);
	struct event              e      = {
	                      .kind        = SLUIS__EVENT_KIND__EVENT_REFUSED,
	                      .sender_oin  = m->binding.oin,
	                      .sender_desk = m->binding.desk,
	                      .code        = code,
	                      .in_force    = rc_kind(code) == RC_KIND_DENY,
	                      .rule        = why == NULL ? NULL : why->rule,
	                      .binding     = &m->binding.id,
        };

	*ret_noted = allowance_take(b->covered ? &m->covered_refusals : &m->refusals,
	    b->config->refusals_per_minute, b->now_ms);
	if (!*ret_noted) tally_refusal(b, m->binding.oin, m->binding.desk);
	if (!*ret_noted) return RC_OK;
	TRY(refusal_detail(b, code, why, &detail));
	e.detail = buf_slice(&detail);
	return event_append(b, &e, ret_index);
}

rc
event_audit_read(
    struct broker *b, const struct binding *me, uint64_t from, uint64_t count)
{
	struct event e = {.kind = SLUIS__EVENT_KIND__EVENT_AUDIT_READ,
	    .sender_oin         = me->oin,
	    .sender_desk        = me->desk,
	    .binding            = &me->id,
	    .has_refers_to      = true,
	    .refers_to          = from,
	    .count              = count};
	uint64_t     index;

	return event_append(b, &e, &index);
}

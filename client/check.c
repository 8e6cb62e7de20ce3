/* SPDX-License-Identifier: EUPL-1.2 */
/* check.c - receipts against what was asked, and copies against their entry. */
#include "client/check.h"

#include <sodium.h>
#include <string.h>

#include "client/form.h"
#include "proto/auto.h"
#include "proto/guard.h"
#include "proto/message.h"
#include "proto/schema.h"
#include "proto/text.h"
#include "signal.pb-c.h"

static const struct guard_limits copy_limits = {
    .max_depth = 4, .max_elements = 20000, .max_bytes = ANSWER_MAX};
static const struct guard_limits notice_limits = {
    .max_depth = 6, .max_elements = 4096, .max_bytes = SIGNAL_MAX};

static rc
fail(const struct checker *c, rc code, const char *where, const char *reason)
{
	return error_set(c->error, code, where, reason);
}

/* --- any receipt -----------------------------------------------------------------------
 */

rc
check_receipt(const struct checker *c, const Sluis__Receipt *receipt,
    Sluis__Leaf **ret_leaf, struct checkpoint *ret_head)
{
	AUTO(message_destroy) Sluis__Leaf *leaf = NULL;
	struct checkpoint                  head;

	if (receipt == NULL)
		return fail(c, RC_BAD_PROOF, "receipt", "the answer carries no receipt");
	rc code = receipt_verify(receipt, c->verifier, &head);
	if (code == RC_MALFORMED) code = RC_BAD_PROOF;
	if (code != RC_OK)
		return fail(
		    c, code, "receipt", "the entry is not proven to be in the journal");
	code = seen_compare(c->seen, &head);
	if (code != RC_OK)
		return fail(c, code, "checkpoint", "two heads of the same size differ");
	if (receipt_leaf(receipt, &leaf) != RC_OK)
		return fail(c, RC_BAD_PROOF, "receipt.leaf", "the entry cannot be read");
	TRY(check_dated(c, receipt->index, leaf));
	if (ret_leaf != NULL) *ret_leaf = TAKE(leaf);
	if (ret_head != NULL) *ret_head = head;
	return RC_OK;
}

/* Does the leaf in RECEIPT commit to its detail?  True without one. */
static bool
commits_to_detail(const Sluis__Receipt *receipt, const Sluis__Leaf *leaf)
{
	return !receipt->has_detail ||
	       receipt_commits(leaf, message_slice(&receipt->detail));
}

rc
check_entry(const struct checker *c, const Sluis__Receipt *receipt)
{
	AUTO(message_destroy) Sluis__Leaf *leaf = NULL;

	if (receipt->checkpoint != NULL) return check_receipt(c, receipt, NULL, NULL);
	if (receipt_leaf(receipt, &leaf) != RC_OK)
		return fail(c, RC_BAD_PROOF, "receipt.leaf", "the entry cannot be read");
	if (!commits_to_detail(receipt, leaf))
		return fail(c, RC_BAD_DIGEST, "receipt.detail",
		    "is not what the journal entry says");
	return RC_OK;
}

/* --- what we sent ---------------------------------------------------------------- */

/* Does the detail of our own entry name our request? */
static bool
detail_names(const Sluis__Receipt *receipt, const uint8_t trace_id[ID_BYTES])
{
	if (!receipt->has_detail) return false;
	Sluis__Detail *d =
	    sluis__detail__unpack(NULL, receipt->detail.len, receipt->detail.data);
	bool named =
	    d != NULL && d->has_trace_id &&
	    slice_equal(message_slice(&d->trace_id), slice_of(trace_id, ID_BYTES));
	if (d != NULL) sluis__detail__free_unpacked(d, NULL);
	return named;
}

static rc
check_kind(
    const struct checker *c, const Sluis__Outcome *outcome, const Sluis__Leaf *leaf)
{
	bool served = text_same(outcome->code, "ok");
	bool agrees = served ? leaf->kind == SLUIS__EVENT_KIND__EVENT_RULING
	                     : leaf->kind == SLUIS__EVENT_KIND__EVENT_NOT_SERVED ||
	                           leaf->kind == SLUIS__EVENT_KIND__EVENT_REFUSED;

	if (!agrees || (!served && !text_same(outcome->code, leaf->code)))
		return fail(c, RC_BAD_PROOF, "outcomes.receipt",
		    "the entry says another outcome");
	return RC_OK;
}

rc
check_outcome(const struct checker *c, const Sluis__Submit *what,
    const uint8_t trace_id[ID_BYTES], const Sluis__Outcome *outcome)
{
	AUTO(message_destroy) Sluis__Leaf *leaf = NULL;

	TRY(check_receipt(c, outcome->receipt, &leaf, NULL));
	TRY(check_kind(c, outcome, leaf));
	if (!text_same(leaf->sender_oin, c->self->oin) ||
	    !text_same(leaf->sender_desk, c->self->desk))
		return fail(c, RC_BAD_PROOF, "outcomes.receipt",
		    "the entry is about another sender");
	if (!text_same(leaf->recipient_oin, outcome->oin) ||
	    !text_same(leaf->recipient_desk, outcome->desk))
		return fail(c, RC_BAD_PROOF, "outcomes.receipt",
		    "the entry is about another recipient");
	if (!text_same(leaf->convenant, what->convenant) ||
	    !text_same(leaf->phase, what->phase) ||
	    !text_same(leaf->purpose, what->purpose))
		return fail(c, RC_BAD_PROOF, "outcomes.receipt",
		    "the entry is about another exchange");
	if (!detail_names(outcome->receipt, trace_id))
		return fail(c, RC_BAD_PROOF, "outcomes.receipt",
		    "the entry is about another request");
	return what->head != NULL ? check_prompt(c, what->head->created_ms, leaf) : RC_OK;
}

/* --- what we got ----------------------------------------------------------------- */

/* What the leaf says was given: by action. */
struct given {
	struct fieldset released, pseudonymised, generalised;
};

static struct fieldset *
set_of(struct given *g, int action)
{
	if (action == SLUIS__ACTION__ACTION_RELEASE) return &g->released;
	if (action == SLUIS__ACTION__ACTION_PSEUDONYMISE) return &g->pseudonymised;
	return action == SLUIS__ACTION__ACTION_GENERALISE ? &g->generalised : NULL;
}

static rc
read_given(const struct checker *c, const Sluis__Leaf *leaf, struct given *ret)
{
	for (size_t i = 0; i < leaf->n_released; i++) {
		const Sluis__RuleGroup *g    = leaf->released[i];
		struct fieldset        *set  = set_of(ret, (int)g->action);
		struct slice            rest = message_slice(&g->paths);
		while (rest.n != 0) {
			const struct schema_field *f = NULL;
			if (set == NULL || schema_unpack(&rest, &f) != RC_OK)
				return fail(c, RC_BAD_PROOF, "receipt.leaf",
				    "the entry names an unknown field");
			fieldset_add(set, f->index);
		}
	}
	return RC_OK;
}

/* The field at POSITION ("persons[0].bsn"), NULL if there is none. */
static const struct schema_field *
field_at(const char *position)
{
	char   path[96];
	size_t n = 0;

	for (const char *p = position; *p != '\0'; p++) {
		if (*p == '[')
			p += strcspn(p, "]");
		else if (n + 1 < sizeof path)
			path[n++] = *p;
		else
			return NULL;
		if (*p == '\0') return NULL;
	}
	path[n] = '\0';
	return schema_find(path);
}

/* The broker may state a pseudonym or a coarser value only where its entry says so. */
static rc
check_statements(const struct checker *c, const Sluis__Copy *copy, struct given *given)
{
	for (size_t i = 0; i < copy->n_statements; i++) {
		const Sluis__Statement    *s = copy->statements[i];
		const struct schema_field *f = s->path != NULL ? field_at(s->path) : NULL;
		const struct fieldset     *set = set_of(given, (int)s->action);
		if (f == NULL || set == NULL || set == &given->released ||
		    !fieldset_has(set, f->index))
			return fail(c, RC_BAD_DIGEST,
			    f != NULL ? f->path : "copy.statements",
			    "stated, but the entry does not name it");
	}
	return RC_OK;
}

/* Every field that M holds must stand in ALLOWED.  M is no deeper than the schema. */
static rc
check_fields(const struct checker *c, const struct schema_node *node,
    const ProtobufCMessage *m, const struct fieldset *allowed)
{
	if (m->n_unknown_fields != 0)
		return fail(c, RC_BAD_DIGEST, "copy", "holds a field without a name");
	for (unsigned i = 0; i < node->desc->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &node->desc->fields[i];
		size_t                          n = field_count(m, f);
		if (node->leaf[i] != NULL) {
			if (n != 0 && !fieldset_has(allowed, node->leaf[i]->index))
				return fail(c, RC_BAD_DIGEST, node->leaf[i]->path,
				    "delivered, but the entry does not name it");
			continue;
		}
		for (size_t k = 0; k < n; k++) {
			const ProtobufCMessage *const *child = field_value(m, f, k);
			TRY(check_fields(c, node->child[i], *child, allowed));
		}
	}
	return RC_OK;
}

static rc
check_signal(const struct checker *c, const Sluis__Leaf *leaf, const Sluis__Copy *copy)
{
	AUTO(message_destroy) ProtobufCMessage *signal = NULL;
	struct given                            given  = {.released = {{0}}};

	if (guard_unpack(&sluis__signal__descriptor, message_slice(&copy->signal),
	        guard_signal, &signal) != RC_OK)
		return fail(c, RC_BAD_DIGEST, "copy.signal", "cannot be read");
	TRY(read_given(c, leaf, &given));
	TRY(check_fields(c, schema_signal()->root, signal, &given.released));
	TRY(check_grounds(c, leaf, copy));
	return check_statements(c, copy, &given);
}

/* A notice holds no signal and nothing of one. */
static rc
check_notice(const struct checker *c, const Sluis__Copy *copy)
{
	AUTO(message_destroy) ProtobufCMessage *notice = NULL;

	if (copy->has_signal || copy->n_statements != 0 || copy->n_grounds != 0)
		return fail(c, RC_BAD_DIGEST, "copy.notice", "comes with a signal");
	if (guard_unpack(&sluis__notice__descriptor, message_slice(&copy->notice),
	        notice_limits, &notice) != RC_OK ||
	    form_check(notice) != RC_OK)
		return fail(c, RC_BAD_DIGEST, "copy.notice", "cannot be read");
	return RC_OK;
}

static rc
check_addressing(
    const struct checker *c, const Sluis__Leaf *leaf, const Sluis__Copy *copy)
{
	if (leaf->kind != (copy->has_notice ? SLUIS__EVENT_KIND__EVENT_NOTICE
	                                    : SLUIS__EVENT_KIND__EVENT_RULING))
		return fail(
		    c, RC_BAD_PROOF, "receipt.leaf", "the entry releases nothing");
	if (!text_same(leaf->recipient_oin, c->self->oin) ||
	    !text_same(leaf->recipient_desk, c->self->desk))
		return fail(c, RC_BAD_PROOF, "receipt.leaf",
		    "the entry is about another recipient");
	if (copy->has_notice) return RC_OK; /* it says itself whom it comes from */
	if (!text_same(leaf->sender_oin, copy->sender_oin) ||
	    !text_same(leaf->sender_desk, copy->sender_desk) ||
	    !text_same(leaf->convenant, copy->convenant) ||
	    !text_same(leaf->phase, copy->phase) ||
	    !text_same(leaf->purpose, copy->purpose))
		return fail(
		    c, RC_BAD_DIGEST, "copy", "says other than its journal entry");
	return RC_OK;
}

rc
check_delivery(const struct checker *c, const Sluis__Delivery *d, Sluis__Copy **ret)
{
	AUTO(message_destroy) Sluis__Leaf *leaf = NULL;
	AUTO(message_destroy) Sluis__Copy *copy = NULL;

	if (!d->has_delivery_id || d->delivery_id.len != ID_BYTES || !d->has_copy ||
	    !d->has_salt)
		return fail(c, RC_BAD_DIGEST, "delivery", "is not whole");
	TRY(check_receipt(c, d->receipt, &leaf, NULL));
	TRY(check_past(c, leaf));
	struct hash digest =
	    receipt_copy_digest(message_slice(&d->salt), message_slice(&d->copy));
	if (!slice_equal(
	        message_slice(&leaf->copy_digest), slice_of(digest.b, sizeof digest.b)))
		return fail(c, RC_BAD_DIGEST, "delivery.copy",
		    "is not what the journal entry says");
	if (guard_unpack(&sluis__copy__descriptor, message_slice(&d->copy), copy_limits,
	        (ProtobufCMessage **)&copy) != RC_OK)
		return fail(c, RC_BAD_DIGEST, "delivery.copy", "cannot be read");
	TRY(check_addressing(c, leaf, copy));
	if (form_check(&copy->base) != RC_OK)
		return fail(c, RC_BAD_DIGEST, "delivery.copy", "cannot be read");
	TRY(copy->has_notice ? check_notice(c, copy) : check_signal(c, leaf, copy));
	*ret = TAKE(copy);
	return RC_OK;
}

rc
check_acknowledged(
    const struct checker *c, const Sluis__Receipt *receipt, const uint64_t *ruling)
{
	AUTO(message_destroy) Sluis__Leaf *leaf = NULL;

	TRY(check_receipt(c, receipt, &leaf, NULL));
	/* it was recalled, or its term passed, before this desk said that it has it */
	bool ended = leaf->kind == SLUIS__EVENT_KIND__EVENT_WITHDRAWN ||
	             leaf->kind == SLUIS__EVENT_KIND__EVENT_UNDELIVERED;
	if ((leaf->kind != SLUIS__EVENT_KIND__EVENT_ACKNOWLEDGED && !ended) ||
	    !leaf->has_refers_to || (ruling != NULL && leaf->refers_to != *ruling))
		return fail(
		    c, RC_BAD_PROOF, "receipts", "the entry is about something else");
	return RC_OK;
}

rc
check_recalled(const struct checker *c, const Sluis__Receipt *receipt, uint64_t index,
    uint64_t ruling)
{
	AUTO(message_destroy) Sluis__Leaf *leaf = NULL;

	TRY(check_receipt(c, receipt, &leaf, NULL));
	if (receipt->index != index || leaf->kind != SLUIS__EVENT_KIND__EVENT_RECALL ||
	    !leaf->has_refers_to || leaf->refers_to != ruling ||
	    !text_same(leaf->recipient_oin, c->self->oin) ||
	    !text_same(leaf->recipient_desk, c->self->desk))
		return fail(c, RC_BAD_PROOF, "receipt.leaf",
		    "the journal holds no recall of this delivery");
	return RC_OK;
}

/* --- keys ------------------------------------------------------------------------ */

rc
check_enrolled(
    const struct checker *c, const Sluis__Receipt *receipt, struct slice envelope)
{
	AUTO(message_destroy) Sluis__Leaf *leaf = NULL;
	struct hash                        id;

	TRY(check_receipt(c, receipt, &leaf, NULL));
	(void)crypto_hash_sha256(id.b, envelope.p, envelope.n);
	if (leaf->kind != SLUIS__EVENT_KIND__EVENT_ENROLLED ||
	    !slice_equal(
	        message_slice(&leaf->subject_digest), slice_of(id.b, sizeof id.b)))
		return fail(c, RC_BAD_PROOF, "receipts",
		    "the entry is about another key binding");
	return RC_OK;
}

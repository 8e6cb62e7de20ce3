/* SPDX-License-Identifier: EUPL-1.2 */
/* repeat.c - request rows: finding, writing, and answering from a denial's leaf. */
#include "broker/repeat.h"

#include <sodium.h>
#include <string.h>

#include "broker/outcome.h"
#include "proto/auto.h"
#include "proto/wire.h"

enum { DISCLOSURE_SIG = 15 }; /* of Submit (wire.proto) */

/* Digest a submission but for its signature under what it says: sent together with others
 * it has none of its own, and is the same submission. */
static void
digest_submission(crypto_generichash_state *h, struct slice payload)
{
	while (payload.n != 0) {
		struct wire_field  field;
		const struct slice at = payload;
		if (wire_next(&payload, &field) != RC_OK) break; /* it was unpacked */
		if (field.number != DISCLOSURE_SIG)
			(void)crypto_generichash_update(h, at.p, at.n - payload.n);
	}
}

/* A keyed digest: the payload is guessable, so a plain one may not be kept.  It covers
 * the type too, for requests that look alike; a submission's is of the payload alone, as
 * it always was. */
static void
digest_of(const struct broker *b, const struct request *q, uint8_t out[HASH_BYTES])
{
	const uint8_t           *key  = keeper_facts(b->keeper)->repeat;
	struct slice             type = q->envelope.payload_type;
	crypto_generichash_state h;

	(void)crypto_generichash_init(&h, key, KEY_BYTES, HASH_BYTES);
	if (slice_equal(type, slice_str(TYPE_SUBMIT))) {
		digest_submission(&h, q->envelope.payload);
	} else {
		(void)crypto_generichash_update(&h, type.p, type.n);
		(void)crypto_generichash_update(&h, (const uint8_t *)"", 1);
		(void)crypto_generichash_update(
		    &h, q->envelope.payload.p, q->envelope.payload.n);
	}
	(void)crypto_generichash_final(&h, out, HASH_BYTES);
}

/* Whether DIGEST is that of Q as it was made before there was a keeper. */
static rc
is_old_digest(struct broker *b, const struct request *q, const uint8_t digest[HASH_BYTES],
    bool *ret)
{
	AUTO(buf_wipe) struct buf data = buf_init(FRAME_MAX);
	struct slice              type = q->envelope.payload_type;
	uint8_t                   old[KEYRING_MASTERS][HASH_BYTES];

	if (!slice_equal(type, slice_str(TYPE_SUBMIT))) {
		TRY(buf_append(&data, type));
		TRY(buf_append(&data, slice_of("", 1)));
	}
	TRY(buf_append(&data, q->envelope.payload));
	TRY(keeper_old_digests(b->line, buf_slice(&data), old));
	*ret = false;
	for (size_t i = 0; i < keeper_facts(b->keeper)->n_masters; i++)
		if (sodium_memcmp(digest, old[i], HASH_BYTES) == 0) *ret = true;
	return RC_OK;
}

rc
repeat_find(
    struct broker *b, const struct request *q, struct request_row *ret, bool *ret_found)
{
	uint8_t digest[HASH_BYTES];

	rc code = store_get_request(b->store, q->head->sender_oin, q->head->sender_desk,
	    q->head->request_id.data, ret);
	*ret_found = code == RC_OK;
	if (code == RC_NOT_FOUND) return RC_OK;
	TRY(code);
	digest_of(b, q, digest);
	bool same = sodium_memcmp(digest, ret->digest, sizeof digest) == 0;
	if (!same) TRY(is_old_digest(b, q, ret->digest, &same));
	return same ? RC_OK : RC_REPLAYED;
}

rc
repeat_remember(struct broker *b, const struct request *q, uint64_t first, uint64_t n)
{
	struct request_row row = {.created_ms = q->head->created_ms,
	    .first                            = first,
	    .n                                = n,
	    .act = !slice_equal(q->envelope.payload_type, slice_str(TYPE_SUBMIT))};

	memcpy(row.oin, q->member->binding.oin, sizeof row.oin);
	memcpy(row.desk, q->member->binding.desk, sizeof row.desk);
	memcpy(row.id, q->head->request_id.data, sizeof row.id);
	digest_of(b, q, row.digest);
	return store_put_request(b->store, &row);
}

/* The article of RULE, for leaves from before details of denials. */
static const char *
article_of(const struct policy *p, const char *rule)
{
	for (unsigned i = 0; rule != NULL && i < policy_n_rules(p); i++)
		if (strcmp(policy_rule_info(p, i)->id, rule) == 0)
			return policy_rule_info(p, i)->article;
	return NULL;
}

rc
repeat_answer_denial(struct broker *b, struct reply *r, uint64_t index)
{
	AUTO(message_destroy) Sluis__Leaf   *leaf   = NULL;
	AUTO(message_destroy) Sluis__Detail *detail = NULL;

	TRY(outcome_entry(b, index, &leaf, &detail));
	TRY(reply_set_code(r, rc_from_name(leaf->code), NULL));
	TRY(message_text(&r->answer->rule, leaf->rule));
	TRY(message_text(&r->answer->article,
	    detail != NULL ? detail->article : article_of(b->policy, leaf->rule)));
	if (detail != NULL) TRY(message_text(&r->answer->change, detail->change));
	return reply_add_receipt(r, index, true, true);
}

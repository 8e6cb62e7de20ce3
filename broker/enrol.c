/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * enrol.c - a desk presents its key binding; from then on its keys open the doors.
 *
 * Possession of all that matters is shown at once: the channel was opened with the
 * CURVE key of the binding, the request is signed with its Ed25519 key, and the binding
 * by the certificate, whose chain, revocation and dates certs/ checks.  The same
 * binding again gives the same receipt.  New ones of a desk have an allowance.
 */
#include <string.h>

#include "broker/handler.h"
#include "broker/journal/event.h"
#include "broker/log.h"

/* Leaf and row for a binding that was accepted. */
static rc
write_binding(struct broker *b, const struct binding *binding, const Sluis__Enrol *m,
    uint64_t *ret_leaf)
{
	struct event e = {.kind = SLUIS__EVENT_KIND__EVENT_ENROLLED,
	    .sender_oin         = binding->oin,
	    .sender_desk        = binding->desk,
	    .subject            = &binding->id};

	TRY(event_append(b, &e, ret_leaf));
	return store_put_binding(b->store, &binding->id,
	    slice_of(m->binding.data, m->binding.len),
	    slice_of(m->chain_pem.data, m->chain_pem.len), *ret_leaf);
}

static rc
check(const struct broker *b, const struct request *q, struct binding *ret)
{
	const Sluis__Enrol *m = (const Sluis__Enrol *)q->message;

	if (!m->has_binding || !m->has_chain_pem) return RC_MALFORMED;
	TRY(binding_check(slice_of(m->binding.data, m->binding.len),
	    slice_of(m->chain_pem.data, m->chain_pem.len), b->trust, b->config->origin,
	    b->now_ms, ret));
	if (memcmp(ret->curve_public, q->curve_public, KEY_BYTES) != 0)
		return RC_WRONG_SENDER;
	TRY(envelope_verify(&q->envelope, ret->sign_public));
	if (strcmp(q->head->sender_oin, ret->oin) != 0 ||
	    strcmp(q->head->sender_desk, ret->desk) != 0)
		return RC_WRONG_SENDER;
	return RC_OK;
}

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	const Sluis__Enrol *m    = (const Sluis__Enrol *)q->message;
	uint64_t            leaf = 0;
	struct binding      binding;

	TRY(check(b, q, &binding));
	rc known = store_get_binding(b->store, &binding.id, &leaf);
	if (known != RC_OK && known != RC_NOT_FOUND) return known;
	if (known == RC_NOT_FOUND)
		TRY(registry_may_enrol(b->registry, &binding, b->now_ms));
	TRY(registry_add(b->registry, b->policy, &binding,
	    slice_of(m->binding.data, m->binding.len),
	    slice_of(m->chain_pem.data, m->chain_pem.len)));
	if (known == RC_NOT_FOUND) {
		TRY(write_binding(b, &binding, m, &leaf));
		LOG(LOG_ENROLLED, .oin = binding.oin, .desk = binding.desk);
	}
	TRY(reply_add_receipt(r, leaf, false, true));
	return reply_set_code(r, RC_OK, NULL);
}

const struct handler enrol_handler = {
    .type      = TYPE_ENROL,
    .doors     = 1u << DOOR_ENROL,
    .max_bytes = 32 * 1024,
    .desc      = &sluis__enrol__descriptor,
    .handle    = handle,
};

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * binding_read.c - whose key signed that?  For everybody: a binding names no person.
 *
 * A recipient checks what a sender signed by the binding that the leaf names, also after
 * another has taken its place, so every binding that was ever accepted is told.
 */
#include "broker/handler.h"
#include "proto/auto.h"
#include "proto/message.h"

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	const Sluis__BindingRead *m        = (const Sluis__BindingRead *)q->message;
	AUTO(buf_wipe) struct buf envelope = buf_init(BINDING_MAX);
	AUTO(buf_wipe) struct buf chain    = buf_init(BINDING_MAX);
	struct hash               id;

	if (m->binding_id.len != sizeof id.b) return RC_MALFORMED;
	memcpy(id.b, m->binding_id.data, sizeof id.b);
	TRY(store_read_binding(b->store, &id, &envelope, &chain));
	TRY(message_bytes(
	    &r->answer->has_binding, &r->answer->binding, buf_slice(&envelope)));
	TRY(message_bytes(
	    &r->answer->has_chain_pem, &r->answer->chain_pem, buf_slice(&chain)));
	return reply_set_code(r, RC_OK, NULL);
}

const struct handler binding_read_handler = {
    .type      = TYPE_BINDING_READ,
    .doors     = 1u << DOOR_AGENCY | 1u << DOOR_AUDIT,
    .max_bytes = 1024,
    .desc      = &sluis__binding_read__descriptor,
    .handle    = handle,
};

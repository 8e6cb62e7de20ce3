/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * resend.c - the same request once more, byte for byte.
 *
 * The broker answers an id that it handled with the same outcome, so this is how one
 * learns what became of a request whose answer never came.
 */
#include <string.h>

#include "client/act.h"
#include "client/kept.h"
#include "client/send.h"
#include "proto/auto.h"
#include "proto/envelope.h"
#include "proto/guard.h"
#include "proto/message.h"

static rc
read_kept(struct sluis *s, struct request *r)
{
	r->envelope = buf_init(FRAME_MAX);
	rc code     = kept_read(s->folder.dir, KEPT_REQUEST, r->id, &r->envelope);
	if (code == RC_NOT_FOUND)
		code = kept_read(s->folder.dir, KEPT_ACT, r->id, &r->envelope);
	return code == RC_OK ? RC_OK
	                     : handle_fail(s, code, "sent", "no such request here");
}

/* When the request M was made. */
static uint64_t
created_ms_of(const ProtobufCMessage *m)
{
	const ProtobufCFieldDescriptor *f =
	    protobuf_c_message_descriptor_get_field_by_name(m->descriptor, "head");
	const Sluis__Head *const *head = (const void *)((const uint8_t *)m + f->offset);

	return *head != NULL ? (*head)->created_ms : 0;
}

static rc
send_again(struct sluis *s, const uint8_t trace_id[ID_BYTES], unsigned timeout_ms,
    struct sluis_result **ret)
{
	AUTO(request_wipe) struct request       r = {.envelope = {.max = 0}};
	AUTO(message_destroy) ProtobufCMessage *m = NULL;
	struct envelope                         e;

	memcpy(r.id, trace_id, sizeof r.id);
	memcpy(s->last_id, trace_id, sizeof s->last_id);
	TRY(read_kept(s, &r));
	if (envelope_open(buf_slice(&r.envelope), &e) != RC_OK)
		return handle_fail(s, RC_MALFORMED, "sent", "the request is damaged");
	const struct act_kind            *kind = act_of_type(e.payload_type);
	const ProtobufCMessageDescriptor *desc =
	    kind != NULL ? kind->desc : &sluis__submit__descriptor;
	if (guard_unpack(desc, e.payload, guard_wire, &m) != RC_OK)
		return handle_fail(s, RC_MALFORMED, "sent", "the request is damaged");
	r.created_ms = created_ms_of(m);
	if (kind != NULL) return act_ask(s, kind, m, &r, timeout_ms, ret);
	return send_ask(s, (const Sluis__Submit *)(const void *)m, &r, timeout_ms, ret);
}

enum sluis_code
sluis_resend(struct sluis *s, const uint8_t trace_id[SLUIS_ID_BYTES], unsigned timeout_ms,
    struct sluis_result **ret)
{
	return code_out(send_again(s, trace_id, timeout_ms, ret));
}

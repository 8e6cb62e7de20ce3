/* SPDX-License-Identifier: EUPL-1.2 */
/* resend.c - the same request once more, byte for byte. */
#include "client/resend.h"

#include <sodium.h>
#include <string.h>

#include "client/kept.h"
#include "client/send.h"
#include "proto/auto.h"
#include "proto/disclosed.h"
#include "proto/envelope.h"
#include "proto/guard.h"
#include "proto/message.h"

void
kept_request_wipe(struct kept_request *k)
{
	request_wipe(&k->r);
	message_destroy(&k->m);
}

static rc
read_bytes(struct sluis *s, struct request *r)
{
	r->envelope = buf_init(FRAME_MAX);
	rc code     = kept_read(s->folder.dir, KEPT_REQUEST, r->id, &r->envelope);
	if (code == RC_NOT_FOUND)
		code = kept_read(s->folder.dir, KEPT_ACT, r->id, &r->envelope);
	return code == RC_OK ? RC_OK
	                     : handle_fail(s, code, "sent", "no such request here");
}

/* The head inside M, which every request has a place for; NULL if it is not there. */
static Sluis__Head *
head_in(ProtobufCMessage *m)
{
	const ProtobufCFieldDescriptor *f =
	    protobuf_c_message_descriptor_get_field_by_name(m->descriptor, "head");

	return *(Sluis__Head **)(void *)((uint8_t *)m + f->offset);
}

rc
kept_request_read(
    struct sluis *s, const uint8_t trace_id[ID_BYTES], struct kept_request *ret)
{
	struct envelope e;

	memcpy(ret->r.id, trace_id, ID_BYTES);
	TRY(read_bytes(s, &ret->r));
	if (envelope_open(buf_slice(&ret->r.envelope), &e) != RC_OK)
		return handle_fail(s, RC_MALFORMED, "sent", "the request is damaged");
	ret->kind = act_of_type(e.payload_type);
	const ProtobufCMessageDescriptor *desc =
	    ret->kind != NULL ? ret->kind->desc : &sluis__submit__descriptor;
	if (guard_unpack(desc, e.payload, guard_wire, &ret->m) != RC_OK ||
	    head_in(ret->m) == NULL)
		return handle_fail(s, RC_MALFORMED, "sent", "the request is damaged");
	ret->r.created_ms = head_in(ret->m)->created_ms;
	return RC_OK;
}

rc
kept_request_ask(struct sluis *s, const struct kept_request *k, unsigned timeout_ms,
    struct sluis_result **ret)
{
	if (k->kind != NULL) return act_ask(s, k->kind, k->m, &k->r, timeout_ms, ret);
	return send_ask(
	    s, (const Sluis__Submit *)(const void *)k->m, &k->r, timeout_ms, ret);
}

/* The case that a kept submission stands in, or NULL. */
static const uint8_t *
case_of(const struct kept_request *k)
{
	const Sluis__Submit *submit = (const Sluis__Submit *)(const void *)k->m;

	return k->kind == NULL && submit->case_id.len == ID_BYTES ? submit->case_id.data
	                                                          : NULL;
}

/* Sign the submission of K anew, what it says to each recipient included. */
static rc
sign_submission(struct sluis *s, struct kept_request *k)
{
	Sluis__Submit                          *m      = (Sluis__Submit *)(void *)k->m;
	AUTO(message_destroy) ProtobufCMessage *signal = NULL;
	struct avowal                           a;
	uint8_t                                 seed[KEY_BYTES];

	randombytes_buf(seed, sizeof seed);

	rc code = guard_unpack(&sluis__signal__descriptor,
	    slice_of(m->signal.data, m->signal.len), guard_signal, &signal);
	if (code == RC_OK)
		code = disclosed_sign(m, signal, s->folder.keys.sign_secret, seed, &a);
	if (code != RC_OK)
		return handle_fail(s, code, "sent", "the request cannot be signed again");
	disclosed_attach(m, &a);
	code = request_sign(s, &k->r, TYPE_SUBMIT, k->m);
	disclosed_detach(m);
	return code;
}

rc
kept_request_renew(struct sluis *s, struct kept_request *k)
{
	rc code;

	k->r.created_ms           = unix_ms();
	head_in(k->m)->created_ms = k->r.created_ms;
	buf_wipe(&k->r.envelope);
	TRY(k->kind != NULL ? request_sign(s, &k->r, k->kind->type, k->m)
	                    : sign_submission(s, k));
	if (k->kind != NULL)
		code = kept_write(
		    s->folder.dir, KEPT_ACT, k->r.id, buf_slice(&k->r.envelope));
	else
		code = kept_write_case(s->folder.dir, KEPT_REQUEST, k->r.id, case_of(k),
		    buf_slice(&k->r.envelope));
	return code == RC_OK ? RC_OK
	                     : handle_fail(s, code, "sent", "the request cannot be kept");
}

static rc
send_again(struct sluis *s, const uint8_t trace_id[ID_BYTES], unsigned timeout_ms,
    struct sluis_result **ret)
{
	AUTO(kept_request_wipe) struct kept_request k = {.m = NULL};

	memcpy(s->last_id, trace_id, sizeof s->last_id);
	TRY(kept_request_read(s, trace_id, &k));
	return kept_request_ask(s, &k, timeout_ms, ret);
}

enum sluis_code
sluis_resend(struct sluis *s, const uint8_t trace_id[SLUIS_ID_BYTES], unsigned timeout_ms,
    struct sluis_result **ret)
{
	return code_out(send_again(s, trace_id, timeout_ms, ret));
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * resend.h - a request that is kept here, asked once more.
 *
 * The broker answers an id that it handled with the same outcome, so this is how one
 * learns what became of a request whose answer never came.
 */
#ifndef SLUIS_CLIENT_RESEND_H
#define SLUIS_CLIENT_RESEND_H

#include "client/act.h"

struct kept_request {
	struct request         r;
	ProtobufCMessage      *m;    /* what it asks */
	const struct act_kind *kind; /* NULL: a Submit */
};

void kept_request_wipe(struct kept_request *k);

/* The request kept as TRACE_ID; RC_NOT_FOUND, RC_MALFORMED (it is damaged). */
MUST rc kept_request_read(
    struct sluis *s, const uint8_t trace_id[ID_BYTES], struct kept_request *ret);

/* Ask K, byte for byte; check, keep and describe the answer. */
MUST rc kept_request_ask(struct sluis *s, const struct kept_request *k,
    unsigned timeout_ms, struct sluis_result **ret);

/* Sign K anew with the same id and the time of now, and keep that in its place.  Only for
 * one that the broker has called stale: it has not handled it. */
MUST rc kept_request_renew(struct sluis *s, struct kept_request *k);

#endif

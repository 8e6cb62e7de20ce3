/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * gate.h - may this channel be opened at all? (ZAP, ZeroMQ RFC 27)
 *
 * libzmq asks for every handshake; the answer is the connection's User-Id: its CURVE
 * key in hex.  Only CURVE passes, whatever the socket would allow.  At the agency
 * and audit doors the key must belong to a member in good standing, at the enrol
 * door any key may come in, since possession of it is what enrolment proves.
 *
 * The gate is a courtesy, not the lock: the same standing is asked again for every
 * message in intake.c.
 *
 * gate_decide() is pure and fuzzed; gate_serve() moves the frames.
 */
#ifndef SLUIS_BROKER_GATE_H
#define SLUIS_BROKER_GATE_H

#include "broker/standing/registry.h"
#include "broker/transport.h"

enum { ZAP_FRAMES = 7, ZAP_FRAME_MAX = 512 };

struct zap_request {                     /* the frames as they came, borrowed */
	size_t       n;                  /* frames received, may be more than are kept */
	struct slice frames[ZAP_FRAMES]; /* version, request id, domain, address,
	                                    identity, mechanism, key */
};

struct zap_verdict {
	bool           admit;
	rc             code;                       /* why not */
	char           user_id[2 * KEY_BYTES + 1]; /* empty unless admitted */
	struct member *member; /* whose key it is, where we know; borrowed */
};

/* Rule one handshake; never fails. */
void gate_decide(const struct zap_request *request, struct registry *registry,
    const struct trust *trust, uint64_t now_ms, struct zap_verdict *ret);

/* Whom to tell that M was turned away; NULL: somebody whom we do not know. */
typedef rc (*gate_refused)(void *arg, struct member *m, rc code);

/* Answer what waits on the ZAP socket, and call REFUSED for everybody turned away.
 * RC_SOCKET, or what REFUSED returned. */
MUST rc gate_serve(void *zap_socket, struct registry *registry, const struct trust *trust,
    uint64_t now_ms, gate_refused refused, void *arg);

/* Whether a member with this role may use door D: auditors at the audit door, all others
 * at the agency door. */
bool door_open_to(enum door d, const struct party *party);

#endif

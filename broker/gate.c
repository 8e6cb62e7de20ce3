/* SPDX-License-Identifier: EUPL-1.2 */
/* gate.c - the ZAP handler. */
#include "broker/gate.h"

#include <errno.h>
#include <string.h>

#include "broker/log.h"

enum { VERSION, REQUEST_ID, DOMAIN, ADDRESS, IDENTITY, MECHANISM, KEY };

enum { BURST = 256 }; /* handshakes answered before other work gets its turn */

static bool
frame_is(struct slice frame, const char *text)
{
	return slice_equal(frame, slice_str(text));
}

bool
door_open_to(enum door d, const struct party *party)
{
	bool auditor = strcmp(party->role, "auditor") == 0;
	return d == DOOR_AUDIT ? auditor : d == DOOR_AGENCY && !auditor;
}

/* The reason to turn this handshake away, RC_OK to let it in. */
static rc
judge(const struct zap_request *q, struct registry *registry, const struct trust *trust,
    uint64_t now_ms, struct member **ret)
{
	if (q->n != ZAP_FRAMES || !frame_is(q->frames[VERSION], "1.0"))
		return RC_MALFORMED;
	if (!frame_is(q->frames[MECHANISM], "CURVE")) return RC_HANDSHAKE;
	if (q->frames[KEY].n != KEY_BYTES) return RC_MALFORMED;
	if (frame_is(q->frames[DOMAIN], door_name(DOOR_ENROL))) return RC_OK;

	/* libzmq asks only after the client has shown that it holds this key */
	struct member *m = *ret = registry_find(registry, q->frames[KEY].p);
	if (m == NULL) return RC_NOT_ENROLLED;
	TRY(member_standing(m, trust, now_ms));
	for (int d = 0; d < N_DOORS; d++)
		if (frame_is(q->frames[DOMAIN], door_name((enum door)d)) &&
		    door_open_to((enum door)d, m->party))
			return RC_OK;
	return RC_WRONG_DOOR;
}

void
gate_decide(const struct zap_request *q, struct registry *registry,
    const struct trust *trust, uint64_t now_ms, struct zap_verdict *ret)
{
	*ret       = (struct zap_verdict){0};
	ret->code  = judge(q, registry, trust, now_ms, &ret->member);
	ret->admit = ret->code == RC_OK;
	if (ret->admit) hex_encode(ret->user_id, sizeof ret->user_id, q->frames[KEY]);
}

/* --- moving frames --------------------------------------------------------------- */

struct zap_frames { /* the bytes behind a zap_request */
	uint8_t b[ZAP_FRAMES][ZAP_FRAME_MAX];
};

/* Read one request; frames that are too long or too many are counted, not kept. */
static rc
receive_request(void *socket, struct zap_frames *hold, struct zap_request *q)
{
	int    more   = 1;
	size_t more_n = sizeof more;

	*q = (struct zap_request){0};
	while (more != 0) {
		uint8_t *into = hold->b[q->n < ZAP_FRAMES ? q->n : ZAP_FRAMES - 1];
		int      n;
		do /* a SIGHUP just now is no failure */
			n = zmq_recv(socket, into, ZAP_FRAME_MAX, ZMQ_DONTWAIT);
		while (n < 0 && errno == EINTR);
		if (n < 0) return q->n == 0 && errno == EAGAIN ? RC_NOT_FOUND : RC_SOCKET;
		if (q->n < ZAP_FRAMES)
			q->frames[q->n] =
			    slice_of(into, n > ZAP_FRAME_MAX ? 0 : (size_t)n);
		q->n++;
		if (zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &more_n) != 0)
			return RC_SOCKET;
	}
	return RC_OK;
}

static rc
send_reply(void *socket, const struct zap_request *q, const struct zap_verdict *v)
{
	const char  *status   = v->admit ? "200" : "400";
	const char  *text     = v->admit ? "OK" : rc_name(v->code);
	struct slice frames[] = {slice_str("1.0"), q->frames[REQUEST_ID],
	    slice_str(status), slice_str(text), slice_str(v->user_id), slice_str("")};

	for (size_t i = 0; i < 6;) {
		int n =
		    zmq_send(socket, frames[i].p, frames[i].n, i < 5 ? ZMQ_SNDMORE : 0);
		if (n < 0 && errno != EINTR) return RC_SOCKET;
		if (n >= 0) i++;
	}
	return RC_OK;
}

rc
gate_serve(void *zap_socket, struct registry *registry, const struct trust *trust,
    uint64_t now_ms, gate_refused refused, void *arg)
{
	struct zap_frames  hold = {0};
	struct zap_request q;
	struct zap_verdict v;

	for (int i = 0; i < BURST; i++) {
		rc code = receive_request(zap_socket, &hold, &q);
		if (code == RC_NOT_FOUND) return RC_OK;
		TRY(code);
		gate_decide(&q, registry, trust, now_ms, &v);
		const struct binding *who = v.member == NULL ? NULL : &v.member->binding;
		if (!v.admit)
			LOG(LOG_ZAP_REFUSED, .oin = who == NULL ? NULL : who->oin,
			    .desk = who == NULL ? NULL : who->desk, .code = v.code);
		TRY(send_reply(zap_socket, &q, &v));
		if (!v.admit) TRY(refused(arg, v.member, v.code));
	}
	return RC_OK;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* connection.c - DEALER over CURVE with a monitor that names what goes wrong. */
#include "client/connection.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <zmq.h>

#include "proto/auto.h"

enum {
	CONNECT_BOUND_MS   = 3000, /* nobody listens for this long: RC_UNREACHABLE */
	HANDSHAKE_BOUND_MS = 5000,
	REFUSALS_MAX       = 3, /* handshakes that broke off without a reason */
	RECONNECT_MS       = 100,
	RECONNECT_MAX_MS   = 1000,
	CURVE_OVERHEAD     = 33,
	ADDRESS_MAX        = 256,
};

struct connection {
	void    *socket;
	void    *monitor;
	bool     met;     /* a TCP connection was made at least once */
	bool     open;    /* the broker let us in, and that did not break since */
	bool     lost;    /* it broke since the last request was sent */
	bool     refused; /* the broker said no to our key */
	unsigned breaks;  /* handshakes that ended without a word */
};

uint64_t
monotonic_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

void *
context_new(void)
{
	unsigned seed    = 0;
	void    *context = zmq_ctx_new();

	if (context != NULL && getrandom(&seed, sizeof seed, 0) == (ssize_t)sizeof seed)
		srand(seed);
	return context;
}

/* --- opening -------------------------------------------------------------------------
 */

static bool
set_int(void *socket, int option, int value)
{
	return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
}

static bool
set_key(void *socket, int option, const uint8_t key[KEY_BYTES])
{
	return zmq_setsockopt(socket, option, key, KEY_BYTES) == 0;
}

static bool
set_profile(void *socket, const struct connection_to *to)
{
	int64_t largest = ANSWER_MAX + CURVE_OVERHEAD;

	return set_int(socket, ZMQ_LINGER, 0) && set_int(socket, ZMQ_IMMEDIATE, 1) &&
	       set_int(socket, ZMQ_SNDHWM, 16) && set_int(socket, ZMQ_RCVHWM, 64) &&
	       set_int(socket, ZMQ_HANDSHAKE_IVL, HANDSHAKE_BOUND_MS) &&
	       set_int(socket, ZMQ_RECONNECT_IVL, RECONNECT_MS) &&
	       set_int(socket, ZMQ_RECONNECT_IVL_MAX, RECONNECT_MAX_MS) &&
	       set_int(socket, ZMQ_TCP_KEEPALIVE, 1) && set_int(socket, ZMQ_IPV6, 1) &&
	       zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &largest, sizeof largest) == 0 &&
	       set_key(socket, ZMQ_CURVE_SERVERKEY, to->server_public) &&
	       set_key(socket, ZMQ_CURVE_PUBLICKEY, to->curve_public) &&
	       set_key(socket, ZMQ_CURVE_SECRETKEY, to->curve_secret);
}

/* Watch C's socket through a pipe of its own, named after its address. */
static bool
start_monitor(struct connection *c, void *context)
{
	enum {
		EVENTS =
		    ZMQ_EVENT_CONNECTED | ZMQ_EVENT_DISCONNECTED |
		    ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
		    ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH
	};
	char name[64];

	(void)snprintf(name, sizeof name, "inproc://sluis-monitor-%p", c->socket);
	if (zmq_socket_monitor(c->socket, name, EVENTS) != 0) return false;
	c->monitor = zmq_socket(context, ZMQ_PAIR);
	return c->monitor != NULL && set_int(c->monitor, ZMQ_LINGER, 0) &&
	       zmq_connect(c->monitor, name) == 0;
}

rc
connection_open(struct connection **ret, const struct connection_to *to)
{
	AUTO(connection_destroy) struct connection *c = calloc(1, sizeof *c);
	if (c == NULL) return RC_NOMEM;

	c->socket = zmq_socket(to->context, ZMQ_DEALER);
	if (c->socket == NULL || !set_profile(c->socket, to)) return RC_SOCKET;
	if (!start_monitor(c, to->context)) return RC_SOCKET;
	if (zmq_connect(c->socket, to->endpoint) != 0) return RC_CONFIG;
	*ret = TAKE(c);
	return RC_OK;
}

void
connection_destroy(struct connection **cp)
{
	struct connection *c = *cp;

	if (c == NULL) return;
	if (c->socket != NULL) (void)zmq_socket_monitor(c->socket, NULL, 0);
	if (c->monitor != NULL) (void)zmq_close(c->monitor);
	if (c->socket != NULL) (void)zmq_close(c->socket);
	free(c);
	*cp = NULL;
}

/* --- what the monitor tells ------------------------------------------------------------
 */

static void
note_event(struct connection *c, uint16_t event)
{
	switch (event) {
	case ZMQ_EVENT_CONNECTED:
		c->met = true;
		break;
	case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
		c->breaks  = 0;
		c->refused = false;
		c->open    = true;
		break;
	case ZMQ_EVENT_DISCONNECTED:
		c->lost = true;
		c->open = false;
		break;
	case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
	case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
		c->refused = true;
		break;
	case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
		if (++c->breaks >= REFUSALS_MAX) c->refused = true;
		break;
	default:
		break;
	}
}

/* An event is two frames: number[2] value[4], then the address. */
static void
read_monitor(struct connection *c)
{
	uint8_t  head[6];
	char     address[ADDRESS_MAX];
	uint16_t event;

	while (
	    zmq_recv(c->monitor, head, sizeof head, ZMQ_DONTWAIT) == (int)sizeof head) {
		memcpy(&event, head, sizeof event);
		(void)zmq_recv(c->monitor, address, sizeof address, ZMQ_DONTWAIT);
		note_event(c, event);
	}
}

bool
connection_is_open(const struct connection *c)
{
	return c->open;
}

/* --- one request and its answer -------------------------------------------------- */

/* A frame may hold somebody's personal data: libzmq does not wipe. */
static void
message_close(zmq_msg_t *m)
{
	sodium_memzero(zmq_msg_data(m), zmq_msg_size(m));
	(void)zmq_msg_close(m);
}

/* Take one message off the socket; it counts only if it is a single frame. */
static rc
take_frame(struct connection *c, const struct exchange *x, bool *ret_done)
{
	AUTO(message_close) zmq_msg_t m;
	bool                          alone = true;

	(void)zmq_msg_init(&m);
	if (zmq_msg_recv(&m, c->socket, ZMQ_DONTWAIT) < 0) return RC_OK;
	while (zmq_msg_more(&m)) {
		alone = false;
		if (zmq_msg_recv(&m, c->socket, 0) < 0) return RC_SOCKET;
	}
	struct slice frame = slice_of(zmq_msg_data(&m), zmq_msg_size(&m));
	*ret_done          = alone && x->take(x->arg, frame);
	return RC_OK;
}

struct progress {
	uint64_t started, deadline, sent_at;
	bool     sent;
};

/* The name of the silence, once it has lasted too long; RC_OK before that. */
static rc
verdict(const struct connection *c, const struct progress *p, uint64_t now)
{
	if (c->refused) return RC_HANDSHAKE;
	if (!c->met && now - p->started >= CONNECT_BOUND_MS) return RC_UNREACHABLE;
	if (now < p->deadline) return RC_OK;
	if (!c->met) return RC_UNREACHABLE;
	return !p->sent && c->breaks != 0 ? RC_HANDSHAKE : RC_TIMEOUT;
}

static void
send_when_due(
    struct connection *c, const struct exchange *x, struct progress *p, uint64_t now)
{
	if (p->sent && c->lost) p->sent = false; /* it may have gone down with the peer */
	if (p->sent && x->resend_ms != 0 && now - p->sent_at >= x->resend_ms)
		p->sent = false;
	if (p->sent) return;
	if (zmq_send(c->socket, x->request.p, x->request.n, ZMQ_DONTWAIT) < 0) return;
	p->sent    = true;
	p->sent_at = now;
	c->lost    = false;
}

/* Sleep until something happens, at most a short while: verdict() looks at the clock. */
static rc
wait_for_event(struct connection *c, const struct progress *p, uint64_t now)
{
	enum { SLICE_MS = 250 };
	uint64_t       left    = p->deadline - now;
	long           ms      = left < SLICE_MS ? (long)left : SLICE_MS;
	short          wanted  = p->sent ? ZMQ_POLLIN : ZMQ_POLLIN | ZMQ_POLLOUT;
	zmq_pollitem_t items[] = {
	    {c->socket, 0, wanted, 0},
	    {c->monitor, 0, ZMQ_POLLIN, 0},
	};

	if (zmq_poll(items, 2, ms) < 0 && errno != EINTR) return RC_SOCKET;
	return RC_OK;
}

rc
connection_exchange(struct connection *c, const struct exchange *x)
{
	struct progress p    = {.started = monotonic_ms()};
	bool            done = false;

	p.deadline = p.started + x->timeout_ms;
	c->refused = false;
	c->breaks  = 0;
	for (uint64_t now = p.started;; now = monotonic_ms()) {
		read_monitor(c);
		TRY(take_frame(c, x, &done));
		if (done) return RC_OK;
		TRY(verdict(c, &p, now));
		send_when_due(c, x, &p, now);
		TRY(wait_for_event(c, &p, now));
	}
}

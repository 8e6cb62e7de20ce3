/* SPDX-License-Identifier: EUPL-1.2 */
/* transport.c - the only file that talks ZeroMQ to the outside. */
#include "broker/transport.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "broker/connection.h"
#include "broker/log.h"
#include "broker/now.h"
#include "broker/taking.h"
#include "broker/unread.h"
#include "broker/why.h"
#include "proto/auto.h"

enum {
	ZMQ_ZAP_ENFORCE_DOMAIN_ =
	    93, /* a DRAFT constant; honoured by the library, see Z2 */
	ENDPOINT_BYTES = 256,
	CURVE_OVERHEAD = 33, /* of a MESSAGE command around its frame */
	LINGER_MS      = 1000,
	PING_MS        = 5000,       /* who does not answer a ping within */
	SILENCE_MS     = 15000,      /* so long is hung up on */
	PEER_MS        = 30000,      /* and may do so with us */
	UNCONFIRMED_MS = 15000,      /* also who confirms nothing that it is sent: */
	KERNEL_BYTES   = 128 * 1024, /* behind so much of it no ping gets out */
	BACKLOG        = 1024,
	LOOK_MS        = 1000,
};

struct transport {
	void          *context;
	void          *zap;
	void          *doors[N_PLACES][N_DOORS]; /* NULL: nothing there */
	char           endpoints[N_PLACES][N_DOORS][ENDPOINT_BYTES];
	unsigned       next[N_DOORS]; /* the place that is asked first */
	struct unread *unread;
	struct taking *taking;
	uint64_t       looked_ms; /* at who is taking, by the steady clock */
};

const char *
door_name(enum door d)
{
	static const char *const names[] = {"agency", "audit", "enrol"};
	return d < N_DOORS ? names[d] : "?";
}

bool
route_equal(const struct route *a, const struct route *b)
{
	return a->door == b->door && a->place == b->place && a->n == b->n &&
	       memcmp(a->id, b->id, a->n) == 0;
}

/* --- opening --------------------------------------------------------------------- */

static rc
set_int(void *socket, int option, int value)
{
	return zmq_setsockopt(socket, option, &value, sizeof value) == 0 ? RC_OK
	                                                                 : RC_SOCKET;
}

/* Everything about a door that is not secret. */
static rc
set_limits(void *socket, const struct config *c)
{
	int64_t max_frame = FRAME_MAX + CURVE_OVERHEAD;

	TRY(set_int(socket, ZMQ_ZAP_ENFORCE_DOMAIN_, 1));
	TRY(set_int(socket, ZMQ_ROUTER_MANDATORY, 1));
	TRY(set_int(socket, ZMQ_ROUTER_HANDOVER, 0));
	TRY(set_int(socket, ZMQ_LINGER, LINGER_MS));
	TRY(set_int(socket, ZMQ_SNDHWM, (int)c->queue_messages));
	TRY(set_int(socket, ZMQ_RCVHWM, (int)c->queue_messages));
	TRY(set_int(socket, ZMQ_HANDSHAKE_IVL, (int)c->handshake_ms));
	TRY(set_int(socket, ZMQ_HEARTBEAT_IVL, PING_MS));
	TRY(set_int(socket, ZMQ_HEARTBEAT_TIMEOUT, SILENCE_MS));
	TRY(set_int(socket, ZMQ_HEARTBEAT_TTL, PEER_MS));
	TRY(set_int(socket, ZMQ_TCP_MAXRT, UNCONFIRMED_MS));
	TRY(set_int(socket, ZMQ_SNDBUF, KERNEL_BYTES));
	TRY(set_int(socket, ZMQ_TCP_KEEPALIVE, 1));
	TRY(set_int(socket, ZMQ_BACKLOG, BACKLOG));
	return zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &max_frame, sizeof max_frame) == 0
	           ? RC_OK
	           : RC_SOCKET;
}

/* An address that is not there yet, or still another's, may be there at the next try. */
static rc
refuse(const char *endpoint, int number)
{
	rc code = why_tell(LOG_CONFIG, RC_CONFIG, endpoint, zmq_strerror(number));

	return number == EADDRINUSE || number == EADDRNOTAVAIL ? RC_SOCKET : code;
}

static rc
open_door(struct transport *t, enum door d, const struct config *c,
    const struct served_key *key, const char *endpoint)
{
	const char *domain = door_name(d);
	char       *bound  = t->endpoints[key->place][d];
	size_t      n      = ENDPOINT_BYTES;
	void       *socket = zmq_socket(t->context, ZMQ_ROUTER);

	if (socket == NULL) return RC_SOCKET;
	t->doors[key->place][d] = socket;
	TRY(set_int(socket, ZMQ_CURVE_SERVER, 1));
	if (zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, key->secret, KEY_BYTES) != 0)
		return RC_SOCKET;
	if (zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, domain, strlen(domain)) != 0)
		return RC_SOCKET;
	TRY(set_limits(socket, c));
	if (zmq_bind(socket, endpoint) != 0) return refuse(endpoint, zmq_errno());
	return zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, bound, &n) == 0 ? RC_OK
	                                                                 : RC_SOCKET;
}

/* The three doors of one place. */
static rc
open_place(struct transport *t, const struct config *c, const struct served_key *key)
{
	const char *const at[N_PLACES][N_DOORS] = {
	    {c->endpoint_agency, c->endpoint_audit, c->endpoint_enrol},
	    {c->second_agency, c->second_audit, c->second_enrol}};

	if (key->place >= N_PLACES || t->doors[key->place][0] != NULL) return RC_CONFIG;
	for (int d = 0; d < N_DOORS; d++) {
		if (at[key->place][d] == NULL)
			return why_tell(LOG_CONFIG, RC_CONFIG,
			    "second_agency, second_audit, second_enrol",
			    "a key of keys_file is served there");
		TRY(open_door(t, (enum door)d, c, key, at[key->place][d]));
	}
	return RC_OK;
}

/* libzmq names connections with rand(): see Z6. */
static rc
seed_rand(void)
{
	unsigned seed;
	if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed) return RC_CRYPTO;
	srand(seed);
	return RC_OK;
}

static rc
count_unread(struct transport *t, const struct config *c)
{
	uint8_t seed[UNREAD_SEED_BYTES];

	size_t each = (size_t)c->unread_bytes, all = (size_t)c->unread_all_bytes;

	if (getrandom(seed, sizeof seed, 0) != (ssize_t)sizeof seed) return RC_CRYPTO;
	TRY(taking_new(&t->taking, each, all, connection_ask));
	return unread_new(&t->unread, each, all, seed);
}

rc
transport_open(struct transport **ret, const struct config *c,
    const struct served_key *keys, size_t n)
{
	AUTO(transport_destroy) struct transport *t = calloc(1, sizeof *t);

	if (t == NULL) return RC_NOMEM;
	TRY(seed_rand());
	TRY(count_unread(t, c));
	if ((t->context = zmq_ctx_new()) == NULL) return RC_SOCKET;
	if ((t->zap = zmq_socket(t->context, ZMQ_REP)) == NULL) return RC_SOCKET;
	TRY(set_int(t->zap, ZMQ_LINGER, 0));
	if (zmq_bind(t->zap, "inproc://zeromq.zap.01") != 0) return RC_SOCKET;
	if (n == 0) return RC_CONFIG;
	for (size_t i = 0; i < n; i++) TRY(open_place(t, c, &keys[i]));
	*ret = TAKE(t);
	return RC_OK;
}

/* To its end, whatever signals come: until then libzmq gives frames back (unread.h). */
static void
end_context(void *context)
{
	int code;
	do code = zmq_ctx_term(context);
	while (code != 0 && zmq_errno() == EINTR);
}

void
transport_destroy(struct transport **tp)
{
	struct transport *t = *tp;
	if (t == NULL) return;
	for (int i = 0; i < N_PLACES * N_DOORS; i++) {
		void *socket = t->doors[i / N_DOORS][i % N_DOORS];
		if (socket != NULL) (void)zmq_close(socket);
	}
	if (t->zap != NULL) (void)zmq_close(t->zap);
	if (t->context != NULL) end_context(t->context);
	unread_destroy(&t->unread);
	taking_destroy(&t->taking);
	free(t);
	*tp = NULL;
}

const char *
transport_endpoint(const struct transport *t, unsigned place, enum door d)
{
	return t->endpoints[place][d];
}

void *
transport_zap(struct transport *t)
{
	return t->zap;
}

/* --- receiving ------------------------------------------------------------------- */

rc
transport_wait(struct transport *t, long wait_ms, bool ret_ready[N_DOORS], bool *ret_zap)
{
	zmq_pollitem_t items[N_PLACES * N_DOORS + 1] = {
	    {.socket = t->zap, .events = ZMQ_POLLIN}};
	enum door door[N_PLACES * N_DOORS + 1] = {DOOR_AGENCY};
	int       n                            = 1;

	for (int i = 0; i < N_PLACES * N_DOORS; i++) {
		void *socket = t->doors[i / N_DOORS][i % N_DOORS];
		if (socket == NULL) continue;
		door[n]    = (enum door)(i % N_DOORS);
		items[n++] = (zmq_pollitem_t){.socket = socket, .events = ZMQ_POLLIN};
	}
	if (zmq_poll(items, n, wait_ms) < 0 && errno != EINTR) return RC_SOCKET;
	*ret_zap = (items[0].revents & ZMQ_POLLIN) != 0;
	for (int d = 0; d < N_DOORS; d++) ret_ready[d] = false;
	for (int i = 1; i < n; i++)
		if ((items[i].revents & ZMQ_POLLIN) != 0) ret_ready[door[i]] = true;
	return RC_OK;
}

/* zmq_msg_recv() that no signal interrupts. */
static int
receive_frame(void *socket, zmq_msg_t *m)
{
	int n;
	do n = zmq_msg_recv(m, socket, ZMQ_DONTWAIT);
	while (n < 0 && errno == EINTR);
	return n;
}

/* What it says is gone, whoever owns the memory. */
static void
wipe_frame(zmq_msg_t *m)
{
	explicit_bzero(zmq_msg_data(m), zmq_msg_size(m));
	(void)zmq_msg_close(m);
}

void
transport_done(struct incoming *in)
{
	wipe_frame(&in->payload);
}

/* Read and drop what is left of a message that is too long: all of it, or its tail would
 * be taken for a route and a request.  It is whole in memory already (libzmq hands over
 * whole messages), so this ends. */
static void
drain(void *socket)
{
	zmq_msg_t m;
	bool      more = true;

	while (more) {
		(void)zmq_msg_init(&m);
		more = receive_frame(socket, &m) >= 0 && zmq_msg_more(&m) != 0;
		wipe_frame(&m);
	}
}

/* What the ZAP handler said of this connection: its key in hex (gate.c). */
static bool
read_user(zmq_msg_t *m, uint8_t key[KEY_BYTES])
{
	const char *user = zmq_msg_gets(m, "User-Id");
	return user != NULL && hex_decode(user, key, KEY_BYTES) == RC_OK;
}

static bool
chose_identity(zmq_msg_t *m)
{
	const char *identity = zmq_msg_gets(m, "Identity");
	return identity != NULL && identity[0] != '\0';
}

static rc
receive_route(void *socket, enum door d, struct route *ret, bool *ret_more)
{
	zmq_msg_t m;

	(void)zmq_msg_init(&m);
	if (receive_frame(socket, &m) < 0) {
		(void)zmq_msg_close(&m);
		return errno == EAGAIN ? RC_NOT_FOUND : RC_SOCKET;
	}
	size_t n  = zmq_msg_size(&m);
	ret->door = d;
	ret->n    = n > ROUTE_MAX ? 0 : (uint8_t)n;
	memcpy(ret->id, zmq_msg_data(&m), ret->n);
	*ret_more = zmq_msg_more(&m) != 0;
	(void)zmq_msg_close(&m);
	return RC_OK;
}

static rc
receive_from(void *socket, enum door d, struct incoming *ret)
{
	bool more = false;

	TRY(receive_route(socket, d, &ret->route, &more));
	if (!more)
		return RC_NOT_FOUND; /* a route and nothing else: nobody to answer to */

	(void)zmq_msg_init(&ret->payload);
	if (receive_frame(socket, &ret->payload) < 0) {
		(void)zmq_msg_close(&ret->payload);
		return RC_SOCKET;
	}
	ret->code = RC_OK;
	if (zmq_msg_more(&ret->payload) != 0) {
		drain(socket);
		ret->code = RC_BAD_FRAMES;
	}
	if (!read_user(&ret->payload, ret->curve_public)) {
		wipe_frame(&ret->payload);
		return RC_NOT_FOUND;
	}
	ret->route.fd = zmq_msg_get(&ret->payload, ZMQ_SRCFD);
	if (chose_identity(&ret->payload)) ret->code = RC_IDENTITY_SET;
	return RC_OK;
}

rc
transport_receive(struct transport *t, enum door d, struct incoming *ret)
{
	rc code = RC_NOT_FOUND;

	for (unsigned i = 0; i < N_PLACES && code == RC_NOT_FOUND; i++) {
		unsigned place = t->next[d];
		t->next[d]     = (place + 1) % N_PLACES;
		if (t->doors[place][d] == NULL) continue;
		code             = receive_from(t->doors[place][d], d, ret);
		ret->route.place = (uint8_t)place;
	}
	if (code == RC_OK)
		ret->route.account = d == DOOR_ENROL
		                         ? UNREAD_STRANGERS
		                         : unread_account(t->unread, ret->curve_public);
	return code;
}

/* --- sending --------------------------------------------------------------------- */

/* Send M, and it is libzmq's; no signal interrupts that: between the two frames of an
 * answer the socket would take the next answer's route for the rest of this one, and send
 * it there. */
static int
send_frame(void *socket, zmq_msg_t *m, int flags)
{
	int n;
	do n = zmq_msg_send(m, socket, flags);
	while (n < 0 && errno == EINTR);
	return n;
}

static rc
send_route(void *socket, const struct route *to)
{
	zmq_msg_t m;

	if (zmq_msg_init_size(&m, to->n) != 0) return RC_NOMEM;
	memcpy(zmq_msg_data(&m), to->id, to->n);
	if (send_frame(socket, &m, ZMQ_SNDMORE | ZMQ_DONTWAIT) >= 0) return RC_OK;
	int why = errno;
	(void)zmq_msg_close(&m);
	return why == EAGAIN ? RC_QUEUE_FULL : RC_UNREACHABLE;
}

/* FRAME as a message that is counted until libzmq lets go of it. */
static rc
counted_frame(struct unread *u, uint16_t account, struct slice frame, zmq_msg_t *ret)
{
	uint8_t *bytes;
	void    *held;

	TRY(unread_take(u, account, frame, &bytes, &held));
	if (zmq_msg_init_data(ret, bytes, frame.n, unread_let_go, held) == 0)
		return RC_OK;
	unread_let_go(bytes, held);
	return RC_NOMEM;
}

static rc
send_counted(struct transport *t, const struct route *to, struct slice frame)
{
	void     *socket = t->doors[to->place][to->door];
	zmq_msg_t m;

	TRY(counted_frame(t->unread, to->account, frame, &m));
	rc code = send_route(socket, to);
	if (code == RC_OK && send_frame(socket, &m, ZMQ_DONTWAIT) >= 0) return RC_OK;
	(void)zmq_msg_close(&m);
	return code == RC_OK ? RC_QUEUE_FULL : code;
}

rc
transport_send(struct transport *t, const struct route *to, struct slice frame)
{
	struct taken before;

	if (frame.n < TAKING_LEAST) return send_counted(t, to, frame);
	TRY(taking_may(t->taking, to->fd, to->account, frame.n, &before));
	TRY(send_counted(t, to, frame));
	taking_add(
	    t->taking, to->fd, to->account, frame.n, &before, now_ms(CLOCK_MONOTONIC));
	return RC_OK;
}

void
transport_look(struct transport *t)
{
	uint64_t now = now_ms(CLOCK_MONOTONIC);

	if (now - t->looked_ms < LOOK_MS) return;
	t->looked_ms = now;
	size_t n     = taking_look(t->taking, now, connection_cut);
	if (n != 0) LOG(LOG_CUT_OFF, .n = n);
}

size_t
transport_unread(const struct transport *t)
{
	return unread_total(t->unread) + taking_total(t->taking);
}

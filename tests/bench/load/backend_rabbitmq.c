/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * backend_rabbitmq.c - AMQP 0-9-1, quorum queues, publisher confirms, mutual TLS.
 *
 * One fanout exchange with one quorum queue for each recipient, so that the broker makes
 * the copies; a confirm comes when all queues have the message on disk.  Recipients
 * acknowledge all that has come in one frame, which costs the broker least.
 */
#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "load.h"

const char backend_name[] = "rabbitmq";

enum {
	CHANNEL      = 1,
	FRAME_BYTES  = 131072,
	PREFETCH     = 2000, /* the most that a quorum queue recommends */
	PERSISTENT   = 2,
	PATH_BYTES   = 1024,
	GATHER_MAX   = 256, /* deliveries under one acknowledgement */
	CONFIRM_RING = 1 << 16,
};

static const char exchange[] = "sluis-signals";

struct link {
	const struct plan      *plan;
	amqp_connection_state_t c;
};

static void
must(int status, const char *what)
{
	if (status != AMQP_STATUS_OK) die_of(what, amqp_error_string2(status));
}

static void
must_reply(const struct link *l, const char *what)
{
	amqp_rpc_reply_t r = amqp_get_rpc_reply(l->c);

	if (r.reply_type == AMQP_RESPONSE_NORMAL) return;
	if (r.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION)
		die_of(what, amqp_error_string2(r.library_error));
	die_of(what, "refused by the broker");
}

static void
connect_tls(struct link *l)
{
	const char    *dir = l->plan->certificates;
	char           ca[PATH_BYTES], chain[PATH_BYTES], key[PATH_BYTES];
	amqp_socket_t *socket = amqp_ssl_socket_new(l->c);

	if (dir == NULL || socket == NULL) die("--certificates is missing");
	(void)snprintf(ca, sizeof ca, "%s/ca.pem", dir);
	(void)snprintf(chain, sizeof chain, "%s/client.pem", dir);
	(void)snprintf(key, sizeof key, "%s/client.key", dir);
	must(amqp_ssl_socket_set_cacert(socket, ca), ca);
	must(amqp_ssl_socket_set_key(socket, chain, key), chain);
	must(amqp_socket_open(socket, "localhost", l->plan->port), "connect");
}

static void
link_open(struct link *l, const struct plan *p)
{
	l->plan = p;
	l->c    = amqp_new_connection();
	if (l->c == NULL) die("memory");
	connect_tls(l);
	amqp_rpc_reply_t r = amqp_login(
	    l->c, "/", 0, FRAME_BYTES, 0, AMQP_SASL_METHOD_PLAIN, "guest", "guest");
	if (r.reply_type != AMQP_RESPONSE_NORMAL) die("login");
	(void)amqp_channel_open(l->c, CHANNEL);
	must_reply(l, "channel");
}

static void
link_close(struct link *l)
{
	(void)amqp_connection_close(l->c, AMQP_REPLY_SUCCESS);
	(void)amqp_destroy_connection(l->c);
}

static void
declare_exchange(struct link *l)
{
	(void)amqp_exchange_declare(l->c, CHANNEL, amqp_cstring_bytes(exchange),
	    amqp_cstring_bytes("fanout"), 0, 1, 0, 0, amqp_empty_table);
	must_reply(l, "exchange");
}

static void
declare_queue(struct link *l, amqp_bytes_t name)
{
	amqp_table_entry_t entry = {.key = amqp_cstring_bytes("x-queue-type"),
	    .value                       = {.kind = AMQP_FIELD_KIND_UTF8,
	                              .value      = {.bytes = amqp_cstring_bytes("quorum")}}};
	amqp_table_t       table = {.num_entries = 1, .entries = &entry};

	(void)amqp_queue_declare(l->c, CHANNEL, name, 0, 1, 0, 0, table);
	must_reply(l, "queue");
	(void)amqp_queue_bind(l->c, CHANNEL, name, amqp_cstring_bytes(exchange),
	    amqp_empty_bytes, amqp_empty_table);
	must_reply(l, "bind");
}

/* Wait until there is something to read, the time is up, or TIMER ticks.  False when
 * nothing can be read without waiting. */
static bool
wait_readable(struct link *l, int wait_ms, int timer)
{
	struct pollfd fds[] = {{.fd = amqp_get_sockfd(l->c), .events = POLLIN},
	    {.fd = timer, .events = POLLIN}};

	if (amqp_frames_enqueued(l->c) || amqp_data_in_buffer(l->c)) return true;
	return poll(fds, timer >= 0 ? 2 : 1, wait_ms) > 0 && fds[0].revents != 0;
}

/* --- the sender ------------------------------------------------------------------ */

struct sender {
	struct link link;
	uint64_t    low; /* all numbers below it are confirmed */
	bool        confirmed[CONFIRM_RING];
};

struct sender *
sender_open(const struct plan *p)
{
	struct sender *s = calloc(1, sizeof *s);

	if (s == NULL) die("memory");
	link_open(&s->link, p);
	declare_exchange(&s->link);
	for (size_t i = 0; i < p->n_to; i++)
		declare_queue(&s->link, amqp_cstring_bytes(p->to[i]));
	(void)amqp_confirm_select(s->link.c, CHANNEL);
	must_reply(&s->link, "confirms");
	return s;
}

void
sender_close(struct sender *s)
{
	link_close(&s->link);
	free(s);
}

void
sender_send(struct sender *s, uint64_t first, size_t n)
{
	const struct payload   *p     = &s->link.plan->payload;
	amqp_basic_properties_t props = {
	    ._flags = AMQP_BASIC_DELIVERY_MODE_FLAG, .delivery_mode = PERSISTENT};

	for (uint64_t number = first; number < first + n; number++) {
		size_t       which = (size_t)(number % p->n);
		amqp_bytes_t body  = {
		     .len = p->len[which], .bytes = (void *)(uintptr_t)p->at[which]};
		must(amqp_basic_publish(s->link.c, CHANNEL, amqp_cstring_bytes(exchange),
		         amqp_empty_bytes, 0, 0, &props, body),
		    "publish");
	}
}

static size_t
note(struct sender *s, uint64_t number, uint64_t *ret)
{
	bool *seen = &s->confirmed[number % CONFIRM_RING];

	if (number < s->low || *seen) return 0;
	*seen = true;
	*ret  = number;
	return 1;
}

/* The delivery tag of number N is N + 1. */
static size_t
confirm(struct sender *s, const amqp_basic_ack_t *ack, uint64_t *ret, size_t room)
{
	uint64_t from = ack->multiple ? s->low : ack->delivery_tag - 1;
	size_t   n    = 0;

	for (uint64_t number = from; number < ack->delivery_tag; number++) {
		if (n == room) die("more confirms than expected");
		n += note(s, number, ret + n);
	}
	while (s->confirmed[s->low % CONFIRM_RING])
		s->confirmed[s->low++ % CONFIRM_RING] = false;
	return n;
}

size_t
sender_accepted(struct sender *s, int wait_ms, uint64_t *ret)
{
	size_t n = 0;

	for (int wait = wait_ms; n < LOAD_ACCEPTED_MAX - LOAD_ACCEPTED_MAX / 2 &&
	                         wait_readable(&s->link, wait, s->link.plan->timer);
	     wait = 0) {
		struct timeval at_once = {0};
		amqp_frame_t   frame;
		int status = amqp_simple_wait_frame_noblock(s->link.c, &frame, &at_once);
		if (status == AMQP_STATUS_TIMEOUT) break;
		must(status, "confirm");
		if (frame.frame_type != AMQP_FRAME_METHOD ||
		    frame.payload.method.id != AMQP_BASIC_ACK_METHOD)
			die("not confirmed");
		n += confirm(
		    s, frame.payload.method.decoded, ret + n, LOAD_ACCEPTED_MAX - n);
		amqp_maybe_release_buffers(s->link.c);
	}
	return n;
}

/* --- a recipient ----------------------------------------------------------------- */

struct recipient {
	struct link link;
	uint64_t    n_all, tag;
};

struct recipient *
recipient_open(const struct plan *p, size_t which)
{
	struct recipient *r = calloc(1, sizeof *r);

	if (r == NULL) die("memory");
	link_open(&r->link, p);
	declare_exchange(&r->link);
	declare_queue(&r->link, amqp_cstring_bytes(p->to[which]));
	(void)amqp_basic_qos(r->link.c, CHANNEL, 0, PREFETCH, 0);
	must_reply(&r->link, "prefetch");
	(void)amqp_basic_consume(r->link.c, CHANNEL, amqp_cstring_bytes(p->to[which]),
	    amqp_empty_bytes, 0, 0, 0, amqp_empty_table);
	must_reply(&r->link, "consume");
	return r;
}

void
recipient_close(struct recipient *r)
{
	link_close(&r->link);
	free(r);
}

static bool
take_one(struct recipient *r)
{
	const struct payload *p       = &r->link.plan->payload;
	struct timeval        at_once = {0};
	amqp_envelope_t       got;
	amqp_rpc_reply_t      reply = amqp_consume_message(r->link.c, &got, &at_once, 0);

	if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION &&
	    reply.library_error == AMQP_STATUS_TIMEOUT)
		return false;
	if (reply.reply_type != AMQP_RESPONSE_NORMAL) die("the connection was closed");
	if (got.message.body.len != p->len[r->n_all++ % p->n])
		die("another signal came than was sent");
	r->tag = got.delivery_tag;
	amqp_destroy_envelope(&got);
	amqp_maybe_release_buffers(r->link.c);
	return true;
}

size_t
recipient_receive(struct recipient *r, int wait_ms)
{
	size_t n = 0;

	for (int wait = wait_ms; n < GATHER_MAX && wait_readable(&r->link, wait, -1);
	     wait     = 0) {
		if (!take_one(r)) break;
		n++;
	}
	return n;
}

void
recipient_acknowledge(struct recipient *r)
{
	must(amqp_basic_ack(r->link.c, CHANNEL, r->tag, 1), "acknowledge");
}

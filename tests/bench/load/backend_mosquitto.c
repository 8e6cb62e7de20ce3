/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * backend_mosquitto.c - MQTT 3.1.1, QoS 1, persistent sessions, mutual TLS.
 *
 * One topic, to which every recipient is subscribed: the broker makes the copies.  The
 * library acknowledges a delivery by itself once the callback has returned.
 *
 * Each client is driven by its own thread (mosquitto_loop): no thread of the library.
 */
#include <mosquitto.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "load.h"

const char backend_name[] = "mosquitto";

enum { QOS = 1, KEEPALIVE_S = 60, MIDS = 1 << 16, OPEN_MS = 20000, PATH_BYTES = 1024 };

static const char topic[] = "sluis/signals";

struct client {
	struct mosquitto  *m;
	const struct plan *plan;
	bool               ready; /* connected; a recipient: subscribed */
};

static void
must(int code, const char *what)
{
	if (code != MOSQ_ERR_SUCCESS) die_of(what, mosquitto_strerror(code));
}

static void
step(struct client *c, int wait_ms)
{
	must(mosquitto_loop(c->m, wait_ms, 1), "connection");
}

/* Wait until the socket has something to read or can be written, the time is up, or TIMER
 * ticks; then do what there is to do. */
static void
step_or_tick(struct client *c, int wait_ms, int timer)
{
	struct pollfd fds[] = {{.fd = mosquitto_socket(c->m), .events = POLLIN},
	    {.fd = timer, .events = POLLIN}};

	if (mosquitto_want_write(c->m)) fds[0].events |= POLLOUT;
	(void)poll(fds, timer >= 0 ? 2 : 1, wait_ms);
	step(c, 0);
}

static void
use_certificate(struct client *c)
{
	const char *dir = c->plan->certificates;
	char        ca[PATH_BYTES], chain[PATH_BYTES], key[PATH_BYTES];

	(void)snprintf(ca, sizeof ca, "%s/ca.pem", dir);
	(void)snprintf(chain, sizeof chain, "%s/client.pem", dir);
	(void)snprintf(key, sizeof key, "%s/client.key", dir);
	must(mosquitto_tls_set(c->m, ca, NULL, chain, key, NULL), dir);
}

static void
on_connect(struct mosquitto *m, void *obj, int code)
{
	struct client *c = obj;

	(void)m;
	if (code != 0) die_of("refused", mosquitto_connack_string(code));
	c->ready = true;
}

static void
wait_ready(struct client *c, const char *what)
{
	uint64_t until = now_us() + (uint64_t)OPEN_MS * 1000;

	while (!c->ready) {
		if (now_us() > until) die_of("no answer", what);
		step(c, 100);
	}
	c->ready = false;
}

static void
client_open(struct client *c, const struct plan *p, const char *id, void *obj)
{
	c->plan = p;
	if (p->certificates == NULL) die("--certificates is missing");
	must(mosquitto_lib_init(), "libmosquitto");
	c->m = mosquitto_new(id, false, obj);
	if (c->m == NULL) die("memory");
	mosquitto_connect_callback_set(c->m, on_connect);
	must(mosquitto_int_option(c->m, MOSQ_OPT_TCP_NODELAY, 1), "option");
	must(mosquitto_max_inflight_messages_set(c->m, 0), "option");
	use_certificate(c);
	must(mosquitto_connect(c->m, "127.0.0.1", p->port, KEEPALIVE_S), "connect");
	wait_ready(c, "connect");
}

static void
client_close(struct client *c)
{
	(void)mosquitto_disconnect(c->m);
	mosquitto_destroy(c->m);
}

/* --- the sender ------------------------------------------------------------------ */

struct sender {
	struct client client; /* first: callbacks get a client */
	uint64_t      number_of[MIDS];
	uint64_t     *ret;
	size_t        n_ret;
};

static void
on_puback(struct mosquitto *m, void *obj, int mid)
{
	struct sender *s = obj;

	(void)m;
	if (s->n_ret == LOAD_ACCEPTED_MAX) die("more answers than expected");
	s->ret[s->n_ret++] = s->number_of[mid & (MIDS - 1)];
}

struct sender *
sender_open(const struct plan *p)
{
	struct sender *s = calloc(1, sizeof *s);

	if (s == NULL) die("memory");
	s->ret = calloc(LOAD_ACCEPTED_MAX, sizeof *s->ret);
	if (s->ret == NULL) die("memory");
	client_open(&s->client, p, "sender", s);
	mosquitto_publish_callback_set(s->client.m, on_puback);
	return s;
}

void
sender_close(struct sender *s)
{
	client_close(&s->client);
	free(s->ret);
	free(s);
}

void
sender_send(struct sender *s, uint64_t first, size_t n)
{
	const struct payload *p = &s->client.plan->payload;

	for (uint64_t number = first; number < first + n; number++) {
		size_t which = (size_t)(number % p->n);
		int    mid   = 0;
		must(mosquitto_publish(s->client.m, &mid, topic, (int)p->len[which],
		         p->at[which], QOS, false),
		    "publish");
		s->number_of[mid & (MIDS - 1)] = number;
	}
}

size_t
sender_accepted(struct sender *s, int wait_ms, uint64_t *ret)
{
	step_or_tick(&s->client, wait_ms, s->client.plan->timer);
	size_t n = s->n_ret;
	memcpy(ret, s->ret, n * sizeof *ret);
	s->n_ret = 0;
	return n;
}

/* --- a recipient ----------------------------------------------------------------- */

struct recipient {
	struct client client; /* first */
	uint64_t      n_all;
	size_t        n_new;
};

static void
on_message(struct mosquitto *m, void *obj, const struct mosquitto_message *got)
{
	struct recipient     *r = obj;
	const struct payload *p = &r->client.plan->payload;

	(void)m;
	if ((size_t)got->payloadlen != p->len[r->n_all++ % p->n])
		die("another signal came than was sent");
	r->n_new++;
}

static void
on_subscribe(struct mosquitto *m, void *obj, int mid, int n, const int *granted)
{
	struct recipient *r = obj;

	(void)m;
	(void)mid;
	if (n != 1 || granted[0] != QOS) die("no subscription");
	r->client.ready = true;
}

struct recipient *
recipient_open(const struct plan *p, size_t which)
{
	struct recipient *r = calloc(1, sizeof *r);

	if (r == NULL) die("memory");
	client_open(&r->client, p, p->to[which], r);
	mosquitto_message_callback_set(r->client.m, on_message);
	mosquitto_subscribe_callback_set(r->client.m, on_subscribe);
	must(mosquitto_subscribe(r->client.m, NULL, topic, QOS), "subscribe");
	wait_ready(&r->client, "subscribe");
	return r;
}

void
recipient_close(struct recipient *r)
{
	client_close(&r->client);
	free(r);
}

size_t
recipient_receive(struct recipient *r, int wait_ms)
{
	step_or_tick(&r->client, wait_ms, -1);
	size_t n = r->n_new;
	r->n_new = 0;
	return n;
}

/* Done by the library. */
void
recipient_acknowledge(struct recipient *r)
{
	(void)r;
}

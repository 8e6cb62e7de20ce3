/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * backend_sluis.c - the wire of docs/wire.md: CURVE, signed requests, receipts.
 *
 * The sender signs every submission and what it discloses to each recipient, as libsluis
 * does.  A recipient acknowledges and asks for more without waiting for the answer to the
 * acknowledgement, which is checked when it comes.  Receipts and evidence are not checked
 * here: others have none to check.
 */
#include <pthread.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zmq.h>

#include "load.h"
#include "proto/auto.h"
#include "proto/disclosed.h"
#include "proto/envelope.h"
#include "proto/message.h"
#include "region.h"

const char backend_name[] = "sluis";

enum {
	RECEIVE_MAX     = 256,
	RECEIVE_WAIT_MS = 250,
	LEASE_MS        = 60000,
	IDLE_WAIT_MS    = 60000,
	SEND_MS         = 20000
};

static void
must(rc code, const char *what)
{
	if (code != RC_OK) die_of(what, rc_name(code));
}

/* --- memory for answers ---------------------------------------------------------- */

/* An answer is taken apart, looked at and forgotten: its memory is that of the one
 * before. Costs nothing for each of its parts, and the load generator is part of what is
 * measured. */
struct arena {
	ProtobufCAllocator allocator;
	uint8_t           *p;
	size_t             n;
};

enum { ARENA_BYTES = 32 << 20 /* touched only as far as it is used */, ALIGN = 16 };

static void *
arena_take(void *data, size_t size)
{
	struct arena *a = data;

	if (a->p == NULL && (a->p = malloc(ARENA_BYTES)) == NULL) die("memory");
	if (size > ARENA_BYTES - a->n - ALIGN) die("an answer that is too large");
	void *p = a->p + a->n;
	a->n += (size + ALIGN - 1) / ALIGN * ALIGN;
	return p;
}

static void
arena_leave(void *data, void *p)
{
	(void)data;
	(void)p;
}

static void
arena_init(struct arena *a)
{
	*a = (struct arena){.allocator = {arena_take, arena_leave, a}};
}

/* --- a connection ---------------------------------------------------------------- */

struct link {
	struct arena        arena;
	struct bench_region region;
	struct bench_party  party;
	void               *socket;
};

static void *
shared_context(void)
{
	static pthread_mutex_t once = PTHREAD_MUTEX_INITIALIZER;
	static void           *context;

	(void)pthread_mutex_lock(&once);
	if (context == NULL) context = zmq_ctx_new();
	(void)pthread_mutex_unlock(&once);
	return context;
}

static void
link_open(struct link *l, const struct plan *p, const char *name)
{
	int linger = 0, send_ms = SEND_MS;

	if (sodium_init() < 0) die("libsodium");
	arena_init(&l->arena);
	if (p->region == NULL) die("--region is missing");
	bench_region_read(p->region, &l->region);
	bench_party_read(p->region, name, &l->party);
	l->socket = zmq_socket(shared_context(), ZMQ_DEALER);
	if (l->socket == NULL) die("no socket");
	zmq_setsockopt(l->socket, ZMQ_LINGER, &linger, sizeof linger);
	zmq_setsockopt(l->socket, ZMQ_SNDTIMEO, &send_ms, sizeof send_ms);
	zmq_setsockopt(l->socket, ZMQ_CURVE_SERVERKEY, l->region.curve_public, KEY_BYTES);
	zmq_setsockopt(
	    l->socket, ZMQ_CURVE_PUBLICKEY, l->party.keys.curve_public, KEY_BYTES);
	zmq_setsockopt(
	    l->socket, ZMQ_CURVE_SECRETKEY, l->party.keys.curve_secret, KEY_BYTES);
	if (zmq_connect(l->socket, l->region.endpoint) != 0) die("no connection");
}

static void
link_close(struct link *l)
{
	(void)zmq_close(l->socket);
	free(l->arena.p);
	sodium_memzero(&l->party.keys, sizeof l->party.keys);
}

static void
fill_head(struct link *l, Sluis__Head *head, uint8_t id[ID_BYTES])
{
	struct timespec t;

	(void)clock_gettime(CLOCK_REALTIME, &t);
	sluis__head__init(head);
	head->has_request_id = head->has_created_ms = 1;
	head->request_id                            = message_borrow_bytes(id, ID_BYTES);
	head->created_ms    = (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
	head->sender_oin    = message_borrow(l->party.oin);
	head->sender_desk   = message_borrow(l->party.desk);
	head->broker_origin = message_borrow(l->region.origin);
}

static void
send_signed(struct link *l, const char *type, const ProtobufCMessage *m)
{
	AUTO(buf_wipe)
	struct buf payload = buf_init(FRAME_MAX), frame = buf_init(FRAME_MAX);

	must(message_pack(m, &payload), "request");
	must(envelope_sign(type, buf_slice(&payload), l->party.keys.sign_secret, &frame),
	    "sign");
	if (zmq_send(l->socket, frame.p, frame.n, 0) < 0)
		die("nothing can be sent: is this party let in?");
}

static void
send_receive(struct link *l, uint8_t id[ID_BYTES], unsigned wait_ms)
{
	Sluis__Head    head;
	Sluis__Receive m = SLUIS__RECEIVE__INIT;

	randombytes_buf(id, ID_BYTES);
	fill_head(l, &head, id);
	m.head        = &head;
	m.has_wait_ms = m.has_max_deliveries = m.has_lease_ms = 1;
	m.wait_ms                                             = wait_ms;
	m.max_deliveries                                      = RECEIVE_MAX;
	m.lease_ms                                            = LEASE_MS;
	send_signed(l, TYPE_RECEIVE, &m.base);
}

/* The next answer that has come, good until the next is asked for; NULL when none has. */
static Sluis__Answer *
answer_now(struct link *l)
{
	zmq_msg_t msg;

	(void)zmq_msg_init(&msg);
	if (zmq_msg_recv(&msg, l->socket, ZMQ_DONTWAIT) < 0) return NULL;
	l->arena.n       = 0;
	Sluis__Answer *a = sluis__answer__unpack(
	    &l->arena.allocator, zmq_msg_size(&msg), zmq_msg_data(&msg));
	(void)zmq_msg_close(&msg);
	if (a == NULL || a->request_id.len != ID_BYTES)
		die("an answer that cannot be read");
	if (a->code == NULL || strcmp(a->code, "ok") != 0)
		die_of(a->where == NULL ? "refused" : a->where,
		    a->code == NULL ? "?" : a->code);
	return a;
}

static void
wait_for_answer(struct link *l, int wait_ms, int timer)
{
	zmq_pollitem_t items[] = {{.socket = l->socket, .events = ZMQ_POLLIN},
	    {.fd = timer, .events = ZMQ_POLLIN}};

	(void)zmq_poll(items, timer >= 0 ? 2 : 1, wait_ms);
}

/* --- the sender ------------------------------------------------------------------ */

struct sender {
	const struct plan *plan;
	struct link        link;
	struct bench_party to[LOAD_RECIPIENTS_MAX];
	Sluis__Recipient   recipients[LOAD_RECIPIENTS_MAX], *list[LOAD_RECIPIENTS_MAX];
	struct link        idle[LOAD_IDLE_MAX];
};

struct sender *
sender_open(const struct plan *p)
{
	struct sender *s = calloc(1, sizeof *s);
	uint8_t        id[ID_BYTES];

	if (s == NULL) die("memory");
	s->plan = p;
	link_open(&s->link, p, p->from);
	for (size_t i = 0; i < p->n_to; i++) {
		bench_party_read(p->region, p->to[i], &s->to[i]);
		sluis__recipient__init(&s->recipients[i]);
		s->recipients[i].oin  = s->to[i].oin;
		s->recipients[i].desk = s->to[i].desk;
		s->list[i]            = &s->recipients[i];
	}
	for (size_t i = 0; i < p->n_idle; i++) {
		link_open(&s->idle[i], p, p->idle[i]);
		send_receive(&s->idle[i], id, IDLE_WAIT_MS);
	}
	return s;
}

void
sender_close(struct sender *s)
{
	link_close(&s->link);
	for (size_t i = 0; i < s->plan->n_idle; i++) link_close(&s->idle[i]);
	free(s);
}

/* The request id carries the number, so that an answer finds it. */
static void
fill_submit(
    struct sender *s, uint64_t number, Sluis__Head *head, uint8_t *id, Sluis__Submit *m)
{
	const struct payload *p     = &s->plan->payload;
	size_t                which = (size_t)(number % p->n);

	randombytes_buf(id, ID_BYTES);
	put_u64_be(id, number);
	fill_head(&s->link, head, id);
	sluis__submit__init(m);
	m->head         = head;
	m->convenant    = message_borrow(s->plan->convenant);
	m->phase        = message_borrow(s->plan->phase);
	m->purpose      = message_borrow(s->plan->purpose);
	m->n_recipients = s->plan->n_to;
	m->recipients   = s->list;
	m->has_signal   = 1;
	m->signal       = message_borrow_bytes(p->at[which], p->len[which]);
}

static void
send_one(struct sender *s, uint64_t number)
{
	struct avowal                        a;
	AUTO(message_destroy) Sluis__Signal *signal = NULL;
	uint8_t                              seed[KEY_BYTES], id[ID_BYTES];
	Sluis__Submit                        m;
	Sluis__Head                          head;

	fill_submit(s, number, &head, id, &m);
	signal = sluis__signal__unpack(NULL, m.signal.len, m.signal.data);
	if (signal == NULL) die("a signal that cannot be read");
	randombytes_buf(seed, sizeof seed);
	must(disclosed_sign(&m, &signal->base, s->link.party.keys.sign_secret, seed, &a),
	    "sign");
	disclosed_attach(&m, &a);
	send_signed(&s->link, TYPE_SUBMIT, &m.base);
}

/* --- many of them under one signature -------------------------------------------- */

enum { MANY_BYTES = FRAME_MAX - 8192 }; /* of submissions: a frame holds more than them */

struct many { /* a SubmitMany that grows */
	Sluis__SubmitMany   m;
	size_t              bytes;
	struct buf          packed[JOINT_MAX];
	ProtobufCBinaryData submissions[JOINT_MAX], roots[JOINT_MAX];
	struct short_hash   said[JOINT_MAX];
};

static void
many_add(struct sender *s, struct many *many, uint64_t number)
{
	AUTO(message_destroy) Sluis__Signal *signal = NULL;
	AUTO(scratch_wipe) struct scratch    mem    = scratch_init(64 << 20);
	struct contents                     *contents;
	struct disclosed                    *disclosed;
	const size_t                         i = many->m.n_submissions++;
	uint8_t                              seed[KEY_BYTES], id[ID_BYTES];
	Sluis__Submit                        m;
	Sluis__Head                          head;

	fill_submit(s, number, &head, id, &m);
	signal = sluis__signal__unpack(NULL, m.signal.len, m.signal.data);
	if (signal == NULL) die("a signal that cannot be read");
	randombytes_buf(seed, sizeof seed);
	m.has_disclosure_seed = 1;
	m.disclosure_seed     = message_borrow_bytes(seed, sizeof seed);
	must(contents_list(&signal->base, &mem, &contents), "list");
	must(disclosed_new(&disclosed, &m, contents, seed, &mem), "say");
	many->said[i]   = disclosed_root(disclosed);
	many->packed[i] = buf_init(FRAME_MAX);
	must(message_pack(&m.base, &many->packed[i]), "submission");
	many->submissions[i] = message_borrow_bytes(many->packed[i].p, many->packed[i].n);
	many->roots[i] = message_borrow_bytes(many->said[i].b, sizeof many->said[i].b);
	many->bytes += many->packed[i].n;
}

static void
many_send(struct sender *s, struct many *many)
{
	uint8_t     seed[KEY_BYTES], id[ID_BYTES], sig[SIG_BYTES];
	Sluis__Head head;

	randombytes_buf(seed, sizeof seed);
	randombytes_buf(id, sizeof id);
	fill_head(&s->link, &head, id);
	many->m.head        = &head;
	many->m.submissions = many->submissions;
	many->m.n_said      = many->m.n_submissions;
	many->m.said        = many->roots;
	must(joint_sign(
	         many->said, many->m.n_said, s->link.party.keys.sign_secret, seed, sig),
	    "sign");
	many->m.has_disclosure_seed = many->m.has_disclosure_sig = 1;
	many->m.disclosure_seed = message_borrow_bytes(seed, sizeof seed);
	many->m.disclosure_sig  = message_borrow_bytes(sig, sizeof sig);
	send_signed(&s->link, TYPE_SUBMIT_MANY, &many->m.base);
	for (size_t i = 0; i < many->m.n_submissions; i++) buf_wipe(&many->packed[i]);
}

/* Send as many from FIRST on as go into one frame, N at most; returns how many. */
static size_t
send_some(struct sender *s, uint64_t first, size_t n)
{
	const struct payload *p = &s->plan->payload;
	struct many           many;

	sluis__submit_many__init(&many.m);
	many.bytes = 0;
	for (size_t i = 0; i < n && i < JOINT_MAX; i++) {
		size_t next = p->len[(first + i) % p->n] + 1024;
		if (i > 0 && many.bytes + next > MANY_BYTES) break;
		many_add(s, &many, first + i);
	}
	many_send(s, &many);
	return many.m.n_submissions;
}

void
sender_send(struct sender *s, uint64_t first, size_t n)
{
	if (n == 1) {
		send_one(s, first);
		return;
	}
	for (size_t sent = 0; sent < n;) sent += send_some(s, first + sent, n - sent);
}

static uint64_t
number_of(Sluis__Answer *a, size_t n_to)
{
	if (a->n_outcomes != n_to) die("outcomes are missing");
	for (size_t i = 0; i < a->n_outcomes; i++)
		if (a->outcomes[i]->code == NULL ||
		    strcmp(a->outcomes[i]->code, "ok") != 0)
			die("a recipient was not served");
	return get_u64_be(a->request_id.data);
}

size_t
sender_accepted(struct sender *s, int wait_ms, uint64_t *ret)
{
	size_t n = 0;

	wait_for_answer(&s->link, wait_ms, s->plan->timer);
	for (Sluis__Answer *a;
	     n + JOINT_MAX <= LOAD_ACCEPTED_MAX && (a = answer_now(&s->link)) != NULL;) {
		for (size_t i = 0; i < a->n_answers; i++)
			ret[n++] = number_of(a->answers[i], s->plan->n_to);
		if (a->n_answers == 0) ret[n++] = number_of(a, s->plan->n_to);
	}
	return n;
}

/* --- a recipient ----------------------------------------------------------------- */

struct recipient {
	struct link    link;
	bool           asked;
	size_t         unsure; /* acknowledgements without an answer yet */
	uint8_t        receive_id[ID_BYTES];
	Sluis__Answer *got;
};

struct recipient *
recipient_open(const struct plan *p, size_t which)
{
	struct recipient *r = calloc(1, sizeof *r);

	if (r == NULL) die("memory");
	link_open(&r->link, p, p->to[which]);
	return r;
}

static void
ask_for_more(struct recipient *r)
{
	send_receive(&r->link, r->receive_id, RECEIVE_WAIT_MS);
	r->asked = true;
}

/* What has come: an answer to an acknowledgement, or deliveries. */
static bool
take_answer(struct recipient *r)
{
	Sluis__Answer *a = answer_now(&r->link);

	if (a == NULL) return false;
	if (memcmp(a->request_id.data, r->receive_id, ID_BYTES) == 0) {
		r->asked = false;
		r->got   = a;
	} else {
		r->unsure--;
	}
	return true;
}

/* Is it a signal, and not a notice (of a link, a recall)?  Field 1 of a Copy is the
 * signal, and comes first. */
static bool
is_signal(const Sluis__Delivery *d)
{
	return d->copy.len != 0 && d->copy.data[0] == 0x0a;
}

static size_t
n_signals(const Sluis__Answer *a)
{
	size_t n = 0;

	for (size_t i = 0; i < a->n_deliveries; i++) n += is_signal(a->deliveries[i]);
	return n;
}

size_t
recipient_receive(struct recipient *r, int wait_ms)
{
	if (!r->asked) ask_for_more(r);
	wait_for_answer(&r->link, wait_ms, -1);
	while (r->got == NULL && take_answer(r)) continue;
	if (r->got == NULL) return 0;
	size_t n = n_signals(r->got);
	if (n == 0 && r->got->n_deliveries != 0) recipient_acknowledge(r);
	if (n == 0) r->got = NULL;
	return n;
}

void
recipient_acknowledge(struct recipient *r)
{
	ProtobufCBinaryData ids[RECEIVE_MAX];
	uint8_t             id[ID_BYTES];
	Sluis__Head         head;
	Sluis__Acknowledge  m = SLUIS__ACKNOWLEDGE__INIT;

	if (r->got->n_deliveries > RECEIVE_MAX)
		die("more deliveries than were asked for");
	for (size_t i = 0; i < r->got->n_deliveries; i++)
		ids[i] = r->got->deliveries[i]->delivery_id;
	randombytes_buf(id, sizeof id);
	fill_head(&r->link, &head, id);
	m.head           = &head;
	m.n_delivery_ids = r->got->n_deliveries;
	m.delivery_ids   = ids;
	send_signed(&r->link, TYPE_ACKNOWLEDGE, &m.base);
	r->unsure++;
	r->got = NULL;
	ask_for_more(r);
}

/* What was acknowledged must be so at the broker before the next round, and no Receive
 * may wait there for somebody who is gone. */
void
recipient_close(struct recipient *r)
{
	for (uint64_t until = now_us() + 30000000; r->unsure != 0 || r->asked;) {
		if (now_us() > until) die("acknowledgements without an answer");
		wait_for_answer(&r->link, 100, -1);
		(void)take_answer(r);
		if (r->got != NULL && n_signals(r->got) != 0)
			die("more came than was sent");
		r->got = NULL;
	}
	link_close(&r->link);
	free(r);
}

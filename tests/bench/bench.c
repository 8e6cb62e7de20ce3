/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * bench.c - how many signals pass through a running region, and how fast.
 *
 * One sender keeps WINDOW submissions under way; every recipient has a thread that
 * receives and acknowledges, so the whole life of a copy is in the figures: signature
 * check, ruling, redaction, pseudonyms, journal, fsync, delivery, acknowledgement,
 * erasure.  The load generator runs on the same machine and is part of what is measured.
 *
 *	bench --dir REGION [--signals N] [--window W] [--signal FILE.json] [--convenant C]
 *	      [--phase P] [--purpose X] [--from NAME] [--to A,B,C] [--json]
 *
 * Latency is from handing the submission to the socket until its answer (that is: until
 * it is on disk).  CPU and memory are the broker's own, from /proc.  No test: it fails
 * only when something is lost.
 */
#include <getopt.h>
#include <jansson.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#include "certs/file.h"
#include "certs/keys.h"
#include "proto/auto.h"
#include "proto/disclosed.h"
#include "proto/envelope.h"
#include "proto/message.h"
#include "proto/pbjson.h"
#include "proto/schema.h"
#include "wire.pb-c.h"

enum { PARTIES_MAX = 16, PATH_BYTES = 512, FILE_BYTES = 1 << 20, RECEIVE_MAX = 128 };

struct party {
	char        name[64], oin[32], desk[64];
	struct keys keys;
};

struct region {
	json_t *json;
	char    origin[128], endpoint[128];
	uint8_t curve_public[KEY_BYTES];
	long    pid;
};

static const char *dir         = "",
                  *signal_file = SOURCE_DIR "/tests/signals/02-barn-at-the-nursery.json";
static const char *convenant = "riec", *phase = "1", *purpose = "casusoverleg";
static const char *from = "meldpunt", *to = "politie,om,nla";
static long        n_signals = 2000, window = 64;
static bool        as_json;

static struct region region;
static struct party  sender, recipients[PARTIES_MAX];
static size_t        n_recipients;
static void         *context;
static _Atomic long  n_delivered;
static _Atomic bool  finished;

static void
die(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

static void
must(rc code, const char *what)
{
	if (code == RC_OK) return;
	fprintf(stderr, "bench: %s: %s\n", what, rc_name(code));
	exit(1);
}

static uint64_t
now_us(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* --- the region on disk ---------------------------------------------------------- */

static json_t *
read_json(const char *path)
{
	json_t *j = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
	if (j == NULL) die(path);
	return j;
}

static void
text_of(const json_t *object, const char *key, char *out, size_t size)
{
	const char *s = json_string_value(json_object_get(object, key));
	if (s == NULL || strlen(s) >= size) die(key);
	memcpy(out, s, strlen(s) + 1);
}

static void
read_region(void)
{
	char path[PATH_BYTES], z85[64];

	(void)snprintf(path, sizeof path, "%s/region.json", dir);
	region.json = read_json(path);
	text_of(region.json, "origin", region.origin, sizeof region.origin);
	text_of(region.json, "endpoint", region.endpoint, sizeof region.endpoint);
	text_of(region.json, "broker_curve_public", z85, sizeof z85);
	if (zmq_z85_decode(region.curve_public, z85) == NULL) die("broker_curve_public");
	(void)snprintf(path, sizeof path, "%s/broker/ready.json", dir);
	json_t *ready = read_json(path);
	region.pid    = (long)json_integer_value(json_object_get(ready, "pid"));
	json_decref(ready);
}

static void
read_party(const char *name, struct party *p)
{
	char path[PATH_BYTES];

	(void)snprintf(path, sizeof path, "%s/parties/%s/party.json", dir, name);
	json_t *j = read_json(path);
	(void)snprintf(p->name, sizeof p->name, "%s", name);
	text_of(j, "oin", p->oin, sizeof p->oin);
	text_of(j, "desk", p->desk, sizeof p->desk);
	json_decref(j);
	(void)snprintf(path, sizeof path, "%s/parties/%s/keys.json", dir, name);
	must(keys_read(path, &p->keys), path);
}

/* --- requests -------------------------------------------------------------------- */

static void *
connect_as(const struct party *p)
{
	int   linger = 0;
	void *s      = zmq_socket(context, ZMQ_DEALER);

	if (s == NULL) die("socket");
	zmq_setsockopt(s, ZMQ_LINGER, &linger, sizeof linger);
	zmq_setsockopt(s, ZMQ_CURVE_SERVERKEY, region.curve_public, KEY_BYTES);
	zmq_setsockopt(s, ZMQ_CURVE_PUBLICKEY, p->keys.curve_public, KEY_BYTES);
	zmq_setsockopt(s, ZMQ_CURVE_SECRETKEY, p->keys.curve_secret, KEY_BYTES);
	if (zmq_connect(s, region.endpoint) != 0) die("connect");
	return s;
}

static void
fill_head(Sluis__Head *head, const struct party *p, uint8_t id[ID_BYTES])
{
	head->has_request_id = 1;
	head->request_id     = (ProtobufCBinaryData){ID_BYTES, id};
	head->has_created_ms = 1;
	head->created_ms     = now_us(CLOCK_REALTIME) / 1000;
	head->sender_oin     = (char *)(uintptr_t)p->oin;
	head->sender_desk    = (char *)(uintptr_t)p->desk;
	head->broker_origin  = region.origin;
}

static void
send_message(
    void *socket, const struct party *p, const char *type, const ProtobufCMessage *m)
{
	AUTO(buf_wipe)
	struct buf payload = buf_init(FRAME_MAX), frame = buf_init(FRAME_MAX);

	must(message_pack(m, &payload), "request");
	must(envelope_sign(type, buf_slice(&payload), p->keys.sign_secret, &frame),
	    "sign");
	if (zmq_send(socket, frame.p, frame.n, 0) < 0) die("send");
}

/* The next answer, or NULL after WAIT_MS. */
static Sluis__Answer *
next_answer(void *socket, long wait_ms)
{
	zmq_pollitem_t item = {.socket = socket, .events = ZMQ_POLLIN};
	zmq_msg_t      msg;

	if (zmq_poll(&item, 1, wait_ms) <= 0) return NULL;
	(void)zmq_msg_init(&msg);
	if (zmq_msg_recv(&msg, socket, 0) < 0) die("receive");
	Sluis__Answer *a =
	    sluis__answer__unpack(NULL, zmq_msg_size(&msg), zmq_msg_data(&msg));
	(void)zmq_msg_close(&msg);
	if (a == NULL) die("an answer that cannot be read");
	return a;
}

static void
expect_ok(const Sluis__Answer *a)
{
	if (a->code != NULL && strcmp(a->code, "ok") == 0) return;
	fprintf(stderr, "bench: refused: %s (%s)\n", a->code == NULL ? "?" : a->code,
	    a->where == NULL ? "" : a->where);
	exit(1);
}

/* --- a recipient: receive, acknowledge, again ------------------------------------ */

static Sluis__Answer *
ask(void *socket, const struct party *p, const char *type, ProtobufCMessage *m,
    Sluis__Head *head)
{
	uint8_t id[ID_BYTES];

	randombytes_buf(id, sizeof id);
	fill_head(head, p, id);
	send_message(socket, p, type, m);
	Sluis__Answer *a = next_answer(socket, 60000);
	if (a == NULL) die("no answer within a minute");
	expect_ok(a);
	return a;
}

static void
acknowledge(void *socket, const struct party *p, const Sluis__Answer *got)
{
	ProtobufCBinaryData ids[RECEIVE_MAX];
	Sluis__Head         head = SLUIS__HEAD__INIT;
	Sluis__Acknowledge  m    = SLUIS__ACKNOWLEDGE__INIT;

	for (size_t i = 0; i < got->n_deliveries; i++)
		ids[i] = got->deliveries[i]->delivery_id;
	m.head           = &head;
	m.n_delivery_ids = got->n_deliveries;
	m.delivery_ids   = ids;
	sluis__answer__free_unpacked(
	    ask(socket, p, TYPE_ACKNOWLEDGE, &m.base, &head), NULL);
}

static void *
recipient(void *arg)
{
	const struct party *p      = arg;
	void               *socket = connect_as(p);

	while (!atomic_load(&finished)) {
		Sluis__Head    head = SLUIS__HEAD__INIT;
		Sluis__Receive m    = SLUIS__RECEIVE__INIT;
		m.head              = &head;
		m.has_wait_ms = m.has_max_deliveries = m.has_lease_ms = 1;
		m.wait_ms                                             = 200;
		m.max_deliveries                                      = RECEIVE_MAX;
		m.lease_ms                                            = 60000;
		Sluis__Answer *got = ask(socket, p, TYPE_RECEIVE, &m.base, &head);
		if (got->n_deliveries != 0) acknowledge(socket, p, got);
		atomic_fetch_add(&n_delivered, (long)got->n_deliveries);
		sluis__answer__free_unpacked(got, NULL);
	}
	zmq_close(socket);
	return NULL;
}

/* --- the sender ------------------------------------------------------------------ */

static struct buf
read_signal(void)
{
	AUTO(buf_wipe) struct buf text  = buf_init(FILE_BYTES);
	struct buf                wire  = buf_init(SIGNAL_MAX);
	ProtobufCMessage         *m     = NULL;
	struct where              where = {0};

	must(file_read(signal_file, FILE_BYTES, false, &text), signal_file);
	must(pbjson_parse(&sluis__signal__descriptor, buf_slice(&text), &m, &where),
	    where.at);
	must(message_pack(m, &wire), "signal");
	message_destroy(&m);
	return wire;
}

/* The request id carries its number, so that an answer finds its starting time. */
/* Sign M for its recipients, as every client does, and send it. */
static void
send_signed(void *socket, Sluis__Submit *m)
{
	struct avowal a;
	uint8_t       seed[KEY_BYTES];

	Sluis__Signal *signal =
	    sluis__signal__unpack(NULL, m->signal.len, m->signal.data);
	if (signal == NULL) die("signal");
	randombytes_buf(seed, sizeof seed);
	must(disclosed_sign(m, &signal->base, sender.keys.sign_secret, seed, &a), "sign");
	disclosed_attach(m, &a);
	send_message(socket, &sender, TYPE_SUBMIT, &m->base);
	sluis__signal__free_unpacked(signal, NULL);
}

static void
submit(void *socket, const struct buf *signal, uint64_t number)
{
	Sluis__Head      head = SLUIS__HEAD__INIT;
	Sluis__Submit    m    = SLUIS__SUBMIT__INIT;
	Sluis__Recipient r[PARTIES_MAX], *list[PARTIES_MAX];
	uint8_t          id[ID_BYTES];

	randombytes_buf(id, sizeof id);
	put_u64_be(id, number);
	fill_head(&head, &sender, id);
	for (size_t i = 0; i < n_recipients; i++) {
		sluis__recipient__init(&r[i]);
		r[i].oin  = recipients[i].oin;
		r[i].desk = recipients[i].desk;
		list[i]   = &r[i];
	}
	m.head         = &head;
	m.convenant    = (char *)(uintptr_t)convenant;
	m.phase        = (char *)(uintptr_t)phase;
	m.purpose      = (char *)(uintptr_t)purpose;
	m.n_recipients = n_recipients;
	m.recipients   = list;
	m.has_signal   = 1;
	m.signal       = (ProtobufCBinaryData){signal->n, signal->p};
	send_signed(socket, &m);
}

static void
run_sender(const struct buf *signal, uint64_t *latency_us)
{
	void     *socket = connect_as(&sender);
	uint64_t *begun  = calloc((size_t)n_signals, sizeof *begun);
	long      sent = 0, answered = 0;

	if (begun == NULL) die("memory");
	while (answered < n_signals) {
		while (sent < n_signals && sent - answered < window) {
			begun[sent] = now_us(CLOCK_MONOTONIC);
			submit(socket, signal, (uint64_t)sent++);
		}
		Sluis__Answer *a = next_answer(socket, 60000);
		if (a == NULL) die("no answer within a minute");
		expect_ok(a);
		uint64_t number = get_u64_be(a->request_id.data);
		if (number >= (uint64_t)n_signals) die("an answer to nothing");
		latency_us[number] = now_us(CLOCK_MONOTONIC) - begun[number];
		answered++;
		sluis__answer__free_unpacked(a, NULL);
	}
	free(begun);
	zmq_close(socket);
}

/* --- the broker's own figures ---------------------------------------------------- */

static double
broker_cpu_s(void)
{
	char          path[64], line[1024];
	unsigned long user = 0, system = 0;

	(void)snprintf(path, sizeof path, "/proc/%ld/stat", region.pid);
	FILE *f = fopen(path, "r");
	if (f == NULL || fgets(line, sizeof line, f) == NULL) die(path);
	(void)fclose(f);
	const char *after = strrchr(line, ')');
	if (after == NULL ||
	    sscanf(after, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
	        &system) != 2)
		die("stat");
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static long
broker_memory_kib(const char *key)
{
	char path[64], line[256];
	long kib = 0;

	(void)snprintf(path, sizeof path, "/proc/%ld/status", region.pid);
	FILE *f = fopen(path, "r");
	if (f == NULL) die(path);
	while (fgets(line, sizeof line, f) != NULL)
		if (strncmp(line, key, strlen(key)) == 0)
			kib = strtol(line + strlen(key), NULL, 10);
	(void)fclose(f);
	return kib;
}

static int
by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

struct figures {
	size_t signal_bytes;
	double accept_s, deliver_s, cpu_s;
	double p50_ms, p99_ms;
	long   peak_kib, rest_kib;
};

static void
print_figures(const struct figures *f)
{
	double accepted  = (double)n_signals / f->accept_s;
	double delivered = (double)atomic_load(&n_delivered) / f->deliver_s;
	double cpu       = f->cpu_s * 1000.0 / (double)n_signals;

	if (as_json)
		printf("{\"signals\": %ld, \"signal_bytes\": %zu, \"recipients\": %zu, "
		       "\"window\": %ld, "
		       "\"accepted_per_s\": %.1f, \"deliveries_per_s\": %.1f, "
		       "\"p50_ms\": %.3f, "
		       "\"p99_ms\": %.3f, \"broker_cpu_s_per_1000\": %.3f, "
		       "\"broker_peak_kib\": %ld, "
		       "\"broker_rest_kib\": %ld}\n",
		    n_signals, f->signal_bytes, n_recipients, window, accepted, delivered,
		    f->p50_ms, f->p99_ms, cpu, f->peak_kib, f->rest_kib);
	else
		printf(
		    "signals            %ld of %zu bytes, %zu recipients, %ld under way\n"
		    "accepted           %.0f signals/s\n"
		    "delivered          %.0f copies/s, received and acknowledged\n"
		    "latency            p50 %.2f ms, p99 %.2f ms\n"
		    "broker CPU         %.3f s per 1000 signals\n"
		    "broker memory      %ld KiB at rest, %ld KiB at peak\n",
		    n_signals, f->signal_bytes, n_recipients, window, accepted, delivered,
		    f->p50_ms, f->p99_ms, cpu, f->rest_kib, f->peak_kib);
}

static void
measure(void)
{
	struct buf     signal  = read_signal();
	uint64_t      *latency = calloc((size_t)n_signals, sizeof *latency);
	struct figures f       = {
	          .signal_bytes = signal.n, .rest_kib = broker_memory_kib("VmRSS:")};
	pthread_t threads[PARTIES_MAX];
	long      expected = n_signals * (long)n_recipients;

	if (latency == NULL) die("memory");
	for (size_t i = 0; i < n_recipients; i++)
		if (pthread_create(&threads[i], NULL, recipient, &recipients[i]) != 0)
			die("thread");
	double   cpu     = broker_cpu_s();
	uint64_t started = now_us(CLOCK_MONOTONIC);
	run_sender(&signal, latency);
	f.accept_s = (double)(now_us(CLOCK_MONOTONIC) - started) / 1e6;
	while (atomic_load(&n_delivered) < expected) {
		if (now_us(CLOCK_MONOTONIC) - started > 600u * 1000000u)
			die("deliveries are missing");
		(void)usleep(1000);
	}
	f.deliver_s = (double)(now_us(CLOCK_MONOTONIC) - started) / 1e6;
	f.cpu_s     = broker_cpu_s() - cpu;
	f.peak_kib  = broker_memory_kib("VmHWM:");
	atomic_store(&finished, true);
	for (size_t i = 0; i < n_recipients; i++) (void)pthread_join(threads[i], NULL);
	qsort(latency, (size_t)n_signals, sizeof *latency, by_value);
	f.p50_ms = (double)latency[n_signals / 2] / 1000.0;
	f.p99_ms = (double)latency[n_signals * 99 / 100] / 1000.0;
	print_figures(&f);
	free(latency);
	buf_wipe(&signal);
}

static void
parse(int argc, char **argv)
{
	static const struct option known[] = {{"dir", 1, NULL, 'd'},
	    {"signals", 1, NULL, 'n'}, {"window", 1, NULL, 'w'}, {"signal", 1, NULL, 's'},
	    {"convenant", 1, NULL, 'c'}, {"phase", 1, NULL, 'p'},
	    {"purpose", 1, NULL, 'x'}, {"from", 1, NULL, 'f'}, {"to", 1, NULL, 't'},
	    {"json", 0, NULL, 'j'}, {NULL, 0, NULL, 0}};
	int                        c;

	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (c) {
		case 'd':
			dir = optarg;
			break;
		case 'n':
			n_signals = strtol(optarg, NULL, 10);
			break;
		case 'w':
			window = strtol(optarg, NULL, 10);
			break;
		case 's':
			signal_file = optarg;
			break;
		case 'c':
			convenant = optarg;
			break;
		case 'p':
			phase = optarg;
			break;
		case 'x':
			purpose = optarg;
			break;
		case 'f':
			from = optarg;
			break;
		case 't':
			to = optarg;
			break;
		case 'j':
			as_json = true;
			break;
		default:
			exit(2);
		}
	}
	if (dir[0] == '\0' || n_signals < 1 || window < 1)
		die("usage: see the head of bench.c");
}

int
main(int argc, char **argv)
{
	char list[512];

	parse(argc, argv);
	if (sodium_init() < 0) die("libsodium");
	read_region();
	read_party(from, &sender);
	(void)snprintf(list, sizeof list, "%s", to);
	for (char *rest = list, *name; (name = strsep(&rest, ",")) != NULL;) {
		if (n_recipients == PARTIES_MAX) die("too many recipients");
		read_party(name, &recipients[n_recipients++]);
	}
	context = zmq_ctx_new();
	measure();
	zmq_ctx_term(context);
	json_decref(region.json);
	return 0;
}

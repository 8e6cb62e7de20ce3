/* SPDX-License-Identifier: EUPL-1.2 */
/* region.c - a broker in a temporary folder, and the messages of its desks. */
#include "support/region.h"

#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker/knowing/subject.h"
#include "certs/file.h"
#include "proto/disclosed.h"
#include "proto/guard.h"
#include "proto/message.h"

void
must(rc code)
{
	if (code == RC_OK) return;
	(void)fprintf(stderr, "region: %s\n", rc_name(code));
	abort();
}

static void
need(bool holds, const char *what)
{
	if (holds) return;
	(void)fprintf(stderr, "region: %s\n", what);
	abort();
}

/* --- files ----------------------------------------------------------------------- */

static void
path_of(const struct region *r, const char *name, char out[256])
{
	need(snprintf(out, 256, "%s/%s", r->dir, name) < 256, "path");
}

static void
write_config(const struct region *r)
{
	char path[256], text[2048];
	path_of(r, "sluisd.yaml", path);
	(void)snprintf(text, sizeof text,
	    "origin: " REGION_ORIGIN "\nendpoint_agency: tcp://127.0.0.1:*\n"
	    "endpoint_audit: tcp://127.0.0.1:*\nendpoint_enrol: tcp://127.0.0.1:*\n"
	    "state_dir: state\npolicy_dir: %s/policy\nanchors_file: ca/ca.pem\n"
	    "crl_file: ca/crl.pem\nkeys_file: keys.json\n"
	    "trust_file: trust\n",
	    SOURCE_DIR);
	must(file_write(path, slice_str(text), 0644));
}

/* --- the broker ------------------------------------------------------------------ */

void
region_reload_trust(struct region *r)
{
	AUTO(buf_wipe) struct buf anchors = buf_init(PEM_MAX), lists = buf_init(PEM_MAX);
	trust_destroy(&r->broker.trust);
	must(file_read(r->config->anchors_file, PEM_MAX, false, &anchors));
	must(file_read(r->config->crl_file, PEM_MAX, false, &lists));
	must(trust_load(buf_slice(&anchors), buf_slice(&lists), &r->broker.trust));
}

static rc
add_binding(void *arg, struct slice envelope, struct slice chain)
{
	struct broker *b = arg;
	struct binding binding;
	TRY(binding_check(envelope, chain, b->trust, REGION_ORIGIN, b->now_ms, &binding));
	return registry_add(b->registry, b->policy, &binding, envelope, chain);
}

rc
region_begin(struct region *r)
{
	struct broker       *b = &r->broker;
	const struct config *c = r->config;

	keeper_destroy(&b->keeper); /* it lives as long as the broker's process */
	TRY(keeper_local(&b->keeper, &r->keys, REGION_ORIGIN, 1));
	b->line = keeper_line(b->keeper, 0);
	TRY(pseudonymiser_new(
	    &b->pseudonymiser, b->line, keeper_facts(b->keeper)->current));
	TRY(store_open(&b->store, c->state_dir));
	TRY(pseudonymiser_of_subjects(&b->subjects, b->line));
	TRY(store_unlock(b->store, b->line));
	TRY(journal_open(&b->journal, b->store, c->origin, b->line));
	TRY(store_settle(b->store));
	TRY(witness_open(&b->witness, b->store, c, journal_verifier(b->journal)));
	TRY(dispatch_new(&b->dispatch, b->store, c, b->line));
	TRY(veil_new(&b->veil, c, b->now_ms));
	TRY(registry_new(&b->registry));
	return store_each_binding(b->store, add_binding, b);
}

void
region_end(struct region *r)
{
	struct broker *b = &r->broker;
	veil_destroy(&b->veil);
	dispatch_destroy(&b->dispatch);
	registry_destroy(&b->registry);
	witness_destroy(&b->witness);
	journal_destroy(&b->journal);
	store_destroy(&b->store);
	pseudonymiser_destroy(&b->pseudonymiser);
	pseudonymiser_destroy(&b->subjects);
}

void
region_open(struct region *r)
{
	static struct findings findings;
	const char            *tmp = getenv("TMPDIR");
	char                   dir[200], path[256];

	*r = (struct region){0};
	need(sodium_init() >= 0, "sodium");
	(void)snprintf(
	    dir, sizeof dir, "%s/sluis-region-XXXXXX", tmp == NULL ? "/tmp" : tmp);
	need(mkdtemp(dir) != NULL, "mkdtemp");
	r->dir = strdup(dir);
	path_of(r, "ca", path);
	need(mkdir(path, 0700) == 0, "mkdir");
	must(ca_create(path, "CA Rivierenland", REGION_NOW_S - DAY_S, 400));
	must(ca_open(&r->ca, path));
	write_config(r);
	path_of(r, "keys.json", path);
	must(keyring_create(path, "2027"));
	path_of(r, "sluisd.yaml", path);
	must(config_load(path, &r->config, &findings));
	r->broker.config = r->config;
	r->broker.now_ms = REGION_NOW_MS;
	must(keyring_read(r->config->keys_file, &r->keys));
	must(policy_load(r->config->policy_dir, &r->broker.policy, &findings));
	region_reload_trust(r);
	must(region_begin(r));
}

void
region_restart(struct region *r)
{
	region_end(r);
	must(region_begin(r));
}

void
region_new_keys(struct region *r)
{
	struct keyring old = r->keys;

	region_end(r);
	must(keyring_make(&r->keys, "2027"));
	memcpy(r->keys.master, old.master, sizeof old.master);
	keyring_wipe(&old);
	must(region_begin(r));
}

void
region_lose_master(struct region *r)
{
	struct keyring fresh;

	region_end(r);
	must(keyring_make(&fresh, "2027"));
	r->keys.master[0] = fresh.master[0];
	r->keys.master[0].id += 1;
	keyring_wipe(&fresh);
	must(region_begin(r));
}

void
region_close(struct region *r)
{
	region_end(r);
	broker_close(&r->broker);
	config_destroy(&r->config);
	ca_destroy(&r->ca);
	remove_folder(r->dir);
	free(r->dir);
	*r = (struct region){0};
}

void
region_sql(const char *state_dir, const char *name, const char *sql)
{
	char     path[512];
	sqlite3 *db = NULL;
	(void)snprintf(path, sizeof path, "%s/%s", state_dir, name);
	need(sqlite3_open(path, &db) == SQLITE_OK, "open database");
	need(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, sql);
	need(sqlite3_close(db) == SQLITE_OK, "close database");
}

sqlite3 *
region_reader(const char *state_dir, const char *name)
{
	char     path[512];
	sqlite3 *db = NULL;

	(void)snprintf(path, sizeof path, "%s/%s", state_dir, name);
	need(sqlite3_open(path, &db) == SQLITE_OK, "open database");
	need(sqlite3_exec(db, "BEGIN; SELECT count(*) FROM sqlite_schema", NULL, NULL,
	         NULL) == SQLITE_OK,
	    "read");
	return db;
}

/* --- persons --------------------------------------------------------------------- */

void
person_make(struct region *r, const char *oin, const char *desk, uint64_t sequence,
    struct person *ret)
{
	struct subject subject = {.oin = oin, .organisation = "Voorbeeld", .desk = desk};

	*ret = (struct person){.chain = buf_init(PEM_MAX), .envelope = buf_init(PEM_MAX)};
	(void)snprintf(ret->oin, sizeof ret->oin, "%s", oin);
	(void)snprintf(ret->desk, sizeof ret->desk, "%s", desk);
	must(keys_generate(&ret->keys));
	ret->cert_key = EVP_EC_gen("P-256");
	need(ret->cert_key != NULL, "key");
	must(ca_issue(r->ca, &subject, ret->cert_key, REGION_NOW_S - DAY_S,
	    REGION_NOW_S + 60 * DAY_S, &ret->chain));
	must(binding_make(&ret->keys, buf_slice(&ret->chain), ret->cert_key,
	    REGION_ORIGIN, REGION_NOW_MS - 3600 * 1000,
	    REGION_NOW_MS + 30ull * DAY_S * 1000, sequence, &ret->envelope));
}

void
person_wipe(struct person *p)
{
	EVP_PKEY_free(p->cert_key);
	buf_wipe(&p->chain);
	buf_wipe(&p->envelope);
	keys_wipe(&p->keys);
	p->cert_key = NULL;
}

rc
person_enrol(struct region *r, const struct person *p)
{
	struct binding b;
	TRY(binding_check(buf_slice(&p->envelope), buf_slice(&p->chain), r->broker.trust,
	    REGION_ORIGIN, r->broker.now_ms, &b));
	return registry_add(r->broker.registry, r->broker.policy, &b,
	    buf_slice(&p->envelope), buf_slice(&p->chain));
}

void
person_enrolled(struct region *r, const char *oin, const char *desk, struct person *ret)
{
	person_make(r, oin, desk, 1, ret);
	must(person_enrol(r, ret));
}

struct member *
person_member(struct region *r, const struct person *p)
{
	return registry_find(r->broker.registry, p->keys.curve_public);
}

/* --- messages -------------------------------------------------------------------- */

void
pack_message(const ProtobufCMessage *m, struct buf *out)
{
	need(message_pack(m, out) == RC_OK, "pack");
}

void
head_make(
    struct region *r, const struct person *p, uint8_t id[ID_BYTES], Sluis__Head *ret)
{
	memset(id, 0, ID_BYTES);
	put_u64_be(id + 8, ++r->last_request);
	sluis__head__init(ret);
	ret->has_request_id = 1;
	ret->request_id     = (ProtobufCBinaryData){.len = ID_BYTES, .data = id};
	ret->has_created_ms = 1;
	ret->created_ms     = r->broker.now_ms;
	ret->sender_oin     = message_borrow(p->oin);
	ret->sender_desk    = message_borrow(p->desk);
	ret->broker_origin  = message_borrow(REGION_ORIGIN);
}

/* What P signs for each recipient, if it has not done so. */
static void
disclose(const struct person *p, Sluis__Submit *m, struct avowal *ret)
{
	AUTO(message_destroy) ProtobufCMessage *signal = NULL;

	uint8_t seed[KEY_BYTES] = {0}; /* asked again, it is the same request */

	if (m->has_disclosure_sig || m->has_disclosure_seed || m->head == NULL ||
	    m->head->request_id.len != ID_BYTES)
		return;
	if (guard_unpack(&sluis__signal__descriptor,
	        slice_of(m->signal.data, m->signal.len), guard_signal, &signal) != RC_OK)
		return; /* no signal: there is nothing to sign */
	memcpy(seed, m->head->request_id.data, ID_BYTES);
	rc code = disclosed_sign(m, signal, p->keys.sign_secret, seed, ret);
	if (code == RC_TOO_MANY) return; /* the broker's to say */
	must(code);
	disclosed_attach(m, ret);
}

/* M as it will be signed: a submission says what it says to each recipient. */
static void
pack_whole(
    const struct person *p, const char *type, const ProtobufCMessage *m, struct buf *out)
{
	struct avowal a;
	Sluis__Submit submit;

	if (strcmp(type, TYPE_SUBMIT) != 0 ||
	    m->descriptor != &sluis__submit__descriptor) {
		pack_message(m, out);
		return;
	}
	submit = *(const Sluis__Submit *)(const void *)m;
	disclose(p, &submit, &a);
	pack_message(&submit.base, out);
}

void
person_sign(
    const struct person *p, const char *type, const ProtobufCMessage *m, struct buf *out)
{
	AUTO(buf_wipe) struct buf payload = buf_init(ANSWER_MAX);
	pack_whole(p, type, m, &payload);
	must(envelope_sign(type, buf_slice(&payload), p->keys.sign_secret, out));
}

static rc
commit(struct broker *b)
{
	TRY(journal_seal_batch(b->journal));
	TRY(store_commit(b->store));
	tally_commit(&b->tally);
	return journal_commit(b->journal);
}

static void
undo(struct broker *b)
{
	store_rollback(b->store);
	tally_undo(&b->tally);
	must(journal_reload(b->journal));
	dispatch_recount(b->dispatch);
}

static Sluis__Answer *
finish(struct broker *b, struct reply *reply)
{
	AUTO(buf_wipe) struct buf frame = buf_init(ANSWER_MAX);
	rc                        code =
	    reply_finish(reply, b->journal, policy_hash(b->policy), b->now_ms, &frame);
	if (code != RC_OK) { /* committed, and yet it cannot be told now */
		buf_wipe(&frame);
		must(reply_fail(reply, code));
		must(reply_finish(
		    reply, b->journal, policy_hash(b->policy), b->now_ms, &frame));
	}
	Sluis__Answer *a = sluis__answer__unpack(NULL, frame.n, frame.p);
	need(a != NULL, "answer");
	return a;
}

/* Begin a batch with this one message in it. */
static rc
come_in(struct broker *b, const struct person *p, enum door door, uint8_t route,
    struct slice frame, struct reply *reply)
{
	struct incoming in = {.route = {.door = door, .n = 1, .id = {route}}};

	memcpy(in.curve_public, p->keys.curve_public, KEY_BYTES);
	need(zmq_msg_init_size(&in.payload, frame.n) == 0, "message");
	if (frame.n != 0) memcpy(zmq_msg_data(&in.payload), frame.p, frame.n);
	must(store_begin(b->store));
	must(reply_init(reply, &in.route, slice_of(NULL, 0)));
	rc code = intake_handle(b, &in, reply);
	(void)zmq_msg_close(&in.payload);
	return code;
}

rc
region_exchange(struct region *r, const struct person *p, enum door door, uint8_t route,
    struct slice frame, Sluis__Answer **ret)
{
	struct broker                *b     = &r->broker;
	AUTO(reply_wipe) struct reply reply = {0};

	*ret    = NULL;
	rc code = come_in(b, p, door, route, frame, &reply);
	if (code == RC_OK) code = commit(b);
	if (code != RC_OK) {
		undo(b);
		return code;
	}
	if (!reply.parked) *ret = finish(b, &reply);
	return RC_OK;
}

rc
region_try(struct region *r, const struct person *p, enum door door, struct slice frame)
{
	AUTO(reply_wipe) struct reply reply = {0};

	rc code = come_in(&r->broker, p, door, 1, frame, &reply);
	undo(&r->broker);
	return code;
}

Sluis__Answer *
region_ask(
    struct region *r, const struct person *p, const char *type, const ProtobufCMessage *m)
{
	AUTO(buf_wipe) struct buf frame = buf_init(FRAME_MAX);
	Sluis__Answer            *a     = NULL;
	const struct member      *me    = person_member(r, p);
	bool auditor = me != NULL && strcmp(me->party->role, "auditor") == 0;

	person_sign(p, type, m, &frame);
	must(region_exchange(
	    r, p, auditor ? DOOR_AUDIT : DOOR_AGENCY, 1, buf_slice(&frame), &a));
	return a;
}

void
signal_from_json(const char *json, struct buf *out)
{
	AUTO(message_destroy) ProtobufCMessage *m = NULL;
	struct where                            w = {0};
	rc code = pbjson_parse(&sluis__signal__descriptor, slice_str(json), &m, &w);
	if (code != RC_OK) (void)fprintf(stderr, "%s: %s\n", w.at, w.reason);
	must(code);
	pack_message(m, out);
}

void
signal_from_file(const char *name, struct buf *out)
{
	AUTO(buf_wipe) struct buf text = buf_init(1 << 20);
	char                      path[512];
	(void)snprintf(path, sizeof path, "%s/tests/signals/%s", SOURCE_DIR, name);
	must(file_read(path, 1 << 20, false, &text));
	must(buf_append(&text, slice_of("", 1)));
	signal_from_json((const char *)text.p, out);
}

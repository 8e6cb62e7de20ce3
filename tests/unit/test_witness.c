/* SPDX-License-Identifier: EUPL-1.2 */
/* test_witness.c - the broker and its witnesses: which line counts, when a head has its
 * quorum, and what a state that is older than what it signed does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support/region.h"
#include "broker/batch.h"
#include "broker/journal/published.h"
#include "certs/file.h"
#include "proto/cosignature.h"

enum { N = 70 };

static struct region        region;
static struct person        politie, auditor;
static uint8_t              secret[N][64];
static struct note_verifier key[N];

static char *
in_dir(const char *name)
{
	static char path[300];
	(void)snprintf(path, sizeof path, "%s/%s", region.dir, name);
	return path;
}

/* A trust file of N_WITNESSES with a quorum of K. */
static void
write_trust(unsigned n_witnesses, unsigned k)
{
	AUTO(buf_wipe) struct buf text = buf_init(TRUST_FILE_MAX);
	char                      vkey[NOTE_VKEY_MAX];

	must(note_verifier_format(journal_verifier(region.broker.journal), vkey));
	must(buf_printf(&text, "log %s\n", vkey));
	for (unsigned i = 0; i < n_witnesses; i++) {
		must(note_key_format(&key[i], NOTE_COSIGNATURE, vkey));
		must(buf_printf(&text, "witness w%u %s\n", i, vkey));
	}
	must(buf_printf(&text, "group g %u", k));
	for (unsigned i = 0; i < n_witnesses; i++) must(buf_printf(&text, " w%u", i));
	must(buf_printf(&text, "\nquorum g\n"));
	must(file_write(in_dir("trust"), buf_slice(&text), 0644));
}

static void
make_witness_keys(void)
{
	uint8_t seed[32] = {'w'}, pub[32];
	char    name[64];

	for (unsigned i = 0; i < N; i++) {
		seed[1] = (uint8_t)i;
		(void)crypto_sign_seed_keypair(pub, secret[i], seed);
		(void)snprintf(name, sizeof name, REGION_ORIGIN "/witness/%u", i);
		must(note_key_init(&key[i], NOTE_COSIGNATURE, name, pub));
	}
}

/* N more entries, committed. */
static void
grow(unsigned n)
{
	struct broker *b = &region.broker;
	struct event   e = {.kind = SLUIS__EVENT_KIND__EVENT_OPENED};
	uint64_t       index;

	must(store_begin(b->store));
	for (unsigned i = 0; i < n; i++) must(event_append(b, &e, &index));
	must(batch_commit(b));
}

static int
open_region(void **state)
{
	(void)state;
	region_open(&region);
	make_witness_keys();
	person_enrolled(&region, OIN_POLICE, "avim", &politie);
	person_enrolled(&region, OIN_AUDITOR, "auditor", &auditor);
	write_trust(3, 2);
	must(witness_reread(region.broker.witness));
	grow(5);
	must(witness_turn(&region.broker));
	return 0;
}

static int
close_region(void **state)
{
	(void)state;
	person_wipe(&politie);
	person_wipe(&auditor);
	region_close(&region);
	return 0;
}

static struct slice
waiting(uint64_t *ret_size)
{
	struct slice note = slice_of(NULL, 0);

	if (!witness_head(region.broker.witness, WITNESS_WAITING, ret_size, &note))
		fail_msg("no head waits");
	return note;
}

static bool
has_quorum(uint64_t *ret_size, struct slice *ret_note)
{
	return witness_head(region.broker.witness, WITNESS_QUORUM, ret_size, ret_note);
}

/* The line of witness I under the waiting head, at the broker's time plus SECONDS. */
static void
line_of(unsigned i, int seconds, struct buf *out)
{
	uint64_t size;
	uint64_t time_s = (uint64_t)((int64_t)(region.broker.now_ms / 1000) + seconds);

	must(cosignature_make(&key[i], secret[i], waiting(&size), time_s, out));
}

/* --- asking ------------------------------------------------------------------------- */

static Sluis__Answer *
ask(const char *type, const ProtobufCMessage *m)
{
	AUTO(buf_wipe) struct buf frame  = buf_init(FRAME_MAX);
	Sluis__Answer            *answer = NULL;

	person_sign(&politie, type, m, &frame);
	must(region_exchange(
	    &region, &politie, DOOR_AGENCY, 1, buf_slice(&frame), &answer));
	return answer;
}

/* Present LINE (with or without its newline) for a head of SIZE; the answer's code. */
static rc
cosign(uint64_t size, struct slice line)
{
	Sluis__Cosign m = SLUIS__COSIGN__INIT;
	Sluis__Head   head;
	uint8_t       id[ID_BYTES];
	char          text[1024];

	(void)snprintf(text, sizeof text, "%.*s", (int)line.n, (const char *)line.p);
	head_make(&region, &politie, id, &head);
	m.head                                 = &head;
	m.has_size                             = 1;
	m.size                                 = size;
	m.cosignature                          = text;
	AUTO(message_destroy) Sluis__Answer *a = ask(TYPE_COSIGN, &m.base);
	return strcmp(a->code, "ok") == 0 ? RC_OK : rc_from_name(a->code);
}

/* Witness I cosigns what waits. */
static rc
witness(unsigned i)
{
	AUTO(buf_wipe) struct buf line = buf_init(1024);
	uint64_t                  size;

	line_of(i, 0, &line);
	(void)waiting(&size);
	return cosign(size, buf_slice(&line));
}

static Sluis__Answer *
prove(Sluis__Prove *m)
{
	static Sluis__Head head;
	static uint8_t     id[ID_BYTES];

	head_make(&region, &politie, id, &head);
	m->head = &head;
	return ask(TYPE_PROVE, &m->base);
}

static void
read_proof(const Sluis__Answer *a, struct merkle_proof *ret)
{
	ret->n = a->n_proof;
	for (size_t i = 0; i < a->n_proof; i++) {
		assert_int_equal(a->proof[i].len, HASH_BYTES);
		memcpy(ret->hashes[i].b, a->proof[i].data, HASH_BYTES);
	}
}

static struct checkpoint
head_of(const Sluis__Answer *a)
{
	struct checkpoint c = {.size = 0};

	assert_non_null(a->checkpoint);
	must(checkpoint_open(
	    slice_str(a->checkpoint), journal_verifier(region.broker.journal), &c));
	return c;
}

/* --- cosignatures ---------------------------------------------------------------- */

static void
enough_lines_make_a_quorum_and_no_less(void **state)
{
	uint64_t     size = 0;
	struct slice note;
	(void)state;

	assert_false(has_quorum(&size, &note));
	assert_int_equal(witness(0), RC_OK);
	assert_false(has_quorum(&size, &note));
	assert_int_equal(witness(2), RC_OK);
	assert_true(has_quorum(&size, &note));
	assert_int_equal(size, 5);
	assert_int_equal(cosignature_find(note, &key[0], &size), RC_OK);
	assert_int_equal(cosignature_find(note, &key[1], &size), RC_NOT_FOUND);
	assert_int_equal(cosignature_find(note, &key[2], &size), RC_OK);
	assert_int_equal(witness(1), RC_OK); /* who comes later is added */
	assert_true(has_quorum(&size, &note));
	assert_int_equal(cosignature_find(note, &key[1], &size), RC_OK);
}

static void
cosigning_is_no_event(void **state)
{
	uint64_t before = journal_size(region.broker.journal);
	(void)state;

	assert_int_equal(witness(0), RC_OK);
	assert_int_equal(witness(1), RC_OK);
	assert_int_equal(journal_size(region.broker.journal), before);
}

static void
the_same_line_again_changes_nothing_and_another_is_refused(void **state)
{
	AUTO(buf_wipe) struct buf line = buf_init(1024), later = buf_init(1024);
	uint64_t                  size;
	struct slice              note;
	(void)state;

	line_of(0, 0, &line);
	line_of(0, 1, &later);
	size_t n = waiting(&size).n;
	assert_int_equal(cosign(size, buf_slice(&line)), RC_OK);
	assert_int_equal(waiting(&size).n, n + line.n);
	assert_int_equal(cosign(size, buf_slice(&line)), RC_OK);
	assert_int_equal(cosign(size, buf_slice(&later)), RC_REPLAYED);
	assert_int_equal(waiting(&size).n, n + line.n);
	assert_false(has_quorum(&size, &note));
}

static void
a_line_for_another_head_is_refused(void **state)
{
	AUTO(buf_wipe) struct buf line = buf_init(1024);
	uint64_t                  size;
	(void)state;

	line_of(0, 0, &line);
	(void)waiting(&size);
	assert_int_equal(cosign(size + 1, buf_slice(&line)), RC_STALE);
	assert_int_equal(cosign(size - 1, buf_slice(&line)), RC_STALE);
	/* a newer head waits: what was signed for the old one does not pass for it */
	assert_int_equal(witness(1), RC_OK);
	assert_int_equal(witness(2), RC_OK);
	grow(3);
	region.broker.now_ms += 61 * 1000;
	must(witness_turn(&region.broker));
	(void)waiting(&size);
	assert_int_equal(size, 8);
	assert_int_equal(cosign(5, buf_slice(&line)), RC_STALE);
	assert_int_equal(cosign(size, buf_slice(&line)), RC_BAD_SIGNATURE);
}

static void
a_line_of_nobody_we_know_is_told_and_not_journalled(void **state)
{
	uint64_t before = journal_size(region.broker.journal);
	(void)state;

	assert_int_equal(witness(7), RC_NOT_FOUND);
	assert_int_equal(journal_size(region.broker.journal), before);
}

static void
a_line_under_another_name_is_not_the_witness(void **state)
{
	AUTO(buf_wipe) struct buf line = buf_init(1024);
	struct note_verifier      other;
	uint64_t                  size;
	(void)state;

	must(note_key_init(
	    &other, NOTE_COSIGNATURE, REGION_ORIGIN "/witness/x", key[0].public_key));
	must(cosignature_make(&other, secret[0], waiting(&size), 1800000000, &line));
	assert_int_equal(cosign(size, buf_slice(&line)), RC_NOT_FOUND);
}

static void
malformed_lines_are_refused(void **state)
{
	static const char *const  bad[] = {"", "\n", "x", "\xe2\x80\x94 a b\n",
	     "\xe2\x80\x94 " REGION_ORIGIN "/witness/0 AAAA\n",
	     "\xe2\x80\x94 " REGION_ORIGIN "/witness/0 \n"};
	AUTO(buf_wipe) struct buf two = buf_init(2048), cut = buf_init(1024);
	uint64_t                  size;
	(void)state;

	(void)waiting(&size);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(cosign(size, slice_str(bad[i])), RC_BAD_SIGNATURE);
	line_of(0, 0, &two);
	line_of(1, 0, &two);
	assert_int_equal(cosign(size, buf_slice(&two)), RC_MALFORMED);
	line_of(0, 0, &cut);
	assert_int_equal(cosign(size, slice_of(cut.p, cut.n - 9)), RC_BAD_SIGNATURE);
	cut.p[cut.n - 20] ^= 1;
	assert_int_not_equal(cosign(size, buf_slice(&cut)), RC_OK);
}

static void
a_time_that_cannot_be_is_refused(void **state)
{
	AUTO(buf_wipe) struct buf late = buf_init(1024), early = buf_init(1024);
	uint64_t                  size;
	(void)state;

	line_of(0, 301, &late);
	line_of(0, -301, &early);
	(void)waiting(&size);
	assert_int_equal(cosign(size, buf_slice(&late)), RC_FUTURE);
	assert_int_equal(cosign(size, buf_slice(&early)), RC_STALE);
}

static void
as_many_lines_are_kept_as_a_note_may_hold(void **state)
{
	struct checkpoint c;
	uint64_t          size;
	struct slice      note;
	(void)state;

	write_trust(N, N);
	must(witness_reread(region.broker.witness));
	for (unsigned i = 0; i < N; i++) assert_int_equal(witness(i), RC_OK);
	assert_false(has_quorum(&size, &note));
	must(
	    checkpoint_open(waiting(&size), journal_verifier(region.broker.journal), &c));
}

static void
thirty_two_witnesses_are_enough(void **state)
{
	uint64_t     size;
	struct slice note;
	(void)state;

	write_trust(32, 32);
	must(witness_reread(region.broker.witness));
	for (unsigned i = 0; i < 32; i++) {
		assert_false(has_quorum(&size, &note));
		assert_int_equal(witness(i), RC_OK);
	}
	assert_true(has_quorum(&size, &note));
}

static void
cosignatures_survive_a_restart(void **state)
{
	uint64_t     size;
	struct slice note;
	(void)state;

	assert_int_equal(witness(0), RC_OK);
	region_restart(&region);
	must(person_enrol(&region, &politie));
	assert_int_equal(cosignature_find(waiting(&size), &key[0], &size), RC_OK);
	assert_int_equal(witness(1), RC_OK);
	region_restart(&region);
	assert_true(has_quorum(&size, &note));
	assert_int_equal(size, 5);
}

static void
what_was_rolled_back_was_not_cosigned(void **state)
{
	AUTO(buf_wipe) struct buf line = buf_init(1024);
	uint64_t                  size;
	(void)state;

	line_of(0, 0, &line);
	size_t n = waiting(&size).n;
	must(store_begin(region.broker.store));
	must(witness_add(region.broker.witness, size, slice_of(line.p, line.n - 1),
	    region.broker.now_ms));
	assert_int_equal(waiting(&size).n, n + line.n);
	must(batch_undo(&region.broker));
	assert_int_equal(waiting(&size).n, n);
}

/* --- which head waits ------------------------------------------------------------ */

/* How many lines N turns, a minute after the last ones, write to the log. */
static unsigned
lines_of_turns(unsigned n)
{
	static char said[8192];
	int         ends[2], old = dup(STDERR_FILENO);
	unsigned    lines = 0;

	assert_int_equal(pipe(ends), 0);
	assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
	(void)close(ends[1]);
	region.broker.now_ms += 61 * 1000;
	while (n-- > 0) must(witness_turn(&region.broker));
	assert_true(dup2(old, STDERR_FILENO) >= 0); /* the last end: then it is over */
	(void)close(old);
	for (ssize_t got; (got = read(ends[0], said, sizeof said)) > 0;)
		for (ssize_t i = 0; i < got; i++) lines += said[i] == '\n';
	(void)close(ends[0]);
	return lines;
}

/* Its place is taken: said once, tried at every turn, and written when it can be. */
static void
a_head_that_cannot_be_published_is_told_of_once_and_published_when_it_can(void **state)
{
	const char *path = region.config->published_file;
	(void)state;
	for (int round = 0; round < 2; round++) {
		assert_int_equal(unlink(path), 0);
		assert_int_equal(mkdir(path, 0700), 0);
		grow(3);
		assert_int_equal(lines_of_turns(5), 1);
		assert_int_equal(rmdir(path), 0);
		assert_int_equal(lines_of_turns(1), 0);
		assert_int_equal(access(path, F_OK), 0);
	}
}

static void
a_head_waits_for_its_quorum_and_not_for_ever(void **state)
{
	uint64_t size;
	(void)state;

	grow(3);
	region.broker.now_ms += 61 * 1000;
	must(witness_turn(&region.broker));
	(void)waiting(&size);
	assert_int_equal(size, 5); /* no quorum yet: it stays */
	region.broker.now_ms += 3600 * 1000;
	must(witness_turn(&region.broker));
	(void)waiting(&size);
	assert_int_equal(size, 8);
}

static void
a_newer_head_comes_after_the_quorum_and_its_time(void **state)
{
	uint64_t     size;
	struct slice note;
	(void)state;

	assert_int_equal(witness(0), RC_OK);
	assert_int_equal(witness(1), RC_OK);
	grow(3);
	region.broker.now_ms += 59 * 1000;
	must(witness_turn(&region.broker));
	(void)waiting(&size);
	assert_int_equal(size, 5);
	region.broker.now_ms += 2 * 1000;
	must(witness_turn(&region.broker));
	(void)waiting(&size);
	assert_int_equal(size, 8);
	assert_true(has_quorum(&size, &note)); /* the former one is still there */
	assert_int_equal(size, 5);
}

static void
without_a_trust_file_nobody_is_asked_and_all_is_served(void **state)
{
	Sluis__Prove m = SLUIS__PROVE__INIT;
	(void)state;

	must(unlink(in_dir("trust")) == 0 ? RC_OK : RC_DISK);
	region_sql(region.config->state_dir, "sluis.db", "DELETE FROM witness");
	region_restart(&region);
	must(person_enrol(&region, &politie));
	grow(1);
	must(witness_turn(&region.broker));
	m.has_for_witness                      = 1;
	m.for_witness                          = 1;
	AUTO(message_destroy) Sluis__Answer *a = prove(&m);
	assert_string_equal(a->code, "ok");
	assert_null(a->checkpoint);
	/* the parties' keys come later */
	write_trust(3, 2);
	region.broker.now_ms += 1000;
	must(witness_turn(&region.broker));
	assert_int_equal(witness(0), RC_OK);
}

/* It is looked for each second; what is wrong with it is said once, and when asked. */
static void
a_first_trust_file_that_is_none_is_told_of_once(void **state)
{
	static const char *const wrong[] = {"quorum\n", "quorum none\nwitness\n"};
	(void)state;

	must(unlink(in_dir("trust")) == 0 ? RC_OK : RC_DISK);
	region_restart(&region);
	for (size_t i = 0; i < 2; i++) {
		must(file_write(in_dir("trust"), slice_str(wrong[i]), 0644));
		assert_int_equal(lines_of_turns(1), 1);
		assert_int_equal(lines_of_turns(1), 0);
		assert_int_equal(lines_of_turns(1), 0);
	}
	assert_int_equal(witness_reread(region.broker.witness), RC_CONFIG);
	assert_int_equal(lines_of_turns(1), 0);
	write_trust(3, 2);
	assert_int_equal(lines_of_turns(1), 0);
	assert_int_equal(witness_reread(region.broker.witness), RC_OK);
}

static void
a_trust_file_that_is_none_does_not_take_the_place_of_one(void **state)
{
	(void)state;

	must(file_write(in_dir("trust"), slice_str("witness\nquorum none\n"), 0644));
	assert_int_equal(witness_reread(region.broker.witness), RC_CONFIG);
	assert_int_equal(witness(0), RC_OK); /* the old one stands */
	struct witness *w = NULL;
	assert_int_equal(witness_open(&w, region.broker.store, region.config,
	                     journal_verifier(region.broker.journal)),
	    RC_CONFIG);
	assert_null(w);
}

static void
a_trust_file_of_another_log_is_refused(void **state)
{
	char text[400], vkey[NOTE_VKEY_MAX];
	(void)state;

	struct note_verifier other;
	must(note_verifier_init(&other, REGION_ORIGIN, key[0].public_key));
	must(note_verifier_format(&other, vkey));
	(void)snprintf(text, sizeof text, "log %s\nquorum none\n", vkey);
	must(file_write(in_dir("trust"), slice_str(text), 0644));
	assert_int_equal(witness_reread(region.broker.witness), RC_CONFIG);
}

/* --- proofs for witnesses -------------------------------------------------------- */

static void
a_witness_can_check_what_waits_against_what_it_saw(void **state)
{
	(void)state;

	grow(7); /* 12 now; 5 wait */
	for (uint64_t seen = 0; seen <= 12; seen++) {
		Sluis__Prove        m = SLUIS__PROVE__INIT;
		struct merkle_proof proof;
		struct hash         root               = merkle_empty();
		m.has_for_witness                      = 1;
		m.for_witness                          = 1;
		m.has_old_size                         = seen != 0;
		m.old_size                             = seen;
		AUTO(message_destroy) Sluis__Answer *a = prove(&m);
		assert_string_equal(a->code, "ok");
		struct checkpoint c = head_of(a);
		assert_int_equal(c.size, 5);
		if (seen == 0) continue;
		must(journal_root_at(region.broker.journal, seen, &root));
		read_proof(a, &proof);
		if (seen <= 5)
			must(merkle_verify_consistency(&proof, seen, 5, &root, &c.root));
		else
			must(merkle_verify_consistency(&proof, 5, seen, &c.root, &root));
	}
}

static void
an_entry_is_proven_in_the_witnessed_tree_once_there_is_one(void **state)
{
	Sluis__Prove              m = SLUIS__PROVE__INIT;
	struct merkle_proof       proof;
	struct hash               leaf;
	AUTO(buf_wipe) struct buf bytes = buf_init(LEAF_MAX);
	(void)state;

	uint64_t before                           = journal_size(region.broker.journal);
	m.has_for_witness                         = 1;
	m.for_witness                             = 1;
	m.has_index                               = 1;
	m.index                                   = 3;
	AUTO(message_destroy) Sluis__Answer *none = prove(&m);
	assert_string_equal(none->code, "not_found");
	assert_int_equal(witness(0), RC_OK);
	assert_int_equal(witness(1), RC_OK);
	AUTO(message_destroy) Sluis__Answer *a = prove(&m);
	assert_string_equal(a->code, "ok");
	struct checkpoint c = head_of(a);
	read_proof(a, &proof);
	must(store_get_leaf(region.broker.store, 3, &bytes, NULL));
	leaf = merkle_leaf(buf_slice(&bytes));
	must(merkle_verify_inclusion(&proof, 3, c.size, &leaf, &c.root));
	m.index                                    = 5; /* behind the witnessed head */
	AUTO(message_destroy) Sluis__Answer *later = prove(&m);
	assert_string_equal(later->code, "not_found");
	assert_int_equal(journal_size(region.broker.journal), before);
}

static void
proofs_may_be_asked_for_a_tree_that_was(void **state)
{
	Sluis__Prove        m = SLUIS__PROVE__INIT;
	struct merkle_proof proof;
	struct hash         old, root;
	(void)state;

	grow(7);
	m.has_old_size                         = 1;
	m.old_size                             = 3;
	m.has_size                             = 1;
	m.size                                 = 9;
	AUTO(message_destroy) Sluis__Answer *a = prove(&m);
	read_proof(a, &proof);
	must(journal_root_at(region.broker.journal, 3, &old));
	must(journal_root_at(region.broker.journal, 9, &root));
	must(merkle_verify_consistency(&proof, 3, 9, &old, &root));
	m.has_old_size                          = 0;
	m.has_index                             = 1;
	m.index                                 = 3;
	m.size                                  = 5; /* the head that waits */
	AUTO(message_destroy) Sluis__Answer *in = prove(&m);
	assert_int_equal(head_of(in).size, 5);
	m.size                                   = 9; /* no head of ours */
	AUTO(message_destroy) Sluis__Answer *not = prove(&m);
	assert_string_equal(not ->code, "not_found");
	m.size                                    = 99;
	AUTO(message_destroy) Sluis__Answer *none = prove(&m);
	assert_string_equal(none->code, "not_found");
}

/* --- a state that is older than what it signed ------------------------------------ */

/* A head of SIZE with some other root, signed with our own key. */
static void
sign_other(uint64_t size, struct buf *out)
{
	struct hash root = merkle_leaf(slice_str("lost"));

	must(checkpoint_sign(journal_verifier(region.broker.journal),
	    region.keys.checkpoint[0].secret, size, &root, out));
	must(buf_append(out, slice_of("", 1)));
}

static Sluis__Answer *
show(const char *seen)
{
	Sluis__Prove m = SLUIS__PROVE__INIT;

	m.seen = (char *)(uintptr_t)seen;
	return prove(&m);
}

static void
a_head_that_still_holds_is_no_alarm(void **state)
{
	AUTO(buf_wipe) struct buf note = buf_init(4096), other = buf_init(4096);
	struct hash               root = merkle_leaf(slice_str("x"));
	(void)state;

	must(buf_append(&note, journal_checkpoint(region.broker.journal)));
	must(buf_append(&note, slice_of("", 1)));
	grow(3);
	AUTO(message_destroy) Sluis__Answer *a = show((const char *)note.p);
	assert_string_equal(a->code, "ok");
	/* nor one that somebody else signed, whatever it says */
	must(checkpoint_sign(&key[0], secret[0], 99, &root, &other));
	must(buf_append(&other, slice_of("", 1)));
	AUTO(message_destroy) Sluis__Answer *b = show((const char *)other.p);
	assert_string_equal(b->code, "ok");
	AUTO(message_destroy) Sluis__Answer *c = show("nonsense");
	assert_string_equal(c->code, "ok");
	assert_false(region.broker.old_state);
}

static void
a_head_of_ours_that_we_lack_stops_the_broker(void **state)
{
	static const uint64_t     sizes[] = {4, 5, 9};
	AUTO(buf_wipe) struct buf file    = buf_init(4096);
	(void)state;

	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		AUTO(buf_wipe) struct buf note   = buf_init(4096);
		uint64_t                  before = journal_size(region.broker.journal);
		sign_other(sizes[i], &note);
		region.broker.old_state                = false;
		AUTO(message_destroy) Sluis__Answer *a = show((const char *)note.p);
		assert_string_equal(a->code, "state_older_than_published");
		assert_int_equal(head_of(a).size, 5); /* what we have instead */
		assert_true(region.broker.old_state);
		assert_int_equal(journal_size(region.broker.journal), before);
		buf_wipe(&file);
		file = buf_init(4096);
		must(file_read(region.config->published_file, 4096, false, &file));
		assert_true(slice_equal(buf_slice(&file), slice_of(note.p, note.n - 1)));
	}
}

static void
then_only_proofs_are_answered_and_nothing_is_journalled(void **state)
{
	Sluis__Sent  sent = SLUIS__SENT__INIT;
	Sluis__Prove m    = SLUIS__PROVE__INIT;
	Sluis__Head  head;
	uint8_t      id[ID_BYTES];
	(void)state;

	region.broker.old_state = true;
	uint64_t before         = journal_size(region.broker.journal);
	head_make(&region, &politie, id, &head);
	sent.head                              = &head;
	AUTO(message_destroy) Sluis__Answer *a = ask(TYPE_SENT, &sent.base);
	assert_string_equal(a->code, "state_older_than_published");
	assert_int_equal(witness(0), RC_OLD_STATE);
	m.has_old_size                         = 1;
	m.old_size                             = 2;
	AUTO(message_destroy) Sluis__Answer *b = prove(&m);
	assert_string_equal(b->code, "ok");
	m.old_size                             = 999;
	AUTO(message_destroy) Sluis__Answer *c = prove(&m);
	assert_string_equal(c->code, "not_found");
	assert_int_equal(journal_size(region.broker.journal), before);
}

/* published_check() as at a start with this published head, --accept-gap ASKED (0: not).
 */
static rc
start_with(uint64_t size, uint64_t asked)
{
	AUTO(buf_wipe) struct buf note = buf_init(4096);

	sign_other(size, &note);
	must(published_write(&region.broker, slice_of(note.p, note.n - 1)));
	region.broker.gap = (struct gap){.asked = asked != 0, .size = asked};
	return published_check(&region.broker);
}

static void
a_start_with_an_older_state_is_refused_unless_the_gap_is_named(void **state)
{
	(void)state;

	assert_int_equal(start_with(9, 0), RC_OLD_STATE);
	assert_int_equal(start_with(9, 8), RC_CONFIG);
	assert_int_equal(start_with(9, 10), RC_CONFIG);
	assert_int_equal(start_with(5, 0), RC_OLD_STATE); /* as long, and another */
	assert_int_equal(start_with(3, 0), RC_OLD_STATE);
	assert_false(region.broker.gap.there);
	assert_int_equal(start_with(9, 9), RC_OK);
	assert_int_equal(region.broker.gap.restored, 5);
	assert_int_equal(region.broker.gap.missing, 4);
}

static void
no_gap_is_accepted_where_there_is_none(void **state)
{
	(void)state;

	must(published_write(&region.broker, journal_checkpoint(region.broker.journal)));
	region.broker.gap = (struct gap){.asked = true, .size = 5};
	assert_int_equal(published_check(&region.broker), RC_CONFIG);
	region.broker.gap = (struct gap){.asked = false};
	assert_int_equal(published_check(&region.broker), RC_OK);
	must(unlink(region.config->published_file) == 0 ? RC_OK : RC_DISK);
	assert_int_equal(published_check(&region.broker), RC_OK);
	region.broker.gap = (struct gap){.asked = true, .size = 5};
	assert_int_equal(published_check(&region.broker), RC_CONFIG);
}

static void
a_published_file_that_is_damaged_or_not_ours_is_refused(void **state)
{
	(void)state;

	region.broker.gap = (struct gap){.asked = false};
	must(published_write(&region.broker, slice_str("x\n")));
	assert_int_equal(published_check(&region.broker), RC_CONFIG);
	must(published_write(&region.broker,
	    slice_str("other.example\n5\n"
	              "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\nx\n")));
	assert_int_equal(published_check(&region.broker), RC_CONFIG);
}

static void
an_accepted_gap_is_journalled_and_told_to_who_fell_into_it(void **state)
{
	AUTO(buf_wipe)
	struct buf note = buf_init(4096), low = buf_init(4096), above = buf_init(4096);
	AUTO(message_destroy) Sluis__Leaf *leaf = NULL;
	struct checkpoint                  c;
	(void)state;

	must(start_with(9, 9));
	must(store_begin(region.broker.store));
	must(published_append_gap(&region.broker));
	must(batch_commit(&region.broker));
	sign_other(8, &note);
	AUTO(message_destroy) Sluis__Answer *a = show((const char *)note.p);
	assert_string_equal(a->code, "history_forked");
	assert_int_equal(a->n_receipts, 1);
	must(receipt_verify(a->receipts[0], journal_verifier(region.broker.journal), &c));
	must(receipt_leaf(a->receipts[0], &leaf));
	assert_int_equal(leaf->kind, SLUIS__EVENT_KIND__EVENT_RESTORED);
	assert_int_equal(leaf->refers_to, 5);
	assert_int_equal(leaf->count, 4);
	assert_false(region.broker.old_state);
	assert_int_equal(start_with(9, 0), RC_OK); /* accepted once is enough */
	/* what lies outside of the gap is not explained by it */
	sign_other(5, &low);
	AUTO(message_destroy) Sluis__Answer *b = show((const char *)low.p);
	assert_string_equal(b->code, "state_older_than_published");
	region.broker.old_state = false;
	sign_other(10, &above);
	AUTO(message_destroy) Sluis__Answer *d = show((const char *)above.p);
	assert_string_equal(d->code, "state_older_than_published");
}

static void
a_second_loss_of_the_same_backup_is_measured_from_the_first(void **state)
{
	(void)state;

	must(start_with(9, 9));
	must(store_begin(region.broker.store));
	must(published_append_gap(&region.broker));
	must(batch_commit(&region.broker));
	grow(20);
	must(start_with(12, 12));
	assert_int_equal(region.broker.gap.restored, 5);
	assert_int_equal(region.broker.gap.missing, 7);
	/* without any: where the two parted nobody knows */
	must(start_with(4, 4));
	assert_int_equal(region.broker.gap.restored, 3);
	assert_int_equal(region.broker.gap.missing, 1);
}

#define IN_REGION(f) cmocka_unit_test_setup_teardown(f, open_region, close_region)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_REGION(enough_lines_make_a_quorum_and_no_less),
	    IN_REGION(cosigning_is_no_event),
	    IN_REGION(the_same_line_again_changes_nothing_and_another_is_refused),
	    IN_REGION(a_line_for_another_head_is_refused),
	    IN_REGION(a_line_of_nobody_we_know_is_told_and_not_journalled),
	    IN_REGION(a_line_under_another_name_is_not_the_witness),
	    IN_REGION(malformed_lines_are_refused),
	    IN_REGION(a_time_that_cannot_be_is_refused),
	    IN_REGION(as_many_lines_are_kept_as_a_note_may_hold),
	    IN_REGION(thirty_two_witnesses_are_enough),
	    IN_REGION(cosignatures_survive_a_restart),
	    IN_REGION(what_was_rolled_back_was_not_cosigned),
	    IN_REGION(a_head_waits_for_its_quorum_and_not_for_ever),
	    IN_REGION(
	        a_head_that_cannot_be_published_is_told_of_once_and_published_when_it_can),
	    IN_REGION(a_newer_head_comes_after_the_quorum_and_its_time),
	    IN_REGION(without_a_trust_file_nobody_is_asked_and_all_is_served),
	    IN_REGION(a_first_trust_file_that_is_none_is_told_of_once),
	    IN_REGION(a_trust_file_that_is_none_does_not_take_the_place_of_one),
	    IN_REGION(a_trust_file_of_another_log_is_refused),
	    IN_REGION(a_witness_can_check_what_waits_against_what_it_saw),
	    IN_REGION(an_entry_is_proven_in_the_witnessed_tree_once_there_is_one),
	    IN_REGION(proofs_may_be_asked_for_a_tree_that_was),
	    IN_REGION(a_head_that_still_holds_is_no_alarm),
	    IN_REGION(a_head_of_ours_that_we_lack_stops_the_broker),
	    IN_REGION(then_only_proofs_are_answered_and_nothing_is_journalled),
	    IN_REGION(a_start_with_an_older_state_is_refused_unless_the_gap_is_named),
	    IN_REGION(no_gap_is_accepted_where_there_is_none),
	    IN_REGION(a_published_file_that_is_damaged_or_not_ours_is_refused),
	    IN_REGION(an_accepted_gap_is_journalled_and_told_to_who_fell_into_it),
	    IN_REGION(a_second_loss_of_the_same_backup_is_measured_from_the_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

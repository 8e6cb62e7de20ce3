/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * bench_crypto.c - what hashing, disclosure trees and signatures cost, in CPU time.
 *
 *	bench_crypto [SIGNAL.json]
 *
 * One line for each operation: nanoseconds of this thread's CPU time.  No test.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "certs/file.h"
#include "proto/auto.h"
#include "proto/disclosed.h"
#include "proto/hash.h"
#include "proto/message.h"
#include "proto/pbjson.h"
#include "signal.pb-c.h"

enum { FILE_BYTES = 1 << 20, TRIES = 5, MUCH = 64 << 20 };

static ProtobufCMessage  *signal_;
static Sluis__Recipient   recipients[64], *list[64];
static Sluis__Head        head = SLUIS__HEAD__INIT;
static Sluis__Submit      submission;
static uint8_t            seed[KEY_BYTES], public_key[KEY_BYTES], secret_key[64];
static uint8_t            bytes[4096], digest[HASH_BYTES];
static struct scratch     kept, trees, taken; /* the signal's; what is made of it */
static struct contents   *contents;
static struct disclosure *tree;
static struct remains     whole;
static Sluis__Evidence    evidence = SLUIS__EVIDENCE__INIT;

static void
must(rc code, const char *what)
{
	if (code == RC_OK) return;
	fprintf(stderr, "bench_crypto: %s: %s\n", what, rc_name(code));
	exit(1);
}

static double
cpu_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* The least that ROUNDS of RUN took, of a few tries: what disturbs only adds. */
static void
measure(const char *what, long rounds, void (*run)(void))
{
	double least = 1e18;

	for (int k = 0; k < TRIES; k++) {
		double from = cpu_ns();
		for (long i = 0; i < rounds; i++) run();
		double took = (cpu_ns() - from) / (double)rounds;
		if (took < least) least = took;
	}
	printf("%-44s %10.0f ns\n", what, least);
}

/* --- what is measured ------------------------------------------------------------ */

static void
hash_49(void)
{
	sha256(slice_of(bytes, 49), digest);
}

static void
hash_49_sodium(void)
{
	(void)crypto_hash_sha256(digest, bytes, 49);
}

static void
hash_4096(void)
{
	sha256(slice_of(bytes, sizeof bytes), digest);
}

static void
hash_parts(void)
{
	struct sha256 h;
	sha256_begin(&h);
	for (size_t i = 0; i < 4; i++) sha256_add(&h, slice_of(bytes, 16));
	sha256_end(&h, digest);
}

static void
mac(void)
{
	struct slice parts = slice_of(bytes, 40);
	hmac_sha256(seed, &parts, 1, digest);
}

static void
list_contents(void)
{
	scratch_wipe(&kept);
	must(contents_list(signal_, &kept, &contents), "contents");
}

static void
build(void)
{
	scratch_wipe(&trees);
	must(disclosure_new(&tree, contents, seed, &trees), "tree");
}

static void
gather(void)
{
	scratch_wipe(&taken);
	sluis__evidence__init(&evidence);
	must(disclosure_evidence(tree, &whole, &taken, &evidence), "evidence");
}

static void
pack(void)
{
	struct slice out;
	scratch_wipe(&taken);
	must(remains_pack(&whole, &taken, SIGNAL_MAX, &out), "pack");
}

static void
check(void)
{
	struct short_hash root;
	must(disclosure_check(signal_, NULL, 0, &evidence, &root), "check");
}

static void
sign_all(void)
{
	struct avowal a;
	must(disclosed_sign(&submission, signal_, secret_key, seed, &a), "sign");
}

/* --- the run --------------------------------------------------------------------- */

static void
read_signal(const char *path)
{
	AUTO(buf_wipe) struct buf text  = buf_init(FILE_BYTES);
	struct where              where = {0};

	must(file_read(path, FILE_BYTES, false, &text), path);
	must(pbjson_parse(&sluis__signal__descriptor, buf_slice(&text), &signal_, &where),
	    where.at);
}

static void
make_submission(size_t n)
{
	sluis__submit__init(&submission);
	head.has_request_id = 1;
	head.request_id     = message_borrow_bytes(seed, ID_BYTES);
	submission.head     = &head;
	for (size_t i = 0; i < n; i++) {
		sluis__recipient__init(&recipients[i]);
		recipients[i].oin = (char *)(uintptr_t) "00000001000000000001";
		list[i]           = &recipients[i];
	}
	submission.n_recipients = n;
	submission.recipients   = list;
}

int
main(int argc, char **argv)
{
	if (sodium_init() < 0) return 1;
	read_signal(
	    argc > 1 ? argv[1] : SOURCE_DIR "/tests/signals/02-barn-at-the-nursery.json");
	(void)crypto_sign_keypair(public_key, secret_key);
	make_submission(3);
	measure("SHA-256 of 49 bytes", 100000, hash_49);
	measure("  by libsodium", 100000, hash_49_sodium);
	measure("SHA-256 of 4096 bytes", 10000, hash_4096);
	measure("SHA-256 of four parts of 16 bytes", 100000, hash_parts);
	measure("HMAC-SHA-256 of 40 bytes", 100000, mac);
	kept = trees = taken = scratch_init(MUCH);
	measure("contents of a signal", 1000, list_contents);
	must(remains_new(&whole, contents, &kept), "remains");
	memset(whole.fates, FATE_GIVEN, contents->n_fields);
	remains_settle(&whole);
	measure("disclosure tree", 1000, build);
	measure("evidence of everything", 1000, gather);
	measure("all of it, put together", 1000, pack);
	gather();
	measure("root from evidence", 1000, check);
	measure("three trees, signed", 300, sign_all);
	scratch_wipe(&kept);
	scratch_wipe(&trees);
	scratch_wipe(&taken);
	message_destroy(&signal_);
	return 0;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * bench_journal.c - what an entry of the journal costs, from a thousand to ten million.
 *
 * Appends made-up rulings through the broker's own journal and store, in batches that are
 * committed with fsync and signed as the broker does it; at every power of ten it makes
 * receipts of random entries and checks them.  Then it may export the whole through the
 * product's own tiler, for `sluis audit verify --tiles` to read.
 *
 *	bench_journal --dir DIR [--leaves N] [--batch N] [--proofs N] [--export DIR]
 *	              [--origin NAME --seed HEX --bundle HEX]
 *
 * With an origin, the seed of its checkpoint key and the policy in force, DIR may be the
 * state of a region that is down: tests/bench/growth fills journals this way.
 *
 * A table row for each power of ten: microseconds for an append (of the last tenth
 * before it), for a receipt with its proof and signed head, and for checking one; the
 * hashes in it; the size of the database; the peak of resident memory so far.  The
 * verifier key is printed last.  No test: it fails only when something does not hold.
 */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "broker/journal/journal.h"
#include "certs/file.h"
#include "client/command/tiles.h"
#include "client/folder.h"
#include "proto/auto.h"
#include "support/keykit.h"

#define ORIGIN "sluis.example/bench"

enum { PATHS_BYTES = 160, STEP = 10, FIRST = 1000 };

static const char     *dir, *export_dir, *origin = ORIGIN, *seed_hex, *bundle_hex;
static uint8_t         bundle[HASH_BYTES] = {1};
static uint64_t        n_leaves = 1000000, batch = 256, n_proofs = 1000;
static struct store   *store;
static struct journal *journal;

static void
must(rc code, const char *what)
{
	if (code == RC_OK) return;
	(void)fprintf(stderr, "bench_journal: %s: %s\n", what, rc_name(code));
	exit(1);
}

static double
now_s(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* What an entry is dated with: a broker that finds it must not think that it is later. */
static uint64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static double
peak_mib(void)
{
	struct rusage u;

	(void)getrusage(RUSAGE_SELF, &u);
	return (double)u.ru_maxrss / 1024;
}

static double
database_mib(void)
{
	struct stat st;
	char        path[FILE_PATH_MAX];

	must(path_join(path, dir, "sluis.db"), "path");
	return stat(path, &st) == 0 ? (double)st.st_size / 1048576 : 0;
}

/* --- appending ------------------------------------------------------------------- */

/* A ruling of the size that rulings have: some 450 bytes. */
static void
append(void)
{
	uint8_t          digest[HASH_BYTES], paths[PATHS_BYTES];
	Sluis__Leaf      leaf  = SLUIS__LEAF__INIT;
	Sluis__RuleGroup group = SLUIS__RULE_GROUP__INIT, *groups[1] = {&group};
	uint64_t         index = 0;

	randombytes_buf(digest, sizeof digest);
	memset(paths, 1, sizeof paths);
	group.has_action = 1, group.action = SLUIS__ACTION__ACTION_RELEASE;
	group.rule      = (char *)(uintptr_t) "zorg-vic";
	group.has_paths = 1, group.paths = (ProtobufCBinaryData){sizeof paths, paths};
	leaf.has_kind = 1, leaf.kind = SLUIS__EVENT_KIND__EVENT_RULING;
	leaf.sender_oin      = (char *)(uintptr_t) "00000099000000010000";
	leaf.sender_desk     = (char *)(uintptr_t) "meldpunt";
	leaf.recipient_oin   = (char *)(uintptr_t) "00000099000000040000";
	leaf.recipient_desk  = (char *)(uintptr_t) "zorgcoordinator";
	leaf.convenant       = (char *)(uintptr_t) "zorg";
	leaf.phase           = (char *)(uintptr_t) "1";
	leaf.purpose         = (char *)(uintptr_t) "hulpverlening";
	leaf.has_bundle_hash = 1, leaf.bundle_hash.len = sizeof bundle;
	leaf.bundle_hash.data = bundle;
	leaf.has_copy_digest  = 1,
	leaf.copy_digest      = (ProtobufCBinaryData){sizeof digest, digest};
	leaf.n_released = 1, leaf.released = groups;
	must(journal_append(journal, &leaf, slice_of(NULL, 0), now_ms(), &index, NULL),
	    "append");
}

static void
append_until(uint64_t size)
{
	while (journal_size(journal) < size) {
		must(store_begin(store), "begin");
		for (uint64_t i = 0; i < batch && journal_size(journal) < size; i++)
			append();
		must(journal_seal_batch(journal), "seal");
		must(store_commit(store), "commit");
		must(journal_commit(journal), "sign");
	}
}

/* --- proving and checking -------------------------------------------------------- */

struct cost {
	double   prove_us, verify_us;
	uint64_t hashes;
};

static void
prove_one(struct cost *c)
{
	AUTO(scratch_wipe) struct scratch mem    = scratch_init(SIZE_MAX);
	struct receipt_wanted             wanted = {.with_proof = true};
	Sluis__Receipt                    r      = SLUIS__RECEIPT__INIT;
	struct checkpoint                 head;

	randombytes_buf(&wanted.index, sizeof wanted.index);
	wanted.index %= journal_size(journal);
	double begun = now_s();
	must(journal_receipt(journal, &wanted, &mem, &r), "receipt");
	double made = now_s();
	must(receipt_verify(&r, journal_verifier(journal), &head), "check");
	c->prove_us += (made - begun) * 1e6;
	c->verify_us += (now_s() - made) * 1e6;
	c->hashes += r.n_proof;
}

static void
measure(uint64_t size)
{
	struct cost c = {0};

	append_until(size - size / STEP);
	double begun = now_s();
	append_until(size);
	double append_us = (now_s() - begun) * 1e6 / (double)(size / STEP);
	for (uint64_t i = 0; i < n_proofs; i++) prove_one(&c);
	(void)printf("| %" PRIu64 " | %.1f | %.1f | %.1f | %.1f | %.0f | %.0f |\n", size,
	    append_us, c.prove_us / (double)n_proofs, c.verify_us / (double)n_proofs,
	    (double)c.hashes / (double)n_proofs, database_mib(), peak_mib());
	(void)fflush(stdout);
}

/* --- exporting ------------------------------------------------------------------- */

static void
export_all(void)
{
	AUTO(tiler_destroy) struct tiler *t    = NULL;
	AUTO(buf_wipe) struct buf         leaf = buf_init(LEAF_MAX);
	char                              path[FILE_PATH_MAX];
	double                            begun = now_s();

	(void)mkdir(export_dir, 0755);
	must(tiler_new(&t, tiles_write, (void *)(uintptr_t)export_dir), "tiler");
	for (uint64_t i = 0; i < journal_size(journal); i++) {
		leaf.n = 0;
		must(store_get_leaf(store, i, &leaf, NULL), "leaf");
		must(tiler_append(t, buf_slice(&leaf)), "tile");
	}
	must(tiler_finish(t), "tiles");
	must(file_sync_all(export_dir), "sync");
	must(path_join(path, export_dir, "checkpoint"), "path");
	must(file_write(path, journal_checkpoint(journal), 0644), "checkpoint");
	(void)printf("exported in %.0f s, peak %.0f MiB\n", now_s() - begun, peak_mib());
}

/* --- the command line ------------------------------------------------------------ */

static void
read_options(int argc, char **argv)
{
	static const struct option_row {
		const char  *name;
		const char **text;
		uint64_t    *number;
	} rows[] = {{"--dir", &dir, NULL}, {"--export", &export_dir, NULL},
	    {"--origin", &origin, NULL}, {"--seed", &seed_hex, NULL},
	    {"--bundle", &bundle_hex, NULL}, {"--leaves", NULL, &n_leaves},
	    {"--batch", NULL, &batch}, {"--proofs", NULL, &n_proofs}};

	for (int i = 1; i + 1 < argc; i += 2)
		for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
			if (strcmp(argv[i], rows[k].name) != 0) continue;
			if (rows[k].text != NULL) *rows[k].text = argv[i + 1];
			if (rows[k].number != NULL)
				*rows[k].number = strtoull(argv[i + 1], NULL, 10);
		}
	if (dir != NULL && batch != 0 && n_proofs != 0) return;
	(void)fprintf(stderr, "usage: bench_journal --dir DIR [--leaves N] [--batch N] "
	                      "[--proofs N] [--export DIR]\n");
	exit(2);
}

/* 32 bytes in hexadecimal, if they were given. */
static void
read_hex(const char *name, const char *hex, uint8_t ret[KEY_BYTES])
{
	size_t n = 0;

	if (hex == NULL) return;
	if (sodium_hex2bin(ret, KEY_BYTES, hex, strlen(hex), NULL, &n, NULL) == 0 &&
	    n == KEY_BYTES)
		return;
	must(RC_USAGE, name);
}

int
main(int argc, char **argv)
{
	uint8_t seed[KEY_BYTES] = "the key of this bench, no secret";
	uint8_t public_key[KEY_BYTES], secret[64];
	char    vkey[NOTE_VKEY_MAX];

	read_options(argc, argv);
	if (sodium_init() < 0) return 1;
	read_hex("--seed", seed_hex, seed);
	read_hex("--bundle", bundle_hex, bundle);
	(void)crypto_sign_seed_keypair(public_key, secret, seed);
	(void)mkdir(dir, 0700);
	must(store_open(&store, dir), "open");
	must(journal_open(&journal, store, origin, kit_line(origin, secret, NULL)),
	    "journal");
	(void)printf(
	    "| entries | append us | prove us | verify us | hashes | database MiB | "
	    "peak MiB |\n|---:|---:|---:|---:|---:|---:|---:|\n");
	for (uint64_t size = FIRST; size <= n_leaves; size *= STEP)
		if (size > journal_size(journal)) measure(size);
	append_until(n_leaves);
	if (export_dir != NULL) export_all();
	must(note_verifier_format(journal_verifier(journal), vkey), "key");
	(void)printf("%s\n", vkey);
	journal_destroy(&journal);
	store_destroy(&store);
	return 0;
}

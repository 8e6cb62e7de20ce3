/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * test_tiles.c - a journal as files: what was written verifies, what was changed does
 * not. Also the public vector tests/vectors/tlog-tiles (transparency-dev/tessera).
 */
#include "client/command/tiles.h"

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "certs/file.h"
#include "client/command/policy/details.h"
#include "client/folder.h"
#include "journal.pb-c.h"
#include "proto/auto.h"
#include "proto/message.h"

#define VECTORS SOURCE_DIR "/tests/vectors/tlog-tiles"
#define VECTOR_KEY \
	"example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"

static char                 dir[] = "/tmp/sluis-tiles-XXXXXX";
static struct note_verifier verifier;
static uint8_t              secret[64];
static char                 vkey[NOTE_VKEY_MAX];
static struct sluis_error   error;

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	return where->level == 0 ? 0 : remove(path);
}

static int
empty_dir(void **state)
{
	(void)state;
	return nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static int
start(void **state)
{
	uint8_t public_key[KEY_BYTES];

	(void)state;
	if (sodium_init() < 0 || mkdtemp(dir) == NULL) return -1;
	(void)crypto_sign_keypair(public_key, secret);
	if (note_verifier_init(&verifier, "sluis.example/tiles", public_key) != RC_OK)
		return -1;
	return note_verifier_format(&verifier, vkey) == RC_OK ? 0 : -1;
}

static int
end(void **state)
{
	(void)empty_dir(state);
	return rmdir(dir);
}

static void
in_dir(char out[FILE_PATH_MAX], const char *name)
{
	assert_int_equal(path_join(out, dir, name), RC_OK);
}

/* Entry I of a made-up journal: a leaf; with a detail for every 64th. */
static void
entry_of(uint64_t i, struct buf *leaf, struct buf *detail)
{
	Sluis__Leaf l = SLUIS__LEAF__INIT;
	struct hash digest;

	l.has_time_ms = 1;
	l.time_ms     = i + 1;
	if (i % 64 == 0) {
		assert_int_equal(
		    buf_printf(detail, "detail %llu", (unsigned long long)i), RC_OK);
		(void)crypto_hash_sha256(digest.b, detail->p, detail->n);
		l.has_detail_digest = 1;
		l.detail_digest     = (ProtobufCBinaryData){HASH_BYTES, digest.b};
	}
	assert_int_equal(message_pack(&l.base, leaf), RC_OK);
}

static void
write_journal(uint64_t size)
{
	AUTO(tiler_destroy) struct tiler *t    = NULL;
	AUTO(buf_wipe) struct buf         note = buf_init(NOTE_MAX);
	char                              path[FILE_PATH_MAX];

	in_dir(path, "details");
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(tiler_new(&t, tiles_write, dir), RC_OK);
	for (uint64_t i = 0; i < size; i++) {
		AUTO(buf_wipe) struct buf leaf = buf_init(4096), detail = buf_init(4096);
		entry_of(i, &leaf, &detail);
		if (detail.n != 0)
			assert_int_equal(detail_write(dir, i, buf_slice(&detail)), RC_OK);
		assert_int_equal(tiler_append(t, buf_slice(&leaf)), RC_OK);
		buf_wipe(&detail);
	}
	assert_int_equal(tiler_finish(t), RC_OK);
	struct hash root = tiler_root(t);
	assert_int_equal(checkpoint_sign(&verifier, secret, size, &root, &note), RC_OK);
	in_dir(path, "checkpoint");
	assert_int_equal(file_write(path, buf_slice(&note), 0644), RC_OK);
}

static rc
verify(const char *key)
{
	struct tiles_check what = {.dir = dir, .vkey = key};
	struct checkpoint  head;

	return tiles_verify(&what, &head, &error);
}

/* Flip one bit of byte AT of file NAME. */
static void
flip(const char *name, long at)
{
	char path[FILE_PATH_MAX];

	in_dir(path, name);
	FILE *f = fopen(path, "r+b");
	assert_non_null(f);
	assert_int_equal(fseek(f, at, at < 0 ? SEEK_END : SEEK_SET), 0);
	int c = fgetc(f);
	assert_int_equal(fseek(f, -1, SEEK_CUR), 0);
	assert_int_not_equal(fputc(c ^ 1, f), EOF);
	assert_int_equal(fclose(f), 0);
}

static void
flip_bit(const char *path, size_t bit)
{
	uint8_t byte;

	int fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, (off_t)(bit / 8)), 1);
	byte ^= (uint8_t)(1u << bit % 8);
	assert_int_equal(pwrite(fd, &byte, 1, (off_t)(bit / 8)), 1);
	assert_int_equal(close(fd), 0);
}

static void
journals_of_every_awkward_size_verify(void **state)
{
	static const uint64_t sizes[] = {0, 1, 2, 255, 256, 257, 511, 512, 600};

	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		write_journal(sizes[i]);
		assert_int_equal(verify(vkey), RC_OK);
		(void)empty_dir(state);
	}
}

static void
one_changed_byte_in_any_file_is_found(void **state)
{
	static const char *const files[] = {"tile/entries/000", "tile/entries/001.p/4",
	    "tile/0/000", "tile/0/001.p/4", "tile/1/000.p/1", "details/0", "details/256",
	    "checkpoint"};

	(void)state;
	write_journal(260);
	assert_int_equal(verify(vkey), RC_OK);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
		for (long at = -1; at < 8; at += 4) {
			flip(files[i], at);
			assert_int_equal(rc_kind(verify(vkey)), RC_KIND_INTEGRITY);
			assert_int_equal(rc_exit_status(verify(vkey)), 6);
			flip(files[i], at);
		}
	assert_int_equal(verify(vkey), RC_OK);
}

/* Every bit and every shorter length of file NAME. */
static void
change_all_of(const char *name)
{
	AUTO(buf_wipe) struct buf good = buf_init(1 << 20);
	char                      path[FILE_PATH_MAX];

	in_dir(path, name);
	assert_int_equal(file_read(path, 1 << 20, false, &good), RC_OK);
	for (size_t bit = 0; bit < good.n * 8; bit++) {
		flip_bit(path, bit);
		if (rc_exit_status(verify(vkey)) != 6)
			fail_msg("%s: bit %zu goes unseen", name, bit);
		flip_bit(path, bit);
	}
	for (size_t n = good.n; n-- > 0;) {
		assert_int_equal(truncate(path, (off_t)n), 0);
		if (rc_exit_status(verify(vkey)) != 6)
			fail_msg("%s: a cut at %zu goes unseen", name, n);
	}
	assert_int_equal(file_write(path, buf_slice(&good), 0644), RC_OK);
}

static void
every_bit_and_every_cut_of_a_small_journal_is_found(void **state)
{
	(void)state;
	write_journal(3);
	change_all_of("tile/entries/000.p/3");
	change_all_of("tile/0/000.p/3");
	change_all_of("details/0");
	change_all_of("checkpoint");
	assert_int_equal(verify(vkey), RC_OK);
}

static void
every_bit_and_every_cut_of_the_edge_of_a_larger_one_is_found(void **state)
{
	(void)state;
	write_journal(257);
	change_all_of("tile/entries/001.p/1");
	change_all_of("tile/0/001.p/1");
	change_all_of("tile/1/000.p/1");
	assert_int_equal(verify(vkey), RC_OK);
}

/* The tiles that a journal of SIZE entries left here before it grew. */
static void
leave_tiles_of(uint64_t size)
{
	AUTO(tiler_destroy) struct tiler *t = NULL;

	assert_int_equal(tiler_new(&t, tiles_write, dir), RC_OK);
	for (uint64_t i = 0; i < size; i++) {
		AUTO(buf_wipe) struct buf leaf = buf_init(4096), detail = buf_init(4096);
		entry_of(i, &leaf, &detail);
		assert_int_equal(tiler_append(t, buf_slice(&leaf)), RC_OK);
	}
	assert_int_equal(tiler_finish(t), RC_OK);
}

static void
a_partial_tile_of_before_is_looked_at_too(void **state)
{
	static const char *const files[] = {"tile/entries/000.p/3", "tile/0/000.p/3",
	    "tile/entries/001.p/2", "tile/0/001.p/2"};
	char                     path[FILE_PATH_MAX];

	(void)state;
	write_journal(260);
	leave_tiles_of(3);
	leave_tiles_of(258);
	assert_int_equal(verify(vkey), RC_OK);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		AUTO(buf_wipe) struct buf good = buf_init(1 << 20);
		in_dir(path, files[i]);
		flip(files[i], -1);
		assert_int_equal(verify(vkey), RC_BAD_TREE);
		assert_non_null(strstr(error.where, files[i]));
		flip(files[i], -1);
		assert_int_equal(file_read(path, 1 << 20, false, &good), RC_OK);
		assert_int_equal(truncate(path, (off_t)good.n - 1), 0);
		assert_int_equal(verify(vkey), RC_BAD_TREE);
		assert_int_equal(file_write(path, buf_slice(&good), 0644), RC_OK);
	}
	assert_int_equal(verify(vkey), RC_OK);
	in_dir(path, "tile/0/001.p/README"); /* is none */
	assert_int_equal(file_write(path, slice_str("x"), 0644), RC_OK);
	assert_int_equal(verify(vkey), RC_OK);
}

/* Where it stands in the first bundle: behind each entry and its length. */
static long
last_byte_of_entry(uint64_t i)
{
	long n = 0;

	for (uint64_t k = 0; k <= i; k++) {
		AUTO(buf_wipe) struct buf leaf = buf_init(4096), detail = buf_init(4096);
		entry_of(k, &leaf, &detail);
		n += 2 + (long)leaf.n;
	}
	return n - 1;
}

static void
a_changed_entry_is_not_another_history(void **state)
{
	const char        *entries = "tile/entries/000.p/200";
	struct checkpoint  older, head;
	struct tiles_check what = {.dir = dir, .vkey = vkey};

	write_journal(100);
	assert_int_equal(tiles_verify(&what, &older, &error), RC_OK);
	(void)empty_dir(state);
	write_journal(200);
	what.older = &older;
	assert_int_equal(tiles_verify(&what, &head, &error), RC_OK);
	flip(entries, last_byte_of_entry(1)); /* the older head covers it */
	assert_int_equal(tiles_verify(&what, &head, &error), RC_BAD_TREE);
	flip(entries, last_byte_of_entry(1));
	older.root.b[0] ^= 1;
	assert_int_equal(tiles_verify(&what, &head, &error), RC_FORKED);
}

static void
every_needed_file_must_be_there(void **state)
{
	static const char *const files[] = {"tile/entries/000", "tile/entries/001.p/4",
	    "tile/0/000", "tile/0/001.p/4", "tile/1/000.p/1", "details/0"};
	char                     from[FILE_PATH_MAX], to[FILE_PATH_MAX];

	(void)state;
	write_journal(260);
	in_dir(to, "elsewhere");
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		in_dir(from, files[i]);
		assert_int_equal(rename(from, to), 0);
		assert_int_equal(rc_kind(verify(vkey)), RC_KIND_INTEGRITY);
		assert_int_equal(rename(to, from), 0);
	}
	in_dir(from, "checkpoint");
	assert_int_equal(unlink(from), 0);
	assert_int_equal(verify(vkey), RC_NOT_FOUND);
}

static void
a_detail_that_nobody_promised_is_found(void **state)
{
	(void)state;
	write_journal(3);
	assert_int_equal(detail_write(dir, 1, slice_str("smuggled")), RC_OK);
	assert_int_equal(verify(vkey), RC_BAD_DIGEST);
}

static void
a_longer_file_is_not_the_tile(void **state)
{
	char path[FILE_PATH_MAX];

	(void)state;
	write_journal(3);
	in_dir(path, "tile/0/000.p/3");
	FILE *f = fopen(path, "ab");
	assert_non_null(f);
	assert_int_equal(fputc(0, f), 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(verify(vkey), RC_BAD_TREE);
}

static void
another_key_verifies_nothing(void **state)
{
	(void)state;
	write_journal(2);
	assert_int_equal(verify(VECTOR_KEY), RC_BAD_NOTE);
	assert_int_equal(verify("nonsense"), RC_USAGE);
	assert_int_equal(verify(""), RC_USAGE);
}

static void
every_checkpoint_of_the_public_vector_verifies(void **state)
{
	(void)state;
	for (int i = 0; i <= 15; i++) {
		char              file[FILE_PATH_MAX];
		struct checkpoint head;
		(void)snprintf(file, sizeof file, VECTORS "/checkpoint.%d", i);
		struct tiles_check what = {
		    .dir = VECTORS, .checkpoint = file, .vkey = VECTOR_KEY};
		assert_int_equal(tiles_verify(&what, &head, &error), RC_OK);
		assert_int_equal(head.size, i);
	}
}

static void
details_fit_only_their_own_entry(void **state)
{
	AUTO(buf_wipe) struct buf leaf = buf_init(4096), detail = buf_init(4096);
	AUTO(buf_wipe) struct buf bare = buf_init(4096);
	struct buf                none = buf_init(0);

	(void)state;
	entry_of(0, &leaf, &detail);
	entry_of(1, &bare, &none);
	assert_int_equal(detail_fits(buf_slice(&leaf), buf_slice(&detail)), RC_OK);
	assert_int_equal(detail_fits(buf_slice(&bare), slice_of(NULL, 0)), RC_OK);
	assert_int_equal(detail_fits(buf_slice(&leaf), slice_of(NULL, 0)), RC_BAD_DIGEST);
	assert_int_equal(
	    detail_fits(buf_slice(&bare), buf_slice(&detail)), RC_BAD_DIGEST);
	assert_int_equal(
	    detail_fits(buf_slice(&leaf), slice_str("other")), RC_BAD_DIGEST);
	assert_int_equal(detail_fits(slice_str("\xff"), slice_str("other")), RC_BAD_TREE);
	buf_wipe(&detail);
}

#define CLAIM(name) cmocka_unit_test_teardown(name, empty_dir)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CLAIM(journals_of_every_awkward_size_verify),
	    CLAIM(one_changed_byte_in_any_file_is_found),
	    CLAIM(every_bit_and_every_cut_of_a_small_journal_is_found),
	    CLAIM(every_bit_and_every_cut_of_the_edge_of_a_larger_one_is_found),
	    CLAIM(a_partial_tile_of_before_is_looked_at_too),
	    CLAIM(a_changed_entry_is_not_another_history),
	    CLAIM(every_needed_file_must_be_there),
	    CLAIM(a_detail_that_nobody_promised_is_found),
	    CLAIM(a_longer_file_is_not_the_tile),
	    CLAIM(another_key_verifies_nothing),
	    CLAIM(every_checkpoint_of_the_public_vector_verifies),
	    CLAIM(details_fit_only_their_own_entry),
	};
	return cmocka_run_group_tests(tests, start, end);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * test_tile.c - tiles: their paths and widths, and a whole public log.
 *
 * The log is that of tests/vectors/tlog-tiles: 15 entries and the 16 checkpoints of its
 * growth, made by another program.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "../support/files.h"
#include "proto/auto.h"
#include "proto/checkpoint.h"
#include "proto/tile.h"

#define LOG SOURCE_DIR "/tests/vectors/tlog-tiles/"
#define VKEY \
	"example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"

static struct note_verifier theirs;

static int
read_key(void **state)
{
	(void)state;
	if (sodium_init() < 0) return -1;
	return note_verifier_parse(&theirs, VKEY) == RC_OK ? 0 : -1;
}

/* --- paths and widths ------------------------------------------------------------ */

static void
paths_are_those_of_the_specification(void **state)
{
	static const struct {
		struct tile t;
		const char *path;
	} rows[] = {
	    {{0, 1234067, 256}, "tile/0/x001/x234/067"},
	    {{1, 0, 8}, "tile/1/000.p/8"},
	    {{TILE_ENTRIES, 0, 15}, "tile/entries/000.p/15"},
	    {{TILE_ENTRIES, 999, 256}, "tile/entries/999"},
	    {{7, 1000, 255}, "tile/7/x001/000.p/255"},
	    {{0, 0, 1}, "tile/0/000.p/1"},
	    {{TILE_ENTRIES, UINT64_MAX, 255},
	        "tile/entries/x018/x446/x744/x073/x709/x551/615.p/255"},
	};
	char path[TILE_PATH_MAX];
	(void)state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(tile_path(&rows[i].t, path), RC_OK);
		assert_string_equal(path, rows[i].path);
	}
}

static void
tiles_that_cannot_be_have_no_path(void **state)
{
	static const struct tile bad[] = {{0, 0, 0}, {0, 0, 257}, {8, 0, 1}, {-2, 0, 1}};
	char                     path[TILE_PATH_MAX] = "kept";
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(tile_path(&bad[i], path), RC_INTERNAL);
	assert_string_equal(path, "kept");
}

static void
widths_are_those_of_the_specifications_examples(void **state)
{
	(void)state;
	assert_int_equal(tile_width_at(0, 272, 70000), 256);
	assert_int_equal(tile_width_at(0, 273, 70000), 112);
	assert_int_equal(tile_width_at(0, 274, 70000), 0);
	assert_int_equal(tile_width_at(1, 0, 70000), 256);
	assert_int_equal(tile_width_at(1, 1, 70000), 17);
	assert_int_equal(tile_width_at(2, 0, 70000), 1);
	assert_int_equal(tile_width_at(3, 0, 70000), 0);
	assert_int_equal(tile_width_at(0, 0, 256), 256);
	assert_int_equal(tile_width_at(0, 1, 256), 0); /* an empty tile is none */
	assert_int_equal(tile_width_at(1, 0, 256), 1);
	assert_int_equal(tile_width_at(0, 0, 0), 0);
	assert_int_equal(tile_width_at(7, 0, UINT64_MAX), 255);
	assert_int_equal(tile_width_at(8, 0, UINT64_MAX), 0);
}

/* --- entries --------------------------------------------------------------------- */

static void
entries_round_trip_up_to_their_limit(void **state)
{
	static uint8_t            big[65536];
	AUTO(buf_wipe) struct buf b = buf_init(200000);
	struct slice              e, rest;
	(void)state;

	assert_int_equal(tile_put_entry(slice_str(""), &b), RC_OK);
	assert_int_equal(tile_put_entry(slice_of(big, 65535), &b), RC_OK);
	assert_int_equal(tile_put_entry(slice_of(big, 65536), &b), RC_TOO_LARGE);
	assert_int_equal(tile_put_entry(slice_str("x"), &b), RC_OK);
	rest = buf_slice(&b);
	assert_int_equal(tile_next_entry(&rest, &e), RC_OK);
	assert_int_equal(e.n, 0);
	assert_int_equal(tile_next_entry(&rest, &e), RC_OK);
	assert_int_equal(e.n, 65535);
	assert_int_equal(tile_next_entry(&rest, &e), RC_OK);
	assert_true(slice_equal(e, slice_str("x")));
	assert_int_equal(tile_next_entry(&rest, &e), RC_MALFORMED);
}

static void
a_cut_bundle_is_malformed_and_left_alone(void **state)
{
	static const char *const bad[] = {"\x01", "\x01\x01", "\x01\x02x"};
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct slice rest = slice_str(bad[i]), e = slice_str("kept");
		assert_int_equal(tile_next_entry(&rest, &e), RC_MALFORMED);
		assert_ptr_equal(rest.p, bad[i]);
		assert_int_equal(e.n, 4);
	}
	AUTO(buf_wipe) struct buf b = buf_init(4);
	assert_int_equal(tile_put_entry(slice_str("abc"), &b), RC_TOO_LARGE);
	assert_int_equal(b.n, 0);
}

/* --- the tree in a tile ---------------------------------------------------------- */

static struct hash
leaf_of(unsigned i)
{
	uint8_t b = (uint8_t)i;
	return merkle_leaf(slice_of(&b, 1));
}

static void
a_tile_gives_every_full_subtree_and_no_other(void **state)
{
	static struct tile_tree t;
	(void)state;

	for (unsigned width = 0; width <= TILE_WIDTH; width++) {
		for (unsigned level = 0; level <= TILE_HEIGHT + 1; level++) {
			for (unsigned i = 0; i <= (unsigned)TILE_WIDTH >> level; i++) {
				struct hash h = {{0}};
				bool        full =
				    level <= TILE_HEIGHT && (i + 1) << level <= width;
				assert_int_equal(tile_tree_node(&t, level, i, &h),
				    full ? RC_OK : RC_NOT_FOUND);
				if (!full) continue;
				struct merkle_frontier f = {0};
				if (width % 64 != 0 && i != (width >> level) - 1)
					continue;
				for (unsigned k = i << level; k < (i + 1) << level; k++) {
					struct hash leaf = leaf_of(k);
					merkle_append(&f, &leaf);
				}
				struct hash want = merkle_root(&f);
				assert_true(hash_equal(&h, &want));
			}
		}
		struct hash next = leaf_of(width);
		if (width < TILE_WIDTH) tile_tree_append(&t, &next);
	}
}

/* --- the public log -------------------------------------------------------------- */

static void
read_checkpoint(unsigned size, struct buf *out)
{
	char path[1024];
	(void)snprintf(path, sizeof path, LOG "checkpoint.%u", size);
	read_file(path, out);
}

static void
read_tile(int level, unsigned width, struct buf *out)
{
	char        part[TILE_PATH_MAX], path[1024];
	struct tile t = {.level = level, .index = 0, .width = width};

	assert_int_equal(tile_path(&t, part), RC_OK);
	(void)snprintf(path, sizeof path, LOG "%s", part);
	read_file(path, out);
}

static void
all_checkpoints_open_and_their_roots_are_those_of_the_entries(void **state)
{
	(void)state;
	for (unsigned size = 0; size <= 15; size++) {
		AUTO(buf_wipe)
		struct buf note = buf_init(4096), bundle = buf_init(65536),
		           tile = buf_init(8192);
		struct checkpoint      c;
		struct merkle_frontier f = {0};
		struct slice           entry;

		read_checkpoint(size, &note);
		assert_int_equal(checkpoint_open(buf_slice(&note), &theirs, &c), RC_OK);
		assert_int_equal(c.size, size);
		if (size != 0) read_tile(TILE_ENTRIES, size, &bundle);
		if (size != 0) read_tile(0, size, &tile);
		assert_int_equal(tile.n, size * HASH_BYTES);
		for (struct slice rest = buf_slice(&bundle); rest.n != 0;) {
			assert_int_equal(tile_next_entry(&rest, &entry), RC_OK);
			struct hash h = merkle_leaf(entry);
			assert_memory_equal(
			    h.b, tile.p + f.size * HASH_BYTES, HASH_BYTES);
			merkle_append(&f, &h);
		}
		struct hash root = merkle_root(&f);
		assert_int_equal(f.size, size);
		assert_true(hash_equal(&root, &c.root));
	}
}

static rc
node_in_tile(void *arg, unsigned level, uint64_t index, struct hash *ret)
{
	return tile_tree_node(arg, level, (unsigned)index, ret);
}

static void
their_checkpoints_are_consistent_with_each_other(void **state)
{
	AUTO(buf_wipe) struct buf tile = buf_init(8192);
	static struct tile_tree   tree;
	struct checkpoint         c[16];
	(void)state;

	read_tile(0, 15, &tile);
	for (unsigned i = 0; i < 15; i++) {
		struct hash h;
		memcpy(h.b, tile.p + i * HASH_BYTES, HASH_BYTES);
		tile_tree_append(&tree, &h);
	}
	for (unsigned n = 1; n <= 15; n++) {
		AUTO(buf_wipe) struct buf note = buf_init(4096);
		read_checkpoint(n, &note);
		assert_int_equal(
		    checkpoint_open(buf_slice(&note), &theirs, &c[n]), RC_OK);
		for (unsigned m = 1; m <= n; m++) {
			struct merkle_proof p;
			assert_int_equal(
			    merkle_prove_consistency(node_in_tile, &tree, m, n, &p),
			    RC_OK);
			assert_int_equal(
			    merkle_verify_consistency(&p, m, n, &c[m].root, &c[n].root),
			    RC_OK);
		}
	}
}

static void
every_changed_byte_refuses_a_checkpoint(void **state)
{
	(void)state;
	for (unsigned size = 0; size <= 15; size++) {
		AUTO(buf_wipe) struct buf note = buf_init(4096);
		struct checkpoint         c;
		read_checkpoint(size, &note);
		for (size_t i = 0; i < note.n; i++) {
			uint8_t was = note.p[i];
			for (unsigned other = 0; other < 256; other++) {
				if (other == was) continue;
				/* the last head with every other byte, the rest with
				 * every bit */
				if (size != 15 &&
				    ((other ^ was) & ((other ^ was) - 1)) != 0)
					continue;
				note.p[i] = (uint8_t)other;
				assert_int_equal(
				    checkpoint_open(buf_slice(&note), &theirs, &c),
				    RC_BAD_NOTE);
			}
			note.p[i] = was;
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(paths_are_those_of_the_specification),
	    cmocka_unit_test(tiles_that_cannot_be_have_no_path),
	    cmocka_unit_test(widths_are_those_of_the_specifications_examples),
	    cmocka_unit_test(entries_round_trip_up_to_their_limit),
	    cmocka_unit_test(a_cut_bundle_is_malformed_and_left_alone),
	    cmocka_unit_test(a_tile_gives_every_full_subtree_and_no_other),
	    cmocka_unit_test(
	        all_checkpoints_open_and_their_roots_are_those_of_the_entries),
	    cmocka_unit_test(their_checkpoints_are_consistent_with_each_other),
	    cmocka_unit_test(every_changed_byte_refuses_a_checkpoint),
	};
	return cmocka_run_group_tests(tests, read_key, NULL);
}

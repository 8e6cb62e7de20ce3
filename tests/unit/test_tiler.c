/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * test_tiler.c - a tree that is continued from its edge is the tree made in one go.
 */
#include "client/command/tiler.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/auto.h"

enum { KEPT_MAX = 2048 };

/* Tiles by name, the last of each. */
struct shelf {
	size_t      n;
	struct tile tile[KEPT_MAX];
	struct buf  bytes[KEPT_MAX];
};

static struct shelf shelf;

static int
empty(void **state)
{
	(void)state;
	for (size_t i = 0; i < shelf.n; i++) buf_wipe(&shelf.bytes[i]);
	shelf.n = 0;
	return 0;
}

static size_t
find(const struct tile *t)
{
	for (size_t i = 0; i < shelf.n; i++)
		if (shelf.tile[i].level == t->level && shelf.tile[i].index == t->index &&
		    shelf.tile[i].width == t->width)
			return i;
	return shelf.n;
}

static rc
put(void *arg, const struct tile *tile, struct slice bytes)
{
	size_t i = find(tile);

	(void)arg;
	assert_true(i < KEPT_MAX);
	if (i == shelf.n) {
		shelf.bytes[i] = buf_init(BUNDLE_MAX);
		shelf.n++;
	}
	shelf.tile[i]    = *tile;
	shelf.bytes[i].n = 0;
	return buf_append(&shelf.bytes[i], bytes);
}

/* The tile or a fuller one, as in a folder. */
static rc
give(void *arg, const struct tile *tile, struct buf *out)
{
	struct tile t = *tile;

	(void)arg;
	for (; t.width <= TILE_WIDTH; t.width++)
		if (find(&t) != shelf.n)
			return buf_append(out, buf_slice(&shelf.bytes[find(&t)]));
	return RC_BAD_TREE;
}

/* Entry I; lengths differ, and are zero now and then. */
static struct slice
entry_of(uint64_t i, uint8_t room[32])
{
	put_u64_be(room, i);
	memset(room + 8, (int)(i & 0xff), 24);
	return slice_of(room, (size_t)(i % 33));
}

static void
append(struct tiler *t, uint64_t until)
{
	uint8_t room[32];

	for (uint64_t i = tiler_size(t); i < until; i++)
		assert_int_equal(tiler_append(t, entry_of(i, room)), RC_OK);
}

static struct hash
root_at(uint64_t size)
{
	struct merkle_frontier f = {0};
	uint8_t                room[32];

	for (uint64_t i = 0; i < size; i++) {
		struct hash h = merkle_leaf(entry_of(i, room));
		merkle_append(&f, &h);
	}
	return merkle_root(&f);
}

/* Export up to FROM, then go on from there to TO; the tree has to be that of TO. */
static void
in_two_parts(uint64_t from, uint64_t to)
{
	AUTO(tiler_destroy) struct tiler *first = NULL, *second = NULL;
	struct hash                       want = root_at(to);

	assert_int_equal(tiler_new(&first, put, NULL), RC_OK);
	append(first, from);
	assert_int_equal(tiler_finish(first), RC_OK);
	assert_int_equal(tiler_new(&second, put, NULL), RC_OK);
	assert_int_equal(tiler_resume(second, from, give, NULL), RC_OK);
	assert_int_equal(tiler_size(second), from);
	struct hash then = tiler_root(second), old = tiler_root(first);
	assert_true(hash_equal(&then, &old));
	append(second, to);
	assert_int_equal(tiler_finish(second), RC_OK);
	struct hash now = tiler_root(second);
	assert_true(hash_equal(&now, &want));
}

/* Everything that a tree of SIZE in one go has stands on the shelf, byte for byte. */
static void
assert_complete(uint64_t size)
{
	struct shelf                     *parts = calloc(1, sizeof *parts);
	AUTO(tiler_destroy) struct tiler *t     = NULL;

	assert_non_null(parts);
	*parts  = shelf;
	shelf.n = 0;
	assert_int_equal(tiler_new(&t, put, NULL), RC_OK);
	append(t, size);
	assert_int_equal(tiler_finish(t), RC_OK);
	struct shelf *whole = calloc(1, sizeof *whole);
	assert_non_null(whole);
	*whole = shelf;
	shelf  = *parts;
	for (size_t i = 0; i < whole->n; i++) {
		size_t at = find(&whole->tile[i]);
		assert_true(at < shelf.n);
		assert_true(slice_equal(
		    buf_slice(&whole->bytes[i]), buf_slice(&shelf.bytes[at])));
		buf_wipe(&whole->bytes[i]);
	}
	free(whole);
	free(parts);
}

static void
every_awkward_pair_of_sizes_continues(void **state)
{
	static const uint64_t sizes[] = {
	    0, 1, 2, 3, 127, 128, 255, 256, 257, 300, 511, 512, 513, 700};

	for (size_t a = 0; a < sizeof sizes / sizeof sizes[0]; a++)
		for (size_t b = a; b < sizeof sizes / sizeof sizes[0]; b++) {
			in_two_parts(sizes[a], sizes[b]);
			assert_complete(sizes[b]);
			(void)empty(state);
		}
}

static void
a_third_level_continues(void **state)
{
	static const uint64_t sizes[] = {65535, 65536, 65537, 65800};

	for (size_t a = 0; a + 1 < sizeof sizes / sizeof sizes[0]; a++) {
		in_two_parts(sizes[a], sizes[a + 1]);
		assert_complete(sizes[a + 1]);
		(void)empty(state);
	}
}

static void
a_fuller_tile_serves_an_older_size(void **state)
{
	AUTO(tiler_destroy) struct tiler *t = NULL;

	(void)state;
	in_two_parts(100, 256); /* as if cut off before the new checkpoint */
	for (size_t i = 0; i < shelf.n; i++)
		if (shelf.tile[i].width == 100) shelf.tile[i].index = 99; /* away */
	assert_int_equal(tiler_new(&t, put, NULL), RC_OK);
	assert_int_equal(tiler_resume(t, 100, give, NULL), RC_OK);
	append(t, 256);
	struct hash now = tiler_root(t), want = root_at(256);
	assert_true(hash_equal(&now, &want));
}

static rc
resume(uint64_t size, struct hash *ret_root)
{
	AUTO(tiler_destroy) struct tiler *t = NULL;

	assert_int_equal(tiler_new(&t, put, NULL), RC_OK);
	rc code   = tiler_resume(t, size, give, NULL);
	*ret_root = tiler_root(t);
	return code;
}

static void
a_changed_edge_is_found_at_once_or_by_its_root(void **state)
{
	struct hash want = root_at(300), got;

	(void)state;
	in_two_parts(0, 300);
	assert_int_equal(resume(300, &got), RC_OK);
	for (size_t i = 0; i < shelf.n; i++) {
		bool edge = shelf.tile[i].width != TILE_WIDTH;
		for (size_t at = 0; edge && at < shelf.bytes[i].n; at += 7) {
			shelf.bytes[i].p[at] ^= 0x10;
			rc code = resume(300, &got);
			assert_false(code == RC_OK && hash_equal(&got, &want));
			shelf.bytes[i].p[at] ^= 0x10;
		}
		if (!edge) continue;
		shelf.bytes[i].n--; /* cut short */
		assert_int_equal(resume(300, &got), RC_BAD_TREE);
		shelf.bytes[i].n++;
	}
	assert_int_equal(resume(300, &got), RC_OK);
	assert_true(hash_equal(&got, &want));
}

static void
what_is_missing_is_said(void **state)
{
	struct hash got;

	(void)state;
	assert_int_equal(resume(1, &got), RC_BAD_TREE);
	assert_int_equal(resume(0, &got), RC_OK);
}

#define CLAIM(name) cmocka_unit_test_teardown(name, empty)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CLAIM(every_awkward_pair_of_sizes_continues),
	    CLAIM(a_third_level_continues),
	    CLAIM(a_fuller_tile_serves_an_older_size),
	    CLAIM(a_changed_edge_is_found_at_once_or_by_its_root),
	    CLAIM(what_is_missing_is_said),
	};
	if (sodium_init() < 0) return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

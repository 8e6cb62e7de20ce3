/* SPDX-License-Identifier: EUPL-1.2 */
/* tiler.c - entries in, tiles out; and going on where an older tree ended. */
#include "client/command/tiler.h"

#include <stdlib.h>
#include <string.h>

#include "proto/auto.h"

struct level {
	uint64_t         index; /* of the tile being filled */
	struct tile_tree tree;
	uint8_t          bytes[TILE_WIDTH * HASH_BYTES];
};

struct tiler {
	tile_taker             take;
	void                  *arg;
	struct merkle_frontier frontier;
	struct buf             bundle;
	struct level           levels[TILE_LEVELS];
};

/* --- entries in, tiles out ------------------------------------------------------- */

rc
tiler_new(struct tiler **ret, tile_taker take, void *arg)
{
	struct tiler *t = calloc(1, sizeof *t);

	if (t == NULL) return RC_NOMEM;
	t->take   = take;
	t->arg    = arg;
	t->bundle = buf_init(BUNDLE_MAX);
	*ret      = t;
	return RC_OK;
}

void
tiler_destroy(struct tiler **tp)
{
	if (*tp == NULL) return;
	buf_wipe(&(*tp)->bundle);
	free(*tp);
	*tp = NULL;
}

/* Hand out the tile of LEVEL as far as it is filled. */
static rc
hand_out(struct tiler *t, unsigned level)
{
	const struct level *l    = &t->levels[level];
	struct tile         tile = {
	            .level = (int)level, .index = l->index, .width = l->tree.width};

	return t->take(
	    t->arg, &tile, slice_of(l->bytes, (size_t)l->tree.width * HASH_BYTES));
}

/* One more hash on LEVEL; a full tile goes out and its root goes up. */
static rc
add_hash(struct tiler *t, struct hash hash)
{
	for (unsigned level = 0; level < TILE_LEVELS; level++) {
		struct level *l = &t->levels[level];
		memcpy(l->bytes + (size_t)l->tree.width * HASH_BYTES, hash.b, HASH_BYTES);
		tile_tree_append(&l->tree, &hash);
		if (l->tree.width < TILE_WIDTH) return RC_OK;
		TRY(hand_out(t, level));
		TRY(tile_tree_node(&l->tree, TILE_HEIGHT, 0, &hash));
		l->tree.width = 0;
		l->index++;
	}
	return RC_OK;
}

static rc
hand_out_bundle(struct tiler *t)
{
	uint64_t    last = t->frontier.size - 1;
	struct tile tile = {.level = TILE_ENTRIES,
	    .index                 = last / TILE_WIDTH,
	    .width                 = (unsigned)(last % TILE_WIDTH) + 1};

	TRY(t->take(t->arg, &tile, buf_slice(&t->bundle)));
	buf_wipe(&t->bundle);
	return RC_OK;
}

rc
tiler_append(struct tiler *t, struct slice entry)
{
	struct hash hash = merkle_leaf(entry);

	TRY(tile_put_entry(entry, &t->bundle));
	merkle_append(&t->frontier, &hash);
	if (t->frontier.size % TILE_WIDTH == 0) TRY(hand_out_bundle(t));
	return add_hash(t, hash);
}

rc
tiler_finish(struct tiler *t)
{
	if (t->frontier.size % TILE_WIDTH != 0) TRY(hand_out_bundle(t));
	for (unsigned level = 0; level < TILE_LEVELS; level++)
		if (t->levels[level].tree.width != 0) TRY(hand_out(t, level));
	return RC_OK;
}

uint64_t
tiler_size(const struct tiler *t)
{
	return t->frontier.size;
}

struct hash
tiler_root(const struct tiler *t)
{
	return merkle_root(&t->frontier);
}

struct merkle_frontier
tiler_frontier(const struct tiler *t)
{
	return t->frontier;
}

/* --- going on -------------------------------------------------------------------- */

/* The partial tile of LEVEL in a tree of SIZE entries, if it has one there. */
static rc
resume_level(struct level *l, unsigned level, uint64_t size, tile_giver give, void *arg)
{
	AUTO(buf_wipe) struct buf bytes = buf_init((size_t)TILE_WIDTH * HASH_BYTES);
	unsigned                  shift = TILE_HEIGHT * (level + 1);
	struct hash               h;

	l->index           = shift >= 64 ? 0 : size >> shift;
	struct tile tile   = {.level = (int)level,
	      .index                 = l->index,
	      .width                 = tile_width_at(level, l->index, size)};
	size_t      needed = (size_t)tile.width * HASH_BYTES;
	if (tile.width == 0) return RC_OK;
	TRY(give(arg, &tile, &bytes));
	if (bytes.n < needed) return RC_BAD_TREE;
	memcpy(l->bytes, bytes.p, needed);
	for (unsigned i = 0; i < tile.width; i++) {
		memcpy(h.b, bytes.p + (size_t)i * HASH_BYTES, HASH_BYTES);
		tile_tree_append(&l->tree, &h);
	}
	return RC_OK;
}

/* The entries behind the last full bundle, each as its hash in the tile says. */
static rc
resume_bundle(struct tiler *t, uint64_t size, tile_giver give, void *arg)
{
	AUTO(buf_wipe) struct buf bytes = buf_init(BUNDLE_MAX);
	struct tile               tile  = {.level = TILE_ENTRIES,
	                   .index                 = size / TILE_WIDTH,
	                   .width                 = (unsigned)(size % TILE_WIDTH)};
	struct slice              entry;

	if (tile.width == 0) return RC_OK;
	TRY(give(arg, &tile, &bytes));
	struct slice rest = buf_slice(&bytes);
	for (unsigned i = 0; i < tile.width; i++) {
		if (tile_next_entry(&rest, &entry) != RC_OK) return RC_BAD_TREE;
		struct hash h = merkle_leaf(entry);
		if (memcmp(h.b, t->levels[0].bytes + (size_t)i * HASH_BYTES,
		        HASH_BYTES) != 0)
			return RC_BAD_TREE;
		TRY(tile_put_entry(entry, &t->bundle));
	}
	return RC_OK;
}

/* The perfect subtrees, largest first: each lies in the partial tile of its level. */
static rc
resume_frontier(struct tiler *t, uint64_t size)
{
	struct merkle_frontier f  = {.size = size};
	uint64_t               at = 0;
	size_t                 n  = 0;

	for (unsigned bit = 64; bit-- > 0;) {
		const struct level *l      = &t->levels[bit / TILE_HEIGHT];
		unsigned            inside = bit % TILE_HEIGHT;
		if ((size >> bit & 1) == 0) continue;
		uint64_t per = (uint64_t)TILE_WIDTH >> inside;
		TRY(tile_tree_node(
		    &l->tree, inside, (unsigned)((at >> bit) % per), &f.edge[n++]));
		at += (uint64_t)1 << bit;
	}
	t->frontier = f;
	return RC_OK;
}

rc
tiler_resume(struct tiler *t, uint64_t size, tile_giver give, void *arg)
{
	for (unsigned level = 0; level < TILE_LEVELS; level++)
		TRY(resume_level(&t->levels[level], level, size, give, arg));
	TRY(resume_bundle(t, size, give, arg));
	return resume_frontier(t, size);
}

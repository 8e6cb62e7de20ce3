/* SPDX-License-Identifier: EUPL-1.2 */
/* tree.c - the right edge in memory, full tiles in the store and a few in a cache. */
#include "broker/journal/tree.h"

#include <stdlib.h>
#include <string.h>

#include "proto/auto.h"

enum { CACHED_TILES = 32 };

struct cached_tile {
	bool             used;
	unsigned         level;
	uint64_t         index;
	uint64_t         last_use;
	struct tile_tree tree;
};

struct tree {
	struct store      *store;             /* borrowed */
	uint64_t           size;              /* leaves, uncommitted ones included */
	struct tile_tree   edge[TILE_LEVELS]; /* the partial tile of each level */
	bool               dirty[TILE_LEVELS];
	bool               known;     /* the edge is that of COMMITTED leaves and more */
	uint64_t           committed; /* leaves */
	bool               filled;    /* since then, a tile */
	uint64_t           uses;
	struct cached_tile cache[CACHED_TILES];
};

/* --- the right edge -------------------------------------------------------------- */

/* Index of the partial tile of LEVEL in a tree of SIZE leaves. */
static uint64_t
edge_index(unsigned level, uint64_t size)
{
	unsigned shift = TILE_HEIGHT * (level + 1);
	return shift >= 64 ? 0 : size >> shift;
}

static rc
write_tile(struct tree *all, unsigned level, uint64_t index)
{
	struct tile_tree *t = &all->edge[level];
	return store_put_tile(all->store, level, index,
	    slice_of(t->node[TILE_WIDTH].b, (size_t)t->width * HASH_BYTES));
}

static struct cached_tile *
oldest(struct tree *all)
{
	struct cached_tile *best = &all->cache[0];
	for (size_t i = 1; i < CACHED_TILES; i++)
		if (all->cache[i].last_use < best->last_use) best = &all->cache[i];
	return best;
}

/* The tile that just filled is asked for by proofs of its last leaves. */
static void
keep_full(struct tree *all, unsigned level, uint64_t index, const struct tile_tree *t)
{
	struct cached_tile *c = oldest(all);

	*c = (struct cached_tile){.used = true,
	    .level                      = level,
	    .index                      = index,
	    .last_use                   = ++all->uses,
	    .tree                       = *t};
}

/* Add H to the edge tile of LEVEL; a tile that fills is written and its root goes up. */
static rc
push_hash(struct tree *all, unsigned level, uint64_t position, const struct hash *h)
{
	struct tile_tree *t = &all->edge[level];

	tile_tree_append(t, h);
	all->dirty[level] = true;
	if (t->width < TILE_WIDTH) return RC_OK;
	all->filled = true;

	struct hash root;
	uint64_t    index = position / TILE_WIDTH;
	TRY(tile_tree_node(t, TILE_HEIGHT, 0, &root));
	TRY(write_tile(all, level, index));
	keep_full(all, level, index, t);
	*t                = (struct tile_tree){0};
	all->dirty[level] = false;
	return level + 1 < TILE_LEVELS ? push_hash(all, level + 1, index, &root) : RC_OK;
}

/* Add HASHES to T, to WIDTH hashes at most. */
static void
add_hashes(struct tile_tree *t, struct slice hashes, unsigned width)
{
	for (size_t i = 0; i + HASH_BYTES <= hashes.n && t->width < width;
	     i += HASH_BYTES) {
		struct hash h;
		memcpy(h.b, hashes.p + i, HASH_BYTES);
		tile_tree_append(t, &h);
	}
}

static rc
read_tile(
    struct tree *all, unsigned level, uint64_t index, unsigned width, struct tile_tree *t)
{
	AUTO(buf_wipe) struct buf hashes = buf_init(TILE_WIDTH * HASH_BYTES);

	TRY(store_get_tile(all->store, level, index, &hashes));
	if (hashes.n < (size_t)width * HASH_BYTES) return RC_BAD_TREE;
	*t = (struct tile_tree){0};
	add_hashes(t, buf_slice(&hashes), width);
	return RC_OK;
}

/* --- nodes, for proofs ----------------------------------------------------------- */

/* Whether the full tile T hangs in the tree where it should: its root stands in the tile
 * above it, up to the right edge, which the signed head covers. */
static rc
check_full(struct tree *all, unsigned level, uint64_t index, const struct tile_tree *t)
{
	struct hash root, above;

	TRY(tile_tree_node(t, TILE_HEIGHT, 0, &root));
	TRY(tree_node_at(all, TILE_HEIGHT * (level + 1), index, &above));
	return hash_equal(&root, &above) ? RC_OK : RC_BAD_TREE;
}

static rc
full_tile(struct tree *all, unsigned level, uint64_t index, const struct tile_tree **ret)
{
	struct cached_tile *c = NULL;
	for (size_t i = 0; i < CACHED_TILES && c == NULL; i++)
		if (all->cache[i].used && all->cache[i].level == level &&
		    all->cache[i].index == index)
			c = &all->cache[i];
	if (c == NULL) {
		c           = oldest(all);
		c->used     = false;
		c->last_use = ++all->uses; /* not for the tiles above */
		TRY(read_tile(all, level, index, TILE_WIDTH, &c->tree));
		TRY(check_full(all, level, index, &c->tree));
		c->used  = true;
		c->level = level;
		c->index = index;
	}
	c->last_use = ++all->uses;
	*ret        = &c->tree;
	return RC_OK;
}

rc
tree_node_at(void *arg, unsigned level, uint64_t index, struct hash *ret)
{
	struct tree            *all  = arg;
	unsigned                tile = level / TILE_HEIGHT, inside = level % TILE_HEIGHT;
	uint64_t                per = (uint64_t)TILE_WIDTH >> inside;
	uint64_t                at  = index / per;
	const struct tile_tree *t   = NULL;

	if (tile >= TILE_LEVELS) return RC_INTERNAL;
	if (at == edge_index(tile, all->size))
		t = &all->edge[tile];
	else
		TRY(full_tile(all, tile, at, &t));
	return tile_tree_node(t, inside, (unsigned)(index % per), ret);
}

/* --- from the store ------------------------------------------------------------- */

/* The partial tile of level 0: what an older broker wrote of it, then what the heads
 * brought. */
static rc
load_leaves(struct tree *all, unsigned width)
{
	uint64_t                  index  = edge_index(0, all->size);
	AUTO(buf_wipe) struct buf before = buf_init(TILE_WIDTH * HASH_BYTES);
	AUTO(buf_wipe) struct buf hashes = buf_init(TILE_WIDTH * HASH_BYTES);

	rc code = store_get_tile(all->store, 0, index, &before);
	if (code != RC_NOT_FOUND) TRY(code);
	add_hashes(&all->edge[0], buf_slice(&before), width);
	TRY(store_read_edge(
	    all->store, index * TILE_WIDTH + all->edge[0].width, &hashes));
	add_hashes(&all->edge[0], buf_slice(&hashes), width);
	return all->edge[0].width == width ? RC_OK : RC_BAD_TREE;
}

static rc
load_edge(struct tree *all)
{
	for (unsigned level = 0; level < TILE_LEVELS; level++) {
		uint64_t index    = edge_index(level, all->size);
		unsigned width    = tile_width_at(level, index, all->size);
		all->edge[level]  = (struct tile_tree){0};
		all->dirty[level] = false;
		if (width == 0) continue;
		if (level == 0)
			TRY(load_leaves(all, width));
		else
			TRY(read_tile(all, level, index, width, &all->edge[level]));
	}
	return RC_OK;
}

/* The same from memory, while no tile was filled: the leaves that came go again. */
static void
cut_edge(struct tree *all)
{
	struct tile_tree was = all->edge[0];

	all->edge[0]  = (struct tile_tree){0};
	all->dirty[0] = false;
	add_hashes(&all->edge[0],
	    slice_of(was.node[TILE_WIDTH].b, (size_t)was.width * HASH_BYTES),
	    tile_width_at(0, edge_index(0, all->size), all->size));
}

/* --- public ---------------------------------------------------------------------- */

rc
tree_new(struct tree **ret, struct store *store)
{
	struct tree *all = calloc(1, sizeof *all);

	if (all == NULL) return RC_NOMEM;
	all->store = store;
	*ret       = all;
	return RC_OK;
}

void
tree_destroy(struct tree **tp)
{
	free(*tp);
	*tp = NULL;
}

uint64_t
tree_size(const struct tree *all)
{
	return all->size;
}

void
tree_commit(struct tree *all)
{
	all->known     = true;
	all->committed = all->size;
	all->filled    = false;
}

rc
tree_restore(struct tree *all, uint64_t size)
{
	bool here = all->known && !all->filled && size == all->committed;

	all->size = size;
	if (here) {
		cut_edge(all);
		return RC_OK;
	}
	all->known = false;
	for (size_t i = 0; i < CACHED_TILES; i++) all->cache[i].used = false;
	TRY(load_edge(all));
	tree_commit(all);
	return RC_OK;
}

rc
tree_append(struct tree *all, const struct hash *leaf)
{
	TRY(push_hash(all, 0, all->size, leaf));
	all->size++;
	return RC_OK;
}

rc
tree_write(struct tree *all)
{
	for (unsigned level = 1; level < TILE_LEVELS; level++) {
		if (!all->dirty[level]) continue;
		TRY(write_tile(all, level, edge_index(level, all->size)));
		all->dirty[level] = false;
	}
	return RC_OK;
}

struct slice
tree_fresh(const struct tree *all, uint64_t from)
{
	uint64_t begin = edge_index(0, all->size) * TILE_WIDTH;

	from = from > begin ? from - begin : 0;
	return slice_of(all->edge[0].node[TILE_WIDTH + from].b,
	    (size_t)(all->edge[0].width - from) * HASH_BYTES);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * tile.h - C2SP tlog-tiles: how a tree is cut into static files.
 *
 * A hash tile of level L and index N holds the hashes of tree level 8 L from
 * 256 N on, up to 256 of them; an entry bundle holds the leaves themselves, each
 * with a two-byte big-endian length.  Full tiles never change; a partial tile of
 * width W has the suffix ".p/W".
 *
 *	tile/0/x001/x234/067        full tile 1234067 of level 0
 *	tile/1/000.p/8              first 8 hashes of level 1
 *	tile/entries/000.p/15       first 15 leaves
 *
 * Pure.  Source: C2SP/C2SP tlog-tiles.md.
 */
#ifndef SLUIS_PROTO_TILE_H
#define SLUIS_PROTO_TILE_H

#include "proto/merkle.h"

enum {
	TILE_HEIGHT   = 8,
	TILE_WIDTH    = 256,
	TILE_LEVELS   = 8, /* 8 * 8 = 64 levels */
	TILE_PATH_MAX = 64,
	TILE_ENTRIES  = -1, /* as level: an entry bundle */
};

struct tile {
	int      level; /* TILE_ENTRIES or 0 .. TILE_LEVELS - 1 */
	uint64_t index;
	unsigned width; /* 1 .. TILE_WIDTH */
};

/* Write the path of TILE with its NUL, "tile/..."; OUT holds TILE_PATH_MAX bytes.
 * RC_INTERNAL if there is no such level or width. */
MUST rc tile_path(const struct tile *t, char out[TILE_PATH_MAX]);

/* How many hashes the tile (LEVEL, INDEX) has in a tree of SIZE leaves; 0: none. */
unsigned tile_width_at(unsigned level, uint64_t index, uint64_t size);

/* Take the next entry off the front of *REST (two-byte length, then the leaf). */
MUST rc tile_next_entry(struct slice *rest, struct slice *ret_entry);

/* Append ENTRY in bundle form to OUT; RC_TOO_LARGE above 65535 bytes. */
MUST rc tile_put_entry(struct slice entry, struct buf *out);

/*
 * All perfect-subtree hashes inside one tile: its hashes and what stands above
 * them, so that a proof reads any node in O(1).  16 KiB; a plain value.
 */
struct tile_tree {
	unsigned width; /* hashes so far, 0 .. TILE_WIDTH */
	struct hash
	    node[2 * TILE_WIDTH]; /* heap order: root 1, leaves from TILE_WIDTH on */
};

/* Add the next hash and every node that becomes perfect by it. width < TILE_WIDTH. */
void tile_tree_append(struct tile_tree *t, const struct hash *h);

/* Node INDEX of LEVEL (0: the tile's own hashes, 8: its root); RC_NOT_FOUND unless
 * that subtree is full. */
MUST rc tile_tree_node(
    const struct tile_tree *t, unsigned level, unsigned index, struct hash *ret);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * tiler.h - entries in, tiles out (C2SP tlog-tiles, proto/tile.h).
 *
 * Entries go in at the bottom, and every tile that becomes full, or is left over at the
 * end, comes out.  Writing puts it in a file; checking compares it with the file.
 *
 * It may begin where an older tree ended: the right edge of that tree, one partial tile a
 * level and one partial bundle, is all it needs.
 *
 * The memory needed does not depend on the length of the journal.  Owns it.  Pure but for
 * what it is given.
 */
#ifndef SLUIS_CLIENT_COMMAND_TILER_H
#define SLUIS_CLIENT_COMMAND_TILER_H

#include "proto/tile.h"

enum { BUNDLE_MAX = TILE_WIDTH * (65535 + 2) }; /* bytes of the largest bundle */

struct tiler;

/* What becomes of the bytes of one tile or bundle. */
typedef rc (*tile_taker)(void *arg, const struct tile *tile, struct slice bytes);

MUST rc tiler_new(struct tiler **ret, tile_taker take, void *arg);

/* Gives the bytes of TILE, at least its width, appended to OUT. */
typedef rc (*tile_giver)(void *arg, const struct tile *tile, struct buf *out);

/*
 * Go on behind the SIZE entries of an older tree, whose edge GIVE knows.  The edge is
 * taken as it is: compare tiler_root() with what was signed.  RC_BAD_TREE when bundle and
 * tile of the edge do not agree, or are cut short; what GIVE returns.
 */
MUST rc tiler_resume(struct tiler *t, uint64_t size, tile_giver give, void *arg);
void    tiler_destroy(struct tiler **tp);

/* The next entry. */
MUST rc tiler_append(struct tiler *t, struct slice entry);

/* Hand out what is not full; no more entries after that. */
MUST rc tiler_finish(struct tiler *t);

uint64_t    tiler_size(const struct tiler *t);
struct hash tiler_root(const struct tiler *t);

/* The right edge of the tree so far. */
struct merkle_frontier tiler_frontier(const struct tiler *t);

#endif

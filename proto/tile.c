/* SPDX-License-Identifier: EUPL-1.2 */
/* tile.c - tile paths, entry bundles, and the small tree inside one tile. */
#include "proto/tile.h"

#include <stdio.h>

enum { INDEX_GROUPS = 7, ENTRY_MAX = UINT16_MAX };

/* INDEX in groups of three digits, all but the last behind an 'x': x001/x234/067. */
static size_t
put_index(uint64_t index, char *out, size_t room)
{
	unsigned groups[INDEX_GROUPS];
	unsigned n    = 0;
	size_t   used = 0;

	do {
		groups[n++] = (unsigned)(index % 1000);
		index /= 1000;
	} while (index != 0);
	while (n-- > 0)
		used += (size_t)snprintf(
		    out + used, room - used, n > 0 ? "x%03u/" : "%03u", groups[n]);
	return used;
}

rc
tile_path(const struct tile *t, char out[TILE_PATH_MAX])
{
	size_t n;

	if (t->level < TILE_ENTRIES || t->level >= TILE_LEVELS) return RC_INTERNAL;
	if (t->width < 1 || t->width > TILE_WIDTH) return RC_INTERNAL;
	if (t->level == TILE_ENTRIES)
		n = (size_t)snprintf(out, TILE_PATH_MAX, "tile/entries/");
	else
		n = (size_t)snprintf(out, TILE_PATH_MAX, "tile/%d/", t->level);
	n += put_index(t->index, out + n, TILE_PATH_MAX - n);
	if (t->width < TILE_WIDTH)
		(void)snprintf(out + n, TILE_PATH_MAX - n, ".p/%u", t->width);
	return RC_OK;
}

unsigned
tile_width_at(unsigned level, uint64_t index, uint64_t size)
{
	if (level >= TILE_LEVELS) return 0;
	uint64_t hashes = size >> (TILE_HEIGHT * level);
	if (index < hashes / TILE_WIDTH) return TILE_WIDTH;
	return index == hashes / TILE_WIDTH ? (unsigned)(hashes % TILE_WIDTH) : 0;
}

rc
tile_next_entry(struct slice *rest, struct slice *ret_entry)
{
	if (rest->n < 2) return RC_MALFORMED;
	size_t n = (size_t)rest->p[0] << 8 | rest->p[1];
	if (n > rest->n - 2) return RC_MALFORMED;
	*ret_entry = slice_of(rest->p + 2, n);
	*rest      = slice_of(rest->p + 2 + n, rest->n - 2 - n);
	return RC_OK;
}

rc
tile_put_entry(struct slice entry, struct buf *out)
{
	const uint8_t length[2] = {(uint8_t)(entry.n >> 8), (uint8_t)entry.n};
	size_t        start     = out->n;

	if (entry.n > ENTRY_MAX) return RC_TOO_LARGE;
	TRY(buf_append(out, slice_of(length, sizeof length)));
	rc code = buf_append(out, entry);
	if (code != RC_OK) out->n = start;
	return code;
}

void
tile_tree_append(struct tile_tree *t, const struct hash *h)
{
	unsigned at = TILE_WIDTH + t->width++;

	t->node[at] = *h;
	/* an odd place is a right child: with it, its parent is perfect */
	for (; at > 1 && (at & 1) != 0; at /= 2)
		t->node[at / 2] = merkle_node(&t->node[at - 1], &t->node[at]);
}

rc
tile_tree_node(
    const struct tile_tree *t, unsigned level, unsigned index, struct hash *ret)
{
	if (level > TILE_HEIGHT || index >= (unsigned)TILE_WIDTH >> level)
		return RC_NOT_FOUND;
	if ((index + 1) << level > t->width) return RC_NOT_FOUND;
	*ret = t->node[((unsigned)TILE_WIDTH >> level) + index];
	return RC_OK;
}

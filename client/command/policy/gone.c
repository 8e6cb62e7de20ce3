/* SPDX-License-Identifier: EUPL-1.2 */
/* gone.c - a bit for each detail that is missing. */
#include "client/command/policy/gone.h"

#include <stdlib.h>
#include <string.h>

#include "journal.pb-c.h"
#include "proto/auto.h"
#include "proto/message.h"
#include "proto/receipt.h"

enum { WORD_BITS = 64 };

void
gone_wipe(struct gone *g)
{
	free(g->bits);
	*g = (struct gone){0};
}

static rc
note(struct gone *g, uint64_t index)
{
	size_t word = (size_t)(index / WORD_BITS);

	if (word >= g->room) {
		size_t    room = (word + 64) * 2;
		uint64_t *more = realloc(g->bits, room * sizeof *more);
		if (more == NULL) return RC_NOMEM;
		memset(more + g->room, 0, (room - g->room) * sizeof *more);
		g->bits = more;
		g->room = room;
	}
	g->bits[word] |= (uint64_t)1 << index % WORD_BITS;
	g->n++;
	return RC_OK;
}

/* Those of FIRST .. FIRST + N - 1 that are missing were erased. */
static void
forgive(struct gone *g, uint64_t first, uint64_t n)
{
	uint64_t end = (uint64_t)g->room * WORD_BITS;

	for (uint64_t i = first; g->n != 0 && i < end && i - first < n; i++) {
		uint64_t bit = (uint64_t)1 << i % WORD_BITS;
		if ((g->bits[i / WORD_BITS] & bit) == 0) continue;
		g->bits[i / WORD_BITS] &= ~bit;
		g->n--;
	}
}

rc
gone_take(struct gone *g, uint64_t index, struct slice leaf, struct slice detail)
{
	AUTO(message_destroy) Sluis__Leaf *l = sluis__leaf__unpack(NULL, leaf.n, leaf.p);

	if (l == NULL) return RC_BAD_TREE;
	if (detail.n != 0 && !receipt_commits(l, detail)) return RC_BAD_DIGEST;
	if (detail.n == 0 && l->has_detail_digest) TRY(note(g, index));
	if (l->kind == SLUIS__EVENT_KIND__EVENT_ERASED && l->has_refers_to)
		forgive(g, l->refers_to, l->has_count ? l->count : 1);
	return RC_OK;
}

bool
gone_first(const struct gone *g, uint64_t *ret)
{
	for (size_t word = 0; g->n != 0 && word < g->room; word++)
		for (unsigned bit = 0; bit < WORD_BITS; bit++)
			if ((g->bits[word] >> bit & 1) != 0) {
				*ret = (uint64_t)word * WORD_BITS + bit;
				return true;
			}
	return false;
}

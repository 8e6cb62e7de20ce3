/* SPDX-License-Identifier: EUPL-1.2 */
/* recent.c - a ring of leaves. */
#include "broker/store/recent.h"

#include <string.h>

static struct recent_leaf *
place_of(struct recent *r, uint64_t index)
{
	return &r->at[index % RECENT_LEAVES];
}

static void
empty(struct recent_leaf *l)
{
	buf_wipe(&l->detail);
	l->end = 0;
}

/* The first leaf of the open batch that the ring still has. */
static uint64_t
oldest(const struct recent *r)
{
	return r->end - r->first > RECENT_LEAVES ? r->end - RECENT_LEAVES : r->first;
}

void
recent_begin(struct recent *r)
{
	for (uint64_t i = oldest(r); i < r->end; i++) buf_wipe(&place_of(r, i)->detail);
	r->first = r->end;
}

void
recent_undo(struct recent *r)
{
	for (uint64_t i = oldest(r); i < r->end; i++) empty(place_of(r, i));
	r->end = r->first;
}

void
recent_put(struct recent *r, uint64_t index, struct slice leaf, struct slice detail)
{
	struct recent_leaf *l = place_of(r, index);

	empty(l);
	if (index != r->end) recent_begin(r); /* the first one of this life */
	if (index != r->end) r->first = index;
	r->end = index + 1;
	if (leaf.n > sizeof l->bytes) return;
	l->detail     = buf_init(detail.n);
	l->has_detail = detail.n != 0;
	if (l->has_detail && buf_append(&l->detail, detail) != RC_OK)
		buf_wipe(&l->detail); /* read from disk, then */
	memcpy(l->bytes, leaf.p, leaf.n);
	l->n   = leaf.n;
	l->end = index + 1;
}

void
recent_erase(struct recent *r, uint64_t first, uint64_t n)
{
	for (size_t i = 0; i < RECENT_LEAVES; i++)
		if (r->at[i].end > first && r->at[i].end - 1 - first < n)
			empty(&r->at[i]);
}

const struct recent_leaf *
recent_find(const struct recent *r, uint64_t index, bool with_detail)
{
	const struct recent_leaf *l = &r->at[index % RECENT_LEAVES];

	if (l->end == 0 || l->end != index + 1) return NULL; /* none; another one */
	return with_detail && l->has_detail && l->detail.n == 0 ? NULL : l;
}

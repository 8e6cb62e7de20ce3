/* SPDX-License-Identifier: EUPL-1.2 */
/* lease.c - leases in the order of their copies. */
#include "broker/outbox/lease.h"

#include <stdlib.h>
#include <string.h>

#include "broker/outbox/numbered.h"
#include "proto/room.h"

_Static_assert(offsetof(struct lease, seq) == 0, "found by its number");

void
leases_wipe(struct leases *l)
{
	free(l->list);
	*l = (struct leases){0};
}

void
leases_clear(struct leases *l)
{
	l->n = 0;
}

/* The first lease of SEQ or a later copy. */
static size_t
lease_at(const struct leases *l, uint64_t seq)
{
	/* copies are leased in their order: most often behind all others */
	if (l->n != 0 && l->list[l->n - 1].seq < seq) return l->n;
	return numbered_from(l->list, l->n, sizeof *l->list, seq);
}

static bool
is_at(const struct leases *l, size_t at, uint64_t seq)
{
	return at < l->n && l->list[at].seq == seq;
}

bool
leases_have(const struct leases *l, uint64_t seq)
{
	return is_at(l, lease_at(l, seq), seq);
}

rc
leases_put(struct leases *l, uint64_t seq, uint64_t until_ms)
{
	size_t at = lease_at(l, seq);

	if (!is_at(l, at, seq)) {
		TRY(room_for_one(&l->list, l->n, &l->cap, sizeof *l->list));
		memmove(&l->list[at + 1], &l->list[at], (l->n - at) * sizeof l->list[0]);
		l->n++;
	}
	l->list[at] = (struct lease){.seq = seq, .until_ms = until_ms};
	if (l->n == 1 || until_ms < l->soonest_ms) l->soonest_ms = until_ms;
	return RC_OK;
}

void
leases_drop(struct leases *l, uint64_t seq)
{
	size_t at = lease_at(l, seq);

	if (!is_at(l, at, seq)) return;
	l->n--;
	memmove(&l->list[at], &l->list[at + 1], (l->n - at) * sizeof l->list[0]);
}

bool
leases_end(struct leases *l, uint64_t now_ms)
{
	size_t   kept    = 0;
	uint64_t soonest = UINT64_MAX;

	if (l->n == 0 || now_ms < l->soonest_ms) return false;
	for (size_t i = 0; i < l->n; i++) {
		struct lease one = l->list[i];
		if (one.until_ms <= now_ms) continue;
		if (one.until_ms < soonest) soonest = one.until_ms;
		l->list[kept++] = one;
	}
	bool ended    = kept != l->n;
	l->n          = kept;
	l->soonest_ms = soonest;
	return ended;
}

uint64_t
leases_soonest(const struct leases *l)
{
	return l->n == 0 ? UINT64_MAX : l->soonest_ms;
}

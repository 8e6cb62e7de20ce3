/* SPDX-License-Identifier: EUPL-1.2 */
/* waiting.c - rows in the order of their numbers, and for each desk a list of them. */
#include "broker/store/waiting.h"

#include <stdlib.h>
#include <string.h>

#include "broker/outbox/numbered.h"
#include "proto/room.h"

enum { KEEP = 256 }; /* ended rows that are not worth moving others for */

_Static_assert(offsetof(struct waiting_row, seq) == 0, "found by its number");

static void
let_go(struct waiting *w, struct waiting_row *row)
{
	if (row->kept == NULL) return;
	w->kept_bytes -= row->kept->sealed.n;
	buf_wipe(&row->kept->sealed);
	buf_wipe(&row->kept->wrapped);
	free(row->kept);
	row->kept = NULL;
}

void
waiting_wipe(struct waiting *w)
{
	for (size_t i = 0; i < w->n_rows; i++) let_go(w, &w->rows[i]);
	for (size_t i = 0; i < w->n_desks; i++) free(w->desks[i].seqs);
	free(w->desks);
	free(w->rows);
	free(w->ends);
	*w = (struct waiting){0};
}

/* --- finding ---------------------------------------------------------------------- */

/* The first row whose number is at least SEQ. */
static size_t
position(const struct waiting *w, uint64_t seq)
{
	return numbered_from(w->rows, w->n_rows, sizeof *w->rows, seq);
}

static struct waiting_row *
row_at(const struct waiting *w, uint64_t seq)
{
	size_t at = position(w, seq);

	return at < w->n_rows && w->rows[at].seq == seq ? &w->rows[at] : NULL;
}

static struct waiting_desk *
desk_of(const struct waiting *w, const char *oin, const char *desk)
{
	for (size_t i = w->bucket[seat_bucket(oin, desk)]; i != 0;
	     i        = w->desks[i - 1].next)
                if (strcmp(w->desks[i - 1].oin, oin) == 0 &&
                    strcmp(w->desks[i - 1].desk, desk) == 0)
                        return &w->desks[i - 1];
	return NULL;
}

static void
fill(const struct waiting *w, const struct waiting_row *row, struct delivery *ret)
{
	const struct waiting_desk *desk = &w->desks[row->desk];

	*ret = (struct delivery){.seq = row->seq,
	    .leaf                     = row->leaf,
	    .expires_ms               = row->expires_ms,
	    .layer                    = row->layer,
	    .notice                   = row->notice};
	memcpy(ret->id, row->id, sizeof ret->id);
	memcpy(ret->oin, desk->oin, sizeof ret->oin);
	memcpy(ret->desk, desk->desk, sizeof ret->desk);
}

bool
waiting_find(const struct waiting *w, uint64_t seq, struct delivery *ret)
{
	const struct waiting_row *row = row_at(w, seq);

	if (row == NULL || row->state != WAITS) return false;
	if (ret != NULL) fill(w, row, ret);
	return true;
}

uint64_t
waiting_from(const struct waiting *w, uint64_t seq)
{
	for (size_t i = position(w, seq); i < w->n_rows; i++)
		if (w->rows[i].state == WAITS) return w->rows[i].seq;
	return UINT64_MAX;
}

/* --- adding and ending ------------------------------------------------------------ */

static rc
add_desk(struct waiting *w, const struct delivery *d, struct waiting_desk **ret)
{
	*ret = desk_of(w, d->oin, d->desk);
	if (*ret != NULL) return RC_OK;
	TRY(room_for_one(&w->desks, w->n_desks, &w->cap_desks, sizeof *w->desks));
	*ret  = &w->desks[w->n_desks++];
	**ret = (struct waiting_desk){.n = 0};
	memcpy((*ret)->oin, d->oin, sizeof d->oin);
	memcpy((*ret)->desk, d->desk, sizeof d->desk);
	size_t *bucket = &w->bucket[seat_bucket(d->oin, d->desk)];
	(*ret)->next   = *bucket;
	*bucket        = w->n_desks;
	return RC_OK;
}

/* One more, or one less, of ROW's kind. */
static void
tally(struct waiting *w, const struct waiting_row *row, bool more)
{
	struct waiting_desk *desk = &w->desks[row->desk];
	uint64_t             by   = more ? 1 : UINT64_MAX;

	w->n += by;
	desk->n += by;
	if (!row->notice) return;
	w->notices += by;
	desk->notices += by;
}

rc
waiting_add(struct waiting *w, const struct delivery *d)
{
	struct waiting_desk *desk = NULL;
	struct waiting_row   row  = {.seq = d->seq,
	       .leaf                      = d->leaf,
	       .expires_ms                = d->expires_ms,
	       .layer                     = (uint8_t)(d->layer > 1 ? d->layer : 1),
	       .notice                    = d->notice};

	TRY(add_desk(w, d, &desk));
	TRY(room_for_one(&w->rows, w->n_rows, &w->cap_rows, sizeof *w->rows));
	TRY(room_for_one(&desk->seqs, desk->n_seqs, &desk->cap_seqs, sizeof *desk->seqs));
	memcpy(row.id, d->id, sizeof row.id);
	row.desk                   = (uint32_t)(desk - w->desks);
	w->rows[w->n_rows++]       = row;
	desk->seqs[desk->n_seqs++] = d->seq;
	tally(w, &row, true);
	return RC_OK;
}

rc
waiting_end(struct waiting *w, uint64_t seq)
{
	struct waiting_row *row = row_at(w, seq);

	if (row == NULL || row->state != WAITS) return RC_OK;
	TRY(room_for_one(&w->ends, w->n_ends, &w->cap_ends, sizeof *w->ends));
	w->ends[w->n_ends++] = seq;
	row->state           = ENDS;
	tally(w, row, false);
	return RC_OK;
}

/* --- copies ----------------------------------------------------------------------- */

void
waiting_keep(struct waiting *w, uint64_t seq, struct buf *sealed, struct slice wrapped)
{
	struct waiting_row *row = row_at(w, seq);

	if (row == NULL || row->kept != NULL || sealed->n > KEPT_BYTES - w->kept_bytes)
		return;
	row->kept = calloc(1, sizeof *row->kept);
	if (row->kept == NULL) return;
	row->kept->wrapped = buf_init(wrapped.n);
	if (buf_append(&row->kept->wrapped, wrapped) != RC_OK) {
		let_go(w, row);
		return;
	}
	row->kept->sealed = *sealed;
	w->kept_bytes += sealed->n;
	*sealed = buf_init(0);
}

const struct kept_copy *
waiting_kept(const struct waiting *w, uint64_t seq)
{
	const struct waiting_row *row = row_at(w, seq);

	return row != NULL && row->state == WAITS ? row->kept : NULL;
}

/* --- the fate of a transaction ---------------------------------------------------- */

/* Ended rows go from a desk's list. */
static void
pack_desk(struct waiting *w, struct waiting_desk *d)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->n_seqs; i++) {
		const struct waiting_row *row = row_at(w, d->seqs[i]);
		if (row != NULL && row->state == WAITS) d->seqs[kept++] = d->seqs[i];
	}
	d->n_seqs = kept;
}

static void
pack(struct waiting *w)
{
	size_t kept = 0;

	for (size_t i = 0; i < w->n_desks; i++) pack_desk(w, &w->desks[i]);
	for (size_t i = 0; i < w->n_rows; i++)
		if (w->rows[i].state == WAITS) w->rows[kept++] = w->rows[i];
	w->n_rows  = kept;
	w->n_ended = 0;
}

void
waiting_commit(struct waiting *w)
{
	for (size_t i = 0; i < w->n_ends; i++) {
		struct waiting_row *row = row_at(w, w->ends[i]);
		row->state              = ENDED;
		let_go(w, row);
	}
	w->n_ended += w->n_ends;
	w->n_ends = 0;
	if (w->n_ended > KEEP && w->n_ended > w->n_rows / 2) pack(w);
	w->first = w->n_rows;
}

void
waiting_undo(struct waiting *w)
{
	for (size_t i = 0; i < w->n_ends; i++) {
		struct waiting_row *row = row_at(w, w->ends[i]);
		row->state              = WAITS;
		tally(w, row, true);
	}
	w->n_ends = 0;
	while (w->n_rows > w->first) {
		struct waiting_row *row = &w->rows[--w->n_rows];
		w->desks[row->desk].n_seqs--;
		let_go(w, row);
		tally(w, row, false);
	}
}

/* --- lists ------------------------------------------------------------------------ */

size_t
waiting_of(const struct waiting *w, const char *oin, const char *desk, uint64_t after,
    size_t max, struct delivery *ret)
{
	const struct waiting_desk *d = desk_of(w, oin, desk);
	size_t                     n = 0, low = 0, high = d == NULL ? 0 : d->n_seqs;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (d->seqs[middle] <= after)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = low; d != NULL && i < d->n_seqs && n < max; i++)
		if (waiting_find(w, d->seqs[i], &ret[n])) n++;
	return n;
}

/* ROW among the N in LIST, in the order in which they expired, MAX at most. */
static size_t
insert(struct delivery *list, size_t n, size_t max, const struct delivery *row)
{
	size_t at = n;

	while (at > 0 && list[at - 1].expires_ms > row->expires_ms) at--;
	if (at == max) return n;
	if (n == max) n--;
	memmove(&list[at + 1], &list[at], (n - at) * sizeof *list);
	list[at] = *row;
	return n + 1;
}

size_t
waiting_overdue(const struct waiting *w, unsigned layer, uint64_t now_ms, size_t max,
    struct delivery *ret)
{
	struct delivery row;
	size_t          n = 0;

	for (size_t i = 0; i < w->n_rows; i++) {
		const struct waiting_row *r = &w->rows[i];
		if (r->state != WAITS || r->expires_ms >= now_ms) continue;
		if (layer != 0 && r->layer != layer) continue;
		fill(w, r, &row);
		n = insert(ret, n, max, &row);
	}
	return n;
}

void
waiting_count(const struct waiting *w, const char *oin, const char *desk, uint64_t *ret_n,
    uint64_t *ret_notices)
{
	const struct waiting_desk *d = oin == NULL ? NULL : desk_of(w, oin, desk);

	*ret_n       = oin == NULL ? w->n : d == NULL ? 0 : d->n;
	*ret_notices = oin == NULL ? w->notices : d == NULL ? 0 : d->notices;
}

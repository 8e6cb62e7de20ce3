/* SPDX-License-Identifier: EUPL-1.2 */
/* tally.c - a short list of counts. */
#include "broker/journal/tally.h"

#include "broker/journal/event.h"

enum { MINUTE_MS = 60 * 1000 };

/* --- counting -------------------------------------------------------------------- */

static bool
is_same(const struct tally_row *a, const struct tally_row *b)
{
	return a->code == b->code && a->covered == b->covered &&
	       seat_equal(&a->who, &b->who);
}

/* The row for LIKE; what has no row of its own any more is counted with others. */
static struct tally_row *
row_for(struct tally *t, struct tally_row like)
{
	bool   desk = like.who.oin[0] != '\0';
	size_t i    = 0;

	while (i < t->n && !is_same(&t->rows[i], &like)) i++;
	if (i < t->n) return &t->rows[i];
	if (desk && t->n >= TALLY_ROWS - TALLY_STRANGERS) {
		like.who = (struct seat_id){.oin = ""};
		return row_for(t, like);
	}
	if (t->n == TALLY_ROWS) return &t->rows[TALLY_ROWS - 1];
	t->rows[t->n] = like;
	return &t->rows[t->n++];
}

static void
count(struct broker *b, const struct seat_id *who, rc code)
{
	struct tally_row  like = {.who = *who, .code = code, .covered = b->covered};
	struct tally_row *row  = row_for(&b->tally, like);

	if (row->n + row->fresh == 0) row->since_ms = b->now_ms;
	row->fresh++;
}

void
tally_stranger(struct broker *b, rc code)
{
	count(b, &(struct seat_id){.oin = ""}, code);
}

void
tally_refusal(struct broker *b, const char *oin, const char *desk)
{
	struct seat_id who = seat_of(oin, desk);

	count(b, &who, RC_OVER_QUOTA);
}

/* --- the fate of a batch --------------------------------------------------------- */

void
tally_commit(struct tally *t)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->n; i++) {
		struct tally_row row = t->rows[i];
		row.n                = (row.told ? 0 : row.n) + row.fresh;
		row.fresh            = 0;
		row.told             = false;
		if (row.n != 0) t->rows[kept++] = row;
	}
	t->n = kept;
}

void
tally_undo(struct tally *t)
{
	for (size_t i = 0; i < t->n; i++) {
		t->rows[i].fresh = 0;
		t->rows[i].told  = false;
	}
	tally_commit(t);
}

/* --- telling --------------------------------------------------------------------- */

static bool
is_due(const struct tally_row *row, uint64_t now_ms, bool all)
{
	bool over = now_ms - row->since_ms >= MINUTE_MS; /* also when a clock went back */

	return row->n != 0 && !row->told && (all || over);
}

bool
tally_is_due(const struct tally *t, uint64_t now_ms, bool all)
{
	for (size_t i = 0; i < t->n; i++)
		if (!t->rows[i].covered && is_due(&t->rows[i], now_ms, all)) return true;
	return false;
}

static rc
tell(struct broker *b, struct tally_row *row)
{
	bool         known = row->who.oin[0] != '\0';
	struct event e     = {.kind = known ? SLUIS__EVENT_KIND__EVENT_REFUSED
	                                    : SLUIS__EVENT_KIND__EVENT_GATE,
	        .sender_oin         = known ? row->who.oin : NULL,
	        .sender_desk        = known ? row->who.desk : NULL,
	        .code               = row->code,
	        .count              = row->n};
	uint64_t     index = 0;

	row->told = true;
	return event_append(b, &e, &index);
}

rc
tally_tell(struct broker *b, bool all)
{
	struct tally *t = &b->tally;

	for (size_t i = 0; i < t->n; i++)
		if (!t->rows[i].covered && is_due(&t->rows[i], b->now_ms, all))
			TRY(tell(b, &t->rows[i]));
	return RC_OK;
}

rc
tally_tell_covered(struct broker *b, bool *ret_did)
{
	struct tally *t = &b->tally;

	*ret_did = false;
	for (size_t i = 0; i < t->n && !*ret_did; i++) {
		if (!t->rows[i].covered || !is_due(&t->rows[i], b->now_ms, false))
			continue;
		TRY(tell(b, &t->rows[i]));
		*ret_did = true;
	}
	return RC_OK;
}

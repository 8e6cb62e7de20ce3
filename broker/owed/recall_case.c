/* SPDX-License-Identifier: EUPL-1.2 */
/* recall_case.c - which releases a case is to lose. */
#include <stdlib.h>
#include <string.h>

#include "broker/owed/recall.h"
#include "proto/auto.h"
#include "proto/room.h"

enum { LAYERS = 2 }; /* of every layer */

/* --- the sources ----------------------------------------------------------------- */

struct sources { /* of a case; owned */
	size_t              n, cap;
	struct case_source *at;
};

static void
sources_wipe(struct sources *s)
{
	free(s->at);
	*s = (struct sources){0};
}

static rc
keep_source(void *arg, const struct case_source *src)
{
	struct sources *s = arg;

	TRY(room_for_one(&s->at, s->n, &s->cap, sizeof *s->at));
	s->at[s->n++] = *src;
	return RC_OK;
}

/* --- which of their releases ----------------------------------------------------- */

struct scope {
	const uint8_t      *case_id;
	const char *const  *convenants; /* NULL: all */
	Sluis__RecallGround ground;
	struct recall      *recall;
	bool began; /* the source at hand is one that the case began with */
};

static bool
is_wanted(const struct scope *s, const struct case_source *src)
{
	if (!src->own) return s->ground == SLUIS__RECALL_GROUND__RECALL_NO_SUSPICION;
	if (s->convenants == NULL) return true;
	for (size_t i = 0; s->convenants[i] != NULL; i++)
		if (strcmp(s->convenants[i], src->convenant) == 0) return true;
	return false;
}

/* Whether REL is a copy that the party of whoever recalls has, at a desk in the case. */
static rc
is_held_here(const struct scope *s, const struct earlier *rel, bool *ret)
{
	const struct recall *r = s->recall;
	struct case_seat     seat;
	struct seat_id       who = seat_of(rel->delivery.oin, rel->delivery.desk);

	*ret = false;
	if (strcmp(who.oin, r->by.oin) != 0) return RC_OK;
	if (!rel->delivery.acked && !dispatch_was_out(r->b->dispatch, &rel->delivery))
		return RC_OK;
	rc code = store_get_seat(r->b->store, s->case_id, &who, &seat);
	if (code == RC_NOT_FOUND) return RC_OK;
	*ret = code == RC_OK;
	return code;
}

/* What the case began with is its source's, who alone takes it back from others: that the
 * case came to nothing only means that who decided so keeps no copy. */
static rc
recall_one(void *arg, const struct earlier *rel)
{
	struct scope *s    = arg;
	bool          held = false;

	s->recall->keeps_links = s->began;
	if (s->began) {
		TRY(is_held_here(s, rel, &held));
		return held ? recall_release(s->recall, rel) : RC_OK;
	}
	/* what its source shared here it shared nowhere else (sharing.c) */
	if (!rel->blind &&
	    (!rel->in_case || memcmp(rel->case_id, s->case_id, ID_BYTES) != 0))
		return RC_OK;
	return recall_release(s->recall, rel);
}

static rc
recall_sources(struct scope *s)
{
	AUTO(sources_wipe) struct sources all = {0};
	struct broker                    *b   = s->recall->b;

	TRY(store_each_source(b->store, s->case_id, LAYERS, keep_source, &all));
	for (size_t i = 0; i < all.n; i++) {
		const struct case_source *src = &all.at[i];
		if (!is_wanted(s, src)) continue;
		s->began = !src->own;
		rc code  = earlier_each(b, &src->who, src->trace, recall_one, s);
		if (code != RC_NOT_FOUND) TRY(code);
	}
	return recall_tell(s->recall, NULL, NULL);
}

/* --- public ---------------------------------------------------------------------- */

rc
recall_case(struct act *a, const char *const *convenants, Sluis__RecallGround ground)
{
	AUTO(recall_wipe)
	struct recall r = {.b = a->b,
	    .binding          = &a->q->member->binding.id,
	    .by               = a->me,
	    .ground           = ground,
	    .layer            = 1};
	struct scope  s = {.case_id = a->row.id,
	     .convenants            = convenants,
	     .ground                = ground,
	     .recall                = &r};

	return recall_sources(&s);
}

rc
recall_case_by_time(struct broker *b, const uint8_t case_id[ID_BYTES])
{
	AUTO(recall_wipe)
	struct recall r = {
	    .b = b, .ground = SLUIS__RECALL_GROUND__RECALL_RETENTION, .layer = 1};
	struct scope s = {.case_id = case_id, .ground = r.ground, .recall = &r};

	return recall_sources(&s);
}

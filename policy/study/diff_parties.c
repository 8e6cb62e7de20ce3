/* SPDX-License-Identifier: EUPL-1.2 */
/* diff_parties.c - who takes part, and what they signed, from when to when and where. */
#include <string.h>

#include "policy/study/diff_internal.h"

/* --- signatures ------------------------------------------------------------------ */

struct signed_for { /* all signatures of one party under one convenant */
	const char        *words;
	int32_t            from, until;
	size_t             n;
	const char *const *regions; /* of the last one */
};

static void
take_in(struct arena *a, const struct signature *s, struct signed_for *to)
{
	const char *words =
	    and_also(a, date_words(a, s->from), "..", date_words(a, s->until));
	const char *regions = list_words(a, s->regions);

	if (regions != NULL) words = arena_printf(a, "%s (%s)", words, regions);
	to->words = and_also(a, to->words, "; ", words);
	if (to->n == 0 || s->from < to->from) to->from = s->from;
	if (to->n == 0 || s->until > to->until) to->until = s->until;
	to->regions = s->regions;
	to->n++;
}

static struct signed_for
signed_by(
    struct arena *a, const struct member *m, const char *convenant, bool declaration)
{
	struct signed_for all = {.words = NULL};
	for (size_t i = 0; m != NULL && i < m->n_signatures; i++)
		if (m->signatures[i].declaration == declaration &&
		    strcmp(m->signatures[i].convenant, convenant) == 0)
			take_in(a, &m->signatures[i], &all);
	for (size_t i = 0; m != NULL && i < m->n_by_others; i++)
		if (m->by_others[i]->declaration == declaration &&
		    strcmp(m->by_others[i]->convenant, convenant) == 0)
			take_in(a, m->by_others[i], &all);
	return all;
}

static enum way
way_of_signing(const struct signed_for *a, const struct signed_for *b)
{
	if (a->n == 0 || b->n == 0) return way_of(a->n != 0, b->n != 0);
	if (a->n > 1 || b->n > 1)
		return WAY_BOTH; /* which days are new is in the words */
	return way_of(b->from, a->from) | way_of(a->until, b->until) |
	       way_of_sets(a->regions, b->regions);
}

static rc
compare_signing(struct diff *d, const char *oin, const char *convenant, bool declaration)
{
	struct signed_for a =
	    signed_by(&d->arena, member_find(d->old, oin), convenant, declaration);
	struct signed_for b =
	    signed_by(&d->arena, member_find(d->new, oin), convenant, declaration);
	return diff_add_unless_same(
	    d, (struct diff_term){declaration ? TERM_DECLARATION : TERM_SIGNATURE,
	           convenant, oin, a.words, b.words, way_of_signing(&a, &b)});
}

static bool
signs_anything(const struct member *m)
{
	return m != NULL && m->n_signatures + m->n_by_others != 0;
}

static rc
compare_signatures(struct diff *d, const char *oin, const struct diff_query *q)
{
	if (!signs_anything(member_find(d->old, oin)) &&
	    !signs_anything(member_find(d->new, oin)))
		return RC_OK;
	for (int side = 0; side < 2; side++) {
		const struct policy *p = side == 0 ? d->old : d->new;
		for (size_t i = 0; i < p->n_convenants; i++) {
			const char *id = p->convenants[i].info.id;
			if (side == 1 && convenant_find(d->old, id) != NULL) continue;
			if (q->convenant != NULL && strcmp(q->convenant, id) != 0)
				continue;
			TRY(compare_signing(d, oin, id, false));
			TRY(compare_signing(d, oin, id, true));
		}
	}
	return RC_OK;
}

/* --- parties --------------------------------------------------------------------- */

static const char *
party_words(struct arena *a, const struct member *m)
{
	if (m == NULL) return NULL;
	return arena_printf(a, "%s, %s (%s)%s%s", m->party.name, m->party.role,
	    list_words(a, m->party.desks), m->party.region == NULL ? "" : ", ",
	    m->party.region == NULL ? "" : m->party.region);
}

static enum way
way_of_party(const struct member *a, const struct member *b)
{
	if (a == NULL || b == NULL) return way_of(a != NULL, b != NULL);
	if (strcmp(a->party.role, b->party.role) != 0 ||
	    !same_text(a->party.region, b->party.region))
		return WAY_BOTH;
	return way_of_sets(a->party.desks, b->party.desks);
}

static rc
compare_party(struct diff *d, const char *oin, const struct diff_query *q)
{
	const struct member *a = member_find(d->old, oin), *b = member_find(d->new, oin);
	if (q->convenant == NULL)
		TRY(diff_add_unless_same(d,
		    (struct diff_term){TERM_PARTY, NULL, oin, party_words(&d->arena, a),
		        party_words(&d->arena, b), way_of_party(a, b)}));
	return compare_signatures(d, oin, q);
}

rc
diff_parties(struct diff *d, const struct diff_query *q)
{
	for (size_t i = 0; i < d->old->n_members; i++)
		TRY(compare_party(d, d->old->members[i].party.oin, q));
	for (size_t i = 0; i < d->new->n_members; i++)
		if (member_find(d->old, d->new->members[i].party.oin) == NULL)
			TRY(compare_party(d, d->new->members[i].party.oin, q));
	return RC_OK;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * diff_terms.c - what differs between two policies besides cells: the convenants' terms,
 * who signed, who has to approve, what fields are, what is guarded.
 */
#include <stdlib.h>
#include <string.h>

#include "policy/study/diff_internal.h"

/* --- convenants ------------------------------------------------------------------ */

static rc
compare_dates(
    struct diff *d, const struct convenant_info *a, const struct convenant_info *b)
{
	struct arena *arena = &d->arena;
	if (a->from != b->from)
		TRY(diff_add_unless_same(d,
		    (struct diff_term){TERM_FROM, a->id, NULL, date_words(arena, a->from),
		        date_words(arena, b->from), way_of(b->from, a->from)}));
	if (a->until != b->until)
		TRY(diff_add_unless_same(
		    d, (struct diff_term){TERM_UNTIL, a->id, NULL,
		           date_words(arena, a->until), date_words(arena, b->until),
		           way_of(a->until, b->until)}));
	return RC_OK;
}

static rc
compare_obligation(struct diff *d, const char *id, const struct obligation_info *a,
    const struct obligation_info *b)
{
	bool     same_nl = strcmp(a->text_nl, b->text_nl) == 0;
	bool     same_en = strcmp(a->text_en, b->text_en) == 0;
	bool     english = same_nl && !same_en; /* the text that differs */
	enum way way     = WAY_OTHER;

	if (same_nl && same_en && strcmp(a->article, b->article) == 0 &&
	    a->term_days == b->term_days)
		return RC_OK;
	if (a->term_days != 0 && b->term_days != 0)
		way = way_of((int)a->term_days, (int)b->term_days);
	return diff_add_term(
	    d, &(struct diff_term){TERM_OBLIGATION, id, a->id,
	           arena_printf(&d->arena, "%s (%s, %u)",
	               english ? a->text_en : a->text_nl, a->article, a->term_days),
	           arena_printf(&d->arena, "%s (%s, %u)",
	               english ? b->text_en : b->text_nl, b->article, b->term_days),
	           way});
}

static rc
compare_obligations(struct diff *d, const struct convenant *a, const struct convenant *b)
{
	for (size_t i = 0; i < a->n_obligations; i++)
		for (size_t k = 0; k < b->n_obligations; k++)
			if (strcmp(a->obligations[i].info.id,
			        b->obligations[k].info.id) == 0)
				TRY(compare_obligation(d, a->info.id,
				    &a->obligations[i].info, &b->obligations[k].info));
	return RC_OK;
}

static rc
compare_terms(struct diff *d, const struct convenant *old, const struct convenant *new)
{
	const struct convenant_info *a = &old->info, *b = &new->info;
	struct arena                *arena = &d->arena;

	TRY(diff_add_unless_same(d, (struct diff_term){TERM_ARTICLE, a->id, NULL,
	                                a->article, b->article, WAY_OTHER}));
	TRY(diff_add_unless_same(
	    d, (struct diff_term){TERM_REGISTRATION, a->id, NULL, a->registration,
	           b->registration,
	           way_of(a->registration != NULL, b->registration != NULL)}));
	TRY(compare_dates(d, a, b));
	TRY(diff_add_unless_same(d,
	    (struct diff_term){TERM_REGIONS, a->id, NULL, list_words(arena, a->regions),
	        list_words(arena, b->regions), way_of_sets(a->regions, b->regions)}));
	TRY(diff_add_unless_same(
	    d, (struct diff_term){TERM_PHASES, a->id, NULL, list_words(arena, a->phases),
	           list_words(arena, b->phases), WAY_OTHER}));
	TRY(diff_add_unless_same(d,
	    (struct diff_term){TERM_PURPOSES, a->id, NULL, list_words(arena, a->purposes),
	        list_words(arena, b->purposes), WAY_OTHER}));
	if (old->deliver_days != new->deliver_days)
		TRY(diff_add_unless_same(
		    d, (struct diff_term){TERM_DELIVER_DAYS, a->id, NULL,
		           arena_printf(arena, "%u", old->deliver_days),
		           arena_printf(arena, "%u", new->deliver_days), WAY_OTHER}));
	return compare_obligations(d, old, new);
}

static rc
compare_convenant(struct diff *d, const char *id)
{
	const struct convenant *a = convenant_find(d->old, id);
	const struct convenant *b = convenant_find(d->new, id);

	if (a != NULL && b != NULL) return compare_terms(d, a, b);
	return diff_add_unless_same(d,
	    (struct diff_term){TERM_CONVENANT, id, NULL, a == NULL ? NULL : a->info.title,
	        b == NULL ? NULL : b->info.title, way_of(a != NULL, b != NULL)});
}

/* --- roles, approvals, categories, identifiers, invariants ----------------------- */

static const char *
role_thing(struct arena *a, const struct policy *p, size_t i, const char **ret_words)
{
	if (i >= p->n_roles) return NULL;
	const char *aliases = list_words(a, p->roles[i].aliases);
	*ret_words          = aliases == NULL
	                          ? p->roles[i].info.title_nl
	                          : arena_printf(a, "%s (%s)", p->roles[i].info.title_nl, aliases);
	return p->roles[i].info.id;
}

static const char *
approval_thing(struct arena *a, const struct policy *p, size_t i, const char **ret_words)
{
	if (i >= p->n_approvals) return NULL;
	*ret_words = approval_words(a, p, &p->approvals[i]);
	return p->approvals[i].convenant;
}

static const char *
field_thing(struct arena *a, const struct policy *p, size_t i, const char **ret_words)
{
	(void)a;
	if (i >= schema_signal()->n_fields) return NULL;
	*ret_words = p->categories[p->category_of[i]].id;
	return schema_signal()->fields[i].path;
}

static const char *
category_thing(struct arena *a, const struct policy *p, size_t i, const char **ret_words)
{
	(void)a;
	if (i >= p->n_categories) return NULL;
	*ret_words = p->categories[i].identifying ? "identifying" : "";
	return p->categories[i].id;
}

static const char *
identifier_thing(
    struct arena *a, const struct policy *p, size_t i, const char **ret_words)
{
	if (i >= p->n_identifiers) return NULL;
	const struct identifier_info *x     = &p->identifiers[i];
	const char                   *parts = NULL;
	for (size_t k = 0; k < x->n; k++)
		parts = and_also(a, parts, " + ", x->parts[k]->path);
	*ret_words = parts;
	return arena_printf(a, "%s: %s", x->name, x->parts[0]->path);
}

static const char *
invariant_thing(struct arena *a, const struct policy *p, size_t i, const char **ret_words)
{
	if (i >= p->n_invariants) return NULL;
	*ret_words = invariant_words(a, p, &p->invariants[i]);
	return p->invariants[i].info.id;
}

static const char *
thing_called(struct arena *a, const struct policy *p, thing_at at, const char *name)
{
	const char *words, *found;
	for (size_t i = 0; (found = at(a, p, i, &words)) != NULL; i++)
		if (strcmp(found, name) == 0) return words;
	return NULL;
}

rc
diff_things(struct diff *d, thing_at at, struct diff_term like, bool of_convenant,
    const struct diff_query *q)
{
	for (int side = 0; side < 2; side++) {
		const struct policy *p = side == 0 ? d->old : d->new;
		const char          *name, *words;
		for (size_t i = 0; (name = at(&d->arena, p, i, &words)) != NULL; i++) {
			struct diff_term t = like;
			t.old =
			    side == 0 ? words : thing_called(&d->arena, d->old, at, name);
			t.new =
			    side == 1 ? words : thing_called(&d->arena, d->new, at, name);
			if (side == 1 && t.old != NULL) continue; /* done */
			if (of_convenant && q->convenant != NULL &&
			    strcmp(q->convenant, name) != 0)
				continue;
			*(of_convenant ? &t.convenant : &t.subject) = name;
			/* like.way: which way it is when such a thing comes */
			if (like.way != WAY_OTHER && (t.old == NULL || t.new == NULL))
				t.way = (t.new == NULL) == (like.way == WAY_WIDER)
				            ? WAY_NARROWER
				            : WAY_WIDER;
			else if (like.way != WAY_OTHER)
				t.way = WAY_BOTH;
			if (like.what == TERM_APPROVAL)
				t.way = way_of_approvals(d->old, d->new, name);
			TRY(diff_add_unless_same(d, t));
		}
	}
	return RC_OK;
}

static rc
compare_rest(struct diff *d, const struct diff_query *q)
{
	struct arena *a = &d->arena;

	TRY(diff_things(d, approval_thing,
	    (struct diff_term){.what = TERM_APPROVAL, .way = WAY_NARROWER}, true, q));
	if (q->convenant != NULL) return RC_OK;
	if (d->old->version != d->new->version)
		TRY(diff_add_unless_same(
		    d, (struct diff_term){TERM_VERSION, NULL, NULL,
		           arena_printf(a, "%u", d->old->version),
		           arena_printf(a, "%u", d->new->version), WAY_OTHER}));
	TRY(diff_things(d, role_thing, (struct diff_term){.what = TERM_ROLE}, false, q));
	TRY(diff_things(
	    d, field_thing, (struct diff_term){.what = TERM_CATEGORY}, false, q));
	TRY(diff_things(
	    d, category_thing, (struct diff_term){.what = TERM_IDENTIFYING}, false, q));
	TRY(diff_things(
	    d, identifier_thing, (struct diff_term){.what = TERM_IDENTIFIER}, false, q));
	TRY(diff_things(d, invariant_thing,
	    (struct diff_term){.what = TERM_INVARIANT, .way = WAY_NARROWER}, false, q));
	return diff_routes(d, q);
}

/* --- public ---------------------------------------------------------------------- */

rc
diff_terms(struct diff *d, const struct diff_query *q)
{
	if (q->phase != NULL || q->from != NULL || q->to != NULL) return RC_OK;
	for (int side = 0; side < 2; side++) {
		const struct policy *p = side == 0 ? d->old : d->new;
		for (size_t i = 0; i < p->n_convenants; i++) {
			const char *id = p->convenants[i].info.id;
			if (q->convenant != NULL && strcmp(q->convenant, id) != 0)
				continue;
			if (side == 0 || convenant_find(d->old, id) == NULL)
				TRY(compare_convenant(d, id));
		}
	}
	TRY(compare_rest(d, q));
	return diff_parties(d, q);
}

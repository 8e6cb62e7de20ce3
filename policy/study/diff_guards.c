/* SPDX-License-Identifier: EUPL-1.2 */
/* diff_guards.c - what guards a policy, in words that differ when it does: invariants,
 * and who has to approve. */
#include <string.h>

#include "policy/study/diff_internal.h"

/* --- parts of an invariant ------------------------------------------------------- */

/* WORDS, and KEY with LIST unless that is empty. */
static const char *
with_key(struct arena *a, const char *words, const char *key, const char *list)
{
	if (list == NULL) return words;
	return arena_printf(a, "%s; %s: %s", words, key, list);
}

static const char *
facts_words(struct arena *a, factset facts)
{
	const char *words = NULL;
	for (unsigned f = 0; f < 64; f++)
		if ((facts >> f & 1) != 0)
			words = and_also(a, words, ", ", fact_name((enum fact)f));
	return words;
}

static const char *
seats_words(struct arena *a, const struct policy *p, const struct seat_list *seats)
{
	const char *words = NULL;
	for (size_t i = 0; i < seats->n; i++) {
		const struct seat *s    = &seats->at[i];
		const char        *name = p->roles[s->role].info.id;
		if (s->desk != NULL) name = arena_printf(a, "%s/%s", name, s->desk);
		words = and_also(a, words, ", ", name);
	}
	return words;
}

static const char *
actions_words(struct arena *a, const struct invariant *x)
{
	static const struct {
		Sluis__Action action;
		const char   *name;
	} actions[] = {
	    {SLUIS__ACTION__ACTION_WITHHOLD, "withhold"},
	    {SLUIS__ACTION__ACTION_PSEUDONYMISE, "pseudonymise"},
	    {SLUIS__ACTION__ACTION_GENERALISE, "generalise"},
	    {SLUIS__ACTION__ACTION_RELEASE, "release"},
	};
	const char *words = NULL;
	for (size_t i = 0; !x->wider && i < sizeof actions / sizeof actions[0]; i++)
		if ((x->actions >> actions[i].action & 1) != 0)
			words = and_also(a, words, ", ", actions[i].name);
	return words;
}

static const char *
audience_words(struct arena *a, uint8_t audience)
{
	const char *words = NULL;
	for (unsigned i = AUDIENCE_SIGNATORY; i <= AUDIENCE_EXPIRED; i <<= 1)
		if ((audience & i) != 0)
			words = and_also(a, words, ", ", audience_name((enum audience)i));
	return words;
}

/* NULL for all: that does not change when a convenant comes. */
static const char *
convenants_words(struct arena *a, const struct policy *p, uint64_t convenants)
{
	const char *words = NULL;
	bool        all   = true;
	for (size_t i = 0; i < p->n_convenants; i++) {
		bool in = (convenants >> i & 1) != 0;
		all     = all && in;
		if (in) words = and_also(a, words, ", ", p->convenants[i].info.id);
	}
	return all ? NULL : words;
}

/* Categories that FIELDS has the whole of; else each field by itself. */
static const char *
fields_words(struct arena *a, const struct policy *p, const struct fieldset *fields)
{
	bool        whole[UINT8_MAX + 1], told[UINT8_MAX + 1] = {false};
	const char *words = NULL;

	memset(whole, true, sizeof whole);
	for (unsigned f = 0; f < schema_signal()->n_fields; f++)
		if (!fieldset_has(fields, f)) whole[p->category_of[f]] = false;
	for (unsigned f = 0; f < schema_signal()->n_fields; f++) {
		uint8_t c = p->category_of[f];
		if (!fieldset_has(fields, f) || told[c]) continue;
		told[c] = whole[c];
		words   = and_also(a, words, ", ",
                    whole[c] ? p->categories[c].id : schema_signal()->fields[f].path);
	}
	return words;
}

/* --- public ---------------------------------------------------------------------- */

const char *
invariant_words(struct arena *a, const struct policy *p, const struct invariant *x)
{
	const char *w = arena_printf(a, "%s / %s", x->info.text_nl, x->info.text_en);

	w = with_key(a, w, "article", x->info.article);
	w = with_key(a, w, "never", actions_words(a, x));
	w = with_key(a, w, "never_wider with", facts_words(a, x->with));
	w = with_key(a, w, "instead_of", facts_words(a, x->instead_of));
	w = with_key(a, w, "convenants", convenants_words(a, p, x->convenants));
	w = with_key(a, w, "recipients", seats_words(a, p, &x->recipients));
	w = with_key(a, w, "except_recipients", seats_words(a, p, &x->except_recipients));
	w = with_key(a, w, "senders", seats_words(a, p, &x->senders));
	w = with_key(a, w, "except_senders", seats_words(a, p, &x->except_senders));
	w = with_key(a, w, "phases", list_words(a, x->phases));
	w = with_key(a, w, "purposes", list_words(a, x->purposes));
	w = with_key(a, w, "as", audience_words(a, x->audience));
	w = with_key(a, w, "when", facts_words(a, x->when));
	w = with_key(a, w, "when_any", facts_words(a, x->when_any));
	w = with_key(a, w, "unless", facts_words(a, x->unless));
	return with_key(a, w, "fields", fields_words(a, p, &x->fields));
}

const char *
approval_words(struct arena *a, const struct policy *p, const struct approval_info *x)
{
	const char *list = NULL;
	for (size_t k = 0; k < x->n_of; k++) {
		const struct party *party = policy_party(p, x->of[k]);
		const char         *who   = x->of[k];
		if (party != NULL) who = arena_printf(a, "%s (%s)", party->name, who);
		list = and_also(a, list, ", ", who);
	}
	return arena_printf(a, "%u: %s", x->needed, list == NULL ? "" : list);
}

static const struct approval_info *
approval_of(const struct policy *p, const char *convenant)
{
	for (size_t i = 0; i < p->n_approvals; i++)
		if (strcmp(p->approvals[i].convenant, convenant) == 0)
			return &p->approvals[i];
	return NULL;
}

/* Whether everybody in A is in B. */
static bool
all_in(const struct approval_info *a, const struct approval_info *b)
{
	for (size_t i = 0; i < a->n_of; i++) {
		bool in = false;
		for (size_t k = 0; k < b->n_of; k++)
			in = in || strcmp(a->of[i], b->of[k]) == 0;
		if (!in) return false;
	}
	return true;
}

enum way
way_of_approvals(
    const struct policy *old, const struct policy *new, const char *convenant)
{
	const struct approval_info *a = approval_of(old, convenant);
	const struct approval_info *b = approval_of(new, convenant);

	if (a == NULL || b == NULL) return a == NULL ? WAY_NARROWER : WAY_WIDER;
	if (!all_in(a, b) || !all_in(b, a)) return WAY_BOTH;
	return way_of((int)b->needed, (int)a->needed);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* stops.c - finding the bars that stand apart, and counting. */
#include "policy/study/stops.h"

#include "policy/model.h"

struct bars { /* the bars on the whole message at one place */
	size_t                  n;
	const struct candidate *at[2 * RULES_MAX];
	factset                 facts[2 * RULES_MAX]; /* whole dimensions of them */
};

/* Every fact of the dimensions that have one in FACTS; all of them for a fact of none. */
static factset
whole(factset facts)
{
	factset wide = 0;
	for (size_t i = 0; space_dimension(i) != NULL; i++) {
		const struct dimension *d = space_dimension(i);
		if ((d->bits & facts) != 0) wide |= d->bits;
	}
	return (facts & ~wide) != 0 ? ~(factset)0 : wide;
}

static void
add_bars(struct bars *b, const struct candidate *list, size_t n)
{
	for (size_t i = 0; i < n && b->n < 2 * RULES_MAX; i++) {
		b->at[b->n] = &list[i];
		b->facts[b->n++] =
		    whole(list[i].when | list[i].when_any | list[i].unless);
	}
}

/* The combination that a walk begins with. */
static factset
first_facts(void)
{
	struct facts_walk w;
	facts_walk_begin(&w, 0, false);
	return w.facts;
}

/* USED with the facts of the bars that weigh one of USED, or hold where a walk begins. */
static factset
drawn_in(const struct bars *b, factset used, factset first)
{
	for (size_t i = 0; i < b->n; i++) {
		if ((b->facts[i] & used) != 0 ||
		    facts_allow(b->at[i], first, ~(factset)0))
			used |= b->facts[i];
	}
	return used;
}

/* Leave only the bars that weigh no fact of USED. */
static void
keep_apart(struct bars *b, factset used)
{
	size_t kept = 0;
	for (size_t i = 0; i < b->n; i++) {
		if ((b->facts[i] & used) != 0) continue;
		b->at[kept]      = b->at[i];
		b->facts[kept++] = b->facts[i];
	}
	b->n = kept;
}

static bool
is_stopped(const struct bars *b, factset facts)
{
	for (size_t i = 0; i < b->n; i++)
		if (facts_allow(b->at[i], facts, ~(factset)0)) return true;
	return false;
}

void
stops_at(const struct site *at, factset used, struct stops *ret)
{
	const struct row *row = place_row(at);
	struct bars       b;
	factset           before = 0, first = first_facts();
	struct facts_walk w;

	b.n = 0;
	add_bars(&b, at->convenant->refuse, at->convenant->n_refuse);
	add_bars(&b, row->excludes, row->n_excludes);
	for (used = whole(used); used != before;) {
		before = used;
		used   = drawn_in(&b, used, first);
	}
	keep_apart(&b, used);
	*ret = (struct stops){0};
	for (size_t i = 0; i < b.n; i++) ret->apart |= b.facts[i];
	facts_walk_begin(&w, ret->apart, false);
	while (facts_walk_next(&w)) {
		ret->all++;
		if (!is_stopped(&b, w.facts)) ret->free++;
	}
}

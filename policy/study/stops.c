/* SPDX-License-Identifier: EUPL-1.2 */
/* stops.c - finding the bars that stand apart, and counting. */
#include "policy/study/stops.h"

struct bars { /* the bars on the whole message at one place */
	const struct candidate *lists[2];
	size_t                  n[2];
};

static struct bars
bars_at(const struct site *at)
{
	const struct row *row = place_row(at);
	return (struct bars){{at->convenant->refuse, row->excludes},
	    {at->convenant->n_refuse, row->n_excludes}};
}

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

static factset
facts_of_bar(const struct candidate *bar)
{
	return whole(bar->when | bar->when_any | bar->unless);
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
drawn_in(const struct bars *b, factset used)
{
	factset first = first_facts();
	for (size_t k = 0; k < 2; k++) {
		for (size_t i = 0; i < b->n[k]; i++) {
			factset facts = facts_of_bar(&b->lists[k][i]);
			if ((facts & used) != 0 ||
			    facts_allow(&b->lists[k][i], first, ~(factset)0))
				used |= facts;
		}
	}
	return used;
}

static bool
is_stopped(const struct bars *b, factset apart, factset facts)
{
	for (size_t k = 0; k < 2; k++) {
		for (size_t i = 0; i < b->n[k]; i++) {
			const struct candidate *bar = &b->lists[k][i];
			if ((facts_of_bar(bar) & ~apart) == 0 &&
			    facts_allow(bar, facts, ~(factset)0))
				return true;
		}
	}
	return false;
}

void
stops_at(const struct site *at, factset used, struct stops *ret)
{
	struct bars b    = bars_at(at);
	factset     wide = whole(used), before = 0, apart = 0;

	for (used = wide; used != before;) {
		before = used;
		used   = drawn_in(&b, used);
	}
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < b.n[k]; i++)
			apart |= facts_of_bar(&b.lists[k][i]) & ~used;
	*ret = (struct stops){.apart = apart};
	struct facts_walk w;
	facts_walk_begin(&w, apart, false);
	while (facts_walk_next(&w)) {
		ret->all++;
		if (!is_stopped(&b, apart, w.facts)) ret->free++;
	}
}

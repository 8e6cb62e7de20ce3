/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * diff_condition.c - under which facts something holds, as short as can be.
 *
 * A condition is a box in the space of facts: for each dimension a set of values.  It is
 * grown from one combination, value by value, as long as all of it shows the same.
 */
#include <stdlib.h>
#include <string.h>

#include "policy/study/diff_internal.h"
#include "proto/auto.h"

enum { SEEDS_MAX = 8, WORDS_MAX = 16 };

_Static_assert((int)CONDITION_DIMENSIONS == (int)DIMENSIONS_MAX, "one for each");

struct box {
	uint8_t values[DIMENSIONS_MAX]; /* per dimension of the walk; bit: value */
};

/* --- words ----------------------------------------------------------------------- */

/* Which values of D have every fact of WITH and none of WITHOUT. */
static uint8_t
values_that(const struct dimension *d, factset with, factset without)
{
	uint8_t set = 0;
	for (size_t i = 0; i < d->n; i++)
		if ((with & ~d->values[i]) == 0 && (without & d->values[i]) == 0)
			set |= (uint8_t)(1u << i);
	return set;
}

struct inside { /* the facts of the values in a set, and of the others */
	factset all, some, outside;
};

static struct inside
inside(const struct dimension *d, uint8_t values)
{
	struct inside in = {.all = d->bits};
	for (size_t i = 0; i < d->n; i++) {
		if ((values >> i & 1) == 0) {
			in.outside |= d->values[i];
			continue;
		}
		in.all &= d->values[i];
		in.some |= d->values[i];
	}
	return in;
}

static bool
implies(const struct dimension *d, factset bit, factset by)
{
	return values_that(d, by, bit) == 0;
}

/* FACTS without those that another one of them implies (WIDEST: that imply another one).
 */
static factset
needed(const struct dimension *d, factset facts, bool widest)
{
	factset keep = facts;
	for (factset rest = facts; rest != 0; rest &= rest - 1) {
		factset b = rest & ~(rest - 1);
		for (factset other = keep & ~b; other != 0; other &= other - 1) {
			factset c = other & ~(other - 1);
			if (widest ? implies(d, c, b) : implies(d, b, c)) keep &= ~b;
		}
	}
	return keep;
}

static size_t
put_each(factset facts, bool negated, struct literal *out)
{
	size_t n = 0;
	for (; facts != 0; facts &= facts - 1)
		out[n++] = (struct literal){negated, facts & ~(facts - 1)};
	return n;
}

static unsigned
facts_in(const struct literal *l, size_t n)
{
	unsigned facts = 0;
	for (size_t i = 0; i < n; i++) facts += (unsigned)__builtin_popcountll(l[i].any);
	return facts;
}

/* Keep the N literals of MORE in the place of the *BEST_N of BEST if they name fewer
 * facts. */
static void
keep_fewer(struct literal *best, size_t *best_n, const struct literal *more, size_t n)
{
	if (*best_n != SIZE_MAX && facts_in(more, n) >= facts_in(best, *best_n)) return;
	memcpy(best, more, n * sizeof *more);
	*best_n = n;
}

/* VALUES of D as literals, the fewest that will do; SIZE_MAX where words fail. */
static size_t
literals_of(const struct dimension *d, uint8_t values, struct literal out[WORDS_MAX])
{
	struct inside  in   = inside(d, values);
	factset        with = in.all, without = in.outside & ~in.some;
	factset        any = in.some & ~in.outside;
	uint8_t        all = (uint8_t)((1u << d->n) - 1);
	struct literal yes[WORDS_MAX], no[WORDS_MAX], one = {false, any};
	size_t         n_yes = put_each(needed(d, with, false), false, yes);
	size_t         n_no = put_each(needed(d, without, true), true, no), n = SIZE_MAX;

	if (values_that(d, with, 0) == values) keep_fewer(out, &n, yes, n_yes);
	if ((all & ~values_that(d, 0, any)) == values) keep_fewer(out, &n, &one, 1);
	if (values_that(d, 0, without) == values) keep_fewer(out, &n, no, n_no);
	if (n != SIZE_MAX || values_that(d, with, without) != values) return n;
	memcpy(out, yes, n_yes * sizeof *yes);
	memcpy(out + n_yes, no, n_no * sizeof *no);
	return n_yes + n_no;
}

size_t
condition_literals(const struct condition *c, struct literal out[LITERALS_MAX])
{
	size_t                  n = 0;
	const struct dimension *d;
	struct literal          words[WORDS_MAX];

	for (size_t i = 0; (d = space_dimension(i)) != NULL; i++) {
		size_t k = c->values[i] == 0 ? 0 : literals_of(d, c->values[i], words);
		if (k == SIZE_MAX || n + k > LITERALS_MAX) continue;
		memcpy(out + n, words, k * sizeof *words);
		n += k;
	}
	return n;
}

/* --- boxes ----------------------------------------------------------------------- */

/* The first value in SET from V on; N if there is none. */
static size_t
value_from(uint8_t set, size_t v, size_t n)
{
	while (v < n && (set >> v & 1) == 0) v++;
	return v;
}

struct visit { /* one combination after the other of those in a box */
	size_t at, value[DIMENSIONS_MAX];
};

static bool
visit_next(const struct facts_walk *w, const struct box *box, struct visit *v)
{
	size_t stride = 1;
	for (size_t i = 0; i < w->n; i++) {
		size_t n    = w->at[i]->n,
		       next = value_from(box->values[i], v->value[i] + 1, n);
		bool more   = next < n;
		if (!more) next = value_from(box->values[i], 0, n);
		v->at += (next - v->value[i]) * stride; /* wraps as it should */
		v->value[i] = next;
		if (more) return true;
		stride *= n;
	}
	return false;
}

static struct visit
visit_first(const struct facts_walk *w, const struct box *box)
{
	struct visit v      = {0};
	size_t       stride = 1;

	for (size_t i = 0; i < w->n; i++) {
		v.value[i] = value_from(box->values[i], 0, w->at[i]->n);
		v.at += v.value[i] * stride;
		stride *= w->at[i]->n;
	}
	return v;
}

/* Whether all of BOX has number T or is dead. */
static bool
box_is(const struct grid_of_facts *g, const struct box *box, uint8_t t)
{
	const struct facts_walk *w = &g->walk;
	struct visit             v = visit_first(w, box);

	do {
		if (g->at[v.at] != t && g->at[v.at] != TRANSITION_DEAD) return false;
	} while (visit_next(w, box, &v));
	return true;
}

static bool
sayable(const struct dimension *d, uint8_t values)
{
	struct literal words[WORDS_MAX];
	return literals_of(d, values, words) != SIZE_MAX;
}

/* Grow BOX in its I-th dimension as far as it stays T. */
static void
grow(const struct grid_of_facts *g, struct box *box, size_t i, uint8_t t)
{
	uint8_t before = box->values[i], grown = before;

	for (size_t v = 0; v < g->walk.at[i]->n; v++) {
		if ((before >> v & 1) != 0) continue;
		box->values[i] = (uint8_t)(1u << v);
		if (box_is(g, box, t)) grown |= (uint8_t)(1u << v);
	}
	box->values[i] = sayable(g->walk.at[i], grown) ? grown : before;
}

static struct condition
condition_of(const struct grid_of_facts *g, const struct box *box)
{
	struct condition        c = {{0}};
	const struct dimension *d;

	for (size_t i = 0; i < g->walk.n; i++) {
		uint8_t all = (uint8_t)((1u << g->walk.at[i]->n) - 1);
		if (box->values[i] == all) continue;
		for (size_t k = 0; (d = space_dimension(k)) != NULL; k++)
			if (d == g->walk.at[i]) c.values[k] = box->values[i];
	}
	return c;
}

/* Facts that have to hold weigh more than those that must not. */
static unsigned
weight(const struct condition *c)
{
	struct literal out[LITERALS_MAX];
	unsigned       sum = 0;
	size_t         n   = condition_literals(c, out);

	for (size_t i = 0; i < n; i++) sum += out[i].negated ? 2 : 3;
	return sum;
}

static struct box
grown_from(const struct grid_of_facts *g, size_t seed, uint8_t t)
{
	struct box box = {{0}};

	for (size_t i = 0; i < g->walk.n; i++) {
		box.values[i] = (uint8_t)(1u << (seed % g->walk.at[i]->n));
		seed /= g->walk.at[i]->n;
	}
	for (size_t i = 0; i < g->walk.n; i++) grow(g, &box, i, t);
	return box;
}

/* --- one box after the other ----------------------------------------------------- */

struct cover {
	const struct grid_of_facts *g;
	uint8_t                     t;
	uint8_t                    *told; /* owned by the caller; per combination */
};

static unsigned
facts_at(const struct facts_walk *w, size_t at)
{
	unsigned n = 0;
	for (size_t i = 0; i < w->n; i++) {
		n += (unsigned)__builtin_popcountll(w->at[i]->values[at % w->at[i]->n]);
		at /= w->at[i]->n;
	}
	return n;
}

/* The combinations not yet told that have the fewest facts. */
static size_t
find_seeds(const struct cover *c, size_t seeds[SEEDS_MAX])
{
	unsigned fewest = 65;
	size_t   n      = 0;

	for (size_t at = 0; at < c->g->n; at++) {
		if (c->g->at[at] != c->t || c->told[at] != 0) continue;
		unsigned facts = facts_at(&c->g->walk, at);
		if (facts < fewest) n = 0;
		if (facts < fewest) fewest = facts;
		if (facts == fewest && n < SEEDS_MAX) seeds[n++] = at;
	}
	return n;
}

/* How many combinations BOX tells that are not told yet; MARK: tell them. */
static size_t
tells(const struct cover *c, const struct box *box, bool mark)
{
	struct visit v = visit_first(&c->g->walk, box);
	size_t       n = 0;

	do {
		if (c->g->at[v.at] != c->t || c->told[v.at] != 0) continue;
		n++;
		if (mark) c->told[v.at] = 1;
	} while (visit_next(&c->g->walk, box, &v));
	return n;
}

/* The box from one of SEEDS that tells most, in the fewest words. */
static struct box
best_box(const struct cover *c, const size_t *seeds, size_t n)
{
	struct box best   = {{0}};
	size_t     most   = 0;
	unsigned   weighs = 0;

	for (size_t i = 0; i < n; i++) {
		struct box       box  = grown_from(c->g, seeds[i], c->t);
		struct condition when = condition_of(c->g, &box);
		size_t           told = tells(c, &box, false);
		unsigned         w    = weight(&when);
		if (told < most || (told == most && w >= weighs)) continue;
		best   = box;
		most   = told;
		weighs = w;
	}
	return best;
}

/* --- public ---------------------------------------------------------------------- */

rc
conditions_around(const struct grid_of_facts *g, uint8_t t, struct conditions *ret)
{
	AUTO(auto_free) uint8_t *told = calloc(g->n, 1);
	struct cover             c    = {g, t, told};
	size_t                   seeds[SEEDS_MAX], n;

	ret->n = 0;
	if (told == NULL) return RC_NOMEM;
	while ((n = find_seeds(&c, seeds)) != 0 && ret->n < CONDITIONS_MAX) {
		struct box box    = best_box(&c, seeds, n);
		ret->at[ret->n++] = condition_of(g, &box);
		(void)tells(&c, &box, true);
	}
	ret->others = n != 0;
	return RC_OK;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* clause.c - dropping from a list of clauses what changes no outcome. */
#include "policy/study/clause.h"

#include <string.h>

#include "policy/study/space.h"
#include "proto/auto.h"

#define BIT(f) ((factset)1 << (f))

enum { FREE_FACTS_MAX = 12 }; /* a list that mentions more is left as it is */

/* --- the spots of a scope ------------------------------------------------------- */

static int
count(uint64_t s)
{
	return __builtin_popcountll(s);
}

static bool
holds(const struct clause *c, struct spot at)
{
	return (c->senders >> at.sender & 1) != 0 &&
	       (c->purposes >> at.purpose & 1) != 0 && (c->when & ~at.facts) == 0 &&
	       (c->unless & at.facts) == 0 &&
	       (c->when_any == 0 || (c->when_any & at.facts) != 0);
}

const struct clause *
clause_at(const struct clause *list, size_t n, struct spot spot)
{
	for (size_t i = 0; i < n; i++) {
		if (holds(&list[i], spot)) return &list[i];
	}
	return NULL;
}

/* What matters of an outcome: of what is withheld only that it is. */
static uint32_t
outcome_at(const struct clause *list, size_t n, struct spot spot)
{
	const struct clause *c = clause_at(list, n, spot);
	if (c == NULL || c->action == SLUIS__ACTION__ACTION_WITHHOLD) return 0;
	return (uint32_t)c->action << 24 | (uint32_t)c->generalise << 16 | c->rule;
}

static factset
mentioned(const struct clause *list, size_t n)
{
	factset facts = 0;
	for (size_t i = 0; i < n; i++)
		facts |= list[i].when | list[i].when_any | list[i].unless;
	return facts;
}

/* Whether an earlier sender (or, by PURPOSE, purpose) is told apart by no clause. */
static bool
is_double(const struct clause *list, size_t n, uint64_t all, unsigned which, bool purpose)
{
	for (unsigned other = 0; other < which; other++) {
		bool alike = (all >> other & 1) != 0;
		for (size_t i = 0; alike && i < n; i++) {
			uint64_t set = purpose ? list[i].purposes : list[i].senders;
			alike        = (set >> other & 1) == (set >> which & 1);
		}
		if (alike) return true;
	}
	return false;
}

/* One of each kind that the clauses tell apart. */
static uint64_t
kinds(const struct clause *list, size_t n, uint64_t all, bool purpose)
{
	uint64_t kept = 0;
	for (unsigned i = 0; i < 64; i++) {
		if ((all >> i & 1) != 0 && !is_double(list, n, all, i, purpose))
			kept |= (uint64_t)1 << i;
	}
	return kept;
}

struct space {
	size_t       n;
	struct spot *spots;
	uint32_t    *outcomes; /* of the list as it came */
};

static void
space_wipe(struct space *s)
{
	free(s->spots);
	free(s->outcomes);
	*s = (struct space){0};
}

/* The facts of every dimension that has one in FACTS. */
static factset
dimensions_of(factset facts)
{
	factset all = 0;
	for (size_t i = 0; space_dimension(i) != NULL; i++) {
		if ((space_dimension(i)->bits & facts) != 0)
			all |= space_dimension(i)->bits;
	}
	return all;
}

static void
add_facts(struct space *s, unsigned sender, unsigned purpose, const struct scope *scope,
    factset relevant)
{
	factset           fixed = dimensions_of(relevant) & scope->known;
	struct facts_walk w;
	facts_walk_begin(&w, relevant, scope->person);
	while (facts_walk_next(&w)) {
		if (((w.facts ^ scope->facts) & fixed) != 0) continue;
		factset facts = (w.facts & ~scope->known) | (scope->facts & scope->known);
		s->spots[s->n++] = (struct spot){sender, purpose, facts};
	}
}

static size_t
walk_length(factset relevant, bool person)
{
	struct facts_walk w;
	size_t            n = 0;
	facts_walk_begin(&w, relevant, person);
	while (facts_walk_next(&w)) n++;
	return n;
}

static rc
fill_space(
    struct space *s, const struct clause *list, size_t n, const struct scope *scope)
{
	factset  relevant = mentioned(list, n);
	uint64_t senders  = kinds(list, n, scope->senders, false);
	uint64_t purposes = kinds(list, n, scope->purposes, true);
	size_t   room     = (size_t)count(senders) * (size_t)count(purposes) *
	              walk_length(relevant, scope->person);
	s->spots    = calloc(room + 1, sizeof *s->spots);
	s->outcomes = calloc(room + 1, sizeof *s->outcomes);
	if (s->spots == NULL || s->outcomes == NULL) return RC_NOMEM;
	for (unsigned i = 0; i < 64; i++) {
		for (unsigned k = 0; k < 16; k++) {
			if ((senders >> i & 1) != 0 && (purposes >> k & 1) != 0)
				add_facts(s, i, k, scope, relevant);
		}
	}
	for (size_t i = 0; i < s->n; i++)
		s->outcomes[i] = outcome_at(list, n, s->spots[i]);
	return RC_OK;
}

static bool
same_outcomes(const struct space *s, const struct clause *list, size_t n)
{
	for (size_t i = 0; i < s->n; i++) {
		if (outcome_at(list, n, s->spots[i]) != s->outcomes[i]) return false;
	}
	return true;
}

/* --- dropping -------------------------------------------------------------------- */

static void
drop_clauses(const struct space *s, struct clause *list, size_t *n)
{
	for (size_t i = *n; i-- > 0;) {
		struct clause kept  = list[i];
		size_t        after = *n - i - 1;
		memmove(&list[i], &list[i + 1], after * sizeof *list);
		if (same_outcomes(s, list, *n - 1)) {
			--*n;
			continue;
		}
		memmove(&list[i + 1], &list[i], after * sizeof *list);
		list[i] = kept;
	}
}

/* Take LESS in the place of list[I] if that changes nothing. */
static void
try_instead(
    const struct space *s, struct clause *list, size_t n, size_t i, struct clause less)
{
	struct clause kept = list[i];
	list[i]            = less;
	if (!same_outcomes(s, list, n)) list[i] = kept;
}

enum part { UNLESS, WHEN, WHEN_ANY };

static factset *
part_of(struct clause *c, enum part part)
{
	if (part == WHEN) return &c->when;
	return part == UNLESS ? &c->unless : &c->when_any;
}

static void
drop_facts(const struct space *s, struct clause *list, size_t n, size_t i, enum part part)
{
	for (unsigned f = 0; f < 64; f++) {
		struct clause less  = list[i];
		factset      *facts = part_of(&less, part);
		if ((*facts & BIT(f)) == 0) continue;
		*facts &= ~BIT(f);
		try_instead(s, list, n, i, less);
	}
}

static void
drop_conditions(const struct space *s, struct clause *list, size_t n, size_t i,
    const struct scope *scope)
{
	struct clause less = list[i];
	less.senders       = scope->senders;
	try_instead(s, list, n, i, less);
	less          = list[i];
	less.purposes = scope->purposes;
	try_instead(s, list, n, i, less);
	drop_facts(s, list, n, i, UNLESS);
	drop_facts(s, list, n, i, WHEN);
	less          = list[i];
	less.when_any = 0;
	try_instead(s, list, n, i, less);
	if (list[i].when_any != 0) drop_facts(s, list, n, i, WHEN_ANY);
}

/* --- nothing given --------------------------------------------------------------- */

bool
clauses_give_nothing(const struct clause *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (list[i].action != SLUIS__ACTION__ACTION_WITHHOLD) return false;
	}
	return true;
}

static bool
all_zero(const struct space *s)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->outcomes[i] != 0) return false;
	}
	return true;
}

static bool
holds_everywhere(const struct space *s, const struct clause *c)
{
	for (size_t i = 0; i < s->n; i++) {
		if (!holds(c, s->spots[i])) return false;
	}
	return true;
}

/* The bar to name where nothing is given: the first that holds everywhere, else the
 * first of those that decide; NULL where silence does somewhere. */
static const struct clause *
reason(const struct space *s, const struct clause *list, size_t n)
{
	const struct clause *first = NULL;
	for (size_t i = 0; i < n; i++) {
		if (holds_everywhere(s, &list[i])) return &list[i];
	}
	for (size_t i = 0; i < s->n; i++) {
		const struct clause *c = clause_at(list, n, s->spots[i]);
		if (c == NULL) return NULL;
		if (first == NULL || c->rule < first->rule) first = c;
	}
	return first;
}

static void
keep_reason(
    const struct space *s, struct clause *list, size_t *n, const struct scope *scope)
{
	const struct clause *why = reason(s, list, *n);
	if (why != NULL)
		list[0] = (struct clause){.action = why->action,
		    .rule                         = why->rule,
		    .purposes                     = scope->purposes,
		    .senders                      = scope->senders};
	*n = why != NULL ? 1 : 0;
}

/* --- the whole ------------------------------------------------------------------- */

rc
clauses_simplify(struct clause *list, size_t *n, const struct scope *scope)
{
	AUTO(space_wipe) struct space s = {0};
	for (size_t i = 0; i < *n; i++) {
		list[i].senders &= scope->senders;
		list[i].purposes &= scope->purposes;
	}
	if (*n > CLAUSES_MAX ||
	    count(mentioned(list, *n) & ~scope->known) > FREE_FACTS_MAX)
		return RC_OK;
	TRY(fill_space(&s, list, *n, scope));
	if (all_zero(&s)) {
		keep_reason(&s, list, n, scope);
		return RC_OK;
	}
	drop_clauses(&s, list, n);
	for (size_t i = 0; i < *n; i++) drop_conditions(&s, list, *n, i, scope);
	return RC_OK;
}

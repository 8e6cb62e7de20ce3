/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * policy_prove() against a prover that is slow and simple: every subset of the facts,
 * every desk, every field, one ruling each, nothing grouped.  Verdict, counts and the
 * size of the counterexample must be the same for random invariants over random policies.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "policy/study/prove.h"
#include "policy/study/space.h"
#include "support/bundle.h"
#include "support/possible.h"
#include "support/random_policy.h"

#define BIT(f) ((factset)1 << (f))

enum { POLICIES = 25, INVARIANTS = 6, SUBSETS = 1 << 11 };

/* --- facts ----------------------------------------------------------------------- */

/* The facts that random policies and invariants name. */
static const enum fact named[] = {FACT_VICTIM, FACT_SUSPECT, FACT_WITNESS, FACT_RELATIVE,
    FACT_OTHER_PERSON, FACT_MINOR, FACT_ADULT, FACT_CONSENT_CARE, FACT_EMBARGO,
    FACT_EMBARGO_INCOMPLETE, FACT_EMBARGO_OVERDUE};

static const factset roles = BIT(FACT_VICTIM) | BIT(FACT_SUSPECT) | BIT(FACT_WITNESS) |
                             BIT(FACT_RELATIVE) | BIT(FACT_OTHER_PERSON);
static const factset ages = BIT(FACT_MINOR) | BIT(FACT_ADULT);
static const factset embargos =
    BIT(FACT_EMBARGO) | BIT(FACT_EMBARGO_INCOMPLETE) | BIT(FACT_EMBARGO_OVERDUE);

static int
count(factset f)
{
	return __builtin_popcountll(f);
}

static factset
subset(unsigned n)
{
	factset f = 0;
	for (unsigned i = 0; i < sizeof named / sizeof *named; i++)
		if ((n >> i & 1) != 0) f |= BIT(named[i]);
	return f;
}

static bool
can_be(factset f, bool person)
{
	bool embargo = (f & BIT(FACT_EMBARGO)) != 0 || (f & embargos) == 0;
	if (!person) return (f & FACTS_RECORD) == 0 && embargo;
	return count(f & roles) == 1 && count(f & ages) <= 1 && embargo;
}

/* The subsets that can be, out of all. */
static struct combinations {
	unsigned n, at[SUBSETS];
} possible[2]; /* of a field outside persons, of a person */

static int
find_possible(void **state)
{
	(void)state;
	for (unsigned n = 0; n < SUBSETS; n++) {
		for (int person = 0; person < 2; person++)
			if (can_be(subset(n), person == 1))
				possible[person].at[possible[person].n++] = n;
	}
	return 0;
}

/* How many full combinations one of these stands for: those of the facts not named. */
static uint64_t
weight(bool person)
{
	return space_size(person) / (person ? 5 * 3 * 2 * 5 : 5);
}

/* --- what comes out -------------------------------------------------------------- */

static const char *const paths[] = {"persons.bsn", "persons.birth_date",
    "persons.family_name", "persons.given_names", "persons.residence.postcode",
    "persons.residence.house_number", "persons.health.pregnant", "exploitation.sector"};

enum { PATHS = sizeof paths / sizeof *paths };

struct table { /* of one place: [subset][field] */
	struct cell cells[SUBSETS][PATHS];
};

static bool
is_person(unsigned path)
{
	return strncmp(paths[path], "persons.", 8) == 0;
}

/* CELLS of the fields of PATHS, where a field inside a pseudonym is given as that. */
static void
keep(const struct cell all[SCHEMA_FIELDS_MAX], struct cell ret[PATHS])
{
	static const char *const inside[PATHS] = {[1] = "persons.family_name",
	    [3]                                       = "persons.family_name",
	    [5]                                       = "persons.residence.postcode"};
	for (unsigned i = 0; i < PATHS; i++) {
		ret[i] = all[schema_find(paths[i])->index];
		if (inside[i] == NULL || ret[i].action != SLUIS__ACTION__ACTION_WITHHOLD)
			continue;
		struct cell first = all[schema_find(inside[i])->index];
		if (first.action == SLUIS__ACTION__ACTION_PSEUDONYMISE) ret[i] = first;
	}
}

static void
ask(const struct site *at, factset facts, struct ruling *ret)
{
	const struct policy         *p = at->policy;
	const struct convenant_info *c = &at->convenant->info;
	const struct seat           *s = place_sender(at), *r = place_recipient(at);
	policy_rule_roles(p,
	    &(struct role_question){.convenant = c->id,
	        .phase                         = c->phases[at->phase],
	        .purpose                       = c->purposes[at->purpose],
	        .sender                        = p->roles[s->role].info.id,
	        .sender_desk                   = s->desk,
	        .recipient                     = p->roles[r->role].info.id,
	        .recipient_desk                = r->desk,
	        .audience                      = (uint8_t)at->audience,
	        .message                       = facts & FACTS_MESSAGE},
	    ret);
}

static void
fill(struct table *t, const struct site *at)
{
	for (int person = 0; person < 2; person++) {
		for (unsigned i = 0; i < possible[person].n; i++) {
			struct cell   all[SCHEMA_FIELDS_MAX];
			struct ruling r;
			unsigned      n = possible[person].at[i];
			ask(at, subset(n), &r);
			ruling_cells(&r, subset(n) & FACTS_RECORD, all);
			keep(all, t->cells[n]);
		}
	}
}

/* --- where an invariant speaks --------------------------------------------------- */

/* Whether DESK (NULL: one that nobody names) of S's role sits at S. */
static bool
sits_at(const struct seat *s, const char *desk, const struct seat *all, size_t n)
{
	if (s->desk != NULL) return desk != NULL && strcmp(s->desk, desk) == 0;
	for (size_t i = 0; desk != NULL && i < n; i++) {
		if (all[i].role == s->role && all[i].desk != NULL &&
		    strcmp(all[i].desk, desk) == 0)
			return false;
	}
	return true;
}

static bool
names(struct seat_list list, unsigned role, const char *desk)
{
	for (size_t i = 0; i < list.n; i++) {
		const struct seat *s = &list.at[i];
		if (s->role == role &&
		    (s->desk == NULL || (desk != NULL && strcmp(s->desk, desk) == 0)))
			return true;
	}
	return false;
}

/* Whether some desk that sits at S is meant. */
static bool
meant(struct seat_list only, struct seat_list except, const struct seat *s,
    const struct seat *all, size_t n)
{
	static const char *const desks[] = {
	    NULL, "front", "back", "vice", "traffic", "help", "office", "guest", "clerk"};
	for (size_t i = 0; i < sizeof desks / sizeof *desks; i++) {
		if (!sits_at(s, desks[i], all, n)) continue;
		if ((only.n == 0 || names(only, s->role, desks[i])) &&
		    !names(except, s->role, desks[i]))
			return true;
	}
	return false;
}

static bool
listed(const char *const *list, const char *name)
{
	for (size_t i = 0; list != NULL && list[i] != NULL; i++)
		if (strcmp(list[i], name) == 0) return true;
	return list == NULL;
}

static bool
is_about(const struct invariant *x, const struct site *at)
{
	const struct convenant *c = at->convenant;
	return listed(x->phases, c->info.phases[at->phase]) &&
	       listed(x->purposes, c->info.purposes[at->purpose]) &&
	       (x->audience & at->audience) != 0 &&
	       meant(x->recipients, x->except_recipients, place_recipient(at), c->seats,
	           c->n_seats) &&
	       meant(x->senders, x->except_senders, place_sender(at), c->askers,
	           c->n_askers);
}

static bool
speaks(const struct invariant *x, const struct site *at, factset facts)
{
	factset all = facts | audience_facts(at->audience) | BIT(FACT_SENDER_SIGNED);
	return (all & x->when) == x->when && (all & x->unless) == 0 &&
	       (x->when_any == 0 || (all & x->when_any) != 0) &&
	       (facts & x->with) == x->with;
}

/* --- whether it holds ------------------------------------------------------------ */

static int
tells(struct cell c)
{
	return openness(c.action, c.generalise);
}

/* The facts that X lets differ: every kind of which it names one. */
static factset
free_facts(const struct invariant *x)
{
	const factset kinds[] = {roles, ages, embargos, BIT(FACT_CONSENT_CARE)};
	factset       f       = 0;
	for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (((x->with | x->instead_of) & kinds[i]) != 0) f |= kinds[i];
	return f;
}

/* Whether OTHER is one of the nearest to FACTS without `with`, with `instead_of`; the
 * distance, or -1. */
static int
distance(const struct invariant *x, factset facts, factset other)
{
	if (((facts ^ other) & ~free_facts(x)) != 0) return -1;
	if ((other & x->with) != 0 || (x->instead_of & ~other) != 0) return -1;
	return count(other ^ ((facts & ~x->with) | x->instead_of));
}

struct sums {
	uint64_t places, covered, failing;
	int      fewest; /* facts of a counterexample; 99: none */
};

/* 1 if X holds, 0 if not, -1 if there is nothing to compare with. */
static int
holds(const struct invariant *x, const struct table *t, unsigned n, unsigned path)
{
	struct cell c = t->cells[n][path];
	if (!x->wider) return (x->actions >> c.action & 1) == 0 ? 1 : 0;
	int                        nearest = 99, least = 99;
	const struct combinations *others = &possible[is_person(path)];
	for (unsigned i = 0; i < others->n; i++) {
		unsigned o = others->at[i];
		int      d = distance(x, subset(n), subset(o));
		if (d < 0 || d > nearest) continue;
		if (d < nearest) least = 99;
		nearest = d;
		if (tells(t->cells[o][path]) < least) least = tells(t->cells[o][path]);
	}
	return nearest == 99 ? -1 : tells(c) <= least ? 1 : 0;
}

static void
add(const struct invariant *x, const struct site *at, const struct table *t,
    unsigned path, struct sums *s)
{
	bool person = is_person(path);
	if (!fieldset_has(&x->fields, schema_find(paths[path])->index)) return;
	for (unsigned i = 0; i < possible[person].n; i++) {
		unsigned n     = possible[person].at[i];
		factset  facts = subset(n);
		if (!speaks(x, at, facts)) continue;
		int verdict = holds(x, t, n, path);
		if (verdict < 0) continue;
		s->covered += weight(person);
		if (verdict > 0) continue;
		s->failing += weight(person);
		if (count(facts) < s->fewest) s->fewest = count(facts);
	}
}

/* --- the comparison -------------------------------------------------------------- */

/* The counterexample is one, asked of roles by its own words. */
static void
is_a_counterexample(
    const struct policy *p, const struct invariant *x, const struct counterexample *c)
{
	struct ruling r;
	struct cell   cells[SCHEMA_FIELDS_MAX];
	policy_rule_roles(p,
	    &(struct role_question){.convenant = c->convenant->id,
	        .phase                         = c->phase,
	        .purpose                       = c->purpose,
	        .sender                        = c->sender,
	        .sender_desk                   = c->sender_desk,
	        .recipient                     = c->recipient,
	        .recipient_desk                = c->recipient_desk,
	        .audience                      = (uint8_t)c->audience,
	        .message                       = c->found.facts & FACTS_MESSAGE},
	    &r);
	ruling_cells(&r, c->found.facts & FACTS_RECORD, cells);
	const struct schema_field *f = c->inside != NULL ? c->inside : c->field;
	assert_int_equal(cells[f->index].action, c->found.cell.action);
	assert_int_equal(cells[f->index].rule, c->found.cell.rule);
	assert_int_equal(c->needed & ~c->found.facts, 0);
	assert_int_equal(x->when & FACTS_RECORD & ~c->needed, 0);
	if (x->wider)
		assert_true(tells(c->found.cell) > tells(c->without.cell));
	else
		assert_true((x->actions >> c->found.cell.action & 1) != 0);
}

static void
same_as_brute_force(const struct policy *p, size_t i, const struct sums *s)
{
	struct proof proof;
	policy_prove(p, i, &proof);
	enum verdict want = s->failing > 0   ? VERDICT_REFUTED
	                    : s->covered > 0 ? VERDICT_PROVED
	                    : s->places > 0  ? VERDICT_NO_CASE
	                                     : VERDICT_NO_PLACE;
	assert_int_equal(proof.verdict, want);
	assert_int_equal(proof.places, s->places);
	assert_int_equal(proof.covered, s->covered);
	assert_int_equal(proof.failing, s->failing);
	if (want != VERDICT_REFUTED) return;
	assert_int_equal(count(proof.first.found.facts), s->fewest);
	is_a_counterexample(p, &p->invariants[i], &proof.first);
}

static size_t verdicts[4];

static void
compare(const struct policy *p)
{
	static struct table t;
	struct sums         sums[INVARIANTS];
	struct site         at;
	for (size_t i = 0; i < INVARIANTS; i++) sums[i] = (struct sums){0, 0, 0, 99};
	assert_true(place_first(p, &p->convenants[0], &at));
	do {
		if (at.phase != 0) continue; /* all random invariants are about phase 1 */
		fill(&t, &at);
		for (size_t i = 0; i < INVARIANTS; i++) {
			const struct invariant *x = &p->invariants[i];
			if (!is_about(x, &at)) continue;
			sums[i].places++;
			for (unsigned path = 0; path < PATHS; path++)
				add(x, &at, &t, path, &sums[i]);
		}
	} while (place_next(&at));
	for (size_t i = 0; i < INVARIANTS; i++) {
		struct proof proof;
		same_as_brute_force(p, i, &sums[i]);
		policy_prove(p, i, &proof);
		verdicts[proof.verdict]++;
	}
}

static void
random_invariants_over_random_policies_come_out_as_by_brute_force(void **state)
{
	(void)state;
	for (unsigned n = 0; n < POLICIES; n++) {
		random_begin(1000 + n);
		char                               *text = random_invariants(INVARIANTS);
		AUTO(policy_destroy) struct policy *p    = random_policy(n, text);
		compare(p);
		free(text);
	}
	assert_true(verdicts[VERDICT_PROVED] > POLICIES);
	assert_true(verdicts[VERDICT_REFUTED] > POLICIES / 2);
}

/* The size of the whole space, by counting: all facts there are, one by one. */
static void
the_space_has_as_many_combinations_as_can_be(void **state)
{
	(void)state;
	uint64_t          walked = 0;
	struct facts_walk w;
	/* all of them are too many to walk: those of the facts that bars weigh alone
	 * stand for the others */
	const factset left = BIT(FACT_SAME_PARTY) | BIT(FACT_PARTNERS_AGREED) |
	                     BIT(FACT_ANONYMOUS_REPORT) | BIT(FACT_REPORTER_NAMED) |
	                     BIT(FACT_ADDRESS_SIGNAL) | BIT(FACT_PERSONS_NAMED) |
	                     BIT(FACT_INTERVENTION) | BIT(FACT_EFFECT_NAMED) |
	                     BIT(FACT_ADMINISTRATIVE_REPORT) | BIT(FACT_SHELTER_REQUEST) |
	                     BIT(FACT_TRANSFER) | BIT(FACT_CONSENT_REGISTRATION);
	for (facts_walk_begin(&w, ~left, true); facts_walk_next(&w);) {
		assert_true(facts_possible(w.facts, true));
		assert_int_equal(w.each, 3 << 10); /* ten flags, and interventions */
		walked += w.each;
	}
	assert_int_equal(walked, space_size(true));
	assert_int_equal(possible[1].n * weight(true), space_size(true));
	assert_int_equal(possible[0].n * weight(false), space_size(false));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
	        random_invariants_over_random_policies_come_out_as_by_brute_force),
	    cmocka_unit_test(the_space_has_as_many_combinations_as_can_be),
	};
	return cmocka_run_group_tests(tests, find_possible, NULL);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* claim.c - what one invariant says, and whether it holds at one place. */
#include "policy/study/claim.h"

#include <string.h>

/* --- where ----------------------------------------------------------------------- */

static bool
has_name(const char *const *names, const char *name)
{
	for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
		if (strcmp(names[i], name) == 0) return true;
	}
	return names == NULL;
}

static bool
same_desk(const struct seat *a, const struct seat *b)
{
	return a->role == b->role && a->desk != NULL && b->desk != NULL &&
	       strcmp(a->desk, b->desk) == 0;
}

/* A desk without a seat of its own sits with its role. */
static bool
covers(const struct seat *named, const struct seat *s, const struct seat *all, size_t n)
{
	if (named->role != s->role) return false;
	if (named->desk == NULL || same_desk(named, s)) return true;
	for (size_t i = 0; i < n; i++) {
		if (same_desk(named, &all[i])) return false;
	}
	return s->desk == NULL;
}

/* Whether seat S, one of the N in ALL, is among ONLY and not among EXCEPT. */
static bool
is_meant(struct seat_list only, struct seat_list except, const struct seat *s,
    const struct seat *all, size_t n)
{
	bool in = only.n == 0;
	for (size_t i = 0; i < only.n && !in; i++) in = covers(&only.at[i], s, all, n);
	for (size_t i = 0; i < except.n && in; i++) {
		const struct seat *e = &except.at[i];
		in = e->role != s->role || (e->desk != NULL && !same_desk(e, s));
	}
	return in;
}

bool
claim_is_about_row(const struct invariant *x, const struct site *at)
{
	const struct convenant *c = at->convenant;
	return has_name(x->phases, c->info.phases[at->phase]) &&
	       is_meant(x->recipients, x->except_recipients, place_recipient(at),
	           c->seats, c->n_seats);
}

bool
claim_is_about(const struct invariant *x, const struct site *at)
{
	const struct convenant *c = at->convenant;
	return (x->audience & at->audience) != 0 &&
	       has_name(x->purposes, c->info.purposes[at->purpose]) &&
	       is_meant(x->senders, x->except_senders, place_sender(at), c->askers,
	           c->n_askers);
}

/* --- what can be compared -------------------------------------------------------- */

/* Whether value V of D has no fact of `with`, and all its facts of `instead_of`. */
static bool
fits(const struct invariant *x, const struct dimension *d, size_t v)
{
	factset instead = x->instead_of & d->bits;
	return (d->values[v] & x->with) == 0 && (d->values[v] & instead) == instead;
}

static bool
is_named(const struct invariant *x, const struct dimension *d)
{
	return ((x->with | x->instead_of) & d->bits) != 0;
}

/* Whether a field (of a person, or not) can be with these facts and without. */
static bool
is_comparable(const struct invariant *x, bool person)
{
	const struct dimension *d;
	for (size_t i = 0; (d = space_dimension(i)) != NULL; i++) {
		bool fit = false;
		for (size_t v = 0; v < d->n; v++) fit = fit || fits(x, d, v);
		if (is_named(x, d) && (!fit || (d->person && !person))) return false;
	}
	return true;
}

/* --- about what ------------------------------------------------------------------ */

/* The first parts of the identifiers that FIELD is a later part of. */
static void
find_inside(const struct policy *p, unsigned field, struct subject *s)
{
	for (size_t i = 0; i < p->n_identifiers; i++) {
		const struct identifier_info *id = &p->identifiers[i];
		for (size_t k = 1; k < id->n; k++) {
			if (id->parts[k]->index == field)
				s->inside[s->n_inside++] = (uint16_t)id->parts[0]->index;
		}
	}
}

/* The subject among N that F belongs to, as the same rules speak for both. */
static struct subject *
alike(const struct row *row, const struct subject *f, struct subject *subjects, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct subject *s = &subjects[i];
		if (s->n_inside + f->n_inside == 0 && s->person == f->person &&
		    row->list_of[s->field] == row->list_of[f->field])
			return s;
	}
	return NULL;
}

size_t
claim_subjects(const struct invariant *x, const struct site *at,
    struct subject ret[SCHEMA_FIELDS_MAX])
{
	size_t n = 0;
	for (unsigned f = 0; f < schema_signal()->n_fields; f++) {
		struct subject fresh = {f, 1, field_of_person(f), 0, {0}};
		if (!fieldset_has(&x->fields, f) || !is_comparable(x, fresh.person))
			continue;
		find_inside(at->policy, f, &fresh);
		struct subject *s = alike(place_row(at), &fresh, ret, n);
		if (s != NULL)
			s->n++;
		else
			ret[n++] = fresh;
	}
	return n;
}

/* --- under which facts ----------------------------------------------------------- */

factset
claim_facts(const struct invariant *x)
{
	return x->when | x->when_any | x->unless | x->with | x->instead_of;
}

bool
claim_speaks(const struct invariant *x, const struct site *at, factset facts)
{
	factset all = facts | place_facts(at);
	if ((x->when & ~all) != 0 || (x->unless & all) != 0) return false;
	if (x->when_any != 0 && (x->when_any & all) == 0) return false;
	return (x->with & ~facts) == 0;
}

/* --- whether it holds ------------------------------------------------------------ */

/* What comes out of S; a field that goes into a pseudonym is given as that. */
static struct outcome
outcome_for(const struct site *at, const struct subject *s, factset facts, unsigned *ret)
{
	struct outcome o = place_outcome(at, s->field, facts);
	*ret             = s->field;
	for (size_t i = 0;
	     i < s->n_inside && o.cell.action == SLUIS__ACTION__ACTION_WITHHOLD; i++) {
		struct outcome first = place_outcome(at, s->inside[i], facts);
		if (first.cell.action != SLUIS__ACTION__ACTION_PSEUDONYMISE) continue;
		*ret = s->inside[i];
		o    = first;
	}
	return o;
}

struct comparison { /* of what was found with the facts `with`, and without them */
	const struct invariant *x;
	const struct site      *at;
	const struct subject   *s;
	factset                 facts;
	int                     openness;
	struct counterexample  *ret; /* may be NULL */
};

/* How far value V of D is from what FACTS becomes when `with` makes way for `instead_of`:
 * the number of other facts that have to change along. */
static int
distance(const struct comparison *c, const struct dimension *d, size_t v)
{
	factset want = ((c->facts & ~c->x->with) | c->x->instead_of) & d->bits;
	return __builtin_popcountll(want ^ d->values[v]);
}

static bool
is_nearest(const struct comparison *c, const struct dimension *d, size_t v)
{
	for (size_t other = 0; other < d->n; other++) {
		if (fits(c->x, d, other) && distance(c, d, other) < distance(c, d, v))
			return false;
	}
	return fits(c->x, d, v);
}

static bool
no_wider(const struct comparison *c, factset without)
{
	unsigned       inside;
	struct outcome o = outcome_for(c->at, c->s, without, &inside);
	if (outcome_openness(&o) >= c->openness) return true;
	if (c->ret != NULL)
		c->ret->without = (struct outcome_of){without, o.code, o.cell};
	return false;
}

/* Compare with every nearest combination: dimension I and later ones are still open. */
static bool
no_wider_from(const struct comparison *c, size_t i, factset without)
{
	const struct dimension *d = space_dimension(i);
	if (d == NULL) return no_wider(c, without);
	if (!is_named(c->x, d)) return no_wider_from(c, i + 1, without);
	for (size_t v = 0; v < d->n; v++) {
		if (is_nearest(c, d, v) &&
		    !no_wider_from(c, i + 1, space_with(without, d, v)))
			return false;
	}
	return true;
}

bool
claim_holds(const struct invariant *x, const struct site *at, const struct subject *s,
    factset facts, struct counterexample *ret)
{
	unsigned       by;
	struct outcome o = outcome_for(at, s, facts, &by);
	if (ret != NULL) {
		ret->found  = (struct outcome_of){facts, o.code, o.cell};
		ret->inside = by == s->field ? NULL : &schema_signal()->fields[by];
	}
	if (!x->wider) return (x->actions >> o.cell.action & 1) == 0;
	struct comparison c = {x, at, s, facts, outcome_openness(&o), ret};
	return c.openness == 0 || no_wider_from(&c, 0, facts);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * diff_profile.c - what the candidates of a field come down to at one place.
 *
 * Rules for other senders, purposes and audiences fall away, and so do facts that are
 * settled there; what is below a rule that always holds is never reached.
 */
#include <string.h>

#include "policy/study/diff_internal.h"

static const factset settled = FACTS_OF_PLACE;

/* --- reducing -------------------------------------------------------------------- */

uint16_t
reason_of(const struct place_pair *at, int side, unsigned rule)
{
	return side == 0 || rule == RULE_NONE ? (uint16_t)rule : at->reason_of_new[rule];
}

factset
place_pair_facts(const struct place_pair *at)
{
	return fact_bit(FACT_SENDER_SIGNED) |
	       audience_facts((enum audience)(1u << at->audience));
}

/* What is left of E when the facts in KNOWN are settled and only those in HOLD hold;
 * false if it cannot hold. */
static bool
settle(struct element *e, factset known, factset hold)
{
	if ((e->when & known & ~hold) != 0 || (e->unless & known & hold) != 0)
		return false;
	if ((e->when_any & known & hold) != 0)
		e->when_any = 0;
	else if (e->when_any != 0 && (e->when_any &= ~known) == 0)
		return false;
	e->when &= ~known;
	e->unless &= ~known;
	return (e->when & e->unless) == 0;
}

static bool
is_certain(const struct element *e)
{
	return e->when == 0 && e->when_any == 0 && e->unless == 0;
}

static struct element
element_of(const struct candidate *c)
{
	struct element e;
	memset(&e, 0, sizeof e);
	e.when       = c->when;
	e.when_any   = c->when_any;
	e.unless     = c->unless;
	e.rule       = c->rule;
	e.action     = c->action;
	e.generalise = c->generalise;
	return e;
}

static void
add_element(struct profile *p, const struct element *e)
{
	if (p->n < ELEMENTS_MAX) p->at[p->n++] = *e;
}

static bool
is_closed(const struct profile *p)
{
	return p->n != 0 && is_certain(&p->at[p->n - 1]);
}

static void
add_stops(struct profile *p, const struct place_pair *at, int side,
    const struct candidate *bars, size_t n)
{
	factset hold = place_pair_facts(at);
	for (size_t i = 0; i < n && !is_closed(p); i++) {
		struct element e = element_of(&bars[i]);
		e.code           = (uint32_t)at->m->policy[side]->rules[e.rule]->code;
		e.action         = SLUIS__ACTION__ACTION_WITHHOLD;
		e.generalise     = GENERALISE_NONE;
		e.reason         = reason_of(at, side, e.rule);
		if (settle(&e, settled | FACTS_RECORD, hold)) add_element(p, &e);
	}
}

void
profile_of_field(
    struct profile *p, const struct place_pair *at, int side, uint32_t list, bool person)
{
	const struct row *row   = at->row[side];
	factset           hold  = place_pair_facts(at);
	factset           known = settled | (person ? 0 : FACTS_RECORD);

	p->n      = 0;
	p->absent = !at->there[side];
	if (p->absent) return;
	add_stops(p, at, side, at->m->c[side]->refuse, at->m->c[side]->n_refuse);
	add_stops(p, at, side, row->excludes, row->n_excludes);
	for (uint32_t i = row->starts[list]; i < row->starts[list + 1] && !is_closed(p);
	     i++) {
		const struct candidate *c = &row->candidates[i];
		struct element          e = element_of(c);
		if (!asker_allowed(c, at->who[side]) || !settle(&e, known, hold))
			continue;
		e.reason = reason_of(at, side, e.rule);
		add_element(p, &e);
	}
}

/* --- obligations ----------------------------------------------------------------- */

static bool
grant_here(
    const struct place_pair *at, int side, const struct candidate *g, struct element *ret)
{
	if (!asker_allowed(g, at->who[side])) return false;
	*ret            = element_of(g);
	ret->rule       = RULE_NONE;
	ret->generalise = GENERALISE_NONE;
	/* as far as the message goes: for some record it may hold */
	if ((ret->when_any & FACTS_RECORD) != 0) ret->when_any = 0;
	ret->when &= FACTS_MESSAGE;
	ret->unless &= FACTS_MESSAGE;
	return settle(ret, settled, place_pair_facts(at));
}

static void
add_once(struct profile *p, const struct element *e)
{
	for (size_t i = 0; i < p->n; i++)
		if (memcmp(&p->at[i], e, sizeof *e) == 0) return;
	add_element(p, e);
}

/* E with the conditions of O: one element for each fact of which one is enough. */
static void
add_obliged(struct profile *p, const struct place_pair *at, struct element e,
    const struct obligation *o)
{
	e.when |= o->when;
	e.unless |= o->unless;
	e.action     = OBLIGED;
	factset left = o->when_any;
	do {
		struct element one = e;
		one.when |= left & (~left + 1); /* the lowest, or none */
		if (settle(&one, settled, place_pair_facts(at))) add_once(p, &one);
		left &= left - 1;
	} while (left != 0);
}

void
profile_of_duty(
    struct profile *p, const struct place_pair *at, int side, const struct obligation *o)
{
	const struct row       *row  = at->row[side];
	const struct convenant *c    = at->m->c[side];
	const struct diff_seat *to   = &at->m->recipients.at[at->recipient];
	unsigned                role = at->m->recipients.role[side][at->recipient];
	struct element          e;

	p->n      = 0;
	p->absent = !at->there[side];
	if (p->absent) return;
	add_stops(p, at, side, c->refuse, c->n_refuse);
	add_stops(p, at, side, row->excludes, row->n_excludes);
	bool may = o != NULL && (o->purposes >> at->who[side].purpose & 1) != 0 &&
	           obligation_is_for(o, role, to->desk);
	for (size_t i = 0; may && i < row->n_grants; i++) {
		const struct rule *rule = at->m->policy[side]->rules[row->grants[i].rule];
		if (!o->every_copy &&
		    (rule->obligations >> (o - c->obligations) & 1) == 0)
			continue;
		if (!grant_here(at, side, &row->grants[i], &e)) continue;
		add_obliged(p, at, e, o);
	}
	for (size_t i = 0; i < row->n_grants; i++) {
		if (!grant_here(at, side, &row->grants[i], &e)) continue;
		e.action = FREE;
		add_once(p, &e);
	}
}

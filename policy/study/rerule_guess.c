/* SPDX-License-Identifier: EUPL-1.2 */
/* rerule_guess.c - what can have been weighed, from what came out. */
#include "policy/study/rerule_guess.h"

#include <string.h>

#include "policy/study/space.h"

enum { WITHHELD = SLUIS__ACTION__ACTION_WITHHOLD };

struct answerer { /* one policy and one decision */
	const struct policy *policy;
	bool                 there;
	struct site          place;
	rc                   code; /* why not there */
};

/* --- where it was asked ---------------------------------------------------------- */

static struct answerer
answerer(const struct policy *p, const struct decided *d)
{
	struct answerer a = {.policy = p};
	struct question q = d->question;
	struct ruling   r;

	q.message   = 0;
	q.held_back = NULL;
	policy_rule(p, &q, &r);
	a.code  = r.code == RC_OK ? RC_NOT_ENTITLED : r.code;
	a.there = place_of_ruling(&r, &a.place);
	return a;
}

static struct cell
answer(const struct answerer *a, const struct decided *d, unsigned f, factset facts)
{
	struct cell none = {WITHHELD, GENERALISE_NONE, RULE_NONE};
	if (!a->there) return none;
	struct outcome o = place_outcome(&a->place, f, facts);
	if (d->own && o.cell.action == SLUIS__ACTION__ACTION_PSEUDONYMISE)
		o.cell.action = WITHHELD;
	return o.cell;
}

static factset
relevant(const struct answerer *a, unsigned f)
{
	return a->there ? place_relevant(&a->place, f) : 0;
}

/* --- fields that came out -------------------------------------------------------- */

struct tally { /* of the combinations that fit */
	size_t fit, wider, narrower, given;
};

static int
tells(struct cell c)
{
	struct outcome o = {RC_OK, c};
	return outcome_openness(&o);
}

/* A field that the supplier held back was withheld by the bar that says so, whatever the
 * facts were ... */
static bool
was_held_back(const struct decided_group *g, const struct policy *p)
{
	for (unsigned i = 0; g->rule != NULL && i < p->n_rules; i++)
		if (strcmp(p->rules[i]->info.id, g->rule) == 0)
			return p->rules[i]->bar == BAR_SUPPLIER;
	return false;
}

/* ... or by silence, where there is no such bar that always holds. */
static bool
may_be_held_back(const struct decided_group *g, const struct answerer *a)
{
	if (g->action != WITHHELD || g->rule != NULL || !a->there) return false;
	const struct row *row = place_row(&a->place);
	for (size_t i = 0; i < row->n_refusals; i++) {
		const struct candidate *bar = &row->refusals[i];
		if (bar->when == 0 && bar->when_any == 0 && bar->unless == 0)
			return false;
	}
	return true;
}

static struct tally
try_all(const struct answerer *old, const struct answerer *new, const struct decided *d,
    const struct decided_group *g, unsigned f)
{
	struct tally      t = {0};
	struct facts_walk w;

	facts_walk_begin(&w, relevant(old, f) | relevant(new, f), field_of_person(f));
	while (facts_walk_next(&w)) {
		struct cell a = answer(old, d, f, w.facts),
		            b = answer(new, d, f, w.facts);
		if (!decided_comes_of(g, old->policy, &a)) continue;
		enum way way = way_of(tells(a), tells(b));
		t.fit++;
		t.wider += way == WAY_WIDER;
		t.narrower += way == WAY_NARROWER;
		t.given += b.action != WITHHELD;
	}
	return t;
}

static void
note(const struct tally *t, unsigned f, struct rerule *ret)
{
	if (t->wider != 0)
		fieldset_add(t->wider == t->fit ? &ret->wider : &ret->maybe_wider, f);
	if (t->narrower != 0)
		fieldset_add(
		    t->narrower == t->fit ? &ret->narrower : &ret->maybe_narrower, f);
}

static void
guess_fields(const struct decided *d, const struct answerer *old,
    const struct answerer *new, struct rerule               *ret)
{
	bool given = false, may_be = false;

	for (size_t i = 0; i < d->n_groups; i++) {
		const struct decided_group *g = &d->groups[i];
		for (unsigned f = 0; f < schema_signal()->n_fields; f++) {
			if (!fieldset_has(&g->fields, f) || was_held_back(g, old->policy))
				continue;
			struct tally t = try_all(old, new, d, g, f);
			/* what was withheld anyway the supplier may have refused as well
			 */
			if (g->action == WITHHELD) t.fit++;
			note(&t, f, ret);
			given  = given || (t.fit != 0 && t.given == t.fit);
			may_be = may_be || t.given != 0;
		}
	}
	ret->code[1]      = given || (may_be && d->code == RC_OK) ? RC_OK
	                    : new->there                          ? RC_NOT_ENTITLED
	                                                          : new->code;
	ret->maybe_served = may_be && !given && d->code != RC_OK;
}

/* --- denials --------------------------------------------------------------------- */

/* Every fact of the message that some rule at the place, or a bar of the convenant,
 * weighs. */
static factset
message_relevant(const struct policy *p, const struct answerer *a, const char *convenant)
{
	const struct convenant *c     = convenant_find(p, convenant);
	factset                 facts = 0;

	for (size_t i = 0; c != NULL && i < c->n_refuse; i++)
		facts |= c->refuse[i].when | c->refuse[i].when_any | c->refuse[i].unless;
	for (unsigned f = 0; a->there && f < schema_signal()->n_fields; f++)
		facts |= place_relevant(&a->place, f);
	return facts & FACTS_MESSAGE;
}

static bool
is_denied_as(const struct decided *d, const struct policy *p, const struct ruling *r)
{
	const struct rule_info *rule = policy_rule_info(p, r->rule);
	if (r->code != d->code) return false;
	return rule == NULL || d->rule == NULL ? (rule == NULL) == (d->rule == NULL)
	                                       : strcmp(rule->id, d->rule) == 0;
}

/* How many combinations of message facts make OLD deny as D says; *RET_OTHER and
 * *RET_SERVED: under some of them NEW's code is not CODE, is RC_OK. */
static size_t
try_denials(const struct decided *d, const struct answerer *old,
    const struct answerer *new, struct rerule              *ret)
{
	struct question   q = d->question;
	struct facts_walk w;
	size_t            fit = 0;

	facts_walk_begin(&w,
	    message_relevant(old->policy, old, q.convenant) |
	        message_relevant(new->policy, new, q.convenant),
	    false);
	while (facts_walk_next(&w)) {
		struct ruling a, b;
		q.message = w.facts;
		policy_rule(old->policy, &q, &a);
		if (!is_denied_as(d, old->policy, &a)) continue;
		policy_rule(new->policy, &q, &b);
		if (fit++ == 0) ret->code[1] = b.code;
		/* it may be served: which fields it had is not known */
		if (b.code == RC_OK) ret->maybe_served = true;
	}
	if (ret->maybe_served) ret->code[1] = d->code;
	return fit;
}

/* --- public ---------------------------------------------------------------------- */

static bool
is_denial(const struct decided *d)
{
	return d->code != RC_OK && d->n_groups == 0;
}

void
rerule_guess(const struct decided *d, const struct policy *old, const struct policy *new,
    struct rerule *ret)
{
	struct answerer a = answerer(old, d), b = answerer(new, d);

	ret->code[0] = d->code;
	ret->rule[0] = d->rule;
	if (!is_denial(d))
		guess_fields(d, &a, &b, ret);
	else if (try_denials(d, &a, &b, ret) == 0)
		ret->code[1] = d->code; /* it does not come of this policy at all */
}

bool
rerule_guess_holds(const struct decided *d, const struct policy *p)
{
	struct answerer a   = answerer(p, d);
	struct rerule   ret = {.code = {RC_OK}};

	if (is_denial(d)) return try_denials(d, &a, &a, &ret) != 0;
	for (size_t i = 0; i < d->n_groups; i++)
		for (unsigned f = 0; f < schema_signal()->n_fields; f++) {
			if (!fieldset_has(&d->groups[i].fields, f)) continue;
			if (was_held_back(&d->groups[i], p)) continue;
			if (may_be_held_back(&d->groups[i], &a)) continue;
			if (try_all(&a, &a, d, &d->groups[i], f).fit == 0) return false;
		}
	return true;
}

static const struct rule *
rule_called(const struct policy *p, const char *id)
{
	for (unsigned i = 0; i < p->n_rules; i++)
		if (strcmp(p->rules[i]->info.id, id) == 0) return p->rules[i];
	return NULL;
}

bool
rerule_bar_stays(const struct policy *old, const struct policy *new, const char *rule)
{
	const struct rule *a = rule_called(old, rule), *b = rule_called(new, rule);
	return a != NULL && b != NULL && a->bar == b->bar && a->code == b->code &&
	       a->when == b->when && a->when_any == b->when_any && a->unless == b->unless;
}

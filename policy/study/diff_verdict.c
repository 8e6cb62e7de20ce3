/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * diff_verdict.c - two lists of candidates under every combination of facts.
 *
 * Thousands of places have the same two lists; each pair is compared once.
 */
#include <stdlib.h>
#include <string.h>

#include "policy/study/diff_internal.h"
#include "policy/study/index.h"
#include "proto/auto.h"
#include "proto/room.h"

enum { COMBINATIONS_MAX = 1 << 22 };

struct stored { /* a profile */
	size_t                n;
	bool                  absent;
	const struct element *at;
};

struct asked { /* a pair */
	uint32_t       old, new;
	bool           person;
	struct verdict verdict;
};

struct verdicts {
	struct arena              *arena; /* borrowed: changes live longer than this */
	struct index               profiles, pairs, changes;
	size_t                     cap_stored, cap_asked, cap_known;
	struct stored             *stored;
	struct asked             **asked;
	const struct diff_change **known;
};

/* --- profiles -------------------------------------------------------------------- */

bool
profile_equal(const struct profile *a, const struct profile *b)
{
	if (a->n != b->n || a->absent != b->absent) return false;
	for (size_t i = 0; i < a->n; i++) {
		struct element x = a->at[i], y = b->at[i];
		x.rule = y.rule = 0;
		if (memcmp(&x, &y, sizeof x) != 0) return false;
	}
	return true;
}

struct profile_key {
	const struct verdicts *v;
	const struct profile  *p;
};

static bool
same_profile(const void *arg, uint32_t number)
{
	const struct profile_key *k = arg;
	const struct stored      *s = &k->v->stored[number];
	return s->n == k->p->n && s->absent == k->p->absent &&
	       memcmp(s->at, k->p->at, s->n * sizeof *s->at) == 0;
}

static rc
store(struct verdicts *v, const struct profile *p, uint32_t *ret)
{
	struct profile_key k = {v, p};
	bool               fresh;
	uint64_t hash = hash_bytes(p->absent ? 7 : 3, p->at, p->n * sizeof *p->at);

	TRY(index_find(&v->profiles, hash, same_profile, &k, ret, &fresh));
	if (!fresh) return RC_OK;
	TRY(room_for_one(&v->stored, *ret, &v->cap_stored, sizeof *v->stored));
	struct element *at = arena_alloc(v->arena, p->n, sizeof *at);
	if (at == NULL) return RC_NOMEM;
	memcpy(at, p->at, p->n * sizeof *at);
	v->stored[*ret] = (struct stored){p->n, p->absent, at};
	return RC_OK;
}

/* --- changes --------------------------------------------------------------------- */

struct change_key {
	const struct verdicts    *v;
	const struct diff_change *c;
};

enum { CHANGE_BYTES = offsetof(struct diff_change, number) };

static bool
same_change(const void *arg, uint32_t number)
{
	const struct change_key *k = arg;
	return memcmp(k->v->known[number], k->c, CHANGE_BYTES) == 0;
}

/* The one change that is equal to C, whose bytes between fields are zero. */
static rc
keep_change(
    struct verdicts *v, const struct diff_change *c, const struct diff_change **ret)
{
	struct change_key k = {v, c};
	uint32_t          number;
	bool              fresh;

	TRY(index_find(&v->changes, hash_bytes(5, c, CHANGE_BYTES), same_change, &k,
	    &number, &fresh));
	if (fresh) {
		TRY(room_for_one(&v->known, number, &v->cap_known, sizeof *v->known));
		struct diff_change *kept = arena_alloc(v->arena, 1, sizeof *kept);
		if (kept == NULL) return RC_NOMEM;
		memcpy(kept, c, sizeof *c);
		kept->number     = number;
		v->known[number] = kept;
	}
	*ret = v->known[number];
	return RC_OK;
}

/* --- comparing ------------------------------------------------------------------- */

struct verdict_side { /* what one policy answers to one combination of facts */
	struct cell cell;
	rc          code;
	uint16_t    reason;
	bool        stopped;
};

static struct verdict_side
answer(const struct stored *s, factset facts)
{
	struct verdict_side none = {
	    {SLUIS__ACTION__ACTION_WITHHOLD, GENERALISE_NONE, RULE_NONE}, RC_OK,
	    RULE_NONE, s->absent};
	for (size_t i = 0; i < s->n; i++) {
		const struct element *e = &s->at[i];
		if ((e->when & ~facts) != 0 || (e->unless & facts) != 0) continue;
		if (e->when_any != 0 && (e->when_any & facts) == 0) continue;
		return (struct verdict_side){{e->action, e->generalise, e->rule},
		    (rc)e->code, e->reason, e->code != RC_OK};
	}
	return none;
}

struct comparison {
	struct grid_of_facts grid;
	size_t               n;
	struct verdict_side  old[TRANSITIONS_MAX], new[TRANSITIONS_MAX];
	size_t               n_reasons;
	struct diff_reason   reasons[TRANSITIONS_MAX];
};

static bool
tells_of_obligation(const struct verdict_side *s)
{
	return s->cell.action == OBLIGED || s->cell.action == FREE;
}

static bool
is_dead(const struct verdict_side *a, const struct verdict_side *b)
{
	bool one = tells_of_obligation(a), other = tells_of_obligation(b);
	return (a->stopped && b->stopped) || one != other;
}

static void
note_reason(
    struct comparison *c, const struct verdict_side *a, const struct verdict_side *b)
{
	struct diff_reason r = {a->cell.rule, b->cell.rule};
	if (a->reason == b->reason || tells_of_obligation(a)) return;
	for (size_t i = 0; i < c->n_reasons; i++)
		if (c->reasons[i].old == r.old && c->reasons[i].new == r.new) return;
	if (c->n_reasons < TRANSITIONS_MAX) c->reasons[c->n_reasons++] = r;
}

static bool
same_side(const struct verdict_side *a, const struct verdict_side *b)
{
	return a->cell.action == b->cell.action &&
	       a->cell.generalise == b->cell.generalise && a->cell.rule == b->cell.rule &&
	       a->code == b->code;
}

/* The number of the transition from A to B; with more than can be counted, of the last.
 */
static uint8_t
transition(
    struct comparison *c, const struct verdict_side *a, const struct verdict_side *b)
{
	for (size_t i = 0; i < c->n; i++)
		if (same_side(&c->old[i], a) && same_side(&c->new[i], b))
			return (uint8_t)i;
	if (c->n == TRANSITIONS_MAX) return TRANSITIONS_MAX - 1;
	c->old[c->n] = *a;
	c->new[c->n] = *b;
	return (uint8_t)c->n++;
}

static factset
mentioned(const struct stored *s)
{
	factset facts = 0;
	for (size_t i = 0; i < s->n; i++)
		facts |= s->at[i].when | s->at[i].when_any | s->at[i].unless;
	return facts;
}

static rc
compare_all(
    struct comparison *c, const struct stored *old, const struct stored *new, bool person)
{
	struct facts_walk *w = &c->grid.walk;

	facts_walk_begin(w, mentioned(old) | mentioned(new), person);
	c->grid.n = 1;
	for (size_t i = 0; i < w->n; i++) c->grid.n *= w->at[i]->n;
	if (c->grid.n > COMBINATIONS_MAX) return RC_NOMEM;
	c->grid.at = calloc(c->grid.n, 1);
	if (c->grid.at == NULL) return RC_NOMEM;
	for (size_t at = 0; facts_walk_next(w); at++) {
		struct verdict_side a = answer(old, w->facts), b = answer(new, w->facts);
		c->grid.at[at] = TRANSITION_DEAD;
		if (is_dead(&a, &b)) continue;
		c->grid.at[at] = TRANSITION_NONE;
		if (a.cell.action != b.cell.action ||
		    a.cell.generalise != b.cell.generalise)
			c->grid.at[at] = transition(c, &a, &b);
		else if (!old->absent && !new->absent)
			note_reason(c, &a, &b);
	}
	return RC_OK;
}

/* --- verdicts -------------------------------------------------------------------- */

static enum way
way_between(const struct verdict_side *a, const struct verdict_side *b)
{
	if (tells_of_obligation(a))
		return a->cell.action == OBLIGED ? WAY_WIDER : WAY_NARROWER;
	return way_of(openness(a->cell.action, a->cell.generalise),
	    openness(b->cell.action, b->cell.generalise));
}

static rc
conclude(struct verdicts *v, const struct asked *asked, const struct comparison *c,
    struct verdict *ret)
{
	ret->changes = arena_alloc(v->arena, c->n, sizeof *ret->changes);
	if (ret->changes == NULL) return RC_NOMEM;
	for (size_t i = 0; i < c->n; i++) {
		struct diff_change change;
		memset(&change, 0, sizeof change);
		change.way        = way_between(&c->old[i], &c->new[i]);
		change.old        = c->old[i].cell;
		change.new        = c->new[i].cell;
		change.old_code   = c->old[i].code;
		change.new_code   = c->new[i].code;
		change.old_absent = v->stored[asked->old].absent;
		change.new_absent = v->stored[asked->new].absent;
		TRY(conditions_around(&c->grid, (uint8_t)i, &change.when));
		TRY(keep_change(v, &change, &ret->changes[ret->n++]));
		ret->way |= change.way;
	}
	ret->n_reasons = c->n_reasons;
	ret->reasons   = arena_alloc(v->arena, c->n_reasons, sizeof *ret->reasons);
	if (ret->reasons == NULL) return RC_NOMEM;
	memcpy(ret->reasons, c->reasons, c->n_reasons * sizeof *ret->reasons);
	return RC_OK;
}

struct pair_key {
	const struct verdicts *v;
	uint32_t               old, new, person;
};

static bool
same_pair(const void *arg, uint32_t number)
{
	const struct pair_key *k = arg;
	const struct asked    *a = k->v->asked[number];
	return a->old == k->old && a->new == k->new && a->person == (k->person != 0);
}

static rc
compare(struct verdicts *v, struct asked *a)
{
	AUTO(auto_free) struct comparison *c = calloc(1, sizeof *c);
	if (c == NULL) return RC_NOMEM;
	rc code = compare_all(c, &v->stored[a->old], &v->stored[a->new], a->person);
	if (code == RC_OK) code = conclude(v, a, c, &a->verdict);
	free(c->grid.at);
	return code;
}

rc
verdict_of(struct verdicts *v, const struct profile *old, const struct profile *new,
    bool person, const struct verdict **ret)
{
	struct pair_key k = {.v = v, .person = person};
	uint32_t        number;
	bool            fresh;

	TRY(store(v, old, &k.old));
	TRY(store(v, new, &k.new));
	uint64_t hash = hash_bytes(11, &k.old, 3 * sizeof k.old);
	TRY(index_find(&v->pairs, hash, same_pair, &k, &number, &fresh));
	if (fresh) {
		TRY(room_for_one(
		    &v->asked, number, &v->cap_asked, sizeof(struct asked *)));
		struct asked *a = arena_alloc(v->arena, 1, sizeof *a);
		if (a == NULL) return RC_NOMEM;
		*a = (struct asked){.old = k.old, .new = k.new, .person = person};
		v->asked[number] = a;
		TRY(compare(v, a));
	}
	*ret = &v->asked[number]->verdict;
	return RC_OK;
}

rc
verdicts_new(struct verdicts **ret, struct arena *arena)
{
	*ret = calloc(1, sizeof **ret);
	if (*ret == NULL) return RC_NOMEM;
	(*ret)->arena = arena;
	return RC_OK;
}

void
verdicts_destroy(struct verdicts **vp)
{
	struct verdicts *v = *vp;
	if (v == NULL) return;
	index_wipe(&v->profiles);
	index_wipe(&v->pairs);
	index_wipe(&v->changes);
	free(v->stored);
	free((void *)v->asked);
	free((void *)v->known);
	free(v);
	*vp = NULL;
}

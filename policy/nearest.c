/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * nearest.c - looking around a place, one step further at a time.
 *
 * A step sets one thing to another value, so steps on the same thing are never
 * combined, and steps are tried in a fixed order: the first change found with N steps
 * is the answer.
 */
#include "policy/nearest.h"

#include <string.h>

enum { STEPS_AROUND_MAX = 1024 };

struct search {
	unsigned    field;
	bool        wider;
	int         open; /* how open the field is now */
	size_t      n;
	struct step around[STEPS_AROUND_MAX];
};

/* --- the steps from a place ------------------------------------------------------ */

static void
add_step(struct search *s, struct step step)
{
	if (s->n < STEPS_AROUND_MAX) s->around[s->n++] = step;
}

/* What people can bring about comes first. */
static const char *const order[] = {"consent_enforcement", "consent_care", "secrecy",
    "nationality_needed", "embargo", "case", "emergency", NULL};
static const char *const late[]  = {
     "trafficking", "criminal_data", "urgent", "layer_2", "age", "role", "cie", NULL};

static const struct dimension *
dimension_named(const char *name)
{
	const struct dimension *d;
	for (size_t i = 0; (d = space_dimension(i)) != NULL; i++) {
		if (strcmp(d->name, name) == 0) return d;
	}
	return NULL;
}

static void
add_facts(struct search *s, const char *const *names, factset facts, factset relevant)
{
	for (; *names != NULL; names++) {
		const struct dimension *d = dimension_named(*names);
		if (d == NULL || (d->bits & relevant) == 0) continue;
		if (d->person && !field_of_person(s->field)) continue;
		unsigned now = (unsigned)space_value(facts, d);
		for (unsigned v = 0; v < d->n; v++) {
			if (v != now) add_step(s, (struct step){STEP_FACTS, d, now, v});
		}
	}
}

static void
add_numbers(struct search *s, enum step_kind kind, unsigned now, size_t n)
{
	for (unsigned v = 0; v < n; v++) {
		if (v != now) add_step(s, (struct step){kind, NULL, now, v});
	}
}

/* Signing and declaring, renewing what has ended; and the reverse, which narrows. */
static void
add_audiences(struct search *s, enum audience now)
{
	static const enum audience all[] = {AUDIENCE_SIGNATORY, AUDIENCE_INCIDENTAL,
	    AUDIENCE_NON_SIGNATORY, AUDIENCE_EXPIRED};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		if (all[i] == now || (s->wider && all[i] == AUDIENCE_EXPIRED)) continue;
		add_step(s, (struct step){STEP_AUDIENCE, NULL, now, all[i]});
	}
}

static void
add_desks(struct search *s, const struct place *at)
{
	const struct convenant *c = at->convenant;
	for (unsigned i = 0; i < c->n_seats; i++) {
		if (i != at->recipient && c->seats[i].role == place_recipient(at)->role)
			add_step(
			    s, (struct step){STEP_RECIPIENT, NULL, at->recipient, i});
	}
}

/* The facts that matter for the field in whatever phase, for whatever desk. */
static factset
relevant_around(const struct place *at, unsigned field)
{
	struct place other = *at;
	factset      facts = 0;
	for (other.phase = 0; other.phase < at->convenant->n_phases; other.phase++)
		facts |= place_relevant(&other, field);
	return facts;
}

static void
look_around(struct search *s, const struct place *at, factset facts)
{
	const struct convenant *c        = at->convenant;
	factset                 relevant = relevant_around(at, s->field);
	add_facts(s, order, facts, relevant);
	add_numbers(s, STEP_PHASE, at->phase, c->n_phases);
	add_numbers(s, STEP_PURPOSE, at->purpose, c->n_purposes);
	add_audiences(s, at->audience);
	add_desks(s, at);
	add_numbers(s, STEP_SENDER, at->asker, c->n_askers);
	add_facts(s, late, facts, relevant);
}

/* --- taking steps ---------------------------------------------------------------- */

static bool
same_thing(const struct step *a, const struct step *b)
{
	return a->kind == b->kind && a->dimension == b->dimension;
}

static void
take(const struct step *step, struct place *place, factset *facts)
{
	switch (step->kind) {
	case STEP_FACTS:
		*facts = space_with(*facts, step->dimension, step->to);
		return;
	case STEP_PHASE:
		place->phase = step->to;
		return;
	case STEP_PURPOSE:
		place->purpose = step->to;
		return;
	case STEP_AUDIENCE:
		place->audience = (enum audience)step->to;
		return;
	case STEP_RECIPIENT:
		place->recipient = step->to;
		return;
	case STEP_SENDER:
		place->asker = step->to;
		return;
	}
}

/* Whether CHANGE so far, which has all its steps, alters the outcome as wanted. */
static bool
alters(const struct search *s, struct change *change)
{
	change->becomes = place_outcome(&change->place, s->field, change->facts);
	int open        = outcome_openness(&change->becomes);
	return s->wider ? open > s->open : open < s->open;
}

/* Complete CHANGE to N steps with steps from number FROM on. */
static bool
complete(const struct search *s, size_t n, size_t from, struct change *change)
{
	if (change->n == n) return alters(s, change);
	for (size_t i = from; i < s->n; i++) {
		struct change more = *change;
		if (more.n > 0 && same_thing(&more.steps[more.n - 1], &s->around[i]))
			continue;
		more.steps[more.n++] = s->around[i];
		take(&s->around[i], &more.place, &more.facts);
		if (!complete(s, n, i + 1, &more)) continue;
		*change = more;
		return true;
	}
	return false;
}

bool
nearest_change(
    const struct place *at, unsigned field, factset facts, bool wider, struct change *ret)
{
	struct outcome now = place_outcome(at, field, facts);
	struct search  s   = {
	       .field = field, .wider = wider, .open = outcome_openness(&now)};
	look_around(&s, at, facts);
	for (size_t n = 1; n <= STEPS_MAX; n++) {
		*ret = (struct change){.place = *at, .facts = facts};
		if (complete(&s, n, 0, ret)) return true;
	}
	return false;
}

/* --- the place of a question ----------------------------------------------------- */

static bool
number_of(const char *const *names, const char *name, unsigned *ret)
{
	for (unsigned i = 0; name != NULL && names[i] != NULL; i++) {
		if (strcmp(names[i], name) != 0) continue;
		*ret = i;
		return true;
	}
	return false;
}

/* The seat of this desk, else of its role. */
static bool
seat_of(
    const struct seat *seats, size_t n, unsigned role, const char *desk, unsigned *ret)
{
	bool found = false;
	for (unsigned i = 0; i < n; i++) {
		const struct seat *s = &seats[i];
		if (s->role != role) continue;
		if (s->desk != NULL && (desk == NULL || strcmp(s->desk, desk) != 0))
			continue;
		if (!found || s->desk != NULL) *ret = i;
		found = true;
	}
	return found;
}

bool
place_of_roles(const struct policy *p, const struct role_question *q, struct place *ret)
{
	const struct convenant *c = convenant_find(p, q->convenant);
	if (c == NULL) return false;
	*ret = (struct place){
	    .policy = p, .convenant = c, .audience = (enum audience)q->audience};
	return number_of(c->info.phases, q->phase, &ret->phase) &&
	       number_of(c->info.purposes, q->purpose, &ret->purpose) &&
	       seat_of(c->askers, c->n_askers, role_number(p, q->sender), q->sender_desk,
	           &ret->asker) &&
	       seat_of(c->seats, c->n_seats, role_number(p, q->recipient),
	           q->recipient_desk, &ret->recipient);
}

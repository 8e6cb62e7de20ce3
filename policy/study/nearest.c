/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * nearest.c - looking around a place, one step further at a time.
 *
 * A step sets one thing to another value, so steps on the same thing are never
 * combined, and steps are tried in a fixed order: the first change found with N steps
 * is the answer.
 */
#include "policy/study/nearest.h"

#include <string.h>

#include "policy/study/space.h"

enum { MOVES_MAX = 1024 };

struct move { /* a step as numbers: a value of a dimension, or of one wheel of a place */
	enum step_kind          kind;
	const struct dimension *dimension; /* STEP_FACTS */
	unsigned                to;
};

struct search {
	unsigned    field;
	bool        wider;
	int         open; /* how open the field is now */
	size_t      n;
	struct move around[MOVES_MAX];
};

struct spot { /* where moves have led */
	size_t         n;
	struct move    moves[STEPS_MAX];
	struct site    place;
	factset        facts;
	struct outcome outcome;
};

/* --- the moves from a place ------------------------------------------------------ */

static void
add_move(struct search *s, struct move move)
{
	if (s->n < MOVES_MAX) s->around[s->n++] = move;
}

/* What people can bring about comes first. */
static const char *const order[] = {"consent_enforcement", "consent_care", "secrecy",
    "nationality_needed", "embargo", "case", "emergency", NULL};
static const char *const late[]  = {
     "trafficking", "criminal_data", "urgent", "layer_2", "age", "role", NULL};
static const char *const last[] = {"cie", NULL};

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
			if (v != now) add_move(s, (struct move){STEP_FACTS, d, v});
		}
	}
}

static void
add_numbers(struct search *s, enum step_kind kind, unsigned now, size_t n)
{
	for (unsigned v = 0; v < n; v++) {
		if (v != now) add_move(s, (struct move){kind, NULL, v});
	}
}

/* What widens: signing, declaring, renewing what has ended.  What narrows: a signature or
 * the convenant that ends. */
static void
add_audiences(struct search *s, enum audience now)
{
	bool signed_now = now == AUDIENCE_SIGNATORY;
	if (s->wider && !signed_now)
		add_move(s, (struct move){STEP_AUDIENCE, NULL, AUDIENCE_SIGNATORY});
	if (s->wider && now == AUDIENCE_NON_SIGNATORY)
		add_move(s, (struct move){STEP_AUDIENCE, NULL, AUDIENCE_INCIDENTAL});
	if (!s->wider && signed_now)
		add_move(s, (struct move){STEP_AUDIENCE, NULL, AUDIENCE_NON_SIGNATORY});
	if (!s->wider && now != AUDIENCE_EXPIRED)
		add_move(s, (struct move){STEP_AUDIENCE, NULL, AUDIENCE_EXPIRED});
}

static void
add_desks(struct search *s, const struct site *at)
{
	const struct convenant *c = at->convenant;
	for (unsigned i = 0; i < c->n_seats; i++) {
		if (i != at->recipient && c->seats[i].role == place_recipient(at)->role)
			add_move(s, (struct move){STEP_RECIPIENT, NULL, i});
	}
}

/* The facts that matter for the field in whatever phase, for whatever desk. */
static factset
relevant_around(const struct site *at, unsigned field)
{
	struct site other = *at;
	factset     facts = 0;
	for (other.phase = 0; other.phase < at->convenant->n_phases; other.phase++)
		facts |= place_relevant(&other, field);
	return facts;
}

static void
look_around(struct search *s, const struct site *at, factset facts)
{
	const struct convenant *c        = at->convenant;
	factset                 relevant = relevant_around(at, s->field);
	add_facts(s, order, facts, relevant);
	add_numbers(s, STEP_PHASE, at->phase, c->n_phases);
	add_numbers(s, STEP_PURPOSE, at->purpose, c->n_purposes);
	if (s->wider) add_audiences(s, at->audience);
	add_desks(s, at);
	add_numbers(s, STEP_SENDER, at->asker, c->n_askers);
	add_facts(s, late, facts, relevant);
	/* everything is lost with the signature: true, and the last thing worth saying */
	if (!s->wider) add_audiences(s, at->audience);
	add_facts(s, last, facts, relevant);
}

/* --- moving ---------------------------------------------------------------- */

static bool
same_thing(const struct move *a, const struct move *b)
{
	return a->kind == b->kind && a->dimension == b->dimension;
}

static void
take(const struct move *step, struct site *place, factset *facts)
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

/* Whether at SPOT, where all moves are made, the outcome is altered as wanted. */
static bool
alters(const struct search *s, struct spot *spot)
{
	spot->outcome = place_outcome(&spot->place, s->field, spot->facts);
	int open      = outcome_openness(&spot->outcome);
	return s->wider ? open > s->open : open < s->open;
}

/* Complete SPOT to N moves with moves from number FROM on. */
static bool
complete(const struct search *s, size_t n, size_t from, struct spot *spot)
{
	if (spot->n == n) return alters(s, spot);
	for (size_t i = from; i < s->n; i++) {
		struct spot more = *spot;
		if (more.n > 0 && same_thing(&more.moves[more.n - 1], &s->around[i]))
			continue;
		more.moves[more.n++] = s->around[i];
		take(&s->around[i], &more.place, &more.facts);
		if (!complete(s, n, i + 1, &more)) continue;
		*spot = more;
		return true;
	}
	return false;
}

/* --- in the reader's terms ------------------------------------------------------- */

static void
name_seat(const struct site *at, const struct seat *seat, struct step *ret)
{
	ret->id   = at->policy->roles[seat->role].info.id;
	ret->desk = seat->desk;
}

static struct step
step_of(const struct move *m, const struct site *from)
{
	const struct convenant *c   = from->convenant;
	struct step             ret = {.kind = m->kind};
	switch (m->kind) {
	case STEP_FACTS:
		ret.dimension = m->dimension->name;
		ret.value     = m->to;
		ret.facts     = m->dimension->values[m->to];
		break;
	case STEP_PHASE:
		ret.id = c->info.phases[m->to];
		break;
	case STEP_PURPOSE:
		ret.id = c->info.purposes[m->to];
		break;
	case STEP_AUDIENCE:
		ret.from = from->audience;
		ret.to   = (enum audience)m->to;
		break;
	case STEP_RECIPIENT:
		name_seat(from, &c->seats[m->to], &ret);
		break;
	case STEP_SENDER:
		name_seat(from, &c->askers[m->to], &ret);
		break;
	}
	return ret;
}

static factset
facts_of_ruling(const struct ruling *r, factset record, unsigned field)
{
	factset facts = r->message & FACTS_MESSAGE, weighed = 0;
	if (field_of_person(field)) facts |= record & FACTS_RECORD;
	for (size_t i = 0; space_dimension(i) != NULL; i++)
		weighed |= space_dimension(i)->bits;
	return facts & weighed;
}

bool
nearest_change(const struct ruling *r, factset record, unsigned field, bool wider,
    struct change *ret)
{
	struct site at;
	if (!place_of_ruling(r, &at)) return false;
	factset        facts = facts_of_ruling(r, record, field);
	struct outcome now   = place_outcome(&at, field, facts);
	struct search  s     = {
	         .field = field, .wider = wider, .open = outcome_openness(&now)};
	look_around(&s, &at, facts);
	for (size_t n = 1; n <= STEPS_MAX; n++) {
		struct spot spot = {.place = at, .facts = facts};
		if (!complete(&s, n, 0, &spot)) continue;
		*ret = (struct change){
		    .n = n, .code = spot.outcome.code, .becomes = spot.outcome.cell};
		for (size_t i = 0; i < n; i++)
			ret->steps[i] = step_of(&spot.moves[i], &at);
		return true;
	}
	return false;
}

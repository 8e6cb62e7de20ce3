/* SPDX-License-Identifier: EUPL-1.2 */
/* prove.c - an invariant, tried on every place, field and combination of facts. */
#include "policy/study/prove.h"

#include <string.h>

#include "policy/study/claim.h"
#include "policy/study/stops.h"

enum { RULE_WORDS = RULES_MAX / 64, TALLIES_MAX = 64 };

struct tally { /* of the combinations of facts at one place, for one field */
	uint64_t covered, failing;
};

/* What the rules make of a place: two places with the same key are alike. */
struct key {
	uint64_t rules[RULE_WORDS]; /* bit: a rule that hears this asker */
	factset  facts;             /* that follow from the place and are weighed */
};

struct known { /* places already walked, for the field in hand */
	size_t       n;
	struct key   keys[TALLIES_MAX];
	struct tally tallies[TALLIES_MAX];
};

struct search {
	const struct policy    *p;
	const struct invariant *x;
	struct proof           *proof;
	/* the counterexample with the fewest facts so far */
	bool           found;
	struct site    at_best;
	struct subject best;
	factset        best_facts;
	struct known   known;
	/* of the row in hand, by what else is weighed there: asked for each place anew */
	size_t       n_stops;
	factset      stops_used[TALLIES_MAX];
	struct stops stops[TALLIES_MAX];
};

/* --- one place, one field -------------------------------------------------------- */

static int
count(factset facts)
{
	return __builtin_popcountll(facts);
}

/* The rules for FIELD that hear whoever asks at AT, into KEY. */
static void
add_rules(struct key *key, const struct site *at, unsigned field)
{
	const struct row       *row = place_row(at);
	struct asker            who = place_asker(at);
	const struct candidate *c   = row->candidates + row->starts[row->list_of[field]];
	const struct candidate *end =
	    row->candidates + row->starts[row->list_of[field] + 1];
	for (; c < end; c++) {
		unsigned rule = c->rule - at->convenant->first_rule;
		if (asker_allowed(c, who))
			key->rules[rule / 64] |= (uint64_t)1 << rule % 64;
	}
}

/* stops_at(), remembered for the row that AT is in. */
static void
find_stops(struct search *x, const struct site *at, factset used, struct stops *ret)
{
	for (size_t i = 0; i < x->n_stops; i++) {
		if (x->stops_used[i] != used) continue;
		*ret = x->stops[i];
		return;
	}
	stops_at(at, used, ret);
	if (x->n_stops == TALLIES_MAX) return;
	x->stops_used[x->n_stops] = used;
	x->stops[x->n_stops++]    = *ret;
}

/* All facts that make a difference for S at AT; what distinguishes AT into KEY.  What
 * only decides whether there is an answer at all stands APART. */
static factset
weighed(struct search *x, const struct site *at, const struct subject *s, struct key *key,
    struct stops *apart)
{
	factset facts = claim_facts(x->x) | place_relevant(at, s->field);
	factset used  = claim_facts(x->x) | place_relevant_to_field(at, s->field);
	*key          = (struct key){{0}, 0};
	add_rules(key, at, s->field);
	for (size_t i = 0; i < s->n_inside; i++) {
		add_rules(key, at, s->inside[i]);
		facts |= place_relevant(at, s->inside[i]);
		used |= place_relevant_to_field(at, s->inside[i]);
	}
	key->facts = facts & place_facts(at);
	/* where withholding fails a claim, a refusal does too */
	if ((x->x->actions >> SLUIS__ACTION__ACTION_WITHHOLD & 1) != 0 && !x->x->wider)
		used = ~(factset)0;
	find_stops(x, at, used, apart);
	return facts & ~apart->apart;
}

static void
note_failure(
    struct search *x, const struct site *at, const struct subject *s, factset facts)
{
	if (x->found && count(facts) >= count(x->best_facts)) return;
	x->found      = true;
	x->best       = *s;
	x->at_best    = *at;
	x->best_facts = facts;
}

static struct tally
walk(struct search *x, const struct site *at, const struct subject *s, factset relevant,
    const struct stops *apart)
{
	struct tally      t = {0};
	struct facts_walk w;
	facts_walk_begin(&w, relevant, s->person);
	while (facts_walk_next(&w)) {
		if (!claim_speaks(x->x, at, w.facts)) continue;
		t.covered += w.each;
		x->proof->tried++;
		if (claim_holds(x->x, at, s, w.facts, NULL)) continue;
		t.failing += w.each / apart->all * apart->free;
		note_failure(x, at, s, w.facts);
	}
	return t;
}

static struct tally
tally_of(struct search *x, const struct site *at, const struct subject *s)
{
	struct key    key;
	struct known *known = &x->known;
	struct stops  apart;
	factset       relevant = weighed(x, at, s, &key, &apart);
	for (size_t i = 0; i < known->n; i++) {
		if (memcmp(&known->keys[i], &key, sizeof key) == 0)
			return known->tallies[i];
	}
	struct tally t = walk(x, at, s, relevant, &apart);
	if (known->n < TALLIES_MAX) {
		known->keys[known->n]      = key;
		known->tallies[known->n++] = t;
	}
	return t;
}

/* --- everywhere ------------------------------------------------------------------ */

/* Every asker, purpose and audience of one row, for one kind of field. */
static void
search_subject(struct search *x, struct site at, const struct subject *s)
{
	unsigned phase = at.phase, recipient = at.recipient;
	x->known.n = 0;
	do {
		if (!claim_is_about(x->x, &at)) continue;
		struct tally t = tally_of(x, &at, s);
		x->proof->covered += t.covered * s->n;
		x->proof->failing += t.failing * s->n;
	} while (place_next(&at) && at.phase == phase && at.recipient == recipient);
}

static uint64_t
places_in(const struct search *x, struct site at)
{
	unsigned phase = at.phase, recipient = at.recipient;
	uint64_t n = 0;
	do {
		n += claim_is_about(x->x, &at) ? 1 : 0;
	} while (place_next(&at) && at.phase == phase && at.recipient == recipient);
	return n;
}

static void
search_row(struct search *x, const struct site *at)
{
	struct subject subjects[SCHEMA_FIELDS_MAX];
	if (!claim_is_about_row(x->x, at)) return;
	x->n_stops = 0;
	size_t n   = claim_subjects(x->x, at, subjects);
	x->proof->places += places_in(x, *at);
	for (size_t i = 0; i < n; i++) search_subject(x, *at, &subjects[i]);
}

static void
search_convenant(struct search *x, const struct convenant *c)
{
	struct site at;
	if (!place_first(x->p, c, &at)) return;
	for (at.phase = 0; at.phase < c->n_phases; at.phase++) {
		for (at.recipient = 0; at.recipient < c->n_seats; at.recipient++)
			search_row(x, &at);
	}
}

/* --- the counterexample ---------------------------------------------------------- */

/* FACTS without the kinds of fact (the role of the person) whose value is all one. */
static factset
without_idle(const struct search *x, factset facts)
{
	factset needed = facts;
	for (size_t i = 0; space_dimension(i) != NULL; i++) {
		const struct dimension *d    = space_dimension(i);
		bool                    idle = d->values[0] != 0;
		for (size_t v = 0; idle && v < d->n; v++) {
			factset other = space_with(facts, d, v);
			idle          = claim_speaks(x->x, &x->at_best, other) &&
			       !claim_holds(x->x, &x->at_best, &x->best, other, NULL);
		}
		if (idle) needed &= ~d->bits;
	}
	return needed;
}

static void
tell(const struct search *x, struct counterexample *ret)
{
	const struct site      *at        = &x->at_best;
	const struct convenant *c         = at->convenant;
	const struct seat      *sender    = place_sender(at);
	const struct seat      *recipient = place_recipient(at);
	factset                 facts     = x->best_facts;
	*ret                              = (struct counterexample){.convenant = &c->info,
	                                 .phase                                = c->info.phases[at->phase],
	                                 .purpose                              = c->info.purposes[at->purpose],
	                                 .sender                               = x->p->roles[sender->role].info.id,
	                                 .sender_desk                          = sender->desk,
	                                 .recipient                            = x->p->roles[recipient->role].info.id,
	                                 .recipient_desk                       = recipient->desk,
	                                 .audience                             = at->audience,
	                                 .field  = &schema_signal()->fields[x->best.field],
	                                 .needed = x->best.person ? without_idle(x, facts) : facts};
	(void)claim_holds(x->x, at, &x->best, facts, ret);
}

void
policy_prove(const struct policy *p, size_t i, struct proof *ret)
{
	struct search x = {.p = p, .x = &p->invariants[i], .proof = ret};
	*ret            = (struct proof){.compared = x.x->wider};
	for (size_t c = 0; c < p->n_convenants; c++) {
		if ((x.x->convenants >> c & 1) != 0)
			search_convenant(&x, &p->convenants[c]);
	}
	if (ret->failing > 0) tell(&x, &ret->first);
	ret->verdict = ret->failing > 0   ? VERDICT_REFUTED
	               : ret->covered > 0 ? VERDICT_PROVED
	               : ret->places > 0  ? VERDICT_NO_CASE
	                                  : VERDICT_NO_PLACE;
}

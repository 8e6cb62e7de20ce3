/* SPDX-License-Identifier: EUPL-1.2 */
/* space.c - walking the facts and places of a policy. */
#include "policy/study/space.h"

#include <string.h>

#define BIT(f) ((factset)1 << (f))
#define FLAG(name, person, fact)                           \
	{                                                  \
		name, person, 2, {0, BIT(fact)}, BIT(fact) \
	}

static const struct dimension dimensions[] = {
    {"role", true, 5,
        {BIT(FACT_VICTIM), BIT(FACT_SUSPECT), BIT(FACT_WITNESS), BIT(FACT_RELATIVE),
            BIT(FACT_OTHER_PERSON)},
        BIT(FACT_VICTIM) | BIT(FACT_SUSPECT) | BIT(FACT_WITNESS) | BIT(FACT_RELATIVE) |
            BIT(FACT_OTHER_PERSON)},
    {"age", true, 3, {0, BIT(FACT_MINOR), BIT(FACT_ADULT)},
        BIT(FACT_MINOR) | BIT(FACT_ADULT)},
    FLAG("consent_care", true, FACT_CONSENT_CARE),
    FLAG("consent_enforcement", true, FACT_CONSENT_ENFORCEMENT),
    FLAG("nationality_needed", true, FACT_NATIONALITY_NEEDED),
    FLAG("consent_registration", true, FACT_CONSENT_REGISTRATION),
    FLAG("cie", false, FACT_CIE),
    FLAG("layer_2", false, FACT_LAYER_2),
    FLAG("emergency", false, FACT_EMERGENCY),
    {"embargo", false, 5,
        {0, BIT(FACT_EMBARGO), BIT(FACT_EMBARGO) | BIT(FACT_EMBARGO_INCOMPLETE),
            BIT(FACT_EMBARGO) | BIT(FACT_EMBARGO_OVERDUE),
            BIT(FACT_EMBARGO) | BIT(FACT_EMBARGO_INCOMPLETE) | BIT(FACT_EMBARGO_OVERDUE)},
        BIT(FACT_EMBARGO) | BIT(FACT_EMBARGO_INCOMPLETE) | BIT(FACT_EMBARGO_OVERDUE)},
    {"secrecy", false, 4,
        {0, BIT(FACT_CONSENT_SECRECY), BIT(FACT_STATUTORY_DUTY), BIT(FACT_GOOD_CARE)},
        BIT(FACT_CONSENT_SECRECY) | BIT(FACT_STATUTORY_DUTY) | BIT(FACT_GOOD_CARE)},
    FLAG("trafficking", false, FACT_TRAFFICKING),
    FLAG("criminal_data", false, FACT_CRIMINAL_DATA),
    FLAG("urgent", false, FACT_URGENT),
    {"case", false, 3, {0, BIT(FACT_CASE), BIT(FACT_CASE) | BIT(FACT_CASE_MEMBER)},
        BIT(FACT_CASE) | BIT(FACT_CASE_MEMBER)},
    FLAG("same_party", false, FACT_SAME_PARTY),
    FLAG("partners_agreed", false, FACT_PARTNERS_AGREED),
    FLAG("anonymous_report", false, FACT_ANONYMOUS_REPORT),
    FLAG("reporter_named", false, FACT_REPORTER_NAMED),
    FLAG("address_signal", false, FACT_ADDRESS_SIGNAL),
    FLAG("persons_named", false, FACT_PERSONS_NAMED),
    {"intervention", false, 3,
        {0, BIT(FACT_INTERVENTION), BIT(FACT_INTERVENTION) | BIT(FACT_EFFECT_NAMED)},
        BIT(FACT_INTERVENTION) | BIT(FACT_EFFECT_NAMED)},
    FLAG("administrative_report", false, FACT_ADMINISTRATIVE_REPORT),
    FLAG("shelter_request", false, FACT_SHELTER_REQUEST),
    FLAG("transfer", false, FACT_TRANSFER),
};

enum { N_DIMENSIONS = sizeof dimensions / sizeof dimensions[0] };

/* --- facts ----------------------------------------------------------------------- */

const struct dimension *
space_dimension(size_t i)
{
	return i < N_DIMENSIONS ? &dimensions[i] : NULL;
}

factset
space_with(factset facts, const struct dimension *d, size_t value)
{
	return (facts & ~d->bits) | d->values[value];
}

/* A set that is no value of D counts as the first one. */
size_t
space_value(factset facts, const struct dimension *d)
{
	for (size_t i = 0; i < d->n; i++) {
		if ((facts & d->bits) == d->values[i]) return i;
	}
	return 0;
}

uint64_t
space_size(bool person)
{
	uint64_t n = 1;
	for (size_t i = 0; i < N_DIMENSIONS; i++)
		n *= dimensions[i].person && !person ? 1 : dimensions[i].n;
	return n;
}

void
facts_walk_begin(struct facts_walk *w, factset relevant, bool person)
{
	*w = (struct facts_walk){.each = space_size(person)};
	for (size_t i = 0; i < N_DIMENSIONS; i++) {
		const struct dimension *d = &dimensions[i];
		if (d->person && !person) continue;
		w->facts |= d->values[0];
		if ((d->bits & relevant) == 0) continue;
		w->at[w->n++] = d;
		w->each /= d->n;
	}
}

bool
facts_walk_next(struct facts_walk *w)
{
	if (!w->begun) {
		w->begun = true;
		return true;
	}
	for (size_t i = 0; i < w->n; i++) {
		w->value[i] = (w->value[i] + 1) % w->at[i]->n;
		w->facts    = space_with(w->facts, w->at[i], w->value[i]);
		if (w->value[i] != 0) return true;
	}
	return false;
}

/* --- places ---------------------------------------------------------------------- */

bool
place_first(const struct policy *p, const struct convenant *c, struct site *ret)
{
	*ret = (struct site){.policy = p, .convenant = c, .audience = AUDIENCE_SIGNATORY};
	return c->n_phases > 0 && c->n_askers > 0 && c->n_seats > 0 && c->n_purposes > 0;
}

/* One further, or back to 0: then the next wheel turns. */
static bool
turn(unsigned *wheel, size_t n)
{
	*wheel = (unsigned)((*wheel + 1) % n);
	return *wheel != 0;
}

bool
place_next(struct site *at)
{
	const struct convenant *c = at->convenant;
	if (at->audience != AUDIENCE_EXPIRED) {
		at->audience = (enum audience)(at->audience << 1);
		return true;
	}
	at->audience = AUDIENCE_SIGNATORY;
	return turn(&at->purpose, c->n_purposes) || turn(&at->asker, c->n_askers) ||
	       turn(&at->recipient, c->n_seats) || turn(&at->phase, c->n_phases);
}

const struct row *
place_row(const struct site *at)
{
	const struct convenant *c = at->convenant;
	return &c->rows[at->phase * c->n_seats + at->recipient];
}

const struct seat *
place_sender(const struct site *at)
{
	return &at->convenant->askers[at->asker];
}

const struct seat *
place_recipient(const struct site *at)
{
	return &at->convenant->seats[at->recipient];
}

factset
place_facts(const struct site *at)
{
	return fact_bit(FACT_SENDER_SIGNED) | audience_facts(at->audience);
}

bool
place_of_ruling(const struct ruling *r, struct site *ret)
{
	const struct row *row = r->row;
	if (row == NULL) return false;
	const struct convenant *c = row->convenant;
	*ret                      = (struct site){.policy = r->policy,
	                         .convenant               = c,
	                         .phase                   = row->phase,
	                         .recipient               = (unsigned)(row->seat - c->seats),
	                         .purpose                 = r->purpose};
	for (unsigned i = 0; i < c->n_askers; i++) {
		const struct seat *s = &c->askers[i];
		if (s->role == r->source_role &&
		    source_desks_of(c, s->role, s->desk) == r->source_desks)
			ret->asker = i;
	}
	uint8_t as = audience_of(r->message);
	ret->audience =
	    (as & AUDIENCE_INCIDENTAL) != 0 ? AUDIENCE_INCIDENTAL : (enum audience)as;
	return true;
}

struct asker
place_asker(const struct site *at)
{
	const struct seat *s = place_sender(at);
	return (struct asker){s->role, source_desks_of(at->convenant, s->role, s->desk),
	    at->purpose, audience_of(place_facts(at))};
}

static factset
named_by(const struct candidate *c)
{
	return c->when | c->when_any | c->unless;
}

/* A rule that does not hear this asker weighs nothing. */
factset
place_relevant_to_field(const struct site *at, unsigned field)
{
	const struct row *row   = place_row(at);
	struct asker      who   = place_asker(at);
	factset           facts = 0;
	uint32_t          from  = row->starts[row->list_of[field]];
	uint32_t          to    = row->starts[row->list_of[field] + 1];
	for (uint32_t i = from; i < to; i++)
		if (asker_allowed(&row->candidates[i], who))
			facts |= named_by(&row->candidates[i]);
	return facts;
}

/* Bars on the whole message weigh facts whoever asks. */
factset
place_relevant(const struct site *at, unsigned field)
{
	const struct convenant *c     = at->convenant;
	const struct row       *row   = place_row(at);
	factset                 facts = place_relevant_to_field(at, field);
	for (size_t i = 0; i < c->n_refuse; i++) facts |= named_by(&c->refuse[i]);
	for (size_t i = 0; i < row->n_excludes; i++) facts |= named_by(&row->excludes[i]);
	return facts;
}

bool
field_of_person(unsigned field)
{
	return strncmp(schema_signal()->fields[field].path, "persons.", 8) == 0;
}

/* --- outcomes -------------------------------------------------------------------- */

static struct outcome
stopped_by(const struct policy *p, const struct candidate *bar)
{
	return (struct outcome){p->rules[bar->rule]->code,
	    {SLUIS__ACTION__ACTION_WITHHOLD, GENERALISE_NONE, bar->rule}};
}

struct outcome
place_outcome(const struct site *at, unsigned field, factset facts)
{
	const struct convenant *c   = at->convenant;
	const struct row       *row = place_row(at);
	factset                 all = facts | place_facts(at);
	struct outcome          o   = {
	               RC_OK, {SLUIS__ACTION__ACTION_WITHHOLD, GENERALISE_NONE, RULE_NONE}};
	const struct candidate *bar = bar_holding(c->refuse, c->n_refuse, all);
	if (bar == NULL) bar = bar_holding(row->excludes, row->n_excludes, all);
	if (bar != NULL) return stopped_by(at->policy, bar);
	const struct candidate *first = row_decides(row, field, place_asker(at), all);
	if (first != NULL)
		o.cell = (struct cell){first->action, first->generalise, first->rule};
	return o;
}

int
outcome_openness(const struct outcome *o)
{
	return openness(o->cell.action, o->cell.generalise);
}

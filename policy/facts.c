/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * facts.c - signals to facts.
 *
 * Where a signal contradicts itself the narrowing reading holds: one sign of
 * minority makes a minor, and adulthood needs a positive sign and no sign of
 * the other.
 */
#include "policy/facts.h"

#include <stdio.h>
#include <string.h>

#include "proto/forms.h"

/* --- dates ----------------------------------------------------------------------- */

static bool
digits(const char *text, size_t n, int32_t *ret)
{
	int32_t v = 0;
	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9') return false;
		v = v * 10 + (text[i] - '0');
	}
	*ret = v;
	return true;
}

struct date {
	int32_t year, month, day; /* month and day 0 where unknown */
};

static bool
date_split(const char *text, struct date *ret)
{
	return text != NULL && strlen(text) == 10 && text[4] == '-' && text[7] == '-' &&
	       digits(text, 4, &ret->year) && digits(text + 5, 2, &ret->month) &&
	       digits(text + 8, 2, &ret->day);
}

/* Days since 1970-01-01, proleptic Gregorian; years are counted from March so that
 * the leap day comes last. */
static int32_t
days_of(struct date d)
{
	int32_t y   = d.month <= 2 ? d.year - 1 : d.year;
	int32_t era = (y >= 0 ? y : y - 399) / 400;
	int32_t yoe = y - era * 400;
	int32_t doy = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
	int32_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + doe - 719468;
}

static bool
date_is_real(struct date d)
{
	return d.year >= 1 && d.month >= 1 && d.month <= 12 && d.day >= 1 &&
	       d.day <= days_in_month(d.year, d.month);
}

bool
date_parse(const char *text, int32_t *ret_days)
{
	struct date d;
	if (!date_split(text, &d) || !date_is_real(d)) return false;
	*ret_days = days_of(d);
	return true;
}

void
date_write(int32_t days, char ret[11])
{
	int32_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
	int32_t of_era = z - era * 146097;
	int32_t year  = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int32_t day   = of_era - (365 * year + year / 4 - year / 100);
	int32_t month = (5 * day + 2) / 153;

	day -= (153 * month + 2) / 5;
	month += month < 10 ? 3 : -9;
	(void)snprintf(ret, 11, "%04u-%02u-%02u",
	    (unsigned)(year + era * 400 + (month <= 2)) % 10000, (unsigned)month % 100,
	    (unsigned)(day + 1) % 100);
}

int32_t
date_of_ms(uint64_t ms)
{
	uint64_t days = ms / (24 * 60 * 60 * 1000);
	return days > INT32_MAX ? INT32_MAX : (int32_t)days;
}

/* --- names ----------------------------------------------------------------------- */

#define FACT_NAME_(symbol, bit, name, scope, meaning) \
	case symbol:                                  \
		return name;

const char *
fact_name(enum fact f)
{
	switch (f) {
		FACT_LIST(FACT_NAME_)
	default:
		return NULL;
	}
}

bool
fact_from_name(const char *name, enum fact *ret)
{
	for (unsigned bit = 0; name != NULL && bit < 64; bit++) {
		const char *known = fact_name((enum fact)bit);
		if (known == NULL || strcmp(known, name) != 0) continue;
		*ret = (enum fact)bit;
		return true;
	}
	return false;
}

/* --- message facts --------------------------------------------------------------- */

static factset
fact_if(bool holds, enum fact f)
{
	return holds ? fact_bit(f) : 0;
}

/* A review date that cannot be read is no review date. */
static factset
facts_of_embargo(const Sluis__Embargo *e, int32_t today)
{
	int32_t review;
	if (e == NULL) return 0;
	bool dated = date_parse(e->review_on, &review);
	bool named = e->contact_desk != NULL && *e->contact_desk != '\0';
	return fact_bit(FACT_EMBARGO) |
	       fact_if(!dated || !named, FACT_EMBARGO_INCOMPLETE) |
	       fact_if(dated && review < today, FACT_EMBARGO_OVERDUE);
}

factset
facts_of_handling(const Sluis__Handling *h, int32_t today)
{
	if (h == NULL) return 0;
	factset facts = fact_if(h->has_cie && h->cie, FACT_CIE) |
	                fact_if(h->has_layer && h->layer != 1, FACT_LAYER_2) |
	                fact_if(h->has_emergency && h->emergency, FACT_EMERGENCY) |
	                facts_of_embargo(h->embargo, today);
	if (!h->has_secrecy_ground) return facts;
	switch (h->secrecy_ground) {
	case SLUIS__SECRECY_GROUND__EXPLICIT_CONSENT:
		return facts | fact_bit(FACT_CONSENT_SECRECY);
	case SLUIS__SECRECY_GROUND__STATUTORY_DUTY:
		return facts | fact_bit(FACT_STATUTORY_DUTY);
	case SLUIS__SECRECY_GROUND__GOOD_CARE_NECESSITY:
		return facts | fact_bit(FACT_GOOD_CARE);
	default:
		return facts;
	}
}

static bool
any_under(const struct fieldset *present, const char *prefix)
{
	const struct schema *s = schema_signal();
	for (unsigned i = 0; i < s->n_fields; i++) {
		if (fieldset_has(present, i) &&
		    strncmp(s->fields[i].path, prefix, strlen(prefix)) == 0)
			return true;
	}
	return false;
}

factset
facts_of_fields(const struct fieldset *present)
{
	return fact_if(any_under(present, "exploitation.types"), FACT_TRAFFICKING) |
	       fact_if(any_under(present, "police_") || any_under(present, "judicial."),
	           FACT_CRIMINAL_DATA) |
	       fact_if(any_under(present, "reporter."), FACT_REPORTER_NAMED) |
	       fact_if(any_under(present, "persons."), FACT_PERSONS_NAMED) |
	       fact_if(any_under(present, "planned_interventions."), FACT_INTERVENTION) |
	       fact_if(
	           any_under(present, "persons.shelter_request."), FACT_SHELTER_REQUEST) |
	       fact_if(any_under(present, "transfer."), FACT_TRANSFER);
}

/* What meta says of where the signal came from, and that it cannot wait. */
static factset
facts_of_meta(const Sluis__Meta *m)
{
	if (m == NULL) return 0;
	return fact_if(m->has_urgent && m->urgent, FACT_URGENT) |
	       fact_if(m->has_origin && m->origin == SLUIS__ORIGIN__ANONYMOUS_REPORT,
	           FACT_ANONYMOUS_REPORT) |
	       fact_if(m->has_origin && m->origin == SLUIS__ORIGIN__ADDRESS_QUALITY,
	           FACT_ADDRESS_SIGNAL);
}

static bool
names_reporter(const Sluis__Reporter *r)
{
	return r != NULL &&
	       (r->name != NULL || r->organisation != NULL || r->phone != NULL ||
	           r->email != NULL || r->relation != NULL);
}

/* One intervention without its effect is enough to miss it; blanks are no effect. */
static factset
facts_of_interventions(const Sluis__Signal *s)
{
	bool named = s->n_planned_interventions != 0;
	for (size_t i = 0; i < s->n_planned_interventions; i++) {
		const char *effect = s->planned_interventions[i]->effect_on_victim;
		named =
		    named && effect != NULL && effect[strspn(effect, " \t\n")] != '\0';
	}
	return fact_if(s->n_planned_interventions != 0, FACT_INTERVENTION) |
	       fact_if(named, FACT_EFFECT_NAMED);
}

static bool
reports_to_administration(Sluis__PoliceFact *const *facts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (facts[i]->has_kind &&
		    facts[i]->kind == SLUIS__POLICE_FACT_KIND__ADMINISTRATIVE_REPORT)
			return true;
	return false;
}

static bool
asks_for_shelter(const Sluis__Signal *s)
{
	for (size_t i = 0; i < s->n_persons; i++)
		if (s->persons[i]->shelter_request != NULL) return true;
	return false;
}

factset
facts_of_signal(const Sluis__Signal *s, int32_t today)
{
	bool police = s->n_police_8_13 + s->n_police_9_10 + s->n_police_10_1_b > 0;
	return facts_of_handling(s->handling, today) |
	       fact_if(s->exploitation != NULL && s->exploitation->n_types > 0,
	           FACT_TRAFFICKING) |
	       fact_if(police || s->n_judicial > 0, FACT_CRIMINAL_DATA) |
	       fact_if(names_reporter(s->reporter), FACT_REPORTER_NAMED) |
	       fact_if(s->n_persons > 0, FACT_PERSONS_NAMED) |
	       fact_if(reports_to_administration(s->police_8_13, s->n_police_8_13),
	           FACT_ADMINISTRATIVE_REPORT) |
	       fact_if(asks_for_shelter(s), FACT_SHELTER_REQUEST) |
	       fact_if(s->transfer != NULL, FACT_TRANSFER) | facts_of_meta(s->meta) |
	       facts_of_interventions(s);
}

/* --- age ------------------------------------------------------------------------- */

enum { ADULT_YEARS = 18, OWN_CONSENT_YEARS = 16, AGE_UNKNOWN = -1 };

/* The lowest age that somebody with this birth date can have on TODAY: unknown parts
 * are taken as late as they can be.  AGE_UNKNOWN when no year is stated; 0 for what
 * cannot be read, because a stated date that is unclear must not make an adult. */
static int32_t
lowest_age(const char *birth, int32_t today)
{
	struct date d;
	if (birth == NULL) return AGE_UNKNOWN;
	if (!date_split(birth, &d)) return 0;
	if (d.year == 0) return AGE_UNKNOWN;
	if (d.month == 0) d.month = 12, d.day = 0;
	if (d.month > 12) return 0;
	if (d.day == 0) d.day = days_in_month(d.year, d.month);
	if (!date_is_real(d)) return 0;
	/* no birthday is later than 366 days after the one before it */
	int32_t years = (today - days_of(d)) / 366;
	if (years < 0) years = 0;
	if (years > 199) years = 199;
	for (d.year += years + 1; years < 200 && d.year < 9999; d.year++, years++) {
		/* who was born on 29 February turns a year older on 1 March */
		struct date birthday = d;
		if (birthday.day > days_in_month(birthday.year, birthday.month))
			birthday.month = 3, birthday.day = 1;
		if (days_of(birthday) > today) break;
	}
	return years;
}

static factset
facts_of_age(const Sluis__Person *p, int32_t today)
{
	int32_t age   = lowest_age(p->birth_date, today);
	bool    band  = p->has_age_band;
	bool    minor = (p->has_minor && p->minor) ||
	             (band && (p->age_band == SLUIS__AGE_BAND__UNDER_12 ||
	                          p->age_band == SLUIS__AGE_BAND__FROM_12_TO_17)) ||
	             (age != AGE_UNKNOWN && age < ADULT_YEARS);
	bool adult = (p->has_minor && !p->minor) ||
	             (band && (p->age_band == SLUIS__AGE_BAND__FROM_18_TO_23 ||
	                          p->age_band == SLUIS__AGE_BAND__FROM_24)) ||
	             age >= ADULT_YEARS; /* AGE_UNKNOWN is below */
	return fact_if(minor, FACT_MINOR) | fact_if(adult && !minor, FACT_ADULT);
}

/* --- consent --------------------------------------------------------------------- */

/* Given on a date, not in the future, not run out, not withdrawn. */
static bool
consent_stands(const Sluis__Consent *c, int32_t today)
{
	int32_t given, until;
	if (!date_parse(c->given_on, &given) || given > today) return false;
	if (c->withdrawn_on != NULL) return false;
	return c->valid_until == NULL ||
	       (date_parse(c->valid_until, &until) && today <= until);
}

/* Whether another entry of the same scope withdraws C: not before C was given, or on a
 * day that cannot be read. */
static bool
is_withdrawn(const Sluis__Person *p, const Sluis__Consent *c)
{
	int32_t given, withdrawn;
	for (size_t i = 0; i < p->n_consents; i++) {
		const Sluis__Consent *other = p->consents[i];
		if (other->withdrawn_on == NULL || !other->has_scope ||
		    other->scope != c->scope)
			continue;
		if (!date_parse(c->given_on, &given) ||
		    !date_parse(other->withdrawn_on, &withdrawn) || withdrawn >= given)
			return true;
	}
	return false;
}

/* An adult's own consent counts, a minor's from sixteen; below, or at an age that is not
 * stated, unclear, or denied by another sign of the record, the guardian must have given
 * it. */
static bool
consent_counts(
    const Sluis__Person *p, const Sluis__Consent *c, factset age_facts, int32_t age)
{
	bool child = p->has_age_band && p->age_band == SLUIS__AGE_BAND__UNDER_12;
	if ((age_facts & fact_bit(FACT_ADULT)) != 0) return true;
	if (age >= OWN_CONSENT_YEARS && age < ADULT_YEARS && !child) return true;
	return c->has_by_guardian && c->by_guardian;
}

static factset
facts_of_consent(const Sluis__Person *p, factset age_facts, int32_t today)
{
	factset facts = 0;
	int32_t age   = lowest_age(p->birth_date, today);
	for (size_t i = 0; i < p->n_consents; i++) {
		const Sluis__Consent *c = p->consents[i];
		if (!c->has_scope || !consent_stands(c, today) || is_withdrawn(p, c) ||
		    !consent_counts(p, c, age_facts, age))
			continue;
		facts |= fact_if(c->scope == SLUIS__CONSENT_SCOPE__CARE_TO_CARE,
		             FACT_CONSENT_CARE) |
		         fact_if(c->scope == SLUIS__CONSENT_SCOPE__CARE_TO_ENFORCEMENT,
		             FACT_CONSENT_ENFORCEMENT) |
		         fact_if(c->scope == SLUIS__CONSENT_SCOPE__REGISTRATION,
		             FACT_CONSENT_REGISTRATION);
	}
	return facts;
}

/* --- record facts ---------------------------------------------------------------- */

static factset
facts_of_role(const Sluis__Person *p)
{
	if (!p->has_role) return fact_bit(FACT_OTHER_PERSON);
	switch (p->role) {
	case SLUIS__PERSON_ROLE__VICTIM:
		return fact_bit(FACT_VICTIM);
	case SLUIS__PERSON_ROLE__SUSPECT:
	case SLUIS__PERSON_ROLE__FACILITATOR:
		return fact_bit(FACT_SUSPECT);
	case SLUIS__PERSON_ROLE__WITNESS:
		return fact_bit(FACT_WITNESS);
	case SLUIS__PERSON_ROLE__RELATIVE:
	case SLUIS__PERSON_ROLE__GUARDIAN:
		return fact_bit(FACT_RELATIVE);
	default:
		return fact_bit(FACT_OTHER_PERSON);
	}
}

factset
facts_of_person(const Sluis__Person *person, int32_t today)
{
	factset age = facts_of_age(person, today);
	return facts_of_role(person) | age | facts_of_consent(person, age, today) |
	       fact_if(
	           person->has_nationality_unavoidable && person->nationality_unavoidable,
	           FACT_NATIONALITY_NEEDED);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* counted.c - values to the groups that tables have. */
#include "broker/decision/counted.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "policy/facts.h"

enum { CBS_DIGITS = 4, DAYS_IN_24_YEARS = 8766 };

static void
add(struct counted *c, const char *kind, const char *group)
{
	if (group == NULL || c->n == COUNTED_CODES_MAX) return;
	(void)snprintf(c->codes[c->n++], COUNTED_CODE_MAX, "%s:%s", kind, group);
}

/* --- form ------------------------------------------------------------------------ */

/* The four forms of Dutch practice, and the rest. */
static const char *
form_group(Sluis__ExploitationType type)
{
	switch (type) {
	case SLUIS__EXPLOITATION_TYPE__SEXUAL_EXPLOITATION:
		return "sexual";
	case SLUIS__EXPLOITATION_TYPE__FORCED_LABOUR:
	case SLUIS__EXPLOITATION_TYPE__CHILD_LABOUR:
	case SLUIS__EXPLOITATION_TYPE__SERVITUDE:
		return "labour";
	case SLUIS__EXPLOITATION_TYPE__CRIMINAL_EXPLOITATION:
	case SLUIS__EXPLOITATION_TYPE__FORCED_BEGGING:
		return "criminal";
	case SLUIS__EXPLOITATION_TYPE__ORGAN_REMOVAL:
	case SLUIS__EXPLOITATION_TYPE__SURROGACY:
		return "organs";
	default:
		return "other";
	}
}

static const char *
form_of(const Sluis__Exploitation *e)
{
	const char *group = NULL;

	for (size_t i = 0; e != NULL && i < e->n_types; i++) {
		const char *next = form_group(e->types[i]);
		if (group != NULL && strcmp(group, next) != 0) return "several";
		group = next;
	}
	return group;
}

/* --- sector ---------------------------------------------------------------------- */

static const char *
sector_group(Sluis__Sector sector)
{
	switch (sector) {
	case SLUIS__SECTOR__HORTICULTURE:
	case SLUIS__SECTOR__AGRICULTURE:
		return "agriculture";
	case SLUIS__SECTOR__CONSTRUCTION:
	case SLUIS__SECTOR__TRANSPORT:
	case SLUIS__SECTOR__MEAT_PROCESSING:
	case SLUIS__SECTOR__BAKERY:
		return "industry";
	case SLUIS__SECTOR__HOSPITALITY:
	case SLUIS__SECTOR__CLEANING:
	case SLUIS__SECTOR__TEMPORARY_WORK:
	case SLUIS__SECTOR__DOMESTIC_WORK:
	case SLUIS__SECTOR__CARE_SECTOR:
	case SLUIS__SECTOR__MASSAGE_BEAUTY:
	case SLUIS__SECTOR__NAIL_STUDIO:
		return "services";
	case SLUIS__SECTOR__LICENSED_PROSTITUTION:
		return "sex_licensed";
	case SLUIS__SECTOR__WEBCAM:
	case SLUIS__SECTOR__ESCORT:
	case SLUIS__SECTOR__HOME_PROSTITUTION:
		return "sex_hidden";
	case SLUIS__SECTOR__DRUGS:
	case SLUIS__SECTOR__THEFT:
	case SLUIS__SECTOR__FRAUD:
		return "crime";
	default:
		return "other";
	}
}

/* --- origin ---------------------------------------------------------------------- */

static const char *
origin_group(Sluis__Origin origin)
{
	switch (origin) {
	case SLUIS__ORIGIN__CITIZEN_REPORT:
	case SLUIS__ORIGIN__ANONYMOUS_REPORT:
		return "report";
	case SLUIS__ORIGIN__CARE_CONTACT:
		return "care";
	case SLUIS__ORIGIN__ADDRESS_QUALITY:
	case SLUIS__ORIGIN__REGISTRATION_DESK:
		return "registers";
	case SLUIS__ORIGIN__POLICE_CONTACT:
	case SLUIS__ORIGIN__PARTNER_REPORT:
		return "partner";
	default:
		return "own";
	}
}

/* --- place ----------------------------------------------------------------------- */

static const Sluis__Place *
place_of_exploitation(const Sluis__Signal *s)
{
	for (size_t i = 0; i < s->n_places; i++)
		if (s->places[i]->has_role &&
		    s->places[i]->role == SLUIS__PLACE_ROLE__EXPLOITATION_PLACE)
			return s->places[i];
	return NULL;
}

static bool
is_municipality(const char *code)
{
	return code != NULL && strlen(code) == CBS_DIGITS &&
	       strspn(code, "0123456789") == CBS_DIGITS;
}

/* Where it happens; else the municipality that the signal concerns. */
static const char *
municipality_of(const Sluis__Signal *s)
{
	const Sluis__Place *place = place_of_exploitation(s);

	if (place != NULL && is_municipality(place->municipality))
		return place->municipality;
	if (s->meta != NULL && is_municipality(s->meta->municipality))
		return s->meta->municipality;
	return NULL;
}

/* Whether P lives in the town where she is exploited; the town itself is not told. */
static const char *
residence_of(const Sluis__Signal *s, const Sluis__Person *p)
{
	const Sluis__Place *place = place_of_exploitation(s);
	const char         *lives = p->residence == NULL ? NULL : p->residence->city;
	const char         *works =
            place == NULL || place->address == NULL ? NULL : place->address->city;

	if (lives == NULL || works == NULL) return NULL;
	return strcasecmp(lives, works) == 0 ? "same" : "elsewhere";
}

/* --- who ------------------------------------------------------------------------- */

static const char *
sex_of(const Sluis__Person *p)
{
	if (!p->has_gender) return NULL;
	switch (p->gender) {
	case SLUIS__GENDER__FEMININE:
	case SLUIS__GENDER__TRANSGENDER_FEMININE:
		return "female";
	case SLUIS__GENDER__MASCULINE:
	case SLUIS__GENDER__TRANSGENDER_MASCULINE:
		return "male";
	case SLUIS__GENDER__NON_CONFORMING:
		return "other";
	default:
		return NULL;
	}
}

/* The age limits in use are 18 and 24; an adult of whom no more is known is neither. */
static const char *
age_of(const Sluis__Person *p, factset facts, int32_t today)
{
	int32_t born;

	if ((facts & fact_bit(FACT_MINOR)) != 0) return "under_18";
	if (p->has_age_band && p->age_band == SLUIS__AGE_BAND__FROM_18_TO_23)
		return "18_to_23";
	if (p->has_age_band && p->age_band == SLUIS__AGE_BAND__FROM_24) return "from_24";
	if ((facts & fact_bit(FACT_ADULT)) == 0 || !date_parse(p->birth_date, &born))
		return NULL;
	return today - born < DAYS_IN_24_YEARS ? "18_to_23" : "from_24";
}

/* --- public ---------------------------------------------------------------------- */

void
counted_signal(const Sluis__Signal *signal, enum counted_as as, struct counted *ret)
{
	const Sluis__Exploitation *e = signal->exploitation;
	const Sluis__Meta         *m = signal->meta;

	*ret = (struct counted){.n = 0};
	add(ret, "form", form_of(e));
	add(ret, "sector", e != NULL && e->has_sector ? sector_group(e->sector) : NULL);
	add(ret, "place", municipality_of(signal));
	add(ret, "origin", m != NULL && m->has_origin ? origin_group(m->origin) : NULL);
	add(ret, "again",
	    as == COUNTED_ADDITION     ? "addition"
	    : as == COUNTED_CORRECTION ? "correction"
	                               : NULL);
}

void
counted_person(
    const Sluis__Signal *signal, size_t index, int32_t today, struct counted *ret)
{
	const Sluis__Person *p     = signal->persons[index];
	factset              facts = facts_of_person(p, today);

	*ret = (struct counted){.n = 0};
	if ((facts & fact_bit(FACT_VICTIM)) == 0) return;
	add(ret, "sex", sex_of(p));
	add(ret, "age", age_of(p, facts, today));
	add(ret, "lives", residence_of(signal, p));
}

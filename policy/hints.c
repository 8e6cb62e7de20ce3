/* SPDX-License-Identifier: EUPL-1.2 */
/* hints.c - what was seen, and what to say of it. */
#include "policy/hints.h"

#include <string.h>

struct seen {
	factset facts, records;
	bool    danger, no_status, reflection;
};

static size_t
hints_of(const struct seen *s, const char *ret[HINTS_MAX])
{
	const factset alarm = fact_bit(FACT_URGENT) | fact_bit(FACT_EMERGENCY);
	const factset report =
	    fact_bit(FACT_ANONYMOUS_REPORT) | fact_bit(FACT_REPORTER_NAMED);
	bool   victim = (s->records & fact_bit(FACT_VICTIM)) != 0;
	size_t n      = 0;

	if (s->danger || (s->facts & alarm) != 0) ret[n++] = "call_112";
	if (victim) ret[n++] = "meldcode_veilig_thuis";
	if (!victim && (s->facts & fact_bit(FACT_TRAFFICKING)) != 0)
		ret[n++] = "meldpunt_ondermijning";
	if (s->no_status) ret[n++] = "cosm";
	if (s->reflection) ret[n++] = "reflection_period";
	if ((s->facts & report) == report) ret[n++] = "reporter_anonymous";
	if ((s->facts & fact_bit(FACT_INTERVENTION)) != 0 &&
	    (s->facts & fact_bit(FACT_EFFECT_NAMED)) == 0)
		ret[n++] = "effect_on_victim";
	return n;
}

static void
see_residence(struct seen *s, const Sluis__ResidenceStatus *r)
{
	if (r == NULL) return;
	s->no_status =
	    s->no_status || (r->has_kind && r->kind == SLUIS__RESIDENCE_KIND__NO_STATUS);
	s->reflection =
	    s->reflection || r->reflection_ends_on != NULL ||
	    (r->has_kind && r->kind == SLUIS__RESIDENCE_KIND__REFLECTION_PERIOD);
}

size_t
hints_of_signal(const Sluis__Signal *signal, const char *ret[HINTS_MAX])
{
	struct seen s = {.facts = facts_of_signal(signal, 0)};

	for (size_t i = 0; i < signal->n_persons; i++) {
		const Sluis__Person *p = signal->persons[i];
		s.records |= facts_of_person(p, 0);
		s.danger = s.danger ||
		           (p->threat != NULL && p->threat->has_level &&
		               p->threat->level == SLUIS__THREAT_LEVEL__ACUTE_DANGER);
		see_residence(&s, p->residence_status);
	}
	return hints_of(&s, ret);
}

size_t
hints_of_outline(factset facts, factset records, const struct fieldset *present,
    const char *ret[HINTS_MAX])
{
	const struct schema_field *ends =
	    schema_find("persons.residence_status.reflection_ends_on");
	struct seen s = {.facts = facts,
	    .records            = records,
	    .reflection         = ends != NULL && fieldset_has(present, ends->index)};

	return hints_of(&s, ret);
}

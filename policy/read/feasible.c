/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * feasible.c - what a rule may not ask for because nobody could carry it out: a date
 * generalised to a postcode, a pseudonym of what is no identifier, and text released
 * as it stands (masking of names in it is not built).
 */
#include <string.h>

#include "policy/read/read.h"

static bool
ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);
	return n >= m && strcmp(text + n - m, end) == 0;
}

static bool
is_date(const struct schema_field *f)
{
	const char *name = f->desc->name;
	return f->desc->type == PROTOBUF_C_TYPE_STRING &&
	       (strcmp(name, "on") == 0 || strcmp(name, "until") == 0 ||
	           ends_with(name, "_on") || ends_with(name, "_until") ||
	           ends_with(name, "_date") || ends_with(name, "_since"));
}

static bool
is_identifier_part(const struct policy *p, const struct schema_field *f)
{
	for (size_t i = 0; i < p->n_identifiers; i++) {
		for (size_t k = 0; k < p->identifiers[i].n; k++) {
			if (p->identifiers[i].parts[k] == f) return true;
		}
	}
	return false;
}

static bool
is_narrative(const struct policy *p, const struct schema_field *f)
{
	return strncmp(f->path, "narrative.", 10) == 0 ||
	       (p->category_of[f->index] < p->n_categories &&
	           strcmp(p->categories[p->category_of[f->index]].id, "narrative") == 0);
}

const char *
rule_obstacle(
    const struct policy *p, const struct rule *rule, const struct schema_field *f)
{
	switch (rule->action) {
	case SLUIS__ACTION__ACTION_RELEASE:
		return is_narrative(p, f) ? N_("narrative may not be released: names in "
		                               "it are not masked yet")
		                          : NULL;
	case SLUIS__ACTION__ACTION_PSEUDONYMISE:
		return is_identifier_part(p, f)
		           ? NULL
		           : N_("no identifier in categories.yaml has it as a part");
	case SLUIS__ACTION__ACTION_GENERALISE:
		if (rule->generalise == GENERALISE_YEAR ||
		    rule->generalise == GENERALISE_MONTH)
			return is_date(f)
			           ? NULL
			           : N_("only a date generalises to a year or month");
		if (rule->generalise == GENERALISE_POSTCODE4)
			return strcmp(f->desc->name, "postcode") == 0
			           ? NULL
			           : N_("only a postcode generalises to postcode4");
		return NULL;
	default:
		return NULL;
	}
}

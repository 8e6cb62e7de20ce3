/* SPDX-License-Identifier: EUPL-1.2 */
/* policy.c - looking things up in a compiled policy. */
#include "policy/policy.h"

#include <stdlib.h>
#include <string.h>

#include "policy/model.h"

const struct hash *
policy_hash(const struct policy *p)
{
	return &p->hash;
}

/* --- parties --------------------------------------------------------------------- */

size_t
policy_n_parties(const struct policy *p)
{
	return p->n_members;
}

const struct party *
policy_party_at(const struct policy *p, size_t i)
{
	return i < p->n_members ? &p->members[i].party : NULL;
}

static int
compare_oin(const void *oin, const void *member)
{
	return strcmp(oin, ((const struct member *)member)->party.oin);
}

const struct member *
member_find(const struct policy *p, const char *oin)
{
	if (oin == NULL || p->n_members == 0) return NULL;
	return bsearch(oin, p->members, p->n_members, sizeof *p->members, compare_oin);
}

const struct party *
policy_party(const struct policy *p, const char *oin)
{
	const struct member *m = member_find(p, oin);
	return m == NULL ? NULL : &m->party;
}

bool
party_has_desk(const struct party *party, const char *desk)
{
	for (size_t i = 0; desk != NULL && party->desks[i] != NULL; i++) {
		if (strcmp(party->desks[i], desk) == 0) return true;
	}
	return false;
}

bool
member_signed(
    const struct member *m, const char *convenant, bool declaration, int32_t today)
{
	for (size_t i = 0; i < m->n_signatures; i++) {
		const struct signature *s = &m->signatures[i];
		if (s->declaration == declaration &&
		    strcmp(s->convenant, convenant) == 0 && s->from <= today &&
		    today <= s->until)
			return true;
	}
	return false;
}

/* --- roles ----------------------------------------------------------------------- */

static bool
answers_to(const struct role *role, const char *name)
{
	if (strcmp(role->id, name) == 0) return true;
	for (size_t i = 0; role->aliases[i] != NULL; i++) {
		if (strcmp(role->aliases[i], name) == 0) return true;
	}
	return false;
}

unsigned
role_number(const struct policy *p, const char *name)
{
	for (unsigned i = 0; name != NULL && i < p->n_roles; i++) {
		if (answers_to(&p->roles[i], name)) return i;
	}
	return ROLES_MAX;
}

const char *
policy_role(const struct policy *p, const char *name_or_alias)
{
	unsigned i = role_number(p, name_or_alias);
	return i < ROLES_MAX ? p->roles[i].id : NULL;
}

/* --- convenants, categories, rules, identifiers ---------------------------------- */

size_t
policy_n_convenants(const struct policy *p)
{
	return p->n_convenants;
}

const struct convenant_info *
policy_convenant_at(const struct policy *p, size_t i)
{
	return i < p->n_convenants ? &p->convenants[i].info : NULL;
}

const struct convenant *
convenant_find(const struct policy *p, const char *id)
{
	for (size_t i = 0; id != NULL && i < p->n_convenants; i++) {
		if (strcmp(p->convenants[i].info.id, id) == 0) return &p->convenants[i];
	}
	return NULL;
}

const char *
policy_category(const struct policy *p, const struct schema_field *f)
{
	return p->categories[p->category_of[f->index]].id;
}

size_t
policy_n_rules(const struct policy *p)
{
	return p->n_rules;
}

const struct rule_info *
policy_rule_info(const struct policy *p, unsigned rule)
{
	return rule < p->n_rules ? &p->rules[rule]->info : NULL;
}

size_t
policy_n_identifiers(const struct policy *p)
{
	return p->n_identifiers;
}

const struct identifier_info *
policy_identifier_at(const struct policy *p, size_t i)
{
	return i < p->n_identifiers ? &p->identifiers[i] : NULL;
}

const char *
generalise_name(enum generalise g)
{
	switch (g) {
	case GENERALISE_YEAR:
		return "year";
	case GENERALISE_POSTCODE4:
		return "postcode4";
	case GENERALISE_PRESENT:
		return "present";
	case GENERALISE_NONE:
		break;
	}
	return NULL;
}

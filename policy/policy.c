/* SPDX-License-Identifier: EUPL-1.2 */
/* policy.c - looking things up in a compiled policy: what is ruled, and how. */
#include "policy/policy.h"

#include <stdlib.h>
#include <string.h>

#include "policy/model.h"

const struct hash *
policy_hash(const struct policy *p)
{
	return &p->hash;
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

const struct convenant_info *
policy_convenant(const struct policy *p, const char *id)
{
	const struct convenant *c = convenant_find(p, id);
	return c == NULL ? NULL : &c->info;
}

size_t
policy_n_categories(const struct policy *p)
{
	return p->n_categories;
}

const struct category_info *
policy_category_at(const struct policy *p, size_t i)
{
	return i < p->n_categories ? &p->categories[i] : NULL;
}

bool
policy_fields(const struct policy *p, const char *name, struct fieldset *ret)
{
	const struct schema_field *f = schema_find(name);
	size_t                     i = 0;
	*ret                         = (struct fieldset){{0}};
	if (f != NULL) fieldset_add(ret, f->index);
	if (f != NULL) return true;
	while (i < p->n_categories && strcmp(p->categories[i].id, name) != 0) i++;
	for (unsigned k = 0; i < p->n_categories && k < schema_signal()->n_fields; k++) {
		if (p->category_of[k] == i) fieldset_add(ret, k);
	}
	return i < p->n_categories;
}

/* --- what the supplier refuses --------------------------------------------------- */

static bool
refuses_to(const Sluis__SupplierRefusal *r, const char *oin)
{
	for (size_t i = 0; i < r->n_recipients; i++) {
		if (strcmp(r->recipients[i], oin) == 0) return true;
	}
	return r->n_recipients == 0;
}

/* Whoever refuses says what, to whom and on what ground: half of it is no refusal that
 * could be trusted to hold. */
static bool
is_whole(const struct policy *p, const Sluis__SupplierRefusal *r)
{
	for (size_t i = 0; i < r->n_recipients; i++) {
		if (policy_party(p, r->recipients[i]) == NULL) return false;
	}
	return r->n_categories != 0 && r->has_ground &&
	       r->ground != SLUIS__REFUSAL_GROUND__REFUSAL_UNSPECIFIED;
}

rc
policy_held_back(const struct policy *p, const Sluis__Handling *h,
    const char *recipient_oin, struct fieldset *ret)
{
	*ret = (struct fieldset){{0}};
	for (size_t i = 0; h != NULL && i < h->n_refusals; i++) {
		const Sluis__SupplierRefusal *r = h->refusals[i];
		if (!is_whole(p, r)) return RC_INVALID_SIGNAL;
		for (size_t k = 0; k < r->n_categories; k++) {
			struct fieldset fields;
			if (schema_find(r->categories[k]) != NULL ||
			    !policy_fields(p, r->categories[k], &fields))
				return RC_INVALID_SIGNAL;
			if (refuses_to(r, recipient_oin)) fieldset_join(ret, &fields);
		}
	}
	return RC_OK;
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

const struct obligation_info *
policy_obligation(const struct policy *p, const char *id, const char *text_nl)
{
	for (size_t c = 0; c < p->n_convenants; c++)
		for (size_t i = 0; i < p->convenants[c].n_obligations; i++) {
			const struct obligation_info *o =
			    &p->convenants[c].obligations[i].info;
			if (strcmp(o->id, id) == 0 && strcmp(o->text_nl, text_nl) == 0)
				return o;
		}
	return NULL;
}

size_t
policy_n_invariants(const struct policy *p)
{
	return p->n_invariants;
}

const struct invariant_info *
policy_invariant_at(const struct policy *p, size_t i)
{
	return i < p->n_invariants ? &p->invariants[i].info : NULL;
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
	case GENERALISE_MONTH:
		return "month";
	case GENERALISE_POSTCODE4:
		return "postcode4";
	case GENERALISE_PRESENT:
		return "present";
	case GENERALISE_NONE:
		break;
	}
	return NULL;
}

/* --- audiences ------------------------------------------------------------------- */

static const struct {
	const char   *name;
	enum audience audience;
} audiences[] = {
    {"signatory", AUDIENCE_SIGNATORY},
    {"incidental", AUDIENCE_INCIDENTAL},
    {"non_signatory", AUDIENCE_NON_SIGNATORY},
    {"expired", AUDIENCE_EXPIRED},
};

enum { N_AUDIENCES = sizeof audiences / sizeof audiences[0] };

const char *
audience_name(enum audience a)
{
	for (size_t i = 0; i < N_AUDIENCES; i++) {
		if (audiences[i].audience == a) return audiences[i].name;
	}
	return NULL;
}

bool
audience_from_name(const char *name, enum audience *ret)
{
	for (size_t i = 0; i < N_AUDIENCES; i++) {
		if (strcmp(audiences[i].name, name) != 0) continue;
		*ret = audiences[i].audience;
		return true;
	}
	return false;
}

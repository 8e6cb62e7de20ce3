/* SPDX-License-Identifier: EUPL-1.2 */
/* parties.c - looking things up in a compiled policy: who there is and what they signed.
 */
#include <stdlib.h>
#include <string.h>

#include "policy/model.h"

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

static bool
signature_holds(const struct signature *s, const char *convenant, bool declaration,
    const char *region, int32_t today)
{
	if (s->declaration != declaration || strcmp(s->convenant, convenant) != 0 ||
	    today < s->from || s->until < today)
		return false;
	if (s->regions == NULL) return true;
	for (size_t i = 0; region != NULL && s->regions[i] != NULL; i++) {
		if (strcmp(s->regions[i], region) == 0) return true;
	}
	return false;
}

bool
member_signed(const struct member *m, const char *convenant, bool declaration,
    const char *region, int32_t today)
{
	for (size_t i = 0; i < m->n_signatures; i++) {
		if (signature_holds(
		        &m->signatures[i], convenant, declaration, region, today))
			return true;
	}
	for (size_t i = 0; i < m->n_by_others; i++) {
		if (signature_holds(
		        m->by_others[i], convenant, declaration, region, today))
			return true;
	}
	return false;
}

bool
policy_signature_at(
    const struct policy *p, const char *oin, size_t i, struct signature_info *ret)
{
	const struct member *m = member_find(p, oin);
	if (m == NULL || i >= m->n_signatures) return false;
	const struct signature *s = &m->signatures[i];
	*ret = (struct signature_info){s->convenant, s->declaration, s->from, s->until,
	    s->regions, s->n_on_behalf, s->on_behalf_of};
	return true;
}

static bool
is_among(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(names[i], name) == 0) return true;
	}
	return false;
}

bool
policy_signs_for(const struct policy *p, const char *signer, const char *oin,
    const char *convenant, int32_t today)
{
	const struct member *m = member_find(p, signer);
	for (size_t i = 0; m != NULL && i < m->n_signatures; i++) {
		const struct signature *s = &m->signatures[i];
		const char *region        = s->regions == NULL ? NULL : s->regions[0];
		if (!signature_holds(s, convenant, false, region, today)) continue;
		if (strcmp(signer, oin) == 0 ||
		    is_among(s->on_behalf_of, s->n_on_behalf, oin))
			return true;
	}
	return false;
}

const char *
policy_region(const struct policy *p)
{
	return p->regions[0];
}

/* --- roles ----------------------------------------------------------------------- */

static bool
answers_to(const struct role *role, const char *name)
{
	if (strcmp(role->info.id, name) == 0) return true;
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
	return i < ROLES_MAX ? p->roles[i].info.id : NULL;
}

size_t
policy_n_roles(const struct policy *p)
{
	return p->n_roles;
}

const struct role_info *
policy_role_at(const struct policy *p, size_t i)
{
	return i < p->n_roles ? &p->roles[i].info : NULL;
}

const char *
role_desk_at(const void *role_desks, size_t i)
{
	const struct role_desks *of = role_desks;
	for (size_t m = 0; m < of->p->n_members; m++) {
		const char *const *desks = of->p->members[m].party.desks;
		if (of->p->members[m].role != of->role) continue;
		for (size_t d = 0; desks[d] != NULL; d++)
			if (i-- == 0) return desks[d];
	}
	return NULL;
}

bool
role_has_desk(const struct role_desks *of, const char *desk)
{
	const char *name;
	for (size_t i = 0; (name = role_desk_at(of, i)) != NULL; i++)
		if (strcmp(name, desk) == 0) return true;
	return false;
}

/* --- who has to sign a bundle ---------------------------------------------------- */

uint32_t
policy_version(const struct policy *p)
{
	return p->version;
}

size_t
policy_n_approvals(const struct policy *p)
{
	return p->n_approvals;
}

const struct approval_info *
policy_approval_at(const struct policy *p, size_t i)
{
	return i < p->n_approvals ? &p->approvals[i] : NULL;
}

size_t
policy_n_subjects(const struct policy *p)
{
	return p->n_subjects;
}

const struct subject_info *
policy_subject_at(const struct policy *p, size_t i)
{
	return i < p->n_subjects ? &p->subjects[i] : NULL;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* approval.c - counting the signatures under a bundle. */
#include "policy/approval.h"

#include <string.h>

/* --- the lists ------------------------------------------------------------------- */

static const struct approval_info *
list_of(const struct policy *p, const char *convenant)
{
	for (size_t i = 0; i < policy_n_approvals(p); i++) {
		const struct approval_info *a = policy_approval_at(p, i);
		if (strcmp(a->convenant, convenant) == 0) return a;
	}
	return NULL;
}

static size_t
n_lists(const struct policy *p)
{
	return p == NULL ? 0 : policy_n_convenants(p);
}

size_t
approval_count(const struct approval_case *c)
{
	return n_lists(c->in_force) + n_lists(c->candidate);
}

/* The list of the I-th convenant of P, without its count. */
static struct approval
list_at(const struct policy *p, size_t i)
{
	const char                 *convenant = policy_convenant_at(p, i)->id;
	const struct approval_info *info      = list_of(p, convenant);
	struct approval             a         = {.convenant = convenant, .needed = 1};

	if (info == NULL) return a;
	a.n_of = info->n_of;
	a.of   = info->of;
	if (info->needed > 1) a.needed = info->needed;
	return a;
}

struct approval
approval_at(const struct approval_case *c, size_t i)
{
	bool            in_force = i < n_lists(c->in_force);
	struct approval a        = in_force ? list_at(c->in_force, i)
	                                    : list_at(c->candidate, i - n_lists(c->in_force));

	a.in_force = in_force;
	for (size_t k = 0; k < a.n_of; k++)
		if (approval_by(c, &a, a.of[k]) != NULL) a.got++;
	return a;
}

/* --- who signed ------------------------------------------------------------------ */

static bool
says_for(const struct signer *s, const char *oin)
{
	for (size_t i = 0; i < s->n_behalf; i++)
		if (strcmp(s->behalf[i], oin) == 0) return true;
	return false;
}

const char *
approval_by(const struct approval_case *c, const struct approval *a, const char *oin)
{
	const struct policy *p = a->in_force ? c->in_force : c->candidate;

	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->signers[i].oin, oin) == 0) return c->signers[i].oin;
	for (size_t i = 0; i < c->n; i++) {
		const struct signer *s = &c->signers[i];
		if (says_for(s, oin) &&
		    policy_signs_for(p, s->oin, oin, a->convenant, c->today))
			return s->oin;
	}
	return NULL;
}

/* --- the judgement --------------------------------------------------------------- */

static bool
is_approved(const struct approval_case *c)
{
	for (size_t i = 0; i < approval_count(c); i++) {
		struct approval a = approval_at(c, i);
		if (a.got < a.needed) return false;
	}
	return approval_count(c) != 0;
}

rc
approval_in_force(const struct approval_case *c)
{
	for (size_t i = 0; i < n_lists(c->in_force); i++) {
		struct approval a = approval_at(c, i);
		if (a.got < a.needed) return RC_NOT_APPROVED;
	}
	return RC_OK;
}

rc
approval_judge(const struct approval_case *c)
{
	bool newer = policy_version(c->candidate) > c->version;

	if (c->in_force != NULL &&
	    strcmp(policy_region(c->in_force), policy_region(c->candidate)) != 0)
		return RC_WRONG_BROKER;
	if (is_approved(c)) return newer ? RC_OK : RC_NOT_NEWER;
	return newer || c->n_unfit > 0 ? RC_NOT_APPROVED : RC_NOT_NEWER;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * coverage.h - which rules and obligations some case has looked at.
 *
 * A rule or bar is covered when it decided a field that an expectation mentions, or the
 * refusal that it expects; an obligation when an expectation names it.
 *
 * Borrows the policy.
 */
#ifndef SLUIS_POLICY_COVERAGE_H
#define SLUIS_POLICY_COVERAGE_H

#include "policy/arena.h"
#include "policy/policy.h"

struct covered_obligation {
	const struct convenant_info  *convenant;
	const struct obligation_info *info;
	bool                          covered;
};

struct coverage {
	size_t                     n_rules, n_obligations;
	bool                      *rules; /* by number */
	struct covered_obligation *obligations;
};

/* Nothing is covered yet; all of RET lives in ARENA.  RC_NOMEM. */
MUST rc coverage_init(const struct policy *p, struct arena *arena, struct coverage *ret);

/* RULE may be RULE_NONE, and C may be NULL. */
void coverage_rule(struct coverage *c, unsigned rule);
void coverage_obligation(struct coverage *c, const struct obligation_info *o);

size_t coverage_rules(const struct coverage *c); /* how many are covered */
size_t coverage_obligations(const struct coverage *c);

#endif

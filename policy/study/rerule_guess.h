/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * rerule_guess.h - past decisions of which it is not known what was weighed: every
 * combination of facts that fits what came out is tried.  Only rerule.c includes it.
 */
#ifndef SLUIS_POLICY_RERULE_GUESS_H
#define SLUIS_POLICY_RERULE_GUESS_H

#include "policy/study/rerule.h"

void rerule_guess(const struct decided *d, const struct policy *old,
    const struct policy *new, struct rerule                    *ret);

bool rerule_guess_holds(const struct decided *d, const struct policy *p);

/* Whether G can be what became of a field whose cell under P is C: what has no pseudonym
 * or coarse form is withheld (broker/decision/redact.h), by the same rule. */
bool decided_comes_of(
    const struct decided_group *g, const struct policy *p, const struct cell *c);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * prove.h - what has to hold, tried everywhere: proved, or a counterexample.
 *
 * For one invariant every place of the policy (convenant, phase, who asks, purpose, who
 * receives, as what), every field and every combination of facts is tried on the tables
 * that a ruling asks.  Counted instead of tried again are only
 *
 *	facts that nothing names: no rule or bar for this field at this place, and not
 *	the invariant
 *	askers, purposes and audiences between which the rules for this field, at this
 *	place, make no difference
 *	fields for which the same rules speak
 *
 * so COVERED is the number of combinations that would have been tried one by one.
 *
 * A field that is withheld but goes into a pseudonym, because the first part of its
 * identifier is ruled `pseudonymise`, counts as pseudonymised.  What a supplier refuses
 * (held_back) is withheld and so can only narrow.
 *
 * Pure.  Allocates nothing.
 */
#ifndef SLUIS_POLICY_PROVE_H
#define SLUIS_POLICY_PROVE_H

#include "policy/policy.h"

enum verdict {
	VERDICT_PROVED,
	VERDICT_REFUTED,
	/* It speaks of nothing that there is.  Not proved, for a slip of who wrote it
	 * looks the same: */
	VERDICT_NO_PLACE, /* no rule gives these recipients a seat, or these askers a say
	                   */
	VERDICT_NO_CASE,  /* no field fits, or no combination of facts ever does */
};

struct outcome_of { /* what comes out under FACTS */
	factset     facts;
	rc          code; /* RC_OK; else a bar stopped the signal or the recipient */
	struct cell cell;
};

struct counterexample {
	const struct convenant_info *convenant;
	const char                  *phase, *purpose;
	const char   *sender, *sender_desk; /* role; desk NULL: any that no rule names */
	const char   *recipient, *recipient_desk;
	enum audience audience;
	const struct schema_field *field;
	/* The field whose pseudonym FIELD goes into; NULL: FIELD itself is given. */
	const struct schema_field *inside;
	factset needed; /* of found.facts: without one of them it is no example */
	struct outcome_of found;
	struct outcome_of without; /* of never_wider: what it is compared with */
};

struct proof {
	enum verdict          verdict;
	uint64_t              places;   /* where it looked */
	uint64_t              covered;  /* combinations that the invariant speaks of */
	uint64_t              failing;  /* for how many of these it does not hold */
	uint64_t              tried;    /* how many were tried to know */
	struct counterexample first;    /* VERDICT_REFUTED: one with the fewest facts */
	bool                  compared; /* an invariant with never_wider */
};

/* Prove invariant number I of P, I < policy_n_invariants(). */
void policy_prove(const struct policy *p, size_t i, struct proof *ret);

#endif

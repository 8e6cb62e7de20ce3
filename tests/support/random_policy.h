/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * random_policy.h - small policies at random, the same ones for the same number: rules
 * and bars of every kind in the world of bundle_small().
 */
#ifndef SLUIS_TESTS_RANDOM_POLICY_H
#define SLUIS_TESTS_RANDOM_POLICY_H

#include "policy/model.h"

/* The facts that follow from a place. */
#define FACTS_DERIVED                                                        \
	((factset)1 << FACT_RECIPIENT_SIGNED | (factset)1 << FACT_DECLARED | \
	    (factset)1 << FACT_SENDER_SIGNED | (factset)1 << FACT_EXPIRED)

/* A number below N, from the sequence that random_policy() begins. */
unsigned below(unsigned n);

/* Begin the sequence of NUMBER. */
void random_begin(unsigned number);

/* Policy NUMBER.  Its rules weigh only roles, ages, consent_care, embargoes and what the
 * engine finds.  INVARIANTS (may be NULL) is its invariants.yaml; the caller destroys. */
struct policy *random_policy(unsigned number, const char *invariants);

/* The text of an invariants.yaml with N random invariants in phase 1, called x0, x1, ...;
 * the caller frees it. */
char *random_invariants(unsigned n);

/* A desk of M at random. */
const char *random_desk(const struct member *m);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * approval.h - whether enough parties signed a bundle for it to take effect.
 *
 * parties.yaml says for each convenant which parties decide about it and how many of
 * them have to sign (`approval`).  A candidate has to meet, for every convenant,
 *
 *	its own list           so that nobody takes part without knowing
 *	that of the policy     so that no bundle can lower a threshold, drop a party or
 *	in force               take a convenant away without those who are asked today
 *
 * and its version is higher than that in force, and its `region` the same: some parties
 * sign in every region, and what they signed for one is nothing for another.  The first
 * policy of a broker meets its own lists.  A convenant without a list can be approved
 * by nobody.
 *
 * A party counts once, however often it signed.  It counts for another too if it says
 * that it signs for that one, and the policy that asks lets it: its signature under the
 * convenant in parties.yaml names the other (`on_behalf_of`), and has effect today.
 *
 * Pure.  Who signed is given as values; that they did is certs/endorsement.h.
 */
#ifndef SLUIS_POLICY_APPROVAL_H
#define SLUIS_POLICY_APPROVAL_H

#include "policy/policy.h"
#include "proto/limits.h"

struct signer { /* one verified signature under the candidate; borrowed */
	const char *oin;
	size_t      n_behalf;
	char (*behalf)[OIN_DIGITS + 1]; /* only read */
};

struct approval_case {                  /* borrowed */
	const struct policy *in_force;  /* NULL: none, or one that cannot be read */
	uint64_t             version;   /* of the policy in force; 0: none yet */
	const struct policy *candidate; /* what is to take its place */
	size_t               n;
	const struct signer *signers;
	size_t               n_unfit; /* sound signatures under other texts than these */
	int32_t              today;   /* days since 1970-01-01 */
};

struct approval { /* one list of one of the two policies, and how far it is met */
	const char        *convenant;
	bool               in_force; /* the policy in force asks it */
	uint32_t           needed, got;
	size_t             n_of; /* 0: a convenant without a list */
	const char *const *of;
};

/* How many lists there are, and the I-th: those of the policy in force first. */
size_t          approval_count(const struct approval_case *c);
struct approval approval_at(const struct approval_case *c, size_t i);

/* Who gave the signature of OIN on list A: its own OIN, that of a party on its behalf, or
 * NULL if it is missing. */
const char *approval_by(
    const struct approval_case *c, const struct approval *a, const char *oin);

/* RC_NOT_APPROVED if a list of the policy in force is not met; the candidate may be NULL,
 * so that this is known before it is read. */
MUST rc approval_in_force(const struct approval_case *c);

/*
 * RC_OK: the candidate may take effect.  RC_WRONG_BROKER (of another region);
 * RC_NOT_NEWER; RC_NOT_APPROVED.  Texts that changed after they were signed are not
 * approved before they are not newer.  A candidate with the hash that is in force is
 * none: ask policy_hash() first.
 */
MUST rc approval_judge(const struct approval_case *c);

#endif

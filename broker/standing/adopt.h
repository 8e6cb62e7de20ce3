/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * adopt.h - the policy in force, and what may take its place.
 *
 * The broker keeps the texts of the policy in force itself (store.h); policy_dir only
 * holds a candidate.  At the start and on SIGHUP it looks there.  A candidate takes
 * effect when it compiles, is newer, and enough parties have signed it
 * (policy/approval.h) with certificates that are good now.  Then the journal gets an
 * entry for the policy and one for each party that signed, in the transaction that stores
 * the texts: either all of it happened or nothing.  A candidate that is refused is
 * journalled with its code and changes nothing, however broken it is; a broker that has
 * no policy yet does not start then.
 *
 * Compiling is dear, so the signatures that the policy in force asks are counted first.
 *
 * Whether a policy is wise its parties have decided by signing it; its invariants are
 * proved before that (sluis policy prove, apply) and not here, where everybody would
 * wait for seconds.
 *
 * A policy that was accepted stays in force when a certificate that signed it runs out
 * or is revoked later: approving is an act, and taking back is a new version.
 *
 * A policy in force that this sluisd cannot read any more (after an upgrade that changed
 * what may be shared at all) rules nothing: then the broker starts only with a candidate
 * of a higher version that meets its own lists.
 */
#ifndef SLUIS_BROKER_STANDING_ADOPT_H
#define SLUIS_BROKER_STANDING_ADOPT_H

#include "broker/broker.h"

/* The policy in force as the store has it; B->policy stays NULL if there is none.
 * RC_BAD_DIGEST, RC_BAD_TREE if it is not what the journal says took effect last. */
MUST rc adopt_stored(struct broker *b);

/*
 * Look at policy_dir inside the open transaction.  A new policy is B->policy from then
 * on, and *RET_FORMER the one whose place it took, to be destroyed when nobody borrows
 * from it any more.  RC_OK for a refused candidate too, unless there is no policy at all.
 */
MUST rc adopt_candidate(struct broker *b, struct policy **ret_former);

/* Whether policy_dir holds the policy in force, or one that could take its place by its
 * own lists; touches no state. */
MUST rc adopt_check(struct broker *b);

/* Compile the bundle HASH that was in force once, as it stands in the state;
 * RC_NOT_FOUND, RC_POLICY where this build cannot read it any more. */
MUST rc adopt_past(struct broker *b, const struct hash *hash, struct policy **ret);

#endif

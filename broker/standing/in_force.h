/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * in_force.h - which policy is in force, as the store and the journal both say.
 *
 * The store has a row for every bundle that took effect; whoever can write the state
 * could take the last one away, and an older policy, or one of his own, would rule.  So
 * the journal is asked: its newest entry that names a policy (the one that put it in
 * force, or any ruling under it) names that of the row.  A version only rises, so a hash
 * is in force once.
 */
#ifndef SLUIS_BROKER_STANDING_IN_FORCE_H
#define SLUIS_BROKER_STANDING_IN_FORCE_H

#include "broker/journal/journal.h"

/* The row of the policy in force.  RC_NOT_FOUND: there never was one, the journal says so
 * too.  RC_BAD_TREE: the store and the journal do not say the same. */
MUST rc in_force_find(struct store *s, struct journal *j, struct policy_row *ret);

/* The same of the state in DIR, without opening it (store_peek_policy()); the leaves are
 * taken as they are. */
MUST rc in_force_peek(const char *dir, struct policy_row *ret);

#endif

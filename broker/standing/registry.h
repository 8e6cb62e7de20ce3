/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * registry.h - who is enrolled: which channel key is which party and desk, now.
 *
 * Filled from the accepted key bindings.  A member is found by its CURVE key; its
 * standing is asked on every message, because a connection outlives a revocation
 * (ZeroMQ tells nobody).  A member that lost its standing stays in the
 * table, so that it is told why; one that was replaced, until its binding has ended.
 *
 * Owns: members with their binding and chain.  Borrows: trust and policy, per call.
 * Threads: the broker loop only.
 */
#ifndef SLUIS_BROKER_STANDING_REGISTRY_H
#define SLUIS_BROKER_STANDING_REGISTRY_H

#include "certs/binding.h"
#include "policy/policy.h"

struct registry;

struct allowance { /* a bucket that fills again with time */
	double   left;
	uint64_t at_ms;
};

struct member {
	struct binding binding;
	const struct party
	    *party;    /* borrowed from the policy; NULL: not in parties.yaml */
	rc   standing; /* RC_OK, or why it lost it: RC_REVOKED, RC_SUPERSEDED, ... */
	struct allowance requests, refusals, covered_refusals;
	struct allowance enrolments;      /* of the desk: who replaces it inherits it */
	struct buf       envelope, chain; /* to check again when the CRL changes */
};

MUST rc registry_new(struct registry **ret);
void    registry_destroy(struct registry **rp);

/*
 * Add a binding that binding_check() accepted.  An older one of the same OIN and desk
 * becomes RC_SUPERSEDED; the same binding again changes nothing.  RC_SUPERSEDED if
 * another of a higher or equal sequence is or was here, RC_BAD_BINDING if the CURVE key
 * already belongs to somebody else, RC_NOT_ENROLLED if the policy does not know the OIN
 * or the desk, RC_QUEUE_FULL if there is no room.
 */
MUST rc registry_add(struct registry *r, const struct policy *policy,
    const struct binding *binding, struct slice envelope, struct slice chain);

/* The member with this channel key, NULL if there is none. */
struct member *registry_find(struct registry *r, const uint8_t curve_public[KEY_BYTES]);

/* May the desk of BINDING replace its keys by these at NOW_MS?  RC_OVER_QUOTA: one has
 * replaced the other too often in a day, and each stays until it has ended.  What
 * registry_add() would refuse is refused as it would be, and uses up no turn: a machine
 * that offers old keys again and again does not keep out the one with new ones.  Who
 * replaces a key that was revoked may: whoever stole that one must not use up the turns
 * of its owner. */
MUST rc registry_may_enrol(
    struct registry *r, const struct binding *binding, uint64_t now_ms);

/* Forget who was replaced and has ended.  Members move: nobody may hold one. */
MUST rc registry_forget_ended(struct registry *r, uint64_t now_ms);

/* The member of this desk whose binding is in force, NULL if there is none.  O(n). */
const struct member *registry_desk(
    const struct registry *r, const char *oin, const char *desk);

/* May M be served at NOW_MS?  RC_OK or the reason why not. */
MUST rc member_standing(
    const struct member *m, const struct trust *trust, uint64_t now_ms);

/* Check every chain again: after a new CRL or new anchors.  Calls LOST for each member
 * that lost its standing by it.  Forgets as registry_forget_ended(). */
MUST rc registry_recheck(struct registry *r, const struct trust *trust,
    const char *origin, uint64_t now_ms, rc (*lost)(void *arg, const struct member *m),
    void *arg);

/* What members of FORMER have used up, those of R with the same key have, too. */
void registry_inherit(struct registry *r, const struct registry *former);

/* Take one from a bucket of PER_MINUTE; false when it is empty. */
bool allowance_take(struct allowance *a, int64_t per_minute, uint64_t now_ms);

size_t registry_size(const struct registry *r);

#endif

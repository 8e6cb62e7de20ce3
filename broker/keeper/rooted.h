/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * rooted.h - keys that this process needs in hand, made at its start from a root that
 * stays in a PKCS#11 token.
 *
 * A token is too slow to wrap every record key, and cannot do it as seal.h does.  So what
 * it keeps of these kinds is a root, and the key is an HMAC under it:
 *
 *	master	HMAC-SHA-256(root, "sluis-master/1" || id[4])
 *	subject	HMAC-SHA-256(root, "sluis-subject/1")
 *	repeat	HMAC-SHA-256(root, "sluis-repeat/1")
 *
 * The keys file then opens nothing without the token.  One root can serve several of
 * these; none of them may be that of a pseudonym epoch, which is destroyed when it ends.
 *
 * Pure but for the token.  Source: PKCS#11 v3.0, CKM_SHA256_HMAC.
 */
#ifndef SLUIS_BROKER_KEEPER_ROOTED_H
#define SLUIS_BROKER_KEEPER_ROOTED_H

#include "broker/keeper/hsm.h"
#include "broker/keys/keyring.h"

/* Fill in the keys of K that have a label and no secret; H may be NULL if there are
 * none.  RC_CONFIG if the token has no such root, RC_CRYPTO. */
MUST rc rooted_fill(struct keyring *k, struct hsm *h);

#endif

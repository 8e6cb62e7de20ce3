/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * hsm.h - keys that a PKCS#11 token keeps: it signs heads and computes the HMACs.
 *
 * An Ed25519 key pair for heads (CKM_EDDSA), a generic secret of 32 bytes for the root of
 * an epoch (CKM_SHA256_HMAC), each found by its label; the keyring says which.  Neither
 * leaves the token; what is derived of a root for one domain is used here.
 *
 * Owns the module and the session.  Threads: one.  Source: PKCS#11 v3.0.
 */
#ifndef SLUIS_BROKER_KEEPER_HSM_H
#define SLUIS_BROKER_KEEPER_HSM_H

#include "proto/bytes.h"
#include "proto/limits.h"

struct hsm;

struct hsm_options { /* of the configuration; module NULL: there is none */
	const char *module, *token, *pin_file;
};

typedef unsigned long hsm_key;

/* Load the module, find the token by its label and log in with the first line of the PIN
 * file, which nobody else may read.  RC_CONFIG. */
MUST rc hsm_open(struct hsm **ret, const struct hsm_options *options);
void    hsm_close(struct hsm **hp);

/* The key pair LABEL: its private half, and the public key.  RC_CONFIG unless there is
 * just one. */
MUST rc hsm_find_pair(
    struct hsm *h, const char *label, hsm_key *ret, uint8_t public_key[KEY_BYTES]);

/* The secret LABEL; likewise. */
MUST rc hsm_find_root(struct hsm *h, const char *label, hsm_key *ret);

/* Ed25519, and HMAC-SHA-256, of TEXT, computed in the token.  RC_CRYPTO. */
MUST rc hsm_sign(struct hsm *h, hsm_key key, struct slice text, uint8_t ret[SIG_BYTES]);
MUST rc hsm_hmac(struct hsm *h, hsm_key key, struct slice text, uint8_t ret[HASH_BYTES]);

#endif

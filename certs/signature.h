/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * signature.h - the private keys of certificates, and what they sign.
 *
 * Accepted keys are ECDSA P-256 and P-384, and RSA or RSA-PSS of at least 3072
 * bits.  Signatures: SHA-256, unless an RSA-PSS key is restricted to SHA-384 or
 * SHA-512 (then that); RSA always PSS with a salt as long as the digest, never
 * PKCS #1 v1.5.  Nothing is negotiated: the key alone decides.
 *
 * An ECDSA signature can be changed into another valid one by anybody ((r, n - s)),
 * so a signature identifies nothing.
 *
 * Owns nothing.  OpenSSL's error queue is empty afterwards.
 */
#ifndef SLUIS_CERTS_SIGNATURE_H
#define SLUIS_CERTS_SIGNATURE_H

#include <openssl/x509.h>

#include "proto/bytes.h"

enum key_type { KEY_P256, KEY_RSA_PSS_3072 };

/* A new private key of TYPE; EVP_PKEY_free() it. */
MUST rc key_generate(enum key_type type, EVP_PKEY **ret);

/* Whether KEY is of a kind and size that is accepted, see above. */
bool key_is_accepted(const EVP_PKEY *key);

/* Whether a certificate or list signed with ALGORITHM uses SHA-256, SHA-384 or SHA-512.
 */
bool algorithm_is_accepted(const X509_ALGOR *algorithm);

/* A private key from PEM; EVP_PKEY_free() it.  RC_CONFIG if it cannot be read (or is
 * encrypted: nobody is ever asked for a passphrase) or is not accepted. */
MUST rc cert_read_key(struct slice pem, EVP_PKEY **ret);

/* Free a private key; AUTO-friendly. */
void key_destroy(EVP_PKEY **kp);

/* Append KEY to OUT as unencrypted PKCS #8 PEM. */
MUST rc cert_write_key(EVP_PKEY *key, struct buf *out);

/* Sign MESSAGE and append the signature to OUT.  RC_CONFIG if KEY is not accepted. */
MUST rc cert_sign(EVP_PKEY *key, struct slice message, struct buf *out);

/* RC_BAD_SIGNATURE unless SIG over MESSAGE verifies under the key of CERT. */
MUST rc cert_verify(X509 *cert, struct slice message, struct slice sig);

#endif

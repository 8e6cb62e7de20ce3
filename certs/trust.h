/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * trust.h - checking an agency's certificate, and knowing what is revoked.
 *
 * The only trust anchors are the CA certificates given; the system store is never
 * used.  Strict X.509 (X509_V_FLAG_X509_STRICT), security level 2, CRL checks for
 * the whole chain: without a current CRL nothing verifies (hard failure), since
 * OpenSSL without CRL flags calls a revoked certificate good (crypto.md 4.4).
 *
 * Accepted keys: ECDSA P-256/P-384, RSA-PSS and RSA of at least 3072 bits with
 * SHA-256 or better.  Purpose clientAuth.
 *
 * Time is an argument.  Threads: a trust value is read-only once loaded.
 */
#ifndef SLUIS_CERTS_TRUST_H
#define SLUIS_CERTS_TRUST_H

#include <openssl/x509.h>

#include "proto/bytes.h"
#include "proto/limits.h"
#include "proto/merkle.h"

struct trust;

/* Read anchors (and intermediates) from ANCHORS_PEM and lists from CRLS_PEM.
 * RC_CONFIG if there is no anchor; RC_CRL_MISSING if there is no list; RC_BAD_CERTIFICATE
 * if a list is not signed by its issuer. */
MUST rc trust_load(struct slice anchors_pem, struct slice crls_pem, struct trust **ret);
void    trust_destroy(struct trust **tp);

/* SHA-256 of the CRL file as loaded: named in the journal. */
const struct hash *trust_crl_digest(const struct trust *t);

/* When the first of the lists runs out (Unix seconds). */
int64_t trust_crl_until_s(const struct trust *t);

/* Who a certificate says its holder is. */
struct holder {
	char        oin[OIN_DIGITS + 1];
	char        desk[DESK_MAX + 1];
	char        organisation[128];
	struct hash fingerprint;  /* SHA-256 of the DER */
	int64_t     not_before_s, not_after_s;
};

/*
 * Check the PEM chain (leaf first) at NOW_S and read its holder.
 * RC_BAD_CERTIFICATE (chain, purpose, key, OIN or OU missing), RC_EXPIRED,
 * RC_NOT_YET_VALID, RC_REVOKED, RC_CRL_MISSING, RC_CRL_STALE.
 * RET_LEAF (may be NULL) gets the certificate; X509_free() it.
 */
MUST rc trust_check(const struct trust *t, struct slice chain_pem, int64_t now_s,
    struct holder *ret, X509 **ret_leaf);

/* Sign PAE bytes with a certificate's private key (SHA-256; PSS for RSA). */
MUST rc cert_sign(EVP_PKEY *key, struct slice message, struct buf *out);

/* RC_BAD_SIGNATURE unless SIG over MESSAGE verifies under the key of CERT. */
MUST rc cert_verify(X509 *cert, struct slice message, struct slice sig);

/* A private key from PEM; EVP_PKEY_free() it. */
MUST rc cert_read_key(struct slice pem, EVP_PKEY **ret);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * issue.h - making certificates and revocation lists, inside certs/ only.
 *
 * The profile, X.509 v3 everywhere, critical extensions marked *:
 *
 *	CA      basicConstraints* CA:TRUE pathlen:0, keyUsage* keyCertSign cRLSign, SKI
 *	holder  basicConstraints* CA:FALSE, keyUsage* digitalSignature,
 *	        extendedKeyUsage clientAuth, SKI, AKI
 *	        subject C=NL, O, OU = desk, serialNumber = OIN (PrintableString), CN
 *	CRL     v2: AKI, crlNumber, thisUpdate, nextUpdate
 *
 * Times are Unix seconds.  The caller owns what is returned.  No file, no state: ca.c.
 */
#ifndef SLUIS_CERTS_ISSUE_H
#define SLUIS_CERTS_ISSUE_H

#include "certs/ca.h"

enum { SERIAL_BYTES = 16 };

struct period {
	int64_t from_s, to_s;
};

/* A self-signed CA certificate for KEY.  RC_USAGE for a NAME of no use. */
MUST rc issue_ca(const char *name, EVP_PKEY *key, struct period period,
    const uint8_t serial[SERIAL_BYTES], X509 **ret);

/* A certificate for SUBJECT and the public half of KEY, signed by CA with CA_KEY.
 * RC_USAGE for a subject that no broker would accept, see holder.h. */
MUST rc issue_holder(const struct subject *subject, EVP_PKEY *key, struct period period,
    const uint8_t serial[SERIAL_BYTES], X509 *ca, EVP_PKEY *ca_key, X509 **ret);

/* An empty list numbered NUMBER; then issue_revoked() for each, then issue_crl_sign(). */
MUST rc issue_crl(X509 *ca, struct period period, uint64_t number, X509_CRL **ret);
MUST rc issue_revoked(X509_CRL *crl, const char *serial_hex, int64_t revoked_s);
MUST rc issue_crl_sign(X509_CRL *crl, EVP_PKEY *ca_key);

#endif

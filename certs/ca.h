/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * ca.h - a certificate authority for tests and small regions.
 *
 * Real regions use PKIoverheid certificates; this issues the same shape: OIN in
 * subject.serialNumber, organisation in O, desk in OU, clientAuth, digitalSignature.
 * ECDSA P-256 with SHA-256, or RSA-PSS 3072 with SHA-256.
 *
 * A CA lives in a folder: ca.pem, ca-key.pem (0600), crl.pem, serial, revoked.
 * All writes are whole-file: temporary, fsync, rename.
 *
 * Time is an argument (Unix seconds); randomness is OpenSSL's.
 */
#ifndef SLUIS_CERTS_CA_H
#define SLUIS_CERTS_CA_H

#include <openssl/evp.h>

#include "proto/bytes.h"

struct ca; /* owns the CA key and certificate in memory */

enum key_type { KEY_P256, KEY_RSA_PSS_3072 };

struct subject { /* borrowed */
	const char *oin;          /* 20 digits */
	const char *organisation; /* O */
	const char *desk;         /* OU */
	const char *common_name;  /* CN; NULL: organisation */
};

/* Make a new CA in DIR (which must exist and hold none): certificate for 10 years,
 * empty CRL valid for CRL_DAYS. */
MUST rc ca_create(const char *dir, const char *name, int64_t now_s, int crl_days);

/* Read the CA of DIR. */
MUST rc ca_open(struct ca **ret, const char *dir);
void    ca_destroy(struct ca **cp);

/* A new private key of TYPE; EVP_PKEY_free() it. */
MUST rc key_generate(enum key_type type, EVP_PKEY **ret);

/* Issue a certificate for SUBJECT and the public half of KEY, valid from NOT_BEFORE_S to
 * NOT_AFTER_S, as PEM appended to OUT. */
MUST rc ca_issue(struct ca *ca, const struct subject *subject, EVP_PKEY *key,
    int64_t not_before_s, int64_t not_after_s, struct buf *out);

/* Revoke the certificate in CERT_PEM (issued by this CA) and write a new CRL, valid
 * from NOW_S for CRL_DAYS.  RC_NOT_FOUND if this CA did not issue it. */
MUST rc ca_revoke(struct ca *ca, struct slice cert_pem, int64_t now_s, int crl_days);

/* Write a fresh CRL with what is revoked so far. */
MUST rc ca_refresh_crl(struct ca *ca, int64_t now_s, int crl_days);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * ca.h - a certificate authority for tests and small regions.
 *
 * Real regions use PKIoverheid certificates; this issues the same shape: OIN in
 * subject.serialNumber, organisation in O, desk in OU, clientAuth, digitalSignature.
 * ECDSA P-256 with SHA-256, or RSA-PSS 3072 with SHA-256.
 *
 * A CA lives in a folder:
 *
 *	ca.pem, ca-key.pem (0600)   the CA, P-256, ten years
 *	crl.pem                     the list as last issued: who is on it stays so
 *	serial                      the next number, 16 hex digits: of a certificate
 *	                            (eight random bytes follow it) or of a list; no
 *	                            number comes twice
 *	revoked                     a line each: serial in hex, Unix seconds
 *
 *	lock                        empty; held by who changes the folder
 *
 * All writes are whole-file: temporary, fsync, rename.  A list that is renewed by a timer
 * never lacks what is revoked at that moment: each waits for the lock, also over NFS, and
 * after ten seconds refuses with RC_IN_USE, nothing changed.
 *
 * Time is an argument (Unix seconds); randomness is OpenSSL's.
 */
#ifndef SLUIS_CERTS_CA_H
#define SLUIS_CERTS_CA_H

#include <openssl/evp.h>

#include "certs/signature.h"
#include "proto/bytes.h"

struct ca; /* owns the CA key and certificate in memory */

struct subject {                  /* borrowed */
	const char *oin;          /* 20 digits */
	const char *organisation; /* O */
	const char *desk;         /* OU */
	const char *common_name;  /* CN; NULL: organisation */
};

/* Make a new CA in DIR (which must exist and hold none, else RC_CONFIG): certificate for
 * 10 years, empty CRL valid for CRL_DAYS.  RC_USAGE for a NAME or CRL_DAYS of no use. */
MUST rc ca_create(const char *dir, const char *name, int64_t now_s, int crl_days);

/* Read the CA of DIR.  RC_NOT_FOUND if there is none; RC_CONFIG if it is damaged or its
 * key readable by others. */
MUST rc ca_open(struct ca **ret, const char *dir);
void    ca_destroy(struct ca **cp);

/* Issue a certificate for SUBJECT and the public half of KEY, valid from NOT_BEFORE_S to
 * NOT_AFTER_S, as PEM appended to OUT.  RC_USAGE for a subject, key or period that no
 * broker would accept. */
MUST rc ca_issue(struct ca *ca, const struct subject *subject, EVP_PKEY *key,
    int64_t not_before_s, int64_t not_after_s, struct buf *out);

/* Revoke the certificate in CERT_PEM (issued by this CA) and write a new CRL, valid
 * from NOW_S for CRL_DAYS.  RC_NOT_FOUND if this CA did not issue it.  Once revoked it
 * stays so; again only writes the CRL.  Otherwise as ca_refresh_crl(). */
MUST rc ca_revoke(struct ca *ca, struct slice cert_pem, int64_t now_s, int crl_days);

struct ca_list { /* as it was issued */
	uint64_t number;
	int64_t  until_s; /* from then on nobody is accepted by it */
	size_t   n_revoked;
};

/* Write a fresh CRL with what is revoked so far, as the next number; RET (may be NULL)
 * says what it is.  RC_CONFIG if serial, revoked or crl.pem are damaged, RC_NOT_FOUND
 * without them, RC_OLD_STATE if revoked lacks who is on crl.pem.  A crash or failure
 * leaves the list of before, or the new one, and a number less to give. */
MUST rc ca_refresh_crl(struct ca *ca, int64_t now_s, int crl_days, struct ca_list *ret);

#endif

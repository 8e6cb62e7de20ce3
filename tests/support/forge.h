/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * forge.h - certificates and lists with one thing wrong, for tests.
 *
 * certs/issue.h makes only sound ones.  A struct recipe starts as recipe_sound() and a
 * test spoils one member.  Everything fails the running cmocka test on an error of its
 * own; the caller owns what is returned.
 */
#ifndef SLUIS_TESTS_FORGE_H
#define SLUIS_TESTS_FORGE_H

#include <openssl/x509.h>

#include "proto/bytes.h"

#define FORGE_OIN "00000099000000010000"
#define FORGE_DESK "meldpunt"
#define FORGE_NAME "Gemeente Waalbrug"

enum { FORGE_NOW = 1800000000, FORGE_DAY = 24 * 60 * 60, FORGE_EXTRAS = 3 };

struct authority {
	EVP_PKEY *key;
	X509     *cert;
};

/* One more extension; values are as in openssl.cnf, where dirName may name the section
 * "holder" (begins the subject of recipe_sound()) or "other". */
struct extra {
	const char *name, *value;
};

struct recipe { /* NULL leaves a part out; borrowed */
	const char  *oin, *second_oin;
	int          oin_type; /* MBSTRING_UTF8 lets OpenSSL choose, else a V_ASN1 type */
	const char  *desk, *second_desk;
	const char  *organisation;
	const char  *common_name;
	const char  *constraints, *usage, *extended; /* as in openssl.cnf */
	const char  *subject_id, *authority_id; /* this one not in a self-signed one */
	const char  *serial;                    /* NULL: the next */
	const char  *digest;
	int64_t      from_s, to_s;
	struct extra extra[FORGE_EXTRAS];
	void (*spoil)(X509 *cert); /* just before it is signed; or NULL */
};

struct list_recipe { /* likewise */
	const char  *digest, *number, *authority_id;
	int64_t      from_s, to_s; /* TO_S 0: without an end */
	X509        *revoked;
	int64_t      revoked_s;
	struct extra entry;  /* of what is revoked */
	unsigned     others; /* how many serials of nobody are on it */
	bool         twice;  /* everything is on it twice */
	struct extra extra[FORGE_EXTRAS];
	void (*spoil)(X509_CRL *crl);
};

struct recipe recipe_sound(void);
struct recipe recipe_authority(const char *name);

struct list_recipe recipe_list(
    void); /* of yesterday, for eight days, with nobody on it */

/* A certificate for KEY, signed by ISSUER, or by KEY itself if that is NULL. */
X509 *forge_certificate(
    const struct recipe *r, EVP_PKEY *key, const struct authority *issuer);

/* An authority with a new P-256 key. */
struct authority forge_authority(const char *name, const struct authority *issuer);
void             authority_wipe(struct authority *a);

/* The list of CA after L. */
X509_CRL *forge_list(const struct list_recipe *l, const struct authority *ca);

/* The list of CA with REVOKED on it (or NULL), signed with DIGEST; TO_S 0: without an
 * end. */
X509_CRL *forge_crl(const struct authority *ca, X509 *revoked, int64_t from_s,
    int64_t to_s, const char *digest);

/* The same with nobody on it and the CRL number NUMBER (decimal); NULL: without. */
X509_CRL *forge_crl_numbered(
    const struct authority *ca, const char *number, int64_t from_s, int64_t to_s);

EVP_PKEY *forge_key(const char *curve);
EVP_PKEY *forge_rsa(unsigned bits);

void forge_pem(struct buf *out, X509 *cert);
void forge_crl_pem(struct buf *out, X509_CRL *crl);
void forge_key_pem(struct buf *out, EVP_PKEY *key);

#endif

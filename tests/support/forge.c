/* SPDX-License-Identifier: EUPL-1.2 */
/* forge.c - certificates and lists with one thing wrong, for tests. */
#include "support/forge.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

struct recipe
recipe_sound(void)
{
	return (struct recipe){
	    .oin          = FORGE_OIN,
	    .oin_type     = MBSTRING_UTF8,
	    .desk         = FORGE_DESK,
	    .organisation = FORGE_NAME,
	    .common_name  = FORGE_NAME,
	    .constraints  = "critical,CA:FALSE",
	    .usage        = "critical,digitalSignature",
	    .extended     = "clientAuth",
	    .digest       = "SHA256",
	    .from_s       = FORGE_NOW - 30 * FORGE_DAY,
	    .to_s         = FORGE_NOW + 335 * FORGE_DAY,
	};
}

struct recipe
recipe_authority(const char *name)
{
	return (struct recipe){
	    .common_name = name,
	    .constraints = "critical,CA:TRUE",
	    .usage       = "critical,keyCertSign,cRLSign",
	    .digest      = "SHA256",
	    .from_s      = FORGE_NOW - 365 * FORGE_DAY,
	    .to_s        = FORGE_NOW + 3650 * (int64_t)FORGE_DAY,
	};
}

static void
attribute(X509 *cert, int nid, int type, const char *value)
{
	if (value == NULL) return;
	assert_int_equal(X509_NAME_add_entry_by_NID(X509_get_subject_name(cert), nid,
	                     type, (const unsigned char *)value, -1, -1, 0),
	    1);
}

static void
extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;

	if (value == NULL) return;
	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	X509_EXTENSION *e = X509V3_EXT_nconf_nid(NULL, &ctx, nid, value);
	assert_non_null(e);
	assert_int_equal(X509_add_ext(cert, e, -1), 1);
	X509_EXTENSION_free(e);
}

static void
subject(X509 *cert, const struct recipe *r)
{
	attribute(cert, NID_countryName, MBSTRING_UTF8, "NL");
	attribute(cert, NID_organizationName, MBSTRING_UTF8, r->organisation);
	attribute(cert, NID_organizationalUnitName, MBSTRING_UTF8, r->desk);
	attribute(cert, NID_organizationalUnitName, MBSTRING_UTF8, r->second_desk);
	attribute(cert, NID_serialNumber, r->oin_type, r->oin);
	attribute(cert, NID_serialNumber, r->oin_type, r->second_oin);
	attribute(cert, NID_commonName, MBSTRING_UTF8, r->common_name);
}

X509 *
forge_certificate(const struct recipe *r, EVP_PKEY *key, const struct authority *issuer)
{
	static long serial = 1000;
	X509       *cert   = X509_new();
	X509       *by     = issuer != NULL ? issuer->cert : cert;

	assert_non_null(cert);
	subject(cert, r);
	X509_set_version(cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), serial++);
	ASN1_TIME_set(X509_getm_notBefore(cert), (time_t)r->from_s);
	ASN1_TIME_set(X509_getm_notAfter(cert), (time_t)r->to_s);
	X509_set_issuer_name(cert, X509_get_subject_name(by));
	X509_set_pubkey(cert, key);
	extension(cert, by, NID_subject_key_identifier, "hash");
	extension(cert, by, NID_authority_key_identifier, issuer ? "keyid:always" : NULL);
	extension(cert, by, NID_basic_constraints, r->constraints);
	extension(cert, by, NID_key_usage, r->usage);
	extension(cert, by, NID_ext_key_usage, r->extended);
	assert_true(X509_sign(cert, issuer != NULL ? issuer->key : key,
	                EVP_get_digestbyname(r->digest)) > 0);
	return cert;
}

struct authority
forge_authority(const char *name, const struct authority *issuer)
{
	struct recipe    r = recipe_authority(name);
	struct authority a = {.key = forge_key("P-256")};

	a.cert = forge_certificate(&r, a.key, issuer);
	return a;
}

void
authority_wipe(struct authority *a)
{
	EVP_PKEY_free(a->key);
	X509_free(a->cert);
	*a = (struct authority){0};
}

static void
add_revoked(X509_CRL *crl, X509 *cert, ASN1_TIME *when)
{
	X509_REVOKED *entry = X509_REVOKED_new();

	assert_non_null(entry);
	X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(cert));
	X509_REVOKED_set_revocationDate(entry, when);
	assert_int_equal(X509_CRL_add0_revoked(crl, entry), 1);
}

X509_CRL *
forge_crl_numbered(
    const struct authority *ca, const char *number, int64_t from_s, int64_t to_s)
{
	X509_CRL     *crl = forge_crl(ca, NULL, from_s, to_s, "SHA256");
	ASN1_INTEGER *n   = number == NULL ? NULL : s2i_ASN1_INTEGER(NULL, number);

	if (n == NULL) return crl;
	assert_int_equal(X509_CRL_add1_ext_i2d(crl, NID_crl_number, n, 0, 0), 1);
	assert_true(X509_CRL_sign(crl, ca->key, EVP_sha256()) > 0);
	ASN1_INTEGER_free(n);
	return crl;
}

X509_CRL *
forge_crl(const struct authority *ca, X509 *revoked, int64_t from_s, int64_t to_s,
    const char *digest)
{
	X509_CRL  *crl  = X509_CRL_new();
	ASN1_TIME *from = ASN1_TIME_set(NULL, (time_t)from_s);
	ASN1_TIME *to   = ASN1_TIME_set(NULL, (time_t)to_s);

	assert_non_null(crl);
	X509_CRL_set_version(crl, 1);
	X509_CRL_set_issuer_name(crl, X509_get_subject_name(ca->cert));
	X509_CRL_set1_lastUpdate(crl, from);
	if (to_s != 0) X509_CRL_set1_nextUpdate(crl, to);
	if (revoked != NULL) add_revoked(crl, revoked, from);
	assert_true(X509_CRL_sign(crl, ca->key, EVP_get_digestbyname(digest)) > 0);
	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
	return crl;
}

EVP_PKEY *
forge_key(const char *curve)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", curve);

	assert_non_null(key);
	return key;
}

EVP_PKEY *
forge_rsa(unsigned bits)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)bits);

	assert_non_null(key);
	return key;
}

static void
append(struct buf *out, BIO *bio)
{
	char *text = NULL;
	long  n    = BIO_get_mem_data(bio, &text);

	assert_int_equal(buf_append(out, slice_of(text, (size_t)n)), RC_OK);
	BIO_free(bio);
}

void
forge_pem(struct buf *out, X509 *cert)
{
	BIO *bio = BIO_new(BIO_s_mem());

	assert_int_equal(PEM_write_bio_X509(bio, cert), 1);
	append(out, bio);
}

void
forge_crl_pem(struct buf *out, X509_CRL *crl)
{
	BIO *bio = BIO_new(BIO_s_mem());

	assert_int_equal(PEM_write_bio_X509_CRL(bio, crl), 1);
	append(out, bio);
}

void
forge_key_pem(struct buf *out, EVP_PKEY *key)
{
	BIO *bio = BIO_new(BIO_s_mem());

	assert_int_equal(
	    PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL), 1);
	append(out, bio);
}

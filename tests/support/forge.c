/* SPDX-License-Identifier: EUPL-1.2 */
/* forge.c - certificates and lists with one thing wrong, for tests. */
#include "support/forge.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <openssl/conf.h>
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
	    .subject_id   = "hash",
	    .authority_id = "keyid:always",
	    .digest       = "SHA256",
	    .from_s       = FORGE_NOW - 30 * FORGE_DAY,
	    .to_s         = FORGE_NOW + 335 * FORGE_DAY,
	};
}

struct recipe
recipe_authority(const char *name)
{
	return (struct recipe){
	    .common_name  = name,
	    .constraints  = "critical,CA:TRUE",
	    .usage        = "critical,keyCertSign,cRLSign",
	    .subject_id   = "hash",
	    .authority_id = "keyid:always",
	    .digest       = "SHA256",
	    .from_s       = FORGE_NOW - 365 * FORGE_DAY,
	    .to_s         = FORGE_NOW + 3650 * (int64_t)FORGE_DAY,
	};
}

struct list_recipe
recipe_list(void)
{
	return (struct list_recipe){
	    .digest       = "SHA256",
	    .number       = "1",
	    .authority_id = "keyid:always",
	    .from_s       = FORGE_NOW - FORGE_DAY,
	    .to_s         = FORGE_NOW + 7 * FORGE_DAY,
	    .revoked_s    = FORGE_NOW - FORGE_DAY,
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

/* What dirName may name. */
static CONF *
sections(void)
{
	static const char text[] = "[holder]\nC=NL\nO=" FORGE_NAME "\n"
	                           "[other]\nC=NL\nO=Gemeente Elders\n";
	CONF             *conf   = NCONF_new(NULL);
	BIO              *bio    = BIO_new_mem_buf(text, -1);

	assert_int_equal(NCONF_load_bio(conf, bio, NULL), 1);
	BIO_free(bio);
	return conf;
}

/* For CERT, or for CRL. */
static X509_EXTENSION *
extension(X509 *issuer, X509 *cert, X509_CRL *crl, const char *name, const char *value)
{
	CONF      *conf = sections();
	X509V3_CTX ctx;

	X509V3_set_ctx(&ctx, issuer, cert, NULL, crl, 0);
	X509V3_set_nconf(&ctx, conf);
	X509_EXTENSION *e = X509V3_EXT_nconf(NULL, &ctx, name, value);
	if (e == NULL) fail_msg("no extension %s: %s", name, value);
	NCONF_free(conf);
	return e;
}

static void
extend(X509 *cert, X509 *issuer, const char *name, const char *value)
{
	if (value == NULL) return;
	X509_EXTENSION *e = extension(issuer, cert, NULL, name, value);
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

static void
number(X509 *cert, const char *serial)
{
	static long next = 1000;

	if (serial == NULL) {
		ASN1_INTEGER_set(X509_get_serialNumber(cert), next++);
		return;
	}
	ASN1_INTEGER *n = s2i_ASN1_INTEGER(NULL, serial);
	assert_int_equal(X509_set_serialNumber(cert, n), 1);
	ASN1_INTEGER_free(n);
}

X509 *
forge_certificate(const struct recipe *r, EVP_PKEY *key, const struct authority *issuer)
{
	X509 *cert = X509_new();
	X509 *by   = issuer != NULL ? issuer->cert : cert;

	assert_non_null(cert);
	subject(cert, r);
	X509_set_version(cert, 2);
	number(cert, r->serial);
	ASN1_TIME_set(X509_getm_notBefore(cert), (time_t)r->from_s);
	ASN1_TIME_set(X509_getm_notAfter(cert), (time_t)r->to_s);
	X509_set_issuer_name(cert, X509_get_subject_name(by));
	X509_set_pubkey(cert, key);
	extend(cert, by, "subjectKeyIdentifier", r->subject_id);
	extend(cert, by, "authorityKeyIdentifier", issuer ? r->authority_id : NULL);
	extend(cert, by, "basicConstraints", r->constraints);
	extend(cert, by, "keyUsage", r->usage);
	extend(cert, by, "extendedKeyUsage", r->extended);
	for (size_t i = 0; i < FORGE_EXTRAS && r->extra[i].name != NULL; i++)
		extend(cert, by, r->extra[i].name, r->extra[i].value);
	if (r->spoil != NULL) r->spoil(cert);
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

/* --- lists ------------------------------------------------------------------------- */

static void
add_revoked(X509_CRL *crl, const ASN1_INTEGER *serial, int64_t when_s, struct extra e)
{
	X509_REVOKED *entry = X509_REVOKED_new();
	ASN1_TIME    *when  = ASN1_TIME_set(NULL, (time_t)when_s);

	assert_non_null(entry);
	X509_REVOKED_set_serialNumber(entry, (ASN1_INTEGER *)serial); /* copied */
	X509_REVOKED_set_revocationDate(entry, when);
	if (e.name != NULL) {
		X509_EXTENSION *more = extension(NULL, NULL, crl, e.name, e.value);
		assert_int_equal(X509_REVOKED_add_ext(entry, more, -1), 1);
		X509_EXTENSION_free(more);
	}
	assert_int_equal(X509_CRL_add0_revoked(crl, entry), 1);
	ASN1_TIME_free(when);
}

static void
add_all_revoked(X509_CRL *crl, const struct list_recipe *l)
{
	ASN1_INTEGER *nobody = ASN1_INTEGER_new();

	if (l->revoked != NULL)
		add_revoked(
		    crl, X509_get0_serialNumber(l->revoked), l->revoked_s, l->entry);
	for (unsigned i = 0; i < l->others; i++) {
		ASN1_INTEGER_set(nobody, 1000000 + (long)i);
		add_revoked(crl, nobody, l->revoked_s, (struct extra){0});
	}
	ASN1_INTEGER_free(nobody);
}

static void
extend_list(X509_CRL *crl, X509 *ca, const char *name, const char *value)
{
	if (value == NULL) return;
	X509_EXTENSION *e = extension(ca, NULL, crl, name, value);
	assert_int_equal(X509_CRL_add_ext(crl, e, -1), 1);
	X509_EXTENSION_free(e);
}

static void
date_list(X509_CRL *crl, const struct list_recipe *l)
{
	ASN1_TIME *from = ASN1_TIME_set(NULL, (time_t)l->from_s);
	ASN1_TIME *to   = ASN1_TIME_set(NULL, (time_t)l->to_s);

	X509_CRL_set1_lastUpdate(crl, from);
	if (l->to_s != 0) X509_CRL_set1_nextUpdate(crl, to);
	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
}

X509_CRL *
forge_list(const struct list_recipe *l, const struct authority *ca)
{
	X509_CRL     *crl = X509_CRL_new();
	ASN1_INTEGER *n   = l->number == NULL ? NULL : s2i_ASN1_INTEGER(NULL, l->number);

	assert_non_null(crl);
	X509_CRL_set_version(crl, 1);
	X509_CRL_set_issuer_name(crl, X509_get_subject_name(ca->cert));
	date_list(crl, l);
	add_all_revoked(crl, l);
	if (l->twice) add_all_revoked(crl, l);
	extend_list(crl, ca->cert, "authorityKeyIdentifier", l->authority_id);
	if (n != NULL)
		assert_int_equal(X509_CRL_add1_ext_i2d(crl, NID_crl_number, n, 0, 0), 1);
	for (size_t i = 0; i < FORGE_EXTRAS && l->extra[i].name != NULL; i++)
		extend_list(crl, ca->cert, l->extra[i].name, l->extra[i].value);
	if (l->spoil != NULL) l->spoil(crl);
	assert_true(X509_CRL_sign(crl, ca->key, EVP_get_digestbyname(l->digest)) > 0);
	ASN1_INTEGER_free(n);
	return crl;
}

X509_CRL *
forge_crl_numbered(
    const struct authority *ca, const char *number, int64_t from_s, int64_t to_s)
{
	struct list_recipe l = {
	    .digest = "SHA256", .number = number, .from_s = from_s, .to_s = to_s};

	return forge_list(&l, ca);
}

X509_CRL *
forge_crl(const struct authority *ca, X509 *revoked, int64_t from_s, int64_t to_s,
    const char *digest)
{
	struct list_recipe l = {.digest = digest,
	    .from_s                     = from_s,
	    .to_s                       = to_s,
	    .revoked                    = revoked,
	    .revoked_s                  = from_s};

	return forge_list(&l, ca);
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

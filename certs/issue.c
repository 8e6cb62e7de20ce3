/* SPDX-License-Identifier: EUPL-1.2 */
/* issue.c - the certificate profile, field by field. */
#include "certs/issue.h"

#include <string.h>

#include "certs/holder.h"
#include "certs/openssl_auto.h"
#include "certs/signature.h"

enum { VERSION_3 = 2, CRL_VERSION_2 = 1 }; /* as X.509 counts them */

struct extension {
	int         nid;
	const char *value; /* in the language of openssl.cnf */
};

static const struct extension ca_profile[] = {
    {NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
    {NID_key_usage, "critical,keyCertSign,cRLSign"},
    {NID_subject_key_identifier, "hash"},
    {NID_undef, NULL},
};

static const struct extension holder_profile[] = {
    {NID_basic_constraints, "critical,CA:FALSE"},
    {NID_key_usage, "critical,digitalSignature"},
    {NID_ext_key_usage, "clientAuth"},
    {NID_subject_key_identifier, "hash"},
    {NID_authority_key_identifier, "keyid:always"},
    {NID_undef, NULL},
};

/* --- parts ----------------------------------------------------------------------- */

/* OpenSSL knows each attribute's string type and greatest length. */
static rc
add_attribute(X509_NAME *name, int nid, const char *value)
{
	int ok = X509_NAME_add_entry_by_NID(
	    name, nid, MBSTRING_UTF8, (const unsigned char *)value, -1, -1, 0);
	return ok == 1 ? RC_OK : RC_USAGE;
}

static rc
set_serial(X509 *cert, const uint8_t serial[SERIAL_BYTES])
{
	AUTO(auto_bignum) BIGNUM *number = BN_bin2bn(serial, SERIAL_BYTES, NULL);

	if (number == NULL) return RC_NOMEM;
	return BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert)) != NULL
	           ? RC_OK
	           : RC_CRYPTO;
}

static rc
set_period(X509 *cert, struct period p)
{
	if (p.from_s >= p.to_s) return RC_USAGE;
	if (ASN1_TIME_set(X509_getm_notBefore(cert), (time_t)p.from_s) == NULL)
		return RC_USAGE;
	if (ASN1_TIME_set(X509_getm_notAfter(cert), (time_t)p.to_s) == NULL)
		return RC_USAGE;
	return RC_OK;
}

static rc
add_extensions(X509 *cert, X509 *issuer, const struct extension *profile)
{
	X509V3_CTX ctx;

	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	for (const struct extension *e = profile; e->value != NULL; e++) {
		AUTO(auto_x509_extension)
		X509_EXTENSION *extension =
		    X509V3_EXT_nconf_nid(NULL, &ctx, e->nid, e->value);
		if (extension == NULL) return RC_CRYPTO;
		if (X509_add_ext(cert, extension, -1) != 1) return RC_CRYPTO;
	}
	return RC_OK;
}

/* All but the subject, which must be there already.  ISSUER may be CERT itself. */
static rc
complete(X509 *cert, EVP_PKEY *key, struct period period,
    const uint8_t serial[SERIAL_BYTES], X509 *issuer)
{
	if (!key_is_accepted(key)) return RC_USAGE;
	if (X509_set_version(cert, VERSION_3) != 1) return RC_CRYPTO;
	TRY(set_serial(cert, serial));
	TRY(set_period(cert, period));
	if (X509_set_issuer_name(cert, X509_get_subject_name(issuer)) != 1)
		return RC_CRYPTO;
	return X509_set_pubkey(cert, key) == 1 ? RC_OK : RC_CRYPTO;
}

/* --- certificates ---------------------------------------------------------------- */

rc
issue_ca(const char *name, EVP_PKEY *key, struct period period,
    const uint8_t serial[SERIAL_BYTES], X509 **ret)
{
	AUTO(auto_x509) X509 *cert = X509_new();
	if (cert == NULL) return RC_NOMEM;
	X509_NAME *subject = X509_get_subject_name(cert);

	TRY(add_attribute(subject, NID_countryName, "NL"));
	TRY(add_attribute(subject, NID_commonName, name));
	TRY(complete(cert, key, period, serial, cert));
	TRY(add_extensions(cert, cert, ca_profile));
	if (X509_sign(cert, key, EVP_sha256()) <= 0) return RC_CRYPTO;
	*ret = TAKE(cert);
	return RC_OK;
}

static rc
set_subject(X509 *cert, const struct subject *s)
{
	X509_NAME *name = X509_get_subject_name(cert);

	TRY(add_attribute(name, NID_countryName, "NL"));
	TRY(add_attribute(name, NID_organizationName, s->organisation));
	TRY(add_attribute(name, NID_organizationalUnitName, s->desk));
	TRY(add_attribute(name, NID_serialNumber, s->oin));
	return add_attribute(name, NID_commonName,
	    s->common_name != NULL ? s->common_name : s->organisation);
}

rc
issue_holder(const struct subject *subject, EVP_PKEY *key, struct period period,
    const uint8_t serial[SERIAL_BYTES], X509 *ca, EVP_PKEY *ca_key, X509 **ret)
{
	struct holder         read_back;
	AUTO(auto_x509) X509 *cert = X509_new();

	if (cert == NULL) return RC_NOMEM;
	TRY(set_subject(cert, subject));
	TRY(complete(cert, key, period, serial, ca));
	TRY(add_extensions(cert, ca, holder_profile));
	if (X509_sign(cert, ca_key, EVP_sha256()) <= 0) return RC_CRYPTO;
	rc code =
	    holder_read(cert, &read_back); /* the reader is the judge of what is valid */
	if (code != RC_OK) return code == RC_BAD_CERTIFICATE ? RC_USAGE : code;
	*ret = TAKE(cert);
	return RC_OK;
}

/* --- revocation lists ------------------------------------------------------------ */

static rc
set_crl_period(X509_CRL *crl, struct period p)
{
	AUTO(auto_asn1_time) ASN1_TIME *from = ASN1_TIME_set(NULL, (time_t)p.from_s);
	AUTO(auto_asn1_time) ASN1_TIME *to   = ASN1_TIME_set(NULL, (time_t)p.to_s);

	if (p.from_s >= p.to_s || from == NULL || to == NULL) return RC_USAGE;
	if (X509_CRL_set1_lastUpdate(crl, from) != 1) return RC_CRYPTO;
	return X509_CRL_set1_nextUpdate(crl, to) == 1 ? RC_OK : RC_CRYPTO;
}

static rc
set_crl_extensions(X509_CRL *crl, X509 *ca, uint64_t number)
{
	X509V3_CTX                            ctx;
	AUTO(auto_asn1_integer) ASN1_INTEGER *n = ASN1_INTEGER_new();

	if (n == NULL || ASN1_INTEGER_set_uint64(n, number) != 1) return RC_NOMEM;
	if (X509_CRL_add1_ext_i2d(crl, NID_crl_number, n, 0, 0) != 1) return RC_CRYPTO;
	X509V3_set_ctx(&ctx, ca, NULL, NULL, crl, 0);
	AUTO(auto_x509_extension)
	X509_EXTENSION *key_id = X509V3_EXT_nconf_nid(
	    NULL, &ctx, NID_authority_key_identifier, "keyid:always");
	if (key_id == NULL) return RC_CRYPTO;
	return X509_CRL_add_ext(crl, key_id, -1) == 1 ? RC_OK : RC_CRYPTO;
}

rc
issue_crl(X509 *ca, struct period period, uint64_t number, X509_CRL **ret)
{
	AUTO(auto_x509_crl) X509_CRL *crl = X509_CRL_new();

	if (crl == NULL) return RC_NOMEM;
	if (X509_CRL_set_version(crl, CRL_VERSION_2) != 1) return RC_CRYPTO;
	if (X509_CRL_set_issuer_name(crl, X509_get_subject_name(ca)) != 1)
		return RC_CRYPTO;
	TRY(set_crl_period(crl, period));
	TRY(set_crl_extensions(crl, ca, number));
	*ret = TAKE(crl);
	return RC_OK;
}

rc
issue_revoked(X509_CRL *crl, const char *serial_hex, int64_t revoked_s)
{
	AUTO(auto_bignum) BIGNUM             *number = NULL;
	AUTO(auto_x509_revoked) X509_REVOKED *entry  = X509_REVOKED_new();
	AUTO(auto_asn1_time) ASN1_TIME *when = ASN1_TIME_set(NULL, (time_t)revoked_s);

	if (entry == NULL || when == NULL) return RC_NOMEM;
	if (BN_hex2bn(&number, serial_hex) != (int)strlen(serial_hex)) return RC_CONFIG;
	AUTO(auto_asn1_integer) ASN1_INTEGER *serial = BN_to_ASN1_INTEGER(number, NULL);
	if (serial == NULL) return RC_NOMEM;
	if (X509_REVOKED_set_serialNumber(entry, serial) != 1) return RC_CRYPTO;
	if (X509_REVOKED_set_revocationDate(entry, when) != 1) return RC_CRYPTO;
	if (X509_CRL_add0_revoked(crl, entry) != 1) return RC_CRYPTO;
	(void)TAKE(entry); /* the list's now */
	return RC_OK;
}

rc
issue_crl_sign(X509_CRL *crl, EVP_PKEY *ca_key)
{
	if (X509_CRL_sort(crl) != 1) return RC_CRYPTO;
	return X509_CRL_sign(crl, ca_key, EVP_sha256()) > 0 ? RC_OK : RC_CRYPTO;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* holder.c - the subject of a certificate as OIN, desk and organisation. */
#include "certs/holder.h"

#include <string.h>
#include <time.h>

#include "certs/openssl_auto.h"

#define DIGITS "0123456789"

static const char desk_letters[] = "abcdefghijklmnopqrstuvwxyz"
                                   "ABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS "._-";

/* The value of the only NID in NAME, NULL if there is none or more than one. */
static const ASN1_STRING *
only_attribute(const X509_NAME *name, int nid)
{
	int at = X509_NAME_get_index_by_NID(name, nid, -1);

	if (at < 0 || X509_NAME_get_index_by_NID(name, nid, at) >= 0) return NULL;
	return X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
}

/* Attribute NID as UTF-8 of 1 to MAX bytes without control characters, in OUT[MAX + 1].
 */
static rc
read_text(const X509_NAME *name, int nid, char *out, size_t max)
{
	const ASN1_STRING                     *value = only_attribute(name, nid);
	AUTO(auto_openssl_text) unsigned char *text  = NULL;

	if (value == NULL) return RC_BAD_CERTIFICATE;
	int n = ASN1_STRING_to_UTF8(&text, value);
	if (n <= 0 || (size_t)n > max) return RC_BAD_CERTIFICATE;
	for (int i = 0; i < n; i++)
		if (text[i] < 0x20 || text[i] == 0x7f) return RC_BAD_CERTIFICATE;
	memcpy(out, text, (size_t)n);
	out[n] = '\0';
	return RC_OK;
}

static rc
read_oin(const X509_NAME *name, char out[OIN_DIGITS + 1])
{
	const ASN1_STRING *value = only_attribute(name, NID_serialNumber);

	if (value == NULL || ASN1_STRING_type(value) != V_ASN1_PRINTABLESTRING)
		return RC_BAD_CERTIFICATE;
	TRY(read_text(name, NID_serialNumber, out, OIN_DIGITS));
	return strspn(out, DIGITS) == OIN_DIGITS ? RC_OK : RC_BAD_CERTIFICATE;
}

static rc
read_desk(const X509_NAME *name, char out[DESK_MAX + 1])
{
	TRY(read_text(name, NID_organizationalUnitName, out, DESK_MAX));
	return out[strspn(out, desk_letters)] == '\0' ? RC_OK : RC_BAD_CERTIFICATE;
}

rc
time_read(const ASN1_TIME *time, int64_t *ret)
{
	struct tm tm;

	if (time == NULL || ASN1_TIME_to_tm(time, &tm) != 1) return RC_MALFORMED;
	*ret = (int64_t)timegm(&tm);
	return RC_OK;
}

static rc
read_validity(X509 *cert, struct holder *h)
{
	if (time_read(X509_get0_notBefore(cert), &h->not_before_s) != RC_OK ||
	    time_read(X509_get0_notAfter(cert), &h->not_after_s) != RC_OK)
		return RC_BAD_CERTIFICATE;
	return RC_OK;
}

rc
holder_read(X509 *cert, struct holder *ret)
{
	QUIET;
	struct holder    h    = {0};
	const X509_NAME *name = X509_get_subject_name(cert);

	TRY(read_oin(name, h.oin));
	TRY(read_desk(name, h.desk));
	TRY(read_text(name, NID_organizationName, h.organisation, ORGANISATION_MAX));
	TRY(read_validity(cert, &h));
	if (X509_digest(cert, EVP_sha256(), h.fingerprint.b, NULL) != 1) return RC_CRYPTO;
	*ret = h;
	return RC_OK;
}

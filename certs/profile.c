/* SPDX-License-Identifier: EUPL-1.2 */
/* profile.c - checks on a path that OpenSSL found. */
#include "certs/profile.h"

#include <openssl/x509v3.h>

#include "certs/signature.h"

enum { SERIAL_OCTETS = 20 }; /* RFC 5280 4.1.2.2 */

/* With the octet that DER puts before a high first bit not counted: an ASN1_INTEGER has
 * its magnitude alone. */
static bool
is_sound_serial(const ASN1_INTEGER *serial)
{
	const unsigned char *octets = ASN1_STRING_get0_data(serial);
	int                  n      = ASN1_STRING_length(serial);

	if (ASN1_STRING_type(serial) != V_ASN1_INTEGER) return false; /* negative */
	return n > 0 && n <= SERIAL_OCTETS && (n > 1 || octets[0] != 0);
}

/* Of two of a kind OpenSSL reads neither, or the first, as the kind may be. */
static bool
says_something_twice(const X509 *cert)
{
	for (int i = 0; i < X509_get_ext_count(cert); i++)
		if (X509_get_ext_by_OBJ(
		        cert, X509_EXTENSION_get_object(X509_get_ext(cert, i)), i) >= 0)
			return true;
	return false;
}

static rc
check_issued(X509 *cert)
{
	const X509_ALGOR *algorithm = NULL;

	X509_get0_signature(NULL, &algorithm, cert);
	if (!algorithm_is_accepted(algorithm)) return RC_BAD_CERTIFICATE;
	if (!is_sound_serial(X509_get0_serialNumber(cert))) return RC_BAD_CERTIFICATE;
	return says_something_twice(cert) ? RC_BAD_CERTIFICATE : RC_OK;
}

/* X509_check_ca() takes CA:TRUE for no authority if the key may sign no certificates;
 * that it may, and is none, OpenSSL's strict checks refuse. */
static bool
is_authority(X509 *cert)
{
	return (X509_get_extension_flags(cert) & EXFLAG_CA) != 0 ||
	       X509_get_ext_by_NID(cert, NID_name_constraints, -1) >= 0;
}

/* An absent extension allows everything, in OpenSSL: UINT32_MAX.  Not here. */
static rc
check_leaf(X509 *leaf)
{
	uint32_t usage    = X509_get_key_usage(leaf),
	         extended = X509_get_extended_key_usage(leaf);

	if (is_authority(leaf)) return RC_BAD_CERTIFICATE;
	if (usage == UINT32_MAX || (usage & KU_DIGITAL_SIGNATURE) == 0)
		return RC_BAD_CERTIFICATE;
	if (extended == UINT32_MAX || (extended & XKU_SSL_CLIENT) == 0)
		return RC_BAD_CERTIFICATE;
	return RC_OK;
}

rc
profile_check(const STACK_OF(X509) * path)
{
	int n = sk_X509_num(path);

	if (n < 1) return RC_BAD_CERTIFICATE;
	for (int i = 0; i < n; i++) {
		X509 *cert = sk_X509_value(path, i);
		if (!key_is_accepted(X509_get0_pubkey(cert))) return RC_BAD_CERTIFICATE;
		if (i < n - 1) TRY(check_issued(cert));
	}
	return check_leaf(sk_X509_value(path, 0));
}

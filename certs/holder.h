/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * holder.h - who a certificate says its holder is.
 *
 *	subject.serialNumber   the OIN: one PrintableString of exactly 20 digits
 *	subject.OU             the desk: letters, digits, '.', '-', '_'; at most 32
 *	subject.O              the organisation, for people
 *
 * Each exactly once: of two OINs neither is the right one.  The desk is an
 * identifier that log lines, file names and journal leaves carry, hence its letters.
 *
 * Pure.  Reads what the certificate says and trusts none of it: see trust.h.
 */
#ifndef SLUIS_CERTS_HOLDER_H
#define SLUIS_CERTS_HOLDER_H

#include <openssl/x509.h>

#include "proto/bytes.h"
#include "proto/limits.h"
#include "proto/merkle.h"

enum { ORGANISATION_MAX = 127 };

struct holder { /* a plain value */
	char        oin[OIN_DIGITS + 1];
	char        desk[DESK_MAX + 1];
	char        organisation[ORGANISATION_MAX + 1];
	struct hash fingerprint; /* SHA-256 of the DER */
	int64_t     not_before_s, not_after_s;
};

/* RC_BAD_CERTIFICATE if one of these is missing, double or misshapen; RET is untouched
 * then. */
MUST rc holder_read(X509 *cert, struct holder *ret);

/* An ASN.1 time in Unix seconds; RC_MALFORMED. */
MUST rc time_read(const ASN1_TIME *time, int64_t *ret);

#endif

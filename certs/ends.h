/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * ends.h - when each anchor and each revocation list ends.
 *
 * A certificate and its successor of one name and one key are one anchor, the lists of
 * one issuer one list: what ends later counts, as it does for OpenSSL.
 *
 * Pure.  Owns nothing.
 */
#ifndef SLUIS_CERTS_ENDS_H
#define SLUIS_CERTS_ENDS_H

#include <openssl/x509.h>

#include "proto/merkle.h"

enum { ENDS_MAX = 128, END_NAME_MAX = 128 };

struct end {
	struct hash of;   /* whose: of an anchor's name and key, of a list's issuer */
	bool        list; /* else an anchor */
	int64_t     from_s, until_s;    /* Unix seconds */
	char        name[END_NAME_MAX]; /* of the authority, for people: ASCII */
};

struct ends {
	size_t     n;
	struct end at[ENDS_MAX];
};

/* RC_CONFIG (of a list RC_BAD_CERTIFICATE) without times that can be read, RC_TOO_MANY.
 */
MUST rc ends_add_anchor(struct ends *e, X509 *cert);
MUST rc ends_add_list(struct ends *e, X509_CRL *crl);

#endif

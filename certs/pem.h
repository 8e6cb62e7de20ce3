/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * pem.h - certificates and revocation lists from PEM, inside certs/ only.
 *
 * Stricter than OpenSSL's own readers: every block must be of the one kind asked
 * for, without headers and filled by exactly one object.  So a private key sent
 * along by mistake is refused, and so is "TRUSTED CERTIFICATE", which carries trust
 * settings.  Text between blocks is left alone.
 *
 * The caller owns what is returned.
 */
#ifndef SLUIS_CERTS_PEM_H
#define SLUIS_CERTS_PEM_H

#include <openssl/x509.h>

#include "proto/bytes.h"

/* All objects of PEM in their order, possibly none; RC_MALFORMED if a block is not what
 * it should be, RC_TOO_MANY beyond MAX, RC_NOMEM. */
MUST rc pem_read_certificates(struct slice pem, int max, STACK_OF(X509) * *ret);
MUST rc pem_read_crls(struct slice pem, int max, STACK_OF(X509_CRL) * *ret);

/* The one certificate of PEM, which may be followed by others; RC_MALFORMED without any.
 */
MUST rc pem_read_first(struct slice pem, X509 **ret);

MUST rc pem_write_certificate(X509 *cert, struct buf *out);
MUST rc pem_write_crl(X509_CRL *crl, struct buf *out);

#endif

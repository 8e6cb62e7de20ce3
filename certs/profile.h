/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * profile.h - what a path must be besides what OpenSSL asks of it, inside certs/ only.
 *
 * OpenSSL's strict checks leave some things to the caller, and take much that is not said
 * for allowed.  On a path that it found good:
 *
 *	every key and signature is one that signature.h accepts
 *	serial numbers are positive and of 20 octets at most, no extension is there twice
 *	the leaf is no authority, whatever its key may do, and constrains no names
 *	the leaf says digitalSignature and clientAuth itself
 *
 * The anchor is trusted as it is, but for its key.  Pure.
 */
#ifndef SLUIS_CERTS_PROFILE_H
#define SLUIS_CERTS_PROFILE_H

#include <openssl/x509.h>

#include "proto/rc.h"

/* RC_BAD_CERTIFICATE unless PATH, from a leaf to its anchor, is such a path. */
MUST rc profile_check(const STACK_OF(X509) * path);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * statement.h - what an agency's certificate signs, inside certs/ only.
 *
 * A statement is a DSSE envelope of one payload type around one message of wire.proto,
 * signed with the certificate's own key.  The envelope's keyid is the lower-case hex
 * SHA-256 of the certificate's DER, and the payload holds every field once, in its
 * shortest form, and nothing else: with the signature that leaves no byte to choose.
 *
 * The payload type separates the domains: a key binding is no approval of a policy.
 *
 * Pure; time is an argument.
 */
#ifndef SLUIS_CERTS_STATEMENT_H
#define SLUIS_CERTS_STATEMENT_H

#include <openssl/x509.h>
#include <protobuf-c/protobuf-c.h>

#include "certs/trust.h"
#include "proto/envelope.h"

/* The holder of the first certificate of CERT_PEM.  RC_BAD_CERTIFICATE; RC_CONFIG if KEY
 * is not its key. */
MUST rc statement_own(struct slice cert_pem, EVP_PKEY *key, struct holder *ret);

/* Sign PAYLOAD as TYPE with KEY, whose certificate is HOLDER's; the envelope is appended
 * to OUT. */
MUST rc statement_sign(const char *type, struct slice payload, EVP_PKEY *key,
    const struct holder *holder, struct buf *out);

/* Check that E is of TYPE and signed by the leaf of CHAIN_PEM, at NOW_S.  RC_MALFORMED
 * (another type), RC_TOO_LARGE, what trust_check() returns, RC_BAD_SIGNATURE. */
MUST rc statement_check(const struct envelope *e, const char *type,
    struct slice chain_pem, const struct trust *trust, int64_t now_s, struct holder *ret);

/* Unpack PAYLOAD, which was signed.  RC_MALFORMED (or what guard_unpack() says) unless it
 * is the one way to write that message. */
MUST rc statement_unpack(
    const ProtobufCMessageDescriptor *desc, struct slice payload, ProtobufCMessage **ret);

#endif

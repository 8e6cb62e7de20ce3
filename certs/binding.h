/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * binding.h - the key binding: a certificate vouching for three short-lived keys.
 *
 * An agency's X.509 key signs one KeyBinding (wire.proto) as a DSSE envelope of
 * type application/vnd.sluis.keybinding.v1: from then on messages are signed with
 * the fast bound key.  A binding lasts at most 90 days and never longer than its
 * certificate, names one OIN, one desk and one broker, and is replaced by a higher
 * sequence number.  Its id is SHA-256 of the whole envelope.
 *
 * Exactly one sequence of bytes says what a binding says: see statement.h.
 *
 * Pure; time is an argument (Unix milliseconds).  sodium_init() must have been called.
 */
#ifndef SLUIS_CERTS_BINDING_H
#define SLUIS_CERTS_BINDING_H

#include "certs/keys.h"
#include "certs/trust.h"

enum { ORIGIN_MAX = 127 };

struct binding {        /* a plain value */
	struct hash id; /* SHA-256 of the envelope */
	char        oin[OIN_DIGITS + 1];
	char        desk[DESK_MAX + 1];
	char        origin[ORIGIN_MAX + 1];
	uint8_t     sign_public[KEY_BYTES];
	uint8_t     curve_public[KEY_BYTES];
	uint8_t     seal_public[KEY_BYTES];
	uint64_t    not_before_ms, not_after_ms; /* [from, to) */
	uint64_t    sequence;
	struct hash certificate; /* SHA-256 of the certificate's DER */
	int64_t     certificate_not_after_s;
};

/* Make the binding of KEYS for the holder of CERT_PEM and sign it with CERT_KEY; the
 * envelope is appended to OUT.  What binding_check() would refuse in its content is not
 * made: RC_BAD_CERTIFICATE, RC_BAD_BINDING; RC_CONFIG if CERT_KEY is not the
 * certificate's. The first certificate of CERT_PEM counts. */
MUST rc binding_make(const struct keys *keys, struct slice cert_pem, EVP_PKEY *cert_key,
    const char *origin, uint64_t not_before_ms, uint64_t not_after_ms, uint64_t sequence,
    struct buf *out);

/*
 * Check ENVELOPE against its CHAIN and this broker's ORIGIN at NOW_MS.
 * What trust_check() returns for the chain, RC_BAD_SIGNATURE, RC_WRONG_BROKER,
 * RC_BAD_BINDING (form, OIN or desk not the certificate's, too long a life, equal or
 * low-order keys), RC_EXPIRED, RC_NOT_YET_VALID.  RET is untouched on failure.  That a
 * higher sequence replaces a lower one is for whoever keeps the bindings.
 */
MUST rc binding_check(struct slice envelope, struct slice chain_pem,
    const struct trust *trust, const char *origin, uint64_t now_ms, struct binding *ret);

/* What ENVELOPE claims, with nothing checked but its form: for one that was accepted
 * before and is no longer good, so that its keys still have a name.  Its certificate is
 * not looked at.  RC_BAD_BINDING; RET is untouched then. */
MUST rc binding_read(struct slice envelope, struct binding *ret);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * endorsement.h - a party's signature under a policy bundle.
 *
 * "The bundle with this hash, of this version, may take effect": said by one party, for
 * itself and for those it says to sign for, with the key of its certificate.  A policy
 * folder holds one file for each, signatures/NAME.sig (PolicySignature in wire.proto);
 * the name of the file means nothing.  Whose signatures are enough is for
 * policy/approval.h, and whether a party may sign for another too.
 *
 * The certificate must be good now, and its dates must cover the day of signing too.
 *
 * Pure; time is an argument (Unix milliseconds).
 */
#ifndef SLUIS_CERTS_ENDORSEMENT_H
#define SLUIS_CERTS_ENDORSEMENT_H

#include "certs/trust.h"

enum { BEHALF_MAX = 16, ENDORSEMENT_MAX = 64 * 1024 };

struct endorsement {        /* a plain value */
	struct hash bundle; /* policy_hash() */
	uint64_t    version;
	char        oin[OIN_DIGITS + 1]; /* of the certificate */
	char        desk[DESK_MAX + 1];
	char        organisation[ORGANISATION_MAX + 1];
	uint64_t    signed_ms;
	size_t      n_behalf; /* for whom it signs besides itself */
	char        behalf[BEHALF_MAX][OIN_DIGITS + 1];
	struct hash id; /* SHA-256 of the file */
};

/*
 * Sign E's bundle, version, time and behalf for the holder of CHAIN_PEM's first
 * certificate, whose key is KEY; the file is appended to OUT and E's holder filled in.
 * RC_BAD_CERTIFICATE; RC_CONFIG if KEY is not the certificate's; RC_USAGE for a behalf
 * that is no OIN, stands twice or is the signer itself; RC_EXPIRED, RC_NOT_YET_VALID if
 * the certificate does not cover the time of signing.
 */
MUST rc endorsement_make(
    struct endorsement *e, struct slice chain_pem, EVP_PKEY *key, struct buf *out);

/*
 * Check FILE against TRUST at NOW_MS: whoever it says signed it did, but not what.
 * RC_MALFORMED, what trust_check() says of the chain, RC_BAD_SIGNATURE, RC_WRONG_SENDER
 * (not the certificate's party or desk), RC_FUTURE, RC_EXPIRED and RC_NOT_YET_VALID
 * (signed outside the certificate's dates).  RET is untouched on failure.
 */
MUST rc endorsement_check(struct slice file, const struct trust *trust, uint64_t now_ms,
    struct endorsement *ret);

/* endorsement_check(), and that it is about this bundle: RC_BAD_DIGEST. */
MUST rc endorsement_of(struct slice file, const struct trust *trust, uint64_t now_ms,
    const struct hash *bundle, uint64_t version, struct endorsement *ret);

/* What FILE says, whoever wrote it: nothing of it is checked but the form, and there is
 * no organisation.  RC_MALFORMED.  RET is untouched on failure. */
MUST rc endorsement_peek(struct slice file, struct endorsement *ret);

#endif

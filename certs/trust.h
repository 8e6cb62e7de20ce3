/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * trust.h - checking an agency's certificate, and knowing what is revoked.
 *
 * The only trust anchors are the CA certificates given; the system store is never
 * used.  Strict X.509 (X509_V_FLAG_X509_STRICT), security level 2, name and policy
 * constraints honoured, CRL checks for the whole chain: without a current CRL nothing
 * verifies (hard failure), since OpenSSL without CRL flags calls a revoked certificate
 * good.  One exception, on purpose and by its own name: trust_load_anchors().
 *
 * Every key of the chain is one that signature.h accepts, every signature uses
 * SHA-256 or better (CRLs too).  The leaf is no CA and says clientAuth and
 * digitalSignature itself; saying nothing is not enough.  See profile.h.
 *
 * Time is an argument.  Threads: a trust value is read-only once loaded.
 */
#ifndef SLUIS_CERTS_TRUST_H
#define SLUIS_CERTS_TRUST_H

#include <openssl/x509.h>

#include "certs/ends.h"
#include "certs/holder.h"
#include "certs/signature.h"
#include "proto/bytes.h"
#include "proto/limits.h"
#include "proto/merkle.h"

struct trust;

enum { PEM_MAX = 4 * 1024 * 1024 }; /* bytes of a file of anchors, or of lists */

/* Read anchors (and intermediates) from ANCHORS_PEM and lists from CRLS_PEM.
 * RC_CONFIG if there is no self-signed anchor, or something there is no CA or has a weak
 * key; RC_CRL_MISSING if there is no list; RC_BAD_CERTIFICATE if a list is unreadable,
 * not signed by one of these CAs, weakly signed, or without an end. */
MUST rc trust_load(struct slice anchors_pem, struct slice crls_pem, struct trust **ret);

/* The same from ANCHORS_PEM alone: revocation is not looked at.  For a recipient that
 * checks later what a broker, which has the lists, let in then; never for letting in. */
MUST rc trust_load_anchors(struct slice anchors_pem, struct trust **ret);
void    trust_destroy(struct trust **tp);

/* SHA-256 of the CRL file as loaded: named in the journal.  Zeros without lists. */
const struct hash *trust_crl_digest(const struct trust *t);

/* SHA-256 of the file of anchors, likewise. */
const struct hash *trust_anchors_digest(const struct trust *t);

/* May FRESH take the place of HELD?  RC_CRL_STALE if it has an older list of some issuer
 * than HELD has or had (by CRL number; without one, by its date): an old file put back
 * would give every desk that was revoked since its standing again.  FRESH remembers what
 * HELD had (RC_TOO_MANY beyond 1024 issuers). */
MUST rc trust_follow(struct trust *fresh, const struct trust *held);

/* What FRESH remembers of its lists, appended to OUT, for a broker that starts again; and
 * trust_follow() of what was KEPT so: RC_CRL_STALE, RC_CONFIG if that is none. */
MUST rc trust_remember(const struct trust *t, struct buf *out);
MUST rc trust_follow_kept(struct trust *fresh, struct slice kept);

/* When the first of the lists runs out (Unix seconds); from that second on it is stale.
 * 0 without lists. */
int64_t trust_crl_until_s(const struct trust *t);

/* When each of the anchors ends, and each of the lists. */
const struct ends *trust_ends(const struct trust *t);

/*
 * Check the PEM chain at NOW_S and read its holder.  The leaf comes first, then each
 * one's issuer; the root may be left out.
 * RC_BAD_CERTIFICATE (chain, order, purpose, key, OIN or OU missing), RC_EXPIRED,
 * RC_NOT_YET_VALID, RC_REVOKED, RC_CRL_MISSING, RC_CRL_STALE.
 * RET_LEAF (may be NULL) gets the certificate; X509_free() it.
 */
MUST rc trust_check(const struct trust *t, struct slice chain_pem, int64_t now_s,
    struct holder *ret, X509 **ret_leaf);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * identity.h - the identifiers of one signal, each in its normal form, once.
 *
 * Every recipient gets a pseudonym of the same identifier in another domain, and the
 * broker makes tokens of it besides (pseudonym.h).  The normal form is the same for all
 * of them: it is found again by the kind of the identifier and by where its raw values
 * lie, which is one place for all copies of a signal (proto/contents.h).  What the keeper
 * made of it hangs on it.
 *
 *	input    = TLV("psn-in/1", normalise version, kind, normal form of each part)
 *
 * TLV is injective: every element is preceded by its length as 8 bytes big-endian.
 *
 * All of it lies in the memory of the request and is wiped with it.  Borrows: the values
 * of the signal, which must outlive it unchanged, and the policy.
 * Threads: one at a time.
 */
#ifndef SLUIS_BROKER_DECISION_IDENTITY_H
#define SLUIS_BROKER_DECISION_IDENTITY_H

#include "broker/keeper/keeper.h"
#include "policy/policy.h"
#include "proto/scratch.h"

/* --- encoding --------------------------------------------------------------------- */

enum { TLV_MAX = 4096 }; /* a domain or an input: bounded by the signal's own limits */

struct tlv { /* only what is in use is set */
	size_t  n;
	uint8_t b[TLV_MAX];
};

/* Append one element; RC_TOO_LARGE. */
MUST rc tlv_put(struct tlv *out, struct slice element);

void tlv_wipe(struct tlv *t);

/* The input that the identifier KIND with the raw VALUES (one for each part of KIND, in
 * its order) is, into *RET.  RC_INVALID_SIGNAL when a value has no normal form. */
MUST rc identity_input(
    const struct identifier_info *kind, const struct slice *values, struct tlv *ret);

/* --- of one signal ---------------------------------------------------------------- */

struct evaluated { /* by the keeper: what is asked, and the answer */
	struct evaluated *next;
	enum evaluate     what;
	uint8_t           epoch;
	bool              done; /* the answer is here */
	struct slice      domain;
	uint8_t           ret[EVALUATED_BYTES];
};

struct identity {
	struct identity              *next; /* in its bucket */
	const struct identifier_info *kind;
	const uint8_t    *value[IDENTIFIER_PARTS_MAX]; /* where the raw ones lie */
	rc                code; /* of identity_input(): without RC_OK it has no input */
	struct slice      input;
	struct evaluated *made;
};

struct identities;

/* None yet; NULL: no memory. */
struct identities *identities_new(struct scratch *mem);

/* The identifier KIND whose parts have the raw VALUES.  RC_NOMEM. */
MUST rc identities_find(struct identities *all, const struct identifier_info *kind,
    const struct slice *values, struct identity **ret);

/* Something to ask of OF, in DOMAIN, which is copied; NULL: no memory. */
struct evaluated *identities_add(
    struct identities *all, struct identity *of, struct slice domain);

#endif

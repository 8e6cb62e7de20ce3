/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * subject.h - a person asks what was shared about her (AVG 15-19), or wants it gone.
 *
 * She asks the contact point that the policy names for a convenant (parties.yaml,
 * `subjects`), which checks who she is.  Its desk asks here, another desk of it agrees,
 * and the first reads the answer, once; each step is an entry of the journal.
 *
 *	asked --(second desk agrees)--> agreed --(read)--> gone
 *	asked --(it declines, or time)-----------------> gone
 *
 * Of every person in a signal that was released the broker keeps a keyed token of each
 * identifier, with the place of her record, as long as the details of its entries.  The
 * key is one of its own, not that of pseudonyms, which last less long.  A token never
 * leaves the broker.
 *
 * The answer names, for each release, when, from whom to whom, under which convenant, and
 * what was done with the fields of her own record, by rule and article: computed again
 * from the details with the policy that was in force.  Never a value, never a field that
 * only somebody else had.  Not in it:
 *
 *	- what another contact point answers for: another convenant;
 *	- layer 2, of which there are no tokens at all: that it exists is the secret;
 *	- what is under an embargo (AVG 23(1)(d), UAVG 41), until its review date;
 *	- what was erased, or is older than `details_days`.
 *
 * Of a release whose detail is lost the entry still says when, from whom and to whom, and
 * the token that she was in it: the answer has it, marked `lost`, without the fields,
 * and erasure erases it with the others.
 *
 * Erasure (AVG 17) erases each submission of which it tells, as erasure.h does; those who
 * have a copy are to destroy it (AVG 19), and the source is told.  Copies are never cut:
 * they would not be what their sender signed.
 */
#ifndef SLUIS_BROKER_KNOWING_SUBJECT_H
#define SLUIS_BROKER_KNOWING_SUBJECT_H

#include "broker/release.h"
#include "broker/store/subject.h"

struct subject_named { /* by an identifier of hers */
	struct identity *of;
	uint32_t         record; /* which person of the signal */
};

struct subject_names {
	size_t                n;
	struct subject_named *at;
};

/* Every person in SIGNAL by every identifier, in MEM; ALL are those of SIGNAL. */
MUST rc subject_names_of(const struct policy *p, struct identities *all,
    const Sluis__Signal *signal, struct scratch *mem, struct subject_names *ret);

/* After a submission of layer 1 that served somebody: keep tokens of NAMES. */
MUST rc subject_after_release(const struct release *r, const struct subject_names *names);

/* The token of a person's identifier KIND; RC_MALFORMED unless the policy knows it, N
 * values fit it and have a normal form. */
MUST rc subject_token(const struct broker *b, const char *kind, size_t n,
    char *const *values, uint8_t ret[TOKEN_BYTES]);

/* Whether WHO is the contact point for CONVENANT (NULL: for any); else NULL. */
const struct subject_info *subject_contact(
    const struct policy *p, const struct seat_id *who, const char *convenant);

/* Requests whose time is over end. */
MUST rc subject_end_over(struct broker *b);

/* --- subject_hit.c ---------------------------------------------------------------- */

struct policies { /* of the past, each compiled once; zero-initialise */
	size_t         n;
	struct hash    hash[4];
	struct policy *at[4]; /* owned */
};

void policies_wipe(struct policies *p);

/* Fill HIT from ruling leaf INDEX for person RECORD of its signal; *RET_IS is false where
 * it is no release, outside FROM_MS .. TO_MS (0: no end), or was erased. */
MUST rc subject_hit(struct broker *b, struct policies *p, const struct subject_row *row,
    uint64_t index, const struct inquiry *q, Sluis__SubjectHit *hit, bool *ret_is);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * pseudonym.h - what a recipient gets instead of an identifier.
 *
 * A pseudonym belongs to a domain: one recipient, convenant, purpose, kind of identifier
 * and key epoch.  Inside it one person has one pseudonym; across domains pseudonyms
 * cannot be joined.
 *
 *	domain   = TLV("psn-domain/1", recipient OIN, convenant, period, purpose,
 *	           kind, epoch)
 *	key, kid = HKDF-Expand-SHA256(root, domain, 34 bytes)
 *	input    = as in identity.h
 *	P        = "psn1." kid(4 hex) "."
 *	           base32(first 20 bytes of HMAC-SHA256(key, input))
 *
 * `period` is the empty text in every signal, and no case stands in a domain.  What a
 * pseudonym is for is that a recipient sees that two signals are about one person before
 * there is a case, and again when there is one.  The price is that it sees that of two
 * cases under one convenant and purpose, too.  The border in time is the key epoch, which
 * has an overlap (rotate.h); who wants less to be linked rotates more often.  The element
 * stays, so that a domain may become narrower without another form.
 *
 * A token is for the broker alone: the same identifier has the same one whoever sent it
 * under which convenant, so that it can see that others know somebody too (link.h).  It
 * has a key of its own, which no domain of a pseudonym can have:
 *
 *	key      = HKDF-Expand-SHA256(root, TLV("link-domain/1", kind, epoch), 32 bytes)
 *	token    = HMAC-SHA256(key, input)
 *
 * The output has constant length and tells nothing of its input; who holds the
 * root of an epoch can walk all BSNs in a minute, so the keeper has it (keeper/keeper.h)
 * and evaluates the HMACs: here are encodings.
 * A blinded construction (RFC 9497) can take this place: input is a normalised
 * identifier in a domain, output a pseudonym, and no caller knows the key.
 *
 * Threads: one, that of the line to the keeper.
 */
#ifndef SLUIS_BROKER_DECISION_PSEUDONYM_H
#define SLUIS_BROKER_DECISION_PSEUDONYM_H

#include "broker/decision/identity.h"

struct pseudonymiser; /* borrows the line, and what was asked for ahead until it is there
                       */

enum { PSEUDONYM_CHARS = 5 + 4 + 1 + 32 }; /* psn1.abcd.<32 base32 characters> */

/* For the epoch at place EPOCH of the line's facts. */
MUST rc pseudonymiser_new(
    struct pseudonymiser **ret, struct keeper_line *line, uint8_t epoch);

/* For the epoch that ends; *RET stays NULL when none does. */
MUST rc pseudonymiser_of_overlap(struct pseudonymiser **ret, struct keeper_line *line);

/* Of which tokens are those of persons (knowing/subject.h); it makes no pseudonyms. */
MUST rc pseudonymiser_of_subjects(struct pseudonymiser **ret, struct keeper_line *line);

void pseudonymiser_destroy(struct pseudonymiser **pp);

struct pseudonym_domain { /* borrowed */
	const char *recipient_oin, *convenant, *period, *purpose;
};

/*
 * The pseudonym of the identifier KIND whose parts have the raw VALUES (one for each
 * part of KIND, in its order) in DOMAIN.  RC_INVALID_SIGNAL when a value has no normal
 * form; RC_CRYPTO: no keeper.  A round trip unless it was fetched or made before.
 */
MUST rc pseudonym_make(const struct pseudonymiser *p,
    const struct pseudonym_domain *domain, const struct identifier_info *kind,
    const struct slice *values, char ret[PSEUDONYM_CHARS + 1]);

enum { TOKEN_BYTES = 32 };

/* The token of the same; it never leaves the broker.  RC_INVALID_SIGNAL. */
MUST rc pseudonym_token(const struct pseudonymiser *p, const struct identifier_info *kind,
    const struct slice *values, uint8_t ret[TOKEN_BYTES]);

/* --- of the identifiers of a signal (identity.h) ----------------------------------- */

/* The same of OF, which is one of ALL; what was wanted and fetched is no round trip. */
MUST rc pseudonym_of(const struct pseudonymiser *p, const struct pseudonym_domain *domain,
    const struct identity *of, char ret[PSEUDONYM_CHARS + 1]);
MUST rc pseudonym_token_of(
    const struct pseudonymiser *p, const struct identity *of, uint8_t ret[TOKEN_BYTES]);

/* Its token among those of persons, on P's line whatever its epoch is. */
MUST rc pseudonym_subject_of(
    const struct pseudonymiser *p, const struct identity *of, uint8_t ret[TOKEN_BYTES]);

/* Note that those will be asked for; what has no normal form is not noted.  RC_NOMEM. */
MUST rc pseudonym_want(struct pseudonymiser *p, const struct pseudonym_domain *domain,
    struct identities *all, struct identity *of);
MUST rc pseudonym_want_token(
    struct pseudonymiser *p, struct identities *all, struct identity *of);
MUST rc pseudonym_want_subject(
    struct pseudonymiser *p, struct identities *all, struct identity *of);

/* Ask the keeper for all that P and its line's other pseudonymiser OTHER (may be NULL)
 * have noted, in one round trip each.  What was noted is borrowed until then: whoever
 * notes something calls this, also when noting failed half-way. */
MUST rc pseudonym_fetch(struct pseudonymiser *p, struct pseudonymiser *other);

#endif

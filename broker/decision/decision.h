/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * decision.h - everything about one signal and one recipient, decided and encoded.
 *
 * From (policy, question, signal) to what will be written: the leaf, its detail, and
 * the copy if the recipient is served.  Nothing is stored here and nothing is sent, so
 * that many recipients can be decided at the same time and a submission is written
 * whole or not at all.
 *
 * Pure but for randomness (salts, ids) and the keeper, which is asked for pseudonyms that
 * were not fetched before (pseudonym.h).
 */
#ifndef SLUIS_BROKER_DECISION_DECISION_H
#define SLUIS_BROKER_DECISION_DECISION_H

#include "broker/decision/redact.h"
#include "proto/disclosed.h"
#include "proto/pbjson.h"
#include "proto/receipt.h"
#include "wire.pb-c.h"

struct decision {
	struct ruling  ruling;
	const char    *recipient_oin; /* borrowed from the submission */
	const char    *desk;          /* the desk it goes to */
	unsigned       layer;         /* of the signal */
	const uint8_t *replaces; /* ID_BYTES, borrowed: the recipient's delivery that this
	                            corrects; NULL: none */
	size_t             index; /* which recipient of the submission */
	struct ruled       ruled; /* what the ruling says of records, as it was asked */
	struct cut         cut;   /* if served */
	struct slice       copy;  /* if served: the padded, serialised Copy */
	uint8_t            salt[NONCE_BYTES];
	struct hash        copy_digest;
	struct slice       detail;             /* the serialised Detail */
	struct rule_groups released, withheld; /* once encoded; with their articles */
	struct slice outcome; /* the serialised Outcome for the sender, without receipt */
	Sluis__Leaf  leaf; /* borrows from all the above, the policy and the submission */
	char        *obligations[RULING_OBLIGATIONS_MAX];
};

struct submission { /* what all decisions of one signal share; borrowed */
	const struct policy        *policy;
	const struct pseudonymiser *pseudonymiser;
	const struct pseudonymiser *former; /* of the epoch that ends; else NULL */
	const Sluis__Submit        *submit;
	const struct contents      *contents;   /* of the signal */
	struct identities          *identities; /* of the signal; NULL: none */
	struct scratch             *mem; /* holds what comes of it: outlives decisions */
	const struct disclosed     *disclosed; /* what the sender signed; NULL: nothing */
	factset                     facts;     /* facts_of_signal() */
	const Sluis__Handling      *handling;  /* of the signal; NULL: none */
	struct slice                records; /* of weighed_records(), for every detail */
	const struct hash          *binding; /* id of the key binding that signed */
	uint64_t                    now_ms;
};

/* RC_MALFORMED with the place in *W unless each is called by what has the form of an OIN:
 * no other text of the sender's goes into a leaf or back in an answer. */
MUST rc decision_check_recipients(
    size_t n, Sluis__Recipient *const *recipients, struct where *w);

/* Rule only: fills ret->ruling, recipient_oin and desk. */
void decision_rule(
    const struct submission *s, const Sluis__Recipient *recipient, struct decision *ret);

/* Note with PSEUDONYMS which of them decision_encode() will ask for. */
MUST rc decision_want(const struct submission *s, struct decision *d,
    struct pseudonymiser *pseudonyms, struct pseudonymiser *former);

/* Redact and encode what decision_rule() served; leaf and detail also for those not
 * served.  RC_LEAF_TOO_LARGE if the signal has more fields than one leaf can name. */
MUST rc decision_encode(const struct submission *s, struct decision *d);

/* Whether D's recipient is the party that sent the signal itself: it gets no pseudonyms
 * of what it named (redact.h). */
bool decision_is_own(const struct submission *s, const struct decision *d);

/* Make D the decision for one who is entitled, but to nothing that this signal holds: an
 * empty copy would tell only that there is a signal. */
void decision_refuse_nothing(struct decision *d);

/* Make D that of one who is entitled and has no room: it may be sent to again. */
void decision_refuse_full(struct decision *d);

void decision_wipe(struct decision *d);

#endif

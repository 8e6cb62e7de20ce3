/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * submit_inside.h - what submit.c and submit_rule.c share: a submission under way.
 *
 * The first takes the request, begins the work on it and writes what came of it down; the
 * second decides who gets what, and writes nothing.
 */
#ifndef SLUIS_BROKER_SUBMIT_INSIDE_H
#define SLUIS_BROKER_SUBMIT_INSIDE_H

#include "broker/decision/decision.h"
#include "broker/handler.h"
#include "broker/release.h"
#include "broker/route/sharing.h"

struct work { /* one submission under way; it lies in the memory of its request */
	struct submission   shared;
	Sluis__Signal      *signal;
	struct contents    *contents;  /* of it */
	const uint8_t      *signer;    /* KEY_BYTES, the sender's Ed25519 key */
	const struct joint *jointly;   /* signed with others; NULL: by itself */
	struct disclosed   *disclosed; /* what the sender says with it */
	struct sharing     *sharing;   /* the case around it, and what it replaces */
	struct knowing     *knowing; /* whom it names; NULL: layer 2, or not looked at */
	size_t              n;
	struct decision    *decisions;
	bool                ruled;    /* all of them, ahead */
	bool               *encoded;  /* which of them */
	struct released    *released; /* what became of each, once it is written */
};

/* What is left of its decisions; its memory is the request's. */
void work_wipe(struct work *w);

/* Rule for all who are named, as outside a case.  RC_EMPTY_AUDIENCE, RC_TOO_MANY;
 * RC_MALFORMED: one desk is there twice. */
MUST rc work_rule_all(struct work *w);

/* Rule for all, as the case around it (W->sharing) has it; what was ruled ahead stands
 * where that says nothing.  Q is denied with the rule where the signal as a whole is. */
MUST rc work_decide(struct work *w, struct request *q);

/* Who has no room is not served now, and does not keep the others from being served;
 * RC_QUEUE_FULL when that leaves nobody. */
MUST rc work_have_room(const struct broker *b, struct work *w);

/* Check that the sender said all of it, and to whom; also to those who are not served.
 * RC_BAD_DISCLOSURE, with the place in *WHERE. */
MUST rc work_check_said(struct work *w, struct where *where);

/* Note with P and FORMER what those that are not encoded ask of the keeper, and what the
 * tokens of the signal do. */
MUST rc work_want(struct work *w, struct pseudonymiser *p, struct pseudonymiser *former);

/* Encode the decision on recipient I, after pseudonym_fetch(), unless it is. */
MUST rc work_encode_one(struct work *w, size_t i);

/* Encode what was not encoded ahead: one question to the keeper for all of it. */
MUST rc work_encode(struct broker *b, struct work *w);

#endif

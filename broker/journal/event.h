/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * event.h - leaves that say something happened, other than a ruling.
 *
 * Refusals, acknowledgements, enrolments, revocations, policy and list changes, openings
 * and auditor reads.  A ruling's leaf is made in decision/encode.c.
 */
#ifndef SLUIS_BROKER_JOURNAL_EVENT_H
#define SLUIS_BROKER_JOURNAL_EVENT_H

#include "broker/broker.h"

struct event { /* borrowed during the call; what is NULL or false is left out */
	Sluis__EventKind kind;
	const char      *sender_oin, *sender_desk;
	const char      *recipient_oin, *recipient_desk;
	rc               code;      /* RC_OK: none */
	const char      *rule;      /* rule id */
	bool             in_force;  /* name the policy bundle in force, if there is one */
	const struct hash *subject; /* binding, bundle or list the event is about */
	const struct hash *binding; /* the key binding that signed */
	bool               has_refers_to;
	uint64_t           refers_to; /* leaf index */
	uint64_t           count;     /* 0: none */
	const char        *convenant, *phase, *purpose;
	const struct hash *copy_digest; /* of what stands in the outbox behind it */
	struct slice       detail;      /* a serialised Detail; empty: none */
};

struct denial { /* why something was denied, in words of the policy; owned */
	char *rule, *article, *change;
};

void denial_wipe(struct denial *d);

/* What every detail begins with: a new SALT, the case (NULL: in none) and the layer.
 * DETAIL borrows both. */
void detail_begin(Sluis__Detail *detail, uint8_t salt[NONCE_BYTES],
    const uint8_t *case_id, unsigned layer);

/* Append it to the journal inside the open transaction. */
MUST rc event_append(struct broker *b, const struct event *e, uint64_t *ret_index);

/* The refusal of something that member M did, because of WHY (NULL: by no rule).  The
 * leaf names the rule, its detail the rest.  *RET_INDEX is set and *RET_NOTED true,
 * unless M has used up its allowance of refusals: then it is
 * counted (tally.h). */
MUST rc event_refusal(struct broker *b, struct member *m, rc code,
    const struct denial *why, bool *ret_noted, uint64_t *ret_index);

/* That auditor ME read COUNT entries from FROM on. */
MUST rc event_audit_read(
    struct broker *b, const struct binding *me, uint64_t from, uint64_t count);

#endif

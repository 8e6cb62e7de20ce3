/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * sharing.h - a submission inside a case, and one that replaces an earlier one.
 *
 * Inside a case a signal goes under what the case's state has in force, from who sits
 * there (or was asked for it as a source), and the policy knows of every recipient
 * whether it takes part.  A signal without a case costs nothing here.
 *
 *	sharing_begin()   before anything is ruled
 *	sharing_facts()   for each recipient, beside the facts of the signal
 *	sharing_end()     after all leaves and copies
 *
 * Threads: the broker loop only.
 */
#ifndef SLUIS_BROKER_ROUTE_SHARING_H
#define SLUIS_BROKER_ROUTE_SHARING_H

#include "broker/owed/earlier.h"
#include "broker/release.h"

struct knowing;

struct replaced { /* a copy that a correction takes the place of */
	struct seat_id who;
	uint8_t        delivery[ID_BYTES];
};

struct sharing {
	struct act           act;
	const Sluis__Submit *submit;
	unsigned             layer;
	size_t               n_seats, n_replaced;
	struct case_seat    *seats;    /* in the memory of the request, as the next */
	struct replaced     *replaced; /* room for RECIPIENTS_MAX */
};

/* Fill S for SUBMIT, a message of Q, whose signal is of LAYER.  RC_MALFORMED,
 * RC_NOT_FOUND (case, corrected submission), RC_CASE_CLOSED, RC_NOT_IN_STATE,
 * RC_NO_PARTICIPANT. */
MUST rc sharing_begin(struct sharing *s, struct broker *b, struct request *q,
    struct reply *r, const Sluis__Submit *submit, unsigned layer);

/* The case facts for RECIPIENT: 0 outside a case. */
MUST rc sharing_facts(
    const struct sharing *s, const Sluis__Recipient *recipient, factset *ret);

/* ID_BYTES: the delivery of (OIN, DESK) that this submission replaces, NULL if none. */
const uint8_t *sharing_replaced(
    const struct sharing *s, const char *oin, const char *desk);

/* It is written: TO has N recipients.  Brings it into the case and tells the rest; KNOWN
 * is what SIGNAL names (knowing.h), NULL at layer 2. */
MUST rc sharing_end(struct sharing *s, const Sluis__Signal *signal,
    const struct knowing *known, size_t n, const struct released *to);

#endif

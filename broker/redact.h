/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * redact.h - the only code that turns a full signal into a shareable one.
 *
 * For one recipient the serialised signal is unpacked afresh, walked by its
 * descriptors, and stripped in place: nothing is ever copied from a full message
 * into an outgoing one.  What a ruling does not release is wiped and removed:
 *
 *	release       the value stays
 *	pseudonymise  removed; the broker states one pseudonym per identifier of a record;
 *	              to the sender's own party nothing, or it could try names on itself
 *	              until one has the pseudonym that somebody else's signal brought it
 *	generalise    removed; the broker states a coarser value
 *	withhold      removed; no trace: a message or record with nothing left goes too
 *	unknown       fields that this build does not know are removed at every depth
 *
 * So the outgoing signal is a subset of what the sender sent, and everything else
 * is marked as the broker's own statement.  Order of records stays; positions are
 * those of the outgoing signal, so a removed record leaves no gap.
 *
 * Pure: no clock, no socket, no disk; the pseudonymiser holds the key.
 */
#ifndef SLUIS_BROKER_REDACT_H
#define SLUIS_BROKER_REDACT_H

#include "broker/grounds.h"
#include "broker/pseudonym.h"
#include "proto/disclosure.h"

struct statement {
	char   *path;   /* "persons[0].bsn", position in the outgoing signal; owned */
	uint8_t action; /* ACTION_PSEUDONYMISE or ACTION_GENERALISE */
	const char
	    *kind; /* identifier or way of generalising; borrowed from policy or static */
	struct buf value; /* owned, wiped */
};

struct cut {                      /* what one recipient gets of one signal */
	struct buf        signal; /* serialised Signal */
	size_t            n_statements;
	struct statement *statements; /* owned, in the order of the outgoing signal */
	struct grounds    grounds;    /* every field that was present */
	Sluis__Evidence  *evidence;   /* without disclosure and signature; owned */
};

void cut_wipe(struct cut *c);

struct redaction {                          /* borrowed */
	const struct ruling        *ruling; /* code RC_OK */
	const struct pseudonymiser *pseudonymiser;
	struct pseudonym_domain     domain;
	int32_t                     today;
	bool           own;  /* the recipient is a desk of the sender's own party */
	const uint8_t *seed; /* KEY_BYTES, of this recipient's disclosure tree; NULL:
	                        the sender signed none */
	const struct short_hash *root; /* that the sender signed, with a seed */
};

/* Redact WIRE (a serialised Signal that passed signal_check()) into *RET, which is
 * empty on failure. */
MUST rc redact_signal(const struct redaction *r, struct slice wire, struct cut *ret);

#endif

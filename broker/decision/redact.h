/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * redact.h - the only code that turns a full signal into a shareable one.
 *
 * For one recipient every field that a signal holds (proto/contents.h) gets its fate, and
 * what is left (proto/remains.h) is put together from the bytes that were listed: nothing
 * is ever put into an outgoing message.  The list is made once for all recipients.
 *
 *	release       the value stays
 *	pseudonymise  removed; the broker states one pseudonym per identifier of a record,
 *	              in an overlap of key epochs that of the ending one after it;
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
 * Pure: no clock, no socket, no disk; the keeper is asked for pseudonyms that were not
 * fetched before (pseudonym.h).
 */
#ifndef SLUIS_BROKER_DECISION_REDACT_H
#define SLUIS_BROKER_DECISION_REDACT_H

#include "broker/decision/grounds.h"
#include "broker/decision/pseudonym.h"
#include "proto/disclosure.h"
#include "proto/scratch.h"

struct statement {
	const char *path;   /* "persons[0].bsn", position in the outgoing signal */
	uint8_t     action; /* ACTION_PSEUDONYMISE or ACTION_GENERALISE */
	const char
	    *kind; /* identifier or way of generalising; borrowed from policy or static */
	struct slice value;
	bool         former; /* a pseudonym of the epoch that ends */
};

struct cut {                      /* what one recipient gets of one signal */
	struct slice      signal; /* serialised Signal, in MEM as the statements are */
	size_t            n_statements;
	struct statement *statements; /* in the order of the outgoing signal */
	struct grounds    grounds;    /* every field that was present */
	Sluis__Evidence  *evidence;   /* without disclosure, signature and path; in MEM */
};

void cut_wipe(struct cut *c);

/* What a ruling says of the records of a signal: most are ruled alike, and asked for
 * twice. */
struct ruled {
	size_t n;
	struct {
		factset      facts;
		struct cell *cells;
	} at[8];
};

struct redaction {                          /* borrowed */
	const struct ruling        *ruling; /* code RC_OK */
	const struct pseudonymiser *pseudonymiser;
	const struct pseudonymiser *former;     /* in an overlap of epochs; else NULL */
	struct identities          *identities; /* of the same signal; NULL: none yet */
	struct pseudonym_domain     domain;
	int32_t                     today;
	bool own; /* the recipient is a desk of the sender's own party */
	const struct disclosure *tree; /* of the same contents, for this recipient; NULL:
	                                  nothing was signed */
	struct scratch *mem;           /* holds what comes of it */
	struct ruled   *ruled;         /* empty at first, in MEM */
};

/* Note with PSEUDONYMS and FORMER (pseudonym_want(); the second may be NULL) which of
 * R's identities that would ask for. */
MUST rc redact_want(const struct redaction *r, const struct contents *contents,
    struct pseudonymiser *pseudonyms, struct pseudonymiser *former);

/* Redact CONTENTS of a signal which passed signal_check() into *RET, which is empty on
 * failure. */
MUST rc redact_signal(
    const struct redaction *r, const struct contents *contents, struct cut *ret);

#endif

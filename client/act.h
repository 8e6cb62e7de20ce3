/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * act.h - the requests about cases and earlier releases, by the names people give them.
 *
 *	body as JSON -> head filled in -> signed -> kept -> asked -> every receipt checked
 *	-> the answer kept -> described
 *
 * What they have in common stands in the table of act.c: the payload type, the message,
 * and the kind of entry that the act leaves in the journal.  A request that only reads is
 * not kept and has no receipt.
 */
#ifndef SLUIS_CLIENT_ACT_H
#define SLUIS_CLIENT_ACT_H

#include "client/request.h"

struct act_kind {
	const char                       *name; /* "case-open" */
	const char                       *type; /* payload type */
	const ProtobufCMessageDescriptor *desc;
	Sluis__EventKind                  leaf;  /* of its entry */
	bool                              reads; /* changes nothing */
	bool quiet; /* may leave no entry: there was nothing to tell */
	bool bare;  /* its entry has no detail */
};

/* The act called NAME, or with this payload TYPE; NULL if there is none. */
const struct act_kind *act_named(const char *name);
const struct act_kind *act_of_type(struct slice type);

/* The N-th act; NULL past the end. */
const struct act_kind *act_at(size_t n);

/* Does the request M of KIND change anything? */
bool act_changes(const struct act_kind *kind, const ProtobufCMessage *m);

struct act_asked { /* borrowed */
	const struct act_kind  *kind;
	const ProtobufCMessage *m;
	const uint8_t          *trace_id; /* ID_BYTES */
	uint64_t                created_ms;
};

/*
 * The receipts of ANSWER to the act WHAT.  The first entry is of the kind that this act
 * leaves, ours, and names this request and its case; one of a kind without a detail is at
 * least no older than the request.  What else the act left is about us too.  A refusal
 * may carry its entry.  RC_OK, or an INTEGRITY code in C's error.
 */
MUST rc check_act(
    const struct checker *c, const struct act_asked *what, const Sluis__Answer *answer);

/* Ask the signed R, which is M of KIND; check, keep and describe the answer. */
MUST rc act_ask(struct sluis *s, const struct act_kind *kind, const ProtobufCMessage *m,
    const struct request *r, unsigned timeout_ms, struct sluis_result **ret);

#endif

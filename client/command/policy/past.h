/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * past.h - one entry of an exported journal as a decision that a policy can be asked
 * again (policy/study/rerule.h; sluis policy diff --journal, sluis policy explain).
 *
 * The leaf says who decided what for whom; its detail, which must fit it, says what was
 * withheld and what was weighed: facts, fields per person, refusals, region.  An entry
 * from before that was kept, or read without its detail, has a decision that is not
 * `weighed`.
 *
 * Owns what it read.
 */
#ifndef SLUIS_CLIENT_COMMAND_POLICY_PAST_H
#define SLUIS_CLIENT_COMMAND_POLICY_PAST_H

#include "client/error.h"
#include "journal.pb-c.h"
#include "policy/study/rerule.h"
#include "proto/merkle.h"

enum past_kind {
	PAST_OTHER,    /* no decision of the policy: an enrolment, an acknowledgement */
	PAST_DECISION, /* one recipient, served or not */
	PAST_REFUSAL, /* a message refused as a whole: convenant and recipients unknown */
	PAST_UNTOLD,  /* a decision about a desk that the recipient did not have */
};

struct past {
	uint64_t               index;
	enum past_kind         kind;
	Sluis__Leaf           *leaf;    /* owned */
	Sluis__Detail         *detail;  /* owned; NULL without */
	struct hash            bundle;  /* of the policy it was decided by */
	struct decided         decided; /* for PAST_DECISION; borrows from this */
	struct decided_record *records; /* owned */
	struct decided_group  *groups;  /* owned */
	struct fieldset        held_back;
};

/* Entry INDEX from the bytes of its LEAF and DETAIL (n 0: none).  RC_BAD_TREE,
 * RC_BAD_DIGEST; a fact or path that this build does not know makes the decision not
 * `weighed`.  *RET is to be wiped in any case. */
MUST rc past_read(
    uint64_t index, struct slice leaf, struct slice detail, struct past *ret);

void past_wipe(struct past *p);

/* Called for each entry of an export in order; what it returns stops the walk unless
 * RC_OK. */
typedef rc (*past_visit)(void *arg, const struct past *p);

/* Walk the export in DIR, whose head is taken as it stands: verify it first (tiles.h).
 * RC_NOT_FOUND, RC_BAD_TREE, RC_BAD_DIGEST with the file in *E. */
MUST rc past_walk(const char *dir, past_visit visit, void *arg, struct sluis_error *e);

#endif

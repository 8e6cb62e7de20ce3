/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * nearest.h - the smallest change that would alter an outcome: "with this person's
 * consent", "from phase 2 on", "if the IND supplied it".
 *
 * Searched, not guessed: every way to change one thing, then two, then three, is put to
 * the same tables that rule.  Of equally small changes the one that people can most
 * likely bring about comes first: consent and grounds before phase and purpose, these
 * before another sender or who the person is.
 *
 * Pure.  Allocates nothing.
 */
#ifndef SLUIS_POLICY_NEAREST_H
#define SLUIS_POLICY_NEAREST_H

#include "policy/policy.h"

enum step_kind {
	STEP_FACTS,     /* another value of one dimension of facts */
	STEP_PHASE,     /* another phase */
	STEP_PURPOSE,   /* another purpose */
	STEP_AUDIENCE,  /* the recipient signs or declares, the convenant is renewed */
	STEP_RECIPIENT, /* another desk of the recipient */
	STEP_SENDER,    /* another supplier */
};

struct step { /* borrowed from the policy */
	enum step_kind kind;
	const char    *dimension; /* STEP_FACTS: "age", "consent_care", ... (space.h) */
	unsigned       value;     /* ... and the number of its new value ... */
	factset        facts;     /* ... which is these facts; 0: none of them */
	const char    *id;        /* the new phase, purpose, or role */
	const char    *desk;      /* STEP_RECIPIENT, STEP_SENDER; NULL: any other desk */
	enum audience  from, to;  /* STEP_AUDIENCE */
};

enum { STEPS_MAX = 3 };

struct change {
	size_t      n; /* 1 to STEPS_MAX */
	struct step steps[STEPS_MAX];
	rc          code;    /* after it: RC_OK, or still stopped as a whole */
	struct cell becomes; /* what the field is then */
};

/*
 * The fewest steps after which FIELD (schema index) is more open (WIDER), or less open,
 * than R has it for a record with RECORD facts.  False if STEPS_MAX steps do not alter it
 * that way, or if R did not get as far as the recipient's seat.  What the supplier holds
 * back does not count.
 */
bool nearest_change(const struct ruling *r, factset record, unsigned field, bool wider,
    struct change *ret);

#endif

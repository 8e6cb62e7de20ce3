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
 * Pure.  Allocates nothing.  Only for policy/ and those who show it.
 */
#ifndef SLUIS_POLICY_NEAREST_H
#define SLUIS_POLICY_NEAREST_H

#include "policy/space.h"

enum step_kind {
	STEP_FACTS,     /* dimension, from, to: values of it */
	STEP_PHASE,     /* numbers in convenant->info.phases */
	STEP_PURPOSE,   /* numbers in convenant->info.purposes */
	STEP_AUDIENCE,  /* enum audience: the recipient signs, the convenant is renewed */
	STEP_RECIPIENT, /* numbers in convenant->seats, of one role */
	STEP_SENDER,    /* numbers in convenant->askers */
};

struct step {
	enum step_kind          kind;
	const struct dimension *dimension; /* STEP_FACTS */
	unsigned                from, to;
};

enum { STEPS_MAX = 3 };

struct change {
	size_t         n; /* 1 to STEPS_MAX */
	struct step    steps[STEPS_MAX];
	struct place   place; /* after the change */
	factset        facts;
	struct outcome becomes;
};

/*
 * The fewest steps from AT and FACTS after which FIELD is more open (WIDER), or less
 * open.  False if STEPS_MAX steps do not alter it that way.
 */
bool nearest_change(const struct place *at, unsigned field, factset facts, bool wider,
    struct change *ret);

/* The place at which Q is asked; false where Q names what does not exist, where the
 * recipient has no seat, or the sender may not send. */
bool place_of_roles(
    const struct policy *p, const struct role_question *q, struct place *ret);

#endif

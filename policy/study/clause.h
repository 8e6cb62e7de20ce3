/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * clause.h - one cell of the policy as sentences: who decides when, in order.
 *
 * What happens to a field is decided by the first rule that holds (policy/model.h).
 * The same list, with everything taken out that changes no outcome, is what a person
 * can read: "withheld for a minor, else released, only from the IND".
 *
 * Nothing is guessed: every sender, purpose and combination of the facts that the list
 * mentions (policy/study/space.h) is gone through, and a clause or condition is dropped
 * only if every outcome stays as it was - the action, the kind of generalising, and for
 * what is given also the rule.  Which of two bars withholds is not kept; that something
 * is withheld is.
 *
 * Pure.
 */
#ifndef SLUIS_POLICY_CLAUSE_H
#define SLUIS_POLICY_CLAUSE_H

#include "policy/policy.h"

enum { CLAUSES_MAX = 64 }; /* clauses of one cell; more are not made simpler */

struct clause {
	uint8_t  action;     /* Sluis__Action */
	uint8_t  generalise; /* enum generalise */
	uint16_t rule;
	uint16_t purposes; /* bit: purpose of the convenant */
	uint64_t senders;  /* bit: sender of the scope */
	factset  when, when_any, unless;
};

struct scope {             /* what may vary */
	uint64_t senders;  /* bit: sender */
	uint16_t purposes; /* bit: purpose */
	bool     person;   /* fields of a person: record facts may hold */
	factset  known;    /* facts that are settled ... */
	factset  facts;    /* ... and which of them hold */
};

struct spot { /* one point of a scope */
	unsigned sender, purpose;
	factset  facts;
};

/* The first of the N clauses that holds at SPOT; NULL: silence. */
const struct clause *clause_at(const struct clause *list, size_t n, struct spot spot);

/*
 * Simplify the *N clauses of LIST inside SCOPE, in place.  What is left has the same
 * outcome at every spot.  A list that gives nothing anywhere keeps one clause, the bar
 * that says so, unless silence is among the reasons; then it keeps none.  RC_NOMEM.
 */
MUST rc clauses_simplify(struct clause *list, size_t *n, const struct scope *scope);

/* Whether nothing is ever given. */
bool clauses_give_nothing(const struct clause *list, size_t n);

#endif

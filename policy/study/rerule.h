/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * rerule.h - a past decision, put to a policy again, or to another one.
 *
 * Where the journal tells what was weighed, the answer is exact.  Where it does not (an
 * entry from before, or without its detail) the facts that fit what came out are gone
 * through: a change under all of them is certain, under some of them possible.
 *
 * Pure.  Allocates nothing.
 */
#ifndef SLUIS_POLICY_RERULE_H
#define SLUIS_POLICY_RERULE_H

#include "policy/study/diff.h"

struct decided_record { /* one person, or all the rest */
	factset         facts;
	struct fieldset fields; /* that held a value */
};

struct decided_group {          /* fields that got one action by one rule */
	uint8_t         action; /* Sluis__Action */
	const char     *rule;   /* NULL: silence */
	struct fieldset fields;
};

struct decided {                   /* a past decision; everything borrowed */
	struct question question;  /* message facts and refusals only where weighed */
	bool            own;       /* sender and recipient are one party: no pseudonyms */
	bool            weighed;   /* message facts, refusals and records are known */
	size_t          n_records; /* persons; the last is all the rest */
	const struct decided_record *records;
	rc                           code;    /* RC_OK: served; else why not */
	const char                  *rule;    /* behind a denial; NULL: none */
	bool                        complete; /* the groups tell what was withheld, too */
	size_t                      n_groups;
	const struct decided_group *groups;
};

struct rerule {
	rc              code[2];         /* under the old policy, and the new */
	const char     *rule[2];         /* behind a denial, or NULL */
	struct fieldset wider, narrower; /* for sure; a field may be in both */
	struct fieldset maybe_wider, maybe_narrower; /* depends on what is not known */
	bool            maybe_served; /* the new policy may serve whom the old did not */
	size_t          n_lost, n_gained; /* obligations */
	const char     *lost[RULING_OBLIGATIONS_MAX], *gained[RULING_OBLIGATIONS_MAX];
};

/* How D comes out under OLD and under NEW. */
void rerule(const struct decided *d, const struct policy *old, const struct policy *new,
    struct rerule *ret);

/* For sure, or perhaps. */
bool rerule_differs(const struct rerule *r);
bool rerule_may_differ(const struct rerule *r);

/* Whether NEW still has the bar of OLD called RULE, with the same conditions: for a
 * message that was refused as a whole, of which the journal keeps nothing else. */
bool rerule_bar_stays(
    const struct policy *old, const struct policy *new, const char *rule);

/* Whether P gives what D says came out: then all of it can be computed again.  Where D is
 * not weighed: whether some facts give it. */
bool rerule_holds(const struct decided *d, const struct policy *p);

#endif

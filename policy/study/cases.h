/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cases.h - what a policy has to answer, said beside it: NAME.cases.yaml.
 *
 *	cases:
 *	  - id: residence-from-ind        # unique over all files
 *	    covers: [E3.1.residence, 8A.2]
 *	    says: Verblijfsstatus komt alleen van de IND.
 *	    facts: {...}                  # scenario.h
 *	    expect:
 *	      release: [residence_status]   # categories or fields
 *	      withhold: [health]            # and pseudonymise, generalise
 *	      nothing_else: true            # all other fields are withheld
 *	      rule: {health: riec-health}   # what decides; none: silence
 *	      obligations: [retain]
 *	      obligations_absent: [tax]
 *	  - ...
 *	    expect: {code: cie_information_refused, rule: riec-cie}
 *	end: riec.cases
 *
 * An expectation is about every field of a category that the facts can hold: fields of
 * persons if they name a person.  What is not mentioned is not looked at, and covers
 * nothing; `nothing_else` looks, but covers nothing either.
 *
 * Pure.
 */
#ifndef SLUIS_POLICY_CASES_H
#define SLUIS_POLICY_CASES_H

#include "policy/study/coverage.h"
#include "policy/study/scenario.h"

enum { CASES_MAX = 5000, CASE_ID_MAX = 48 };

enum expected_kind {
	EXPECTED_ACTION,  /* what happens to fields */
	EXPECTED_NOTHING, /* to fields that are not mentioned: withheld, by whatever */
	EXPECTED_RULE,    /* which rule decides them */
	EXPECTED_OBLIGATION,
	EXPECTED_NO_OBLIGATION,
};

struct expected {
	enum expected_kind kind;
	unsigned           line;
	const char        *name;   /* category, field or obligation, as written */
	struct fieldset    fields; /* what the name stands for, and the facts can hold */
	uint8_t            action; /* Sluis__Action */
	uint8_t            generalise; /* GENERALISE_NONE: whichever */
	unsigned           rule;       /* RULE_NONE: silence */
};

struct policy_case {
	const char            *id, *says, *file;
	unsigned               line;
	const char *const     *covers; /* NULL-terminated */
	struct scenario        scenario;
	rc                     code;       /* the refusal that is expected; RC_OK: none */
	bool                   names_rule; /* ... by this rule: */
	unsigned               rule;
	size_t                 n_expected;
	const struct expected *expected;
};

struct cases {
	struct arena        arena; /* owns all of it */
	size_t              n;
	struct policy_case *at; /* in the order of files and lines */
};

/* Read N TEXTS against P.  RC_POLICY with findings, as policy_compile(); wipe C in any
 * case. */
MUST rc cases_read(const struct policy *p, const struct policy_text *texts, size_t n,
    struct cases *c, struct findings *findings);
void    cases_wipe(struct cases *c);

/* Whether some case names REFERENCE in its `covers`. */
bool cases_cover(const struct cases *c, const char *reference);

struct difference { /* borrowed during the call */
	const struct policy_case   *of;
	const struct scenario_side *recipient;
	const struct expected      *expected; /* NULL: a code, or being served at all */
	const struct ruling        *ruling;   /* what came out for this recipient */
	const struct schema_field  *field;    /* of fields: the first that differs */
	struct cell                 cell;     /* what that one came out as */
	size_t                      n_fields; /* how many differ */
};

typedef void (*case_differs)(void *arg, const struct difference *d);

/* Whether every recipient of C comes out as expected; DIFFERS (may be NULL) is told what
 * does not.  What C looks at and holds is marked in COVERAGE (may be NULL). */
bool case_holds(const struct policy *p, const struct policy_case *c,
    struct coverage *coverage, case_differs differs, void *arg);

#endif

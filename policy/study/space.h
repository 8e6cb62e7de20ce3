/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * space.h - every way in which a policy can be asked, and what it then answers.
 *
 * A policy has finitely many: a place (convenant, phase, who asks, for what purpose,
 * who receives and as what) and a set of facts.  Facts come in dimensions, such as the
 * role of the person or its age, of which exactly one value holds; so no combination is
 * visited that cannot be.  Only the dimensions that some rule at the place names make a
 * difference: the others are counted, not walked.
 *
 * What asks here (prove, diff, lint, the nearest change) asks the same compiled rows as
 * a ruling does.
 *
 * Pure.  Allocates nothing.  Only for policy/: it shows the model.
 */
#ifndef SLUIS_POLICY_SPACE_H
#define SLUIS_POLICY_SPACE_H

#include "policy/model.h"

/* --- facts ----------------------------------------------------------------------- */

enum { DIMENSIONS_MAX = 40, VALUES_MAX = 6 };

struct dimension {          /* exactly one of the values holds */
	const char *name;   /* "age" */
	bool        person; /* of one record; else of the message */
	size_t      n;
	factset     values[VALUES_MAX]; /* the facts of each; 0: none of them */
	factset     bits;               /* all facts of the dimension */
};

/* The I-th dimension, NULL past the last. */
const struct dimension *space_dimension(size_t i);

/* FACTS with dimension D set to its value number VALUE. */
factset space_with(factset facts, const struct dimension *d, size_t value);

/* Which value of D holds in FACTS. */
size_t space_value(factset facts, const struct dimension *d);

/* How many combinations of facts there are for a field (of a person, or not). */
uint64_t space_size(bool person);

struct facts_walk {
	factset  facts; /* the present combination */
	uint64_t each;  /* how many full combinations it stands for */
	/* private */
	size_t                  n;
	const struct dimension *at[DIMENSIONS_MAX];
	size_t                  value[DIMENSIONS_MAX];
	bool                    begun;
};

/* Walk the combinations of the dimensions that have a fact in RELEVANT. */
void facts_walk_begin(struct facts_walk *w, factset relevant, bool person);
bool facts_walk_next(struct facts_walk *w); /* false: that was all */

/* --- places ---------------------------------------------------------------------- */

struct site { /* everything that is asked but for the field and the facts */
	const struct policy    *policy;
	const struct convenant *convenant;
	unsigned                phase;
	unsigned                asker;     /* number in convenant->askers */
	unsigned                recipient; /* number in convenant->seats */
	unsigned                purpose;
	enum audience           audience;
};

/* The first place of CONVENANT, and the one after; false when there is none. */
bool place_first(const struct policy *p, const struct convenant *c, struct site *ret);
bool place_next(struct site *at);

const struct row  *place_row(const struct site *at);
const struct seat *place_sender(const struct site *at);
const struct seat *place_recipient(const struct site *at);

/* The place at which R was ruled; false if R did not get as far as a seat. */
bool place_of_ruling(const struct ruling *r, struct site *ret);

/* The facts that follow from the place: signed, declared, expired. */
factset place_facts(const struct site *at);

/* Who asks at this place, as what candidates are tested against. */
struct asker place_asker(const struct site *at);

/* The facts that some rule or bar named at this place for this field can weigh. */
factset place_relevant(const struct site *at, unsigned field);

/* The same without the bars on the whole message. */
factset place_relevant_to_field(const struct site *at, unsigned field);

/* Whether FIELD belongs to a person record. */
bool field_of_person(unsigned field);

/* --- outcomes -------------------------------------------------------------------- */

struct outcome {
	rc          code; /* RC_OK; else a bar stopped the signal or the recipient */
	struct cell cell; /* WITHHOLD, and the bar's rule, where code is not RC_OK */
};

/* What FIELD comes out as at AT when FACTS (message and record facts) hold. */
struct outcome place_outcome(const struct site *at, unsigned field, factset facts);

/* How much an outcome tells: 0 withheld, then pseudonymised, generalised (the coarser
 * the less), released.  Of two kinds on a par neither is more. */
int outcome_openness(const struct outcome *o);

#endif

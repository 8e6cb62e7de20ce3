/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * diff.h - what changes when policy B takes the place of policy A.
 *
 * Convenants are matched by id, phases and purposes by name, senders and recipients by
 * role and desk (a desk that only one of the two seats is compared with what it gets by
 * its role in the other), fields by path.  At each place the answer to every combination
 * of facts that can make a difference is computed from both, so a change that shows under
 * one rare fact only is found, and a rule that was only moved or renamed is no change.
 *
 *	line    places and fields at which the same changed, folded
 *	term    what is no cell: dates, signatures, obligations, approvals, categories
 *	reason  the same outcome for another reason
 *
 * What stops a whole message or recipient counts as withholding every field.
 *
 * Wider means: more is told, or to more, or with fewer duties.  Pure.
 */
#ifndef SLUIS_POLICY_DIFF_H
#define SLUIS_POLICY_DIFF_H

#include "policy/policy.h"

enum way { WAY_OTHER = 0, WAY_WIDER = 1, WAY_NARROWER = 2, WAY_BOTH = 3 }; /* bits */

/* The way from OLD to NEW. */
enum way way_of(int old, int new);

/* --- conditions ------------------------------------------------------------------ */

enum { CONDITION_DIMENSIONS = 40 }; /* as many as space.h has at most */

struct condition {                            /* facts under which something holds */
	uint8_t values[CONDITION_DIMENSIONS]; /* bit: value of the dimension; 0: any */
};

enum { CONDITIONS_MAX = 64 };

struct conditions { /* at least one of them holds */
	uint8_t          n;
	bool             others; /* it holds in more cases than there is room for */
	struct condition at[CONDITIONS_MAX];
};

/* The condition as words: at least one of ANY holds, or, NEGATED, none of them. */
struct literal {
	bool    negated;
	factset any;
};

enum { LITERALS_MAX = 2 * CONDITION_DIMENSIONS };

/* C as literals, all of which hold; none: always. */
size_t condition_literals(const struct condition *c, struct literal out[LITERALS_MAX]);

/* --- changes --------------------------------------------------------------------- */

struct diff_change {
	enum way          way;
	struct cell       old, new; /* rule: a number of the old, of the new policy */
	rc                old_code, new_code; /* of a bar on the whole message, RC_OK */
	struct conditions when;
	bool              old_absent, new_absent; /* nobody can ask it there at all */
	unsigned          number;                 /* in the order of finding */
};

struct diff_seat {
	const char *role; /* neutral id */
	const char *desk; /* NULL: every other desk of the role */
};

struct diff_line { /* every combination of what it lists; borrowed from the diff */
	const char               *convenant;
	size_t                    n_phases, n_purposes, n_senders, n_recipients;
	const char *const        *phases;   /* names */
	const char *const        *purposes; /* names */
	bool                      every_purpose, every_sender, every_recipient;
	const struct diff_seat   *senders, *recipients;
	uint8_t                   audiences;  /* a set of enum audience */
	struct fieldset           fields;     /* none: an obligation that */
	const char               *obligation; /* travels (narrower) or no longer does */
	const struct diff_change *change;
};

enum term {
	TERM_VERSION,
	TERM_CONVENANT, /* is new, is gone */
	TERM_ARTICLE,
	TERM_REGISTRATION,
	TERM_FROM,
	TERM_UNTIL,
	TERM_REGIONS,
	TERM_PHASES,
	TERM_PURPOSES,
	TERM_DELIVER_DAYS,
	TERM_OBLIGATION, /* its text, article or term */
	TERM_APPROVAL,
	TERM_ROLE,
	TERM_PARTY,
	TERM_SIGNATURE,
	TERM_DECLARATION,
	TERM_CATEGORY,
	TERM_IDENTIFYING,
	TERM_IDENTIFIER,
	TERM_INVARIANT,
	TERM_ROUTE,
	TERM_STATE, /* "nijmegen.vermoeden" */
	TERM_STEP,
	TERM_GATE,
	TERM_REVEAL,
	TERM_LINK,
};

struct diff_term {
	enum term   what;
	const char *convenant; /* NULL: of the policy */
	const char *subject;   /* a party, field, obligation, ...; NULL: none */
	const char *old, *new; /* NULL: not there */
	enum way    way;
};

struct diff_reason {
	unsigned old, new; /* rule numbers; RULE_NONE: silence */
};

struct diff_counts { /* of cells: convenant, phase, sender, recipient, field */
	size_t wider, narrower, both;
	size_t compared; /* places: cells with purpose and audience */
};

/* --- comparing ------------------------------------------------------------------- */

struct diff_query { /* NULL: all */
	const char *convenant, *phase;
	const char *from, *to; /* role or alias in either policy, perhaps with /desk */
};

struct diff;

/* Compare; OLD and NEW must outlive *RET.  RC_NOT_FOUND when Q names what neither has,
 * RC_NOMEM. */
MUST rc policy_diff(const struct policy *old, const struct policy *new,
    const struct diff_query *q, struct diff **ret);
void    diff_destroy(struct diff **dp);

size_t                    diff_n_lines(const struct diff *d);
const struct diff_line   *diff_line_at(const struct diff *d, size_t i);
size_t                    diff_n_terms(const struct diff *d);
const struct diff_term   *diff_term_at(const struct diff *d, size_t i);
size_t                    diff_n_reasons(const struct diff *d);
const struct diff_reason *diff_reason_at(const struct diff *d, size_t i);
const struct diff_counts *diff_counts(const struct diff *d);
const struct policy      *diff_old(const struct diff *d);
const struct policy      *diff_new(const struct diff *d);

/* All ways of its lines and terms together; WAY_OTHER: nothing is wider or narrower. */
enum way diff_way(const struct diff *d);

/* Nothing differs, not even a reason. */
bool diff_is_empty(const struct diff *d);

#endif

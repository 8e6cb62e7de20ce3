/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * route.h - routes: the way of a case through its states, as data.
 *
 * A route is a file policy/routes/NAME.yaml (docs/policy.md): states, what each puts in
 * force and asks for, and the steps between them with the desks that may make them.
 * Ruling a step is pure: (policy, route, state, step, who, what has happened) -> may it,
 * and if not, why.
 */
#ifndef SLUIS_POLICY_ROUTE_H
#define SLUIS_POLICY_ROUTE_H

#include "case.pb-c.h"
#include "policy/policy.h"

struct seat_info { /* who may do something: a role, or a desk of it */
	const char *role;
	const char *desk; /* NULL: every desk of the role */
};

/* What a step may need, as facts of the case that the broker establishes.  What a gate
 * found holds in the state where it was judged. */
#define CASE_FACT_LIST(X)                                                            \
	X(CASE_ENRICHED, 0, "enriched", "at least one enrichment was shared")        \
	X(CASE_STRENGTHENED, 1, "strengthened", "the last verdict says so")          \
	X(CASE_NOT_STRENGTHENED, 2, "not_strengthened", "the last verdict says not") \
	X(CASE_ALIGN_ASKED, 3, "align_asked", "somebody was asked")                  \
	X(CASE_ALIGNED, 4, "aligned", "everybody asked has answered yes or no")      \
	X(CASE_SUSPECTED, 5, "suspected", "at least one answered yes")               \
	X(CASE_GATE_CLAIMED, 6, "gate_claimed", "every criterion was explained")     \
	X(CASE_GATE_MET, 7, "gate_met",                                              \
	    "every criterion was judged met by all who judge")                       \
	X(CASE_GATE_FAILED, 8, "gate_failed", "a criterion was judged not met")      \
	X(CASE_FEEDBACK_GIVEN, 9, "feedback_given",                                  \
	    "every contributor had its feedback")                                    \
	X(CASE_ASSIGNED, 10, "assigned", "the step names who gets the task")

#define CASE_FACT_BIT_(symbol, bit, name, meaning) symbol = 1u << (bit),
enum case_fact { CASE_FACT_LIST(CASE_FACT_BIT_) };

struct due_info { /* what a state asks for when a case enters it */
	Sluis__TaskKind         kind;
	size_t                  n_by;
	const struct seat_info *by;       /* n_by 0 and neither of these: `by: asked` */
	bool                    sources;  /* `by: sources` */
	bool                    assigned; /* `by: assigned` */
	uint32_t                days;     /* 0: no term */
	const char             *article;
};

struct state_info {
	const char *id, *title_nl, *title_en;
	const char *convenant, *phase, *purpose; /* NULL: nothing may be shared */
	const char *gate; /* id of the convenant's gate to pass here, or NULL */
	bool        closed;
	size_t      n_dues;
	const struct due_info *dues;
	/* what entering it does */
	const char *const  *recalls; /* NULL-terminated convenants whose releases end */
	Sluis__RecallGround recall_ground;
	bool                shields;   /* closed and to be seen by nobody but for audit */
	uint32_t            keep_days; /* after entering: removed; 0: the route's term */
};

struct step_info {
	const char             *id; /* "nijmegen.versterkt": unique over all routes */
	const char             *title_nl, *title_en;
	const char             *article;
	const char             *change; /* what would have to change, in words */
	const char *const      *from;   /* NULL-terminated state ids */
	const char             *to;
	size_t                  n_by;
	const struct seat_info *by;
	unsigned                needs;   /* enum case_fact bits, all of them */
	unsigned                forbids; /* none of these */
	bool        confirm; /* convenant or phase changes: show and confirm */
	const char *file;
	unsigned    line, column;
};

struct route_info {
	const char             *id, *title_nl, *title_en, *article;
	const char             *begin;   /* state id */
	size_t                  n_opens; /* who may open a case on it */
	const struct seat_info *opens;
	const char *const
	      *own_desks; /* desks of the owner that take part from the start */
	size_t n_admits;  /* who may give seats */
	const struct seat_info *admits;
	uint32_t
	    keep_days; /* after opening; anew after first joint processing, WGS 1.8(7) */
	uint32_t extend_days; /* re-release, Besluit WGS 1.16(2); 0: none */
	size_t   n_states, n_steps;
	const struct state_info *states;
	const struct step_info  *steps;
	const char              *file;
};

size_t                   policy_n_routes(const struct policy *p);
const struct route_info *policy_route_at(const struct policy *p, size_t i);
const struct route_info *policy_route(const struct policy *p, const char *id); /* NULL */

const struct state_info *route_state(const struct route_info *r, const char *id);
const struct step_info  *route_step(const struct route_info *r, const char *id);

/* Whether (ROLE, DESK) is one of N seats AT. */
bool seat_among(size_t n, const struct seat_info *at, const char *role, const char *desk);

/* RC_OK when (ROLE, DESK) may make STEP from STATE with FACTS (enum case_fact bits); else
 * RC_NO_STEP, RC_NOT_YOUR_STEP, RC_STEP_NEEDS (then *RET_MISSING has the facts that are
 * missing, or that may not be, if it is not NULL). */
MUST rc route_may(const struct step_info *step, const char *state, const char *role,
    const char *desk, unsigned facts, unsigned *ret_missing);

const char *case_fact_name(enum case_fact f);
bool        case_fact_from_name(const char *name, enum case_fact *ret);

/* What the history of a case says of it: fold every CaseStep, oldest first. */
enum { CASE_VOICES_MAX = 64 }; /* as many as a case has seats */

enum voice { VOICE_NONE, VOICE_YES, VOICE_NO };

struct case_voice { /* what one desk answered or judged */
	char       oin[OIN_DIGITS + 1], desk[DESK_MAX + 1];
	enum voice said;
};

struct case_facts {     /* zero-initialise */
	unsigned facts; /* but for feedback_given and assigned, which the caller knows */
	size_t
	    judges; /* how many have to judge a gate; 0: one is enough.  Set it first */
	/* private */
	size_t            n_asked, n_judged;
	bool              too_many, claimed;
	struct case_voice asked[CASE_VOICES_MAX], judged[CASE_VOICES_MAX];
};
void case_facts_fold(struct case_facts *f, const Sluis__CaseStep *step);

/* --- gates: criteria a matter has to meet (Besluit WGS 2.16, 2.20)
 * ------------------------ */

struct criterion_info {
	const char *id, *text_nl, *text_en;
};

struct gate_info { /* in a convenant file: `gates:` */
	const char                  *id, *convenant, *article;
	size_t                       n_claims_by, n_judges;
	const struct seat_info      *claims_by, *judges;
	size_t                       n_criteria;
	const struct criterion_info *criteria;
};

const struct gate_info *policy_gate(const struct policy *p, const char *id); /* NULL */

/* --- reveals and links, in a convenant file: `reveals:`, `links:` ----------------------
 */

struct reveal_info {
	const char             *id, *convenant, *article;
	Sluis__RevealWhat       what;
	unsigned                grounds; /* bit: Sluis__RevealGround */
	size_t                  n_by, n_second;
	const struct seat_info *by;     /* who may ask */
	const struct seat_info *second; /* desks of the source of which another one has to
	                                   agree; none: the source alone decides */
	uint32_t days;                  /* to decide, and then to read the answer */
};

/* The reveal of CONVENANT that lets (ROLE, DESK) ask for WHAT on GROUND; NULL: none. */
const struct reveal_info *policy_reveal(const struct policy *p, const char *convenant,
    const char *role, const char *desk, Sluis__RevealWhat what,
    Sluis__RevealGround ground);

struct link_info {
	const char             *id, *convenant, *article;
	const char *const      *kinds; /* NULL-terminated identifier names */
	const char *const      *with; /* NULL-terminated convenants it is compared with */
	size_t                  n_to;
	const struct seat_info *to;       /* who is told */
	bool                    parties;  /* told who they are, not only how many */
	bool                    controls; /* also planned controls (kind address) */
	/* who hears, in the region of a control, how many places are needed when, if it
	 * signed one of these convenants */
	size_t                  n_to_care;
	const struct seat_info *to_care;
	const char *const      *care_under; /* NULL-terminated */
};

size_t                  policy_n_links(const struct policy *p);
const struct link_info *policy_link_at(const struct policy *p, size_t i);

/* --- what a change of convenant or phase changes
 * ----------------------------------------- */

struct place {                                   /* where a case stands */
	const char *convenant, *phase, *purpose; /* convenant NULL: nothing is shared */
};

struct shift { /* borrowed from the policy */
	const char *category;
	factset     record;    /* facts of the record; 0: outside persons */
	uint8_t before, after; /* Sluis__Action, the most open of the category's fields */
	unsigned rule;         /* that decides after; RULE_NONE */
};

enum { SHIFTS_MAX = 512 };

/*
 * What changes for RECIPIENT (oin, desk) when a case goes from BEFORE to AFTER on TODAY,
 * whatever SOURCES (n parties' oin and desk) release: per category, and per kind of
 * person (adult or minor victim, suspect, nobody), the most open action that any source's
 * rule gives.  Only differences; sorted by category.  Returns how many.  Pure.
 */
size_t policy_shifts(const struct policy *p, const struct place *before,
    const struct place *after, size_t n_sources, const char *const (*sources)[2],
    const char *recipient_oin, const char *recipient_desk, int32_t today,
    const char *region, factset message, struct shift out[SHIFTS_MAX]);

#endif

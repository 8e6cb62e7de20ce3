/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * diff_internal.h - the parts of a comparison; only diff*.c include it.
 *
 *	diff.c             the whole, and its lines
 *	diff_match.c       what is compared with what
 *	diff_walk.c        every place of one convenant in both
 *	diff_profile.c     what a list of candidates comes down to at a place
 *	diff_verdict.c     two lists of candidates, compared under all facts
 *	diff_condition.c   under which facts a change shows
 *	diff_fold.c        many places with the same change: one line
 *	diff_terms.c       what is no cell
 *	diff_guards.c      invariants and approvals
 *	diff_parties.c     who takes part, and what they signed
 */
#ifndef SLUIS_POLICY_DIFF_INTERNAL_H
#define SLUIS_POLICY_DIFF_INTERNAL_H

#include "policy/study/diff.h"
#include "policy/study/space.h"

enum {
	DIFF_BYTES      = 1024 * 1024 * 1024,
	DIFF_SEATS_MAX  = 2 * SEATS_MAX,
	DIFF_PHASES_MAX = 2 * PHASES_MAX,
	ELEMENTS_MAX    = 3 * RULES_MAX,
	TRANSITIONS_MAX = 250,
};

/* --- verdicts -------------------------------------------------------------------- */

/* What a list of candidates comes down to at one place: the first element whose facts
 * hold decides.  Equal elements have equal bytes. */
struct element {
	factset  when, when_any, unless;
	uint32_t code;   /* RC_OK, or the code of a bar on the whole message */
	uint16_t rule;   /* in its own policy */
	uint16_t reason; /* the same number for the same rule id in both */
	uint8_t  action, generalise;
	uint8_t  ends[6]; /* zero */
};

/* Actions of elements that tell about an obligation instead of a field. */
enum { OBLIGED = 0x80, FREE = 0x81 };

struct profile {
	size_t         n;
	bool           absent; /* no such place in this policy: all is withheld */
	struct element at[ELEMENTS_MAX];
};

struct verdict { /* owned by the verdicts */
	size_t                     n, n_reasons;
	const struct diff_change **changes;
	struct diff_reason        *reasons;
	enum way                   way;
};

struct verdicts; /* those given, so that nothing is compared twice */

MUST rc verdicts_new(struct verdicts **ret, struct arena *arena);
void    verdicts_destroy(struct verdicts **vp);

/* Compare OLD with NEW for a field of a PERSON or not; *RET is borrowed. */
MUST rc verdict_of(struct verdicts *v, const struct profile *old,
    const struct profile *new, bool person, const struct verdict **ret);

/* Whether the two are one and the same, reasons included. */
bool profile_equal(const struct profile *a, const struct profile *b);

/* --- conditions ------------------------------------------------------------------ */

struct grid_of_facts {          /* a number for every combination of facts */
	struct facts_walk walk; /* its dimensions */
	size_t            n;
	uint8_t          *at; /* transition, TRANSITION_*; owned by the caller */
};

enum { TRANSITION_NONE = 254, TRANSITION_DEAD = 255 };

/* Every combination with number T, as conditions: each the smallest around what those
 * before it leave, widened as far as nothing else comes in.  RC_NOMEM. */
MUST rc conditions_around(
    const struct grid_of_facts *g, uint8_t t, struct conditions *ret);

/* --- folding --------------------------------------------------------------------- */

struct spot { /* one place and what changed there; what lines are made of */
	const struct diff_change *change;
	const char               *obligation;
	struct fieldset           fields;
	uint64_t                  uses; /* bit: purpose * 4 + number of the audience */
	uint64_t                  senders[DIFF_SEATS_MAX / 64];
	uint64_t                  recipients[DIFF_SEATS_MAX / 64];
	uint32_t                  phases;
};

struct spots { /* of one convenant */
	size_t       n, cap;
	struct spot *at; /* owned */
};

/* Room for one more, zeroed; NULL without memory. */
struct spot *spots_add(struct spots *s);
void         spots_wipe(struct spots *s);

/* Fold the spots from FIRST on that differ only in their use. */
void spots_fold_uses(struct spots *s, size_t first);

/* Fold senders, then recipients, then phases, and sort. */
void spots_fold(struct spots *s);

/* --- what is matched ------------------------------------------------------------- */

struct names {
	size_t      n;
	const char *at[DIFF_SEATS_MAX];
};

struct seats {
	size_t           n;
	struct diff_seat at[DIFF_SEATS_MAX];
	unsigned         role[2]
	             [DIFF_SEATS_MAX]; /* its number in either policy, ROLES_MAX: none */
};

struct match { /* one convenant, which one of the two may lack */
	const char             *id;
	const struct policy    *policy[2];
	const struct convenant *c[2];
	struct names            phases, purposes;
	struct seats            askers, recipients;
	bool alike; /* roles, purposes and desks have the same numbers in both */
};

struct place_pair { /* one place in both; numbers of the match */
	const struct match *m;
	const uint16_t     *reason_of_new;
	size_t              phase, asker, recipient, purpose;
	unsigned            audience; /* 1 << this: enum audience */
	const struct row   *row[2];   /* NULL: no rule names the recipient */
	struct asker        who[2];
	bool                there[2]; /* this may be sent at all */
};

/* The facts that follow from the place. */
factset place_pair_facts(const struct place_pair *at);

/* A number that the same rule id has on both sides. */
uint16_t reason_of(const struct place_pair *at, int side, unsigned rule);

/* The profile of a field with candidates LIST, of a PERSON or not; that of whether
 * obligation O (may be NULL) goes with what is given. */
void profile_of_field(
    struct profile *p, const struct place_pair *at, int side, uint32_t list, bool person);
void profile_of_duty(
    struct profile *p, const struct place_pair *at, int side, const struct obligation *o);

struct diff {
	struct arena         arena; /* owns what lines, terms and reasons point at */
	const struct policy *old, *new;
	size_t               n_lines, n_terms, n_reasons;
	size_t               cap_lines, cap_terms, cap_reasons;
	struct diff_line    *lines;   /* owned */
	struct diff_term    *terms;   /* owned */
	struct diff_reason  *reasons; /* owned */
	struct diff_counts   counts;
	enum way             way;
	uint16_t *reason_of_new; /* of each new rule: the old rule of that id */
};

/* Match convenant ID; what Q leaves out is left out of M. */
void match_convenant(
    const struct diff *d, const char *id, const struct diff_query *q, struct match *m);

/* Whether one of the two has what Q names. */
bool match_exists(const struct diff *d, const struct diff_query *q);

/* Compare all places of M into S, still of one place each, and count. */
MUST rc diff_walk(
    struct diff *d, struct verdicts *v, const struct match *m, struct spots *s);

MUST rc diff_add_line(struct diff *d, const struct diff_line *line);
MUST rc diff_add_term(struct diff *d, const struct diff_term *term);

/* Note that the reason is another; once is enough. */
MUST rc diff_add_reason(struct diff *d, struct diff_reason r);

MUST rc diff_terms(struct diff *d, const struct diff_query *q);
MUST rc diff_parties(struct diff *d, const struct diff_query *q);

/* T, unless what was and what is are the same words. */
MUST rc diff_add_unless_same(struct diff *d, struct diff_term t);

/* --- guards, diff_guards.c ------------------------------------------------------- */

/* All of X in words: both differ or neither does. */
const char *invariant_words(
    struct arena *a, const struct policy *p, const struct invariant *x);

/* "2: Name (OIN), Name (OIN)". */
const char *approval_words(
    struct arena *a, const struct policy *p, const struct approval_info *x);

/* Fewer of the same signatures are enough: wider; for others it is both. */
enum way way_of_approvals(
    const struct policy *old, const struct policy *new, const char *convenant);

/* --- words, diff_words.c --------------------------------------------------------- */

/* DAYS since 1970-01-01 as "YYYY-MM-DD" (proleptic Gregorian). */
const char *date_words(struct arena *a, int32_t days);

/* WORDS (may be NULL), BETWEEN and MORE. */
const char *and_also(
    struct arena *a, const char *words, const char *between, const char *more);

/* "a, b, c"; NULL for none. */
const char *list_words(struct arena *a, const char *const *names);

bool same_text(const char *a, const char *b); /* NULL is only NULL */

/* From one list of names to another, NULL standing for every name: which way? */
enum way way_of_sets(const char *const *old, const char *const *new);

/* A list of named things of one policy: the I-th name and what it is, in words. */
typedef const char *(*thing_at)(
    struct arena *a, const struct policy *p, size_t i, const char **ret_words);

/* A term LIKE that for each thing that is not the same in both; LIKE.way is the way when
 * one comes.  diff_terms.c */
MUST rc diff_things(struct diff *d, thing_at at, struct diff_term like, bool of_convenant,
    const struct diff_query *q);

/* Routes, gates, reveals, links: diff_routes.c */
MUST rc diff_routes(struct diff *d, const struct diff_query *q);

#endif

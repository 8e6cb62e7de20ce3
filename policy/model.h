/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * model.h - a policy as it stands in memory: what the readers fill, what ruling
 * tests.
 *
 * Only policy/ includes this.  Roles, categories, phases, purposes, obligations
 * and convenants are numbered in the order of their files; sets of them are bit
 * masks.  Everything hangs in the one arena of struct policy.
 *
 *	rules and bars   as written, one struct rule each, numbered through all files
 *	seat             a role, or a desk of a role: who may sit at a convenant's table
 *	row              one convenant, phase and seat: per field the candidates
 *	candidate        one rule reduced to mask tests; the first that holds decides
 *
 * Fields that have the same candidates share one list, so a ruling tests some
 * thirty lists, not some hundred and sixty fields.
 */
#ifndef SLUIS_POLICY_MODEL_H
#define SLUIS_POLICY_MODEL_H

#include "policy/arena.h"
#include "policy/policy.h"
#include "policy/route.h"

enum {
	FILES_MAX        = 64,
	FILE_BYTES_MAX   = 1024 * 1024,
	POLICY_BYTES     = 256 * 1024 * 1024, /* arena of one policy */
	ROLES_MAX        = 64,                /* a mask of roles is 64 bits */
	CATEGORIES_MAX   = 200,               /* a category number is 8 bits */
	ALIASES_MAX      = 16,
	PARTIES_MAX      = 4096,
	DESKS_MAX        = 32,
	SIGNATURES_MAX   = 128,
	IDENTIFIERS_MAX  = 64,
	CONVENANTS_MAX   = FILES_MAX - 2,
	PHASES_MAX       = 8,
	PURPOSES_MAX     = 16,
	SEATS_MAX        = 256, /* of one convenant */
	SOURCE_DESKS_MAX = 32,  /* a mask of them is 32 bits */
	REGIONS_MAX      = 64,
	RULES_MAX        = 512, /* rules and bars of one convenant */
	NAMES_MAX        = 256, /* entries of one list in a rule */
	DELIVER_DAYS_MAX = 365,
	WARN_DAYS        = 60, /* before the end of a convenant */
	APPROVALS_MAX    = 256,
	INVARIANTS_MAX   = 256,
	ROUTE_STATES_MAX = 64, /* of one route; a mask of them is 64 bits */
	ROUTE_STEPS_MAX  = 128,
	DUES_MAX         = 16, /* of one state */
	GATES_MAX        = 16, /* of one convenant; so of the next two */
	CRITERIA_MAX     = 16,
	KEEP_DAYS_MAX    = 36525,
};

struct role {
	struct role_info   info;
	const char *const *aliases; /* NULL-terminated */
};

struct signature { /* a party's signature, or its confidentiality declaration */
	const char        *convenant;
	bool               declaration;
	int32_t            from, until; /* both inclusive */
	const char *const *regions;     /* NULL-terminated; NULL: every region */
	size_t             n_on_behalf;
	const char *const *on_behalf_of; /* OINs: "mede namens" */
};

struct member { /* a party with what only the engine needs */
	struct party             party;
	unsigned                 role;
	size_t                   n_signatures, n_by_others;
	struct signature        *signatures;
	const struct signature **by_others; /* other parties' signatures on its behalf */
};

struct seat {
	unsigned    role;
	const char *desk;         /* NULL: every desk of the role */
	unsigned    line, column; /* where it stands */
};

struct obligation {
	struct obligation_info info;
	bool                   every_copy; /* else only when a rule names it */
	factset                when, when_any, unless; /* message facts */
	uint16_t               purposes;               /* bit: purpose */
	size_t                 n_recipients;           /* 0: everybody */
	unsigned               line, column;
	const struct seat     *recipients;
};

enum {
	AUDIENCES_ALL = AUDIENCE_SIGNATORY | AUDIENCE_INCIDENTAL |
	                AUDIENCE_NON_SIGNATORY | AUDIENCE_EXPIRED
};

enum bar {
	BAR_NONE,
	BAR_WITHHOLD,
	BAR_EXCLUDE,
	BAR_REFUSE,
	BAR_SUPPLIER, /* withholds what the supplier refuses */
};

struct rule { /* or bar */
	struct rule_info info;
	const char      *change; /* what would have to change, in words */
	enum bar         bar;
	rc               code; /* BAR_EXCLUDE, BAR_REFUSE */
	uint8_t          action, generalise;
	uint8_t          phases;           /* bit: phase */
	uint8_t          audience;         /* enum audience bits; bars: all */
	uint16_t         purposes;         /* bit: purpose */
	uint16_t         obligations;      /* bit: obligation */
	uint64_t         sources;          /* bit: role of the sender */
	uint32_t         source_desks;     /* bit: a desk of convenant.source_desks */
	uint32_t         not_source_desks; /* the same, excepted */
	factset          when, when_any, unless;
	bool   everyone, all_but; /* bars: no recipients named; `except_recipients` */
	size_t n_recipients;
	struct seat    *recipients;
	bool            by_field; /* names fields, not categories */
	struct fieldset fields;
};

struct candidate { /* a rule as mask tests; see candidate_holds() */
	factset  when, when_any, unless;
	uint64_t sources;
	uint32_t source_desks, not_source_desks;
	uint16_t purposes, rule;
	uint8_t  audience, action, generalise;
	uint8_t  rank; /* enum rank: only equals are compared by strictness */
};

enum rank { RANK_BAR, RANK_FIELD_DESK, RANK_FIELD, RANK_DESK, RANK_CATEGORY };

struct row {
	const struct convenant *convenant;
	const struct seat      *seat;
	unsigned                phase;
	uint16_t                list_of[SCHEMA_FIELDS_MAX]; /* field index -> list */
	size_t                  n_lists;
	uint32_t         *starts; /* list i is candidates[starts[i] .. starts[i + 1]) */
	struct candidate *candidates;
	/* the same for ruling: each rule once, in order, and per list a mask of them, of
	 * n_words words; the lowest bit that holds decides */
	size_t            n_ranked, n_words;
	struct candidate *ranked;
	uint64_t         *masks;
	size_t            n_grants; /* every rule of the row that is no withhold */
	struct candidate *grants;
	size_t            n_excludes;
	struct candidate *excludes;
	size_t            n_refusals; /* bars for what the supplier refuses */
	struct candidate *refusals;
};

struct groups; /* named lists of recipients of one convenant file, read_seats.c */

struct convenant {
	struct convenant_info info;
	const char           *file;
	const struct groups  *groups; /* while it is read */
	uint32_t              deliver_days;
	size_t                n_phases, n_purposes, n_senders, n_obligations;
	struct seat          *senders;
	size_t                n_source_desks; /* the desks that rules name as sources */
	struct seat           source_desks[SOURCE_DESKS_MAX];
	/* who may ask, told apart as far as rules do: each role that may send, and each
	 * desk of it that senders or sources name; desk NULL is any other desk */
	size_t              n_askers;
	struct seat        *askers;
	struct obligation  *obligations;
	size_t              n_rules; /* rules and bars, in the order of the file */
	struct rule        *rules;
	unsigned            first_rule; /* policy-wide number of rules[0] */
	size_t              n_refuse;
	struct candidate   *refuse; /* bars that refuse the signal */
	size_t              n_gates, n_reveals, n_links;
	struct gate_info   *gates;
	struct reveal_info *reveals;
	struct link_info   *links;
	size_t              n_seats;
	struct seat        *seats;
	struct row         *rows; /* [phase * n_seats + seat] */
	/* what would have to change, in words */
	const char *change_force, *change_phase, *change_purpose, *change_sign,
	    *change_sender_sign, *change_sender, *change_declare;
	const char **change_to_phase; /* per phase: "phase 2" */
};

struct seat_list { /* none: everybody */
	size_t             n;
	const struct seat *at;
};

struct invariant { /* where, about what, and what must never be there; prove.c */
	struct invariant_info info;
	bool                  wider;   /* compares: `with` is never more open */
	uint8_t               actions; /* else these never come out; bit: Sluis__Action */
	factset               with, instead_of;
	struct fieldset       fields;
	uint64_t              convenants; /* bit: number in policy->convenants */
	const char *const    *phases;     /* NULL-terminated; NULL: every one */
	const char *const    *purposes;   /* the same */
	uint8_t               audience;   /* enum audience bits */
	struct seat_list      recipients, except_recipients, senders, except_senders;
	factset               when, when_any, unless;
};

struct policy {
	struct arena arena;
	struct hash  hash;
	size_t n_categories, n_roles, n_members, n_identifiers, n_convenants, n_regions,
	    n_approvals, n_invariants, n_routes, n_subjects;
	uint32_t                version;
	struct category_info   *categories;
	const char *const      *regions; /* NULL-terminated */
	struct approval_info   *approvals;
	struct subject_info    *subjects;
	uint8_t                 category_of[SCHEMA_FIELDS_MAX];
	struct identifier_info *identifiers;
	struct role            *roles;
	struct member          *members; /* sorted by OIN */
	struct convenant       *convenants;
	struct invariant       *invariants;
	struct route_info      *routes; /* sorted by id */
	size_t                  n_rules;
	const struct rule     **rules; /* by number */
};

/* --- lookups, policy.c ----------------------------------------------------------- */

/* The number of the role called NAME or by an alias of it; ROLES_MAX if unknown. */
unsigned role_number(const struct policy *p, const char *name);

/* Every desk that parties of one role have, as a name_at; none: no party has it. */
struct role_desks {
	const struct policy *p;
	unsigned             role;
};
const char *role_desk_at(const void *role_desks, size_t i);
bool        role_has_desk(const struct role_desks *of, const char *desk);

const struct member    *member_find(const struct policy *p, const char *oin);
const struct convenant *convenant_find(const struct policy *p, const char *id);

/* Whether M signed (or, DECLARATION, declared) for CONVENANT in REGION with effect on
 * TODAY, itself or through another party on its behalf. */
bool member_signed(const struct member *m, const char *convenant, bool declaration,
    const char *region, int32_t today);

/* --- ruling, cells.c and rule.c -------------------------------------------------- */

struct asker {            /* what a candidate is tested against, but for the facts */
	unsigned source;  /* role of the sender */
	uint32_t desks;   /* which of convenant.source_desks it is */
	unsigned purpose; /* number */
	uint8_t  audience;
};

/* The bits of C's source desks that a sender with this role and desk is. */
uint32_t source_desks_of(const struct convenant *c, unsigned role, const char *desk);

/* The audience classes that the facts recipient_signed, declared and expired make, and
 * the facts that make one audience. */
uint8_t audience_of(factset message);
factset audience_facts(enum audience a);

/* Whether FACTS satisfy C as far as facts within KNOWN go; the others are open. */
bool facts_allow(const struct candidate *c, factset facts, factset known);
bool asker_allowed(const struct candidate *c, struct asker who);

/* The first candidate of field F in ROW that holds, NULL if none does. */
const struct candidate *row_decides(
    const struct row *row, unsigned field, struct asker who, factset facts);

bool candidate_holds(const struct candidate *c, struct asker who, factset facts);

/* CELLS for every field of ROW; FACTS are message and record facts together; what the
 * supplier HELD_BACK (may be NULL) is withheld. */
void row_cells(const struct row *row, struct asker who, factset facts,
    const struct fieldset *held_back, struct cell cells[SCHEMA_FIELDS_MAX]);

/* Whether C names ROLE or this DESK of it among its senders. */
bool may_send(const struct convenant *c, unsigned role, const char *desk);

/* The row of this desk, else of its role; NULL if no rule names either. */
const struct row *row_for(
    const struct convenant *c, unsigned phase, unsigned role, const char *desk);

/* Whether O binds recipients of this ROLE and DESK. */
bool obligation_is_for(const struct obligation *o, unsigned role, const char *desk);

/* The first of N bars on the whole message that holds, NULL if none does. */
const struct candidate *bar_holding(
    const struct candidate *bars, size_t n, factset message);

/* How much an action tells: withhold 0, then pseudonymise, generalise (the coarser the
 * less), release. */
int openness(uint8_t action, uint8_t generalise);

/* --- building, table.c ----------------------------------------------------------- */

/* Fill C's seats, rows and refuse list from its rules.  RC_POLICY with a finding where
 * there are too many seats, RC_NOMEM. */
MUST rc table_build(struct policy *p, struct convenant *c, struct findings *findings);

#endif

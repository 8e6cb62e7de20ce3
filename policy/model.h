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
	RULES_MAX        = 512, /* rules and bars of one convenant */
	NAMES_MAX        = 256, /* entries of one list in a rule */
	DELIVER_DAYS_MAX = 365,
};

struct category {
	const char *id, *title_nl, *title_en;
};

struct role {
	const char        *id, *title_nl, *title_en;
	const char *const *aliases; /* NULL-terminated */
};

struct signature { /* a party's signature, or its confidentiality declaration */
	const char *convenant;
	bool        declaration;
	int32_t     from, until; /* both inclusive */
};

struct member { /* a party with what only the engine needs */
	struct party      party;
	unsigned          role;
	size_t            n_signatures;
	struct signature *signatures;
};

struct seat {
	unsigned    role;
	const char *desk; /* NULL: every desk of the role */
};

struct obligation {
	struct obligation_info info;
	bool                   every_copy;   /* else only when a rule names it */
	factset                when, unless; /* message facts */
};

/* As what a recipient takes part.  A rule's `for` is a set of these. */
enum audience {
	AUDIENCE_SIGNATORY     = 1,
	AUDIENCE_INCIDENTAL    = 2, /* not signed, but declared confidentiality */
	AUDIENCE_NON_SIGNATORY = 4, /* not signed */
};

enum bar { BAR_NONE, BAR_WITHHOLD, BAR_EXCLUDE, BAR_REFUSE };

struct rule { /* or bar */
	struct rule_info info;
	const char      *change; /* what would have to change, in words */
	enum bar         bar;
	rc               code; /* BAR_EXCLUDE, BAR_REFUSE */
	uint8_t          action, generalise;
	uint8_t          phases;      /* bit: phase */
	uint8_t          audience;    /* enum audience bits; bars: all */
	uint16_t         purposes;    /* bit: purpose */
	uint16_t         obligations; /* bit: obligation */
	uint64_t         sources;     /* bit: role of the sender */
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
	uint16_t purposes, rule;
	uint8_t  audience, action, generalise;
};

struct row {
	const struct convenant *convenant;
	const struct seat      *seat;
	unsigned                phase;
	uint16_t                list_of[SCHEMA_FIELDS_MAX]; /* field index -> list */
	size_t                  n_lists;
	uint32_t         *starts; /* list i is candidates[starts[i] .. starts[i + 1]) */
	struct candidate *candidates;
	size_t            n_grants; /* every rule of the row that is no withhold */
	struct candidate *grants;
	size_t            n_excludes;
	struct candidate *excludes;
};

struct convenant {
	struct convenant_info info;
	const char           *registration; /* NULL: not in force */
	uint32_t              deliver_days;
	size_t                n_phases, n_purposes, n_senders, n_obligations;
	struct seat          *senders;
	struct obligation    *obligations;
	size_t                n_rules; /* rules and bars, in the order of the file */
	struct rule          *rules;
	unsigned              first_rule; /* policy-wide number of rules[0] */
	size_t                n_refuse;
	struct candidate     *refuse; /* bars that refuse the signal */
	size_t                n_seats;
	struct seat          *seats;
	struct row           *rows; /* [phase * n_seats + seat] */
	/* what would have to change, in words */
	const char *change_force, *change_phase, *change_purpose, *change_sign,
	    *change_sender_sign, *change_sender, *change_declare;
	const char **change_to_phase; /* per phase: "phase 2" */
};

struct policy {
	struct arena     arena;
	struct hash      hash;
	size_t           n_categories, n_roles, n_members, n_identifiers, n_convenants;
	struct category *categories;
	uint8_t          category_of[SCHEMA_FIELDS_MAX];
	struct identifier_info *identifiers;
	struct role            *roles;
	struct member          *members; /* sorted by OIN */
	struct convenant       *convenants;
	size_t                  n_rules;
	const struct rule     **rules; /* by number */
};

/* --- lookups, policy.c ----------------------------------------------------------- */

/* The number of the role called NAME or by an alias of it; ROLES_MAX if unknown. */
unsigned role_number(const struct policy *p, const char *name);

const struct member    *member_find(const struct policy *p, const char *oin);
const struct convenant *convenant_find(const struct policy *p, const char *id);

/* Whether M signed (or, DECLARATION, declared) for CONVENANT with effect on TODAY. */
bool member_signed(
    const struct member *m, const char *convenant, bool declaration, int32_t today);

/* --- ruling, rule.c -------------------------------------------------------------- */

struct asker {            /* what a candidate is tested against, but for the facts */
	unsigned source;  /* role of the sender */
	unsigned purpose; /* number */
	uint8_t  audience;
};

/* The audience classes that the facts recipient_signed and declared make. */
uint8_t audience_of(factset message);

bool candidate_holds(const struct candidate *c, struct asker who, factset facts);

/* CELLS for every field of ROW; FACTS are message and record facts together. */
void row_cells(const struct row *row, struct asker who, factset facts,
    struct cell cells[SCHEMA_FIELDS_MAX]);

/* --- building, table.c ----------------------------------------------------------- */

/* Fill C's seats, rows and refuse list from its rules.  RC_NOMEM. */
MUST rc table_build(struct policy *p, struct convenant *c);

#endif

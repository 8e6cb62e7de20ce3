/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * policy.h - the convenants, compiled: who may get which field, when, and why.
 *
 * A policy is a folder of files:
 *
 *	categories.yaml   every leaf field of signal.proto in exactly one category;
 *	                  which fields together are an identifier
 *	parties.yaml      roles with their aliases; parties with OIN, role, desks and
 *	                  what they signed, from when to when
 *	invariants.yaml   what has to hold whatever the rules say; may be absent
 *	<convenant>.yaml  phases, purposes, senders, rules, bars, obligations
 *	routes/NAME.yaml  the ways of cases (route.h); may be absent
 *
 * read by policy_load(), checked, and compiled to one table per convenant, phase
 * and recipient role and desk.  How to write them: docs/policy.md.
 *
 * How a field is ruled
 *  1. A bar that holds (its facts, recipients, fields) withholds, whatever rules
 *     say; a bar with action `refuse` refuses the whole signal.
 *  2. Of the rules that hold, the most specific decides: field over category,
 *     desk over role.  Between equals the stricter wins (withhold, pseudonymise,
 *     generalise, release), then the rule that stands first.
 *  3. No rule holds: withheld.  Silence means no.
 *
 * So adding a bar never widens, and adding a rule never widens what a rule of
 * equal rank denies.
 *
 * Immutable once compiled; any number of threads may rule from one policy.
 * Pure, but for policy_load(), which reads files.
 */
#ifndef SLUIS_POLICY_POLICY_H
#define SLUIS_POLICY_POLICY_H

#include "journal.pb-c.h"
#include "policy/facts.h"
#include "proto/merkle.h"
#include "proto/normalise.h"
#include "proto/schema.h"

struct policy;

/* --- loading --------------------------------------------------------------------- */

struct policy_text {       /* one file, borrowed during the call */
	const char  *name; /* "riec.yaml", "routes/nijmegen.yaml" */
	struct slice text;
};

enum { FINDING_TEXT_MAX = 240, FINDINGS_MAX = 100 };

struct finding { /* what a check has to say about one place */
	char     file[64];
	unsigned line, column; /* 1-based; 0 when the file as a whole is meant */
	bool     fatal;        /* a warning does not stop the policy from loading */
	char     text[FINDING_TEXT_MAX]; /* what is wrong, and the nearest valid name */
};

struct findings {
	/* Turns an English format into the reader's language; NULL: English stays. */
	const char *(*translate)(const char *msgid);
	size_t         n; /* at most FINDINGS_MAX are kept */
	struct finding at[FINDINGS_MAX];
};

/*
 * Compile N TEXTS.  RC_POLICY with at least one fatal finding when a file does not
 * parse, has an unknown or repeated key, an anchor or alias, names what does not
 * exist, leaves a field unclassified, or classifies it twice.  *RET is set on
 * success only; FINDINGS (may be NULL) gets warnings too.
 */
MUST rc policy_compile(const struct policy_text *texts, size_t n, struct policy **ret,
    struct findings *findings);

/* Whether NAME is that of a route: "routes/NAME.yaml". */
bool policy_is_route(const char *name);

/* Read every *.yaml of DIR and DIR/routes that is not *.cases.yaml, at most 64 files of
 * at most 1 MiB whose names are 1 to 63 letters, digits, '.', '_', '-', and compile them.
 * RC_DISK if DIR cannot be read. */
MUST rc policy_load(const char *dir, struct policy **ret, struct findings *findings);

/*
 * Warn about what loads and is probably a mistake: rules that decide nothing, rules of
 * equal rank that disagree, terms that end (TODAY: days since 1970-01-01), signatures and
 * obligations without effect, convenants that nobody has to sign.  RC_NOMEM.
 */
MUST rc policy_lint(const struct policy *p, int32_t today, struct findings *f);

void policy_destroy(struct policy **pp);

/* What policy_hash() of these texts would say, whether they compile or not. */
MUST rc policy_texts_hash(const struct policy_text *texts, size_t n, struct hash *ret);

/* SHA-256 over the sorted file names and texts, each preceded by its 8-byte
 * big-endian length: what leaves and answers name as the bundle in force. */
const struct hash *policy_hash(const struct policy *p);

/* --- who and what there is -----------------------------------------------------------
 */

struct party { /* borrowed from the policy */
	const char        *oin;
	const char        *name;
	const char        *role; /* neutral id: municipality, police, nla, ... */
	const char        *region;
	const char *const *desks; /* NULL-terminated; the first is the default desk */
	unsigned           line, column; /* in parties.yaml */
};

size_t              policy_n_parties(const struct policy *p);
const struct party *policy_party_at(const struct policy *p, size_t i);
const struct party *policy_party(
    const struct policy *p, const char *oin); /* NULL: unknown */
bool        party_has_desk(const struct party *party, const char *desk);
const char *policy_region(const struct policy *p); /* whose policy it is */
bool        policy_has_region(const struct policy *p, const char *region);

struct signature_info { /* a signature, or a declaration of confidentiality; borrowed */
	const char        *convenant;
	bool               declaration;
	int32_t            from, until; /* both inclusive */
	const char *const *regions;     /* NULL-terminated; NULL: every region */
	size_t             n_on_behalf;
	const char *const *on_behalf_of; /* OINs that it stands for too */
};

/* The I-th of the party with this OIN; false past its last, or for no such party. */
bool policy_signature_at(
    const struct policy *p, const char *oin, size_t i, struct signature_info *ret);

/* The neutral role id for a role id or alias ("siod" -> "nla"); NULL if unknown. */
const char *policy_role(const struct policy *p, const char *name_or_alias);

struct convenant_info {        /* borrowed from the policy */
	const char        *id; /* "riec" */
	const char        *title;
	const char        *title_en;
	const char        *article;      /* the legal basis of the partnership */
	const char        *registration; /* NULL: not in force */
	const char *const *phases;       /* NULL-terminated, earliest first */
	const char *const *purposes;     /* NULL-terminated */
	const char *const *regions;      /* NULL-terminated; NULL: every region */
	int32_t            from, until;  /* days since 1970-01-01, both inclusive */
	uint32_t           warn_days;    /* how long before its end a check warns */
	bool after_end; /* has rules for when it has ended (`for: expired`) */
};

size_t                       policy_n_convenants(const struct policy *p);
const struct convenant_info *policy_convenant_at(const struct policy *p, size_t i);

/* NULL: no convenant of that id. */
const struct convenant_info *policy_convenant(const struct policy *p, const char *id);

const char *policy_category(const struct policy *p, const struct schema_field *f);

struct category_info { /* borrowed from the policy */
	const char *id, *title_nl, *title_en;
	bool        identifying; /* can identify a person */
};

size_t                      policy_n_categories(const struct policy *p);
const struct category_info *policy_category_at(const struct policy *p, size_t i);

/* The fields that NAME, a category or a field path, stands for; false if it is neither.
 */
bool policy_fields(const struct policy *p, const char *name, struct fieldset *ret);

struct role_info { /* borrowed from the policy */
	const char *id, *title_nl, *title_en;
};

size_t                  policy_n_roles(const struct policy *p);
const struct role_info *policy_role_at(const struct policy *p, size_t i);

/* --- who has to sign a bundle ---------------------------------------------------- */

struct approval_info { /* borrowed from the policy */
	const char        *convenant;
	unsigned           needed; /* at least so many of these have to sign */
	size_t             n_of;
	const char *const *of; /* OINs */
};

/* Rises with every bundle that is to take effect. */
uint32_t                    policy_version(const struct policy *p);
size_t                      policy_n_approvals(const struct policy *p);
const struct approval_info *policy_approval_at(const struct policy *p, size_t i);

/* Whether SIGNER's signature under CONVENANT also stands for OIN ("mede namens") on the
 * date TODAY; true for its own OIN if it signed itself. */
bool policy_signs_for(const struct policy *p, const char *signer, const char *oin,
    const char *convenant, int32_t today);

/* --- who answers the person ------------------------------------------------------ */

struct subject_info {                  /* borrowed from the policy */
	const char *const *convenants; /* NULL-terminated */
	const char        *oin;        /* the contact point for requests of persons */
	const char        *desk;       /* that asks, and is told */
	const char        *second;     /* desk of the same party that has to agree */
	const char        *article;    /* why it is competent */
};

size_t                     policy_n_subjects(const struct policy *p);
const struct subject_info *policy_subject_at(const struct policy *p, size_t i);

struct rule_info {           /* borrowed from the policy */
	const char *id;      /* "riec.identity.1" */
	const char *article; /* "Besluit WGS 2.15" */
	const char *file;
	unsigned    line, column;
	bool        inferred; /* the reading is ours, for review by a privacy officer */
	bool        bar;      /* takes away; else a rule, which grants */
	const char *convenant;
};

enum { RULE_NONE = 0xffff }; /* no rule: silence */

size_t                  policy_n_rules(const struct policy *p);
const struct rule_info *policy_rule_info(
    const struct policy *p, unsigned rule); /* NULL for RULE_NONE */

/* --- what has to hold whatever the rules say ------------------------------------- */

struct invariant_info {      /* borrowed from the policy; proved by prove.h */
	const char *id;      /* "no-health-to-police" */
	const char *article; /* "WGS 2.29(2)"; "" where none is named */
	const char *text_nl, *text_en;
	const char *file;
	unsigned    line;
};

size_t                       policy_n_invariants(const struct policy *p);
const struct invariant_info *policy_invariant_at(const struct policy *p, size_t i);

/* --- identifiers: what a pseudonym stands for ------------------------------------------
 */

enum { IDENTIFIER_PARTS_MAX = 4 };

/*
 * Fields that together identify, inside one record.  A pseudonym is stated when the
 * first part is ruled `pseudonymise` and all parts are present in the record.  Several
 * may bear one name: then a value has one pseudonym wherever it stands (a home that is
 * a workplace as well).
 */
struct identifier_info {                 /* borrowed from the policy */
	const char                *name; /* "bsn", "person", "plate", ... */
	size_t                     n;
	const struct schema_field *parts[IDENTIFIER_PARTS_MAX];
	/* How each part is normalised; neighbours that are both addresses (a postcode and
	 * its house number) are one value, joined by a space. */
	enum identifier normal[IDENTIFIER_PARTS_MAX];
};

size_t                        policy_n_identifiers(const struct policy *p);
const struct identifier_info *policy_identifier_at(const struct policy *p, size_t i);

/* --- ruling ----------------------------------------------------------------------------
 */

enum generalise {
	GENERALISE_NONE = 0,
	GENERALISE_YEAR,      /* "2009-04-17" -> "2009"                        */
	GENERALISE_MONTH,     /* "2009-04-17" -> "2009-04"                     */
	GENERALISE_POSTCODE4, /* "1234 AB" -> "1234"                           */
	GENERALISE_PRESENT,   /* any value -> "present": that there is one     */
};

const char *generalise_name(
    enum generalise g); /* "year", "month", "postcode4", "present" */

struct question { /* all strings borrowed during the call */
	const char *convenant, *phase, *purpose;
	const char *sender_oin, *sender_desk;
	const char *recipient_oin,
	    *recipient_desk; /* desk NULL: the party's default desk */
	int32_t     today;   /* days since 1970-01-01 */
	const char *region;  /* where the matter lies; NULL: the sender's region */
	/* facts_of_signal(), and what the broker knows: case, case_member,
	 * partners_agreed, and, in a case, declared; the rest the engine finds itself */
	factset                message;
	const struct fieldset *held_back; /* policy_held_back(); NULL: nothing */
};

/* The same, asked of roles instead of parties: for tables, cases and what-if. */
struct role_question { /* all strings borrowed during the call */
	const char *convenant, *phase, *purpose;
	const char *sender, *sender_desk;       /* role or alias; desk NULL: any other */
	const char *recipient, *recipient_desk; /* role or alias; desk NULL: any other */
	uint8_t     audience; /* one of enum audience; the sender has signed */
	factset     message;
	const struct fieldset *held_back;
};

/* As what a recipient takes part.  A rule's `for` is a set of these. */
enum audience {
	AUDIENCE_SIGNATORY     = 1,
	AUDIENCE_INCIDENTAL    = 2, /* not signed, but declared confidentiality */
	AUDIENCE_NON_SIGNATORY = 4, /* not signed */
	AUDIENCE_EXPIRED       = 8, /* anybody, after the convenant has ended */
};

const char *audience_name(enum audience a); /* "signatory", ..., as in policy files */
bool        audience_from_name(const char *name, enum audience *ret);

struct obligation_info { /* borrowed from the policy */
	const char *id, *text_nl, *text_en, *article;
	uint32_t    term_days; /* 0: no term */
};

/* The obligation ID that says TEXT_NL in Dutch, of whichever convenant; NULL if none
 * does. */
const struct obligation_info *policy_obligation(
    const struct policy *p, const char *id, const char *text_nl);

enum { RULING_OBLIGATIONS_MAX = 16 };

struct ruling {
	rc       code; /* RC_OK: served; else why not (RC_KIND_DENY) */
	unsigned rule; /* the bar or rule behind a refusal, else RULE_NONE */
	const char
	    *change;  /* what would have to change for another outcome; "" if served */
	bool refused; /* the whole signal, not only this recipient */
	const struct party *recipient; /* NULL after policy_rule_roles() */
	const char         *desk;
	uint32_t            deliver_days; /* how long a copy may wait for its recipient */
	size_t              n_obligations;
	const struct obligation_info *obligations[RULING_OBLIGATIONS_MAX];
	/* for ruling_cells() */
	const struct policy *policy;
	const void          *row;
	factset              message;
	unsigned             source_role;  /* role number of the sender */
	uint32_t             source_desks; /* the desks of rules' sources that it is */
	unsigned             purpose;      /* number of the purpose in its convenant */
	struct fieldset      held_back;    /* by the supplier */
};

/*
 * Rule one recipient.  Always fills *RET and never fails: a question that names
 * what does not exist is answered with a DENY code.  Microseconds; no allocation.
 */
void policy_rule(const struct policy *p, const struct question *q, struct ruling *ret);
void policy_rule_roles(
    const struct policy *p, const struct role_question *q, struct ruling *ret);

/* What H (may be NULL) says the supplier refuses to RECIPIENT_OIN for weighty reasons, as
 * fields.  RC_INVALID_SIGNAL if it names what is no category or no party, no category at
 * all, or no ground. */
MUST rc policy_held_back(const struct policy *p, const Sluis__Handling *h,
    const char *recipient_oin, struct fieldset *ret);

/* The rules and bars that hold for FIELD (schema index) in a record with RECORD facts,
 * the deciding one first, then in the order in which they would decide if those before
 * were not there.  At most MAX go to OUT; returns how many.  R->code must be RC_OK. */
size_t ruling_holders(
    const struct ruling *r, factset record, unsigned field, uint16_t *out, size_t max);

struct cell {
	uint8_t  action;     /* Sluis__Action; WITHHOLD where nothing grants */
	uint8_t  generalise; /* enum generalise, for ACTION_GENERALISE */
	uint16_t rule;       /* rule number for policy_rule_info(), or RULE_NONE */
};

/* The action for every leaf field (CELLS[schema index]) in a record with RECORD facts;
 * for fields outside persons RECORD is 0.  R->code must be RC_OK. */
void ruling_cells(
    const struct ruling *r, factset record, struct cell cells[SCHEMA_FIELDS_MAX]);

#endif

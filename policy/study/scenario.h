/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * scenario.h - a question to the policy as people write it: the `facts:` of a case, and
 * a what-if file.
 *
 *	facts:
 *	  convenant: riec
 *	  phase: "1"
 *	  purpose: casusoverleg
 *	  from: ind             # role, role/desk; or "OIN", "OIN/desk"
 *	  to: [police, om]      # the same, one or several
 *	  as: signatory         # roles: signatory, incidental, ...
 *	  on: 2026-06-01        # OINs: the date, else the first day
 *	  region: rivierenland  # OINs: else that of the sender
 *	  message: [embargo]    # the message facts that hold
 *	  person: [victim]      # facts of the one person; absent: none
 *	  supplier_refuses: [company]
 *
 * Read strictly: an unknown key or name is refused with the nearest valid one, and so are
 * facts that cannot hold together.  Parties are asked with policy_rule(), roles with
 * policy_rule_roles().
 *
 * Borrows the policy and the arena, which must outlive it.
 */
#ifndef SLUIS_POLICY_SCENARIO_H
#define SLUIS_POLICY_SCENARIO_H

#include "policy/arena.h"
#include "policy/policy.h"
#include "policy/read/yaml.h"

struct scenario_side {    /* the sender or a recipient */
	const char *text; /* as written: "police/avim", "00000099000000010000" */
	const char *role; /* neutral id; NULL for an OIN that is no party */
	const char *oin;  /* NULL: a role */
	const char *desk; /* NULL: with a role any other desk, with an OIN the default */
};

struct scenario {
	unsigned                    line; /* where it stands in its file */
	const char                 *convenant, *phase, *purpose;
	bool                        by_parties; /* OINs; else roles */
	struct scenario_side        sender;
	size_t                      n_recipients; /* at least 1 */
	const struct scenario_side *recipients;
	enum audience               audience; /* roles only */
	int32_t                     on;       /* parties only: days since 1970-01-01 */
	const char                 *region;   /* parties only; NULL: the sender's */
	factset                     message, person;
	bool            has_person; /* else fields of persons are not asked about */
	struct fieldset held_back;
};

/* What a scenario may name although the policy does not know it. */
enum scenario_unknown {
	SCENARIO_CONVENANT = 1,
	SCENARIO_PHASE     = 2,
	SCENARIO_PURPOSE   = 4,
	SCENARIO_SENDER    = 8, /* an OIN or a desk of one; roles must exist */
	SCENARIO_RECIPIENT = 16,
};

/* Read the mapping FACTS; UNKNOWN is a set of enum scenario_unknown.  RC_POLICY with at
 * least one finding, RC_NOMEM; RET is of no use then. */
MUST rc scenario_read(const struct policy *p, const struct yaml_node *facts,
    unsigned unknown, struct arena *arena, struct findings *findings,
    struct scenario *ret);

/* Rule recipient number TO. */
void scenario_rule(
    const struct policy *p, const struct scenario *s, size_t to, struct ruling *ret);

/* Whether S has a record that FIELD (schema index) can stand in. */
bool scenario_asks(const struct scenario *s, unsigned field);

/* The cells of R, a ruling of S: fields of persons with the facts of the person, the
 * others with none.  Withheld by no rule where scenario_asks() is false. */
void scenario_cells(const struct scenario *s, const struct ruling *r,
    struct cell cells[SCHEMA_FIELDS_MAX]);

/* --- what-if files: `facts: {...}`, or `what_if: [{...}, ...]`; then `end: what-if` - */

struct scenarios {
	struct arena     arena; /* owns all of it */
	size_t           n;
	struct scenario *at;
};

/* Read TEXT, called NAME in findings.  As scenario_read(); wipe S in any case. */
MUST rc scenarios_read(const struct policy *p, const char *name, struct slice text,
    struct scenarios *s, struct findings *findings);
void    scenarios_wipe(struct scenarios *s);

#endif

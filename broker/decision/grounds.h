/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * grounds.h - which fields got which action by which rule.
 *
 * While a signal is redacted, every field that was present is noted here once per
 * (action, rule).  The result becomes the RuleGroups of a journal leaf, of its
 * Detail, and of the copy: only paths, rules and articles, never a value.
 *
 * Pure.  Owns its buffers.
 */
#ifndef SLUIS_BROKER_DECISION_GROUNDS_H
#define SLUIS_BROKER_DECISION_GROUNDS_H

#include "journal.pb-c.h"
#include "policy/policy.h"
#include "proto/scratch.h"

struct ground {
	uint8_t         action; /* Sluis__Action */
	uint16_t        rule;   /* rule number or RULE_NONE */
	struct fieldset fields; /* which leaf fields, by schema index */
};

struct grounds {
	size_t         n, cap;
	struct ground *at; /* owned */
};

/* Note that FIELD got ACTION by RULE. */
MUST rc grounds_add(
    struct grounds *g, uint8_t action, uint16_t rule, const struct schema_field *field);

/* Whether every field that was noted is withheld (or none was). */
bool grounds_grant_nothing(const struct grounds *g);

void grounds_wipe(struct grounds *g);

/* Which groups to write out. */
enum grounds_part {
	GROUNDS_RELEASED, /* everything but withheld */
	GROUNDS_WITHHELD,
	GROUNDS_ALL,
};

struct rule_groups { /* messages that borrow from a policy and a scratch */
	size_t             n;
	Sluis__RuleGroup **at;
};

/* The RuleGroups of PART in MEM, sorted as noted, with the article of each rule; ids and
 * articles are POLICY's. */
MUST rc grounds_in_scratch(const struct grounds *g, const struct policy *policy,
    enum grounds_part part, struct scratch *mem, struct rule_groups *ret);

/* FROM as a leaf has them: without articles. */
MUST rc rule_groups_short(
    const struct rule_groups *from, struct scratch *mem, struct rule_groups *ret);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * claim.h - what one invariant says: where it speaks, about which fields, under which
 * facts, and whether it holds there.  prove.c does the walking.
 *
 * Pure.  Only for policy/.
 */
#ifndef SLUIS_POLICY_CLAIM_H
#define SLUIS_POLICY_CLAIM_H

#include "policy/study/prove.h"
#include "policy/study/space.h"

/* Fields for which the same rules speak in one row: one stands for all. */
struct subject {
	unsigned field;
	unsigned n;      /* how many fields */
	bool     person; /* of a person record */
	/* The first parts of identifiers that FIELD is a later part of: it goes into
	 * their pseudonyms.  Then N is 1. */
	size_t   n_inside;
	uint16_t inside[IDENTIFIERS_MAX];
};

/* Whether X speaks of this recipient in this phase; and of this asker, for this purpose,
 * with the recipient as this audience. */
bool claim_is_about_row(const struct invariant *x, const struct site *at);
bool claim_is_about(const struct invariant *x, const struct site *at);

/* The fields that X speaks of, and can compare, in the row of AT; how many subjects. */
size_t claim_subjects(const struct invariant *x, const struct site *at,
    struct subject ret[SCHEMA_FIELDS_MAX]);

/* Every fact that X names. */
factset claim_facts(const struct invariant *x);

/* Whether X says anything about AT while FACTS hold. */
bool claim_speaks(const struct invariant *x, const struct site *at, factset facts);

/* Whether it then holds for S.  If not, RET (may be NULL) gets both outcomes. */
bool claim_holds(const struct invariant *x, const struct site *at,
    const struct subject *s, factset facts, struct counterexample *ret);

#endif

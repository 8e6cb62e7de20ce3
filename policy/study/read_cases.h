/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * read_cases.h - between read_cases.c, which reads cases, and read_expect.c, which reads
 * what they expect; nobody else includes it.
 */
#ifndef SLUIS_POLICY_READ_CASES_H
#define SLUIS_POLICY_READ_CASES_H

#include "policy/read/read.h"
#include "policy/study/cases.h"

/* The code that the mapping EXPECT expects, of those of a refusal; RC_OK without one. */
rc read_expected_code(struct reader *r, const struct yaml_node *expect);

/* What a case may name although it does not exist, because it expects to be refused for
 * it: a set of enum scenario_unknown. */
unsigned unknown_expected(rc code);

/* The rest of EXPECT into C, whose code and scenario are read. */
void read_expect(struct reader *r, const struct policy *p, const struct yaml_node *expect,
    struct policy_case *c);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * case_report.h - what `sluis policy test` found, as people read it and as JSON.
 */
#ifndef SLUIS_CLIENT_COMMAND_POLICY_CASE_REPORT_H
#define SLUIS_CLIENT_COMMAND_POLICY_CASE_REPORT_H

#include "client/command/cli.h"
#include "policy/study/cases.h"

struct case_report {
	const struct policy *policy; /* borrowed */
	const struct cases  *cases;  /* borrowed */
	struct coverage      coverage;
	size_t               n_holding;
	json_t              *differences; /* with --json; owned */
	size_t               n_missing;   /* required references that no case names */
	const char         **missing;     /* borrowed */
	size_t               n_required;
	bool                 strict; /* what is not covered counts as failing */
};

/* One case; with --json collected, else printed: CASE, or nothing for one that holds
 * unless VERBOSE. */
void case_report_one(
    struct cli *cli, struct case_report *r, const struct policy_case *c, bool verbose);

/* Whether all is as it should be. */
bool case_report_passed(const struct case_report *r);

/* The counts, and what is not covered. */
void case_report_print(struct cli *cli, const struct case_report *r);

/* The whole report as JSON; takes R's differences. */
json_t *case_report_json(struct case_report *r);

#endif

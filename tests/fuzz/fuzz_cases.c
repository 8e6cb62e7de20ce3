/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * fuzz_cases.c - cases_read() and scenarios_read() on arbitrary bytes, against the
 * shipped policy.
 *
 * Beyond not crashing: what is refused has a reason; what is read can be ruled, and
 * then gives the narrative to nobody; and a case that holds has looked at something.
 */
#include <stdlib.h>
#include <string.h>

#include "policy/study/cases.h"
#include "proto/auto.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct policy *policy;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	if (policy_load(SOURCE_DIR "/policy", &policy, NULL) != RC_OK) abort();
	return 0;
}

static void
demand_reason(rc code, const struct findings *f)
{
	if (code == RC_POLICY && f->n == 0) abort();
}

static void
rule_it(const struct scenario *s)
{
	for (size_t i = 0; i < s->n_recipients; i++) {
		struct ruling r;
		struct cell   cells[SCHEMA_FIELDS_MAX];
		scenario_rule(policy, s, i, &r);
		if (r.code != RC_OK) continue;
		scenario_cells(s, &r, cells);
		if (cells[schema_find("narrative.text")->index].action ==
		    SLUIS__ACTION__ACTION_RELEASE)
			abort();
	}
}

static void
run_it(const struct policy_case *c)
{
	struct coverage none = {0};
	rule_it(&c->scenario);
	if (c->code == RC_OK && c->n_expected == 0) abort();
	(void)case_holds(policy, c, &none, NULL, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct findings                findings;
	AUTO(cases_wipe) struct cases         cases = {0};
	AUTO(scenarios_wipe) struct scenarios asked = {0};
	struct policy_text text = {"fuzz.cases.yaml", slice_of(data, size)};

	findings.n = 0;
	rc code    = cases_read(policy, &text, 1, &cases, &findings);
	demand_reason(code, &findings);
	for (size_t i = 0; code == RC_OK && i < cases.n; i++) run_it(&cases.at[i]);

	findings.n = 0;
	code       = scenarios_read(policy, "what-if.yaml", text.text, &asked, &findings);
	demand_reason(code, &findings);
	for (size_t i = 0; code == RC_OK && i < asked.n; i++) rule_it(&asked.at[i]);
	return 0;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_policy_test.c - sluis policy test: does a policy answer what its cases expect, and
 * which rules does no case look at?
 *
 * A file of requirements has one reference a line, as in the `covers` of cases; # begins
 * a comment.
 */
#include <stdlib.h>
#include <string.h>

#include "certs/file.h"
#include "client/command/complain.h"
#include "client/command/policy/case_report.h"
#include "client/command/policy/cmd_policy.h"
#include "client/command/shipped.h"
#include "policy/read/files.h"
#include "proto/auto.h"

enum { STATUS_DIFFERENCES = 9, REQUIREMENTS_BYTES = 256 * 1024 };

const struct option options_policy_test[] = {
    {"strict", NULL, N_("fail too when a rule, bar or obligation is not covered")},
    {"requirements", "FILE",
        N_("fail too when no case covers a reference of this file, one a line")},
    {"verbose", NULL, N_("show the cases that hold as well")},
    {NULL, NULL, NULL},
};

struct test { /* owns all */
	struct policy      *policy;
	struct findings    *findings;
	struct policy_files files;
	struct cases        cases;
	struct buf          required; /* the text of the requirements */
	struct case_report  report;
};

static void
test_wipe(struct test *t)
{
	json_decref(t->report.differences);
	buf_wipe(&t->required);
	cases_wipe(&t->cases);
	policy_files_wipe(&t->files);
	free(t->findings);
	policy_destroy(&t->policy);
}

/* --- reading --------------------------------------------------------------------- */

static rc
load(struct test *t, const char *dir)
{
	struct policy_text texts[POLICY_FILES_MAX];

	t->findings = calloc(1, sizeof *t->findings);
	if (t->findings == NULL) return RC_NOMEM;
	t->findings->translate = tr;
	TRY(policy_read(dir, &t->policy, t->findings));
	TRY(policy_cases_read(dir, &t->files, t->findings));
	t->report.policy = t->policy;
	t->report.cases  = &t->cases;
	TRY(cases_read(t->policy, texts, policy_files_texts(&t->files, texts), &t->cases,
	    t->findings));
	return coverage_init(t->policy, &t->cases.arena, &t->report.coverage);
}

/* The text of the requirements, cut in words; those that no case covers stay. */
static rc
demand_required(struct test *t, char *text)
{
	struct case_report *r    = &t->report;
	char               *rest = NULL, *words = NULL;
	size_t              room = strlen(text) / 2 + 1;
	r->missing               = arena_alloc(&t->cases.arena, room, sizeof *r->missing);
	if (r->missing == NULL) return RC_NOMEM;
	for (char *line = strtok_r(text, "\n", &rest); line != NULL;
	     line       = strtok_r(NULL, "\n", &rest)) {
		line[strcspn(line, "#")] = '\0';
		for (char *word = strtok_r(line, " \t\r", &words); word != NULL;
		     word       = strtok_r(NULL, " \t\r", &words)) {
			r->n_required++;
			if (!cases_cover(&t->cases, word))
				r->missing[r->n_missing++] = word;
		}
	}
	return RC_OK;
}

static rc
read_required(struct test *t, const char *path)
{
	t->required = buf_init(2 * REQUIREMENTS_BYTES);
	if (path == NULL) return RC_OK;
	TRY(file_read(path, REQUIREMENTS_BYTES, false, &t->required));
	TRY(buf_append(&t->required, slice_of("", 1)));
	return demand_required(t, (char *)t->required.p);
}

/* --- running --------------------------------------------------------------------- */

static int
run_cases(struct cli *cli, struct test *t)
{
	bool verbose = cli_flag(cli, "verbose");

	t->report.strict      = cli_flag(cli, "strict");
	t->report.differences = cli->json ? json_array() : NULL;
	for (size_t i = 0; i < t->cases.n; i++)
		case_report_one(cli, &t->report, &t->cases.at[i], verbose);
	int status = case_report_passed(&t->report) ? 0 : STATUS_DIFFERENCES;
	if (!cli->json)
		case_report_print(cli, &t->report);
	else if (cli_json(cli, case_report_json(&t->report), RC_OK) != 0)
		return rc_exit_status(RC_NOMEM);
	return status;
}

int
run_policy_test(struct cli *cli)
{
	AUTO(test_wipe) struct test t    = {.policy = NULL};
	const char                 *path = cli_value(cli, "requirements");

	rc code = load(&t, cli->args[0]);
	if (code != RC_OK) {
		if (cli->json && code == RC_POLICY)
			return cli_json(cli,
			    json_pack("{s:b, s:o}", "passed", 0, "findings",
			        findings_json(t.findings)),
			    code);
		if (t.findings != NULL && !cli->json)
			findings_print(cli, cli->err, t.findings);
		/* a policy that loads has cases that do not: see above */
		return complain_advised(
		    cli, code, cli->args[0], NULL, t.policy == NULL ? NULL : "");
	}
	code = read_required(&t, path);
	if (code != RC_OK) return complain_code(cli, code, path, NULL);
	if (t.cases.n == 0)
		return complain_code(cli, RC_NOT_FOUND, cli->args[0],
		    N_("there is no NAME.cases.yaml in this folder"));
	return run_cases(cli, &t);
}

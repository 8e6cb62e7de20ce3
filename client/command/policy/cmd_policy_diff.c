/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_policy_diff.c - sluis policy diff: what changes if one policy takes the place of
 * another, and which decisions of a journal would have come out differently.
 */
#include "client/command/complain.h"
#include "client/command/policy/cmd_policy.h"
#include "client/command/policy/diff_journal.h"
#include "client/command/policy/diff_json.h"
#include "client/command/shipped.h"
#include "client/command/tiles.h"
#include "proto/auto.h"

enum { STATUS_WIDER = 3, STATUS_ALARM = 6, STATUS_DIFFERENCES = 9 };

const struct option options_policy_diff[] = {
    {"convenant", "NAME", N_("only this convenant")},
    {"phase", "NAME", N_("only this phase")},
    {"from", "ROLE", N_("only this sending role, or role/desk")},
    {"to", "ROLE", N_("only this receiving role, or role/desk")},
    {"widening", NULL, N_("only what is wider than before")},
    {"fail-on-widening", NULL, N_("exit status 3 if anything is wider, else 0")},
    {"journal", "DIR", N_("an exported journal: which decisions come out differently?")},
    {"key", "VKEY", N_("verify that export with this verifier key first")},
    {"csv", NULL, N_("print CSV: a row for each cell")},
    {NULL, NULL, NULL},
};

struct both {
	struct policy *old, *new;
	struct diff   *diff;
};

static void
both_wipe(struct both *b)
{
	diff_destroy(&b->diff);
	policy_destroy(&b->old);
	policy_destroy(&b->new);
}

static rc
open_both(struct cli *cli, const struct diff_query *q, struct both *b)
{
	TRY(policy_open(cli, cli->args[0], &b->old));
	TRY(policy_open(cli, cli->args[1], &b->new));
	rc code = policy_diff(b->old, b->new, q, &b->diff);
	if (code != RC_OK)
		(void)complain_code(cli, code, NULL,
		    code == RC_NOT_FOUND
		        ? N_("neither policy has such a convenant, phase or role")
		        : NULL);
	return code;
}

/* Verify the export if a key is named. */
static rc
check_export(struct cli *cli, const char *dir)
{
	struct tiles_check what = {.dir = dir, .vkey = cli_value(cli, "key")};
	struct checkpoint  head;
	struct sluis_error e;

	if (what.vkey == NULL) return RC_OK;
	rc code = tiles_verify(&what, &head, &e);
	if (code != RC_OK) (void)complain(cli, &e);
	return code;
}

static int
status_of(struct cli *cli, const struct both *b, const struct journal_diff *j)
{
	if (j->n_alarms != 0) return STATUS_ALARM;
	if (cli_flag(cli, "fail-on-widening"))
		return (diff_way(b->diff) & WAY_WIDER) != 0 ? STATUS_WIDER : 0;
	return diff_is_empty(b->diff) ? 0 : STATUS_DIFFERENCES;
}

static int
show(struct cli *cli, const struct both *b, struct journal_diff *j)
{
	struct diff_show s      = {cli, b->diff, cli_flag(cli, "widening")};
	int              status = status_of(cli, b, j);

	if (cli->json) {
		json_t *o = diff_to_json(&s);
		if (j->list != NULL)
			(void)json_object_set_new(o, "journal", journal_diff_to_json(j));
		(void)cli_json(cli, o, RC_OK);
	} else if (cli_flag(cli, "csv")) {
		diff_to_csv(&s);
	} else {
		diff_print(&s);
		if (cli_flag(cli, "journal")) journal_diff_print(&s, j);
	}
	return status;
}

int
run_policy_diff(struct cli *cli)
{
	AUTO(both_wipe) struct both b = {NULL, NULL, NULL};
	AUTO(journal_diff_wipe)
	struct journal_diff j   = {.cli = cli,
	      .asked                    = {.convenant = cli_value(cli, "convenant"),
	                             .phase           = cli_value(cli, "phase"),
	                             .from            = cli_value(cli, "from"),
	                             .to              = cli_value(cli, "to")}};
	const char         *dir = cli_value(cli, "journal");
	struct sluis_error  e;

	if (dir == NULL && cli_flag(cli, "key"))
		return complain_code(
		    cli, RC_USAGE, "--key", N_("--key belongs to --journal"));
	if (dir != NULL && cli_flag(cli, "csv"))
		return complain_code(cli, RC_USAGE, "--csv",
		    N_("--csv has cells only; use --json with --journal"));
	rc code = open_both(cli, &j.asked, &b);
	if (code == RC_OK && dir != NULL) code = check_export(cli, dir);
	if (code != RC_OK) return rc_exit_status(code);
	if (dir != NULL) {
		j.verified = cli_flag(cli, "key");
		code       = journal_diff_read(&j, dir, b.old, b.new, &e);
		if (code != RC_OK) return complain(cli, &e);
	}
	return show(cli, &b, &j);
}

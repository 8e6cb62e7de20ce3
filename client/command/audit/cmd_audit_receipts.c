/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_audit_receipts.c - sluis audit receipts: does everything that was proven to this
 * desk still stand?
 */
#include "client/command/audit/cmd_audit.h"
#include "client/command/complain.h"
#include "client/handle.h"
#include "proto/auto.h"

static void
show_progress(void *arg, size_t done, size_t total)
{
	progress(arg, tr("verifying receipts"), done, total);
}

int
run_audit_receipts(struct cli *cli)
{
	AUTO(sluis_close) struct sluis *s = NULL;
	size_t                          n = 0;

	rc code = cli_open(cli, &s);
	if (code != RC_OK) return rc_exit_status(code);
	code = code_in(sluis_check_receipts(s, cli->timeout_ms, show_progress, cli, &n));
	progress_end(cli);
	if (code != RC_OK) return complain_handle(cli, s);
	if (cli->json)
		return cli_json(cli,
		    json_pack("{s:b, s:I, s:I}", "verified", 1, "receipts", (json_int_t)n,
		        "size", (json_int_t)s->seen.head.size),
		    RC_OK);
	if (n == 0) {
		(void)fprintf(cli->out, "%s\n", tr("No receipt is kept here."));
		return 0;
	}
	(void)fprintf(cli->out, "%s %zu %s %llu\n", tr("verified:"), n,
	    tr("receipts, all of them part of the journal of size"),
	    (unsigned long long)s->seen.head.size);
	return 0;
}

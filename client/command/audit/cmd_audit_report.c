/* SPDX-License-Identifier: EUPL-1.2 */
/* cmd_audit_report.c - sluis audit report: one page for the privacy audit. */
#include <stdlib.h>

#include "client/command/audit/cmd_audit.h"
#include "client/command/audit/look.h"
#include "client/command/audit/report.h"
#include "client/command/complain.h"
#include "client/command/policy/html.h"
#include "proto/auto.h"

const struct option options_audit_report[] = {
    {"threshold", "N",
        N_("figures tell nothing about fewer than N (5 or more; default 5)")},
    LOOK_OPTIONS,
    SOURCE_OPTIONS,
    {NULL, NULL, NULL},
};

struct readers { /* of one walk */
	struct counting *counting;
	struct watch    *watch;
};

static rc
visit(void *arg, const struct sluis_entry *e, uint64_t size)
{
	struct readers *both = arg;

	TRY(counting_visit(both->counting, e, size));
	return watch_visit(both->watch, e, size);
}

/* Everything is read and found: write it. */
static int
write_report(struct cli *cli, struct report *r)
{
	AUTO(auto_free) struct released *room = calloc(1, sizeof *room);

	if (room == NULL) return complain_code(cli, RC_NOMEM, NULL, NULL);
	r->room = room;
	if (cli->json) return cli_json(cli, report_json(r), RC_OK);
	return html_write(cli, cli->args[0], MODE_SECRET, report_page, r, NULL);
}

static int
check_words(struct cli *cli)
{
	if (cli->json != (cli->n_args == 0))
		return complain_code(cli, RC_USAGE, "FILE",
		    N_("a file for the page, or --json, and not both"));
	return 0;
}

int
run_audit_report(struct cli *cli)
{
	AUTO(counting_destroy) struct counting *counting = NULL;
	AUTO(watch_destroy) struct watch       *watch    = NULL;
	AUTO(source_wipe) struct source         src      = {0};
	AUTO(look_wipe) struct look             look     = {.cli = cli};
	AUTO(anomalies_wipe) struct anomalies   found    = {0};
	struct report                           r        = {.src = &src, .found = &found};

	if (check_words(cli) != 0) return rc_exit_status(RC_USAGE);
	rc code = figure_threshold(cli, &r.threshold);
	if (code == RC_OK) code = look_read(cli, &look);
	if (code == RC_OK) code = counting_new(&counting);
	if (code == RC_OK) code = watch_new(&watch);
	if (code == RC_OK) code = source_open(cli, &src);
	struct readers both = {counting, watch};
	if (code == RC_OK) code = source_walk(&src, visit, &both);
	if (code == RC_OK) code = anomalies_find(watch, &look.terms, &found);
	if (code != RC_OK) return rc_exit_status(code);
	r.counting = counting;
	r.watch    = watch;
	return write_report(cli, &r);
}

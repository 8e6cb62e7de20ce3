/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_audit_why.c - sluis audit why: what did a party get about a case, and why?
 *
 * An auditor reads the journal, live or from a folder.  A desk of an agency reads what it
 * kept of its own exchanges, and sees no more than they told it.
 */
#include <string.h>

#include "client/command/audit/cmd_audit.h"
#include "client/command/audit/why.h"
#include "client/command/complain.h"
#include "client/handle.h"
#include "proto/auto.h"

const struct option options_audit_why[] = {
    {"party", "NAME", N_("who got it, or did not (an agency: itself, if not named)")},
    {"case", "ID", N_("about this case, as sluis case list shows it")},
    {"trace", "ID", N_("... or of this signal")},
    {"field", "NAME", N_("only this category or field")},
    {"from", "DAY", N_("... from this day on (YYYY-MM-DD, UTC)")},
    {"to", "DAY", N_("... up to and with this day")},
    SOURCE_OPTIONS,
    {NULL, NULL, NULL},
};

/* The party that is asked about; an agency that names none asks about itself. */
static rc
check_question(struct cli *cli, struct filter *f, const struct sluis *own)
{
	if (!f->by_party && own != NULL) {
		(void)snprintf(
		    f->party.oin, sizeof f->party.oin, "%s", sluis_self(own)->oin);
		(void)snprintf(
		    f->party.desk, sizeof f->party.desk, "%s", sluis_self(own)->desk);
		f->by_party = true;
	}
	if (!f->by_party) {
		(void)complain_code(
		    cli, RC_USAGE, "--party", N_("this option must be given"));
		return RC_USAGE;
	}
	if ((f->case_id.asked[0] == '\0') != (f->trace.asked[0] == '\0')) return RC_OK;
	(void)complain_code(cli, RC_USAGE, "--case",
	    N_("name a case or a signal: --case ID, or --trace ID"));
	return RC_USAGE;
}

static int
print(struct cli *cli, const struct why *w)
{
	if (cli->json) return cli_json(cli, why_to_json(w), RC_OK);
	why_tell(w);
	return 0;
}

int
run_audit_why(struct cli *cli)
{
	AUTO(source_wipe) struct source src = {0};
	AUTO(filter_wipe) struct filter f   = {0};
	AUTO(why_wipe) struct why       w   = {0};

	rc code = source_open(cli, &src);
	if (code != RC_OK) return rc_exit_status(code);
	w.own = src.dir == NULL && strcmp(sluis_self(src.s)->role, "auditor") != 0;
	code  = filter_read(&f, &src);
	if (code == RC_OK) code = check_question(cli, &f, w.own ? src.s : NULL);
	if (code != RC_OK) return rc_exit_status(code);
	if (why_begin(&w, cli, src.s, &f) != RC_OK)
		return complain_code(cli, RC_NOMEM, NULL, NULL);
	code = w.own ? why_gather_own(&w, src.s) : source_walk(&src, why_take, &w);
	if (code == RC_OK) code = filter_end(&f);
	return code == RC_OK ? print(cli, &w) : rc_exit_status(code);
}

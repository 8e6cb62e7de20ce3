/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_demo.c - sluis demo up | down: a whole fictional region in one folder.
 *
 * What is in it stands in demo.h and docs/client.md.
 *
 * `up` refuses a folder with anything in it that is not a demo, and leaves nothing
 * behind when it fails half-way.  An existing demo that is down is started again.
 * `down` ends only the sluisd that runs with this folder's own configuration.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/command/complain.h"
#include "client/command/demo.h"
#include "client/command/shipped.h"
#include "client/jsonfile.h"

enum { COVER_S = 2 };

static const struct option options_up[] = {
    {"dir", "D", N_("the folder of the region")},
    {"policy", "DIR", N_("the policy to use (default: the shipped one)")},
    {"sluisd", "FILE", N_("the daemon to start (default: beside this command, or PATH)")},
    {"cover", "SECONDS",
        N_("between cover turns for layer 2 (default 2; 0: no layer 2)")},
    {NULL, NULL, NULL},
};
static const struct option options_down[] = {
    {"dir", "D", N_("the folder of the region")},
    {NULL, NULL, NULL},
};

/* --- the folder ------------------------------------------------------------------ */

/* The absolute path of --dir, which must exist unless MAKE. */
static rc
find_dir(struct demo *d, bool make)
{
	const char *asked = cli_required(d->cli, "dir");
	char        real[PATH_MAX];

	if (asked == NULL) return RC_USAGE;
	if (make && mkdir(asked, 0755) == 0) d->made_dir = true;
	if (realpath(asked, real) == NULL || strlen(real) >= sizeof d->dir) {
		(void)complain_code(
		    d->cli, RC_NOT_FOUND, asked, N_("there is no such folder"));
		return RC_NOT_FOUND;
	}
	memcpy(d->dir, real, strlen(real) + 1);
	return demo_paths(d);
}

static int
print_region(struct demo *d)
{
	AUTO(json_release) json_t *json = NULL;
	struct sluis_error         e;
	char                       path[FILE_PATH_MAX];
	const char                *quote =
            strpbrk(d->dir, " \t&;()<>|*?[]#~!{}$`\"\\") != NULL ? "'" : "";

	rc code = path_join(path, d->dir, "region.json");
	if (code == RC_OK) code = jsonfile_read(path, &json, &e);
	if (code != RC_OK) return complain(d->cli, &e);
	if (d->cli->json) return cli_json(d->cli, TAKE(json), RC_OK);
	(void)fprintf(d->cli->out, "%s %s\n", tr("region"), d->region.origin);
	(void)fprintf(d->cli->out, "%s %s\n", tr("broker"), d->region.sites[0].endpoint);
	for (size_t i = 0; i < d->region.n_members; i++)
		(void)fprintf(d->cli->out, "  %-16s %-40s %s\n",
		    d->region.members[i].name, d->region.members[i].organisation,
		    d->region.members[i].desk);
	if (d->cli->quiet) return 0;
	(void)fprintf(d->cli->out,
	    "%s\n  export SLUIS_PARTY=%s%s/parties/meldpunt%s\n"
	    "  sluis demo down --dir %s%s%s\n",
	    tr("next:"), quote, d->dir, quote, quote, d->dir, quote);
	return 0;
}

static void
demo_wipe(struct demo *d)
{
	region_wipe(&d->region);
}

static int
build_new(struct demo *d)
{
	AUTO(policy_destroy) struct policy *p = NULL;
	struct sluis_error                  e = {.code = SLUIS_INTERNAL};

	uint64_t cover = COVER_S;

	if (!demo_is_empty(d))
		return complain_code(d->cli, RC_CONFIG, d->dir,
		    N_("the folder is not empty and holds no demo"));
	rc code = cli_number(d->cli, "cover", COVER_S, &cover);
	if (code == RC_OK && cover > COVER_MAX_S)
		(void)complain_code(
		    d->cli, code = RC_USAGE, "--cover", N_("at most 3600 seconds"));
	d->region.cover_s = (unsigned)cover;
	if (code == RC_OK) code = shipped_policy(d->cli, d->policy);
	if (code == RC_OK) code = policy_open(d->cli, d->policy, &p);
	if (code != RC_OK) {
		demo_clean_up(d);
		return rc_exit_status(code);
	}
	code = demo_build(d, p, &e);
	progress_end(d->cli);
	if (code == RC_OK) return print_region(d);
	ignore(daemon_stop(&d->daemon, STOP_MS));
	if (e.code == SLUIS_INTERNAL) e.code = code_out(code);
	demo_clean_up(d);
	return complain(d->cli, &e);
}

static int
run_up(struct cli *cli)
{
	AUTO(demo_wipe) struct demo d = {.cli = cli};
	struct sluis_error          e = {.code = SLUIS_INTERNAL};

	rc code = shipped_sluisd(cli, d.sluisd);
	if (code == RC_OK) code = find_dir(&d, true);
	if (code != RC_OK) return rc_exit_status(code);
	if (!demo_is_one(&d)) return build_new(&d);
	if (cli_flag(cli, "policy"))
		return complain_code(cli, RC_USAGE, "--policy",
		    N_("an existing region keeps its policy: name a new folder"));
	if (cli_flag(cli, "cover"))
		return complain_code(cli, RC_USAGE, "--cover",
		    N_("an existing region keeps its cover: name a new folder"));
	code = demo_restart(&d, &e);
	if (code == RC_OK) return print_region(&d);
	if (e.code == SLUIS_INTERNAL) e.code = code_out(code);
	return complain(cli, &e);
}

/* --- down ------------------------------------------------------------------------ */

static int
run_down(struct cli *cli)
{
	AUTO(demo_wipe) struct demo d = {.cli = cli};

	rc code = find_dir(&d, false);
	if (code != RC_OK) return rc_exit_status(code);
	if (access(d.config, F_OK) != 0)
		return complain_code(
		    cli, RC_NOT_FOUND, d.dir, N_("there is no demo here"));
	code = daemon_stop(&d.daemon, STOP_MS);
	if (code != RC_OK && code != RC_NOT_FOUND)
		return complain_code(cli, code, d.pid, N_("sluisd could not be ended"));
	bool was_up = code == RC_OK;
	if (cli->json)
		return cli_json(
		    cli, json_pack("{s:b}", "stopped", was_up ? 1 : 0), RC_OK);
	(void)fprintf(cli->out, "%s\n",
	    was_up ? tr("The region is down.") : tr("The region was down already."));
	return 0;
}

const struct verb verbs_demo[] = {
    {"demo", "up", "", 0, 0, options_up,
        N_("make and start a fictional region in a folder"), run_up},
    {"demo", "down", "", 0, 0, options_down, N_("stop it; its files stay"), run_down},
    {.noun = NULL},
};

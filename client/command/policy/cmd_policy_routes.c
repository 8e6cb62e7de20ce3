/* SPDX-License-Identifier: EUPL-1.2 */
/* cmd_policy_routes.c - sluis policy routes: the signalenroutekaart. */
#include "client/command/complain.h"
#include "client/command/policy/cmd_policy.h"
#include "client/command/policy/grid_json.h"
#include "client/command/policy/policy_query.h"
#include "client/command/policy/routes.h"
#include "client/command/shipped.h"
#include "proto/auto.h"

const struct option options_policy_routes[] = {
    {"from", "ROLE", N_("as this sender: a role, or role/desk")},
    {"to", "ROLE", N_("to this recipient: a role, or role/desk")},
    {"convenant", "NAME", N_("only this convenant")},
    {"phase", "NAME", N_("only this phase")},
    {"audience", "NAME",
        N_("only recipients so: signatory, incidental, non_signatory, expired")},
    {"html", "FILE", N_("write one page that stands on its own to FILE (-: stdout)")},
    {"csv", NULL, N_("print CSV")},
    {NULL, NULL, NULL},
};

static int
run_text(struct cli *cli, const struct policy *p, const struct grid_query *q)
{
	size_t n    = 0;
	rc     code = routes_print(cli, p, q, &n);

	if (code != RC_OK) return policy_query_complain(cli, p, code);
	if (n == 0) (void)fprintf(cli->out, "%s\n", routes_none());
	return 0;
}

static int
run_list(struct cli *cli, const struct policy *p, const struct grid_query *q)
{
	json_t *json = NULL;
	rc      code = cli->json ? grids_json(p, q, true, &json) : routes_csv(cli, p, q);

	if (code != RC_OK) return policy_query_complain(cli, p, code);
	return cli->json ? cli_json(cli, json, RC_OK) : 0;
}

static int
run_html(struct cli *cli, const struct policy *p, const struct grid_query *q)
{
	char               limits[LIMITS_MAX];
	struct routes_page m = {.policy = p, .query = q};

	if (html_limits(cli, limits)) m.limits = limits;
	return html_write(cli, cli_value(cli, "html"), MODE_PUBLIC, routes_html, &m, p);
}

int
run_policy_routes(struct cli *cli)
{
	AUTO(policy_destroy) struct policy *p = NULL;
	struct policy_query                 q;

	if (cli_flag(cli, "html") + cli_flag(cli, "csv") + cli->json > 1)
		return complain_code(
		    cli, RC_USAGE, NULL, N_("one of --html, --csv and --json"));
	if (policy_query_read(cli, &q) != RC_OK) return rc_exit_status(RC_USAGE);
	q.grid.by_duty = true;
	rc code        = policy_open(cli, cli->args[0], &p);
	if (code != RC_OK) return rc_exit_status(code);
	if (cli_flag(cli, "html")) return run_html(cli, p, &q.grid);
	if (cli->json || cli_flag(cli, "csv")) return run_list(cli, p, &q.grid);
	return run_text(cli, p, &q.grid);
}

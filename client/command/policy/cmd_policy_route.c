/* SPDX-License-Identifier: EUPL-1.2 */
/* cmd_policy_route.c - sluis policy route: the ways of cases, as the policy has them. */
#include <string.h>

#include "client/command/complain.h"
#include "client/command/policy/cmd_policy.h"
#include "client/command/policy/route_text.h"
#include "client/command/shipped.h"
#include "proto/auto.h"

const struct option options_policy_route[] = {
    {"policy", "DIR", N_("the policy that says so (else the shipped one)")},
    {NULL, NULL, NULL},
};

static bool
is_asked(const struct cli *cli, const struct route_info *r)
{
	return cli->n_args == 0 || strcmp(cli->args[0], r->id) == 0;
}

static int
print_json(struct cli *cli, const struct policy *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < policy_n_routes(p); i++)
		if (is_asked(cli, policy_route_at(p, i)))
			(void)json_array_append_new(
			    list, route_json(policy_route_at(p, i)));
	return cli_json(cli, json_pack("{s:o}", "routes", list), RC_OK);
}

static int
print_text(struct cli *cli, const struct policy *p)
{
	bool more = false;

	for (size_t i = 0; i < policy_n_routes(p); i++) {
		const struct route_info *r = policy_route_at(p, i);
		if (!is_asked(cli, r)) continue;
		if (more) (void)fputc('\n', cli->out);
		route_print(cli->out, p, r);
		more = true;
	}
	if (!more) (void)fprintf(cli->out, "%s\n", tr("This policy has no routes."));
	return 0;
}

int
run_policy_route(struct cli *cli)
{
	AUTO(policy_destroy) struct policy *p = NULL;
	char                                dir[FILE_PATH_MAX];

	rc code = shipped_policy(cli, dir);
	if (code == RC_OK) code = policy_open(cli, dir, &p);
	if (code != RC_OK) return rc_exit_status(code);
	if (cli->n_args > 0 && policy_route(p, cli->args[0]) == NULL)
		return complain_code(cli, RC_NOT_FOUND, cli->args[0],
		    N_("this policy has no route of that name"));
	return cli->json ? print_json(cli, p) : print_text(cli, p);
}

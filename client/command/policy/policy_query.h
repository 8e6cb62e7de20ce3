/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * policy_query.h - the filters of sluis policy matrix and routes.
 *
 * --from and --to take a role or an alias of one, or role/desk.
 */
#ifndef SLUIS_CLIENT_COMMAND_POLICY_POLICY_QUERY_H
#define SLUIS_CLIENT_COMMAND_POLICY_POLICY_QUERY_H

#include "client/command/cli.h"
#include "policy/study/grid.h"

struct policy_query { /* points into itself: not to be copied */
	struct grid_query grid;
	char              from[128], to[128];
};

/* What the command line asks; RC_USAGE after a complaint. */
MUST rc policy_query_read(struct cli *cli, struct policy_query *ret);

/* Complain about CODE; for RC_NOT_FOUND name the option whose value P does not know, and
 * the nearest that it does.  The exit status. */
int policy_query_complain(struct cli *cli, const struct policy *p, rc code);

#endif

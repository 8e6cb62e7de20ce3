/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * grid_json.h - grids and routes for programs: JSON and CSV.
 *
 * Names are those of the policy files and never translated; only `condition` is a
 * sentence, in the reader's language, beside the clauses that it says.
 */
#ifndef SLUIS_CLIENT_COMMAND_POLICY_GRID_JSON_H
#define SLUIS_CLIENT_COMMAND_POLICY_GRID_JSON_H

#include "client/command/cli.h"
#include "policy/study/grid.h"

/* Everything of G: restrictions, recipients, rows with cells. */
json_t *grid_json(const struct grid *g);

/* One route for each column of G: what it gives, and what is due. */
json_t *grid_routes_json(const struct grid *g);

/* {"grids": [...]} or {"routes": [...]} of what Q asks; *RET is owned by the caller. */
MUST rc grids_json(
    const struct policy *p, const struct grid_query *q, bool routes, json_t **ret);

/* A row for each row of each grid, a column for each recipient. */
MUST rc grids_csv(struct cli *cli, const struct policy *p, const struct grid_query *q);

/* A row for each route and category. */
MUST rc routes_csv(struct cli *cli, const struct policy *p, const struct grid_query *q);

#endif

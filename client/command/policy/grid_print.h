/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * grid_print.h - grids on the terminal.
 *
 *	riec, phase 1: ...
 *	                     municipality  police  om    RULES
 *	Identity             V             V       V2    riec-id riec-idx
 *
 *	V in full  G coarser  P pseudonym  x barred  - no rule; a number: see below
 *	  2  only if a suspect
 */
#ifndef SLUIS_CLIENT_COMMAND_POLICY_GRID_PRINT_H
#define SLUIS_CLIENT_COMMAND_POLICY_GRID_PRINT_H

#include "client/command/cli.h"
#include "policy/study/grid.h"

/* Print what Q asks; *RET_N grids were printed.  Fails as policy_grids(). */
MUST rc grids_print(
    struct cli *cli, const struct policy *p, const struct grid_query *q, size_t *ret_n);

/* The rules of one convenant that were used, and their articles. */
struct rules_used {
	size_t  n; /* of the policy; at most RULES_USED_MAX */
	uint8_t bits[65536 / 8];
};

void rules_use(struct rules_used *u, unsigned rule);
bool rules_is_used(const struct rules_used *u, unsigned rule);

/* Every rule that a cell, and a restriction, of G goes by. */
void rules_use_grid(struct rules_used *u, const struct grid *g);

/* A line for each rule in U: id, article, and a mark where the reading is ours. */
void rules_print(struct cli *cli, const struct policy *p, const struct rules_used *u);

/* The rules that decide in one ROW, as "riec-id riec-idx"; of the column COLUMN only, or
 * of all for SIZE_MAX.  The caller frees it. */
char *row_rules(const struct grid *g, size_t row, size_t column);

/* "Identity", or "Identity: given_names, birth_date" where a row is not a whole category.
 * The caller frees it. */
char *row_label(const struct grid *g, const struct grid_row *row);

#endif

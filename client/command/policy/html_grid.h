/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * html_grid.h - the parts of a grid that pages share.
 *
 * Ids of convenants, phases, rules and categories are plain words (policy/read/read.h),
 * so they can stand in an id and a link as they are.
 */
#ifndef SLUIS_CLIENT_COMMAND_POLICY_HTML_GRID_H
#define SLUIS_CLIENT_COMMAND_POLICY_HTML_GRID_H

#include "client/command/policy/html.h"
#include "policy/study/grid.h"

/* "riec-1-signatory": the ids of a grid's parts end in it. */
enum { GRID_ID_MAX = 128 };
void html_grid_id(const struct grid *g, char out[GRID_ID_MAX]);

/* The table of contents of a page of Q: "how", "c-" convenants, "t-" grids, "parties".
 * Fails as policy_grids(). */
MUST rc html_contents(FILE *to, const struct policy *p, const struct grid_query *q);

/* The head of a convenant: legal basis, registration, term, phases, purposes, regions. */
void html_convenant(FILE *to, const struct convenant_info *c);

/* The restrictions of G as a list, each with its rule. */
void html_restrictions(FILE *to, const struct grid *g);

/* Who of the senders is asked about. */
void html_senders(FILE *to, const struct grid *g);

/* "Phase 1: recipients that signed" */
void html_grid_title(FILE *to, const struct grid *g);

/* The class that colours a cell, and links to the rules that it goes by. */
const char *html_cell_class(const struct grid_cell *cell);
void html_cell_rules(FILE *to, const struct policy *p, const struct grid_cell *cell);

/* Headers of a column and a row, with their scope. */
void html_column_heading(FILE *to, const struct policy *p, const struct grid_column *c);
void html_row_heading(FILE *to, const struct grid *g, const struct grid_row *row);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * matrix_html.h - the grids of a policy as one page.
 */
#ifndef SLUIS_CLIENT_COMMAND_POLICY_MATRIX_HTML_H
#define SLUIS_CLIENT_COMMAND_POLICY_MATRIX_HTML_H

#include "client/command/policy/html.h"
#include "policy/study/grid.h"

struct matrix_page {
	const struct policy     *policy;
	const struct grid_query *query;
	const char *limits; /* what the page is limited to, in words; NULL: nothing */
};

/* For html_write(); ARG is a struct matrix_page. */
rc matrix_html(FILE *to, void *arg);

#endif

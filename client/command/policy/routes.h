/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * routes.h - the signalenroutekaart: who may send what to whom, at which stage.
 *
 * A grid read column by column: for one recipient what it gets, grouped by action and
 * condition, and what is due.
 */
#ifndef SLUIS_CLIENT_COMMAND_POLICY_ROUTES_H
#define SLUIS_CLIENT_COMMAND_POLICY_ROUTES_H

#include "client/command/cli.h"
#include "client/command/policy/html.h"
#include "policy/arena.h"
#include "policy/study/grid.h"

enum { ROUTE_LINES_MAX = SCHEMA_FIELDS_MAX, ROUTE_BYTES = 32 * 1024 * 1024 };

struct route_line {            /* texts in the arena of the route */
	int         rank;      /* what is given freely comes first */
	const char *words;     /* "in full", "in full / pseudonym" */
	const char *condition; /* "" for always */
	size_t      n;
	size_t     *rows; /* of the grid */
};

struct route { /* to one column of a grid */
	const struct grid   *grid;
	size_t               column;
	size_t               n;
	struct route_line    lines[ROUTE_LINES_MAX];
	size_t               n_parties; /* that sit there, as this audience */
	const struct party **parties;
};

/* Read COLUMN of G; texts speak of roles by their titles or by their ids.  RC_NOMEM. */
MUST rc route_read(const struct grid *g, size_t column, bool titles, struct arena *arena,
    struct route *ret);

/* "Identity; Place, exact": the rows of a line. */
const char *route_categories(
    const struct route *r, const struct route_line *line, struct arena *arena);

/* When O is due: "within 365 days, if there is an embargo"; "" for always. */
const char *route_due(
    const struct grid *g, const struct grid_obligation *o, struct arena *arena);

/* COUNTS[column of G]: how many categories SENDER (number in G) may send something of,
 * conditions or not. */
MUST rc route_counts(const struct grid *g, size_t sender, size_t *counts);

/* The text of O in the reader's language. */
const char *obligation_text(const struct obligation_info *o);

/* Whether any column of G gives something, and what to say where none does. */
bool        routes_exist(const struct grid *g);
const char *routes_none(void);

/* Print what Q asks; *RET_N tables were printed, routes_none() in those without a route.
 */
MUST rc routes_print(
    struct cli *cli, const struct policy *p, const struct grid_query *q, size_t *ret_n);

struct routes_page {
	const struct policy     *policy;
	const struct grid_query *query;
	const char *limits; /* what the page is limited to, in words; NULL: nothing */
};

/* For html_write(); ARG is a struct routes_page. */
rc routes_html(FILE *to, void *arg);

#endif

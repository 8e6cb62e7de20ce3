/* SPDX-License-Identifier: EUPL-1.2 */
/* routes_count.c - how many categories may go from whom to whom. */
#include <string.h>

#include "client/command/policy/routes.h"

struct counting {
	const struct grid *of; /* whose columns are counted */
	size_t            *counts;
};

/* How many categories COLUMN of G gives something of. */
static size_t
categories_given(const struct grid *g, size_t column)
{
	const char *last = NULL;
	size_t      n    = 0;

	for (size_t i = 0; i < g->n_rows; i++) {
		const struct grid_cell *cell = grid_at(g, i, column);
		if (clauses_give_nothing(cell->clauses, cell->n)) continue;
		n += last == NULL || strcmp(last, g->rows[i].category) != 0 ? 1 : 0;
		last = g->rows[i].category;
	}
	return n;
}

static bool
same_seat(const struct grid_seat *a, const struct grid_seat *b)
{
	return strcmp(a->role, b->role) == 0 && (a->desk == NULL) == (b->desk == NULL) &&
	       (a->desk == NULL || strcmp(a->desk, b->desk) == 0);
}

static rc
count_columns(void *arg, const struct grid *g)
{
	struct counting *c = arg;

	for (size_t i = 0; i < c->of->n_columns; i++) {
		for (size_t k = 0; k < g->n_columns; k++) {
			for (size_t n = 0; n < g->columns[k].n; n++) {
				if (same_seat(&c->of->columns[i].seats[0],
				        &g->columns[k].seats[n]))
					c->counts[i] = categories_given(g, k);
			}
		}
	}
	return RC_OK;
}

rc
route_counts(const struct grid *g, size_t sender, size_t *counts)
{
	const struct grid_seat *s = &g->senders[sender];
	struct grid_query       q = {.convenant = g->convenant->id,
	          .phase                        = g->phase,
	          .audience                     = g->audience,
	          .sender                       = s->role,
	          .sender_desk                  = s->desk != NULL ? s->desk : ""};
	struct counting         c = {g, counts};

	for (size_t i = 0; i < g->n_columns; i++) counts[i] = 0;
	return policy_grids(g->policy, &q, count_columns, &c);
}

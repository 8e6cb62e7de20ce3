/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * grid_build.h - a grid under construction: shared by grid.c and grid_*.c only.
 */
#ifndef SLUIS_POLICY_GRID_BUILD_H
#define SLUIS_POLICY_GRID_BUILD_H

#include "policy/study/grid.h"
#include "policy/study/space.h"

enum {
	GRID_BYTES       = 64 * 1024 * 1024,
	GRID_CELLS_MAX   = 4096, /* that differ, in one grid */
	GRID_SENDERS_MAX = 64,   /* a mask of them is 64 bits */
};

struct builder {
	struct arena              *arena;
	const struct policy       *p;
	const struct convenant    *c;
	const struct grid_query   *q;
	unsigned                   phase;
	enum audience              audience;
	factset                    message; /* facts that the audience makes */
	const struct matrix_class *of;      /* NULL: every kind of record */
	struct asker               askers[GRID_SENDERS_MAX];
	size_t                     n_seats; /* that get something under this audience */
	const struct row         **seats;
	uint16_t (*ids)[SCHEMA_FIELDS_MAX]; /* [seat]: number of the cell */
	size_t            n_cells;
	struct grid_cell *cells; /* GRID_CELLS_MAX */
	struct grid       grid;
};

/* Fill B->ids and B->cells: every field at every seat, simplified.  RC_NOMEM;
 * RC_TOO_MANY when the cells differ too much. */
MUST rc grid_build_cells(struct builder *b);

/* Columns and rows from the cells. */
MUST rc grid_build_table(struct builder *b);

/* What stands above the table. */
MUST rc grid_build_restrictions(struct builder *b);

/* Whether these fields are asked about, by B->of. */
bool grid_field_asked(const struct builder *b, unsigned field);

/* CANDIDATE as a clause about B's senders. */
struct clause clause_of(const struct builder *b, const struct candidate *candidate);

#endif

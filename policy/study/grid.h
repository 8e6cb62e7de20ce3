/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * grid.h - the compiled policy as tables that fit on paper.
 *
 * policy/study/matrix.h tells one cell for each sender and kind of record: hundreds of
 * thousands.  A grid is the same, folded: one for each convenant, phase and audience;
 * a row is a category, or some fields of it where they differ; a column is the
 * recipients that are treated alike; a cell is a short list of clauses
 * (policy/study/clause.h) that says for which senders, purposes and facts what is given.
 *
 * What narrows nearly everything at once (an embargo, criminal intelligence, layer 2)
 * stands above the table as a restriction, not in every cell.  So an outcome is: a
 * restriction that holds, else the first clause of the cell that holds, else nothing.
 *
 * Pure but for memory.
 */
#ifndef SLUIS_POLICY_GRID_H
#define SLUIS_POLICY_GRID_H

#include "policy/study/clause.h"
#include "policy/study/matrix.h"

/* A desk NULL: all desks of the role; "": any that has no seat of its own. */
struct grid_query { /* NULL: all */
	const char *convenant, *phase;
	const char *sender, *sender_desk; /* role or alias */
	const char *recipient, *recipient_desk;
	const char *class_name; /* matrix_class_at() */
	const char *audience;   /* "signatory", ... */
	bool        by_duty;    /* tell recipients apart by what is due, too */
};

struct grid_seat {
	const char *role;
	const char *desk; /* NULL: every desk that is not named beside it */
};

struct grid_obligation {
	const struct obligation_info *info;
	factset                       when, when_any, unless; /* travels only then */
	uint16_t                      purposes;               /* bit: only for these */
	bool                          every_copy; /* else only with what a rule gives */
};

struct grid_column {
	size_t                        n; /* recipients that are treated alike */
	const struct grid_seat       *seats;
	size_t                        n_obligations;
	const struct grid_obligation *obligations;
	bool                          gives; /* some cell gives something */
};

struct grid_row {
	const char *category;
	bool        whole; /* all fields of it that are asked about */
	size_t      n_fields;
	const struct schema_field *const *fields;
	bool                              gives;
};

struct grid_cell {
	size_t               n; /* 0: silence, no rule names it */
	const struct clause *clauses;
};

enum restriction {
	RESTRICTION_REFUSES,  /* the whole signal, for everybody */
	RESTRICTION_EXCLUDES, /* these recipients get nothing at all */
	RESTRICTION_NARROWS,  /* these recipients get only what LEFT names */
	RESTRICTION_SUPPLIER, /* what the supplier itself refuses */
};

struct grid_restriction {
	enum restriction        kind;
	rc                      code; /* of REFUSES and EXCLUDES */
	struct clause           clause;
	size_t                  n_seats; /* none for REFUSES */
	const struct grid_seat *seats;
	size_t                  n_left; /* categories, or paths where a category is cut */
	const char *const      *left;
};

struct grid { /* borrowed during the visit */
	const struct policy         *policy;
	const struct convenant_info *convenant;
	const char                  *phase;
	unsigned                     phase_number;
	const char  *class_name; /* the kind of record asked about; NULL: all */
	const char  *audience;
	struct scope scope; /* of fields outside persons */
	struct scope scope_person;
	size_t       n_senders; /* clause.senders counts in this order */
	const struct grid_seat   *senders;
	size_t                    n_recipients; /* whom any rule of the phase names */
	const struct grid_seat   *recipients;
	size_t                    n_columns, n_rows, n_restrictions;
	const struct grid_column *columns;
	const struct grid_row    *rows;
	const struct grid_restriction *restrictions;
	const struct grid_cell *const *cells; /* [row * n_columns + column] */
};

static inline const struct grid_cell *
grid_at(const struct grid *g, size_t row, size_t column)
{
	return g->cells[row * g->n_columns + column];
}

/* Whether G is asked about one sender only, by the query. */
bool grid_is_of_one_sender(const struct grid *g);

/* Anything but RC_OK stops and is returned. */
typedef rc (*grid_visit)(void *arg, const struct grid *g);

/*
 * Visit every grid that Q leaves, in the order of the files; an audience without any
 * column is left out.  Of two grids that are the same but for the phase both are told.
 * RC_NOT_FOUND when Q names what does not exist.
 */
MUST rc policy_grids(
    const struct policy *p, const struct grid_query *q, grid_visit visit, void *arg);

#endif

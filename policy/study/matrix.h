/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * matrix.h - the compiled policy as a table: who gets what from whom, when.
 *
 * Walks every convenant, phase, sending role and seat (role, or desk of a role)
 * and tells the cell of every category, or of every field where the fields of a
 * category differ.  It asks the same tables that a ruling asks, so what is shown
 * is what happens.
 *
 * Pure.  Allocates nothing.
 */
#ifndef SLUIS_POLICY_MATRIX_H
#define SLUIS_POLICY_MATRIX_H

#include "policy/policy.h"

/* What kind of record a cell speaks of. */
struct matrix_class {
	const char *name;   /* "signal" for all fields outside persons; "victim", ... */
	bool        person; /* fields of persons, with these facts: */
	factset     record;
};

/* The I-th class, NULL past the last. */
const struct matrix_class *matrix_class_at(size_t i);

struct matrix_query { /* NULL: all */
	const char *convenant, *phase;
	const char *sender_role;    /* role id or alias */
	const char *recipient_role; /* role id or alias */
	const char *class_name;
	factset     message; /* facts of the message, e.g. FACT_EMBARGO; usually 0 */
};

struct matrix_cell { /* borrowed during the call */
	const struct convenant_info *convenant;
	const char                  *phase;
	const char                  *sender_role;
	const char                  *sender_desk; /* NULL: any desk that no rule names */
	const char                  *recipient_role;
	const char *recipient_desk; /* NULL: any desk that has no seat of its own */
	const char *audience; /* "signatory", "incidental", "non_signatory", "expired" */
	const struct matrix_class *of;
	const char                *category;
	const struct schema_field *field; /* NULL: the whole category is alike */
	rc                         code;  /* RC_OK, else a bar on the whole message */
	struct cell                cell;
};

/* Anything but RC_OK stops the walk and is returned. */
typedef rc (*matrix_visit)(void *arg, const struct matrix_cell *at);

/*
 * Visit every cell that Q leaves.  A bar on the whole message (exclude, refuse) is
 * told once for its row: CODE not RC_OK, CATEGORY and FIELD NULL.  RC_NOT_FOUND when
 * Q names what does not exist.
 */
MUST rc policy_matrix(
    const struct policy *p, const struct matrix_query *q, matrix_visit visit, void *arg);

#endif

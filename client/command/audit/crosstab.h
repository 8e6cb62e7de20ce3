/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * crosstab.h - counts by one thing and another, before anything is hidden.
 *
 * Tables that count the same things (signals, victims, deliveries) form a family: they
 * share their rows, and differ in their columns.  Nothing else is shared, so that whoever
 * lays the tables of a family side by side has nothing but the totals of the rows in
 * common, and these are published.
 *
 * Row and column 0 are what is not known.  A table that is full counts in a last one.
 *
 * Pure.
 */
#ifndef SLUIS_CLIENT_COMMAND_AUDIT_CROSSTAB_H
#define SLUIS_CLIENT_COMMAND_AUDIT_CROSSTAB_H

#include "client/command/audit/suppress.h"

#define AXIS_UNKNOWN "unknown"
#define AXIS_REST "rest" /* what is taken together */

enum { AXIS_CODE_MAX = 40, FAMILY_TABLES_MAX = 5 };

struct axis {
	size_t n;
	bool   fixed; /* its codes stand in an order of their own */
	char   codes[TAB_MAX][AXIS_CODE_MAX];
};

struct crosstab {
	const char *name; /* "sector"; constant */
	struct axis cols;
	uint64_t    count[TAB_MAX][TAB_MAX];
};

struct family {
	const char     *name; /* "signals"; constant */
	struct axis     rows;
	size_t          n;
	struct crosstab tables[FAMILY_TABLES_MAX];
};

/* Where CODE (NULL: unknown) stands in AXIS; it is added if it does not. */
size_t axis_place(struct axis *axis, const char *code);

/* Put CODES (ended by NULL) on AXIS, in the order in which they are told.  Any other axis
 * is told in the order of its codes: in that of the journal it would say what came first.
 */
void axis_fix(struct axis *axis, const char *const *codes);

/* Where CODE stands in AXIS; AXIS->n if it does not. */
size_t axis_find(const struct axis *axis, const char *code);

/* An empty family with these tables (ended by NULL). */
void family_init(struct family *f, const char *name, const char *const *tables);

/* Count one more in table TABLE. */
void family_count(struct family *f, size_t table, size_t row, const char *col);

/* How many were counted. */
uint64_t family_total(const struct family *f);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * release.h - the tables of a family as they may be published.
 *
 * Method
 *  1. Of fewer things than the threshold nothing is told but that.
 *  2. Rows and columns that total less than the threshold are taken together in a "rest",
 *     and with them as many of the smallest others as it takes to make the rest the
 *     threshold or more.  Those that total nothing are left out.  So every total is the
 *     threshold or more, and is told.
 *  3. Cells are hidden (suppress.h).
 *
 * The threshold is MIN_THRESHOLD at least.  A higher one is reached from the tables for
 * MIN_THRESHOLD: rows are taken together further, a cell of which any part was hidden is
 * hidden, and more is hidden; so the tables for all thresholds together tell no more than
 * those for the lowest.
 *
 * What cannot be subtracted: the tables of a family share the totals of their rows and
 * nothing else, all of which are told; families count different things; periods are whole
 * calendar years, which do not overlap (count.h).
 *
 * Pure.
 */
#ifndef SLUIS_CLIENT_COMMAND_AUDIT_RELEASE_H
#define SLUIS_CLIENT_COMMAND_AUDIT_RELEASE_H

#include "client/command/audit/crosstab.h"

enum { MIN_THRESHOLD = 5, THRESHOLD_MAX = 100000 };

struct released_table {
	const char  *name;
	struct axis  cols; /* the rest, if any, is last */
	struct cells cells;
	uint64_t     totals[TAB_MAX]; /* of its columns */
};

struct released {
	const char           *name;
	bool                  shown; /* false: fewer than the threshold */
	uint64_t              total;
	struct axis           rows; /* the rest, if any, is last */
	uint64_t              totals[TAB_MAX];
	size_t                n;
	struct released_table tables[FAMILY_TABLES_MAX];
};

/* F as it may be published at THRESHOLD, MIN_THRESHOLD or more.  *RET is large: on the
 * heap. */
void release_family(const struct family *f, uint64_t threshold, struct released *ret);

#endif

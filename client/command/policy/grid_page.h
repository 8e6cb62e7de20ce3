/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * grid_page.h - one grid as text: what stands above, in and below its table.
 */
#ifndef SLUIS_CLIENT_COMMAND_POLICY_GRID_PAGE_H
#define SLUIS_CLIENT_COMMAND_POLICY_GRID_PAGE_H

#include "client/command/policy/paper.h"
#include "policy/study/grid.h"

enum { NOTES_MAX = 4096 }; /* as many as one grid can have cells that differ */

struct notes { /* conditions, numbered from 1 */
	size_t      n;
	const char *at[NOTES_MAX];
};

struct page {
	FILE              *to;
	size_t             width;
	bool               colour;
	const struct grid *g;
	struct arena      *arena; /* of the texts */
	struct paper       paper;
	struct notes       notes;
};

/* TEXT (consumed) in the arena of P; "" without memory. */
const char *page_keep(struct page *p, char *text);

/* The convenant: title, article, term, who may send, for what. */
void page_convenant(struct page *p);

/* What comes before any table of it. */
void page_restrictions(struct page *p);

/* The table, and then the conditions that its cells refer to. */
void page_table(struct page *p);
void page_notes(struct page *p);

/* What nobody in this table gets: BARRED, or because no rule names it. */
void page_nothing(struct page *p, bool barred, const char *label);

#endif

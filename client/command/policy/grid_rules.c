/* SPDX-License-Identifier: EUPL-1.2 */
/* grid_rules.c - which rules a table goes by, and what they are called. */
#include <stdlib.h>
#include <string.h>

#include "client/command/policy/grid_print.h"
#include "client/command/policy/grid_text.h"
#include "client/command/policy/paper.h"

/* --- a set of rules -------------------------------------------------------------- */

void
rules_use(struct rules_used *u, unsigned rule)
{
	u->bits[rule / 8 % sizeof u->bits] |= (uint8_t)(1U << rule % 8);
}

bool
rules_is_used(const struct rules_used *u, unsigned rule)
{
	return (u->bits[rule / 8 % sizeof u->bits] >> rule % 8 & 1) != 0;
}

static void
use_cell(struct rules_used *u, const struct grid_cell *cell)
{
	for (size_t i = 0; i < cell->n; i++) rules_use(u, cell->clauses[i].rule);
}

void
rules_use_grid(struct rules_used *u, const struct grid *g)
{
	for (size_t i = 0; i < g->n_rows * g->n_columns; i++) use_cell(u, g->cells[i]);
	for (size_t i = 0; i < g->n_restrictions; i++)
		rules_use(u, g->restrictions[i].clause.rule);
}

void
rules_print(struct cli *cli, const struct policy *p, const struct rules_used *u)
{
	size_t width = paper_width(cli->out), indent = 0;

	for (unsigned i = 0; i < policy_n_rules(p); i++) {
		size_t n = strlen(policy_rule_info(p, i)->id);
		if (rules_is_used(u, i) && n > indent) indent = n;
	}
	(void)fprintf(cli->out, "%s\n",
	    tr("Rules (°: our reading, which a privacy officer has to confirm)"));
	for (unsigned i = 0; i < policy_n_rules(p); i++) {
		const struct rule_info *r = policy_rule_info(p, i);
		char                    first[80];
		if (!rules_is_used(u, i)) continue;
		(void)snprintf(
		    first, sizeof first, "  %s%s", r->id, r->inferred ? "°" : "");
		paper_text(cli->out, width, first, indent + 5, r->article);
	}
	(void)fputc('\n', cli->out);
}

/* --- rows ------------------------------------------------------------------------ */

char *
row_rules(const struct grid *g, size_t row, size_t column)
{
	struct rules_used *u    = calloc(1, sizeof *u);
	char              *text = NULL;
	size_t             size, some = 0;
	FILE              *to = u == NULL ? NULL : open_memstream(&text, &size);

	for (size_t i = 0; to != NULL && i < g->n_columns; i++) {
		if (column == SIZE_MAX || column == i) use_cell(u, grid_at(g, row, i));
	}
	for (unsigned i = 0; to != NULL && i < policy_n_rules(g->policy); i++) {
		if (!rules_is_used(u, i)) continue;
		(void)fprintf(to, "%s%s", some++ == 0 ? "" : " ",
		    policy_rule_info(g->policy, i)->id);
	}
	if (to != NULL) (void)fclose(to);
	free(u);
	return text;
}

/* How much of the paths of ROW is the same, up to the last dot. */
static size_t
common_stem(const struct grid_row *row)
{
	const char *first = row->fields[0]->path;
	size_t      stem  = 0;

	for (size_t i = 0; first[i] != '\0'; i++) {
		for (size_t k = 1; k < row->n_fields; k++) {
			if (row->fields[k]->path[i] != first[i]) return stem;
		}
		if (first[i] == '.') stem = i + 1;
	}
	return stem;
}

char *
row_label(const struct grid *g, const struct grid_row *row)
{
	char  *text = NULL;
	size_t size;
	FILE  *to = open_memstream(&text, &size);

	if (to == NULL) return NULL;
	(void)fputs(category_title(g->policy, row->category), to);
	for (size_t i = 0; !row->whole && i < row->n_fields; i++)
		(void)fprintf(to, "%s%s", i == 0 ? ": " : ", ",
		    row->fields[i]->path + common_stem(row));
	(void)fclose(to);
	return text;
}

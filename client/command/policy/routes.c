/* SPDX-License-Identifier: EUPL-1.2 */
/* routes.c - a column of a grid as a route. */
#include "client/command/policy/routes.h"

#include <stdlib.h>
#include <string.h>

#include "client/command/policy/condition_text.h"
#include "client/command/policy/fact_text.h"
#include "client/command/policy/grid_print.h"
#include "client/command/policy/grid_text.h"

/* TEXT (consumed) in ARENA; NULL without memory. */
static const char *
keep(struct arena *arena, char *text)
{
	const char *kept = text == NULL ? NULL : arena_copy(arena, text, strlen(text));

	free(text);
	return kept;
}

/* --- groups ---------------------------------------------------------------------- */

/* In full before coarser before pseudonym; without a condition first. */
static int
rank_of(const struct grid_cell *cell, const char *condition)
{
	char letters[LETTERS_MAX];
	int  rank = condition[0] == '\0' ? 0 : 1;

	(void)cell_letters(cell, letters);
	if (letters[0] != 'V') rank += letters[0] == 'G' ? 4 : 6;
	return letters[1] == '\0' ? rank : rank + 2;
}

static rc
add_row(struct route *r, size_t row, bool titles, struct arena *arena)
{
	const struct grid_cell *cell  = grid_at(r->grid, row, r->column);
	const char             *words = keep(arena, cell_words(cell));
	const char *condition = keep(arena, cell_condition(r->grid, cell, titles));

	if (words == NULL || condition == NULL) return RC_NOMEM;
	for (size_t i = 0; i < r->n; i++) {
		struct route_line *l = &r->lines[i];
		if (strcmp(l->words, words) != 0 || strcmp(l->condition, condition) != 0)
			continue;
		l->rows[l->n++] = row;
		return RC_OK;
	}
	size_t *rows = arena_alloc(arena, r->grid->n_rows, sizeof *rows);
	if (rows == NULL) return RC_NOMEM;
	rows[0] = row;
	r->lines[r->n++] =
	    (struct route_line){rank_of(cell, condition), words, condition, 1, rows};
	return RC_OK;
}

static int
by_rank(const void *a, const void *b)
{
	const struct route_line *x = a, *y = b;

	if (x->rank != y->rank) return x->rank < y->rank ? -1 : 1;
	return (x->rows[0] > y->rows[0]) - (x->rows[0] < y->rows[0]);
}

/* --- who sits there -------------------------------------------------------------- */

static bool
has_signature(
    const struct policy *p, const char *oin, const char *convenant, bool declared)
{
	struct signature_info s;

	for (size_t i = 0; policy_signature_at(p, oin, i, &s); i++) {
		if (strcmp(s.convenant, convenant) == 0 && s.declaration == declared)
			return true;
	}
	return false;
}

/* Whether some other party's signature stands for OIN too. */
static bool
is_signed_for(const struct policy *p, const char *oin, const char *convenant)
{
	struct signature_info s;

	for (size_t i = 0; i < policy_n_parties(p); i++) {
		const char *other = policy_party_at(p, i)->oin;
		for (size_t k = 0; policy_signature_at(p, other, k, &s); k++) {
			for (size_t n = 0; n < s.n_on_behalf; n++) {
				if (strcmp(s.convenant, convenant) == 0 &&
				    strcmp(s.on_behalf_of[n], oin) == 0)
					return true;
			}
		}
	}
	return false;
}

static bool
is_audience(const struct grid *g, const struct party *party)
{
	const struct policy *p    = g->policy;
	const char          *name = g->convenant->id;
	bool                 has  = has_signature(p, party->oin, name, false) ||
	           is_signed_for(p, party->oin, name);

	if (strcmp(g->audience, "signatory") == 0) return has;
	if (strcmp(g->audience, "non_signatory") == 0) return !has;
	if (strcmp(g->audience, "incidental") == 0)
		return !has && has_signature(p, party->oin, name, true);
	return true;
}

static bool
sits_at(const struct party *party, const struct grid_column *c)
{
	for (size_t i = 0; i < c->n; i++) {
		if (strcmp(party->role, c->seats[i].role) == 0 &&
		    (c->seats[i].desk == NULL || party_has_desk(party, c->seats[i].desk)))
			return true;
	}
	return false;
}

static rc
find_parties(struct route *r, struct arena *arena)
{
	const struct policy *p = r->grid->policy;
	size_t               n = policy_n_parties(p);

	r->parties = arena_alloc(arena, n, sizeof *r->parties);
	if (r->parties == NULL) return RC_NOMEM;
	for (size_t i = 0; i < n; i++) {
		const struct party *party = policy_party_at(p, i);
		if (sits_at(party, &r->grid->columns[r->column]) &&
		    is_audience(r->grid, party))
			r->parties[r->n_parties++] = party;
	}
	return RC_OK;
}

/* --- the whole ------------------------------------------------------------------- */

rc
route_read(const struct grid *g, size_t column, bool titles, struct arena *arena,
    struct route *ret)
{
	*ret = (struct route){.grid = g, .column = column};
	for (size_t i = 0; i < g->n_rows && ret->n < ROUTE_LINES_MAX; i++) {
		const struct grid_cell *cell = grid_at(g, i, column);
		if (!clauses_give_nothing(cell->clauses, cell->n))
			TRY(add_row(ret, i, titles, arena));
	}
	qsort(ret->lines, ret->n, sizeof *ret->lines, by_rank);
	return find_parties(ret, arena);
}

/* How many rows from the I-th of LINE on are of one category. */
static size_t
same_category(const struct route *r, const struct route_line *line, size_t i)
{
	const struct grid_row *rows = r->grid->rows;
	size_t                 n    = 1;

	while (i + n < line->n && strcmp(rows[line->rows[i]].category,
	                              rows[line->rows[i + n]].category) == 0)
		n++;
	return n;
}

/* Whether N rows from the I-th of LINE on are all there is of their category. */
static bool
is_whole(const struct route *r, const struct route_line *line, size_t i, size_t n)
{
	const char *category = r->grid->rows[line->rows[i]].category;
	size_t      all      = 0;

	for (size_t k = 0; k < r->grid->n_rows; k++)
		all += strcmp(r->grid->rows[k].category, category) == 0 ? 1 : 0;
	return all == n;
}

static void
say_fields(FILE *to, const struct grid *g, const struct grid_row *row, bool first)
{
	char *label  = row_label(g, row);
	char *fields = label == NULL ? NULL : strchr(label, ':');

	(void)fprintf(to, "%s%s", first ? ": " : ", ", fields != NULL ? fields + 2 : "");
	free(label);
}

const char *
route_categories(
    const struct route *r, const struct route_line *line, struct arena *arena)
{
	char  *text = NULL;
	size_t size, n;
	FILE  *to = open_memstream(&text, &size);

	for (size_t i = 0; to != NULL && i < line->n; i += n) {
		const struct grid_row *row = &r->grid->rows[line->rows[i]];
		n                          = same_category(r, line, i);
		(void)fprintf(to, "%s%s", i == 0 ? "" : "; ",
		    category_title(r->grid->policy, row->category));
		for (size_t k = 0; !is_whole(r, line, i, n) && k < n; k++)
			say_fields(
			    to, r->grid, &r->grid->rows[line->rows[i + k]], k == 0);
	}
	if (to != NULL) (void)fclose(to);
	const char *kept = keep(arena, text);
	return kept != NULL ? kept : "";
}

/* --- what is due ----------------------------------------------------------------- */

const char *
obligation_text(const struct obligation_info *o)
{
	return translate_is_dutch() ? o->text_nl : o->text_en;
}

static void
say_purposes(FILE *to, const struct grid *g, uint16_t purposes)
{
	const char *between = " ";

	(void)fputs(tr("for the purpose"), to);
	for (size_t i = 0; g->convenant->purposes[i] != NULL; i++) {
		if ((purposes >> i & 1) == 0) continue;
		(void)fprintf(to, "%s%s", between, g->convenant->purposes[i]);
		between = ", ";
	}
}

static void
say_when(FILE *to, const struct grid *g, const struct grid_obligation *o)
{
	const char *between = "";

	if (o->when != 0) {
		(void)fprintf(to, "%s ", tr("if"));
		fact_list(to, o->when, tr("and"));
		between = ", ";
	}
	if (o->when_any != 0) {
		(void)fprintf(to, "%s%s ", between, tr("if"));
		fact_list(to, o->when_any, tr("or"));
		between = ", ";
	}
	if (o->unless != 0) {
		(void)fprintf(to, "%s%s ", between, tr("unless"));
		fact_list(to, o->unless, tr("or"));
		between = ", ";
	}
	if ((g->scope.purposes & ~o->purposes) != 0) {
		(void)fputs(between, to);
		say_purposes(to, g, o->purposes);
	}
}

const char *
route_due(const struct grid *g, const struct grid_obligation *o, struct arena *arena)
{
	char  *text = NULL;
	size_t size;
	FILE  *to = open_memstream(&text, &size);

	if (to == NULL) return "";
	if (o->info->term_days != 0)
		(void)fprintf(to, tr("within %u days"), o->info->term_days);
	bool begun = o->info->term_days != 0;
	if (!o->every_copy)
		(void)fprintf(to, "%s%s", begun ? ", " : "", tr("for part of it"));
	begun = begun || !o->every_copy;
	if (o->when != 0 || o->unless != 0 || (g->scope.purposes & ~o->purposes) != 0) {
		if (begun) (void)fputs(", ", to);
		say_when(to, g, o);
	}
	(void)fclose(to);
	const char *kept = keep(arena, text);
	return kept != NULL ? kept : "";
}

bool
routes_exist(const struct grid *g)
{
	bool some = false;

	for (size_t i = 0; i < g->n_columns; i++) some = some || g->columns[i].gives;
	return some;
}

const char *
routes_none(void)
{
	return tr("No route: nothing may be sent that way.");
}

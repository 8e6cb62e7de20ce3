/* SPDX-License-Identifier: EUPL-1.2 */
/* grid_page.c - what stands above, in and below one table. */
#include "client/command/policy/grid_page.h"

#include <stdlib.h>
#include <string.h>

#include "client/command/policy/condition_text.h"
#include "client/command/policy/grid_print.h"
#include "client/command/policy/grid_text.h"

enum { SEATS_IN_HEADING = 3 };

/* --- texts ----------------------------------------------------------------------- */

/* TEXT (consumed) in the arena; "" without memory. */
const char *
page_keep(struct page *p, char *text)
{
	const char *kept = text == NULL ? NULL : arena_copy(p->arena, text, strlen(text));

	free(text);
	return kept != NULL ? kept : "";
}

/* The number of a note that says TEXT, from 1; 0 for none. */
static size_t
note(struct notes *notes, const char *text)
{
	if (text[0] == '\0') return 0;
	for (size_t i = 0; i < notes->n; i++) {
		if (strcmp(notes->at[i], text) == 0) return i + 1;
	}
	if (notes->n == NOTES_MAX) return NOTES_MAX;
	notes->at[notes->n] = text;
	return ++notes->n;
}

static const char *
cell_text(struct page *p, const struct grid_cell *cell)
{
	char        letters[LETTERS_MAX];
	const char *condition = page_keep(p, cell_condition(p->g, cell, false));
	size_t      number    = note(&p->notes, condition);
	const char *text;

	(void)cell_letters(cell, letters);
	if (number == 0)
		text = arena_printf(p->arena, "%s", letters);
	else
		text = arena_printf(p->arena, "%s%zu", letters, number);
	return text != NULL ? text : "";
}

static const char *
cell_colour(const struct grid_cell *cell, const char *text)
{
	if (clauses_give_nothing(cell->clauses, cell->n)) return "red";
	return strcmp(text, "V") == 0 ? "green" : "brown";
}

/* --- the head -------------------------------------------------------------------- */

static void
line(struct page *p, const char *label, const char *text)
{
	paper_text(p->to, p->width, label, strlen(label) + 1, text);
}

static const char *
sender_names(struct page *p)
{
	char       *text = NULL;
	size_t      size;
	FILE       *to      = open_memstream(&text, &size);
	const char *between = "";

	for (size_t i = 0; to != NULL && i < p->g->n_senders; i++) {
		if ((p->g->scope.senders >> i & 1) == 0) continue;
		(void)fputs(between, to);
		say_seat(to, p->g->policy, &p->g->senders[i], false);
		between = ", ";
	}
	if (to != NULL) (void)fclose(to);
	return page_keep(p, text);
}

static const char *
purpose_names(struct page *p)
{
	const char *text = p->g->convenant->purposes[0];

	for (size_t i = 1; text != NULL && p->g->convenant->purposes[i] != NULL; i++)
		text =
		    arena_printf(p->arena, "%s, %s", text, p->g->convenant->purposes[i]);
	return text != NULL ? text : "";
}

void
page_convenant(struct page *p)
{
	const struct convenant_info *c   = p->g->convenant;
	FILE                        *out = p->to;
	char                         from[DAY_TEXT_MAX], until[DAY_TEXT_MAX];

	(void)fprintf(out, "=== %s: %s ===\n", c->id, convenant_title(c));
	(void)fprintf(out, "%s; %s - %s; %s\n", c->article, say_day(c->from, from),
	    say_day(c->until, until),
	    c->registration != NULL ? c->registration
	                            : tr("not registered: not in force"));
	line(p, tr("From:"), sender_names(p));
	line(p, tr("Purposes:"), purpose_names(p));
	if (p->g->class_name != NULL) line(p, tr("Kind of record:"), p->g->class_name);
	(void)fputc('\n', out);
}

void
page_restrictions(struct page *p)
{
	if (p->g->n_restrictions != 0) (void)fprintf(p->to, "%s\n", tr("First of all:"));
	for (size_t i = 0; i < p->g->n_restrictions; i++) {
		const struct grid_restriction *r = &p->g->restrictions[i];
		const char *words = page_keep(p, restriction_words(p->g, r, false));
		const char *text  = arena_printf(p->arena, "%s (%s)", words,
		     policy_rule_info(p->g->policy, r->clause.rule)->id);
		paper_text(p->to, p->width, "  -", 4, text != NULL ? text : "");
	}
}

/* --- the table ------------------------------------------------------------------- */

static const char *
heading(struct page *p, size_t column)
{
	const struct grid_column *c    = &p->g->columns[column];
	char                     *text = NULL;
	size_t                    size;
	FILE                     *to = open_memstream(&text, &size);

	for (size_t i = 0; to != NULL && i < c->n && c->n <= SEATS_IN_HEADING; i++) {
		if (i != 0) (void)fputc('\n', to);
		say_seat(to, p->g->policy, &c->seats[i], false);
	}
	if (to != NULL && c->n > SEATS_IN_HEADING) (void)fprintf(to, "[%zu]", column + 1);
	if (to != NULL) (void)fclose(to);
	return page_keep(p, text);
}

static void
print_long_headings(struct page *p)
{
	for (size_t i = 0; i < p->g->n_columns; i++) {
		const struct grid_column *c = &p->g->columns[i];
		char                      label[32];
		char                     *text = NULL;
		size_t                    size;
		FILE *to = c->n > SEATS_IN_HEADING ? open_memstream(&text, &size) : NULL;
		if (to == NULL) continue;
		say_seats(to, p->g->policy, c->seats, c->n, false);
		(void)fclose(to);
		(void)snprintf(label, sizeof label, "[%zu]", i + 1);
		line(p, label, page_keep(p, text));
	}
}

static void
fill_row(struct page *p, size_t row)
{
	struct paper_row *to = &p->paper.rows[p->paper.n_rows++];
	size_t            n  = p->g->n_columns;

	to->label   = page_keep(p, row_label(p->g, &p->g->rows[row]));
	to->tail    = page_keep(p, row_rules(p->g, row, SIZE_MAX));
	to->cells   = arena_alloc(p->arena, n, sizeof *to->cells);
	to->colours = arena_alloc(p->arena, n, sizeof *to->colours);
	if (to->cells == NULL || to->colours == NULL) {
		p->paper.n_rows--;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		to->cells[i] = cell_text(p, grid_at(p->g, row, i));
		if (p->colour)
			to->colours[i] = cell_colour(grid_at(p->g, row, i), to->cells[i]);
	}
}

void
page_table(struct page *p)
{
	struct paper *t = &p->paper;

	t->to        = p->to;
	t->width     = p->width;
	t->label     = tr("CATEGORY");
	t->tail      = tr("RULES");
	t->n_columns = p->g->n_columns;
	for (size_t i = 0; i < t->n_columns; i++) t->headings[i] = heading(p, i);
	for (size_t i = 0; i < p->g->n_rows && t->n_rows < PAPER_ROWS_MAX; i++) {
		if (p->g->rows[i].gives) fill_row(p, i);
	}
	print_long_headings(p);
	paper_print(t);
}

/* --- below the table ------------------------------------------------------------- */

void
page_notes(struct page *p)
{
	(void)fputc('\n', p->to);
	(void)fprintf(p->to, "%s\n",
	    tr("V in full, G coarser, P pseudonym, x barred, - no rule names it"));
	if (p->notes.n != 0) (void)fprintf(p->to, "%s\n", tr("Under condition:"));
	for (size_t i = 0; i < p->notes.n; i++) {
		char label[32];
		(void)snprintf(label, sizeof label, "%5zu", i + 1);
		paper_text(p->to, p->width, label, 7, p->notes.at[i]);
	}
}

static bool
is_barred(const struct grid *g, size_t row)
{
	for (size_t i = 0; i < g->n_columns; i++) {
		if (grid_at(g, row, i)->n != 0) return true;
	}
	return false;
}

/* What nobody in this table gets: BARRED, or because no rule names it. */
void
page_nothing(struct page *p, bool barred, const char *label)
{
	const char *text = "";

	for (size_t i = 0; i < p->g->n_rows && text != NULL; i++) {
		if (p->g->rows[i].gives || is_barred(p->g, i) != barred) continue;
		const char *name  = page_keep(p, row_label(p->g, &p->g->rows[i]));
		const char *rules = page_keep(p, row_rules(p->g, i, SIZE_MAX));
		text              = arena_printf(p->arena, "%s%s%s%s%s%s", text,
                    text[0] == '\0' ? "" : "; ", name, barred ? " (" : "",
                    barred ? rules : "", barred ? ")" : "");
	}
	if (text != NULL && text[0] != '\0') line(p, label, text);
}

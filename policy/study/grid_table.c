/* SPDX-License-Identifier: EUPL-1.2 */
/* grid_table.c - folding cells into rows and columns: what is alike stands once. */
#include <string.h>

#include "policy/study/grid_build.h"

/* --- columns --------------------------------------------------------------------- */

static bool
obligation_equal(const struct grid_obligation *x, const struct grid_obligation *y)
{
	return x->info == y->info && x->every_copy == y->every_copy;
}

static bool
columns_alike(const struct builder *b, size_t seat, const struct grid_column *column,
    const struct grid_column *other, size_t other_seat)
{
	size_t n = b->q->by_duty ? column->n_obligations : 0;
	if (b->q->by_duty && n != other->n_obligations) return false;
	for (size_t i = 0; i < n; i++) {
		if (!obligation_equal(&column->obligations[i], &other->obligations[i]))
			return false;
	}
	for (unsigned f = 0; f < schema_signal()->n_fields; f++) {
		if (grid_field_asked(b, f) && b->ids[seat][f] != b->ids[other_seat][f])
			return false;
	}
	return true;
}

/* The obligations that rules which give something at SEAT name. */
static uint16_t
obligations_named(const struct builder *b, size_t seat, bool *ret_gives)
{
	uint16_t named = 0;
	*ret_gives     = false;
	for (unsigned f = 0; f < schema_signal()->n_fields; f++) {
		const struct grid_cell *cell = &b->cells[b->ids[seat][f]];
		for (size_t i = 0; grid_field_asked(b, f) && i < cell->n; i++) {
			const struct clause *c = &cell->clauses[i];
			if (c->action == SLUIS__ACTION__ACTION_WITHHOLD) continue;
			named |= b->p->rules[c->rule]->obligations;
			*ret_gives = true;
		}
	}
	return named;
}

static bool
is_for(const struct obligation *o, const struct seat *recipient)
{
	for (size_t i = 0; i < o->n_recipients; i++) {
		const struct seat *s = &o->recipients[i];
		if (s->role == recipient->role &&
		    (s->desk == NULL || (recipient->desk != NULL &&
		                            strcmp(s->desk, recipient->desk) == 0)))
			return true;
	}
	return o->n_recipients == 0;
}

static rc
read_column(const struct builder *b, size_t seat, struct grid_column *column)
{
	factset                 known = b->grid.scope.known & FACTS_MESSAGE;
	uint16_t                named = obligations_named(b, seat, &column->gives);
	struct grid_obligation *list =
	    arena_alloc(b->arena, b->c->n_obligations, sizeof *list);
	if (list == NULL) return RC_NOMEM;
	for (size_t i = 0; column->gives && i < b->c->n_obligations; i++) {
		const struct obligation *o = &b->c->obligations[i];
		if ((!o->every_copy && (named >> i & 1) == 0) ||
		    !is_for(o, b->seats[seat]->seat) ||
		    (o->when & ~b->message & known) != 0 ||
		    (o->when_any != 0 && (o->when_any & (b->message | ~known)) == 0))
			continue;
		list[column->n_obligations++] = (struct grid_obligation){&o->info,
		    o->when & ~known,
		    (o->when_any & b->message & known) != 0 ? 0 : o->when_any & ~known,
		    o->unless, o->purposes & b->grid.scope.purposes, o->every_copy};
	}
	column->obligations = list;
	return RC_OK;
}

struct column_builder {
	struct grid_column column;
	size_t             first; /* seat */
	struct grid_seat  *seats;
};

static rc
add_to_columns(struct builder *b, size_t seat, struct column_builder *columns, size_t *n)
{
	const struct seat *s      = b->seats[seat]->seat;
	struct grid_seat   name   = {b->p->roles[s->role].info.id, s->desk};
	struct grid_column column = {0};
	TRY(read_column(b, seat, &column));
	for (size_t i = 0; i < *n; i++) {
		struct column_builder *c = &columns[i];
		if (!columns_alike(b, seat, &column, &c->column, c->first)) continue;
		c->seats[c->column.n++] = name;
		return RC_OK;
	}
	struct column_builder *c = &columns[(*n)++];
	*c                       = (struct column_builder){
	                          column, seat, arena_alloc(b->arena, b->n_seats, sizeof *c->seats)};
	if (c->seats == NULL) return RC_NOMEM;
	c->seats[c->column.n++] = name;
	c->column.seats         = c->seats;
	return RC_OK;
}

/* --- rows ------------------------------------------------------------------------ */

struct rows {
	size_t                   n;
	struct grid_row         *rows;
	const struct grid_cell **cells;
};

static bool
fields_alike(
    const struct builder *b, const struct column_builder *columns, unsigned x, unsigned y)
{
	for (size_t i = 0; i < b->grid.n_columns; i++) {
		const uint16_t *ids = b->ids[columns[i].first];
		if (ids[x] != ids[y]) return false;
	}
	return true;
}

static bool
field_in(const struct builder *b, unsigned field, size_t category)
{
	return b->p->category_of[field] == category && grid_field_asked(b, field);
}

static rc
add_row(struct builder *b, const struct column_builder *columns, size_t category,
    unsigned first, struct rows *r)
{
	const struct schema        *s   = schema_signal();
	struct grid_row            *row = &r->rows[r->n];
	size_t                      n   = 0;
	const struct schema_field **list =
	    arena_alloc(b->arena, s->n_fields, sizeof *list);
	if (list == NULL) return RC_NOMEM;
	*row =
	    (struct grid_row){.category = b->p->categories[category].id, .fields = list};
	for (unsigned f = 0; f < s->n_fields; f++) {
		if (!field_in(b, f, category)) continue;
		n++;
		if (fields_alike(b, columns, first, f))
			list[row->n_fields++] = &s->fields[f];
	}
	row->whole = row->n_fields == n;
	for (size_t i = 0; i < b->grid.n_columns; i++) {
		const struct grid_cell *cell = &b->cells[b->ids[columns[i].first][first]];
		r->cells[r->n * b->grid.n_columns + i] = cell;
		row->gives |= !clauses_give_nothing(cell->clauses, cell->n);
	}
	r->n++;
	return RC_OK;
}

/* Whether a field of CATEGORY before FIELD is alike, and has it in its row. */
static bool
in_earlier_row(const struct builder *b, const struct column_builder *columns,
    size_t category, unsigned field)
{
	for (unsigned f = 0; f < field; f++) {
		if (field_in(b, f, category) && fields_alike(b, columns, f, field))
			return true;
	}
	return false;
}

static rc
build_rows(struct builder *b, const struct column_builder *columns)
{
	size_t      n_fields = schema_signal()->n_fields;
	struct rows r        = {.rows = arena_alloc(b->arena, n_fields, sizeof *r.rows),
	           .cells =
	               arena_alloc(b->arena, n_fields * b->grid.n_columns, sizeof *r.cells)};
	if (r.rows == NULL || r.cells == NULL) return RC_NOMEM;
	for (size_t i = 0; i < b->p->n_categories; i++) {
		for (unsigned f = 0; f < n_fields; f++) {
			if (field_in(b, f, i) && !in_earlier_row(b, columns, i, f))
				TRY(add_row(b, columns, i, f, &r));
		}
	}
	b->grid.n_rows = r.n;
	b->grid.rows   = r.rows;
	b->grid.cells  = r.cells;
	return RC_OK;
}

rc
grid_build_table(struct builder *b)
{
	struct column_builder *columns =
	    arena_alloc(b->arena, b->n_seats, sizeof *columns);
	struct grid_column *out = arena_alloc(b->arena, b->n_seats, sizeof *out);
	if (columns == NULL || out == NULL) return RC_NOMEM;
	for (size_t i = 0; i < b->n_seats; i++)
		TRY(add_to_columns(b, i, columns, &b->grid.n_columns));
	for (size_t i = 0; i < b->grid.n_columns; i++) out[i] = columns[i].column;
	b->grid.columns = out;
	return build_rows(b, columns);
}

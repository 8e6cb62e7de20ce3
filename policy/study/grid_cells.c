/* SPDX-License-Identifier: EUPL-1.2 */
/* grid_cells.c - from the tables that rule to cells that are read. */
#include <stdlib.h>
#include <string.h>

#include "policy/study/grid_build.h"
#include "proto/auto.h"

/* --- a candidate as a clause ----------------------------------------------------- */

/* Facts under which CANDIDATE holds if it ever does: senders and purposes are then the
 * only question. */
static factset
facts_that_suit(const struct candidate *c)
{
	factset any = c->when_any & ~c->unless;
	return c->when | (any & (~any + 1));
}

struct clause
clause_of(const struct builder *b, const struct candidate *candidate)
{
	struct clause c     = {.action = candidate->action,
	        .generalise            = candidate->generalise,
	        .rule                  = candidate->rule,
	        .when                  = candidate->when,
	        .when_any              = candidate->when_any,
	        .unless                = candidate->unless};
	factset       facts = facts_that_suit(candidate);
	for (unsigned i = 0; i < b->grid.n_senders; i++) {
		for (unsigned k = 0; k < b->c->n_purposes; k++) {
			struct asker who = b->askers[i];
			who.purpose      = k;
			if (!candidate_holds(candidate, who, facts)) continue;
			c.senders |= (uint64_t)1 << i;
			c.purposes |= (uint16_t)(1U << k);
		}
	}
	return c;
}

/* --- what holds in a scope ------------------------------------------------------- */

enum settled { NEVER, SOMETIMES, ALWAYS };

static enum settled
settled_in(const struct clause *c, const struct scope *s)
{
	factset yes = s->known & s->facts, no = s->known & ~s->facts;
	if ((c->senders & s->senders) == 0 || (c->purposes & s->purposes) == 0 ||
	    (c->when & no) != 0 || (c->unless & yes) != 0 ||
	    (c->when_any != 0 && (c->when_any & ~no) == 0))
		return NEVER;
	if ((s->senders & ~c->senders) == 0 && (s->purposes & ~c->purposes) == 0 &&
	    (c->when & ~yes) == 0 && (c->unless & ~no) == 0 &&
	    (c->when_any == 0 || (c->when_any & yes) != 0))
		return ALWAYS;
	return SOMETIMES;
}

static size_t
fieldset_count(const struct fieldset *s)
{
	size_t n = 0;
	for (unsigned f = 0; f < schema_signal()->n_fields; f++)
		n += fieldset_has(s, f) ? 1 : 0;
	return n;
}

/* A bar on more than half of all fields is told above the table. */
static bool
is_sweeping(const struct builder *b, unsigned rule)
{
	const struct rule *r = b->p->rules[rule];
	return r->bar == BAR_WITHHOLD &&
	       fieldset_count(&r->fields) * 2 > schema_signal()->n_fields;
}

/* Whether it stands above the table: it holds for some records or messages only. */
static bool
is_above(const struct builder *b, const struct clause *c)
{
	return is_sweeping(b, c->rule) &&
	       (settled_in(c, &b->grid.scope) == SOMETIMES ||
	           settled_in(c, &b->grid.scope_person) == SOMETIMES);
}

/* --- cells ----------------------------------------------------------------------- */

static bool
clause_equal(const struct clause *x, const struct clause *y)
{
	return x->action == y->action && x->generalise == y->generalise &&
	       x->rule == y->rule && x->senders == y->senders &&
	       x->purposes == y->purposes && x->when == y->when &&
	       x->when_any == y->when_any && x->unless == y->unless;
}

static bool
cell_equal(const struct grid_cell *cell, const struct clause *list, size_t n)
{
	if (cell->n != n) return false;
	for (size_t i = 0; i < n; i++) {
		if (!clause_equal(&cell->clauses[i], &list[i])) return false;
	}
	return true;
}

/* The number of the cell that says LIST, an old one or a new. */
static rc
intern(struct builder *b, const struct clause *list, size_t n, uint16_t *ret)
{
	for (size_t i = 0; i < b->n_cells; i++) {
		if (!cell_equal(&b->cells[i], list, n)) continue;
		*ret = (uint16_t)i;
		return RC_OK;
	}
	if (b->n_cells == GRID_CELLS_MAX) return RC_TOO_MANY;
	struct clause *kept = arena_alloc(b->arena, n, sizeof *kept);
	if (kept == NULL) return RC_NOMEM;
	if (n != 0) memcpy(kept, list, n * sizeof *kept);
	*ret                   = (uint16_t)b->n_cells;
	b->cells[b->n_cells++] = (struct grid_cell){n, kept};
	return RC_OK;
}

static rc
read_list(struct builder *b, const struct row *row, unsigned list, bool person,
    struct clause *scratch, uint16_t *ret)
{
	const struct scope *scope = person ? &b->grid.scope_person : &b->grid.scope;
	size_t              n     = 0;
	for (uint32_t i = row->starts[list]; i < row->starts[list + 1]; i++) {
		struct clause c = clause_of(b, &row->candidates[i]);
		if (settled_in(&c, scope) == NEVER || is_above(b, &c)) continue;
		scratch[n++] = c;
	}
	TRY(clauses_simplify(scratch, &n, scope));
	return intern(b, scratch, n, ret);
}

static rc
read_seat(struct builder *b, size_t seat, struct clause *scratch)
{
	enum { UNREAD = 0xffff };
	const struct row *row = b->seats[seat];
	uint16_t          of_list[SCHEMA_FIELDS_MAX][2];
	memset(of_list, 0xff, sizeof of_list);
	for (unsigned f = 0; f < schema_signal()->n_fields; f++) {
		bool      person = field_of_person(f);
		uint16_t *id     = &of_list[row->list_of[f]][person];
		if (*id == UNREAD)
			TRY(read_list(b, row, row->list_of[f], person, scratch, id));
		b->ids[seat][f] = *id;
	}
	return RC_OK;
}

rc
grid_build_cells(struct builder *b)
{
	AUTO(auto_free) struct clause *scratch = calloc(RULES_MAX, sizeof *scratch);
	b->cells = arena_alloc(b->arena, GRID_CELLS_MAX, sizeof *b->cells);
	b->ids   = arena_alloc(b->arena, b->n_seats, sizeof *b->ids);
	if (scratch == NULL || b->cells == NULL || b->ids == NULL) return RC_NOMEM;
	for (size_t i = 0; i < b->n_seats; i++) TRY(read_seat(b, i, scratch));
	return RC_OK;
}

/* --- restrictions ---------------------------------------------------------------- */

struct seats {
	size_t            n;
	struct grid_seat *at;
};

/* The fields that RESTRICTION's rule leaves, as categories where they are whole. */
static rc
tell_left(const struct builder *b, const struct rule *rule, struct grid_restriction *r)
{
	const struct schema *s    = schema_signal();
	const char         **left = arena_alloc(b->arena, s->n_fields, sizeof *left);
	if (left == NULL) return RC_NOMEM;
	for (size_t i = 0; i < b->p->n_categories; i++) {
		size_t n = 0, open = 0;
		for (unsigned f = 0; f < s->n_fields; f++) {
			if (b->p->category_of[f] != i) continue;
			n++;
			open += fieldset_has(&rule->fields, f) ? 0 : 1;
		}
		if (open == n && n != 0) left[r->n_left++] = b->p->categories[i].id;
		for (unsigned f = 0; open != n && f < s->n_fields; f++) {
			if (b->p->category_of[f] == i && !fieldset_has(&rule->fields, f))
				left[r->n_left++] = s->fields[f].path;
		}
	}
	r->left = left;
	return RC_OK;
}

static bool
list_names(const struct candidate *list, size_t n, unsigned rule)
{
	for (size_t i = 0; i < n; i++) {
		if (list[i].rule == rule) return true;
	}
	return false;
}

/* Whether RULE speaks at ROW as a restriction of this KIND. */
static bool
speaks_at(const struct row *row, enum restriction kind, unsigned rule)
{
	if (kind == RESTRICTION_EXCLUDES)
		return list_names(row->excludes, row->n_excludes, rule);
	if (kind == RESTRICTION_SUPPLIER)
		return list_names(row->refusals, row->n_refusals, rule);
	return list_names(row->candidates, row->starts[row->n_lists], rule);
}

/* Whom R concerns; who gets nothing anyway only where R says that. */
static rc
tell_seats(const struct builder *b, unsigned rule, struct grid_restriction *r)
{
	bool ever = settled_in(&r->clause, &b->grid.scope_person) != ALWAYS ||
	            r->kind == RESTRICTION_SUPPLIER;
	struct grid_seat *seats = arena_alloc(b->arena, b->c->n_seats, sizeof *seats);
	if (seats == NULL) return RC_NOMEM;
	for (size_t i = 0; i < b->c->n_seats; i++) {
		const struct row *row = &b->c->rows[b->phase * b->c->n_seats + i];
		if (speaks_at(row, r->kind, rule) && (!ever || row->n_grants != 0))
			seats[r->n_seats++] = (struct grid_seat){
			    b->p->roles[row->seat->role].info.id, row->seat->desk};
	}
	r->seats = seats;
	return RC_OK;
}

static bool
restriction_kind(
    const struct builder *b, unsigned rule, const struct clause *c, enum restriction *ret)
{
	switch (b->p->rules[rule]->bar) {
	case BAR_REFUSE:
		*ret = RESTRICTION_REFUSES;
		return true;
	case BAR_EXCLUDE:
		*ret = RESTRICTION_EXCLUDES;
		return true;
	case BAR_WITHHOLD:
		*ret = RESTRICTION_NARROWS;
		return is_above(b, c);
	case BAR_SUPPLIER:
		*ret = RESTRICTION_SUPPLIER;
		return true;
	case BAR_NONE:
		break;
	}
	return false;
}

static struct candidate
candidate_of_bar(const struct rule *rule, unsigned number)
{
	return (struct candidate){.when = rule->when,
	    .when_any                   = rule->when_any,
	    .unless                     = rule->unless,
	    .sources                    = rule->sources,
	    .source_desks               = rule->source_desks,
	    .not_source_desks           = rule->not_source_desks,
	    .purposes                   = rule->purposes,
	    .rule                       = (uint16_t)number,
	    .audience                   = rule->audience};
}

static rc
tell_restriction(struct builder *b, unsigned number, struct grid_restriction *list)
{
	const struct rule      *rule = b->p->rules[number];
	struct candidate        bar  = candidate_of_bar(rule, number);
	struct grid_restriction r    = {.clause = clause_of(b, &bar), .code = rule->code};
	if ((rule->phases >> b->phase & 1) == 0 ||
	    !restriction_kind(b, number, &r.clause, &r.kind) ||
	    settled_in(&r.clause, &b->grid.scope_person) == NEVER)
		return RC_OK;
	if (r.kind != RESTRICTION_REFUSES) TRY(tell_seats(b, number, &r));
	if (r.kind == RESTRICTION_NARROWS) TRY(tell_left(b, rule, &r));
	if (r.kind != RESTRICTION_REFUSES && r.n_seats == 0) return RC_OK;
	list[b->grid.n_restrictions++] = r;
	return RC_OK;
}

rc
grid_build_restrictions(struct builder *b)
{
	struct grid_restriction *list =
	    arena_alloc(b->arena, b->c->n_rules, sizeof *list);
	if (list == NULL) return RC_NOMEM;
	for (unsigned i = 0; i < b->c->n_rules; i++) {
		if (b->c->rules[i].bar != BAR_NONE)
			TRY(tell_restriction(b, b->c->first_rule + i, list));
	}
	b->grid.restrictions = list;
	return RC_OK;
}

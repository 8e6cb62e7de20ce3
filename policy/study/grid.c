/* SPDX-License-Identifier: EUPL-1.2 */
/* grid.c - one grid for each convenant, phase and audience. */
#include "policy/study/grid.h"

#include <string.h>

#include "policy/study/grid_build.h"
#include "proto/auto.h"

#define BIT(f) ((factset)1 << (f))

bool
grid_field_asked(const struct builder *b, unsigned field)
{
	return b->of == NULL || b->of->person == field_of_person(field);
}

bool
grid_is_of_one_sender(const struct grid *g)
{
	return (g->scope.senders & (g->scope.senders - 1)) == 0;
}

/* --- who sends ------------------------------------------------------------------- */

/* Whether SEATS names this role and desk. */
static bool
names_desk(const struct seat *seats, size_t n, unsigned role, const char *desk)
{
	for (size_t i = 0; i < n; i++) {
		if (seats[i].role == role && seats[i].desk != NULL &&
		    strcmp(seats[i].desk, desk) == 0)
			return true;
	}
	return false;
}

/* Whether S, one of SEATS, is meant by a query for ROLE and DESK.  A desk that has no
 * seat of its own sits at that of its role. */
static bool
is_asked(const struct policy *p, const struct seat *seats, size_t n, const struct seat *s,
    const char *role, const char *desk)
{
	if (role == NULL) return true;
	if (s->role != role_number(p, role)) return false;
	if (desk == NULL) return true;
	if (desk[0] != '\0' && names_desk(seats, n, s->role, desk))
		return s->desk != NULL && strcmp(s->desk, desk) == 0;
	return s->desk == NULL;
}

static rc
build_senders(struct builder *b)
{
	struct grid_seat *senders =
	    arena_alloc(b->arena, GRID_SENDERS_MAX, sizeof *senders);
	uint64_t asked = 0;
	size_t   n     = 0;
	if (senders == NULL) return RC_NOMEM;
	for (size_t i = 0; i < b->c->n_askers; i++) {
		const struct seat *s = &b->c->askers[i];
		if (n == GRID_SENDERS_MAX) return RC_TOO_MANY;
		b->askers[n] = (struct asker){.source = s->role,
		    .desks    = source_desks_of(b->c, s->role, s->desk),
		    .audience = audience_of(b->message)};
		if (is_asked(b->p, b->c->askers, b->c->n_askers, s, b->q->sender,
		        b->q->sender_desk))
			asked |= (uint64_t)1 << n;
		senders[n++] = (struct grid_seat){b->p->roles[s->role].info.id, s->desk};
	}
	b->grid.senders              = senders;
	b->grid.n_senders            = n;
	b->grid.scope.senders        = asked;
	b->grid.scope_person.senders = asked;
	return RC_OK;
}

/* --- the scope ------------------------------------------------------------------- */

static void
build_scope(struct builder *b)
{
	const factset parties = FACTS_OF_PLACE;
	struct scope  s       = {.senders = b->grid.scope.senders,
	           .purposes              = (uint16_t)((1U << b->c->n_purposes) - 1),
	           .known                 = parties,
	           .facts                 = b->message};
	b->grid.scope_person = b->grid.scope = s;
	b->grid.scope.known |= FACTS_RECORD;
	b->grid.scope_person.person = true;
	if (b->of == NULL) return;
	b->grid.scope_person.known |= FACTS_RECORD;
	b->grid.scope_person.facts |= b->of->record;
}

/* --- one grid --------------------------------------------------------------------- */

static bool
has_audience(const struct row *row, uint8_t bit)
{
	for (size_t i = 0; i < row->n_grants; i++) {
		if ((row->grants[i].audience & bit) != 0) return true;
	}
	return false;
}

/* In the order of parties.yaml; the desks of a role after the role. */
static bool
comes_before(const struct seat *a, const struct seat *b)
{
	if (a->role != b->role) return a->role < b->role;
	if (a->desk == NULL || b->desk == NULL) return a->desk == NULL && b->desk != NULL;
	return strcmp(a->desk, b->desk) < 0;
}

static rc
sort_rows(const struct builder *b, const struct row ***ret)
{
	size_t             n    = b->c->n_seats;
	const struct row **rows = arena_alloc(b->arena, n, sizeof *rows);
	if (rows == NULL) return RC_NOMEM;
	for (size_t i = 0; i < n; i++) {
		const struct row *row = &b->c->rows[b->phase * n + i];
		size_t            k   = i;
		for (; k > 0 && comes_before(row->seat, rows[k - 1]->seat); k--)
			rows[k] = rows[k - 1];
		rows[k] = row;
	}
	*ret = rows;
	return RC_OK;
}

static rc
build_seats(struct builder *b)
{
	const struct row **rows = NULL;
	TRY(sort_rows(b, &rows));
	struct grid_seat *all = arena_alloc(b->arena, b->c->n_seats, sizeof *all);
	b->seats              = arena_alloc(b->arena, b->c->n_seats, sizeof *b->seats);
	if (all == NULL || b->seats == NULL) return RC_NOMEM;
	for (size_t i = 0; i < b->c->n_seats; i++) {
		const struct seat *s = rows[i]->seat;
		if (rows[i]->n_grants != 0)
			all[b->grid.n_recipients++] =
			    (struct grid_seat){b->p->roles[s->role].info.id, s->desk};
		if (has_audience(rows[i], (uint8_t)b->audience) &&
		    is_asked(b->p, b->c->seats, b->c->n_seats, s, b->q->recipient,
		        b->q->recipient_desk))
			b->seats[b->n_seats++] = rows[i];
	}
	b->grid.recipients = all;
	return RC_OK;
}

static rc
tell_grid(struct builder *b, grid_visit visit, void *arg)
{
	b->grid = (struct grid){.policy = b->p,
	    .convenant                  = &b->c->info,
	    .phase                      = b->c->info.phases[b->phase],
	    .phase_number               = b->phase,
	    .class_name                 = b->q->class_name,
	    .audience                   = audience_name(b->audience)};
	TRY(build_senders(b));
	TRY(build_seats(b));
	if (b->grid.scope.senders == 0 || b->n_seats == 0) return RC_OK;
	build_scope(b);
	TRY(grid_build_cells(b));
	TRY(grid_build_table(b));
	TRY(grid_build_restrictions(b));
	return visit(arg, &b->grid);
}

/* --- the walk -------------------------------------------------------------------- */

static const enum audience audiences[] = {
    AUDIENCE_SIGNATORY, AUDIENCE_INCIDENTAL, AUDIENCE_NON_SIGNATORY, AUDIENCE_EXPIRED};

enum { N_AUDIENCES = sizeof audiences / sizeof audiences[0] };

static bool
wanted(const char *filter, const char *name)
{
	return filter == NULL || strcmp(filter, name) == 0;
}

static rc
tell_phase(const struct builder *base, unsigned phase, grid_visit visit, void *arg)
{
	for (size_t i = 0; i < N_AUDIENCES; i++) {
		AUTO(arena_wipe) struct arena arena = arena_init(GRID_BYTES);
		struct builder                b     = *base;
		if (!wanted(b.q->audience, audience_name(audiences[i]))) continue;
		b.arena    = &arena;
		b.phase    = phase;
		b.audience = audiences[i];
		b.message  = audience_facts(audiences[i]) | BIT(FACT_SENDER_SIGNED);
		TRY(tell_grid(&b, visit, arg));
	}
	return RC_OK;
}

static const struct matrix_class *
find_class(const char *name)
{
	for (size_t i = 0; matrix_class_at(i) != NULL; i++) {
		if (strcmp(matrix_class_at(i)->name, name) == 0)
			return matrix_class_at(i);
	}
	return NULL;
}

static bool
desk_exists(const struct policy *p, const char *role, const char *desk)
{
	for (size_t i = 0; desk != NULL && *desk != '\0' && i < p->n_members; i++) {
		const struct party *party = &p->members[i].party;
		if (strcmp(party->role, policy_role(p, role)) == 0 &&
		    party_has_desk(party, desk))
			return true;
	}
	return desk == NULL || *desk == '\0';
}

static bool
seat_exists(const struct policy *p, const char *role, const char *desk)
{
	return role == NULL ||
	       (role_number(p, role) < ROLES_MAX && desk_exists(p, role, desk));
}

static bool
phase_exists(const struct policy *p, const struct grid_query *q)
{
	for (size_t i = 0; i < p->n_convenants; i++) {
		const struct convenant_info *c = &p->convenants[i].info;
		for (size_t k = 0; c->phases[k] != NULL; k++) {
			if (wanted(q->convenant, c->id) && wanted(q->phase, c->phases[k]))
				return true;
		}
	}
	return false;
}

rc
policy_grids(
    const struct policy *p, const struct grid_query *q, grid_visit visit, void *arg)
{
	struct builder b = {.p = p, .q = q};
	enum audience  known;
	if (q->class_name != NULL) b.of = find_class(q->class_name);
	if ((q->class_name != NULL && b.of == NULL) || !phase_exists(p, q) ||
	    (q->audience != NULL && !audience_from_name(q->audience, &known)) ||
	    !seat_exists(p, q->sender, q->sender_desk) ||
	    !seat_exists(p, q->recipient, q->recipient_desk))
		return RC_NOT_FOUND;
	for (size_t i = 0; i < p->n_convenants; i++) {
		b.c = &p->convenants[i];
		if (!wanted(q->convenant, b.c->info.id)) continue;
		for (unsigned phase = 0; phase < b.c->n_phases; phase++) {
			if (wanted(q->phase, b.c->info.phases[phase]))
				TRY(tell_phase(&b, phase, visit, arg));
		}
	}
	return RC_OK;
}

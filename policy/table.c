/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * table.c - rules to rows: the order of precedence, worked out once.
 *
 * For each phase and seat of a convenant every rule that can speak there is put
 * in order: bars first; then field over category; then desk over role; then the
 * stricter action; then the order of the file.  So the first candidate that
 * holds is the one that decides, and ruling needs no comparison at all.
 */
#include <stdlib.h>
#include <string.h>

#include "policy/finding.h"
#include "policy/model.h"
#include "proto/auto.h"

/* --- seats ----------------------------------------------------------------------- */

static bool
seat_equal(const struct seat *a, const struct seat *b)
{
	if (a->role != b->role || (a->desk == NULL) != (b->desk == NULL)) return false;
	return a->desk == NULL || strcmp(a->desk, b->desk) == 0;
}

/* False where there is no room: a seat that got lost would be ruled as its role. */
static bool
add_to(struct seat *seats, size_t *n, const struct seat *s)
{
	for (size_t i = 0; i < *n; i++) {
		if (seat_equal(&seats[i], s)) return true;
	}
	if (*n == SEATS_MAX) return false;
	seats[(*n)++] = *s;
	return true;
}

/* Whether RULE seats the roles it names: a rule does, and so does a bar that excludes
 * them, which is to be heard as the reason.  What only withholding bars name gets no
 * seat. */
static bool
gives_seat(const struct rule *rule)
{
	return rule->bar == BAR_NONE || (rule->bar == BAR_EXCLUDE && !rule->all_but);
}

/* The desks that senders name, and those that rules name as sources: whoever asks is told
 * apart no further. */
static bool
collect_askers(struct convenant *c)
{
	bool room = true;
	for (size_t i = 0; i < c->n_senders; i++) {
		const struct seat *s = &c->senders[i];
		room                 = add_to(c->askers, &c->n_askers, s) && room;
		for (size_t k = 0; s->desk == NULL && k < c->n_source_desks; k++) {
			const struct seat *desk = &c->source_desks[k];
			if (desk->role == s->role)
				room = add_to(c->askers, &c->n_askers, desk) && room;
		}
	}
	return room;
}

uint32_t
source_desks_of(const struct convenant *c, unsigned role, const char *desk)
{
	uint32_t desks = 0;
	for (size_t i = 0; desk != NULL && i < c->n_source_desks; i++) {
		const struct seat *s = &c->source_desks[i];
		if (s->role == role && strcmp(s->desk, desk) == 0)
			desks |= (uint32_t)1 << i;
	}
	return desks;
}

/* Every role that is seated, then every desk that a rule or bar names. */
static bool
collect_seats(struct convenant *c)
{
	bool room = true;
	for (int desks = 0; desks < 2; desks++) {
		for (size_t i = 0; i < c->n_rules; i++) {
			const struct rule *rule = &c->rules[i];
			for (size_t k = 0; k < rule->n_recipients; k++) {
				const struct seat *s    = &rule->recipients[k];
				struct seat        role = {.role = s->role};
				if (gives_seat(rule))
					room =
					    add_to(c->seats, &c->n_seats, &role) && room;
				if (desks == 1 && s->desk != NULL)
					room = add_to(c->seats, &c->n_seats, s) && room;
			}
		}
	}
	return room;
}

/* --- which rules speak at a seat ------------------------------------------------- */

/* How RULE names SEAT: 0 not, 1 by its role, 2 by its desk. */
static int
names_seat(const struct rule *rule, const struct seat *seat)
{
	int best = 0;
	for (size_t i = 0; i < rule->n_recipients; i++) {
		const struct seat *s = &rule->recipients[i];
		if (s->role != seat->role) continue;
		if (s->desk == NULL)
			best = best > 1 ? best : 1;
		else if (seat->desk != NULL && strcmp(s->desk, seat->desk) == 0)
			best = 2;
	}
	return best;
}

static bool
speaks_at(const struct rule *rule, unsigned phase, const struct seat *seat)
{
	if ((rule->phases >> phase & 1) == 0) return false;
	if (rule->everyone) return true;
	return (names_seat(rule, seat) > 0) != rule->all_but;
}

/* --- order ----------------------------------------------------------------------- */

struct ranked {
	const struct rule *rule;
	unsigned           number; /* in the convenant: the order of the file */
	bool               by_desk;
};

int
openness(uint8_t action, uint8_t generalise)
{
	static const int of_kind[] = {[GENERALISE_NONE] = 0,
	    [GENERALISE_PRESENT]                        = 0,
	    [GENERALISE_YEAR]                           = 1,
	    [GENERALISE_POSTCODE4]                      = 1,
	    [GENERALISE_MONTH]                          = 2};
	return (action - SLUIS__ACTION__ACTION_WITHHOLD) * 8 + of_kind[generalise];
}

static int
tells(const struct ranked *r)
{
	return openness(r->rule->action, r->rule->generalise);
}

static int
before(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	bool x_bar = x->rule->bar != BAR_NONE, y_bar = y->rule->bar != BAR_NONE;
	if (x_bar != y_bar) return x_bar ? -1 : 1;
	if (x_bar) return x->number < y->number ? -1 : 1;
	if (x->rule->by_field != y->rule->by_field) return x->rule->by_field ? -1 : 1;
	if (x->by_desk != y->by_desk) return x->by_desk ? -1 : 1;
	if (tells(x) != tells(y)) return tells(x) < tells(y) ? -1 : 1;
	return x->number < y->number ? -1 : 1;
}

/* The withholding bars and the rules that speak at SEAT in PHASE, in order. */
static size_t
rank(const struct convenant *c, unsigned phase, const struct seat *seat,
    struct ranked *out)
{
	size_t n = 0;
	for (unsigned i = 0; i < c->n_rules; i++) {
		const struct rule *rule = &c->rules[i];
		if (rule->bar > BAR_WITHHOLD) continue;
		if (!speaks_at(rule, phase, seat)) continue;
		out[n++] = (struct ranked){rule, i, names_seat(rule, seat) == 2};
	}
	qsort(out, n, sizeof *out, before);
	return n;
}

/* --- rows ------------------------------------------------------------------------ */

static enum rank
rank_of(const struct rule *rule, bool by_desk)
{
	if (rule->bar != BAR_NONE) return RANK_BAR;
	if (rule->by_field) return by_desk ? RANK_FIELD_DESK : RANK_FIELD;
	return by_desk ? RANK_DESK : RANK_CATEGORY;
}

static struct candidate
candidate_of(const struct convenant *c, const struct rule *rule, bool by_desk)
{
	return (struct candidate){
	    .when             = rule->when,
	    .when_any         = rule->when_any,
	    .unless           = rule->unless,
	    .sources          = rule->sources,
	    .source_desks     = rule->source_desks,
	    .not_source_desks = rule->not_source_desks,
	    .purposes         = rule->purposes,
	    .rule             = (uint16_t)(c->first_rule + (unsigned)(rule - c->rules)),
	    .audience         = rule->audience,
	    .action           = rule->action,
	    .generalise       = rule->generalise,
	    .rank             = (uint8_t)rank_of(rule, by_desk),
	};
}

/* While a row is built: its lists as numbers into the ranked rules. */
struct lists {
	size_t    n, n_entries;
	uint32_t  starts[SCHEMA_FIELDS_MAX + 1];
	uint16_t *entries;
};

/* The list of the N numbers at the end of LISTS: an older one that is equal, or new. */
static uint16_t
same_or_new(struct lists *l, size_t n)
{
	const uint16_t *fresh = l->entries + l->n_entries;
	for (size_t i = 0; i < l->n; i++) {
		if (l->starts[i + 1] - l->starts[i] == n &&
		    memcmp(l->entries + l->starts[i], fresh, n * sizeof *fresh) == 0)
			return (uint16_t)i;
	}
	l->n_entries += n;
	l->starts[++l->n] = (uint32_t)l->n_entries;
	return (uint16_t)(l->n - 1);
}

static void
list_fields(
    struct row *row, const struct ranked *ranked, size_t n_ranked, struct lists *l)
{
	for (unsigned f = 0; f < schema_signal()->n_fields; f++) {
		size_t n = 0;
		for (size_t i = 0; i < n_ranked; i++) {
			if (fieldset_has(&ranked[i].rule->fields, f))
				l->entries[l->n_entries + n++] = (uint16_t)i;
		}
		row->list_of[f] = same_or_new(l, n);
	}
}

static rc
keep_lists(struct arena *arena, struct row *row, const struct ranked *ranked,
    const struct lists *l)
{
	row->n_lists    = l->n;
	row->starts     = arena_alloc(arena, l->n + 1, sizeof *row->starts);
	row->candidates = arena_alloc(arena, l->n_entries, sizeof *row->candidates);
	if (row->starts == NULL || row->candidates == NULL) return RC_NOMEM;
	memcpy(row->starts, l->starts, (l->n + 1) * sizeof *row->starts);
	for (size_t i = 0; i < l->n_entries; i++)
		row->candidates[i] = candidate_of(row->convenant,
		    ranked[l->entries[i]].rule, ranked[l->entries[i]].by_desk);
	return RC_OK;
}

static rc
keep_masks(struct arena *arena, struct row *row, const struct ranked *ranked, size_t n,
    const struct lists *l)
{
	row->n_ranked = n;
	row->n_words  = (n + 63) / 64;
	row->ranked   = arena_alloc(arena, n, sizeof *row->ranked);
	row->masks    = arena_alloc(arena, l->n * row->n_words, sizeof *row->masks);
	if (row->ranked == NULL || row->masks == NULL) return RC_NOMEM;
	for (size_t i = 0; i < n; i++)
		row->ranked[i] =
		    candidate_of(row->convenant, ranked[i].rule, ranked[i].by_desk);
	for (size_t i = 0; i < l->n; i++) {
		uint64_t *mask = row->masks + i * row->n_words;
		for (uint32_t k = l->starts[i]; k < l->starts[i + 1]; k++)
			mask[l->entries[k] / 64] |= (uint64_t)1 << (l->entries[k] % 64);
	}
	return RC_OK;
}

static rc
keep_grants(struct arena *arena, struct row *row, const struct ranked *ranked, size_t n)
{
	row->grants = arena_alloc(arena, n, sizeof *row->grants);
	if (row->grants == NULL) return RC_NOMEM;
	for (size_t i = 0; i < n; i++) {
		if (ranked[i].rule->action > SLUIS__ACTION__ACTION_WITHHOLD)
			row->grants[row->n_grants++] = candidate_of(
			    row->convenant, ranked[i].rule, ranked[i].by_desk);
	}
	return RC_OK;
}

/* The bars of one KIND that speak in ROW, in the order of the file. */
static rc
keep_bars(struct arena *arena, const struct row *row, enum bar kind,
    struct candidate **ret, size_t *ret_n)
{
	const struct convenant *c = row->convenant;
	*ret                      = arena_alloc(arena, c->n_rules, sizeof **ret);
	if (*ret == NULL) return RC_NOMEM;
	for (size_t i = 0; i < c->n_rules; i++) {
		if (c->rules[i].bar == kind &&
		    speaks_at(&c->rules[i], row->phase, row->seat))
			(*ret)[(*ret_n)++] = candidate_of(c, &c->rules[i], false);
	}
	return RC_OK;
}

struct scratch { /* reused for every row */
	struct ranked ranked[RULES_MAX];
	uint16_t      entries[SCHEMA_FIELDS_MAX * RULES_MAX];
};

static rc
build_row(struct arena *arena, struct row *row, struct scratch *s)
{
	struct lists l = {.entries = s->entries};
	size_t       n = rank(row->convenant, row->phase, row->seat, s->ranked);
	list_fields(row, s->ranked, n, &l);
	TRY(keep_lists(arena, row, s->ranked, &l));
	TRY(keep_masks(arena, row, s->ranked, n, &l));
	TRY(keep_grants(arena, row, s->ranked, n));
	TRY(keep_bars(arena, row, BAR_EXCLUDE, &row->excludes, &row->n_excludes));
	return keep_bars(arena, row, BAR_SUPPLIER, &row->refusals, &row->n_refusals);
}

static rc
keep_refuse(struct arena *arena, struct convenant *c)
{
	c->refuse = arena_alloc(arena, c->n_rules, sizeof *c->refuse);
	if (c->refuse == NULL) return RC_NOMEM;
	for (size_t i = 0; i < c->n_rules; i++) {
		if (c->rules[i].bar == BAR_REFUSE)
			c->refuse[c->n_refuse++] = candidate_of(c, &c->rules[i], false);
	}
	return RC_OK;
}

rc
table_build(struct policy *p, struct convenant *c, struct findings *findings)
{
	AUTO(auto_free) struct scratch *s = calloc(1, sizeof *s);
	c->seats  = arena_alloc(&p->arena, SEATS_MAX, sizeof *c->seats);
	c->askers = arena_alloc(&p->arena, SEATS_MAX, sizeof *c->askers);
	if (s == NULL || c->seats == NULL || c->askers == NULL) return RC_NOMEM;
	bool seats = collect_seats(c), askers = collect_askers(c);
	if (!seats || !askers) {
		finding_add(findings, true, finding_at(c->file, 1, 1),
		    "more than %d roles and desks in one convenant", SEATS_MAX);
		return RC_POLICY;
	}
	c->rows = arena_alloc(&p->arena, c->n_phases * c->n_seats, sizeof *c->rows);
	if (c->rows == NULL) return RC_NOMEM;
	for (unsigned phase = 0; phase < c->n_phases; phase++) {
		for (size_t seat = 0; seat < c->n_seats; seat++) {
			struct row *row = &c->rows[phase * c->n_seats + seat];
			row->convenant  = c;
			row->phase      = phase;
			row->seat       = &c->seats[seat];
			TRY(build_row(&p->arena, row, s));
		}
	}
	return keep_refuse(&p->arena, c);
}

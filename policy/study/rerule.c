/* SPDX-License-Identifier: EUPL-1.2 */
/* rerule.c - past decisions of which is known what was weighed. */
#include "policy/study/rerule.h"

#include <string.h>

#include "policy/study/rerule_guess.h"
#include "policy/study/space.h"

enum {
	WITHHELD      = SLUIS__ACTION__ACTION_WITHHOLD,
	PSEUDONYMISED = SLUIS__ACTION__ACTION_PSEUDONYMISE,
	GENERALISED   = SLUIS__ACTION__ACTION_GENERALISE,
};

/* --- asking ---------------------------------------------------------------------- */

/* CELLS of record number I as they take effect; all withheld where R is a denial. */
static void
cells_of(const struct decided *d, const struct ruling *r, size_t i,
    struct cell cells[SCHEMA_FIELDS_MAX])
{
	ruling_cells(r, i + 1 < d->n_records ? d->records[i].facts : 0, cells);
	for (unsigned f = 0; d->own && f < SCHEMA_FIELDS_MAX; f++)
		if (cells[f].action == PSEUDONYMISED)
			cells[f].action = WITHHELD; /* broker/decision/redact.h */
}

static const char *
rule_id(const struct policy *p, unsigned rule)
{
	const struct rule_info *info = policy_rule_info(p, rule);
	return info == NULL ? NULL : info->id;
}

static bool
gives_anything(const struct decided *d, const struct ruling *r)
{
	struct cell cells[SCHEMA_FIELDS_MAX];
	if (r->code != RC_OK) return false;
	for (size_t i = 0; i < d->n_records; i++) {
		cells_of(d, r, i, cells);
		for (unsigned f = 0; f < schema_signal()->n_fields; f++)
			if (fieldset_has(&d->records[i].fields, f) &&
			    cells[f].action != WITHHELD)
				return true;
	}
	return false;
}

static void
note_code(const struct decided *d, const struct policy *p, const struct ruling *r,
    int side, struct rerule *ret)
{
	ret->rule[side] = rule_id(p, r->rule);
	ret->code[side] = r->code;
	if (r->code == RC_OK && !gives_anything(d, r)) ret->code[side] = RC_NOT_ENTITLED;
}

/* --- comparing ------------------------------------------------------------------- */

static int
tells(const struct cell *c)
{
	struct outcome o = {RC_OK, *c};
	return outcome_openness(&o);
}

static void
compare_record(const struct decided *d, const struct ruling *old,
    const struct ruling *new, size_t i, struct rerule *ret)
{
	struct cell a[SCHEMA_FIELDS_MAX], b[SCHEMA_FIELDS_MAX];
	cells_of(d, old, i, a);
	cells_of(d, new, i, b);
	for (unsigned f = 0; f < schema_signal()->n_fields; f++) {
		if (!fieldset_has(&d->records[i].fields, f)) continue;
		enum way way = way_of(tells(&a[f]), tells(&b[f]));
		if (way == WAY_WIDER) fieldset_add(&ret->wider, f);
		if (way == WAY_NARROWER) fieldset_add(&ret->narrower, f);
	}
}

static bool
obliges(const struct ruling *r, const char *id)
{
	for (size_t i = 0; i < r->n_obligations; i++)
		if (strcmp(r->obligations[i]->id, id) == 0) return true;
	return false;
}

/* The obligations of A that B has not. */
static size_t
obligations_only(const struct ruling *a, const struct ruling *b,
    const char *out[RULING_OBLIGATIONS_MAX])
{
	size_t n = 0;
	for (size_t i = 0; i < a->n_obligations; i++)
		if (!obliges(b, a->obligations[i]->id)) out[n++] = a->obligations[i]->id;
	return n;
}

void
rerule(const struct decided *d, const struct policy *old, const struct policy *new,
    struct rerule *ret)
{
	struct ruling a, b;

	*ret = (struct rerule){.code = {RC_OK}};
	if (!d->weighed) {
		rerule_guess(d, old, new, ret);
		return;
	}
	policy_rule(old, &d->question, &a);
	policy_rule(new, &d->question, &b);
	note_code(d, old, &a, 0, ret);
	note_code(d, new, &b, 1, ret);
	for (size_t i = 0; i < d->n_records; i++) compare_record(d, &a, &b, i, ret);
	if (ret->code[0] != RC_OK || ret->code[1] != RC_OK) return;
	ret->n_lost   = obligations_only(&a, &b, ret->lost);
	ret->n_gained = obligations_only(&b, &a, ret->gained);
}

static bool
any_field(const struct fieldset *s)
{
	static const struct fieldset none = {{0}};
	return memcmp(s, &none, sizeof none) != 0;
}

bool
rerule_differs(const struct rerule *r)
{
	return (r->code[0] == RC_OK) != (r->code[1] == RC_OK) || any_field(&r->wider) ||
	       any_field(&r->narrower) || r->n_lost != 0 || r->n_gained != 0;
}

bool
rerule_may_differ(const struct rerule *r)
{
	return r->maybe_served || any_field(&r->maybe_wider) ||
	       any_field(&r->maybe_narrower);
}

/* --- does it hold? --------------------------------------------------------------- */

static bool
same_rule(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool
decided_comes_of(
    const struct decided_group *g, const struct policy *p, const struct cell *c)
{
	bool weaker = g->action == WITHHELD &&
	              (c->action == PSEUDONYMISED || c->action == GENERALISED);
	return (g->action == c->action || weaker) &&
	       same_rule(g->rule, rule_id(p, c->rule));
}

static bool
was_recorded(
    const struct decided *d, const struct policy *p, unsigned f, const struct cell *c)
{
	for (size_t i = 0; i < d->n_groups; i++)
		if (fieldset_has(&d->groups[i].fields, f) &&
		    decided_comes_of(&d->groups[i], p, c))
			return true;
	return false;
}

/* Whether every field of every record came out as P says. */
static bool
all_recorded(const struct decided *d, const struct policy *p, const struct ruling *r)
{
	struct cell cells[SCHEMA_FIELDS_MAX];
	for (size_t i = 0; i < d->n_records; i++) {
		ruling_cells(r, i + 1 < d->n_records ? d->records[i].facts : 0, cells);
		for (unsigned f = 0; f < schema_signal()->n_fields; f++)
			if (fieldset_has(&d->records[i].fields, f) &&
			    !was_recorded(d, p, f, &cells[f]))
				return false;
	}
	return true;
}

static bool
comes_of_a_record(const struct decided *d, const struct policy *p, const struct ruling *r,
    const struct decided_group *g, unsigned f)
{
	struct cell cells[SCHEMA_FIELDS_MAX];
	for (size_t i = 0; i < d->n_records; i++) {
		if (!fieldset_has(&d->records[i].fields, f)) continue;
		ruling_cells(r, i + 1 < d->n_records ? d->records[i].facts : 0, cells);
		if (decided_comes_of(g, p, &cells[f])) return true;
	}
	return false;
}

/* Whether nothing was recorded that P does not give. */
static bool
all_given(const struct decided *d, const struct policy *p, const struct ruling *r)
{
	for (size_t i = 0; i < d->n_groups; i++)
		for (unsigned f = 0; f < schema_signal()->n_fields; f++)
			if (fieldset_has(&d->groups[i].fields, f) &&
			    !comes_of_a_record(d, p, r, &d->groups[i], f))
				return false;
	return true;
}

bool
rerule_holds(const struct decided *d, const struct policy *p)
{
	struct ruling r;

	if (!d->weighed) return rerule_guess_holds(d, p);
	policy_rule(p, &d->question, &r);
	bool nothing_left =
	    d->code == RC_NOT_ENTITLED && d->rule == NULL && d->n_groups != 0;
	if (d->code != RC_OK && !nothing_left)
		return r.code == d->code && same_rule(rule_id(p, r.rule), d->rule);
	if (r.code != RC_OK) return false;
	for (size_t i = 0; nothing_left && i < d->n_groups; i++)
		if (d->groups[i].action != WITHHELD) return false;
	return all_recorded(d, p, &r) && all_given(d, p, &r);
}

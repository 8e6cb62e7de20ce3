/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * diff_walk.c - every place of one convenant in two policies.
 *
 * Lists that are the same in both are not looked at again at each place: of two policies
 * most is.
 */
#include <stdlib.h>
#include <string.h>

#include "policy/study/diff_internal.h"
#include "proto/auto.h"

enum { AUDIENCES = 4, GROUPS_MAX = SCHEMA_FIELDS_MAX };

struct group { /* fields with the same two lists */
	uint32_t        list[2];
	bool            person, same;
	struct fieldset fields;
};

struct walk {
	struct diff      *d;
	struct verdicts  *verdicts;
	struct spots     *spots;
	struct place_pair here;
	size_t            n_groups;
	struct group      groups[GROUPS_MAX];
	bool              duties_alike;
	struct fieldset   wider, narrower;
	struct profile    profile[2];
};

/* --- spots ----------------------------------------------------------------------- */

static rc
add_spot(struct walk *w, size_t first, const struct diff_change *change,
    const char *obligation, const struct fieldset *fields)
{
	for (size_t i = first; i < w->spots->n; i++) {
		struct spot *same = &w->spots->at[i];
		if (same->change == change && obligation == NULL &&
		    same->obligation == NULL) {
			fieldset_join(&same->fields, fields);
			return RC_OK;
		}
	}
	struct spot *s = spots_add(w->spots);
	if (s == NULL) return RC_NOMEM;
	s->change     = change;
	s->obligation = obligation;
	if (fields != NULL) s->fields = *fields;
	s->uses = (uint64_t)1 << (w->here.purpose * AUDIENCES + w->here.audience);
	s->senders[w->here.asker / 64] |= (uint64_t)1 << (w->here.asker % 64);
	s->recipients[w->here.recipient / 64] |= (uint64_t)1 << (w->here.recipient % 64);
	s->phases = (uint32_t)1 << w->here.phase;
	return RC_OK;
}

static rc
compare_group(struct walk *w, size_t first, const struct group *g)
{
	const struct verdict *verdict;

	if (g->same && w->here.there[0] && w->here.there[1]) return RC_OK;
	for (int side = 0; side < 2; side++)
		profile_of_field(
		    &w->profile[side], &w->here, side, g->list[side], g->person);
	if (profile_equal(&w->profile[0], &w->profile[1])) return RC_OK;
	TRY(verdict_of(w->verdicts, &w->profile[0], &w->profile[1], g->person, &verdict));
	for (size_t i = 0; i < verdict->n; i++)
		TRY(add_spot(w, first, verdict->changes[i], NULL, &g->fields));
	for (size_t i = 0; i < verdict->n_reasons; i++)
		TRY(diff_add_reason(w->d, verdict->reasons[i]));
	if ((verdict->way & WAY_WIDER) != 0) fieldset_join(&w->wider, &g->fields);
	if ((verdict->way & WAY_NARROWER) != 0) fieldset_join(&w->narrower, &g->fields);
	w->d->way |= verdict->way;
	return RC_OK;
}

static const struct obligation *
obligation_called(const struct convenant *c, const char *id)
{
	for (size_t i = 0; c != NULL && i < c->n_obligations; i++)
		if (strcmp(c->obligations[i].info.id, id) == 0) return &c->obligations[i];
	return NULL;
}

static rc
compare_duty(struct walk *w, size_t first, const char *id)
{
	const struct verdict *verdict;

	for (int side = 0; side < 2; side++)
		profile_of_duty(&w->profile[side], &w->here, side,
		    obligation_called(w->here.m->c[side], id));
	if (profile_equal(&w->profile[0], &w->profile[1])) return RC_OK;
	TRY(verdict_of(w->verdicts, &w->profile[0], &w->profile[1], false, &verdict));
	for (size_t i = 0; i < verdict->n; i++)
		TRY(add_spot(w, first, verdict->changes[i], id, NULL));
	w->d->way |= verdict->way;
	return RC_OK;
}

static rc
compare_duties(struct walk *w, size_t first)
{
	const struct convenant *old = w->here.m->c[0], *new = w->here.m->c[1];

	if (w->duties_alike || !w->here.there[0] || !w->here.there[1]) return RC_OK;
	for (size_t i = 0; i < old->n_obligations; i++)
		TRY(compare_duty(w, first, old->obligations[i].info.id));
	for (size_t i = 0; i < new->n_obligations; i++)
		if (obligation_called(old, new->obligations[i].info.id) == NULL)
			TRY(compare_duty(w, first, new->obligations[i].info.id));
	return RC_OK;
}

/* --- places ---------------------------------------------------------------------- */

static unsigned
number_in(const char *const *names, const char *name)
{
	for (unsigned i = 0; names[i] != NULL; i++)
		if (strcmp(names[i], name) == 0) return i;
	return UINT32_MAX;
}

/* Who asks on SIDE, and whether it may at all. */
static void
stand_here(struct walk *w, int side)
{
	const struct match     *m    = w->here.m;
	const struct convenant *c    = m->c[side];
	const struct diff_seat *from = &m->askers.at[w->here.asker];
	unsigned                role = m->askers.role[side][w->here.asker];
	enum audience           as   = (enum audience)(1u << w->here.audience);

	w->here.there[side] = false;
	if (c == NULL || w->here.row[side] == NULL || role == ROLES_MAX) return;
	unsigned purpose = number_in(c->info.purposes, m->purposes.at[w->here.purpose]);
	if (purpose == UINT32_MAX || c->info.registration == NULL) return;
	if (as == AUDIENCE_EXPIRED && !c->info.after_end) return;
	w->here.there[side] = may_send(c, role, from->desk);
	w->here.who[side]   = (struct asker){role, source_desks_of(c, role, from->desk),
	      purpose, audience_of(place_pair_facts(&w->here))};
}

static rc
compare_place(struct walk *w)
{
	size_t first = w->spots->n;

	for (int side = 0; side < 2; side++) stand_here(w, side);
	if (!w->here.there[0] && !w->here.there[1]) return RC_OK;
	w->d->counts.compared += schema_signal()->n_fields;
	for (size_t i = 0; i < w->n_groups; i++)
		TRY(compare_group(w, first, &w->groups[i]));
	return compare_duties(w, first);
}

static void
count(struct walk *w)
{
	for (size_t i = 0; i < SCHEMA_FIELDS_MAX / 64; i++) {
		uint64_t more = w->wider.bits[i], less = w->narrower.bits[i];
		w->d->counts.both += (size_t)__builtin_popcountll(more & less);
		w->d->counts.wider += (size_t)__builtin_popcountll(more & ~less);
		w->d->counts.narrower += (size_t)__builtin_popcountll(less & ~more);
	}
	w->wider = w->narrower = (struct fieldset){{0}};
}

static rc
compare_uses(struct walk *w)
{
	size_t first = w->spots->n;

	for (w->here.purpose = 0; w->here.purpose < w->here.m->purposes.n;
	     w->here.purpose++)
		for (w->here.audience = 0; w->here.audience < AUDIENCES;
		     w->here.audience++)
			TRY(compare_place(w));
	spots_fold_uses(w->spots, first);
	count(w);
	return RC_OK;
}

/* --- rows ------------------------------------------------------------------------ */

static bool
candidates_equal(
    const struct walk *w, const struct candidate *a, const struct candidate *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct candidate x = a[i], y = b[i];
		if (x.rule != reason_of(&w->here, 1, y.rule)) return false;
		if (w->here.m->policy[0]->rules[x.rule]->code !=
		    w->here.m->policy[1]->rules[y.rule]->code)
			return false;
		if (x.when != y.when || x.when_any != y.when_any ||
		    x.unless != y.unless || x.sources != y.sources ||
		    x.source_desks != y.source_desks ||
		    x.not_source_desks != y.not_source_desks ||
		    x.purposes != y.purposes || x.audience != y.audience ||
		    x.action != y.action || x.generalise != y.generalise)
			return false;
	}
	return true;
}

static bool
bars_alike(const struct walk *w)
{
	const struct convenant *a = w->here.m->c[0], *b = w->here.m->c[1];
	const struct row       *x = w->here.row[0], *y = w->here.row[1];

	return a->n_refuse == b->n_refuse && x->n_excludes == y->n_excludes &&
	       candidates_equal(w, a->refuse, b->refuse, a->n_refuse) &&
	       candidates_equal(w, x->excludes, y->excludes, x->n_excludes);
}

static bool
lists_alike(const struct walk *w, const struct group *g)
{
	const struct row *x = w->here.row[0], *y = w->here.row[1];
	uint32_t          i = g->list[0], k = g->list[1];
	uint32_t          n = x->starts[i + 1] - x->starts[i];

	return n == y->starts[k + 1] - y->starts[k] &&
	       candidates_equal(
	           w, x->candidates + x->starts[i], y->candidates + y->starts[k], n);
}

static bool
obligations_alike(const struct walk *w)
{
	const struct convenant *a = w->here.m->c[0], *b = w->here.m->c[1];
	const struct diff_seat *to = &w->here.m->recipients.at[w->here.recipient];

	if (a->n_obligations != b->n_obligations) return false;
	for (size_t i = 0; i < a->n_obligations; i++) {
		const struct obligation *x = &a->obligations[i], *y = &b->obligations[i];
		if (strcmp(x->info.id, y->info.id) != 0 || x->when != y->when ||
		    x->when_any != y->when_any || x->unless != y->unless ||
		    x->purposes != y->purposes || x->every_copy != y->every_copy ||
		    obligation_is_for(x, w->here.m->recipients.role[0][w->here.recipient],
		        to->desk) != obligation_is_for(y,
		                         w->here.m->recipients.role[1][w->here.recipient],
		                         to->desk))
			return false;
	}
	return true;
}

static bool
duties_alike(const struct walk *w)
{
	const struct row *x = w->here.row[0], *y = w->here.row[1];

	if (x->n_grants != y->n_grants || !obligations_alike(w)) return false;
	if (!candidates_equal(w, x->grants, y->grants, x->n_grants)) return false;
	for (size_t i = 0; i < x->n_grants; i++)
		if (w->here.m->policy[0]->rules[x->grants[i].rule]->obligations !=
		    w->here.m->policy[1]->rules[y->grants[i].rule]->obligations)
			return false;
	return true;
}

static void
group_fields(struct walk *w)
{
	w->n_groups = 0;
	for (unsigned f = 0; f < schema_signal()->n_fields; f++) {
		struct group g = {.person = field_of_person(f)};
		size_t       i = 0;
		for (int side = 0; side < 2; side++)
			if (w->here.row[side] != NULL)
				g.list[side] = w->here.row[side]->list_of[f];
		for (; i < w->n_groups; i++)
			if (w->groups[i].person == g.person &&
			    memcmp(w->groups[i].list, g.list, sizeof g.list) == 0)
				break;
		if (i == w->n_groups) w->groups[w->n_groups++] = g;
		fieldset_add(&w->groups[i].fields, f);
	}
}

static void
look_at_rows(struct walk *w)
{
	const struct match     *m  = w->here.m;
	const struct diff_seat *to = &m->recipients.at[w->here.recipient];

	for (int side = 0; side < 2; side++) {
		const struct convenant *c = m->c[side];
		unsigned role             = m->recipients.role[side][w->here.recipient];
		unsigned phase            = UINT32_MAX;
		if (c != NULL)
			phase = number_in(c->info.phases, m->phases.at[w->here.phase]);
		w->here.row[side] = phase == UINT32_MAX || role == ROLES_MAX
		                        ? NULL
		                        : row_for(c, phase, role, to->desk);
	}
	group_fields(w);
	bool alike =
	    m->alike && w->here.row[0] != NULL && w->here.row[1] != NULL && bars_alike(w);
	for (size_t i = 0; i < w->n_groups; i++)
		w->groups[i].same = alike && lists_alike(w, &w->groups[i]);
	w->duties_alike = alike && duties_alike(w);
}

rc
diff_walk(struct diff *d, struct verdicts *v, const struct match *m, struct spots *s)
{
	AUTO(auto_free) struct walk *w = calloc(1, sizeof *w);

	if (w == NULL) return RC_NOMEM;
	w->d        = d;
	w->verdicts = v;
	w->here     = (struct place_pair){.m = m, .reason_of_new = d->reason_of_new};
	w->spots    = s;
	for (w->here.phase = 0; w->here.phase < m->phases.n; w->here.phase++)
		for (w->here.recipient = 0; w->here.recipient < m->recipients.n;
		     w->here.recipient++) {
			look_at_rows(w);
			for (w->here.asker = 0; w->here.asker < m->askers.n;
			     w->here.asker++)
				TRY(compare_uses(w));
		}
	return RC_OK;
}

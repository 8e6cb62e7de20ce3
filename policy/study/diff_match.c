/* SPDX-License-Identifier: EUPL-1.2 */
/* diff_match.c - what of two policies is compared with what. */
#include <string.h>

#include "policy/study/diff_internal.h"

/* The id that NAME, a role or alias of either policy, goes by here: the old one's. */
static const char *
role_called(const struct diff *d, const char *name)
{
	unsigned old = role_number(d->old, name), new = role_number(d->new, name);
	if (old < ROLES_MAX) return d->old->roles[old].info.id;
	return new < ROLES_MAX ? d->new->roles[new].info.id : NULL;
}

struct wanted { /* a role, or one desk of it */
	bool        any;
	const char *role, *desk;
};

/* TEXT as "role" or "role/desk"; role NULL where neither policy has it. */
static struct wanted
wanted_of(const struct diff *d, const char *text)
{
	struct wanted w = {.any = text == NULL};
	char          role[128];

	if (text == NULL) return w;
	size_t n = strcspn(text, "/");
	if (n >= sizeof role) return w;
	memcpy(role, text, n);
	role[n] = '\0';
	w.role  = role_called(d, role);
	w.desk  = text[n] == '/' ? text + n + 1 : NULL;
	return w;
}

static bool
same_desk(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
has_seat(const struct seats *s, const char *role, const char *desk)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->at[i].role, role) == 0 && same_desk(s->at[i].desk, desk))
			return true;
	return false;
}

static void
add_seats(const struct diff *d, const struct policy *p, const struct seat *seats,
    size_t n, struct seats *to)
{
	for (size_t i = 0; i < n; i++) {
		const char *role = role_called(d, p->roles[seats[i].role].info.id);
		if (has_seat(to, role, seats[i].desk) || to->n == DIFF_SEATS_MAX)
			continue;
		to->role[0][to->n] = role_number(d->old, role);
		to->role[1][to->n] = role_number(d->new, role);
		to->at[to->n++]    = (struct diff_seat){role, seats[i].desk};
	}
}

/* Keep what W wants; a desk without a seat of its own is any other desk of its role. */
static void
keep_wanted(struct seats *s, struct wanted w)
{
	size_t kept = 0;
	if (w.any) return;
	if (w.desk != NULL && w.role != NULL && !has_seat(s, w.role, w.desk))
		w.desk = NULL;
	else if (w.desk == NULL)
		w.any = true; /* every desk of the role */
	for (size_t i = 0; i < s->n; i++) {
		if (w.role == NULL || strcmp(s->at[i].role, w.role) != 0) continue;
		if (!w.any && !same_desk(s->at[i].desk, w.desk)) continue;
		s->at[kept]      = s->at[i];
		s->role[0][kept] = s->role[0][i];
		s->role[1][kept] = s->role[1][i];
		kept++;
	}
	s->n = kept;
}

static void
add_names(struct names *to, const char *const *names, const char *only)
{
	for (size_t i = 0; names[i] != NULL; i++) {
		bool there = only != NULL && strcmp(only, names[i]) != 0;
		for (size_t k = 0; !there && k < to->n; k++)
			there = strcmp(to->at[k], names[i]) == 0;
		if (!there) to->at[to->n++] = names[i];
	}
}

/* Whether numbers and masks mean the same in both. */
static bool
is_alike(const struct match *m)
{
	const struct policy    *p = m->policy[0], *q = m->policy[1];
	const struct convenant *a = m->c[0], *b = m->c[1];

	if (a == NULL || b == NULL || p->n_roles != q->n_roles ||
	    a->n_purposes != b->n_purposes || a->n_source_desks != b->n_source_desks)
		return false;
	for (size_t i = 0; i < p->n_roles; i++)
		if (strcmp(p->roles[i].info.id, q->roles[i].info.id) != 0) return false;
	for (size_t i = 0; i < a->n_purposes; i++)
		if (strcmp(a->info.purposes[i], b->info.purposes[i]) != 0) return false;
	for (size_t i = 0; i < a->n_source_desks; i++)
		if (a->source_desks[i].role != b->source_desks[i].role ||
		    strcmp(a->source_desks[i].desk, b->source_desks[i].desk) != 0)
			return false;
	return true;
}

void
match_convenant(
    const struct diff *d, const char *id, const struct diff_query *q, struct match *m)
{
	memset(m, 0, sizeof *m);
	m->id        = id;
	m->policy[0] = d->old;
	m->policy[1] = d->new;
	for (int side = 0; side < 2; side++) {
		const struct convenant *c = convenant_find(m->policy[side], id);
		m->c[side]                = c;
		if (c == NULL) continue;
		add_names(&m->phases, c->info.phases, q->phase);
		add_names(&m->purposes, c->info.purposes, NULL);
		add_seats(d, m->policy[side], c->askers, c->n_askers, &m->askers);
		add_seats(d, m->policy[side], c->seats, c->n_seats, &m->recipients);
	}
	keep_wanted(&m->askers, wanted_of(d, q->from));
	keep_wanted(&m->recipients, wanted_of(d, q->to));
	m->alike = is_alike(m);
}

/* --- questions ------------------------------------------------------------------- */

static bool
has_phase(const struct policy *p, const struct diff_query *q)
{
	for (size_t i = 0; i < p->n_convenants; i++) {
		const struct convenant_info *c = &p->convenants[i].info;
		if (q->convenant != NULL && strcmp(q->convenant, c->id) != 0) continue;
		for (size_t k = 0; c->phases[k] != NULL; k++)
			if (strcmp(c->phases[k], q->phase) == 0) return true;
	}
	return false;
}

bool
match_exists(const struct diff *d, const struct diff_query *q)
{
	if (q->convenant != NULL && convenant_find(d->old, q->convenant) == NULL &&
	    convenant_find(d->new, q->convenant) == NULL)
		return false;
	if (q->phase != NULL && !has_phase(d->old, q) && !has_phase(d->new, q))
		return false;
	return (q->from == NULL || wanted_of(d, q->from).role != NULL) &&
	       (q->to == NULL || wanted_of(d, q->to).role != NULL);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* diff.c - two policies side by side: what is matched with what, and the lines. */
#include "policy/study/diff.h"

#include <stdlib.h>
#include <string.h>

#include "policy/study/diff_internal.h"
#include "policy/study/index.h"
#include "proto/auto.h"
#include "proto/room.h"

enum { AUDIENCES = 4 };

enum way
way_of(int old, int new)
{
	return new > old ? WAY_WIDER : new < old ? WAY_NARROWER : WAY_OTHER;
}

/* --- growing --------------------------------------------------------------------- */

rc
diff_add_line(struct diff *d, const struct diff_line *line)
{
	TRY(room_for_one(&d->lines, d->n_lines, &d->cap_lines, sizeof *d->lines));
	d->lines[d->n_lines++] = *line;
	return RC_OK;
}

rc
diff_add_term(struct diff *d, const struct diff_term *term)
{
	TRY(room_for_one(&d->terms, d->n_terms, &d->cap_terms, sizeof *d->terms));
	d->terms[d->n_terms++] = *term;
	d->way |= term->way;
	return RC_OK;
}

rc
diff_add_reason(struct diff *d, struct diff_reason r)
{
	for (size_t i = 0; i < d->n_reasons; i++)
		if (d->reasons[i].old == r.old && d->reasons[i].new == r.new)
			return RC_OK;
	TRY(room_for_one(&d->reasons, d->n_reasons, &d->cap_reasons, sizeof *d->reasons));
	d->reasons[d->n_reasons++] = r;
	return RC_OK;
}

/* --- lines ----------------------------------------------------------------------- */

static bool
in_set(const uint64_t *set, size_t i)
{
	return (set[i / 64] >> (i % 64) & 1) != 0;
}

static rc
list_seats(struct arena *arena, const struct seats *seats, const uint64_t *set,
    const struct diff_seat **ret, size_t *ret_n)
{
	struct diff_seat *list = arena_alloc(arena, seats->n, sizeof *list);
	if (list == NULL) return RC_NOMEM;
	for (size_t i = 0; i < seats->n; i++)
		if (in_set(set, i)) list[(*ret_n)++] = seats->at[i];
	*ret = list;
	return RC_OK;
}

static rc
list_names(struct arena *arena, const struct names *names, uint64_t set,
    const char *const **ret, size_t *ret_n)
{
	const char **list = arena_alloc(arena, names->n, sizeof *list);
	if (list == NULL) return RC_NOMEM;
	for (size_t i = 0; i < names->n; i++)
		if ((set >> i & 1) != 0) list[(*ret_n)++] = names->at[i];
	*ret = list;
	return RC_OK;
}

/* The purposes for which S changes for audience number A. */
static uint64_t
purposes_of(const struct spot *s, unsigned a)
{
	uint64_t set = 0;
	for (unsigned i = 0; i < 64 / AUDIENCES; i++)
		set |= (s->uses >> (i * AUDIENCES + a) & 1) << i;
	return set;
}

static rc
add_use(struct diff *d, const struct match *m, const struct spot *s, uint64_t purposes,
    uint8_t audiences)
{
	struct diff_line line = {.convenant = m->id,
	    .audiences                      = audiences,
	    .fields                         = s->fields,
	    .obligation                     = s->obligation,
	    .change                         = s->change};

	TRY(list_names(&d->arena, &m->phases, s->phases, &line.phases, &line.n_phases));
	TRY(list_names(
	    &d->arena, &m->purposes, purposes, &line.purposes, &line.n_purposes));
	TRY(list_seats(
	    &d->arena, &m->askers, s->senders, &line.senders, &line.n_senders));
	TRY(list_seats(&d->arena, &m->recipients, s->recipients, &line.recipients,
	    &line.n_recipients));
	line.every_purpose   = line.n_purposes == m->purposes.n;
	line.every_sender    = line.n_senders == m->askers.n;
	line.every_recipient = line.n_recipients == m->recipients.n;
	return diff_add_line(d, &line);
}

/* A line for all audiences that have the same purposes. */
static rc
add_lines(struct diff *d, const struct match *m, const struct spot *s)
{
	unsigned done = 0;
	for (unsigned a = 0; a < AUDIENCES; a++) {
		uint64_t purposes  = purposes_of(s, a);
		uint8_t  audiences = 0;
		if ((done >> a & 1) != 0 || purposes == 0) continue;
		for (unsigned b = a; b < AUDIENCES; b++)
			if (purposes_of(s, b) == purposes)
				audiences |= (uint8_t)(1u << b);
		done |= audiences;
		TRY(add_use(d, m, s, purposes, audiences));
	}
	return RC_OK;
}

/* --- comparing ------------------------------------------------------------------- */

static rc
compare_convenant(
    struct diff *d, struct verdicts *v, const char *id, const struct diff_query *q)
{
	AUTO(spots_wipe) struct spots spots = {0};
	AUTO(auto_free) struct match *m     = calloc(1, sizeof *m);

	if (m == NULL) return RC_NOMEM;
	if (q->convenant != NULL && strcmp(q->convenant, id) != 0) return RC_OK;
	match_convenant(d, id, q, m);
	TRY(diff_walk(d, v, m, &spots));
	spots_fold(&spots);
	for (size_t i = 0; i < spots.n; i++) TRY(add_lines(d, m, &spots.at[i]));
	return RC_OK;
}

static rc
compare_convenants(struct diff *d, const struct diff_query *q)
{
	AUTO(verdicts_destroy) struct verdicts *v = NULL;

	TRY(verdicts_new(&v, &d->arena));
	for (size_t i = 0; i < d->old->n_convenants; i++)
		TRY(compare_convenant(d, v, d->old->convenants[i].info.id, q));
	for (size_t i = 0; i < d->new->n_convenants; i++) {
		const char *id = d->new->convenants[i].info.id;
		if (convenant_find(d->old, id) == NULL)
			TRY(compare_convenant(d, v, id, q));
	}
	return RC_OK;
}

/* Rules of one id that rest on something else now. */
static rc
compare_rules(struct diff *d)
{
	d->reason_of_new =
	    arena_alloc(&d->arena, d->new->n_rules, sizeof *d->reason_of_new);
	if (d->reason_of_new == NULL) return RC_NOMEM;
	for (unsigned i = 0; i < d->new->n_rules; i++) {
		const struct rule_info *new = &d->new->rules[i]->info;
		d->reason_of_new[i]         = (uint16_t)(0x8000u | i);
		for (unsigned k = 0; k < d->old->n_rules; k++) {
			const struct rule_info *old = &d->old->rules[k]->info;
			if (strcmp(old->id, new->id) != 0) continue;
			d->reason_of_new[i] = (uint16_t)k;
			if (strcmp(old->article, new->article) != 0 ||
			    old->inferred != new->inferred)
				TRY(diff_add_reason(d, (struct diff_reason){k, i}));
		}
	}
	return RC_OK;
}

rc
policy_diff(const struct policy *old, const struct policy *new,
    const struct diff_query *q, struct diff **ret)
{
	static const struct diff_query  all = {.convenant = NULL};
	AUTO(diff_destroy) struct diff *d   = calloc(1, sizeof *d);

	if (d == NULL) return RC_NOMEM;
	d->arena = arena_init(DIFF_BYTES);
	d->old   = old;
	d->new   = new;
	if (q == NULL) q = &all;
	if (!match_exists(d, q)) return RC_NOT_FOUND;
	TRY(compare_rules(d));
	TRY(compare_convenants(d, q));
	TRY(diff_terms(d, q));
	*ret = TAKE(d);
	return RC_OK;
}

void
diff_destroy(struct diff **dp)
{
	struct diff *d = *dp;
	if (d == NULL) return;
	arena_wipe(&d->arena);
	free(d->lines);
	free(d->terms);
	free(d->reasons);
	free(d);
	*dp = NULL;
}

/* --- reading --------------------------------------------------------------------- */

size_t
diff_n_lines(const struct diff *d)
{
	return d->n_lines;
}

const struct diff_line *
diff_line_at(const struct diff *d, size_t i)
{
	return &d->lines[i];
}

size_t
diff_n_terms(const struct diff *d)
{
	return d->n_terms;
}

const struct diff_term *
diff_term_at(const struct diff *d, size_t i)
{
	return &d->terms[i];
}

size_t
diff_n_reasons(const struct diff *d)
{
	return d->n_reasons;
}

const struct diff_reason *
diff_reason_at(const struct diff *d, size_t i)
{
	return &d->reasons[i];
}

const struct diff_counts *
diff_counts(const struct diff *d)
{
	return &d->counts;
}

const struct policy *
diff_old(const struct diff *d)
{
	return d->old;
}

const struct policy *
diff_new(const struct diff *d)
{
	return d->new;
}

enum way
diff_way(const struct diff *d)
{
	return d->way;
}

bool
diff_is_empty(const struct diff *d)
{
	return d->n_lines == 0 && d->n_terms == 0 && d->n_reasons == 0;
}

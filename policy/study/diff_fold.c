/* SPDX-License-Identifier: EUPL-1.2 */
/* diff_fold.c - many places at which the same changed become one line. */
#include <stdlib.h>
#include <string.h>

#include "proto/room.h"

#include "policy/study/diff_internal.h"

struct spot *
spots_add(struct spots *s)
{
	if (room_for_one(&s->at, s->n, &s->cap, sizeof *s->at) != RC_OK) return NULL;
	struct spot *fresh = &s->at[s->n++];
	memset(fresh, 0, sizeof *fresh);
	return fresh;
}

void
spots_wipe(struct spots *s)
{
	free(s->at);
	*s = (struct spots){0};
}

/* --- order ----------------------------------------------------------------------- */

static int
by_number(const struct spot *a, const struct spot *b)
{
	if (a->change->number == b->change->number) return 0;
	return a->change->number < b->change->number ? -1 : 1;
}

static int
by_obligation(const struct spot *a, const struct spot *b)
{
	if ((a->obligation == NULL) != (b->obligation == NULL))
		return a->obligation == NULL ? -1 : 1;
	return a->obligation == NULL ? 0 : strcmp(a->obligation, b->obligation);
}

static int
by_fields(const struct spot *a, const struct spot *b)
{
	return memcmp(&a->fields, &b->fields, sizeof a->fields);
}

static int
by_uses(const struct spot *a, const struct spot *b)
{
	return a->uses == b->uses ? 0 : a->uses < b->uses ? -1 : 1;
}

static int
by_senders(const struct spot *a, const struct spot *b)
{
	return memcmp(a->senders, b->senders, sizeof a->senders);
}

static int
by_recipients(const struct spot *a, const struct spot *b)
{
	return memcmp(a->recipients, b->recipients, sizeof a->recipients);
}

static int
by_phases(const struct spot *a, const struct spot *b)
{
	return a->phases == b->phases ? 0 : a->phases < b->phases ? -1 : 1;
}

typedef int (*order)(const struct spot *, const struct spot *);

static int
in_order(const struct spot *a, const struct spot *b, const order *list, size_t n)
{
	int by = 0;
	for (size_t i = 0; by == 0 && i < n; i++) by = list[i](a, b);
	return by;
}

/* Everything but the senders; but the recipients; but the phases. */
static const order but_senders[] = {
    by_number, by_obligation, by_fields, by_uses, by_recipients, by_phases};
static const order but_recipients[] = {
    by_number, by_obligation, by_fields, by_uses, by_senders, by_phases};
static const order but_phases[] = {
    by_number, by_obligation, by_fields, by_uses, by_senders, by_recipients};
static const order as_shown[] = {
    by_phases, by_senders, by_recipients, by_uses, by_obligation, by_number, by_fields};

enum { KEYS = 6, SHOWN_KEYS = 7 };

static int
cmp_senders(const void *a, const void *b)
{
	return in_order(a, b, but_senders, KEYS);
}

static int
cmp_recipients(const void *a, const void *b)
{
	return in_order(a, b, but_recipients, KEYS);
}

static int
cmp_phases(const void *a, const void *b)
{
	return in_order(a, b, but_phases, KEYS);
}

static int
cmp_shown(const void *a, const void *b)
{
	return in_order(a, b, as_shown, SHOWN_KEYS);
}

/* --- joining --------------------------------------------------------------------- */

static void
join(struct spot *to, const struct spot *more)
{
	to->uses |= more->uses;
	to->phases |= more->phases;
	for (size_t i = 0; i < DIFF_SEATS_MAX / 64; i++) {
		to->senders[i] |= more->senders[i];
		to->recipients[i] |= more->recipients[i];
	}
}

static void
fold(struct spots *s, int (*cmp)(const void *, const void *))
{
	size_t kept = 0;
	if (s->n == 0) return;
	qsort(s->at, s->n, sizeof *s->at, cmp);
	for (size_t i = 1; i < s->n; i++) {
		if (cmp(&s->at[kept], &s->at[i]) == 0)
			join(&s->at[kept], &s->at[i]);
		else
			s->at[++kept] = s->at[i];
	}
	s->n = kept + 1;
}

void
spots_fold_uses(struct spots *s, size_t first)
{
	size_t kept = first;
	for (size_t i = first; i < s->n; i++) {
		struct spot *same = NULL;
		for (size_t k = first; same == NULL && k < kept; k++)
			if (s->at[k].change == s->at[i].change &&
			    by_obligation(&s->at[k], &s->at[i]) == 0 &&
			    by_fields(&s->at[k], &s->at[i]) == 0)
				same = &s->at[k];
		if (same != NULL)
			join(same, &s->at[i]);
		else
			s->at[kept++] = s->at[i];
	}
	s->n = kept;
}

void
spots_fold(struct spots *s)
{
	fold(s, cmp_senders);
	fold(s, cmp_recipients);
	fold(s, cmp_phases);
	if (s->n != 0) qsort(s->at, s->n, sizeof *s->at, cmp_shown);
}

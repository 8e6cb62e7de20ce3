/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * shift.c - what a step into another convenant or phase changes for one recipient.
 *
 * Every source is ruled twice, as the case stands and as it would stand; per category
 * and kind of person the most open outcome counts.  Nothing here says what was shared:
 * only what may be.
 */
#include <string.h>

#include "policy/model.h"
#include "policy/route.h"

enum { N_KINDS = 4 };

/* Kinds of person; 0: what stands outside persons. */
static const factset kinds[N_KINDS] = {0,
    (factset)1 << FACT_VICTIM | (factset)1 << FACT_ADULT,
    (factset)1 << FACT_VICTIM | (factset)1 << FACT_MINOR,
    (factset)1 << FACT_SUSPECT | (factset)1 << FACT_ADULT};

struct outcome { /* the most open of a category's fields */
	int      openness;
	uint8_t  action;
	unsigned rule;
};

struct outcomes {
	struct outcome at[N_KINDS][CATEGORIES_MAX];
};

struct asked { /* what every source is asked; borrowed */
	const struct policy *p;
	const char          *oin, *desk; /* recipient */
	int32_t              today;
	const char          *region;
	factset              message;
};

/* --- one source ------------------------------------------------------------------ */

static bool
is_of_person(const struct schema_field *f)
{
	return strncmp(f->path, "persons.", 8) == 0;
}

static void
note(struct outcome *o, const struct cell *c)
{
	int open = openness(c->action, c->generalise);
	if (open < o->openness || (open == o->openness && o->rule != RULE_NONE)) return;
	*o = (struct outcome){open, c->action, c->rule};
}

static void
note_cells(const struct policy *p, const struct ruling *r, struct outcomes *all)
{
	const struct schema *schema = schema_signal();
	for (size_t k = 0; k < N_KINDS; k++) {
		struct cell cells[SCHEMA_FIELDS_MAX];
		ruling_cells(r, kinds[k], cells);
		for (size_t f = 0; f < schema->n_fields; f++)
			if (is_of_person(&schema->fields[f]) == (kinds[k] != 0))
				note(&all->at[k][p->category_of[f]], &cells[f]);
	}
}

static bool
is_same_desk(const char *const source[2], const struct asked *a)
{
	return a->desk != NULL && source[1] != NULL && strcmp(source[0], a->oin) == 0 &&
	       strcmp(source[1], a->desk) == 0;
}

static void
begin(struct outcomes *all)
{
	for (size_t k = 0; k < N_KINDS; k++)
		for (size_t c = 0; c < CATEGORIES_MAX; c++)
			all->at[k][c] =
			    (struct outcome){openness(SLUIS__ACTION__ACTION_WITHHOLD, 0),
			        SLUIS__ACTION__ACTION_WITHHOLD, RULE_NONE};
}

/* What may reach the recipient when the case stands AT. */
static void
gather(const struct asked *a, const struct place *at, size_t n,
    const char *const (*sources)[2], struct outcomes *all)
{
	begin(all);
	for (size_t i = 0; at->convenant != NULL && i < n; i++) {
		struct ruling   r;
		struct question q = {.convenant = at->convenant,
		    .phase                      = at->phase,
		    .purpose                    = at->purpose,
		    .sender_oin                 = sources[i][0],
		    .sender_desk                = sources[i][1],
		    .recipient_oin              = a->oin,
		    .recipient_desk             = a->desk,
		    .today                      = a->today,
		    .region                     = a->region,
		    .message                    = a->message};
		if (is_same_desk(sources[i], a)) continue;
		policy_rule(a->p, &q, &r);
		if (r.code == RC_OK) note_cells(a->p, &r, all);
	}
}

/* --- both ------------------------------------------------------------------------ */

size_t
policy_shifts(const struct policy *p, const struct place *before,
    const struct place *after, size_t n_sources, const char *const (*sources)[2],
    const char *recipient_oin, const char *recipient_desk, int32_t today,
    const char *region, factset message, struct shift out[SHIFTS_MAX])
{
	struct asked    a = {p, recipient_oin, recipient_desk, today, region, message};
	struct outcomes was, will;
	size_t          n = 0;

	gather(&a, before, n_sources, sources, &was);
	gather(&a, after, n_sources, sources, &will);
	for (size_t c = 0; c < p->n_categories; c++) {
		for (size_t k = 0; k < N_KINDS && n < SHIFTS_MAX; k++) {
			const struct outcome *b = &was.at[k][c], *e = &will.at[k][c];
			if (b->action == e->action) continue;
			out[n++] = (struct shift){
			    p->categories[c].id, kinds[k], b->action, e->action, e->rule};
		}
	}
	return n;
}

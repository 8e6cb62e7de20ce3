/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cells.c - the fields of one row: which candidate holds first, and so decides.
 *
 * The order of precedence was worked out by table.c; here is nothing but mask tests.
 */
#include "policy/model.h"

/* --- audiences ------------------------------------------------------------------- */

uint8_t
audience_of(factset message)
{
	if ((message & fact_bit(FACT_EXPIRED)) != 0) return AUDIENCE_EXPIRED;
	if ((message & fact_bit(FACT_RECIPIENT_SIGNED)) != 0) return AUDIENCE_SIGNATORY;
	if ((message & fact_bit(FACT_DECLARED)) != 0)
		return AUDIENCE_INCIDENTAL | AUDIENCE_NON_SIGNATORY;
	return AUDIENCE_NON_SIGNATORY;
}

factset
audience_facts(enum audience a)
{
	switch (a) {
	case AUDIENCE_SIGNATORY:
		return fact_bit(FACT_RECIPIENT_SIGNED);
	case AUDIENCE_INCIDENTAL:
		return fact_bit(FACT_DECLARED);
	case AUDIENCE_EXPIRED:
		return fact_bit(FACT_EXPIRED);
	case AUDIENCE_NON_SIGNATORY:
		break;
	}
	return 0;
}

/* --- candidates ------------------------------------------------------------------ */

bool
facts_allow(const struct candidate *c, factset facts, factset known)
{
	factset any = c->when_any;
	if (((c->when & known) & ~facts) != 0 || (c->unless & facts) != 0) return false;
	return any == 0 || (any & facts) != 0 || (any & ~known) != 0;
}

bool
asker_allowed(const struct candidate *c, struct asker who)
{
	bool source =
	    (c->sources >> who.source & 1) != 0 || (c->source_desks & who.desks) != 0;
	return source && (c->not_source_desks & who.desks) == 0 &&
	       (c->audience & who.audience) != 0 && (c->purposes >> who.purpose & 1) != 0;
}

bool
candidate_holds(const struct candidate *c, struct asker who, factset facts)
{
	return asker_allowed(c, who) && facts_allow(c, facts, ~(factset)0);
}

const struct candidate *
bar_holding(const struct candidate *bars, size_t n, factset message)
{
	for (size_t i = 0; i < n; i++) {
		if (facts_allow(&bars[i], message, ~(factset)0)) return &bars[i];
	}
	return NULL;
}

/* --- rows ------------------------------------------------------------------------ */

static const struct candidate *
list_decides(const struct row *row, size_t list, struct asker who, factset facts)
{
	const struct candidate *c   = row->candidates + row->starts[list];
	const struct candidate *end = row->candidates + row->starts[list + 1];
	for (; c < end; c++) {
		if (candidate_holds(c, who, facts)) return c;
	}
	return NULL;
}

const struct candidate *
row_decides(const struct row *row, unsigned field, struct asker who, factset facts)
{
	return list_decides(row, row->list_of[field], who, facts);
}

static struct cell
cell_by(const struct candidate *c)
{
	if (c == NULL)
		return (struct cell){
		    SLUIS__ACTION__ACTION_WITHHOLD, GENERALISE_NONE, RULE_NONE};
	return (struct cell){c->action, c->generalise, c->rule};
}

/* What the supplier refuses is withheld, by the bar that says so if there is one. */
static void
withhold_held_back(const struct row *row, factset facts, const struct fieldset *held_back,
    struct cell cells[SCHEMA_FIELDS_MAX])
{
	struct cell by = cell_by(bar_holding(row->refusals, row->n_refusals, facts));
	for (unsigned f = 0; f < schema_signal()->n_fields; f++) {
		if (fieldset_has(held_back, f) &&
		    cells[f].action != SLUIS__ACTION__ACTION_WITHHOLD)
			cells[f] = by;
	}
}

struct holding { /* which of a row's ranked candidates hold */
	uint64_t bits[RULES_MAX / 64];
};

static void
find_holding(const struct row *row, struct asker who, factset facts, struct holding *ret)
{
	*ret = (struct holding){{0}};
	for (size_t i = 0; i < row->n_ranked; i++) {
		if (candidate_holds(&row->ranked[i], who, facts))
			ret->bits[i / 64] |= (uint64_t)1 << (i % 64);
	}
}

/* The first of LIST that holds. */
static const struct candidate *
first_holding(const struct row *row, size_t list, const struct holding *holding)
{
	const uint64_t *mask = row->masks + list * row->n_words;
	for (size_t w = 0; w < row->n_words; w++) {
		uint64_t both = mask[w] & holding->bits[w];
		if (both != 0)
			return &row->ranked[w * 64 + (size_t)__builtin_ctzll(both)];
	}
	return NULL;
}

void
row_cells(const struct row *row, struct asker who, factset facts,
    const struct fieldset *held_back, struct cell cells[SCHEMA_FIELDS_MAX])
{
	struct cell    of_list[SCHEMA_FIELDS_MAX];
	struct holding holding;
	size_t         n = row == NULL ? 0 : schema_signal()->n_fields;

	for (size_t i = n; i < SCHEMA_FIELDS_MAX; i++) cells[i] = cell_by(NULL);
	if (row == NULL) return;
	find_holding(row, who, facts, &holding);
	for (size_t i = 0; i < row->n_lists; i++)
		of_list[i] = cell_by(first_holding(row, i, &holding));
	for (size_t i = 0; i < n; i++) cells[i] = of_list[row->list_of[i]];
	if (held_back != NULL && !fieldset_is_empty(held_back))
		withhold_held_back(row, facts, held_back, cells);
}

void
ruling_cells(const struct ruling *r, factset record, struct cell cells[SCHEMA_FIELDS_MAX])
{
	struct asker who = {
	    r->source_role, r->source_desks, r->purpose, audience_of(r->message)};
	factset facts = r->message | (record & FACTS_RECORD);
	row_cells(r->code == RC_OK ? r->row : NULL, who, facts, &r->held_back, cells);
}

size_t
ruling_holders(
    const struct ruling *r, factset record, unsigned field, uint16_t *out, size_t max)
{
	const struct row *row = r->code == RC_OK ? r->row : NULL;
	struct asker      who = {
	         r->source_role, r->source_desks, r->purpose, audience_of(r->message)};
	factset facts = r->message | (record & FACTS_RECORD);
	size_t  n     = 0;
	if (row == NULL) return 0;
	uint32_t end = row->starts[row->list_of[field] + 1];
	for (uint32_t i = row->starts[row->list_of[field]]; i < end && n < max; i++) {
		if (candidate_holds(&row->candidates[i], who, facts))
			out[n++] = row->candidates[i].rule;
	}
	return n;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* matrix.c - walking the compiled policy cell by cell. */
#include "policy/study/matrix.h"

#include <string.h>

#include "policy/model.h"

#define BIT(f) ((factset)1 << (f))

static const struct matrix_class classes[] = {
    {"signal", false, 0},
    {"victim", true, BIT(FACT_VICTIM) | BIT(FACT_ADULT)},
    {"victim_minor", true, BIT(FACT_VICTIM) | BIT(FACT_MINOR)},
    {"victim_consents", true,
        BIT(FACT_VICTIM) | BIT(FACT_ADULT) | BIT(FACT_CONSENT_CARE) |
            BIT(FACT_CONSENT_ENFORCEMENT)},
    {"suspect", true, BIT(FACT_SUSPECT) | BIT(FACT_ADULT)},
    {"witness", true, BIT(FACT_WITNESS) | BIT(FACT_ADULT)},
    {"relative", true, BIT(FACT_RELATIVE) | BIT(FACT_ADULT)},
    {"other_person", true, BIT(FACT_OTHER_PERSON) | BIT(FACT_ADULT)},
};

enum { N_CLASSES = sizeof classes / sizeof classes[0] };

const struct matrix_class *
matrix_class_at(size_t i)
{
	return i < N_CLASSES ? &classes[i] : NULL;
}

struct walk {
	const struct policy       *p;
	const struct matrix_query *q;
	matrix_visit               visit;
	void                      *arg;
	const struct row          *row;
	struct asker               who;
	factset                    message;
	struct matrix_cell         at;
};

static bool
wanted(const char *filter, const char *name)
{
	return filter == NULL || strcmp(filter, name) == 0;
}

/* --- the cells of one row, sender and class -------------------------------------- */

static bool
belongs(const struct policy *p, unsigned field, size_t category, bool person)
{
	const char *path = schema_signal()->fields[field].path;
	return p->category_of[field] == category &&
	       (strncmp(path, "persons.", 8) == 0) == person;
}

static bool
cell_equal(struct cell a, struct cell b)
{
	return a.action == b.action && a.generalise == b.generalise && a.rule == b.rule;
}

/* How many fields of CATEGORY there are in this class; *RET_ALIKE if all have one cell.
 */
static size_t
survey(const struct walk *w, size_t category, const struct cell *cells, bool *ret_alike)
{
	size_t n = 0, first = 0;
	*ret_alike = true;
	for (unsigned f = 0; f < schema_signal()->n_fields; f++) {
		if (!belongs(w->p, f, category, w->at.of->person)) continue;
		if (n++ == 0) first = f;
		*ret_alike = *ret_alike && cell_equal(cells[f], cells[first]);
	}
	return n;
}

static rc
tell_category(struct walk *w, size_t category, const struct cell *cells)
{
	bool alike;
	if (survey(w, category, cells, &alike) == 0) return RC_OK;
	w->at.category = w->p->categories[category].id;
	for (unsigned f = 0; f < schema_signal()->n_fields; f++) {
		if (!belongs(w->p, f, category, w->at.of->person)) continue;
		w->at.field = alike ? NULL : &schema_signal()->fields[f];
		w->at.cell  = cells[f];
		TRY(w->visit(w->arg, &w->at));
		if (alike) break;
	}
	return RC_OK;
}

static rc
tell_class(struct walk *w)
{
	struct cell cells[SCHEMA_FIELDS_MAX];
	row_cells(w->row, w->who, w->message | w->at.of->record, NULL, cells);
	for (size_t i = 0; i < w->p->n_categories; i++) TRY(tell_category(w, i, cells));
	return RC_OK;
}

/* --- bars on the whole message --------------------------------------------------------
 */

static rc
tell_bar(struct walk *w, const struct candidate *bar)
{
	struct matrix_cell at = w->at;
	at.code               = w->p->rules[bar->rule]->code;
	at.of                 = NULL;
	at.category           = NULL;
	at.field              = NULL;
	at.cell               = (struct cell){bar->action, bar->generalise, bar->rule};
	return w->visit(w->arg, &at);
}

static rc
tell_sender(struct walk *w)
{
	const struct convenant *c   = w->row->convenant;
	const struct candidate *bar = bar_holding(c->refuse, c->n_refuse, w->message);
	if (bar == NULL)
		bar = bar_holding(w->row->excludes, w->row->n_excludes, w->message);
	if (bar != NULL) return tell_bar(w, bar);
	for (size_t i = 0; i < N_CLASSES; i++) {
		if (!wanted(w->q->class_name, classes[i].name)) continue;
		w->at.of = &classes[i];
		TRY(tell_class(w));
	}
	w->at.of = NULL;
	return RC_OK;
}

/* --- rows, audiences, senders ---------------------------------------------------- */

static const struct {
	const char *name;
	uint8_t     bit;
	factset     facts;
} audiences[] = {
    {"signatory", AUDIENCE_SIGNATORY, BIT(FACT_RECIPIENT_SIGNED)},
    {"incidental", AUDIENCE_INCIDENTAL, BIT(FACT_DECLARED)},
    {"non_signatory", AUDIENCE_NON_SIGNATORY, 0},
    {"expired", AUDIENCE_EXPIRED, BIT(FACT_EXPIRED)},
};

static bool
has_audience(const struct row *row, uint8_t bit)
{
	for (size_t i = 0; i < row->n_grants; i++) {
		if ((row->grants[i].audience & bit) != 0) return true;
	}
	return false;
}

static rc
tell_senders(struct walk *w)
{
	const struct convenant *c = w->row->convenant;
	for (size_t i = 0; i < c->n_askers; i++) {
		const struct seat *s = &c->askers[i];
		w->who.source        = s->role;
		w->who.desks         = source_desks_of(c, s->role, s->desk);
		w->at.sender_role    = w->p->roles[s->role].info.id;
		w->at.sender_desk    = s->desk;
		if (wanted(w->q->sender_role, w->at.sender_role)) TRY(tell_sender(w));
	}
	return RC_OK;
}

static rc
tell_row(struct walk *w)
{
	w->at.recipient_role = w->p->roles[w->row->seat->role].info.id;
	w->at.recipient_desk = w->row->seat->desk;
	if (!wanted(w->q->recipient_role, w->at.recipient_role)) return RC_OK;
	for (size_t i = 0; i < sizeof audiences / sizeof audiences[0]; i++) {
		if (!has_audience(w->row, audiences[i].bit)) continue;
		w->at.audience = audiences[i].name;
		w->message = (w->q->message & FACTS_MESSAGE) | BIT(FACT_SENDER_SIGNED) |
		             audiences[i].facts;
		w->who.audience = audience_of(w->message);
		TRY(tell_senders(w));
	}
	return RC_OK;
}

static rc
tell_convenant(struct walk *w, const struct convenant *c)
{
	w->at.convenant = &c->info;
	for (size_t i = 0; i < c->n_phases * c->n_seats; i++) {
		w->row      = &c->rows[i];
		w->at.phase = c->info.phases[w->row->phase];
		if (wanted(w->q->phase, w->at.phase)) TRY(tell_row(w));
	}
	return RC_OK;
}

/* --- the walk -------------------------------------------------------------------- */

static bool
class_exists(const char *name)
{
	for (size_t i = 0; i < N_CLASSES; i++) {
		if (wanted(name, classes[i].name)) return true;
	}
	return false;
}

static bool
phase_exists(const struct policy *p, const struct matrix_query *q)
{
	for (size_t i = 0; i < p->n_convenants; i++) {
		const struct convenant_info *c = &p->convenants[i].info;
		if (!wanted(q->convenant, c->id)) continue;
		for (size_t k = 0; c->phases[k] != NULL; k++) {
			if (wanted(q->phase, c->phases[k])) return true;
		}
	}
	return false;
}

rc
policy_matrix(
    const struct policy *p, const struct matrix_query *q, matrix_visit visit, void *arg)
{
	struct matrix_query neutral = *q; /* role ids instead of aliases */
	struct walk         w       = {.p = p, .q = &neutral, .visit = visit, .arg = arg};
	neutral.sender_role         = policy_role(p, q->sender_role);
	neutral.recipient_role      = policy_role(p, q->recipient_role);
	if ((q->sender_role != NULL && neutral.sender_role == NULL) ||
	    (q->recipient_role != NULL && neutral.recipient_role == NULL) ||
	    !class_exists(q->class_name) || !phase_exists(p, q))
		return RC_NOT_FOUND;
	for (size_t i = 0; i < p->n_convenants; i++) {
		if (wanted(q->convenant, p->convenants[i].info.id))
			TRY(tell_convenant(&w, &p->convenants[i]));
	}
	return RC_OK;
}

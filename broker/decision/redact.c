/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * redact.c - apply a ruling to what a signal holds.
 *
 * Passes over its contents:
 *
 *	strip   per record: state pseudonyms and coarse values; every field gets its
 *	        fate, and is gone unless it is released or spoken for
 *	drop    the sources (field_sources) of fields that are not all released
 *	place   write each statement's path with the positions that the recipient
 *	        will see
 */
#include "broker/decision/redact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/decision/generalise.h"
#include "broker/decision/identify.h"
#include "proto/auto.h"
#include "proto/message.h"
#include "signal.pb-c.h"

enum { PATH_MAX_BYTES = 160, VALUE_MAX = SIGNAL_NARRATIVE_MAX };

/* A statement whose place in the outgoing signal is not known yet. */
struct pending {
	uint32_t         field;   /* that it is about, in the contents */
	size_t           element; /* of a repeated field */
	struct statement said;
};

struct walk {
	const struct redaction *r;
	struct scratch         *mem;
	const struct contents  *contents;
	struct cut             *out;
	struct remains          left;
	const struct cell      *cells;  /* ruling for the record at hand */
	struct fieldset         stated; /* its fields that a pseudonym stands for */
	struct fieldset         given;  /* fields that went out as they are */
	struct fieldset         kept;   /* ... and that did not, in some record */
	size_t                  n, cap;
	struct pending         *pending; /* in mem */
};

/* --- rulings ---------------------------------------------------------------------- */

/* What R says of a record with these FACTS; NULL if there is no memory. */
static const struct cell *
cells_for(const struct redaction *r, factset facts)
{
	struct ruled *known = r->ruled;

	for (size_t i = 0; i < known->n; i++)
		if (known->at[i].facts == facts) return known->at[i].cells;
	struct cell *cells = scratch_alloc(r->mem, SCHEMA_FIELDS_MAX, sizeof *cells);
	if (cells == NULL) return NULL;
	ruling_cells(r->ruling, facts, cells);
	if (known->n == sizeof known->at / sizeof known->at[0]) return cells;
	known->at[known->n].facts   = facts;
	known->at[known->n++].cells = cells;
	return cells;
}

/* The same of RECORD, an element of a top-level message field. */
static const struct cell *
cells_of(const struct redaction *r, const struct held *record)
{
	factset facts = 0;

	if (record->node->person)
		facts = facts_of_person(
		    (const Sluis__Person *)(const void *)record->m, r->today);
	return cells_for(r, facts);
}

/* --- pending statements ---------------------------------------------------------- */

static rc
add_pending(struct walk *w, struct pending **ret)
{
	if (w->n == w->cap) {
		size_t          cap = w->cap == 0 ? 32 : w->cap * 4;
		struct pending *p   = scratch_alloc(w->mem, cap, sizeof *p);
		if (p == NULL) return RC_NOMEM;
		if (w->n != 0) memcpy(p, w->pending, w->n * sizeof *p);
		w->pending = p;
		w->cap     = cap;
	}
	*ret = &w->pending[w->n++];
	return RC_OK;
}

/* State VALUE for FIELD. */
static rc
say(struct walk *w, uint32_t field, size_t element, uint8_t action, const char *kind,
    struct slice value)
{
	struct pending *p = NULL;
	TRY(add_pending(w, &p));
	p->field         = field;
	p->element       = element;
	p->said.action   = action;
	p->said.kind     = kind;
	const char *copy = scratch_copy(w->mem, value);
	if (copy == NULL) return RC_NOMEM;
	p->said.value        = slice_of(copy, value.n);
	w->left.fates[field] = FATE_STATED;
	return RC_OK;
}

/* --- strip: identifiers ---------------------------------------------------------- */

/* Whether RECORD, ruled by CELLS, has a pseudonym of ID; of its parts' VALUES. */
static bool
has_pseudonym(const struct cell *cells, const ProtobufCMessage *record,
    const struct identifier_info *id, struct slice values[IDENTIFIER_PARTS_MAX])
{
	if (cells[id->parts[0]->index].action != SLUIS__ACTION__ACTION_PSEUDONYMISE)
		return false;
	/* what is withheld goes into no pseudonym either */
	for (size_t i = 0; i < id->n; i++)
		if (cells[id->parts[i]->index].action == SLUIS__ACTION__ACTION_WITHHOLD ||
		    !identify_text(record, id->parts[i], &values[i]))
			return false;
	return true;
}

static rc
make_pseudonym(const struct redaction *r, const struct pseudonymiser *p,
    const struct identifier_info *id, const struct slice *values,
    char ret[PSEUDONYM_CHARS + 1])
{
	struct identity *of = NULL;

	if (r->identities == NULL) return pseudonym_make(p, &r->domain, id, values, ret);
	TRY(identities_find(r->identities, id, values, &of));
	return pseudonym_of(p, &r->domain, of, ret);
}

/* Where LEAF stands in RECORD, which has it once. */
static uint32_t
place_of(const struct walk *w, const struct held *record, const struct schema_field *leaf)
{
	uint32_t i = record->first;

	while (i + 1 < record->end && w->contents->fields[i].leaf != leaf) i++;
	return i;
}

/* State for FIELD the pseudonym of VALUES, or that of the epoch that ends. */
static rc
say_pseudonym(struct walk *w, uint32_t field, const struct identifier_info *id,
    const struct slice *values, bool former)
{
	const struct pseudonymiser *p = former ? w->r->former : w->r->pseudonymiser;
	char                        psn[PSEUDONYM_CHARS + 1];

	TRY(make_pseudonym(w->r, p, id, values, psn));
	TRY(say(
	    w, field, 0, SLUIS__ACTION__ACTION_PSEUDONYMISE, id->name, slice_str(psn)));
	w->pending[w->n - 1].said.former = former;
	return RC_OK;
}

static rc
state_identifier(
    struct walk *w, const struct held *record, const struct identifier_info *id)
{
	struct slice values[IDENTIFIER_PARTS_MAX];

	if (w->r->own || !has_pseudonym(w->cells, record->m, id, values)) return RC_OK;
	const uint32_t at   = place_of(w, record, id->parts[0]);
	rc             code = say_pseudonym(w, at, id, values, false);
	if (code == RC_INVALID_SIGNAL)
		return RC_OK; /* no normal form: withheld instead */
	TRY(code);
	for (size_t i = 0; i < id->n; i++) fieldset_add(&w->stated, id->parts[i]->index);
	return w->r->former == NULL ? RC_OK : say_pseudonym(w, at, id, values, true);
}

static rc
state_identifiers(struct walk *w, const struct held *record)
{
	const struct policy *policy = w->r->ruling->policy;
	for (size_t i = 0; i < policy_n_identifiers(policy); i++) {
		const struct identifier_info *id = policy_identifier_at(policy, i);
		if (id->parts[0]->numbers[0] == record->node->via->id)
			TRY(state_identifier(w, record, id));
	}
	return RC_OK;
}

/* --- strip: leaf fields ---------------------------------------------------------- */

/* State the coarse form of every value of F that has one, the mere presence once however
 * many there are; *RET_ANY is false if nothing was said. */
static rc
state_coarse(struct walk *w, uint32_t field, enum generalise how, bool *ret_any)
{
	const struct filled            *at = &w->contents->fields[field];
	const ProtobufCMessage         *m  = w->contents->messages[at->in].m;
	const ProtobufCFieldDescriptor *f  = at->leaf->desc;
	size_t n = how == GENERALISE_PRESENT ? 1 : field_count(m, f), said = 0;

	for (size_t i = 0; i < n; i++) {
		AUTO(buf_wipe) struct buf coarse = buf_init(VALUE_MAX);
		struct slice              value  = slice_of(NULL, 0);
		if (f->type == PROTOBUF_C_TYPE_STRING)
			value = slice_str(*(char **)field_value(m, f, i));
		rc code = generalise(how, value, &coarse);
		if (code == RC_INVALID_SIGNAL) continue; /* has none: withheld */
		TRY(code);
		TRY(say(w, field, said++, SLUIS__ACTION__ACTION_GENERALISE,
		    generalise_name(how), buf_slice(&coarse)));
	}
	*ret_any = said != 0;
	return RC_OK;
}

static rc
strip_field(struct walk *w, uint32_t at)
{
	const struct schema_field *leaf   = w->contents->fields[at].leaf;
	const struct cell         *cell   = &w->cells[leaf->index];
	uint8_t                    action = cell->action;
	bool                       said   = true;

	if (action == SLUIS__ACTION__ACTION_GENERALISE)
		TRY(state_coarse(w, at, (enum generalise)cell->generalise, &said));
	if (action == SLUIS__ACTION__ACTION_PSEUDONYMISE)
		said = fieldset_has(&w->stated, leaf->index);
	if (!said) action = SLUIS__ACTION__ACTION_WITHHOLD;
	if (action == SLUIS__ACTION__ACTION_RELEASE) w->left.fates[at] = FATE_GIVEN;
	fieldset_add(
	    action == SLUIS__ACTION__ACTION_RELEASE ? &w->given : &w->kept, leaf->index);
	return grounds_add(&w->out->grounds, action, cell->rule, leaf);
}

/* One record: an element of a top-level message field. */
static rc
strip_record(struct walk *w, const struct held *record)
{
	w->cells  = cells_of(w->r, record);
	w->stated = (struct fieldset){0};
	if (w->cells == NULL) return RC_NOMEM;
	TRY(state_identifiers(w, record));
	for (uint32_t i = record->first; i < record->end; i++) TRY(strip_field(w, i));
	return RC_OK;
}

static rc
strip_signal(struct walk *w)
{
	const struct contents *c = w->contents;

	for (size_t i = 1; i < c->n_messages; i = c->messages[i].after)
		TRY(strip_record(w, &c->messages[i]));
	return RC_OK;
}

/* --- sources of fields ----------------------------------------------------------- */

/* Whether the field that SOURCE speaks of is in this copy, in every record that had it.
 */
static bool
source_may_pass(const struct walk *w, const Sluis__FieldSource *source)
{
	const struct schema_field *field =
	    source->path == NULL ? NULL : schema_find(source->path);
	return field != NULL && fieldset_has(&w->given, field->index) &&
	       !fieldset_has(&w->kept, field->index);
}

/*
 * A source tells that its field exists, so it goes where the field goes.  What the rules
 * release of field_sources stands in the grounds all the same: they were not what kept
 * it.
 */
static void
drop_sources(struct walk *w)
{
	const struct contents *c = w->contents;

	for (size_t i = 1; i < c->n_messages; i = c->messages[i].after) {
		const struct held *h = &c->messages[i];
		if (h->node->desc != &sluis__field_source__descriptor ||
		    source_may_pass(w, (const Sluis__FieldSource *)(const void *)h->m))
			continue;
		memset(w->left.fates + h->first, FATE_GONE, h->end - h->first);
	}
}

/* --- place ----------------------------------------------------------------------- */

struct path {
	size_t n;
	char   text[PATH_MAX_BYTES];
};

/* Add NAME to P, and its place if it is one of several. */
static rc
add_step(struct path *p, const ProtobufCFieldDescriptor *f, size_t place)
{
	size_t room = sizeof p->text - p->n;
	int    n    = f->label == PROTOBUF_C_LABEL_REPEATED
	                  ? snprintf(p->text + p->n, room, "%s[%zu]", f->name, place)
	                  : snprintf(p->text + p->n, room, "%s", f->name);

	if (n < 0 || (size_t)n >= room) return RC_INTERNAL;
	p->n += (size_t)n;
	return RC_OK;
}

/* The path of message AT to P, with the dot behind it. */
static rc
spell_message(const struct walk *w, uint32_t at, struct path *p)
{
	const struct held *h = &w->contents->messages[at];

	if (at == 0) return RC_OK;
	TRY(spell_message(w, h->up, p));
	TRY(add_step(p, h->node->via, w->left.place[at]));
	if (p->n + 1 >= sizeof p->text) return RC_INTERNAL;
	p->text[p->n++] = '.';
	return RC_OK;
}

static rc
place_one(struct walk *w, const struct pending *p)
{
	const struct filled *f    = &w->contents->fields[p->field];
	struct statement    *to   = &w->out->statements[w->out->n_statements++];
	struct path          path = {.n = 0};

	TRY(spell_message(w, f->in, &path));
	TRY(add_step(&path, f->leaf->desc, p->element));
	*to      = p->said;
	to->path = scratch_copy(w->mem, slice_of(path.text, path.n));
	return to->path == NULL ? RC_NOMEM : RC_OK;
}

/* In the order of messages; those of one in the order in which they were made. */
static rc
place_statements(struct walk *w)
{
	if (w->n == 0) return RC_OK;
	w->out->statements = scratch_alloc(w->mem, w->n, sizeof *w->out->statements);
	bool *any          = scratch_alloc(w->mem, w->contents->n_messages, sizeof *any);
	if (w->out->statements == NULL || any == NULL) return RC_NOMEM;
	for (size_t i = 0; i < w->n; i++)
		any[w->contents->fields[w->pending[i].field].in] = true;
	for (size_t m = 0; m < w->contents->n_messages; m++)
		for (size_t i = 0; any[m] && i < w->n; i++) {
			const struct pending *p = &w->pending[i];
			if (w->contents->fields[p->field].in == m &&
			    w->left.fates[p->field] == FATE_STATED)
				TRY(place_one(w, p));
		}
	return RC_OK;
}

/* --- pseudonyms ahead ------------------------------------------------------------ */

static rc
want_of_record(const struct redaction *r, const struct held *record,
    struct pseudonymiser *pseudonyms, struct pseudonymiser *former)
{
	const struct policy *policy = r->ruling->policy;
	const struct cell   *cells  = cells_of(r, record);
	struct slice         values[IDENTIFIER_PARTS_MAX];

	if (cells == NULL) return RC_NOMEM;
	for (size_t i = 0; i < policy_n_identifiers(policy); i++) {
		const struct identifier_info *id = policy_identifier_at(policy, i);
		if (id->parts[0]->numbers[0] != record->node->via->id ||
		    !has_pseudonym(cells, record->m, id, values))
			continue;
		struct identity *of = NULL;
		TRY(identities_find(r->identities, id, values, &of));
		TRY(pseudonym_want(pseudonyms, &r->domain, r->identities, of));
		if (former == NULL) continue;
		TRY(pseudonym_want(former, &r->domain, r->identities, of));
	}
	return RC_OK;
}

rc
redact_want(const struct redaction *r, const struct contents *c,
    struct pseudonymiser *pseudonyms, struct pseudonymiser *former)
{
	for (size_t i = 1; i < c->n_messages && !r->own; i = c->messages[i].after)
		TRY(want_of_record(r, &c->messages[i], pseudonyms, former));
	return RC_OK;
}

/* --- public ---------------------------------------------------------------------- */

void
cut_wipe(struct cut *c)
{
	grounds_wipe(&c->grounds);
	*c = (struct cut){0};
}

/* What it takes to see that what is left was in the tree. */
static rc
gather_evidence(struct walk *w)
{
	if (w->r->tree == NULL) return RC_OK;
	w->out->evidence = scratch_alloc(w->mem, 1, sizeof *w->out->evidence);
	if (w->out->evidence == NULL) return RC_NOMEM;
	sluis__evidence__init(w->out->evidence);
	return disclosure_evidence(w->r->tree, &w->left, w->mem, w->out->evidence);
}

rc
redact_signal(const struct redaction *r, const struct contents *contents, struct cut *ret)
{
	AUTO(cut_wipe) struct cut cut = {0};
	struct walk w = {.r = r, .mem = r->mem, .contents = contents, .out = &cut};

	TRY(remains_new(&w.left, contents, w.mem));
	TRY(strip_signal(&w));
	drop_sources(&w);
	remains_settle(&w.left);
	TRY(place_statements(&w));
	TRY(gather_evidence(&w));
	/* a packed field that came in is longer going out: too large is the sender's
	 * fault */
	TRY(remains_pack(&w.left, w.mem, SIGNAL_MAX, &cut.signal));
	*ret = cut;
	cut  = (struct cut){0};
	return RC_OK;
}

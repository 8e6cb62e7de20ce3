/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * redact.c - apply a ruling to the shadow of a signal, in place.
 *
 * Passes over it:
 *
 *	strip   per record: state pseudonyms and coarse values, then remove every
 *	        leaf field that is not released (pending statements remember the
 *	        message they belong to, by address)
 *	drop    remove the sources (field_sources) of fields that are not all released
 *	prune   remove messages and records with nothing left, unless a statement
 *	        hangs on them
 *	place   walk what is left and write each statement's path with the positions
 *	        that the recipient will see
 *
 * protobuf-c keeps unknown fields and packs them again; a shadow has none.
 */
#include "broker/redact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/generalise.h"
#include "broker/identify.h"
#include "proto/auto.h"
#include "proto/message.h"
#include "proto/shadow.h"
#include "signal.pb-c.h"

enum { PATH_MAX_BYTES = 160, VALUE_MAX = SIGNAL_NARRATIVE_MAX };

/* A statement whose place in the outgoing signal is not known yet. */
struct pending {
	const ProtobufCMessage         *in; /* the message the field stood in */
	const ProtobufCFieldDescriptor *field;
	size_t                          element; /* of a repeated field */
	struct statement                said;
};

struct walk {
	const struct redaction *r;
	struct scratch         *mem;
	struct cut             *out;
	const struct cell      *cells;  /* ruling for the record at hand */
	struct fieldset         stated; /* its fields that a pseudonym stands for */
	struct fieldset         given;  /* fields that went out as they are */
	struct fieldset         kept;   /* ... and that did not, in some record */
	size_t                  n, cap;
	struct pending         *pending; /* in mem */
};

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

static rc
say(struct walk *w, const ProtobufCMessage *in, const ProtobufCFieldDescriptor *field,
    size_t element, uint8_t action, const char *kind, struct slice value)
{
	struct pending *p = NULL;
	TRY(add_pending(w, &p));
	p->in            = in;
	p->field         = field;
	p->element       = element;
	p->said.action   = action;
	p->said.kind     = kind;
	const char *copy = scratch_copy(w->mem, value);
	if (copy == NULL) return RC_NOMEM;
	p->said.value = slice_of(copy, value.n);
	return RC_OK;
}

static bool
hangs_on(const struct walk *w, const ProtobufCMessage *m)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->pending[i].in == m) return true;
	return false;
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

/* State the pseudonym of VALUES, or that of the epoch that ends. */
static rc
say_pseudonym(struct walk *w, const ProtobufCMessage *record,
    const struct identifier_info *id, const struct slice *values, bool former)
{
	const struct pseudonymiser *p = former ? w->r->former : w->r->pseudonymiser;
	char                        psn[PSEUDONYM_CHARS + 1];

	TRY(make_pseudonym(w->r, p, id, values, psn));
	TRY(say(w, identify_holder(record, id->parts[0]), id->parts[0]->desc, 0,
	    SLUIS__ACTION__ACTION_PSEUDONYMISE, id->name, slice_str(psn)));
	w->pending[w->n - 1].said.former = former;
	return RC_OK;
}

static rc
state_identifier(
    struct walk *w, const ProtobufCMessage *record, const struct identifier_info *id)
{
	struct slice values[IDENTIFIER_PARTS_MAX];

	if (w->r->own || !has_pseudonym(w->cells, record, id, values)) return RC_OK;
	rc code = say_pseudonym(w, record, id, values, false);
	if (code == RC_INVALID_SIGNAL)
		return RC_OK; /* no normal form: withheld instead */
	TRY(code);
	for (size_t i = 0; i < id->n; i++) fieldset_add(&w->stated, id->parts[i]->index);
	return w->r->former == NULL ? RC_OK : say_pseudonym(w, record, id, values, true);
}

static rc
state_identifiers(struct walk *w, const ProtobufCMessage *record, uint32_t number)
{
	const struct policy *policy = w->r->ruling->policy;
	for (size_t i = 0; i < policy_n_identifiers(policy); i++) {
		const struct identifier_info *id = policy_identifier_at(policy, i);
		if (id->parts[0]->numbers[0] == number)
			TRY(state_identifier(w, record, id));
	}
	return RC_OK;
}

/* --- strip: leaf fields ---------------------------------------------------------- */

/* State the coarse form of every value of F that has one, the mere presence once however
 * many there are; *RET_ANY is false if nothing was said. */
static rc
state_coarse(struct walk *w, ProtobufCMessage *m, const ProtobufCFieldDescriptor *f,
    enum generalise how, bool *ret_any)
{
	size_t n = how == GENERALISE_PRESENT ? 1 : field_count(m, f), said = 0;

	for (size_t i = 0; i < n; i++) {
		AUTO(buf_wipe) struct buf coarse = buf_init(VALUE_MAX);
		struct slice              value  = slice_of(NULL, 0);
		if (f->type == PROTOBUF_C_TYPE_STRING)
			value = slice_str(*(char **)field_value(m, f, i));
		rc code = generalise(how, value, &coarse);
		if (code == RC_INVALID_SIGNAL) continue; /* has none: withheld */
		TRY(code);
		TRY(say(w, m, f, said++, SLUIS__ACTION__ACTION_GENERALISE,
		    generalise_name(how), buf_slice(&coarse)));
	}
	*ret_any = said != 0;
	return RC_OK;
}

static rc
strip_leaf(struct walk *w, ProtobufCMessage *m, const struct schema_field *leaf)
{
	const struct cell *cell   = &w->cells[leaf->index];
	uint8_t            action = cell->action;
	bool               said   = true;

	if (field_count(m, leaf->desc) == 0) return RC_OK;
	if (action == SLUIS__ACTION__ACTION_GENERALISE)
		TRY(state_coarse(
		    w, m, leaf->desc, (enum generalise)cell->generalise, &said));
	if (action == SLUIS__ACTION__ACTION_PSEUDONYMISE)
		said = fieldset_has(&w->stated, leaf->index);
	if (!said) action = SLUIS__ACTION__ACTION_WITHHOLD;
	if (action != SLUIS__ACTION__ACTION_RELEASE) shadow_drop(m, leaf->desc);
	fieldset_add(
	    action == SLUIS__ACTION__ACTION_RELEASE ? &w->given : &w->kept, leaf->index);
	return grounds_add(&w->out->grounds, action, cell->rule, leaf);
}

static rc
strip_message(struct walk *w, const struct schema_node *node, ProtobufCMessage *m)
{
	for (unsigned i = 0; i < node->desc->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &node->desc->fields[i];
		if (node->leaf[i] != NULL) {
			TRY(strip_leaf(w, m, node->leaf[i]));
			continue;
		}
		for (size_t k = 0; k < field_count(m, f); k++)
			TRY(strip_message(w, node->child[i],
			    *(ProtobufCMessage **)field_value(m, f, k)));
	}
	return RC_OK;
}

/* One record: an element of a top-level message field. */
static rc
strip_record(struct walk *w, const struct schema_node *node, ProtobufCMessage *record)
{
	struct cell cells[SCHEMA_FIELDS_MAX];
	factset     facts = 0;

	if (node->person) facts = facts_of_person((Sluis__Person *)record, w->r->today);
	ruling_cells(w->r->ruling, facts, cells);
	w->cells  = cells;
	w->stated = (struct fieldset){0};
	rc code   = state_identifiers(w, record, node->via->id);
	if (code == RC_OK) code = strip_message(w, node, record);
	w->cells = NULL; /* they end with this call */
	return code;
}

static rc
strip_signal(struct walk *w, ProtobufCMessage *signal)
{
	const struct schema_node *root = schema_signal()->root;

	for (unsigned i = 0; i < root->desc->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &root->desc->fields[i];
		if (root->child[i] == NULL)
			return RC_INTERNAL; /* no leaf at the top: schema.h */
		for (size_t k = 0; k < field_count(signal, f); k++)
			TRY(strip_record(w, root->child[i],
			    *(ProtobufCMessage **)field_value(signal, f, k)));
	}
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
drop_sources(const struct walk *w, Sluis__Signal *signal)
{
	size_t kept = 0;
	for (size_t i = 0; i < signal->n_field_sources; i++)
		if (source_may_pass(w, signal->field_sources[i]))
			signal->field_sources[kept++] = signal->field_sources[i];
	signal->n_field_sources = kept;
}

/* --- prune ----------------------------------------------------------------------- */

static bool
is_empty(const ProtobufCMessage *m)
{
	for (unsigned i = 0; i < m->descriptor->n_fields; i++)
		if (field_count(m, &m->descriptor->fields[i]) != 0) return false;
	return true;
}

static void prune(const struct walk *w, ProtobufCMessage *m);

static void
prune_repeated(
    const struct walk *w, ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
	size_t             *n    = (size_t *)(void *)((char *)m + f->quantifier_offset);
	ProtobufCMessage ***at   = (ProtobufCMessage ***)(void *)((char *)m + f->offset);
	size_t              kept = 0;

	for (size_t i = 0; i < *n; i++) {
		ProtobufCMessage *element = (*at)[i];
		prune(w, element);
		if (!is_empty(element) || hangs_on(w, element)) (*at)[kept++] = element;
	}
	*n = kept;
}

/* Remove from M every message below it that holds nothing and carries no statement. */
static void
prune(const struct walk *w, ProtobufCMessage *m)
{
	for (unsigned i = 0; i < m->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &m->descriptor->fields[i];
		if (f->type != PROTOBUF_C_TYPE_MESSAGE || field_count(m, f) == 0)
			continue;
		if (f->label == PROTOBUF_C_LABEL_REPEATED) {
			prune_repeated(w, m, f);
			continue;
		}
		ProtobufCMessage **slot = field_value(m, f, 0);
		prune(w, *slot);
		if (is_empty(*slot) && !hangs_on(w, *slot)) shadow_drop(m, f);
	}
}

/* --- place ----------------------------------------------------------------------- */

static rc
place_here(struct walk *w, const ProtobufCMessage *m, const char *prefix)
{
	struct cut *out = w->out;
	for (size_t i = 0; i < w->n; i++) {
		struct pending *p = &w->pending[i];
		char            path[PATH_MAX_BYTES];
		if (p->in != m) continue;
		int n = p->field->label == PROTOBUF_C_LABEL_REPEATED
		            ? snprintf(path, sizeof path, "%s%s[%zu]", prefix,
		                  p->field->name, p->element)
		            : snprintf(path, sizeof path, "%s%s", prefix, p->field->name);
		if (n < 0 || (size_t)n >= sizeof path) return RC_INTERNAL;
		p->said.path = scratch_text(w->mem, path);
		if (p->said.path == NULL) return RC_NOMEM;
		out->statements[out->n_statements++] = p->said;
	}
	return RC_OK;
}

static rc
place_below(struct walk *w, const ProtobufCMessage *m, const char *prefix)
{
	TRY(place_here(w, m, prefix));
	for (unsigned i = 0; i < m->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &m->descriptor->fields[i];
		if (f->type != PROTOBUF_C_TYPE_MESSAGE) continue;
		for (size_t k = 0; k < field_count(m, f); k++) {
			char path[PATH_MAX_BYTES];
			int  n =
                            f->label == PROTOBUF_C_LABEL_REPEATED
			         ? snprintf(
			               path, sizeof path, "%s%s[%zu].", prefix, f->name, k)
			         : snprintf(path, sizeof path, "%s%s.", prefix, f->name);
			if (n < 0 || (size_t)n >= sizeof path) return RC_INTERNAL;
			TRY(place_below(
			    w, *(ProtobufCMessage **)field_value(m, f, k), path));
		}
	}
	return RC_OK;
}

static rc
place_statements(struct walk *w, const ProtobufCMessage *signal)
{
	if (w->n == 0) return RC_OK;
	w->out->statements = scratch_alloc(w->mem, w->n, sizeof *w->out->statements);
	if (w->out->statements == NULL) return RC_NOMEM;
	return place_below(w, signal, "");
}

/* --- evidence -------------------------------------------------------------------- */

/* What is stated for several values of a field is stated for the field. */
static size_t
list_stated(const struct walk *w, struct stated *list)
{
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++) {
		const struct pending *p = &w->pending[i];
		if (p->element != 0) continue;
		list[n++] = (struct stated){.message = p->in, .field = p->field};
	}
	return n;
}

/* What it takes to see that the SIGNAL that is left was in TREE. */
static rc
gather_evidence(
    struct walk *w, const struct disclosure *tree, const ProtobufCMessage *signal)
{
	struct stated *stated = scratch_alloc(w->mem, w->n + 1, sizeof *stated);

	w->out->evidence = calloc(1, sizeof *w->out->evidence);
	if (stated == NULL || w->out->evidence == NULL) return RC_NOMEM;
	sluis__evidence__init(w->out->evidence);
	return disclosure_evidence(
	    tree, signal, stated, list_stated(w, stated), w->out->evidence);
}

/* --- pseudonyms ahead ------------------------------------------------------------ */

static rc
want_of_record(const struct redaction *r, const struct schema_node *node,
    const ProtobufCMessage *record, struct pseudonymiser *pseudonyms,
    struct pseudonymiser *former)
{
	const struct policy *policy = r->ruling->policy;
	struct cell          cells[SCHEMA_FIELDS_MAX];
	struct slice         values[IDENTIFIER_PARTS_MAX];
	factset              facts = 0;

	if (node->person)
		facts = facts_of_person(
		    (const Sluis__Person *)(const void *)record, r->today);
	ruling_cells(r->ruling, facts, cells);
	for (size_t i = 0; i < policy_n_identifiers(policy); i++) {
		const struct identifier_info *id = policy_identifier_at(policy, i);
		if (id->parts[0]->numbers[0] != node->via->id ||
		    !has_pseudonym(cells, record, id, values))
			continue;
		struct identity *of = NULL;
		TRY(identities_find(r->identities, id, values, &of));
		TRY(pseudonym_want(pseudonyms, &r->domain, r->identities, of));
		if (former == NULL) continue;
		TRY(pseudonym_want(former, &r->domain, r->identities, of));
	}
	return RC_OK;
}

/* Whether any identifier of POLICY is in records of field NUMBER. */
static bool
names_any(const struct policy *policy, uint32_t number)
{
	for (size_t i = 0; i < policy_n_identifiers(policy); i++)
		if (policy_identifier_at(policy, i)->parts[0]->numbers[0] == number)
			return true;
	return false;
}

rc
redact_want(const struct redaction *r, const ProtobufCMessage *signal,
    struct pseudonymiser *pseudonyms, struct pseudonymiser *former)
{
	const struct schema_node *root = schema_signal()->root;

	for (unsigned i = 0; i < root->desc->n_fields && !r->own; i++) {
		const ProtobufCFieldDescriptor *f = &root->desc->fields[i];
		if (root->child[i] == NULL || !names_any(r->ruling->policy, f->id))
			continue;
		for (size_t k = 0; k < field_count(signal, f); k++)
			TRY(want_of_record(r, root->child[i],
			    *(ProtobufCMessage **)field_value(signal, f, k), pseudonyms,
			    former));
	}
	return RC_OK;
}

/* --- public ---------------------------------------------------------------------- */

void
cut_wipe(struct cut *c)
{
	grounds_wipe(&c->grounds);
	message_destroy(&c->evidence);
	*c = (struct cut){0};
}

rc
redact_signal(const struct redaction *r, const ProtobufCMessage *whole,
    struct scratch *mem, struct cut *ret)
{
	AUTO(cut_wipe) struct cut cut    = {0};
	ProtobufCMessage         *signal = NULL;
	struct walk               w      = {.r = r, .mem = mem, .out = &cut};

	TRY(shadow_of(whole, mem, &signal));
	if (r->tree != NULL) TRY(disclosure_follow(r->tree, signal));
	TRY(strip_signal(&w, signal));
	drop_sources(&w, (Sluis__Signal *)signal);
	prune(&w, signal);
	TRY(place_statements(&w, signal));
	if (r->tree != NULL) TRY(gather_evidence(&w, r->tree, signal));
	/* a packed field that came in is longer going out: too large is the sender's
	 * fault */
	TRY(scratch_pack(mem, signal, SIGNAL_MAX, &cut.signal));
	*ret = cut;
	cut  = (struct cut){0};
	return RC_OK;
}

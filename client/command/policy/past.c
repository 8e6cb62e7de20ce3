/* SPDX-License-Identifier: EUPL-1.2 */
/* past.c - entries of an exported journal as decisions. */
#include "client/command/policy/past.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/command/policy/details.h"
#include "client/command/tiles.h"
#include "policy/facts.h"
#include "proto/auto.h"
#include "proto/message.h"

/* --- words of the journal -------------------------------------------------------- */

/* The facts called NAMES; false if this build does not know one. */
static bool
facts_named(size_t n, char *const *names, factset *ret)
{
	for (size_t i = 0; i < n; i++) {
		enum fact f;
		if (!fact_from_name(names[i], &f)) return false;
		*ret |= fact_bit(f);
	}
	return true;
}

/* The fields in PATHS; false if this build does not know one. */
static bool
fields_packed(const ProtobufCBinaryData *paths, struct fieldset *ret)
{
	struct slice rest = slice_of(paths->data, paths->len);

	while (rest.n != 0) {
		const struct schema_field *f = NULL;
		if (schema_unpack(&rest, &f) != RC_OK) return false;
		fieldset_add(ret, f->index);
	}
	return true;
}

/* --- what was weighed ------------------------------------------------------------ */

static bool
read_records(struct past *p)
{
	const Sluis__Detail *d = p->detail;

	for (size_t i = 0; i < d->n_records; i++) {
		const Sluis__RuledRecord *r = d->records[i];
		if (!facts_named(r->n_facts, r->facts, &p->records[i].facts) ||
		    !fields_packed(&r->paths, &p->records[i].fields))
			return false;
	}
	p->decided.n_records = d->n_records;
	p->decided.records   = p->records;
	return d->n_records != 0;
}

static bool
read_weighed(struct past *p)
{
	const Sluis__Detail *d = p->detail;

	if (d == NULL) return false;
	if (!facts_named(d->n_facts, d->facts, &p->decided.question.message))
		return false;
	if (d->has_held_back && !fields_packed(&d->held_back, &p->held_back))
		return false;
	p->decided.question.held_back = &p->held_back;
	/* no name: a region that the policy did not know */
	p->decided.question.region = d->region_unknown ? "" : d->region;
	return read_records(p);
}

/* --- what came out --------------------------------------------------------------- */

static bool
read_groups(struct past *p, size_t n, Sluis__RuleGroup *const *groups)
{
	for (size_t i = 0; i < n; i++) {
		struct decided_group *g = &p->groups[p->decided.n_groups++];
		g->action               = (uint8_t)groups[i]->action;
		g->rule                 = groups[i]->rule;
		if (!fields_packed(&groups[i]->paths, &g->fields)) return false;
	}
	return true;
}

static bool
read_outcome(struct past *p)
{
	const Sluis__Leaf   *l = p->leaf;
	const Sluis__Detail *d = p->detail;

	p->decided.code     = l->kind == SLUIS__EVENT_KIND__EVENT_RULING
	                          ? RC_OK
	                          : rc_from_name(l->code == NULL ? "" : l->code);
	p->decided.rule     = l->rule;
	p->decided.complete = d != NULL;
	p->decided.groups   = p->groups;
	/* what was given is the leaf's to say; the detail repeats it with the articles */
	if (!read_groups(p, l->n_released, l->released)) return false;
	return d == NULL || read_groups(p, d->n_withheld, d->withheld);
}

/* --- who asked what -------------------------------------------------------------- */

static const char *
text_or(const char *text, const char *otherwise)
{
	return text == NULL || text[0] == '\0' ? otherwise : text;
}

static void
read_question(struct past *p)
{
	const Sluis__Leaf *l = p->leaf;

	p->decided.question = (struct question){
	    .convenant      = text_or(l->convenant, ""),
	    .phase          = text_or(l->phase, ""),
	    .purpose        = text_or(l->purpose, ""),
	    .sender_oin     = text_or(l->sender_oin, ""),
	    .sender_desk    = text_or(l->sender_desk, ""),
	    .recipient_oin  = text_or(l->recipient_oin, ""),
	    .recipient_desk = text_or(l->recipient_desk, NULL),
	    .today          = date_of_ms(l->time_ms),
	};
	p->decided.own = strcmp(p->decided.question.sender_oin,
	                     p->decided.question.recipient_oin) == 0;
}

static enum past_kind
kind_of(const struct past *p)
{
	if (p->leaf->kind == SLUIS__EVENT_KIND__EVENT_REFUSED) return PAST_REFUSAL;
	if (p->leaf->kind != SLUIS__EVENT_KIND__EVENT_RULING &&
	    p->leaf->kind != SLUIS__EVENT_KIND__EVENT_NOT_SERVED)
		return PAST_OTHER;
	/* no policy decides how much waits */
	if (rc_from_name(text_or(p->leaf->code, "")) == RC_QUEUE_FULL) return PAST_OTHER;
	if (p->detail != NULL && p->detail->desk_unknown) return PAST_UNTOLD;
	/* an entry from before does not say which of the two was unknown */
	bool unknown = rc_from_name(text_or(p->leaf->code, "")) == RC_UNKNOWN_RECIPIENT;
	bool tells   = p->detail != NULL && p->detail->n_records != 0;
	return unknown && !tells ? PAST_UNTOLD : PAST_DECISION;
}

/* --- one entry ------------------------------------------------------------------- */

static rc
unpack(struct past *p, struct slice leaf, struct slice detail)
{
	p->leaf = sluis__leaf__unpack(NULL, leaf.n, leaf.p);
	if (p->leaf == NULL) return RC_BAD_TREE;
	if (detail.n != 0) {
		TRY(detail_fits(leaf, detail));
		p->detail = sluis__detail__unpack(NULL, detail.n, detail.p);
		if (p->detail == NULL) return RC_BAD_DIGEST;
	}
	if (p->leaf->bundle_hash.len == HASH_BYTES)
		memcpy(p->bundle.b, p->leaf->bundle_hash.data, HASH_BYTES);
	return RC_OK;
}

static rc
make_room(struct past *p)
{
	size_t groups = p->leaf->n_released;

	if (p->detail != NULL) groups += p->detail->n_withheld;
	p->groups  = calloc(groups + 1, sizeof *p->groups);
	p->records = calloc(
	    (p->detail == NULL ? 0 : p->detail->n_records) + 1, sizeof *p->records);
	return p->groups == NULL || p->records == NULL ? RC_NOMEM : RC_OK;
}

rc
past_read(uint64_t index, struct slice leaf, struct slice detail, struct past *ret)
{
	*ret = (struct past){.index = index};
	TRY(unpack(ret, leaf, detail));
	ret->kind = kind_of(ret);
	if (ret->kind == PAST_OTHER || ret->kind == PAST_REFUSAL) return RC_OK;
	TRY(make_room(ret));
	read_question(ret);
	if (!read_outcome(ret)) ret->kind = PAST_UNTOLD; /* fields we do not know */
	ret->decided.weighed = read_weighed(ret);
	return RC_OK;
}

void
past_wipe(struct past *p)
{
	message_destroy(&p->leaf);
	message_destroy(&p->detail);
	free(p->records);
	free(p->groups);
	*p = (struct past){0};
}

/* --- an export ------------------------------------------------------------------- */

struct walk {
	const char         *dir;
	past_visit          visit;
	void               *arg;
	struct sluis_error *error;
};

static rc
visit_entry(void *arg, uint64_t index, struct slice leaf)
{
	struct walk                *w      = arg;
	AUTO(past_wipe) struct past p      = {0};
	AUTO(buf_wipe) struct buf   detail = buf_init(DETAIL_FILE_MAX);
	char                        where[32];

	(void)snprintf(where, sizeof where, "%llu", (unsigned long long)index);
	rc code = detail_read(w->dir, index, &detail);
	if (code != RC_OK && code != RC_NOT_FOUND)
		return error_set(w->error, code, where, "cannot be read");
	code = past_read(index, leaf, buf_slice(&detail), &p);
	if (code != RC_OK)
		return error_set(
		    w->error, code, where, "is not what the journal entry says");
	return w->visit(w->arg, &p);
}

rc
past_walk(const char *dir, past_visit visit, void *arg, struct sluis_error *e)
{
	struct walk w = {dir, visit, arg, e};
	return tiles_read(dir, visit_entry, &w, e);
}

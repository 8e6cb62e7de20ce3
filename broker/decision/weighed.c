/* SPDX-License-Identifier: EUPL-1.2 */
/* weighed.c - the records of a Detail: facts and paths per person. */
#include "broker/decision/weighed.h"

#include <stdlib.h>

#include "journal.pb-c.h"
#include "proto/message.h"

enum { FACT_BITS = 64 };

/* --- facts and paths ------------------------------------------------------------- */

rc
weighed_facts(factset facts, size_t *ret_n, char ***ret)
{
	for (unsigned bit = 0; bit < FACT_BITS; bit++) {
		const char *name = fact_name((enum fact)bit);
		if ((facts >> bit & 1) == 0 || name == NULL) continue;
		if (*ret == NULL) *ret = calloc(FACT_BITS, sizeof **ret);
		if (*ret == NULL) return RC_NOMEM;
		TRY(message_text(&(*ret)[*ret_n], name));
		(*ret_n)++;
	}
	return RC_OK;
}

rc
weighed_names(factset facts, struct scratch *mem, size_t *ret_n, char ***ret)
{
	*ret_n = 0;
	*ret   = scratch_alloc(mem, (size_t)__builtin_popcountll(facts), sizeof **ret);
	if (*ret == NULL) return RC_NOMEM;
	for (; facts != 0; facts &= facts - 1) {
		const char *name = fact_name((enum fact)__builtin_ctzll(facts));
		if (name != NULL) (*ret)[(*ret_n)++] = message_borrow(name);
	}
	return RC_OK;
}

rc
weighed_paths(const struct fieldset *fields, struct scratch *mem, protobuf_c_boolean *has,
    ProtobufCBinaryData *ret)
{
	const struct schema *s = schema_signal();
	size_t               n = 0;
	unsigned             i;

	for (i = 0; fieldset_next(fields, &i); i++) n += 1 + (size_t)s->fields[i].depth;
	uint8_t *p = scratch_alloc(mem, n, 1);
	if (p == NULL) return RC_NOMEM;
	*has = 1;
	*ret = (ProtobufCBinaryData){.len = n, .data = p};
	for (i = 0; fieldset_next(fields, &i); i++) p += schema_put(&s->fields[i], p);
	return RC_OK;
}

/* --- records --------------------------------------------------------------------- */

struct records { /* one for each person, and one for the rest */
	struct scratch        *mem;
	const struct contents *contents;
	Sluis__Detail          detail;
	Sluis__RuledRecord    *all; /* n_persons + 1 */
	const Sluis__Signal   *signal;
	int32_t                today;
};

static rc
add_counted(struct records *w, Sluis__RuledRecord *r, const struct counted *counted)
{
	if (counted->n == 0) return RC_OK;
	r->counted = scratch_alloc(w->mem, counted->n, sizeof *r->counted);
	if (r->counted == NULL) return RC_NOMEM;
	for (; r->n_counted < counted->n; r->n_counted++) {
		char *code = scratch_text(w->mem, counted->codes[r->n_counted]);
		if (code == NULL) return RC_NOMEM;
		r->counted[r->n_counted] = code;
	}
	return RC_OK;
}

static rc
add_record(struct records *w, factset facts, const struct fieldset *fields,
    const struct counted *counted)
{
	size_t              n = w->detail.n_records;
	Sluis__RuledRecord *r = &w->all[n];

	sluis__ruled_record__init(r);
	w->detail.records[n] = r;
	w->detail.n_records++;
	TRY(weighed_names(facts, w->mem, &r->n_facts, &r->facts));
	TRY(add_counted(w, r, counted));
	return weighed_paths(fields, w->mem, &r->has_paths, &r->paths);
}

/* Add to SET the fields of C from FIRST to END. */
static void
add_fields(const struct contents *c, uint32_t first, uint32_t end, struct fieldset *set)
{
	for (uint32_t i = first; i < end; i++)
		fieldset_add(set, c->fields[i].leaf->index);
}

static rc
add_person(struct records *w, size_t index, const struct held *h)
{
	const Sluis__Person *person = w->signal->persons[index];
	struct fieldset      fields = {{0}};
	struct counted       counted;

	add_fields(w->contents, h->first, h->end, &fields);
	counted_person(w->signal, index, w->today, &counted);
	return add_record(w, facts_of_person(person, w->today), &fields, &counted);
}

/* A record for each person; the fields of all else to REST. */
static rc
add_all(struct records *w, struct fieldset *rest)
{
	const struct contents *c      = w->contents;
	size_t                 person = 0;

	for (size_t i = 1; i < c->n_messages; i = c->messages[i].after) {
		const struct held *h = &c->messages[i];
		if (h->node->person)
			TRY(add_person(w, person++, h));
		else
			add_fields(c, h->first, h->end, rest);
	}
	return RC_OK;
}

rc
weighed_records(const struct contents *contents, enum counted_as as, int32_t today,
    struct scratch *mem, struct slice *ret)
{
	const Sluis__Signal *signal =
	    (const Sluis__Signal *)(const void *)contents->messages[0].m;
	const size_t    n    = signal->n_persons + 1;
	struct records  w    = {.mem = mem,
	        .contents            = contents,
	        .detail              = SLUIS__DETAIL__INIT,
	        .signal              = signal,
	        .today               = today};
	struct fieldset rest = {{0}};
	struct counted  counted;

	if (n > SIGNAL_RECORDS_MAX + 1) return RC_TOO_MANY;
	w.all            = scratch_alloc(mem, n, sizeof *w.all);
	w.detail.records = scratch_alloc(mem, n, sizeof(Sluis__RuledRecord *));
	if (w.all == NULL || w.detail.records == NULL) return RC_NOMEM;
	TRY(add_all(&w, &rest));
	counted_signal(signal, as, &counted);
	TRY(add_record(&w, 0, &rest, &counted));
	return scratch_pack(mem, &w.detail.base, WEIGHED_MAX, ret);
}

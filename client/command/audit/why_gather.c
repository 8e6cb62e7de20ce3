/* SPDX-License-Identifier: EUPL-1.2 */
/* why_gather.c - the entries that tell what a party got. */
#include <string.h>

#include "client/command/audit/why.h"
#include "client/error.h"
#include "journal.pb-c.h"
#include "proto/auto.h"
#include "proto/message.h"

static const uint8_t no_id[ID_BYTES];

rc
why_begin(struct why *w, struct cli *cli, const struct sluis *s, struct filter *filter)
{
	w->cli    = cli;
	w->s      = s;
	w->filter = filter;
	/* a ruling is told whether it had the field or not */
	w->by_field      = filter->by_field;
	filter->by_field = false;
	filter->by_party = false; /* a seat is given by others */
	TRY(result_new(&w->kept, no_id));
	return result_new(&w->loose, no_id);
}

void
why_wipe(struct why *w)
{
	sluis_result_destroy(&w->kept);
	sluis_result_destroy(&w->loose);
}

size_t
why_n(const struct why *w)
{
	return sluis_result_n_entries(w->kept);
}

const struct sluis_entry *
why_at(const struct why *w, size_t i)
{
	return sluis_result_entry(w->kept, i);
}

bool
why_is_ruling(const struct why *w, const struct sluis_entry *e)
{
	return filter_is_party(w->filter, e->recipient_oin, e->recipient_desk) &&
	       (strcmp(e->kind, "ruling") == 0 || strcmp(e->kind, "not_served") == 0);
}

bool
why_asks(const struct why *w, const struct sluis_field *f)
{
	const struct schema_field *s = schema_find(f->path);

	return !w->by_field || (s != NULL && fieldset_has(&w->filter->fields, s->index));
}

const struct sluis_entry *
why_about(const struct why *w, const struct sluis_entry *e)
{
	const struct sluis_entry *found = NULL;

	for (size_t i = why_n(w); e->refers_to >= 0 && i-- > 0;) {
		const struct sluis_entry *at = why_at(w, i);
		if (at->index != (uint64_t)e->refers_to || at->index >= e->index)
			continue;
		found = at;
		e     = at;
	}
	return found;
}

/* Does E, an erasure, name entry INDEX? */
static bool
erases(const struct sluis_entry *e, uint64_t index)
{
	AUTO(message_destroy) Sluis__Leaf *leaf = NULL;
	uint64_t                           n    = 1;

	if (strcmp(e->kind, "erased") != 0 || e->refers_to < 0) return false;
	leaf = sluis__leaf__unpack(NULL, e->leaf_n, e->leaf);
	if (leaf != NULL && leaf->has_count) n = leaf->count;
	return index >= (uint64_t)e->refers_to && index - (uint64_t)e->refers_to < n;
}

const struct sluis_entry *
why_eraser(const struct why *w, const struct sluis_entry *e)
{
	for (size_t i = 0; i < why_n(w); i++)
		if (erases(why_at(w, i), e->index)) return why_at(w, i);
	return NULL;
}

/* --- details --------------------------------------------------------------------- */

static bool
commits(const struct sluis_entry *e)
{
	AUTO(message_destroy)
	Sluis__Leaf *leaf = sluis__leaf__unpack(NULL, e->leaf_n, e->leaf);

	return leaf != NULL && leaf->has_detail_digest;
}

static bool
is_ours(const struct why *w, const struct sluis_entry *e)
{
	const struct sluis_party *self = sluis_self(w->s);

	return strcmp(self->oin, e->sender_oin) == 0 &&
	       strcmp(self->desk, e->sender_desk) == 0;
}

enum why_detail
why_detail(const struct why *w, const struct sluis_entry *e)
{
	if (w->own && !is_ours(w, e)) return WHY_NOT_OURS;
	if (e->detail != NULL || !commits(e)) return WHY_HERE;
	return why_eraser(w, e) != NULL ? WHY_ERASED : WHY_NOT_HERE;
}

/* --- which entries tell something ------------------------------------------------- */

/* Is E an act that gave the party a seat, or took it away, or its own declaration? */
static bool
is_about_seat(const struct why *w, const struct sluis_entry *e)
{
	AUTO(message_destroy) Sluis__Detail   *d    = NULL;
	AUTO(message_destroy) Sluis__CaseStep *step = NULL;

	if (strcmp(e->kind, "case") != 0 || e->detail == NULL) return false;
	d = sluis__detail__unpack(NULL, e->detail_n, e->detail);
	if (d == NULL || !d->has_act) return false;
	step = sluis__case_step__unpack(NULL, d->act.len, d->act.data);
	if (step == NULL) return false;
	if (step->kind == SLUIS__STEP_KIND__STEP_DECLARED)
		return filter_is_party(w->filter, e->sender_oin, e->sender_desk);
	return (step->kind == SLUIS__STEP_KIND__STEP_JOINED ||
	           step->kind == SLUIS__STEP_KIND__STEP_LEFT) &&
	       step->whom != NULL && step->whom->oin != NULL &&
	       filter_is_party(w->filter, step->whom->oin,
	           step->whom->desk != NULL ? step->whom->desk : "");
}

static bool
tells(const struct why *w, const struct sluis_entry *e)
{
	if (strcmp(e->kind, "audit_read") == 0) return false;
	if (filter_is_party(w->filter, e->recipient_oin, e->recipient_desk)) return true;
	return is_about_seat(w, e) || why_about(w, e) != NULL;
}

static rc
keep(struct sluis_result *in, const struct sluis_entry *e)
{
	Sluis__Receipt receipt = SLUIS__RECEIPT__INIT;

	receipt.has_leaf   = 1;
	receipt.leaf       = message_borrow_bytes(e->leaf, e->leaf_n);
	receipt.has_index  = 1;
	receipt.index      = e->index;
	receipt.has_detail = e->detail != NULL;
	receipt.detail     = message_borrow_bytes(e->detail, e->detail_n);
	return result_add_entry(in, &receipt);
}

rc
why_take(void *arg, const struct sluis_entry *e, uint64_t size)
{
	struct why *w     = arg;
	bool        taken = false;

	(void)size;
	TRY(filter_take(w->filter, e, &taken));
	if (strcmp(e->kind, "erased") == 0) return keep(w->kept, e);
	if (taken) return tells(w, e) ? keep(w->kept, e) : RC_OK;
	bool loose = why_is_ruling(w, e) && e->detail == NULL && commits(e) && !w->own;
	return loose ? keep(w->loose, e) : RC_OK;
}

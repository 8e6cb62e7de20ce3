/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * lines_ldv.c - records of Logboek Dataverwerkingen (Logius), one a line.
 *
 * A span is an entry: its id is the start of its leaf hash, so that who holds the record
 * finds the leaf and the other way round.  A trace is a request and all that followed
 * from it; an entry without a trace of its own (an acknowledgement) is in that of the
 * entry it refers to.  No user: the standard keeps users out, and no data subject: the
 * journal has none.
 */
#include <stdlib.h>
#include <string.h>

#include "client/command/audit/lines.h"
#include "proto/merkle.h"

static const struct span *
find(const struct lines *l, int64_t index)
{
	size_t low = 0, high = l->n_spans;

	while (index >= 0 && low < high) {
		size_t mid = low + (high - low) / 2;
		if (l->spans[mid].index == (uint64_t)index) return &l->spans[mid];
		if (l->spans[mid].index < (uint64_t)index)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static rc
remember(struct lines *l, const struct span *s)
{
	if (l->n_spans == l->room) {
		size_t       room = l->room == 0 ? 256 : l->room * 2;
		struct span *more = realloc(l->spans, room * sizeof *more);
		if (more == NULL) return RC_NOMEM;
		l->spans = more;
		l->room  = room;
	}
	l->spans[l->n_spans++] = *s;
	return RC_OK;
}

/* What E is called; *RET_PARENT is the entry of the same trace that it refers to. */
static struct span
name(const struct lines *l, const struct sluis_entry *e, const struct span **ret_parent)
{
	struct hash leaf = merkle_leaf(slice_of(e->leaf, e->leaf_n));
	struct span s    = {.index = e->index};

	*ret_parent = strcmp(e->kind, "audit_read") == 0 ? NULL : find(l, e->refers_to);
	memcpy(s.id, leaf.b, sizeof s.id);
	if (e->trace_id != NULL)
		memcpy(s.trace, e->trace_id, ID_BYTES);
	else if (*ret_parent != NULL)
		memcpy(s.trace, (*ret_parent)->trace, ID_BYTES);
	else
		memcpy(s.trace, leaf.b + sizeof s.id, ID_BYTES);
	if (*ret_parent != NULL && memcmp((*ret_parent)->trace, s.trace, ID_BYTES) != 0)
		*ret_parent = NULL;
	return s;
}

/* Denied is no fault of the system: the standard leaves that unset. */
static const char *
status(const struct sluis_entry *e)
{
	return e->code[0] == '\0' ? "STATUS_CODE_OK" : "STATUS_CODE_UNSET";
}

static void
set(json_t *o, const char *key, const char *text)
{
	if (text[0] != '\0') (void)json_object_set_new(o, key, json_string(text));
}

static json_t *
attributes(const struct lines *l, const struct sluis_entry *e)
{
	json_t *o = json_object();
	char    activity[320], in_case[ID_BYTES * 2 + 1];

	if (e->convenant[0] != '\0') {
		(void)snprintf(activity, sizeof activity, "urn:sluis:%s:%s:%s:%s",
		    l->origin, e->convenant, e->phase, e->purpose);
		set(o, "dpl.core.processing_activity_id", activity);
	} else {
		(void)snprintf(
		    activity, sizeof activity, "urn:sluis:%s:%s", l->origin, e->kind);
		set(o, "dpl.core.processing_activity_id", activity);
	}
	(void)json_object_set_new(
	    o, "dpl.sluis.entry", json_integer((json_int_t)e->index));
	set(o, "dpl.sluis.sender_oin", e->sender_oin);
	set(o, "dpl.sluis.sender_desk", e->sender_desk);
	set(o, "dpl.sluis.recipient_oin", e->recipient_oin);
	set(o, "dpl.sluis.recipient_desk", e->recipient_desk);
	set(o, "dpl.sluis.code", e->code);
	set(o, "dpl.sluis.rule", e->rule);
	set(o, "dpl.sluis.policy", e->bundle);
	set(o, "dpl.sluis.case", lines_hex(e->case_id, ID_BYTES, in_case));
	if (e->n_fields != 0)
		(void)json_object_set_new(o, "dpl.sluis.fields", lines_fields(l, e));
	return o;
}

static rc
entry(struct lines *l, const struct sluis_entry *e)
{
	const struct span *parent;
	struct span        s = name(l, e, &parent);
	char               trace[ID_BYTES * 2 + 1], id[17], above[17];

	rc code = lines_put(l,
	    json_pack("{s:s, s:s, s:s*, s:s, s:s, s:I, s:I, s:{s:{s:s, s:s}}, s:o}",
	        "trace_id", lines_hex(s.trace, ID_BYTES, trace), "span_id",
	        lines_hex(s.id, sizeof s.id, id), "parent_span_id",
	        parent != NULL ? lines_hex(parent->id, sizeof parent->id, above) : NULL,
	        "status_code", status(e), "name", e->kind, "start_time",
	        (json_int_t)e->time_ms, "end_time", (json_int_t)e->time_ms, "resource",
	        "attributes", "service.name", "sluis", "sluis.origin", l->origin,
	        "attributes", attributes(l, e)));
	return code == RC_OK ? remember(l, &s) : code;
}

const struct lines_form lines_ldv = {"ldv", NULL, entry};

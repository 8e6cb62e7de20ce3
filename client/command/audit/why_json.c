/* SPDX-License-Identifier: EUPL-1.2 */
/* why_json.c - what a party got, for programs; words here are never translated. */
#include <string.h>

#include "client/command/audit/why.h"

static const char *
detail_name(enum why_detail d)
{
	switch (d) {
	case WHY_HERE:
		return "here";
	case WHY_ERASED:
		return "erased";
	case WHY_NOT_HERE:
		return "not_here";
	case WHY_NOT_OURS:
		return "not_for_this_reader";
	}
	return "?";
}

static json_t *
id_json(const struct filter_id *id)
{
	char hex[ID_BYTES * 2 + 1];

	if (!id->met) return NULL;
	hex_encode(hex, sizeof hex, slice_of(id->id, ID_BYTES));
	return json_string(hex);
}

/* E without its leaf, and of its fields those that were asked for. */
static json_t *
short_json(const struct why *w, const struct sluis_entry *e)
{
	json_t *o = entry_to_json(e), *fields = json_array(), *field;
	size_t  i;

	(void)json_object_del(o, "leaf");
	json_array_foreach(json_object_get(o, "fields"), i,
	    field) if (why_asks(w, &e->fields[i]))(void) json_array_append(fields, field);
	(void)json_object_set_new(o, "fields", fields);
	return o;
}

static json_t *
ruling_json(const struct why *w, const struct sluis_entry *e)
{
	json_t *o = short_json(w, e), *then = json_array();

	(void)json_object_set_new(
	    o, "served", json_boolean(strcmp(e->kind, "ruling") == 0));
	(void)json_object_set_new(
	    o, "detail", json_string(detail_name(why_detail(w, e))));
	for (size_t i = 0; i < why_n(w); i++) {
		const struct sluis_entry *at = why_at(w, i);
		if (why_about(w, at) != e) continue;
		(void)json_array_append_new(
		    then, json_pack("{s:s, s:I, s:I}", "kind", at->kind, "index",
		              (json_int_t)at->index, "time_ms", (json_int_t)at->time_ms));
	}
	(void)json_object_set_new(o, "then", then);
	return o;
}

json_t *
why_to_json(const struct why *w)
{
	json_t *rulings = json_array(), *rest = json_array(), *loose = json_array();

	for (size_t i = 0; i < why_n(w); i++) {
		const struct sluis_entry *e = why_at(w, i);
		if (why_is_ruling(w, e))
			(void)json_array_append_new(rulings, ruling_json(w, e));
		else if (why_about(w, e) == NULL || !why_is_ruling(w, why_about(w, e)))
			(void)json_array_append_new(rest, short_json(w, e));
	}
	for (size_t i = 0; i < sluis_result_n_entries(w->loose); i++)
		(void)json_array_append_new(
		    loose, ruling_json(w, sluis_result_entry(w->loose, i)));
	return json_pack("{s:s, s:s, s:o*, s:o*, s:o, s:o, s:o}", "oin",
	    w->filter->party.oin, "desk", w->filter->party.desk, "case_id",
	    id_json(&w->filter->case_id), "trace_id", id_json(&w->filter->trace),
	    "rulings", rulings, "others", rest, "untied", loose);
}

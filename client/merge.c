/* SPDX-License-Identifier: EUPL-1.2 */
/* merge.c - one walk over each signal, into fields by path. */
#include "client/merge.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "client/subject.h"

enum { MERGE_PATH_MAX = 256 };

struct walk {
	json_t       *fields;   /* by path, in the order of first mention */
	json_t       *subjects; /* what is known of who is who (subject.h) */
	const json_t *piece;
};

struct place { /* where a value stands: with positions, and without */
	char        path[MERGE_PATH_MAX];
	char        bare[MERGE_PATH_MAX];
	const char *action;
	bool        in_list;
};

/* --- a value -------------------------------------------------------------------------
 */

/* The source register that the piece names for the field BARE, or NULL. */
static const json_t *
register_of(const json_t *piece, const char *bare)
{
	const json_t *list =
	    json_object_get(json_object_get(piece, "signal"), "field_sources");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one  = json_array_get(list, i);
		const char   *path = json_string_value(json_object_get(one, "path"));
		if (path != NULL && strcmp(path, bare) == 0) return one;
	}
	return NULL;
}

/* Who said it: the copy, and from which register. */
static json_t *
source_of(const struct walk *w, const struct place *p)
{
	json_t       *source = json_copy(json_object_get(w->piece, "copy"));
	const json_t *from   = register_of(w->piece, p->bare);

	if (from == NULL || source == NULL) return source;
	(void)json_object_set(source, "register", json_object_get(from, "register"));
	(void)json_object_set(
	    source, "obtained_on", json_object_get(from, "obtained_on"));
	return source;
}

static json_t *
field_at(struct walk *w, const struct place *p)
{
	json_t *field = json_object_get(w->fields, p->path);

	if (field != NULL) return field;
	field = json_pack("{s:s, s:[]}", "path", p->path, "values");
	(void)json_object_set_new(w->fields, p->path, field);
	return field;
}

/* The entry of VALUE in LIST, taken out of it, or a new one. */
static json_t *
take_entry(json_t *list, const json_t *value, const char *action)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *one = json_array_get(list, i);
		if (!json_equal(json_object_get(one, "value"), value) ||
		    strcmp(json_string_value(json_object_get(one, "action")), action) !=
		        0)
			continue;
		(void)json_incref(one);
		(void)json_array_remove(list, i);
		return one;
	}
	return json_pack("{s:O, s:s, s:[]}", "value", value, "action", action, "sources");
}

static void
add_value(struct walk *w, const struct place *p, const json_t *value)
{
	json_t *field = field_at(w, p);
	json_t *list  = json_object_get(field, "values");
	json_t *entry = take_entry(list, value, p->action);

	(void)json_array_append_new(json_object_get(entry, "sources"), source_of(w, p));
	(void)json_array_append_new(list, entry); /* what was said last stands last */
	if (p->in_list) (void)json_object_set_new(field, "list", json_true());
}

/* --- a signal ------------------------------------------------------------------------
 */

/* The place KEY below P; false when it would be too long. */
static bool
below(const struct place *p, const char *key, struct place *ret)
{
	const char *dot = p->path[0] != '\0' ? "." : "";

	*ret  = *p;
	int n = snprintf(ret->path, sizeof ret->path, "%s%s%s", p->path, dot, key);
	int m = snprintf(ret->bare, sizeof ret->bare, "%s%s%s", p->bare, dot, key);
	return n > 0 && n < (int)sizeof ret->path && m > 0 && m < (int)sizeof ret->bare;
}

/* Nesting is bounded by the schema of a signal. */
static void
add_below(struct walk *w, const struct place *p, const json_t *value)
{
	const char   *key;
	const json_t *one;
	struct place  next;

	if (!json_is_object(value) || p->in_list) {
		add_value(w, p, value);
		return;
	}
	json_object_foreach((json_t *)(uintptr_t)value, key, one)
	{
		if (!below(p, key, &next)) continue;
		next.in_list = json_is_array(one);
		if (!next.in_list) {
			add_below(w, &next, one);
			continue;
		}
		for (size_t i = 0; i < json_array_size(one); i++)
			add_value(w, &next, json_array_get(one, i));
	}
}

/* Where the I-th KEY of this piece stands in what is known. */
static bool
subject_place(struct walk *w, const char *key, size_t i, struct place *ret)
{
	char   text[64];
	size_t at = subject_position(w->subjects, w->piece, key, i);

	(void)snprintf(text, sizeof text, "%s[%zu]", key, at);
	*ret = (struct place){.action = "release"};
	if (!below(&(struct place){.action = "release"}, text, ret)) return false;
	(void)snprintf(ret->bare, sizeof ret->bare, "%s", key);
	return true;
}

static bool
is_about_handling(const char *key)
{
	return strcmp(key, "handling") == 0 || strcmp(key, "field_sources") == 0 ||
	       strcmp(key, "transfer") == 0;
}

static void
add_signal(struct walk *w)
{
	const json_t *signal = json_object_get(w->piece, "signal");
	const char   *key;
	const json_t *value;
	struct place  p;

	json_object_foreach((json_t *)(uintptr_t)signal, key, value)
	{
		if (is_about_handling(key)) continue;
		if (!json_is_array(value)) {
			if (below(&(struct place){.action = "release"}, key, &p))
				add_below(w, &p, value);
			continue;
		}
		for (size_t i = 0; i < json_array_size(value); i++)
			if (subject_place(w, key, i, &p))
				add_below(w, &p, json_array_get(value, i));
	}
}

/* What the broker said instead of a value, at the place of that value. */
static void
add_statement(struct walk *w, const json_t *statement)
{
	const char  *path   = json_string_value(json_object_get(statement, "path"));
	const char  *value  = json_string_value(json_object_get(statement, "value"));
	const char  *action = json_string_value(json_object_get(statement, "action"));
	char         key[64], rest[128] = "";
	size_t       i = 0;
	struct place p = {.action = ""};

	if (path == NULL || value == NULL || action == NULL) return;
	if (sscanf(path, "%63[a-z0-9_][%zu].%127s", key, &i, rest) != 3) {
		if (!below(&(struct place){.action = ""}, path, &p)) return;
	} else {
		struct place subject;
		if (!subject_place(w, key, i, &subject) || !below(&subject, rest, &p))
			return;
	}
	p.action = action;
	add_value(w, &p, json_object_get(statement, "value"));
}

/* --- all of them ---------------------------------------------------------------------
 */

/* More than one value was released for what can have but one. */
static void
mark_conflict(json_t *field)
{
	const json_t *list     = json_object_get(field, "values");
	unsigned      released = 0;

	for (size_t i = 0; i < json_array_size(list); i++)
		released += strcmp(json_string_value(json_object_get(
		                       json_array_get(list, i), "action")),
		                "release") == 0;
	if (released > 1 && json_object_get(field, "list") == NULL)
		(void)json_object_set_new(field, "conflict", json_true());
}

json_t *
merge_pieces(const json_t *pieces)
{
	struct walk w   = {.fields = json_object(), .subjects = json_object()};
	json_t     *all = json_array();
	const char *key;
	json_t     *field;

	for (size_t i = 0; i < json_array_size(pieces); i++) {
		const json_t *said;
		w.piece = json_array_get(pieces, i);
		add_signal(&w);
		said = json_object_get(w.piece, "statements");
		for (size_t k = 0; k < json_array_size(said); k++)
			add_statement(&w, json_array_get(said, k));
	}
	json_object_foreach(w.fields, key, field)
	{
		mark_conflict(field);
		(void)json_array_append(all, field);
	}
	json_decref(w.fields);
	json_decref(w.subjects);
	return all;
}

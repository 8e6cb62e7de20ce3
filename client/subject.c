/* SPDX-License-Identifier: EUPL-1.2 */
/* subject.c - identifiers of an element, and which known one shares them. */
#include "client/subject.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { IDENTIFIER_MAX = 512, PARTS_MAX = 3 };

/* All parts have to be there; paths inside an element. */
static const struct identifier {
	const char *list;
	const char *parts[PARTS_MAX];
} identifiers[] = {
    {"persons", {"bsn"}},
    {"persons", {"v_number"}},
    {"persons", {"document_number"}},
    {"persons", {"family_name", "birth_date"}},
    {"places", {"address.postcode", "address.house_number"}},
    {"places", {"address.street", "address.house_number", "address.city"}},
    {"organisations", {"kvk_number"}},
    {"vehicles", {"plate"}},
    {"accounts", {"iban"}},
};

enum { N_IDENTIFIERS = sizeof identifiers / sizeof identifiers[0] };

/* The text at PATH ("address.postcode") in ELEMENT, or NULL. */
static const char *
text_at(const json_t *element, const char *path)
{
	const char *dot = strchr(path, '.');
	char        first[32];

	if (dot == NULL) return json_string_value(json_object_get(element, path));
	(void)snprintf(first, sizeof first, "%.*s", (int)(dot - path), path);
	return text_at(json_object_get(element, first), dot + 1);
}

/* "bsn=123456782" into OUT; false when a part is absent. */
static bool
read_identifier(
    const struct identifier *id, const json_t *element, char out[IDENTIFIER_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < PARTS_MAX && id->parts[i] != NULL; i++) {
		const char *text = text_at(element, id->parts[i]);
		if (text == NULL) return false;
		int more =
		    snprintf(out + n, IDENTIFIER_MAX - n, "%s=%s|", id->parts[i], text);
		if (more < 0 || (size_t)more >= IDENTIFIER_MAX - n) return false;
		n += (size_t)more;
	}
	return true;
}

/* The pseudonyms that stand for identifiers of the I-th KEY of PIECE. */
static void
add_pseudonyms(json_t *set, const json_t *piece, const char *key, size_t i)
{
	const json_t *list = json_object_get(piece, "statements");
	char          prefix[96], text[IDENTIFIER_MAX];

	(void)snprintf(prefix, sizeof prefix, "%s[%zu].", key, i);
	for (size_t k = 0; k < json_array_size(list); k++) {
		const json_t *one    = json_array_get(list, k);
		const char   *path   = json_string_value(json_object_get(one, "path"));
		const char   *action = json_string_value(json_object_get(one, "action"));
		const char   *value  = json_string_value(json_object_get(one, "value"));
		if (path == NULL || action == NULL || value == NULL ||
		    strncmp(path, prefix, strlen(prefix)) != 0 ||
		    strcmp(action, "pseudonymise") != 0)
			continue;
		(void)snprintf(text, sizeof text, "~%s=%s", path + strlen(prefix), value);
		(void)json_object_set_new(set, text, json_true());
	}
}

/* The identifiers of the I-th KEY of PIECE as an object of true. */
static json_t *
identifiers_of(const json_t *piece, const char *key, size_t i)
{
	const json_t *element =
	    json_array_get(json_object_get(json_object_get(piece, "signal"), key), i);
	json_t *set = json_object();
	char    text[IDENTIFIER_MAX];

	for (size_t k = 0; k < N_IDENTIFIERS; k++)
		if (strcmp(identifiers[k].list, key) == 0 &&
		    read_identifier(&identifiers[k], element, text))
			(void)json_object_set_new(set, text, json_true());
	add_pseudonyms(set, piece, key, i);
	return set;
}

static bool
share_one(const json_t *a, const json_t *b)
{
	const char *key;
	json_t     *value;

	json_object_foreach((json_t *)(uintptr_t)a, key,
	    value) if (json_object_get(b, key) != NULL) return true;
	return false;
}

/* The only one of PIECE may be the only one that is known. */
static bool
are_both_alone(
    const json_t *list, const json_t *piece, const char *key, const json_t *set)
{
	const json_t *named = json_object_get(json_object_get(piece, "signal"), key);
	const json_t *copy  = json_object_get(piece, "copy");

	return json_is_true(json_object_get(copy, "enriches")) &&
	       json_array_size(named) == 1 && json_array_size(list) == 1 &&
	       (json_object_size(set) == 0 ||
	           json_object_size(json_array_get(list, 0)) == 0);
}

static size_t
find(const json_t *list, const json_t *piece, const char *key, const json_t *set)
{
	size_t n = json_array_size(list);

	for (size_t i = 0; i < n; i++)
		if (share_one(set, json_array_get(list, i))) return i;
	return are_both_alone(list, piece, key, set) ? 0 : n;
}

/* "c:<copy>:<key>[i]": the answer that was given for this element. */
static void
answer_key(const json_t *piece, const char *key, size_t i, char out[IDENTIFIER_MAX])
{
	const json_t *copy = json_object_get(piece, "copy");
	const char   *id   = json_string_value(json_object_get(copy, "id"));

	(void)snprintf(out, IDENTIFIER_MAX, "c:%s:%s[%zu]", id != NULL ? id : "", key, i);
}

size_t
subject_position(json_t *known, const json_t *piece, const char *key, size_t i)
{
	char    answer[IDENTIFIER_MAX];
	json_t *list = json_object_get(known, key);

	answer_key(piece, key, i, answer);
	const json_t *given = json_object_get(known, answer);
	if (given != NULL) return (size_t)json_integer_value(given);
	if (list == NULL) {
		list = json_array();
		(void)json_object_set_new(known, key, list);
	}
	json_t *set = identifiers_of(piece, key, i);
	size_t  at  = find(list, piece, key, set);
	if (at == json_array_size(list))
		(void)json_array_append_new(list, set);
	else {
		(void)json_object_update(json_array_get(list, at), set);
		json_decref(set);
	}
	(void)json_object_set_new(known, answer, json_integer((json_int_t)at));
	return at;
}

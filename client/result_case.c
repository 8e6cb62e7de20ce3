/* SPDX-License-Identifier: EUPL-1.2 */
/* result_case.c - what an answer says of cases, in JSON with the names of case.proto. */
#include "client/result.h"
#include "client/wirejson.h"

/* The N messages at LIST as KEY; nothing for none. */
static void
set_list(json_t *o, const char *key, size_t n, ProtobufCMessage *const *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(array, wirejson_write(list[i]));
	if (n != 0)
		(void)json_object_set_new(o, key, array);
	else
		json_decref(array);
}

#define SET_LIST(o, answer, key)             \
	set_list(o, #key, (answer)->n_##key, \
	    (ProtobufCMessage *const *)(const void *)(answer)->key)

static void
set_hints(json_t *o, const Sluis__Answer *answer)
{
	json_t *list = json_array();

	for (size_t i = 0; i < answer->n_hints; i++)
		(void)json_array_append_new(list, json_string(answer->hints[i]));
	(void)json_object_set_new(o, "hints", list);
}

void
result_case_json(const Sluis__Answer *answer, json_t *o)
{
	char hex[2 * HASH_BYTES + 1];

	SET_LIST(o, answer, cases);
	SET_LIST(o, answer, shifts);
	SET_LIST(o, answer, tasks);
	SET_LIST(o, answer, links);
	if (answer->n_hints != 0) set_hints(o, answer);
	if (answer->confirmation.len == HASH_BYTES) {
		hex_encode(
		    hex, sizeof hex, slice_of(answer->confirmation.data, HASH_BYTES));
		(void)json_object_set_new(o, "confirmation", json_string(hex));
	}
	if (answer->change != NULL && answer->change[0] != '\0')
		(void)json_object_set_new(o, "change", json_string(answer->change));
}

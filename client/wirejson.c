/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * wirejson.c - rewrites the leaves of what pbjson makes, and of what it is given.
 *
 * JSON and descriptor are walked side by side; both were checked to nest no deeper than
 * pbjson allows.
 */
#include "client/wirejson.h"

#include <stdlib.h>
#include <string.h>

#include "certs/json_auto.h"
#include "proto/auto.h"
#include "proto/limits.h"

/* What becomes of a scalar; a new reference, or NULL to leave it. */
typedef json_t *(*convert)(const ProtobufCFieldDescriptor *f, const json_t *value);

static void walk(const ProtobufCMessageDescriptor *desc, json_t *object, convert to);

static json_t *
convert_one(const ProtobufCFieldDescriptor *f, json_t *value, convert to)
{
	if (f->type != PROTOBUF_C_TYPE_MESSAGE) return to(f, value);
	walk(f->descriptor, value, to);
	return NULL;
}

static void
walk_list(const ProtobufCFieldDescriptor *f, json_t *list, convert to)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *new = convert_one(f, json_array_get(list, i), to);
		if (new != NULL) (void)json_array_set_new(list, i, new);
	}
}

static void
walk(const ProtobufCMessageDescriptor *desc, json_t *object, convert to)
{
	if (!json_is_object(object)) return;
	for (unsigned i = 0; i < desc->n_fields; i++) {
		const ProtobufCFieldDescriptor *f     = &desc->fields[i];
		json_t                         *value = json_object_get(object, f->name);
		if (value == NULL) continue;
		if (json_is_array(value)) {
			walk_list(f, value, to);
			continue;
		}
		json_t *new = convert_one(f, value, to);
		if (new != NULL) (void)json_object_set_new(object, f->name, new);
	}
}

/* --- writing -------------------------------------------------------------------------
 */

static json_t *
base64_to_hex(const json_t *value)
{
	AUTO(buf_wipe) struct buf bytes = buf_init(ANSWER_MAX);
	AUTO(auto_free) char     *text  = NULL;
	size_t                    n     = json_string_length(value);

	if (base64_decode(slice_of(json_string_value(value), n), &bytes) != RC_OK)
		return NULL;
	if ((text = calloc(bytes.n + 1, 2)) == NULL) return NULL;
	hex_encode(text, bytes.n * 2 + 1, buf_slice(&bytes));
	return json_string(text);
}

static json_t *
to_people(const ProtobufCFieldDescriptor *f, const json_t *value)
{
	if (!json_is_string(value)) return NULL;
	switch (f->type) {
	case PROTOBUF_C_TYPE_BYTES:
		return base64_to_hex(value);
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_UINT64:
		return json_integer(strtoll(json_string_value(value), NULL, 10));
	default:
		return NULL;
	}
}

json_t *
wirejson_write(const ProtobufCMessage *m)
{
	json_t *json = pbjson_write(m);

	if (json != NULL) walk(m->descriptor, json, to_people);
	return json;
}

/* --- reading -------------------------------------------------------------------------
 */

static json_t *
from_people(const ProtobufCFieldDescriptor *f, const json_t *value)
{
	AUTO(buf_wipe) struct buf text  = buf_init(ANSWER_MAX);
	AUTO(buf_wipe) struct buf bytes = buf_init(ANSWER_MAX);
	size_t                    n     = json_string_length(value);
	const char               *hex   = json_string_value(value);

	if (f->type != PROTOBUF_C_TYPE_BYTES || hex == NULL || n == 0 || n % 2 != 0 ||
	    strspn(hex, "0123456789abcdef") != n)
		return NULL;
	if (buf_extend(&bytes, n / 2) == NULL ||
	    hex_decode(hex, bytes.p, n / 2) != RC_OK ||
	    base64_encode(buf_slice(&bytes), &text) != RC_OK)
		return NULL;
	return json_stringn((const char *)text.p, text.n);
}

rc
wirejson_parse(const ProtobufCMessageDescriptor *desc, struct slice text,
    ProtobufCMessage **ret, struct where *reterr)
{
	AUTO(json_release) json_t *json = NULL;

	TRY(pbjson_text(text, &json, reterr));
	walk(desc, json, from_people);
	return pbjson_read(desc, json, ret, reterr);
}

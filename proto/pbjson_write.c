/* SPDX-License-Identifier: EUPL-1.2 */
/* pbjson_write.c - protobuf-c structs to JSON, by descriptor. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "proto/auto.h"
#include "proto/pbjson.h"
#include "proto/schema.h"
#include "proto/text.h"

/* Each of these returns RC_OK with *RET NULL where JSON has no word for the value. */

static rc
made(json_t *json, json_t **ret)
{
	*ret = json;
	return json == NULL ? RC_NOMEM : RC_OK;
}

static rc
write_string(const char *s, json_t **ret)
{
	struct slice text = slice_str(s);

	*ret = NULL;
	if (!text_is_utf8(text)) return RC_OK;
	return made(json_stringn_nocheck((const char *)text.p, text.n), ret);
}

static rc
write_bytes(const ProtobufCBinaryData *b, json_t **ret)
{
	AUTO(buf_wipe) struct buf text = buf_init(b->len / 3 * 4 + 4);

	TRY(base64_encode(slice_of(b->data, b->len), &text));
	return made(json_stringn_nocheck(text.n == 0 ? "" : (char *)text.p, text.n), ret);
}

static rc
write_enum(const ProtobufCEnumDescriptor *e, int value, json_t **ret)
{
	const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value(e, value);

	*ret = NULL;
	return v == NULL ? RC_OK : made(json_string(v->name), ret);
}

static rc
write_int64(int64_t v, json_t **ret)
{
	char text[24];
	(void)snprintf(text, sizeof text, "%" PRId64, v);
	return made(json_string(text), ret);
}

static rc
write_uint64(uint64_t v, json_t **ret)
{
	char text[24];
	(void)snprintf(text, sizeof text, "%" PRIu64, v);
	return made(json_string(text), ret);
}

static rc
write_real(double v, json_t **ret)
{
	*ret = NULL;
	return isfinite(v) ? made(json_real(v), ret) : RC_OK;
}

static rc
write_number(const ProtobufCFieldDescriptor *f, const void *value, json_t **ret)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
		return made(json_integer(*(const uint32_t *)value), ret);
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
		return write_uint64(*(const uint64_t *)value, ret);
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
		return write_int64(*(const int64_t *)value, ret);
	case PROTOBUF_C_TYPE_FLOAT:
		return write_real((double)*(const float *)value, ret);
	case PROTOBUF_C_TYPE_DOUBLE:
		return write_real(*(const double *)value, ret);
	default:
		return made(json_integer(*(const int32_t *)value), ret);
	}
}

static rc write_message(const ProtobufCMessage *m, json_t **ret);

static rc
write_value(const ProtobufCFieldDescriptor *f, const void *value, json_t **ret)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_MESSAGE:
		return write_message(*(ProtobufCMessage *const *)value, ret);
	case PROTOBUF_C_TYPE_STRING:
		return write_string(*(char *const *)value, ret);
	case PROTOBUF_C_TYPE_BYTES:
		return write_bytes(value, ret);
	case PROTOBUF_C_TYPE_ENUM:
		return write_enum(f->descriptor, (int)*(const uint32_t *)value, ret);
	case PROTOBUF_C_TYPE_BOOL:
		return made(json_boolean(*(const protobuf_c_boolean *)value != 0), ret);
	default:
		return write_number(f, value, ret);
	}
}

static void
drop_json(json_t **json)
{
	json_decref(*json);
}

static rc
write_list(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, json_t **ret)
{
	AUTO(drop_json) json_t *list = json_array();

	if (list == NULL) return RC_NOMEM;
	for (size_t i = 0, n = field_count(m, f); i < n; i++) {
		json_t *value;
		TRY(write_value(f, field_value(m, f, i), &value));
		if (value != NULL && json_array_append_new(list, value) != 0)
			return RC_NOMEM;
	}
	*ret = json_array_size(list) == 0 ? NULL : TAKE(list);
	return RC_OK;
}

static rc
write_message(const ProtobufCMessage *m, json_t **ret)
{
	AUTO(drop_json) json_t *object = json_object();

	if (object == NULL) return RC_NOMEM;
	for (unsigned i = 0; i < m->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &m->descriptor->fields[i];
		json_t                         *value;
		if (!field_is_set(m, f)) continue;
		if (f->label == PROTOBUF_C_LABEL_REPEATED)
			TRY(write_list(m, f, &value));
		else
			TRY(write_value(f, field_value(m, f, 0), &value));
		if (value != NULL && json_object_set_new(object, f->name, value) != 0)
			return RC_NOMEM;
	}
	*ret = TAKE(object);
	return RC_OK;
}

json_t *
pbjson_write(const ProtobufCMessage *m)
{
	json_t *json;

	return write_message(m, &json) == RC_OK ? json : NULL;
}

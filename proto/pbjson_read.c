/* SPDX-License-Identifier: EUPL-1.2 */
/* pbjson_read.c - JSON to protobuf-c structs, strictly, by descriptor. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/auto.h"
#include "proto/message.h"
#include "proto/pbjson.h"
#include "proto/schema.h"
#include "proto/text.h"
#include "proto/trail.h"

enum { LEVELS_MAX = 32, TEXT_MAX = 1024 * 1024 };

/* What every step of one reading shares. */
struct reader {
	struct trail  trail;
	unsigned      level;
	struct where *reterr; /* may be NULL */
};

static rc
fail(const struct reader *r, const char *reason)
{
	return trail_fail(&r->trail, RC_MALFORMED, reason, r->reterr);
}

static rc
no_memory(const struct reader *r)
{
	return trail_fail(&r->trail, RC_NOMEM, "out of memory", r->reterr);
}

/* --- one value ------------------------------------------------------------------- */

static rc
read_signed(
    const struct reader *r, const json_t *json, int64_t min, int64_t max, int64_t *ret)
{
	if (!json_is_integer(json)) return fail(r, "expected a whole number");
	json_int_t v = json_integer_value(json);
	if (v < min || v > max) return fail(r, "number out of range");
	*ret = v;
	return RC_OK;
}

static rc
read_int64(const struct reader *r, const json_t *json, int64_t *ret)
{
	struct slice s;
	uint64_t     v;

	if (!json_is_string(json)) return read_signed(r, json, INT64_MIN, INT64_MAX, ret);
	s             = slice_of(json_string_value(json), json_string_length(json));
	bool negative = text_skip(&s, "-");
	if (text_decimal(s, &v) != RC_OK || (negative && v == 0))
		return fail(r, "expected a whole number");
	if (v > (uint64_t)INT64_MAX + (negative ? 1 : 0))
		return fail(r, "number out of range");
	*ret = negative ? (int64_t)(0 - v) : (int64_t)v;
	return RC_OK;
}

static rc
read_uint64(const struct reader *r, const json_t *json, uint64_t *ret)
{
	int64_t v = 0;

	if (json_is_string(json)) {
		struct slice s =
		    slice_of(json_string_value(json), json_string_length(json));
		return text_decimal(s, ret) == RC_OK ? RC_OK
		                                     : fail(r, "expected a whole number");
	}
	TRY(read_signed(r, json, 0, INT64_MAX, &v));
	*ret = (uint64_t)v;
	return RC_OK;
}

static rc
read_real(const struct reader *r, const json_t *json, double max, double *ret)
{
	if (!json_is_number(json)) return fail(r, "expected a number");
	double v = json_number_value(json);
	if (!isfinite(v) || fabs(v) > max) return fail(r, "number out of range");
	*ret = v;
	return RC_OK;
}

static rc
read_number(const struct reader *r, const ProtobufCFieldDescriptor *f, const json_t *json,
    void *slot)
{
	int64_t  i = 0;
	uint64_t u = 0;
	double   d = 0;

	switch (f->type) {
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
		TRY(read_signed(r, json, 0, UINT32_MAX, &i));
		*(uint32_t *)slot = (uint32_t)i;
		return RC_OK;
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
		TRY(read_uint64(r, json, &u));
		*(uint64_t *)slot = u;
		return RC_OK;
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
		TRY(read_int64(r, json, &i));
		*(int64_t *)slot = i;
		return RC_OK;
	case PROTOBUF_C_TYPE_FLOAT:
		TRY(read_real(r, json, (double)FLT_MAX, &d));
		*(float *)slot = (float)d;
		return RC_OK;
	case PROTOBUF_C_TYPE_DOUBLE:
		TRY(read_real(r, json, DBL_MAX, &d));
		*(double *)slot = d;
		return RC_OK;
	default:
		TRY(read_signed(r, json, INT32_MIN, INT32_MAX, &i));
		*(int32_t *)slot = (int32_t)i;
		return RC_OK;
	}
}

static rc
read_bool(const struct reader *r, const json_t *json, protobuf_c_boolean *slot)
{
	if (!json_is_boolean(json)) return fail(r, "expected true or false");
	*slot = json_is_true(json);
	return RC_OK;
}

static rc
read_enum(const struct reader *r, const ProtobufCEnumDescriptor *e, const json_t *json,
    uint32_t *slot)
{
	if (!json_is_string(json)) return fail(r, "expected the name of an enum value");
	const ProtobufCEnumValue *v =
	    protobuf_c_enum_descriptor_get_value_by_name(e, json_string_value(json));
	if (v == NULL) return fail(r, "no such name in this enum");
	if (v->value == 0) return fail(r, "unspecified: leave the field out");
	*slot = (uint32_t)v->value;
	return RC_OK;
}

static rc
read_string(const struct reader *r, const json_t *json, char **slot)
{
	if (!json_is_string(json)) return fail(r, "expected a string");
	size_t n = json_string_length(json);
	if (strlen(json_string_value(json)) != n) return fail(r, "string holds a NUL");
	char *copy = calloc(1, n + 1);
	if (copy == NULL) return no_memory(r);
	memcpy(copy, json_string_value(json), n);
	*slot = copy;
	return RC_OK;
}

static rc
read_bytes(const struct reader *r, const json_t *json, ProtobufCBinaryData *slot)
{
	if (!json_is_string(json)) return fail(r, "expected base64");
	size_t                    n = json_string_length(json);
	AUTO(buf_wipe) struct buf b = buf_init(n);
	rc code = base64_decode(slice_of(json_string_value(json), n), &b);
	if (code == RC_NOMEM) return no_memory(r);
	if (code != RC_OK) return fail(r, "expected base64");
	slot->data = calloc(1, b.n + 1); /* protobuf-c, too, allocates for no bytes */
	if (slot->data == NULL) return no_memory(r);
	if (b.n != 0) memcpy(slot->data, b.p, b.n);
	slot->len = b.n;
	return RC_OK;
}

static rc read_message(struct reader *r, const ProtobufCMessageDescriptor *desc,
    const json_t *json, ProtobufCMessage **ret);

static rc
read_value(
    struct reader *r, const ProtobufCFieldDescriptor *f, const json_t *json, void *slot)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_MESSAGE:
		return read_message(r, f->descriptor, json, slot);
	case PROTOBUF_C_TYPE_STRING:
		return read_string(r, json, slot);
	case PROTOBUF_C_TYPE_BYTES:
		return read_bytes(r, json, slot);
	case PROTOBUF_C_TYPE_ENUM:
		return read_enum(r, f->descriptor, json, slot);
	case PROTOBUF_C_TYPE_BOOL:
		return read_bool(r, json, slot);
	default:
		return read_number(r, f, json, slot);
	}
}

/* --- fields and messages --------------------------------------------------------- */

static rc
read_list(struct reader *r, ProtobufCMessage *m, const ProtobufCFieldDescriptor *f,
    const json_t *json)
{
	size_t  size  = field_size(f), total;
	size_t *count = (size_t *)(void *)((char *)m + f->quantifier_offset);
	size_t  back  = r->trail.n;

	if (!json_is_array(json)) {
		(void)trail_enter(&r->trail, f->name, TRAIL_SINGULAR);
		return fail(r, "expected a list");
	}
	if ((total = json_array_size(json)) == 0) {
		(void)trail_enter(&r->trail, f->name, TRAIL_SINGULAR);
		return fail(r, "empty list: leave the field out");
	}
	char *slots = calloc(total, size);
	if (slots == NULL) return no_memory(r);
	*(char **)(void *)((char *)m + f->offset) = slots;
	for (size_t i = 0; i < total; i++) { /* counted one by one: M stays destroyable */
		(void)trail_enter(&r->trail, f->name, (long)i);
		TRY(read_value(r, f, json_array_get(json, i), slots + i * size));
		*count = i + 1;
		trail_leave(&r->trail, back);
	}
	return RC_OK;
}

static void
mark_present(ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
	void *mark = (char *)m + f->quantifier_offset;

	if ((f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0)
		*(uint32_t *)mark = f->id;
	else if (f->label == PROTOBUF_C_LABEL_OPTIONAL && f->quantifier_offset != 0)
		*(protobuf_c_boolean *)mark = 1;
}

/* The key itself is shown only where it looks like a field name and not like a value. */
static rc
unknown_field(struct reader *r, const char *key)
{
	size_t n = strlen(key);

	if (n <= 40 && strspn(key, "abcdefghijklmnopqrstuvwxyz_") == n)
		(void)trail_enter(&r->trail, key, TRAIL_SINGULAR);
	return fail(r, "no such field");
}

static rc
read_field(struct reader *r, ProtobufCMessage *m, const char *key, const json_t *json)
{
	const ProtobufCFieldDescriptor *f =
	    protobuf_c_message_descriptor_get_field_by_name(m->descriptor, key);

	if (f == NULL) return unknown_field(r, key);
	if (f->label == PROTOBUF_C_LABEL_REPEATED) return read_list(r, m, f, json);
	size_t back = trail_enter(&r->trail, f->name, TRAIL_SINGULAR);
	if ((f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 &&
	    *(uint32_t *)(void *)((char *)m + f->quantifier_offset) != 0)
		return fail(r, "another field of the same choice is set");
	TRY(read_value(r, f, json, (char *)m + f->offset));
	mark_present(m, f);
	trail_leave(&r->trail, back);
	return RC_OK;
}

static rc
read_message(struct reader *r, const ProtobufCMessageDescriptor *desc, const json_t *json,
    ProtobufCMessage **ret)
{
	AUTO(message_destroy) ProtobufCMessage *m = NULL;
	const char                             *key;
	json_t                                 *value;

	if (!json_is_object(json)) return fail(r, "expected an object");
	if (++r->level > LEVELS_MAX)
		return trail_fail(&r->trail, RC_TOO_DEEP, "nested too deep", r->reterr);
	if ((m = calloc(1, desc->sizeof_message)) == NULL) return no_memory(r);
	protobuf_c_message_init(desc, m);
	json_object_foreach((json_t *)(uintptr_t)json, key, value)
	    TRY(read_field(r, m, key, value));
	r->level--;
	*ret = TAKE(m);
	return RC_OK;
}

rc
pbjson_read(const ProtobufCMessageDescriptor *desc, const json_t *json,
    ProtobufCMessage **ret, struct where *reterr)
{
	struct reader r = {.reterr = reterr};

	return read_message(&r, desc, json, ret);
}

/* --- text ----------------------------------------------------------------------------
 */

static rc
fail_at(int line, int column, rc code, const char *reason, struct where *reterr)
{
	struct trail place = {.n = 0};

	(void)snprintf(place.at, sizeof place.at, "%d:%d", line, column);
	return trail_fail(&place, code, reason, reterr);
}

/* jansson nests 2048 deep before it refuses; count brackets outside strings first. */
static rc
check_levels(struct slice text, struct where *reterr)
{
	int  line = 1, column = 0, level = 0;
	bool quoted = false;

	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];
		column    = c == '\n' ? 0 : column + 1;
		line += c == '\n';
		if (quoted && c == '\\') {
			i++;
			column++;
		} else if (c == '"') {
			quoted = !quoted;
		} else if (!quoted && (c == '{' || c == '[')) {
			if (++level > LEVELS_MAX)
				return fail_at(
				    line, column, RC_TOO_DEEP, "nested too deep", reterr);
		} else if (!quoted && (c == '}' || c == ']')) {
			level--;
		}
	}
	return RC_OK;
}

static void
drop_json(json_t **json)
{
	json_decref(*json);
}

rc
pbjson_text(struct slice text, json_t **ret, struct where *reterr)
{
	json_error_t error;

	if (text.n > TEXT_MAX) return fail_at(1, 1, RC_TOO_LARGE, "over 1 MiB", reterr);
	if (text.n == 0) return fail_at(1, 1, RC_MALFORMED, "nothing is there", reterr);
	TRY(check_levels(text, reterr));
	*ret = json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, &error);
	if (*ret != NULL) return RC_OK;
	/* error.text would quote what stands there */
	if (json_error_code(&error) == json_error_duplicate_key)
		return fail_at(
		    error.line, error.column, RC_MALFORMED, "a name comes twice", reterr);
	return fail_at(
	    error.line, error.column, RC_MALFORMED, "not well-formed JSON", reterr);
}

rc
pbjson_parse(const ProtobufCMessageDescriptor *desc, struct slice text,
    ProtobufCMessage **ret, struct where *reterr)
{
	AUTO(drop_json) json_t *json = NULL;

	TRY(pbjson_text(text, &json, reterr));
	return pbjson_read(desc, json, ret, reterr);
}

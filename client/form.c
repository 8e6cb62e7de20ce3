/* SPDX-License-Identifier: EUPL-1.2 */
/* form.c - sizes of ids and the characters of texts, by the names of the fields. */
#include "client/form.h"

#include <string.h>

#include "proto/bytes.h"
#include "proto/limits.h"
#include "proto/schema.h"
#include "proto/text.h"

static const struct sized {
	const char *field;
	size_t      n;
} sizes[] = {
    {"case_id", ID_BYTES},
    {"task_id", ID_BYTES},
    {"about", ID_BYTES},
    {"reveal_id", ID_BYTES},
    {"exchange_id", ID_BYTES},
    {"delivery_id", ID_BYTES},
    {"trace_id", ID_BYTES},
    {"corrects", ID_BYTES},
    {"hands_over", ID_BYTES},
    {"confirmation", HASH_BYTES},
};

static rc
check_size(const ProtobufCFieldDescriptor *f, const ProtobufCBinaryData *value)
{
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
		if (strcmp(sizes[i].field, f->name) == 0 && value->len != sizes[i].n)
			return RC_MALFORMED;
	return RC_OK;
}

/* The empty text that protobuf-c points at is nobody's to write in. */
static void
make_plain(char *text)
{
	if (text != NULL && text[0] != '\0') text_make_plain(text);
}

/* The signed head of a journal has lines, and is verified to the letter. */
static bool
is_note(const ProtobufCFieldDescriptor *f)
{
	return strcmp(f->name, "checkpoint") == 0;
}

static rc
check_value(const ProtobufCFieldDescriptor *f, void *value)
{
	if (f->type == PROTOBUF_C_TYPE_BYTES) return check_size(f, value);
	if (f->type == PROTOBUF_C_TYPE_STRING && !is_note(f)) make_plain(*(char **)value);
	return f->type == PROTOBUF_C_TYPE_MESSAGE
	           ? form_check(*(ProtobufCMessage **)value)
	           : RC_OK;
}

rc
form_check(ProtobufCMessage *m)
{
	for (unsigned i = 0; m != NULL && i < m->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &m->descriptor->fields[i];
		for (size_t k = 0, n = field_count(m, f); k < n; k++)
			TRY(check_value(f, field_value(m, f, k)));
	}
	return RC_OK;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* wipe.c - removing single values, wiped before they are freed. */
#include "proto/wipe.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "proto/schema.h"

static void
free_string(char **slot, const void *standard)
{
	if (*slot != NULL && *slot != standard) {
		sodium_memzero(*slot, strlen(*slot));
		free(*slot);
	}
	*slot = (char *)(uintptr_t)standard;
}

static void
free_bytes(ProtobufCBinaryData *b)
{
	if (b->data != NULL) {
		sodium_memzero(b->data, b->len);
		free(b->data);
	}
	*b = (ProtobufCBinaryData){0};
}

static void
free_value(const ProtobufCFieldDescriptor *f, void *value)
{
	if (f->type == PROTOBUF_C_TYPE_STRING)
		free_string(value, f->default_value);
	else if (f->type == PROTOBUF_C_TYPE_BYTES)
		free_bytes(value);
	else if (f->type == PROTOBUF_C_TYPE_MESSAGE)
		message_destroy(value);
	else
		sodium_memzero(value, field_size(f));
}

static void
clear_quantifier(ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
	char *q = (char *)m + f->quantifier_offset;

	if (f->label == PROTOBUF_C_LABEL_REPEATED)
		*(size_t *)(void *)q = 0;
	else if ((f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0)
		*(uint32_t *)(void *)q = 0;
	else if (f->quantifier_offset != 0)
		*(protobuf_c_boolean *)(void *)q = 0;
}

void
field_clear(ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
	size_t n = field_count(m, f);

	if (n == 0) return; /* of a oneof, the slot may be a sibling's */
	for (size_t i = 0; i < n; i++) free_value(f, field_value(m, f, i));
	if (f->label == PROTOBUF_C_LABEL_REPEATED) {
		void **array = (void **)(void *)((char *)m + f->offset);
		free(*array);
		*array = NULL;
	}
	clear_quantifier(m, f);
}

void
message_drop_unknown(ProtobufCMessage *m)
{
	for (unsigned i = 0; i < m->n_unknown_fields; i++) {
		sodium_memzero(m->unknown_fields[i].data, m->unknown_fields[i].len);
		free(m->unknown_fields[i].data);
	}
	free(m->unknown_fields);
	m->unknown_fields   = NULL;
	m->n_unknown_fields = 0;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* message.c - making, packing and wiping protobuf-c messages. */
#include "proto/message.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "proto/schema.h"

/* --- wiping ---------------------------------------------------------------------- */

static void wipe_message(ProtobufCMessage *m);

static void
wipe_value(const ProtobufCFieldDescriptor *f, void *value)
{
	if (f->type == PROTOBUF_C_TYPE_STRING) {
		char *s = *(char **)value;
		if (s != NULL && s != f->default_value) sodium_memzero(s, strlen(s));
	} else if (f->type == PROTOBUF_C_TYPE_BYTES) {
		ProtobufCBinaryData       *b    = value;
		const ProtobufCBinaryData *deft = f->default_value;
		if (b->data != NULL && (deft == NULL || b->data != deft->data))
			sodium_memzero(b->data, b->len);
	} else if (f->type == PROTOBUF_C_TYPE_MESSAGE) {
		if (*(ProtobufCMessage **)value != NULL)
			wipe_message(*(ProtobufCMessage **)value);
	} else {
		sodium_memzero(value, field_size(f));
	}
}

static void
wipe_message(ProtobufCMessage *m)
{
	for (unsigned i = 0; i < m->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &m->descriptor->fields[i];
		for (size_t k = 0, n = field_count(m, f); k < n; k++)
			wipe_value(f, field_value(m, f, k));
	}
	for (unsigned i = 0; i < m->n_unknown_fields; i++)
		if (m->unknown_fields[i].data != NULL)
			sodium_memzero(
			    m->unknown_fields[i].data, m->unknown_fields[i].len);
}

void
message_destroy(void *mp)
{
	ProtobufCMessage **m = mp;

	if (*m == NULL) return;
	wipe_message(*m);
	protobuf_c_message_free_unpacked(*m, NULL);
	*m = NULL;
}

static void *
noted_malloc(void *failed, size_t n)
{
	void *p = malloc(n);

	if (p == NULL) *(bool *)failed = true;
	return p;
}

static void
plain_free(void *failed, void *p)
{
	(void)failed;
	free(p);
}

/* protobuf-c says no more than that it failed. */
rc
message_unpack(
    const ProtobufCMessageDescriptor *desc, struct slice wire, rc bad, void *ret)
{
	bool               failed = false;
	ProtobufCAllocator noted  = {noted_malloc, plain_free, &failed};
	ProtobufCMessage **to     = ret;

	*to = protobuf_c_message_unpack(desc, &noted, wire.n, wire.p);
	if (*to != NULL) return RC_OK;
	return failed ? RC_NOMEM : bad;
}

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

/* --- building -------------------------------------------------------------------- */

void *
message_add(size_t *n, void *array, size_t size)
{
	void ***list =
	    array; /* protobuf-c: the address of an array of message pointers */
	void **more = reallocarray(*list, *n + 1, sizeof *more);

	if (more == NULL) return NULL;
	*list    = more;
	more[*n] = calloc(1, size);
	return more[*n] == NULL ? NULL : more[(*n)++];
}

rc
message_text(char **field, const char *text)
{
	if (text == NULL || text[0] == '\0') return RC_OK;
	*field = strdup(text);
	return *field == NULL ? RC_NOMEM : RC_OK;
}

rc
message_text_n(char **field, struct slice s)
{
	*field = strndup((const char *)s.p, s.n);
	return *field == NULL ? RC_NOMEM : RC_OK;
}

rc
message_bytes(protobuf_c_boolean *has, ProtobufCBinaryData *field, struct slice s)
{
	uint8_t *p = malloc(s.n == 0 ? 1 : s.n);
	if (p == NULL) return RC_NOMEM;
	if (s.n != 0) memcpy(p, s.p, s.n);
	*field = (ProtobufCBinaryData){.len = s.n, .data = p};
	*has   = 1;
	return RC_OK;
}

char *
message_borrow(const char *text)
{
	return (char *)(uintptr_t)text;
}

ProtobufCBinaryData
message_borrow_bytes(const void *p, size_t n)
{
	return (ProtobufCBinaryData){.len = n, .data = (uint8_t *)(uintptr_t)p};
}

/* --- packing --------------------------------------------------------------------- */

rc
message_pack(const ProtobufCMessage *m, struct buf *out)
{
	size_t n = protobuf_c_message_get_packed_size(m);

	if (n == 0) return RC_OK;
	if (n > out->max - out->n) return RC_TOO_LARGE;
	uint8_t *p = buf_extend(out, n);
	if (p == NULL) return RC_NOMEM;
	return protobuf_c_message_pack(m, p) == n ? RC_OK : RC_INTERNAL;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* shadow.c - copying structs and lists, and no value. */
#include "proto/shadow.h"

#include <string.h>

#include "proto/schema.h"

static rc
shadow_list(ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, struct scratch *mem)
{
	ProtobufCMessage ***list = (ProtobufCMessage ***)(void *)((char *)m + f->offset);
	ProtobufCMessage  **from = *list;
	size_t              n    = field_count(m, f);

	if (n == 0) return RC_OK;
	ProtobufCMessage **to = scratch_alloc(mem, n, sizeof(void *));
	if (to == NULL) return RC_NOMEM;
	for (size_t i = 0; i < n; i++) TRY(shadow_of(from[i], mem, &to[i]));
	*list = to;
	return RC_OK;
}

static rc
shadow_field(ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, struct scratch *mem)
{
	if (f->label == PROTOBUF_C_LABEL_REPEATED) return shadow_list(m, f, mem);
	if (!field_is_set(m, f)) return RC_OK;
	ProtobufCMessage **slot = field_value(m, f, 0);
	return shadow_of(*slot, mem, slot);
}

rc
shadow_of(const ProtobufCMessage *m, struct scratch *mem, ProtobufCMessage **ret)
{
	const ProtobufCMessageDescriptor *d = m->descriptor;
	ProtobufCMessage                 *s = scratch_alloc(mem, 1, d->sizeof_message);

	if (s == NULL) return RC_NOMEM;
	memcpy(s, m, d->sizeof_message);
	s->n_unknown_fields = 0;
	s->unknown_fields   = NULL;
	for (unsigned i = 0; i < d->n_fields; i++)
		if (d->fields[i].type == PROTOBUF_C_TYPE_MESSAGE)
			TRY(shadow_field(s, &d->fields[i], mem));
	*ret = s;
	return RC_OK;
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
shadow_drop(ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
	void *slot = (char *)m + f->offset;

	if (field_count(m, f) == 0) return; /* of a oneof, the slot may be a sibling's */
	if (f->label == PROTOBUF_C_LABEL_REPEATED)
		*(void **)slot = NULL;
	else if (f->type == PROTOBUF_C_TYPE_STRING)
		*(const void **)slot = f->default_value;
	else
		memset(slot, 0, field_size(f));
	clear_quantifier(m, f);
}

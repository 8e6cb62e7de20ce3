/* SPDX-License-Identifier: EUPL-1.2 */
/* fields.c - reading protobuf-c messages by descriptor (schema.h). */
#include "proto/schema.h"

static void *
member(const ProtobufCMessage *m, unsigned offset)
{
	return (char *)(uintptr_t)m + offset; /* the message is the caller's to change */
}

size_t
field_size(const ProtobufCFieldDescriptor *f)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_DOUBLE:
		return 8;
	case PROTOBUF_C_TYPE_BOOL:
		return sizeof(protobuf_c_boolean);
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_MESSAGE:
		return sizeof(void *);
	case PROTOBUF_C_TYPE_BYTES:
		return sizeof(ProtobufCBinaryData);
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_FLOAT:
	case PROTOBUF_C_TYPE_ENUM:
		break;
	}
	return 4;
}

bool
field_is_set(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
	if (f->label == PROTOBUF_C_LABEL_REPEATED) return field_count(m, f) != 0;
	if ((f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0)
		return *(uint32_t *)member(m, f->quantifier_offset) == f->id;
	if (f->type == PROTOBUF_C_TYPE_STRING || f->type == PROTOBUF_C_TYPE_MESSAGE) {
		const void *p = *(void **)member(m, f->offset);
		return p != NULL && p != f->default_value;
	}
	if (f->label != PROTOBUF_C_LABEL_OPTIONAL) return true;
	return *(protobuf_c_boolean *)member(m, f->quantifier_offset) != 0;
}

size_t
field_count(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
	if (f->label == PROTOBUF_C_LABEL_REPEATED)
		return *(size_t *)member(m, f->quantifier_offset);
	return field_is_set(m, f) ? 1 : 0;
}

void *
field_value(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t i)
{
	char *slot = member(m, f->offset);

	if (f->label == PROTOBUF_C_LABEL_REPEATED) slot = *(char **)(void *)slot;
	return slot + i * field_size(f);
}

/* --- by schema ------------------------------------------------------------------- */

void
schema_mark_filled(const struct schema_node *node, const ProtobufCMessage *m,
    bool persons, struct fieldset *set)
{
	for (unsigned i = 0; i < node->desc->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &node->desc->fields[i];
		size_t                          n = field_count(m, f);
		if (node->leaf[i] != NULL) {
			if (n != 0) fieldset_add(set, node->leaf[i]->index);
			continue;
		}
		for (size_t k = 0; k < n && (persons || !node->child[i]->person); k++)
			schema_mark_filled(node->child[i],
			    *(ProtobufCMessage **)field_value(m, f, k), persons, set);
	}
}

const struct schema_node *
schema_person(void)
{
	const struct schema_node *root = schema_signal()->root;

	for (unsigned i = 0; i < root->desc->n_fields; i++)
		if (root->child[i] != NULL && root->child[i]->person)
			return root->child[i];
	return root; /* a signal.proto without persons; not ours */
}

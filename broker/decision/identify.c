/* SPDX-License-Identifier: EUPL-1.2 */
/* identify.c - from a field path to the value in a record. */
#include "broker/decision/identify.h"

const ProtobufCMessage *
identify_holder(const ProtobufCMessage *record, const struct schema_field *field)
{
	const ProtobufCMessage *m = record;
	for (unsigned d = 1; d + 1 < field->depth; d++) {
		const ProtobufCFieldDescriptor *f =
		    protobuf_c_message_descriptor_get_field(
		        m->descriptor, field->numbers[d]);
		if (f == NULL || f->label == PROTOBUF_C_LABEL_REPEATED ||
		    !field_is_set(m, f))
			return NULL;
		m = *(ProtobufCMessage **)field_value(m, f, 0);
	}
	return m;
}

bool
identify_text(
    const ProtobufCMessage *record, const struct schema_field *field, struct slice *ret)
{
	const ProtobufCMessage *m = identify_holder(record, field);
	if (m == NULL || field->desc->type != PROTOBUF_C_TYPE_STRING) return false;
	if (field->desc->label == PROTOBUF_C_LABEL_REPEATED ||
	    !field_is_set(m, field->desc))
		return false;
	*ret = slice_str(*(char **)field_value(m, field->desc, 0));
	return true;
}

bool
identify_all(
    const ProtobufCMessage *record, const struct identifier_info *id, struct slice *ret)
{
	for (size_t i = 0; i < id->n; i++)
		if (!identify_text(record, id->parts[i], &ret[i])) return false;
	return true;
}

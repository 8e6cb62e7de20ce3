/* SPDX-License-Identifier: EUPL-1.2 */
/* guard.c - a walk over the wire by descriptor, with a fixed stack. */
#include "proto/guard.h"

#include <string.h>

#include "proto/limits.h"
#include "proto/message.h"
#include "proto/wire.h"

const struct guard_limits guard_signal = {
    .max_depth    = SCHEMA_DEPTH_MAX,
    .max_elements = SIGNAL_ELEMENTS_MAX,
    .max_bytes    = SIGNAL_MAX,
};

/* An Answer to an auditor is the widest: some thousands of receipts. */
const struct guard_limits guard_wire = {
    .max_depth    = 4,
    .max_elements = 128 * 1024,
    .max_bytes    = ANSWER_MAX,
};

enum { STACK_MAX = 16, SEEN_MAX = 128 };

/* One message that the walk is inside of. */
struct frame {
	const ProtobufCMessageDescriptor *desc;
	struct slice                      rest; /* not walked yet            */
	uint64_t seen[SEEN_MAX / 64];           /* singular fields that came already */
};

/* The wire type of one value of F. */
static enum wire_type
wire_type_of(const ProtobufCFieldDescriptor *f)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_DOUBLE:
		return WIRE_FIXED64;
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_FLOAT:
		return WIRE_FIXED32;
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_BYTES:
	case PROTOBUF_C_TYPE_MESSAGE:
		return WIRE_BYTES;
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_BOOL:
	case PROTOBUF_C_TYPE_ENUM:
		break;
	}
	return WIRE_VARINT;
}

/* A singular field that comes twice would be merged, or not, as the parser likes. */
static rc
note_singular(struct frame *frame, const ProtobufCFieldDescriptor *f)
{
	size_t i = (size_t)(f - frame->desc->fields);

	if (i >= SEEN_MAX) return RC_INTERNAL;
	uint64_t bit = (uint64_t)1 << (i % 64);
	if ((frame->seen[i / 64] & bit) != 0) return RC_MALFORMED;
	frame->seen[i / 64] |= bit;
	return RC_OK;
}

/* Check one known field; *RET_COUNT is how many elements it brings. */
static rc
check_known(struct frame *frame, const ProtobufCFieldDescriptor *f,
    const struct wire_field *field, size_t *ret_count)
{
	enum wire_type want = wire_type_of(f);

	*ret_count = 1;
	if (f->label != PROTOBUF_C_LABEL_REPEATED) TRY(note_singular(frame, f));
	if (field->type == want) {
		/* protobuf-c would hand out a C string that ends early */
		bool text = f->type == PROTOBUF_C_TYPE_STRING && field->body.n != 0;
		if (text && memchr(field->body.p, 0, field->body.n) != NULL)
			return RC_MALFORMED;
		return RC_OK;
	}
	if (f->label != PROTOBUF_C_LABEL_REPEATED || field->type != WIRE_BYTES)
		return RC_MALFORMED;
	return wire_count_packed(field->body, want, ret_count);
}

/* Take one field of the innermost frame; *RET_CHILD is its type if it is a message. */
static rc
step(struct frame *frame, size_t *elements_left,
    const ProtobufCMessageDescriptor **ret_child, struct slice *ret_body)
{
	struct wire_field field;
	size_t            count = 1;

	*ret_child = NULL;
	TRY(wire_next(&frame->rest, &field));
	const ProtobufCFieldDescriptor *f =
	    protobuf_c_message_descriptor_get_field(frame->desc, field.number);
	if (f != NULL) TRY(check_known(frame, f, &field, &count));
	if (count > *elements_left) return RC_TOO_MANY;
	*elements_left -= count;
	if (f != NULL && f->type == PROTOBUF_C_TYPE_MESSAGE) {
		*ret_child = f->descriptor;
		*ret_body  = field.body;
	}
	return RC_OK;
}

rc
guard_check(
    const ProtobufCMessageDescriptor *desc, struct slice wire, struct guard_limits limits)
{
	struct frame stack[STACK_MAX] = {{.desc = desc, .rest = wire}};
	size_t       elements_left    = limits.max_elements;
	unsigned     depth            = 0;

	if (wire.n > limits.max_bytes) return RC_TOO_LARGE;
	for (;;) {
		const ProtobufCMessageDescriptor *child;
		struct slice                      body;

		while (stack[depth].rest.n == 0)
			if (depth-- == 0) return RC_OK;
		TRY(step(&stack[depth], &elements_left, &child, &body));
		if (child == NULL) continue;
		if (depth == limits.max_depth || depth == STACK_MAX - 1)
			return RC_TOO_DEEP;
		stack[++depth] = (struct frame){.desc = child, .rest = body};
	}
}

rc
guard_unpack(const ProtobufCMessageDescriptor *desc, struct slice wire,
    struct guard_limits limits, ProtobufCMessage **ret)
{
	TRY(guard_check(desc, wire, limits));
	/* protobuf-c does not look at the pointer when there is nothing to read */
	ProtobufCMessage *m = NULL;
	TRY(message_unpack(desc, wire, RC_MALFORMED, &m));
	*ret = m;
	return RC_OK;
}

rc
guard_unpack_in(struct scratch *mem, const ProtobufCMessageDescriptor *desc,
    struct slice wire, struct guard_limits limits, ProtobufCMessage **ret)
{
	ProtobufCAllocator in_mem = scratch_allocator(mem);

	TRY(guard_check(desc, wire, limits));
	ProtobufCMessage *m = protobuf_c_message_unpack(desc, &in_mem, wire.n, wire.p);
	if (m == NULL) return mem->failed ? RC_NOMEM : RC_MALFORMED;
	*ret = m;
	return RC_OK;
}

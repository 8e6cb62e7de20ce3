/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * guard.h - look at protobuf bytes before protobuf-c allocates for them.
 *
 * protobuf-c 1.4.1 has no recursion limit (34 kB of nesting overflow the stack)
 * and allocates 33 times the input for empty sub-messages.  So every message
 * from outside is walked first, by descriptor, without allocating or recursing:
 * well-formed tags and lengths, no groups, no known field of another wire type
 * (repeated scalars may be packed), no singular field twice, no NUL in a string,
 * no depth beyond MAX_DEPTH, no more than MAX_ELEMENTS values on all levels
 * together, packed ones included.  Unknown fields count as elements and are
 * otherwise left alone, also when they look like messages inside.
 *
 * Pure.  Cost: one pass over the bytes (a second one for strings).
 */
#ifndef SLUIS_PROTO_GUARD_H
#define SLUIS_PROTO_GUARD_H

#include <protobuf-c/protobuf-c.h>

#include "proto/bytes.h"
#include "proto/scratch.h"

struct guard_limits {
	unsigned max_depth;    /* nested messages below the outermost one, at most 15 */
	unsigned max_elements; /* values, unknown fields included                     */
	size_t   max_bytes;
};

/* RC_TOO_LARGE, RC_TOO_DEEP, RC_TOO_MANY or RC_MALFORMED. */
MUST rc guard_check(const ProtobufCMessageDescriptor *desc, struct slice wire,
    struct guard_limits limits);

/* Check, then unpack with the default allocator.  The caller owns *RET and ends
 * it with message_destroy() or x__free_unpacked(). */
MUST rc guard_unpack(const ProtobufCMessageDescriptor *desc, struct slice wire,
    struct guard_limits limits, ProtobufCMessage **ret);

/* The same in MEM, which the message ends with.  RC_NOMEM too. */
MUST rc guard_unpack_in(struct scratch *mem, const ProtobufCMessageDescriptor *desc,
    struct slice wire, struct guard_limits limits, ProtobufCMessage **ret);

/* The limits for a Signal, and for every other message of wire.proto. */
extern const struct guard_limits guard_signal, guard_wire;

#endif

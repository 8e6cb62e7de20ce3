/* SPDX-License-Identifier: EUPL-1.2 */
/* unpacks_unguarded.c - a mutant: messages go to the parser as they come. */
#include "proto/guard.h"

rc __wrap_guard_unpack_in(struct scratch *mem, const ProtobufCMessageDescriptor *desc,
    struct slice wire, struct guard_limits limits, ProtobufCMessage **ret);

rc
__wrap_guard_unpack_in(struct scratch *mem, const ProtobufCMessageDescriptor *desc,
    struct slice wire, struct guard_limits limits, ProtobufCMessage **ret)
{
	ProtobufCAllocator in = scratch_allocator(mem);

	(void)limits;
	*ret = protobuf_c_message_unpack(desc, &in, wire.n, wire.p);
	return *ret == NULL ? RC_MALFORMED : RC_OK;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * shadow.h - a message that can lose fields while the one it was made of stays whole.
 *
 * A shadow has its own structs and its own lists of messages, and borrows every value.
 * Fields can be taken out of it and messages out of its lists; nothing can be put in.  So
 * whatever is left in a shadow is there because it was in the original.  Unknown fields
 * are not in it, at any depth.
 *
 * Pure.
 */
#ifndef SLUIS_PROTO_SHADOW_H
#define SLUIS_PROTO_SHADOW_H

#include "proto/scratch.h"

/* The shadow of M, which must outlive it, in MEM.  RC_NOMEM. */
MUST rc shadow_of(const ProtobufCMessage *m, struct scratch *mem, ProtobufCMessage **ret);

/* F is absent from the shadow M after. */
void shadow_drop(ProtobufCMessage *m, const ProtobufCFieldDescriptor *f);

#endif

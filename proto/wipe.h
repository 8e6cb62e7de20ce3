/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * wipe.h - taking values out of protobuf-c messages without leaving them in memory.
 *
 * protobuf-c frees but does not wipe.  For messages from unpack() with the default
 * allocator.
 */
#ifndef SLUIS_PROTO_WIPE_H
#define SLUIS_PROTO_WIPE_H

#include <protobuf-c/protobuf-c.h>

/* Remove every value of F from M, wiping strings, bytes and messages; F is absent after.
 */
void field_clear(ProtobufCMessage *m, const ProtobufCFieldDescriptor *f);

/* Wipe and remove the unknown fields of M itself (not of messages inside it). */
void message_drop_unknown(ProtobufCMessage *m);

#endif

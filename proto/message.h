/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * message.h - protobuf-c messages in memory: made, packed, and taken away again.
 *
 * protobuf-c frees but does not wipe, and has no const.  So messages that own what they
 * point at are built with copies and end in message_destroy(), which wipes; messages
 * on the stack borrow, are packed, and are forgotten.
 *
 * For messages with the default allocator.
 */
#ifndef SLUIS_PROTO_MESSAGE_H
#define SLUIS_PROTO_MESSAGE_H

#include <protobuf-c/protobuf-c.h>

#include "proto/bytes.h"

/* --- one that owns --------------------------------------------------------------- */

/* Wipe and free a message of any type with all that it holds, unknown fields included.
 * MP is the address of a pointer to it, which is cleared and may be NULL inside:
 * AUTO(message_destroy) Sluis__Leaf *leaf = NULL. */
void message_destroy(void *mp);

/* Unpack WIRE, of our own making, into *RET (the address of a pointer to a message of
 * type DESC).  BAD if it is none, RC_NOMEM. */
MUST rc message_unpack(
    const ProtobufCMessageDescriptor *desc, struct slice wire, rc bad, void *ret);

/* Remove every value of F from M, wiping strings, bytes and messages; F is absent after.
 */
void field_clear(ProtobufCMessage *m, const ProtobufCFieldDescriptor *f);

/* Grow *ARRAY of N pointers by one new zeroed element of SIZE bytes; returns it or NULL.
 */
void *message_add(size_t *n, void *array, size_t size);

/* Set a string field to a copy of TEXT (nothing for NULL or ""). */
MUST rc message_text(char **field, const char *text);

/* Set a string field to a copy of S, which holds no NUL. */
MUST rc message_text_n(char **field, struct slice s);

/* Set a bytes field to a copy of S. */
MUST rc message_bytes(
    protobuf_c_boolean *has, ProtobufCBinaryData *field, struct slice s);

/* --- one that borrows ------------------------------------------------------------ */

/* TEXT as a string field, and N bytes at P as a bytes field, of a message that is only
 * read and never destroyed. */
char               *message_borrow(const char *text);
ProtobufCBinaryData message_borrow_bytes(const void *p, size_t n);

/* --- either ---------------------------------------------------------------------- */

/* Append M as bytes to OUT.  RC_TOO_LARGE beyond its MAX, RC_NOMEM; OUT is unchanged
 * then. */
MUST rc message_pack(const ProtobufCMessage *m, struct buf *out);

/* The bytes of a field, borrowed. */
static inline struct slice
message_slice(const ProtobufCBinaryData *b)
{
	return slice_of(b->data, b->len);
}

#endif

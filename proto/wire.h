/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * wire.h - the protobuf wire format, one field at a time, without a descriptor.
 *
 * What envelope.c and guard.c share: both look at bytes from outside before
 * anybody allocates for them.
 *
 *	tag      varint: field number << 3 | wire type     at most 5 bytes
 *	VARINT   1 to 10 bytes, seven bits each, low first  at most 64 bits
 *	FIXED64  8 bytes
 *	BYTES    varint length, then so many bytes
 *	FIXED32  4 bytes
 *
 * Refused: groups (wire types 3 and 4), types 6 and 7, field number 0, a length
 * beyond the end, a varint that goes on too long or holds more than 64 bits.
 *
 * Pure.  Source: protobuf.dev/programming-guides/encoding.
 */
#ifndef SLUIS_PROTO_WIRE_H
#define SLUIS_PROTO_WIRE_H

#include "proto/bytes.h"

enum wire_type { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };

struct wire_field {
	uint32_t       number; /* 1 .. 2^29 - 1                                     */
	enum wire_type type;
	bool           minimal; /* no varint of tag or length is longer than need be */
	struct slice   body;    /* WIRE_BYTES: the content; else the value's own bytes */
};

/* Take one field off the front of *REST.  RC_MALFORMED leaves *REST alone. */
MUST rc wire_next(struct slice *rest, struct wire_field *ret);

/* How many values of TYPE stand packed in BODY; RC_MALFORMED if they do not fill it. */
MUST rc wire_count_packed(struct slice body, enum wire_type type, size_t *ret);

/* Append field NUMBER (below 2048) with CONTENT to OUT, which is unchanged on failure. */
MUST rc wire_put_bytes(unsigned number, struct slice content, struct buf *out);

/* The same without its LENGTH bytes of content, which the caller appends. */
MUST rc wire_put_head(unsigned number, size_t length, struct buf *out);

/* The bytes that wire_put_bytes() writes for N bytes of content, NUMBER below 16. */
size_t wire_bytes_size(size_t n);

#endif

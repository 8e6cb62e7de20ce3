/* SPDX-License-Identifier: EUPL-1.2 */
/* wire.c - walking and writing protobuf fields by hand. */
#include "proto/wire.h"

enum { VARINT_MAX = 10, TAG_MAX = 5 };

static struct slice
drop(struct slice s, size_t n)
{
	return slice_of(s.p + n, s.n - n);
}

/* Decode the varint in front of S; 0 if there is none of at most MAX bytes. */
static size_t
varint_at(struct slice s, size_t max, uint64_t *ret)
{
	uint64_t v = 0;

	for (size_t i = 0; i < s.n && i < max; i++) {
		if (i == VARINT_MAX - 1 && s.p[i] > 1) return 0; /* a 65th bit */
		v |= (uint64_t)(s.p[i] & 0x7f) << (7 * i);
		if ((s.p[i] & 0x80) == 0) {
			*ret = v;
			return i + 1;
		}
	}
	return 0;
}

static size_t
varint_size(uint64_t v)
{
	size_t n = 1;
	while (v >>= 7) n++;
	return n;
}

/* How long a value of TYPE in front of S is, 0 if cut short; not for WIRE_BYTES. */
static size_t
value_size(struct slice s, enum wire_type type)
{
	uint64_t unused;

	switch (type) {
	case WIRE_VARINT:
		return varint_at(s, VARINT_MAX, &unused);
	case WIRE_FIXED64:
		return s.n < 8 ? 0 : 8;
	case WIRE_FIXED32:
		return s.n < 4 ? 0 : 4;
	case WIRE_BYTES:
		break;
	}
	return 0;
}

static rc
take_value(struct slice *s, struct wire_field *field)
{
	size_t   n;
	uint64_t length;

	if (field->type != WIRE_BYTES) {
		if ((n = value_size(*s, field->type)) == 0) return RC_MALFORMED;
		field->body = slice_of(s->p, n);
		*s          = drop(*s, n);
		return RC_OK;
	}
	if ((n = varint_at(*s, VARINT_MAX, &length)) == 0) return RC_MALFORMED;
	if (length > s->n - n) return RC_MALFORMED;
	field->minimal = field->minimal && n == varint_size(length);
	field->body    = slice_of(s->p + n, (size_t)length);
	*s             = drop(*s, n + (size_t)length);
	return RC_OK;
}

rc
wire_next(struct slice *rest, struct wire_field *ret)
{
	struct wire_field field = {0};
	struct slice      s     = *rest;
	uint64_t          tag;
	size_t            n = varint_at(s, TAG_MAX, &tag);

	if (n == 0 || tag > UINT32_MAX || tag >> 3 == 0) return RC_MALFORMED;
	switch (tag & 7) {
	case WIRE_VARINT:
	case WIRE_FIXED64:
	case WIRE_BYTES:
	case WIRE_FIXED32:
		field.type = (enum wire_type)(tag & 7);
		break;
	default:
		return RC_MALFORMED;
	}
	field.number  = (uint32_t)(tag >> 3);
	field.minimal = n == varint_size(tag);
	s             = drop(s, n);
	TRY(take_value(&s, &field));
	*ret  = field;
	*rest = s;
	return RC_OK;
}

rc
wire_count_packed(struct slice body, enum wire_type type, size_t *ret)
{
	size_t count = 0;

	while (body.n != 0) {
		size_t n = value_size(body, type);
		if (n == 0) return RC_MALFORMED;
		body = drop(body, n);
		count++;
	}
	*ret = count;
	return RC_OK;
}

size_t
wire_bytes_size(size_t n)
{
	return 1 + varint_size(n) + n;
}

rc
wire_put_head(unsigned number, size_t length, struct buf *out)
{
	uint8_t head[2 + VARINT_MAX];
	size_t  n   = 0;
	size_t  tag = (size_t)number << 3 | WIRE_BYTES;

	if (tag > 0x7f) head[n++] = (uint8_t)(tag | 0x80);
	head[n++] = (uint8_t)(tag > 0x7f ? tag >> 7 : tag);
	for (; length > 0x7f; length >>= 7) head[n++] = (uint8_t)(length | 0x80);
	head[n++] = (uint8_t)length;
	return buf_append(out, slice_of(head, n));
}

rc
wire_put_bytes(unsigned number, struct slice content, struct buf *out)
{
	size_t start = out->n;

	TRY(wire_put_head(number, content.n, out));
	rc code = buf_append(out, content);
	if (code != RC_OK) out->n = start;
	return code;
}

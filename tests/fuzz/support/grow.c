/* SPDX-License-Identifier: EUPL-1.2 */
/* grow.c - count the fields, choose one, write all again with that one changed. */
#include "fuzz/support/grow.h"

#include <stdlib.h>
#include <string.h>

#include "proto/auto.h"
#include "proto/bytes.h"
#include "proto/wire.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t n, size_t max);

enum { DEPTH_MAX = 12, NEW_DEPTH_MAX = 4, VALUE_MAX = 64, FUEL = 8 * 1024 * 1024 };

enum act { REMOVE, DOUBLE, TO_FRONT, OTHER_VALUE, ADD_KNOWN, ADD_UNKNOWN, N_ACTS };

struct change {
	uint64_t state;  /* of the random numbers */
	size_t   target; /* the field to change, counted from 0 as they stand */
	size_t   next;   /* the number of the next field that is seen */
	enum act act;
	bool     failed; /* out of room */
};

static const char *const *own_words;

void
grow_words(const char *const *words)
{
	own_words = words;
}

/* --- random numbers: splitmix64 --------------------------------------------------- */

static uint64_t
draw(struct change *c)
{
	uint64_t z = (c->state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static size_t
below(struct change *c, size_t n)
{
	return n == 0 ? 0 : (size_t)(draw(c) % n);
}

/* --- writing ---------------------------------------------------------------------- */

static void
put(struct change *c, struct buf *out, const void *p, size_t n)
{
	if (buf_append(out, slice_of(p, n)) != RC_OK) c->failed = true;
}

static void
put_varint(struct change *c, struct buf *out, uint64_t v)
{
	uint8_t byte[10];
	size_t  n = 0;

	do {
		byte[n] = (uint8_t)(v & 0x7f);
		v >>= 7;
		if (v != 0) byte[n] |= 0x80;
		n++;
	} while (v != 0);
	put(c, out, byte, n);
}

static void
put_tag(struct change *c, struct buf *out, uint32_t number, enum wire_type type)
{
	put_varint(c, out, (uint64_t)number << 3 | (unsigned)type);
}

static void
put_body(struct change *c, struct buf *out, uint32_t number, struct slice body)
{
	put_tag(c, out, number, WIRE_BYTES);
	put_varint(c, out, body.n);
	put(c, out, body.p, body.n);
}

static void
put_field(struct change *c, struct buf *out, const struct wire_field *f)
{
	if (f->type == WIRE_BYTES) {
		put_body(c, out, f->number, f->body);
		return;
	}
	put_tag(c, out, f->number, f->type);
	put(c, out, f->body.p, f->body.n);
}

/* --- values ----------------------------------------------------------------------- */

static void
put_text(struct change *c, struct buf *out, uint32_t number)
{
	static const char *const known[] = {"", "1", "riec", "zorg", "zvh", "afstemming",
	    "casusoverleg", "hulpverlening", "meldpunt", "avim", "zorgcoordinator",
	    "00000099000000010000", "00000099000000020000", "00000099000000040000",
	    "2026-11-21", "1990-02-29", "123456782", "persons.bsn", "narrative",
	    "persons.shelter.facility", "\xc3\xb6", "e\xcc\x81", "\xef\xbc\xa1",
	    "\xe2\x80\xae", "NL91ABNA0417164300", "+31612345678", "12-AB-34", "1234 AB"};
	size_t                   n_own   = 0;
	uint8_t                  noise[VALUE_MAX];
	const char              *word = NULL;

	while (own_words != NULL && own_words[n_own] != NULL) n_own++;
	size_t pick = below(c, n_own + sizeof known / sizeof known[0] + 4);
	if (pick < n_own)
		word = own_words[pick];
	else if (pick - n_own < sizeof known / sizeof known[0])
		word = known[pick - n_own];
	if (word != NULL) {
		put_body(c, out, number, slice_str(word));
		return;
	}
	size_t n = below(c, sizeof noise);
	for (size_t i = 0; i < n; i++) noise[i] = (uint8_t)draw(c);
	put_body(c, out, number, slice_of(noise, n));
}

static uint64_t
number_value(struct change *c)
{
	static const uint64_t borders[] = {0, 1, 2, 31, 32, 63, 64, 127, 128, 255, 256,
	    0x7fffffff, 0x80000000, 0xffffffff, UINT64_C(0x7fffffffffffffff),
	    UINT64_C(0x8000000000000000), UINT64_MAX, UINT64_C(1795219200000)};

	if (below(c, 4) == 0) return draw(c) >> below(c, 64);
	return borders[below(c, sizeof borders / sizeof borders[0])];
}

static uint64_t
enum_value(struct change *c, const ProtobufCEnumDescriptor *e)
{
	size_t i = below(c, e->n_values + 1);

	return i < e->n_values ? (uint64_t)(int64_t)e->values[i].value
	                       : (uint64_t)(int64_t)e->values[e->n_values - 1].value + 1;
}

static void put_message(struct change *c, struct buf *out,
    const ProtobufCMessageDescriptor *d, unsigned depth);

static void
put_inner(
    struct change *c, struct buf *out, const ProtobufCFieldDescriptor *f, unsigned depth)
{
	AUTO(buf_wipe) struct buf inner = buf_init(FUEL);

	put_message(c, &inner, f->descriptor, depth + 1);
	put_body(c, out, f->id, buf_slice(&inner));
}

static void
put_fixed(struct change *c, struct buf *out, uint32_t number, enum wire_type type)
{
	uint64_t v = number_value(c);

	put_tag(c, out, number, type);
	put(c, out, &v, type == WIRE_FIXED64 ? 8 : 4);
}

/* A new value for field F. */
static void
put_new(
    struct change *c, struct buf *out, const ProtobufCFieldDescriptor *f, unsigned depth)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_MESSAGE:
		put_inner(c, out, f, depth);
		return;
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_BYTES:
		put_text(c, out, f->id);
		return;
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_DOUBLE:
		put_fixed(c, out, f->id, WIRE_FIXED64);
		return;
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_FLOAT:
		put_fixed(c, out, f->id, WIRE_FIXED32);
		return;
	default:
		put_tag(c, out, f->id, WIRE_VARINT);
		put_varint(c, out,
		    f->type == PROTOBUF_C_TYPE_ENUM   ? enum_value(c, f->descriptor)
		    : f->type == PROTOBUF_C_TYPE_BOOL ? below(c, 2)
		                                      : number_value(c));
	}
}

/* A message with some of its fields. */
static void
put_message(struct change *c, struct buf *out, const ProtobufCMessageDescriptor *d,
    unsigned depth)
{
	size_t n = below(c, 4) + (depth == 0 ? 1 : 0);

	if (depth > NEW_DEPTH_MAX || d->n_fields == 0) return;
	for (size_t i = 0; i < n; i++)
		put_new(c, out, &d->fields[below(c, d->n_fields)], depth);
}

/* --- one change ------------------------------------------------------------------- */

static const ProtobufCFieldDescriptor *
find(const ProtobufCMessageDescriptor *d, uint32_t number)
{
	return d == NULL ? NULL : protobuf_c_message_descriptor_get_field(d, number);
}

static void
put_unknown(struct change *c, struct buf *out)
{
	put_text(c, out, (uint32_t)(1 + below(c, 1000)));
}

/* Another value for field F of OLD: a few bytes changed, or a new one. */
static void
put_other(struct change *c, struct buf *out, const ProtobufCFieldDescriptor *f,
    const struct wire_field *old, unsigned depth)
{
	uint8_t room[1024];

	if (f == NULL || old->type != WIRE_BYTES || old->body.n > sizeof room / 2 ||
	    f->type == PROTOBUF_C_TYPE_MESSAGE || below(c, 2) == 0) {
		if (f != NULL)
			put_new(c, out, f, depth);
		else
			put_unknown(c, out);
		return;
	}
	memcpy(room, old->body.p, old->body.n);
	size_t n = LLVMFuzzerMutate(room, old->body.n, sizeof room);
	put_body(c, out, old->number, slice_of(room, n));
}

/* The field that was chosen, with what is done to it. */
static void
put_changed(struct change *c, struct buf *out, const ProtobufCMessageDescriptor *d,
    const struct wire_field *f, unsigned depth)
{
	switch (c->act) {
	case REMOVE:
		return;
	case DOUBLE:
		put_field(c, out, f);
		put_field(c, out, f);
		return;
	case OTHER_VALUE:
		put_other(c, out, find(d, f->number), f, depth);
		return;
	case ADD_KNOWN:
		put_field(c, out, f);
		if (d != NULL && d->n_fields != 0)
			put_new(c, out, &d->fields[below(c, d->n_fields)], depth);
		return;
	case ADD_UNKNOWN:
		put_field(c, out, f);
		put_unknown(c, out);
		return;
	default:
		put_field(c, out, f);
	}
}

static bool rewrite(struct change *c, const ProtobufCMessageDescriptor *d,
    struct slice in, struct buf *out, unsigned depth);

/* F as it is, or the message in it with the change somewhere inside. */
static void
put_kept(struct change *c, struct buf *out, const ProtobufCFieldDescriptor *known,
    const struct wire_field *f, unsigned depth)
{
	AUTO(buf_wipe) struct buf inner = buf_init(FUEL);

	if (known != NULL && known->type == PROTOBUF_C_TYPE_MESSAGE &&
	    f->type == WIRE_BYTES && depth < DEPTH_MAX &&
	    rewrite(c, known->descriptor, f->body, &inner, depth + 1))
		put_body(c, out, f->number, buf_slice(&inner));
	else
		put_field(c, out, f);
}

/* Put FRONT before what OUT has from AT on. */
static void
move_to_front(struct buf *out, size_t at, size_t from)
{
	size_t                   n    = out->n - from;
	AUTO(auto_free) uint8_t *copy = malloc(n + 1);

	if (copy == NULL) return;
	memcpy(copy, out->p + from, n);
	memmove(out->p + at + n, out->p + at, from - at);
	memcpy(out->p + at, copy, n);
}

/* Write IN to OUT with the change, if its target is in it; false if IN is no message.
 * Fields after the target keep their place, so counting goes on wherever it is. */
static bool
rewrite(struct change *c, const ProtobufCMessageDescriptor *d, struct slice in,
    struct buf *out, unsigned depth)
{
	struct wire_field f;
	size_t            before = c->next, start = out->n;

	while (in.n > 0) {
		if (wire_next(&in, &f) != RC_OK) {
			c->next = before;
			return false;
		}
		size_t from = out->n;
		if (c->next++ == c->target) {
			put_changed(c, out, d, &f, depth);
			if (c->act == TO_FRONT) move_to_front(out, start, from);
		} else {
			put_kept(c, out, find(d, f.number), &f, depth);
		}
	}
	return true;
}

/* --- the whole -------------------------------------------------------------------- */

static size_t
count(const ProtobufCMessageDescriptor *d, struct slice in)
{
	AUTO(buf_wipe) struct buf nowhere = buf_init(FUEL);
	struct change             c       = {.target = SIZE_MAX};

	return rewrite(&c, d, in, &nowhere, 0) && !c.failed ? c.next : 0;
}

size_t
grow(const ProtobufCMessageDescriptor *d, uint8_t *data, size_t n, size_t max,
    unsigned seed)
{
	AUTO(buf_wipe) struct buf out = buf_init(FUEL);
	struct change             c   = {.state = seed};
	size_t                    fields;

	if (below(&c, 8) == 0) return LLVMFuzzerMutate(data, n, max);
	fields   = count(d, slice_of(data, n));
	c.target = below(&c, fields);
	c.act    = (enum act)below(&c, N_ACTS);
	if (c.act == ADD_UNKNOWN && below(&c, 4) != 0) c.act = ADD_KNOWN;
	if (fields == 0)
		put_message(&c, &out, d, 0);
	else
		(void)rewrite(&c, d, slice_of(data, n), &out, 0);
	if (c.failed || out.n > max || out.n == 0) return LLVMFuzzerMutate(data, n, max);
	memcpy(data, out.p, out.n);
	return out.n;
}

size_t
grow_after(size_t skip, const ProtobufCMessageDescriptor *d, uint8_t *data, size_t n,
    size_t max, unsigned seed)
{
	if (n < skip || max <= skip) return LLVMFuzzerMutate(data, n, max);
	if (seed % 4 == 0 && skip != 0) {
		(void)LLVMFuzzerMutate(data, skip, skip);
		return n;
	}
	return skip + grow(d, data + skip, n - skip, max - skip, seed / 4);
}

size_t
grow_pair(size_t skip, const ProtobufCMessageDescriptor *d,
    const ProtobufCMessageDescriptor *e, uint8_t *data, size_t n, size_t max,
    unsigned seed)
{
	static uint8_t first[1 << 16];

	if (n < skip || max > sizeof first) return LLVMFuzzerMutate(data, n, max);
	size_t len = (size_t)data[0] << 8 | data[1];
	if (len > n - skip) len = n - skip;
	if (seed % 2 == 0) return grow_after(skip + len, e, data, n, max, seed / 2 | 1);
	size_t rest = n - skip - len;
	memcpy(first, data + skip, len);
	size_t now = grow(d, first, len, max - skip - rest, seed / 2);
	memmove(data + skip + now, data + skip + len, rest);
	memcpy(data + skip, first, now);
	data[0] = (uint8_t)(now >> 8);
	data[1] = (uint8_t)now;
	return skip + now + rest;
}

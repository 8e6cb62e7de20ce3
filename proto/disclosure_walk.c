/* SPDX-License-Identifier: EUPL-1.2 */
/* disclosure_walk.c - slots, rows of slots, and the digests over them. */
#include "proto/disclosure_walk.h"

#include <string.h>

#include "proto/hash.h"

enum { SLOTS_MAX = 128, TAG_LEAF = 0, TAG_VEILED = 1, TAG_NODE = 2 };

_Static_assert((int)DISCLOSURE_ELEMENTS <= (int)SLOTS_MAX, "one row holds them");
_Static_assert((int)DISCLOSURE_ELEMENTS == 64, "one word holds them");
_Static_assert((int)SIGNAL_RECORDS_MAX <= (int)DISCLOSURE_ELEMENTS, "each has a slot");

/* --- digests --------------------------------------------------------------------- */

static void
hash_leaf(const struct short_hash *veiled, struct short_hash *ret)
{
	uint8_t in[1 + DISCLOSURE_HASH_BYTES] = {TAG_LEAF};

	memcpy(in + 1, veiled->b, sizeof veiled->b);
	sha256_cut(slice_of(in, sizeof in), ret->b, sizeof ret->b);
}

static void
hash_node(
    const struct short_hash *left, const struct short_hash *right, struct short_hash *ret)
{
	uint8_t in[1 + 2 * DISCLOSURE_HASH_BYTES] = {TAG_NODE};

	memcpy(in + 1, left->b, sizeof left->b);
	memcpy(in + 1 + sizeof left->b, right->b, sizeof right->b);
	sha256_cut(slice_of(in, sizeof in), ret->b, sizeof ret->b);
}

/* The number at VALUE of a scalar field F, as two's complement. */
static rc
number_of(const ProtobufCFieldDescriptor *f, const void *value, uint64_t *ret)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_BOOL:
		*ret = *(const protobuf_c_boolean *)value != 0;
		break;
	case PROTOBUF_C_TYPE_UINT32:
		*ret = *(const uint32_t *)value;
		break;
	case PROTOBUF_C_TYPE_UINT64:
		*ret = *(const uint64_t *)value;
		break;
	case PROTOBUF_C_TYPE_ENUM:
	case PROTOBUF_C_TYPE_INT32:
		*ret = (uint64_t)(int64_t) * (const int32_t *)value;
		break;
	case PROTOBUF_C_TYPE_INT64:
		*ret = (uint64_t) * (const int64_t *)value;
		break;
	default:
		return RC_INTERNAL;
	}
	return RC_OK;
}

/* One value of F as bytes; a number goes to ROOM. */
static rc
bytes_of(const ProtobufCFieldDescriptor *f, const void *value, uint8_t room[8],
    struct slice *ret)
{
	uint64_t number = 0;

	if (f->type == PROTOBUF_C_TYPE_STRING) {
		*ret = slice_str(*(char *const *)value);
		return RC_OK;
	}
	if (f->type == PROTOBUF_C_TYPE_BYTES) {
		const ProtobufCBinaryData *b = value;
		*ret                         = slice_of(b->data, b->len);
		return RC_OK;
	}
	TRY(number_of(f, value, &number));
	put_u64_be(room, number);
	*ret = slice_of(room, 8);
	return RC_OK;
}

/* What is hashed, gathered: most of it is shorter than this and goes in one piece. */
struct gathered {
	struct sha256 h;
	size_t        n;
	uint8_t       b[128];
};

static void
gather(struct gathered *g, struct slice part)
{
	if (part.n > sizeof g->b - g->n) {
		sha256_add(&g->h, slice_of(g->b, g->n));
		g->n = 0;
	}
	if (part.n > sizeof g->b) {
		sha256_add(&g->h, part);
	} else if (part.n != 0) {
		memcpy(g->b + g->n, part.p, part.n);
		g->n += part.n;
	}
}

static rc
gather_value(struct gathered *g, const ProtobufCFieldDescriptor *f, const void *value)
{
	uint8_t      room[8], length[8];
	struct slice bytes;

	TRY(bytes_of(f, value, room, &bytes));
	put_u64_be(length, bytes.n);
	gather(g, slice_of(length + 4, 4));
	gather(g, bytes);
	explicit_bzero(room, sizeof room);
	return RC_OK;
}

rc
disclosure_veil(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f,
    const uint8_t salt[DISCLOSURE_SALT_BYTES], struct short_hash *ret)
{
	static const uint8_t tag  = TAG_VEILED;
	rc                   code = RC_OK;
	struct gathered      g;
	uint8_t              out[HASH_BYTES];

	sha256_begin(&g.h);
	g.n = 0;
	gather(&g, slice_of(&tag, 1));
	gather(&g, slice_of(salt, DISCLOSURE_SALT_BYTES));
	for (size_t i = 0, n = field_count(m, f); i < n && code == RC_OK; i++)
		code = gather_value(&g, f, field_value(m, f, i));
	sha256_add(&g.h, slice_of(g.b, g.n));
	sha256_end(&g.h, out);
	memcpy(ret->b, out, sizeof ret->b);
	explicit_bzero(g.b, sizeof g.b);
	return code;
}

/* --- a row of slots -------------------------------------------------------------- */

struct slots { /* a set of slot numbers */
	uint64_t w[SLOTS_MAX / 64];
};

static void
slots_add(struct slots *s, unsigned i)
{
	s->w[i / 64] |= (uint64_t)1 << (i % 64);
}

static bool
slots_has(const struct slots *s, unsigned i)
{
	return (s->w[i / 64] >> (i % 64) & 1) != 0;
}

/* Whether any of the N (a power of two) from LO (a multiple of N) is in S. */
static bool
slots_any(const struct slots *s, unsigned lo, unsigned n)
{
	if (n > 64) return (s->w[0] | s->w[1]) != 0;
	if (n == 64) return s->w[lo / 64] != 0;
	return (s->w[lo / 64] >> (lo % 64) & (((uint64_t)1 << n) - 1)) != 0;
}

/* What stands under one subtree: the fields of a message, or the messages that one of its
 * fields repeats. */
struct row {
	const ProtobufCMessage         *in;
	const ProtobufCFieldDescriptor *repeated; /* NULL: a row of fields */
	unsigned                        n;        /* slots */
	struct slots                    declared; /* that anything can stand in */
	struct slots                    any, stated;
	uint8_t element[DISCLOSURE_ELEMENTS]; /* of a row of messages: which is where */
};

static ProtobufCMessage *
message_at(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t i)
{
	return *(ProtobufCMessage **)field_value(m, f, i);
}

static bool is_stated(const struct pass *p, const ProtobufCMessage *m);

/* Whether anything stands in M or below it. */
static bool
stands(const struct pass *p, const ProtobufCMessage *m)
{
	if (is_stated(p, m)) return true;
	for (unsigned i = 0; i < m->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &m->descriptor->fields[i];
		size_t                          n = field_count(m, f);
		if (n != 0 && f->type != PROTOBUF_C_TYPE_MESSAGE) return true;
		for (size_t k = 0; k < n; k++)
			if (stands(p, message_at(m, f, k))) return true;
	}
	return false;
}

static bool
is_stated(const struct pass *p, const ProtobufCMessage *m)
{
	for (size_t i = 0; i < p->n_stated; i++)
		if (p->stated[i].message == m) return true;
	return false;
}

static rc
mark_stated(struct pass *p, const struct stated *s, struct row *row)
{
	if (s->field->type == PROTOBUF_C_TYPE_MESSAGE || s->field->id >= row->n ||
	    slots_has(&row->any, s->field->id))
		return RC_NOT_SIGNED;
	slots_add(&row->stated, s->field->id);
	p->n_met++;
	return RC_OK;
}

static rc
mark_messages(const struct pass *p, const ProtobufCFieldDescriptor *f, struct row *row)
{
	size_t n = field_count(row->in, f);

	if (n > DISCLOSURE_ELEMENTS) return RC_NOT_SIGNED;
	for (size_t i = 0; i < n; i++) {
		if (!stands(p, message_at(row->in, f, i))) return RC_NOT_SIGNED;
		slots_add(&row->any, f->id);
	}
	return RC_OK;
}

/* The fields of M, each in the slot of its number. */
static rc
row_of_fields(struct pass *p, const ProtobufCMessage *m, struct row *row)
{
	const ProtobufCMessageDescriptor *d = m->descriptor;

	*row = (struct row){.in = m, .n = 2};
	while (row->n <= d->fields[d->n_fields - 1].id) row->n *= 2;
	if (m->n_unknown_fields != 0) return RC_NOT_SIGNED;
	for (unsigned i = 0; i < d->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &d->fields[i];
		slots_add(&row->declared, f->id);
		if (f->type == PROTOBUF_C_TYPE_MESSAGE)
			TRY(mark_messages(p, f, row));
		else if (field_count(m, f) != 0)
			slots_add(&row->any, f->id);
	}
	for (size_t i = 0; i < p->n_stated; i++)
		if (p->stated[i].message == m) TRY(mark_stated(p, &p->stated[i], row));
	for (size_t i = 0; i < SLOTS_MAX / 64; i++) row->any.w[i] |= row->stated.w[i];
	return RC_OK;
}

/* The messages that F of M repeats, each in a slot of its own. */
static rc
row_of_messages(const struct pass *p, const ProtobufCMessage *m,
    const ProtobufCFieldDescriptor *f, struct row *row)
{
	uint8_t seats[DISCLOSURE_ELEMENTS];
	size_t  n = field_count(m, f);

	*row = (struct row){.in = m, .repeated = f, .n = DISCLOSURE_ELEMENTS};
	row->declared.w[0] = ~(uint64_t)0;
	TRY(p->seats(p->self, n, seats));
	for (size_t i = 0; i < n; i++) {
		if (!stands(p, message_at(m, f, i))) continue;
		slots_add(&row->any, seats[i]);
		row->element[seats[i]] = (uint8_t)i;
	}
	return RC_OK;
}

/* --- the walk -------------------------------------------------------------------- */

static rc walk_row(struct pass *p, const struct row *row, unsigned lo, unsigned n,
    struct short_hash *ret);

static rc
walk_message(struct pass *p, const ProtobufCMessage *m, struct short_hash *ret)
{
	struct row row;

	TRY(row_of_fields(p, m, &row));
	return walk_row(p, &row, 0, row.n, ret);
}

static rc
walk_field(struct pass *p, const struct row *row, unsigned slot, struct short_hash *ret)
{
	const ProtobufCFieldDescriptor *f =
	    protobuf_c_message_descriptor_get_field(row->in->descriptor, slot);
	struct short_hash veiled;
	struct row        below;

	if (f->type != PROTOBUF_C_TYPE_MESSAGE) {
		TRY(slots_has(&row->stated, slot)
		        ? p->stated_as(p->self, &veiled)
		        : p->given(p->self, row->in, f, &veiled));
		hash_leaf(&veiled, ret);
		return RC_OK;
	}
	if (f->label != PROTOBUF_C_LABEL_REPEATED)
		return walk_message(p, message_at(row->in, f, 0), ret);
	TRY(row_of_messages(p, row->in, f, &below));
	return walk_row(p, &below, 0, below.n, ret);
}

static rc
walk_slot(struct pass *p, const struct row *row, unsigned slot, struct short_hash *ret)
{
	if (row->repeated == NULL) return walk_field(p, row, slot, ret);
	return walk_message(
	    p, message_at(row->in, row->repeated, row->element[slot]), ret);
}

/* The subtree over the N slots of ROW from LO on, in which something can stand.  A half
 * in which nothing ever can is no part of the tree: the other one is all of it. */
static rc
walk_row(struct pass *p, const struct row *row, unsigned lo, unsigned n,
    struct short_hash *ret)
{
	struct short_hash left = {{0}}, right = {{0}};

	if (n > 1 && !slots_any(&row->declared, lo, n / 2))
		return walk_row(p, row, lo + n / 2, n / 2, ret);
	if (n > 1 && !slots_any(&row->declared, lo + n / 2, n / 2))
		return walk_row(p, row, lo, n / 2, ret);
	if (!slots_any(&row->any, lo, n)) return p->bare(p->self, ret);
	if (n == 1) return walk_slot(p, row, lo, ret);
	TRY(walk_row(p, row, lo, n / 2, &left));
	TRY(walk_row(p, row, lo + n / 2, n / 2, &right));
	hash_node(&left, &right, ret);
	return RC_OK;
}

rc
disclosure_walk(struct pass *p, const ProtobufCMessage *signal, struct short_hash *ret)
{
	p->n_met = 0;
	TRY(walk_message(p, signal, ret));
	/* else one is a field of a message that is not in this signal */
	return p->n_met == p->n_stated ? RC_OK : RC_NOT_SIGNED;
}

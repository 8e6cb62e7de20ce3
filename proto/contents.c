/* SPDX-License-Identifier: EUPL-1.2 */
/* contents.c - one walk over a signal, and the two forms of every value in it. */
#include "proto/contents.h"

#include <string.h>

#include "proto/disclosure.h"

enum { TAG_VEILED = 1, VEILED_HEAD = 1 + DISCLOSURE_SALT_BYTES, VARINT_MAX = 10 };

/* --- one value ------------------------------------------------------------------- */

struct value {
	bool         text; /* or bytes: else a number */
	struct slice bytes;
	uint64_t     number; /* two's complement */
};

static rc
value_of(const ProtobufCFieldDescriptor *f, const void *at, struct value *ret)
{
	const ProtobufCBinaryData *bytes = at;

	*ret = (struct value){0};
	switch (f->type) {
	case PROTOBUF_C_TYPE_STRING:
		ret->text  = true;
		ret->bytes = slice_str(*(char *const *)at);
		return RC_OK;
	case PROTOBUF_C_TYPE_BYTES:
		ret->text  = true;
		ret->bytes = slice_of(bytes->data, bytes->len);
		return RC_OK;
	case PROTOBUF_C_TYPE_BOOL:
		ret->number = *(const protobuf_c_boolean *)at != 0;
		return RC_OK;
	case PROTOBUF_C_TYPE_UINT32:
		ret->number = *(const uint32_t *)at;
		return RC_OK;
	case PROTOBUF_C_TYPE_UINT64:
		ret->number = *(const uint64_t *)at;
		return RC_OK;
	case PROTOBUF_C_TYPE_ENUM:
	case PROTOBUF_C_TYPE_INT32:
		ret->number = (uint64_t)(int64_t) * (const int32_t *)at;
		return RC_OK;
	case PROTOBUF_C_TYPE_INT64:
		ret->number = (uint64_t) * (const int64_t *)at;
		return RC_OK;
	default:
		return RC_INTERNAL;
	}
}

static uint8_t *
put_bytes(uint8_t *p, struct slice s)
{
	if (s.n != 0) memcpy(p, s.p, s.n);
	return p + s.n;
}

static uint8_t *
put_varint(uint8_t *p, uint64_t v)
{
	for (; v > 0x7f; v >>= 7) *p++ = (uint8_t)(v | 0x80);
	*p++ = (uint8_t)v;
	return p;
}

/* V of field number ID, as it stands in a message. */
static uint8_t *
put_wire(uint8_t *p, uint32_t id, const struct value *v)
{
	p = put_varint(p, (uint64_t)id << 3 | (v->text ? 2 : 0));
	p = put_varint(p, v->text ? v->bytes.n : v->number);
	return put_bytes(p, v->bytes);
}

/* V as it is hashed. */
static uint8_t *
put_image(uint8_t *p, const struct value *v)
{
	uint8_t number[8];

	put_u64_be(number, v->text ? v->bytes.n : sizeof number);
	p = put_bytes(p, slice_of(number + 4, 4));
	if (v->text) return put_bytes(p, v->bytes);
	put_u64_be(number, v->number);
	p = put_bytes(p, slice_of(number, sizeof number));
	explicit_bzero(number, sizeof number);
	return p;
}

/* --- one field ------------------------------------------------------------------- */

/* Bytes that the N values of F in M take: hashed, and at most on the wire. */
static rc
measure(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t n,
    size_t *ret_image, size_t *ret_wire)
{
	struct value v;

	*ret_image = VEILED_HEAD;
	*ret_wire  = 0;
	for (size_t i = 0; i < n; i++) {
		TRY(value_of(f, field_value(m, f, i), &v));
		*ret_image += 4 + (v.text ? v.bytes.n : 8);
		*ret_wire += (size_t)2 * VARINT_MAX + v.bytes.n;
	}
	return RC_OK;
}

static rc
describe(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f,
    struct scratch *mem, struct filled *ret)
{
	size_t n = field_count(m, f), n_image, n_wire;

	TRY(measure(m, f, n, &n_image, &n_wire));
	ret->n_blocks  = sha256_blocks(n_image);
	uint8_t *image = scratch_alloc(mem, ret->n_blocks, HASH_BLOCK);
	uint8_t *wire  = scratch_alloc(mem, n_wire, 1);
	if (image == NULL || wire == NULL) return RC_NOMEM;
	uint8_t *to = image + VEILED_HEAD, *end = wire;
	for (size_t i = 0; i < n; i++) {
		struct value v;
		TRY(value_of(f, field_value(m, f, i), &v));
		to  = put_image(to, &v);
		end = put_wire(end, f->id, &v);
	}
	image[0] = TAG_VEILED;
	sha256_pad(image, n_image);
	ret->image = image;
	ret->wire  = slice_of(wire, (size_t)(end - wire));
	return RC_OK;
}

/* --- the walk -------------------------------------------------------------------- */

struct lister {
	struct contents *c;
	struct scratch  *mem;
	size_t           cap_messages, cap_fields;
};

/* Room for one more of N elements of SIZE in *ARRAY, which is in MEM. */
static rc
grow(struct scratch *mem, void *array, size_t size, size_t n, size_t *cap)
{
	void **list = array;

	if (n < *cap) return RC_OK;
	size_t more = *cap == 0 ? 32 : *cap * 2;
	void  *p    = scratch_alloc(mem, more, size);
	if (p == NULL) return RC_NOMEM;
	if (n != 0) memcpy(p, *list, n * size);
	*list = p;
	*cap  = more;
	return RC_OK;
}

static rc list_message(struct lister *l, const struct held *as, uint32_t *ret);

static rc
list_leaf(struct lister *l, uint32_t in, unsigned slot)
{
	struct contents   *c = l->c;
	const struct held *h = &c->messages[in];

	TRY(grow(l->mem, &c->fields, sizeof *c->fields, c->n_fields, &l->cap_fields));
	struct filled *f = &c->fields[c->n_fields++];
	*f               = (struct filled){.leaf = h->node->leaf[slot], .in = in};
	return describe(h->m, f->leaf->desc, l->mem, f);
}

/* The N messages in field SLOT of message IN. */
static rc
list_messages(struct lister *l, uint32_t in, unsigned slot, size_t n)
{
	const struct held               above = l->c->messages[in];
	const ProtobufCFieldDescriptor *f     = &above.node->desc->fields[slot];
	uint32_t                        last  = 0;

	if (n > CONTENTS_ELEMENTS) return RC_INVALID_SIGNAL;
	/* each of a row is at the end of six nodes, with one beside each */
	if (f->label == PROTOBUF_C_LABEL_REPEATED) l->c->n_nodes += 12 * n;
	for (size_t i = 0; i < n; i++) {
		struct held as = {.m = *(ProtobufCMessage **)field_value(above.m, f, i),
		    .node            = above.node->child[slot],
		    .up              = in,
		    .older           = last,
		    .slot            = (uint8_t)slot};
		TRY(list_message(l, &as, &last));
	}
	return RC_OK;
}

/* How many nodes branch K of H takes: what is under a branch with nothing in it is no
 * part of a tree. */
static size_t
branches_in(const struct held *h, unsigned k)
{
	const struct schema_branch *b = &h->node->branches[k];

	if (b->right == 0 || !held_has(h, b)) return 1;
	return 1 + branches_in(h, k + 1) + branches_in(h, b->right);
}

static rc
list_fields(struct lister *l, uint32_t in)
{
	const struct held h = l->c->messages[in]; /* the list moves */

	for (unsigned i = 0; i < h.node->desc->n_fields; i++) {
		uint32_t before = (uint32_t)l->c->n_fields;
		size_t   n      = field_count(h.m, &h.node->desc->fields[i]);
		if (n == 0) continue;
		TRY(h.node->leaf[i] != NULL ? list_leaf(l, in, i)
		                            : list_messages(l, in, i, n));
		if (l->c->n_fields != before)
			l->c->messages[in].stands |= (uint64_t)1 << i;
	}
	l->c->n_nodes += branches_in(&l->c->messages[in], 0);
	return RC_OK;
}

/* The message AS with all that is in it; *RET is its place. */
static rc
list_message(struct lister *l, const struct held *as, uint32_t *ret)
{
	struct contents *c = l->c;

	TRY(grow(
	    l->mem, &c->messages, sizeof *c->messages, c->n_messages, &l->cap_messages));
	uint32_t at           = (uint32_t)c->n_messages++;
	c->messages[at]       = *as;
	c->messages[at].first = (uint32_t)c->n_fields;
	TRY(list_fields(l, at));
	c->messages[at].end   = (uint32_t)c->n_fields;
	c->messages[at].after = (uint32_t)c->n_messages;
	*ret                  = at;
	return RC_OK;
}

rc
contents_list(const ProtobufCMessage *signal, struct scratch *mem, struct contents **ret)
{
	const struct held whole = {.m = signal, .node = schema_signal()->root};
	struct lister     l     = {.mem = mem, .c = scratch_alloc(mem, 1, sizeof *l.c)};
	uint32_t          at;

	if (l.c == NULL) return RC_NOMEM;
	TRY(list_message(&l, &whole, &at));
	*ret = l.c;
	return RC_OK;
}

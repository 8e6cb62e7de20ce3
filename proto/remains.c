/* SPDX-License-Identifier: EUPL-1.2 */
/* remains.c - which messages stay, and the bytes of them. */
#include "proto/remains.h"

#include <string.h>

#include "proto/wire.h"

rc
remains_new(struct remains *ret, const struct contents *contents, struct scratch *mem)
{
	*ret = (struct remains){.contents = contents};

	ret->fates  = scratch_alloc(mem, contents->n_fields, sizeof *ret->fates);
	ret->stands = scratch_alloc(mem, contents->n_messages, sizeof *ret->stands);
	ret->place  = scratch_alloc(mem, contents->n_messages, sizeof *ret->place);
	return ret->fates == NULL || ret->stands == NULL || ret->place == NULL ? RC_NOMEM
	                                                                       : RC_OK;
}

/* Its own fields say it of the message that a field is in; those below are later in the
 * list, so that from the end on all are known. */
void
remains_settle(struct remains *r)
{
	const struct contents *c = r->contents;

	memset(r->stands, 0, c->n_messages * sizeof *r->stands);
	for (size_t i = 0; i < c->n_fields; i++)
		if (r->fates[i] != FATE_GONE) r->stands[c->fields[i].in] = true;
	for (size_t i = c->n_messages; i-- > 1;)
		if (r->stands[i]) r->stands[c->messages[i].up] = true;
	for (size_t i = 1; i < c->n_messages; i++) {
		uint32_t older = c->messages[i].older;
		r->place[i]    = older == 0 ? 0 : r->place[older] + r->stands[older];
	}
}

/* --- bytes ----------------------------------------------------------------------- */

static size_t
varint_size(size_t n)
{
	size_t size = 1;

	for (; n > 0x7f; n >>= 7) size++;
	return size;
}

static uint8_t *
put_varint(uint8_t *p, size_t n)
{
	for (; n > 0x7f; n >>= 7) *p++ = (uint8_t)(n | 0x80);
	*p++ = (uint8_t)n;
	return p;
}

static size_t
tag_of(const struct held *h)
{
	return (size_t)h->node->via->id << 3 | WIRE_BYTES;
}

/* The bytes in each message to LENGTHS; from the end on, those below are known. */
static void
measure(const struct remains *r, size_t *lengths)
{
	const struct contents *c = r->contents;

	for (size_t i = 0; i < c->n_fields; i++)
		if (r->fates[i] == FATE_GIVEN)
			lengths[c->fields[i].in] += c->fields[i].wire.n;
	for (size_t i = c->n_messages; i-- > 1;)
		if (r->stands[i])
			lengths[c->messages[i].up] +=
			    varint_size(tag_of(&c->messages[i])) +
			    varint_size(lengths[i]) + lengths[i];
}

/* Fields in their order, the head of each message before the first field in it. */
static uint8_t *
write(const struct remains *r, const size_t *lengths, uint8_t *p)
{
	const struct contents *c = r->contents;
	size_t                 m = 1;

	for (size_t i = 0; i < c->n_fields; i++) {
		const struct filled *f = &c->fields[i];
		for (; m < c->n_messages && c->messages[m].first <= i; m++) {
			if (!r->stands[m]) continue;
			p = put_varint(p, tag_of(&c->messages[m]));
			p = put_varint(p, lengths[m]);
		}
		if (r->fates[i] != FATE_GIVEN) continue;
		memcpy(p, f->wire.p, f->wire.n);
		p += f->wire.n;
	}
	return p;
}

rc
remains_pack(const struct remains *r, struct scratch *mem, size_t max, struct slice *ret)
{
	size_t *lengths = scratch_alloc(mem, r->contents->n_messages, sizeof *lengths);

	if (lengths == NULL) return RC_NOMEM;
	measure(r, lengths);
	if (lengths[0] > max) return RC_TOO_LARGE;
	uint8_t *p = scratch_alloc(mem, lengths[0], 1);
	if (p == NULL) return RC_NOMEM;
	uint8_t *end = write(r, lengths, p);
	if (end != p + lengths[0]) return RC_INTERNAL;
	*ret = slice_of(p, lengths[0]);
	return RC_OK;
}

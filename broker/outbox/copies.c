/* SPDX-License-Identifier: EUPL-1.2 */
/* copies.c - fresh copies as they are, the others by their keys, all at once. */
#include "broker/outbox/copies.h"

#include <sodium.h>
#include <stdlib.h>

#include "broker/outbox/numbered.h"
#include "broker/seal.h"
#include "proto/auto.h"
#include "proto/room.h"

_Static_assert(offsetof(struct fresh_copy, seq) == 0, "found by its number");

/* --- fresh ones ------------------------------------------------------------------- */

static void
let_go(struct copies *c, struct fresh_copy *f)
{
	c->bytes -= f->plain.n;
	buf_wipe(&f->plain);
}

void
copies_keep(struct copies *c, uint64_t seq, struct buf *plain)
{
	if (plain->n > FRESH_BYTES - c->bytes) return;
	if (c->n != 0 && c->fresh[c->n - 1].seq >= seq) return; /* found by its order */
	if (room_for_one(&c->fresh, c->n, &c->cap, sizeof *c->fresh) != RC_OK)
		return; /* it stands in the store */
	c->fresh[c->n++] = (struct fresh_copy){.seq = seq, .plain = *plain};
	c->bytes += plain->n;
	*plain = buf_init(0);
}

static struct fresh_copy *
find(const struct copies *c, uint64_t seq)
{
	size_t at = numbered_from(c->fresh, c->n, sizeof *c->fresh, seq);

	return at < c->n && c->fresh[at].seq == seq ? &c->fresh[at] : NULL;
}

void
copies_drop(struct copies *c, uint64_t seq)
{
	struct fresh_copy *f = find(c, seq);

	if (f != NULL) let_go(c, f);
}

void
copies_forget(struct copies *c)
{
	for (size_t i = 0; i < c->n; i++) let_go(c, &c->fresh[i]);
	c->n = 0;
}

void
copies_wipe(struct copies *c)
{
	copies_forget(c);
	free(c->fresh);
	*c = (struct copies){0};
}

/* --- sealed ones ------------------------------------------------------------------ */

struct sealed { /* on its way to be opened */
	const struct delivery *row;
	struct opened         *to;
	struct buf             bytes, wrapped;
};

struct opening {
	size_t            n;
	struct sealed     at[OPENED_MAX];
	struct unwrapping keys[OPENED_MAX];
};

static void
opening_wipe(struct opening *o)
{
	for (size_t i = 0; i < o->n; i++) buf_wipe(&o->at[i].bytes);
	for (size_t i = 0; i < o->n; i++) buf_wipe(&o->at[i].wrapped);
	sodium_memzero(o->keys, o->n * sizeof o->keys[0]);
}

/* Read the copy of ROW, for TO.  A key that is longer than one is none of ours. */
static rc
read_sealed(struct copies *c, struct opening *o, const struct delivery *row,
    struct opened *to, size_t *bytes)
{
	struct sealed *s = &o->at[o->n];

	*s       = (struct sealed){.row = row,
	          .to                   = to,
	          .bytes                = buf_init(SEALED_COPY_MAX),
	          .wrapped              = buf_init(WRAPPED_BYTES)};
	to->code = store_get_copy(c->store, row->seq, &s->bytes, &s->wrapped);
	if (to->code == RC_TOO_LARGE) to->code = RC_CRYPTO;
	o->keys[o->n] = (struct unwrapping){
	    .key_id = row->seq, .wrapped = buf_slice(&s->wrapped), .code = RC_CRYPTO};
	if (to->code == RC_OK) {
		*bytes += s->bytes.n;
		o->n++;
		return RC_OK;
	}
	buf_wipe(&s->bytes);
	buf_wipe(&s->wrapped);
	return to->code == RC_NOT_FOUND || to->code == RC_CRYPTO ? RC_OK : to->code;
}

/* With its key, if that is one. */
static rc
open_one(const struct sealed *s, const struct unwrapping *u)
{
	uint8_t address[ID_BYTES];

	TRY(u->code);
	seal_address(s->row->id, s->row->oin, s->row->desk, address);
	TRY(seal_open(u->key, address, s->row->seq, buf_slice(&s->bytes), &s->to->plain));
	return s->to->plain.n < NONCE_BYTES ? RC_CRYPTO : RC_OK;
}

static rc
open_sealed(struct copies *c, struct opening *o)
{
	if (o->n == 0) return RC_OK;
	TRY(keeper_unwrap(c->line, o->keys, o->n));
	for (size_t i = 0; i < o->n; i++) {
		rc code = open_one(&o->at[i], &o->keys[i]);
		if (code != RC_OK && code != RC_CRYPTO) return code;
		o->at[i].to->code = code;
	}
	return RC_OK;
}

/* ROW as it was a moment ago, else as it stands in the store. */
static rc
find_copy(struct copies *c, struct opening *o, const struct delivery *row,
    struct opened *to, size_t *bytes)
{
	const struct fresh_copy *f = find(c, row->seq);

	if (f == NULL || f->plain.n == 0) return read_sealed(c, o, row, to, bytes);
	*bytes += f->plain.n;
	return buf_append(&to->plain, buf_slice(&f->plain));
}

rc
copies_open(struct copies *c, const struct delivery *const *rows, size_t n, size_t bytes,
    struct opened *ret, size_t *ret_n)
{
	AUTO(opening_wipe) struct opening o;
	size_t                            sum = 0;

	o.n    = 0;
	*ret_n = 0;
	for (size_t i = 0; i < n; i++)
		ret[i] = (struct opened){.plain = buf_init(NONCE_BYTES + COPY_MAX)};
	for (; *ret_n < n && sum < bytes; ++*ret_n)
		TRY(find_copy(c, &o, rows[*ret_n], &ret[*ret_n], &sum));
	return open_sealed(c, &o);
}

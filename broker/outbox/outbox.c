/* SPDX-License-Identifier: EUPL-1.2 */
/* outbox.c - sealing a copy and storing it. */
#include "broker/outbox/outbox.h"

#include <sodium.h>
#include <string.h>

#include "broker/seal.h"
#include "proto/auto.h"

static rc
make_row(const struct parcel *p, struct delivery *row)
{
	*row = (struct delivery){.leaf = p->leaf,
	    .expires_ms                = p->expires_ms,
	    .layer                     = p->layer,
	    .notice                    = p->notice};
	if (strlen(p->oin) >= sizeof row->oin || strlen(p->desk) >= sizeof row->desk)
		return RC_INTERNAL; /* the policy knows both */
	memcpy(row->oin, p->oin, strlen(p->oin) + 1);
	memcpy(row->desk, p->desk, strlen(p->desk) + 1);
	return RC_OK;
}

/* What lies in the outbox: salt and copy (PLAIN) under a new key, which is wrapped. */
static rc
seal(const struct broker *b, struct slice plain, const struct delivery *row,
    struct buf *sealed, uint8_t wrapped[WRAPPED_BYTES])
{
	uint8_t key[KEY_BYTES], address[ID_BYTES];

	TRY(keeper_fresh_key(b->line, key, wrapped));
	seal_address(row->id, row->oin, row->desk, address);
	rc code = seal_copy(key, address, row->seq, plain, sealed);
	sodium_memzero(key, sizeof key);
	return code;
}

rc
outbox_put(struct broker *b, const struct parcel *p)
{
	AUTO(buf_wipe) struct buf plain  = buf_init(p->salt.n + p->copy.n);
	AUTO(buf_wipe) struct buf sealed = buf_init(plain.max + SEAL_OVERHEAD);
	uint8_t                   wrapped[WRAPPED_BYTES];
	struct delivery           row;

	TRY(make_row(p, &row));
	TRY(buf_append(&plain, p->salt));
	TRY(buf_append(&plain, p->copy));
	TRY(store_next_seq(b->store, &row.seq));
	store_new_id(b->store, row.seq, row.id);
	if (p->id != NULL) memcpy(p->id, row.id, sizeof row.id);
	TRY(seal(b, buf_slice(&plain), &row, &sealed, wrapped));
	TRY(store_put_delivery(
	    b->store, &row, &sealed, slice_of(wrapped, sizeof wrapped)));
	TRY(dispatch_added(b->dispatch, &row));
	dispatch_keep(b->dispatch, row.seq, &plain);
	return RC_OK;
}

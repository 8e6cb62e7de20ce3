/* SPDX-License-Identifier: EUPL-1.2 */
/* overdue.c - ending copies. */
#include "broker/overdue.h"

enum { PAGE = 64 };

rc
finish_delivery(struct broker *b, struct delivery *row, Sluis__EventKind kind,
    const struct hash *binding)
{
	Sluis__Leaf leaf  = SLUIS__LEAF__INIT;
	uint64_t    index = 0;

	leaf.has_kind       = 1;
	leaf.kind           = kind;
	leaf.recipient_oin  = row->oin;
	leaf.recipient_desk = row->desk;
	leaf.has_refers_to  = 1;
	leaf.refers_to      = row->leaf;
	leaf.has_binding_id = binding != NULL;
	if (binding != NULL)
		leaf.binding_id =
		    (ProtobufCBinaryData){HASH_BYTES, (uint8_t *)(uintptr_t)binding->b};
	TRY(journal_append(
	    b->journal, &leaf, slice_of(NULL, 0), b->now_ms, &index, NULL));
	TRY(store_finish_delivery(b->store, row->seq, index));
	row->acked    = true;
	row->ack_leaf = index;
	dispatch_finished(b->dispatch, row);
	return RC_OK;
}

rc
overdue_end(struct broker *b, size_t *ret_n)
{
	struct delivery rows[PAGE];
	size_t          n = 0;

	TRY(store_overdue(b->store, b->now_ms, PAGE, rows, &n));
	for (size_t i = 0; i < n; i++)
		TRY(finish_delivery(
		    b, &rows[i], SLUIS__EVENT_KIND__EVENT_UNDELIVERED, NULL));
	*ret_n = n;
	return RC_OK;
}

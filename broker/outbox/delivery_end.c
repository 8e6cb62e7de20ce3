/* SPDX-License-Identifier: EUPL-1.2 */
/* delivery_end.c - ending copies. */
#include "broker/outbox/delivery_end.h"

#include "broker/journal/event.h"

enum { PAGE = 64 };

rc
delivery_end(struct broker *b, struct delivery *row, Sluis__EventKind kind,
    const struct hash *binding)
{
	struct event e     = {.kind = kind,
	        .recipient_oin      = row->oin,
	        .recipient_desk     = row->desk,
	        .binding            = binding,
	        .has_refers_to      = true,
	        .refers_to          = row->leaf};
	uint64_t     index = 0;

	TRY(event_append(b, &e, &index));
	TRY(store_finish_delivery(b->store, row->seq, index));
	row->acked    = true;
	row->ack_leaf = index;
	dispatch_finished(b->dispatch, row);
	return RC_OK;
}

rc
delivery_end_overdue(struct broker *b, size_t *ret_n, bool *ret_more)
{
	struct delivery rows[PAGE];
	size_t          n = 0;

	TRY(store_overdue(
	    b->store, veil_is_there(b->veil) ? 1 : 0, b->now_ms, PAGE, rows, &n));
	for (size_t i = 0; i < n; i++)
		TRY(delivery_end(
		    b, &rows[i], SLUIS__EVENT_KIND__EVENT_UNDELIVERED, NULL));
	*ret_n    = n;
	*ret_more = n == PAGE;
	return RC_OK;
}

rc
delivery_end_overdue_veiled(struct broker *b, bool *ret_did)
{
	struct delivery row;
	size_t          n = 0;

	TRY(store_overdue(b->store, 2, b->now_ms, 1, &row, &n));
	*ret_did = n != 0;
	if (n == 0) return RC_OK;
	return delivery_end(b, &row, SLUIS__EVENT_KIND__EVENT_UNDELIVERED, NULL);
}

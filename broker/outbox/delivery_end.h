/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * delivery_end.h - the end of a copy: acknowledged, or past its term unread.
 *
 * Either way a leaf says so, the copy leaves the store, and its key is erased.
 */
#ifndef SLUIS_BROKER_OUTBOX_DELIVERY_END_H
#define SLUIS_BROKER_OUTBOX_DELIVERY_END_H

#include "broker/broker.h"

/*
 * Journal KIND (EVENT_ACKNOWLEDGED or EVENT_UNDELIVERED) for ROW and drop its copy; sets
 * ROW->acked and ROW->ack_leaf.  BINDING is who said so, NULL for the broker itself.
 * Inside the open transaction.
 */
MUST rc delivery_end(struct broker *b, struct delivery *row, Sluis__EventKind kind,
    const struct hash *binding);

/* End copies whose term is over, a page of them at most; *RET_MORE says that there may be
 * more.  Inside the open transaction.  Those of layer 2 wait for a cover turn, if there
 * are any. */
MUST rc delivery_end_overdue(struct broker *b, size_t *ret_n, bool *ret_more);

/* One copy of layer 2, in a cover turn (cover.h). */
MUST rc delivery_end_overdue_veiled(struct broker *b, bool *ret_did);

#endif

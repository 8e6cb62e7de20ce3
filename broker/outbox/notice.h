/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * notice.h - the broker brings a desk word of something.
 *
 * A notice waits in the outbox like a signal: sealed, padded to a size class, behind a
 * leaf (EVENT_NOTICE, which refers to the leaf of what it tells), until its desk
 * acknowledges it.  So whoever was offline hears of it later, and the journal proves that
 * it heard.
 */
#ifndef SLUIS_BROKER_OUTBOX_NOTICE_H
#define SLUIS_BROKER_OUTBOX_NOTICE_H

#include "broker/broker.h"
#include "broker/store/case.h"

/* Put NOTICE for TO in the outbox, inside the open transaction; fills its time.  ABOUT is
 * the leaf of the act that caused it, LAYER that of what it tells.  *RET_LEAF may be
 * NULL.  RC_OK also when TO has no such desk in the policy any more,
 * or does not fetch what waits for it (notices_desk_max): it is logged.
 * One of layer 2 waits for the next cover turn, and *RET_LEAF is untouched: an act of
 * layer 1 leaves the same entries whoever sits at layer 2.  In a cover turn it is sent
 * when there is room, in that turn or a later one, so that an act fits however many sit
 * there; but at once for who needs its leaf. */
MUST rc notice_send(struct broker *b, const struct seat_id *to, Sluis__Notice *notice,
    unsigned layer, uint64_t about, uint64_t *ret_leaf);

/* In a cover turn: send one that waits; *RET_DID whether there was any (cover.h).  One
 * that was damaged is told of in the log, ends, and keeps no other waiting. */
MUST rc notice_send_veiled(struct broker *b, bool *ret_did);

#endif

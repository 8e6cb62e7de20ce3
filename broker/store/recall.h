/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * recall.h - table recall: releases that their source wants destroyed.
 *
 * One row for each delivery that was recalled.  It is `done` when its recipient said that
 * it destroyed the copy, or at once when the copy never left the outbox.  No case stands
 * here: a recall outlives the case that it was made in.
 */
#ifndef SLUIS_BROKER_STORE_RECALL_H
#define SLUIS_BROKER_STORE_RECALL_H

#include "broker/store/case.h"

struct recall_row {
	uint64_t            seq;             /* of the delivery */
	bool                ordered;         /* there is no leaf yet */
	uint64_t            leaf;            /* that recalled it */
	struct seat_id      source;          /* who hears that it was destroyed */
	uint8_t             trace[ID_BYTES]; /* of the source */
	Sluis__RecallGround ground;
	struct seat_id      by; /* oin "": time did it */
	unsigned            layer;
	bool                done; /* then `done_leaf` counts */
	uint64_t            done_leaf;
};

/* Add it, or put it in the place of the one that was ordered. */
MUST rc store_put_recall(struct store *s, const struct recall_row *r);
MUST rc store_get_recall(struct store *s, uint64_t seq, struct recall_row *ret);
/* Leaf DONE_LEAF says that it is destroyed. */
MUST rc store_finish_recall(struct store *s, uint64_t seq, uint64_t done_leaf);

/* Recalls that are only ordered, oldest first, at most MAX. */
MUST rc store_ordered_recalls(
    struct store *s, size_t max, struct recall_row *ret, size_t *ret_n);

/* The outbox row SEQ; RC_NOT_FOUND. */
MUST rc store_delivery_at(struct store *s, uint64_t seq, struct delivery *ret);

#endif

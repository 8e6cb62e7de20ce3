/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * outbox.h - put a copy in a desk's outbox: sealed, behind its leaf.
 *
 * A copy is a serialised Copy, padded to its size class (decision.h), with a salt of its
 * own; its leaf commits to both.  It is sealed with a key of its own (seal.h) and waits
 * until its desk acknowledges it or its term ends (delivery_end.h).
 *
 * Threads: the broker loop only, inside the open transaction.
 */
#ifndef SLUIS_BROKER_OUTBOX_OUTBOX_H
#define SLUIS_BROKER_OUTBOX_OUTBOX_H

#include "broker/broker.h"

struct parcel { /* borrowed during the call */
	const char  *oin, *desk;
	struct slice salt; /* NONCE_BYTES */
	struct slice copy;
	uint64_t     leaf; /* that commits to it */
	uint64_t     expires_ms;
	unsigned     layer;  /* of what it tells */
	bool         notice; /* of the broker: counted apart from signals */
	uint8_t     *id; /* ID_BYTES: where that of the delivery goes; NULL: nowhere */
};

/* Whoever may be refused asked dispatch_room() before.  RC_INTERNAL for a name that is
 * longer than the policy can have. */
MUST rc outbox_put(struct broker *b, const struct parcel *p);

#endif

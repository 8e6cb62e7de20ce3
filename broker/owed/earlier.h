/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * earlier.h - what was released earlier, found again by journal and outbox.
 *
 * A release is one copy for one recipient: its ruling leaf with its detail, and the row
 * that stays in the outbox when the copy is gone.  Nothing else remembers it.  Where the
 * detail opens no more, or is gone and no entry says so, or the leaf itself was changed,
 * the log names it, and row and submission still say enough to take the copy back.
 */
#ifndef SLUIS_BROKER_OWED_EARLIER_H
#define SLUIS_BROKER_OWED_EARLIER_H

#include "broker/broker.h"
#include "broker/store/recall.h"

struct earlier {
	struct delivery delivery; /* whose it is, its leaf, whether it was taken */
	struct seat_id  source;
	uint8_t         trace[ID_BYTES]; /* of the source's submission */
	unsigned        layer;
	bool            in_case;
	bool    blind; /* its detail or leaf is lost; its case, if known, by the source */
	uint8_t case_id[ID_BYTES];
};

/* The release that leaf INDEX ruled, of submission TRACE of SOURCE; RC_NOT_FOUND if it is
 * no ruling or served nobody, or if what the broker knew of it was erased and it was not
 * recalled. */
MUST rc earlier_of_leaf(struct broker *b, uint64_t index, const struct seat_id *source,
    const uint8_t trace[ID_BYTES], struct earlier *ret);

/* Delivery ID of desk WHO; RC_MALFORMED, and RC_NOT_FOUND for what is unknown, somebody
 * else's, or no signal but a notice; RC_ERASED for what was erased and not recalled. */
MUST rc earlier_of_delivery(struct broker *b, const struct seat_id *who,
    const ProtobufCBinaryData *id, struct earlier *ret);

/* Call EACH for every release of submission TRACE of SOURCE; stops at its first error.
 * RC_NOT_FOUND if SOURCE never submitted it, or it was denied as a whole. */
MUST rc earlier_each(struct broker *b, const struct seat_id *source,
    const uint8_t trace[ID_BYTES], rc (*each)(void *arg, const struct earlier *one),
    void         *arg);

#endif

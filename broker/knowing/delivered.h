/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * delivered.h - an earlier release, seen by the desk that got it: its delivery, the
 * ruling behind it, and whose submission it was.
 */
#ifndef SLUIS_BROKER_KNOWING_DELIVERED_H
#define SLUIS_BROKER_KNOWING_DELIVERED_H

#include "broker/route/act.h"

struct delivered {
	struct delivery row;
	Sluis__Leaf    *leaf;   /* EVENT_RULING; owned */
	Sluis__Detail  *detail; /* with the trace of its sender; owned */
	struct seat_id  source; /* its sender */
	uint8_t         trace[ID_BYTES];
	unsigned        layer;
};

void delivered_wipe(struct delivered *d);

/* The signal with delivery ID that went to A's own desk; A's case and layer are those of
 * it.  RC_MALFORMED, RC_NOT_FOUND: no such delivery, somebody else's, or no signal. */
MUST rc delivered_find(
    struct act *a, const ProtobufCBinaryData *id, struct delivered *ret);

/* For struct handler.layer: that of the delivery ID, 1 unless it is the asker's own. */
unsigned delivered_layer(
    struct broker *b, const struct request *q, const ProtobufCBinaryData *id);

#endif

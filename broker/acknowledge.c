/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * acknowledge.c - a desk has its copies on its own disk; the broker erases its own.
 *
 * One leaf per copy (EVENT_ACKNOWLEDGED), the same receipt when asked again.  All ids of
 * a request are looked up before anything is written: one that is unknown refuses
 * the request as a whole.
 *
 * Copies of layer 2 end in cover turns (cover.h), those of layer 1 among them at once: a
 * desk that has both must look to others as if it only had the latter.
 */
#include <string.h>

#include "broker/handler.h"
#include "broker/outbox/delivery_end.h"

enum { ACKNOWLEDGE_MAX = 1024 };

/* The copy with this id, if it is this desk's own. */
static rc
find_own(struct broker *b, const struct request *q, const ProtobufCBinaryData *id,
    struct delivery *ret)
{
	if (id->len != ID_BYTES) return RC_MALFORMED;
	TRY(store_get_delivery(b->store, id->data, ret));
	if (strcmp(ret->oin, q->member->binding.oin) != 0 ||
	    strcmp(ret->desk, q->member->binding.desk) != 0)
		return RC_NOT_FOUND; /* somebody else's: not even that it exists */
	return RC_OK;
}

static rc
find_all(struct broker *b, const struct request *q)
{
	const Sluis__Acknowledge *m = (const Sluis__Acknowledge *)q->message;
	struct delivery           row;

	if (m->n_delivery_ids == 0) return RC_MALFORMED;
	if (m->n_delivery_ids > ACKNOWLEDGE_MAX) return RC_TOO_MANY;
	for (size_t i = 0; i < m->n_delivery_ids; i++)
		TRY(find_own(b, q, &m->delivery_ids[i], &row));
	return RC_OK;
}

/* Whether the end of ROW has to wait for a cover turn. */
static bool
is_veiled(const struct broker *b, const struct delivery *row)
{
	return !row->acked && row->layer > 1 && veil_is_there(b->veil);
}

static unsigned
layer_of(struct broker *b, const struct request *q)
{
	const Sluis__Acknowledge *m = (const Sluis__Acknowledge *)q->message;
	struct delivery           row;

	for (size_t i = 0; i < m->n_delivery_ids && i < ACKNOWLEDGE_MAX; i++)
		if (find_own(b, q, &m->delivery_ids[i], &row) == RC_OK &&
		    is_veiled(b, &row))
			return 2;
	return 1;
}

/* End ROW unless it ended before. */
static rc
finish(struct broker *b, const struct request *q, struct delivery *row)
{
	if (row->acked) return RC_OK;
	return delivery_end(
	    b, row, SLUIS__EVENT_KIND__EVENT_ACKNOWLEDGED, &q->member->binding.id);
}

/* Those of layer 1. */
static rc
early(struct broker *b, const struct request *q)
{
	const Sluis__Acknowledge *m = (const Sluis__Acknowledge *)q->message;
	struct delivery           row;

	rc code = find_all(b, q);
	if (code != RC_OK) return rc_kind(code) == RC_KIND_PEER ? RC_OK : code;
	for (size_t i = 0; i < m->n_delivery_ids; i++) {
		TRY(find_own(b, q, &m->delivery_ids[i], &row));
		if (!is_veiled(b, &row)) TRY(finish(b, q, &row));
	}
	return RC_OK;
}

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	const Sluis__Acknowledge *m    = (const Sluis__Acknowledge *)q->message;
	uint64_t                  room = b->covered ? b->cover_room : ACKNOWLEDGE_MAX;
	struct delivery           row;

	TRY(find_all(b, q));
	for (size_t i = 0; i < m->n_delivery_ids; i++) {
		TRY(find_own(b, q, &m->delivery_ids[i], &row));
		if (!row.acked && room-- == 0) {
			r->parked = true;
			return RC_OK;
		}
		TRY(finish(b, q, &row));
		TRY(reply_add_receipt(r, row.ack_leaf, false, true));
	}
	return reply_set_code(r, RC_OK, NULL);
}

const struct handler acknowledge_handler = {
    .type      = TYPE_ACKNOWLEDGE,
    .doors     = 1u << DOOR_AGENCY,
    .max_bytes = 32 * 1024,
    .desc      = &sluis__acknowledge__descriptor,
    .small     = true,
    .handle    = handle,
    .layer     = layer_of,
    .early     = early,
};

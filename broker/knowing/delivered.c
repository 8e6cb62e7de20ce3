/* SPDX-License-Identifier: EUPL-1.2 */
/* delivered.c - from a delivery id to the release behind it. */
#include "broker/knowing/delivered.h"

#include <string.h>

#include "broker/outcome.h"
#include "proto/auto.h"
#include "proto/message.h"

void
delivered_wipe(struct delivered *d)
{
	message_destroy(&d->leaf);
	message_destroy(&d->detail);
}

static rc
set_seat(struct seat_id *seat, const char *oin, const char *desk)
{
	if (oin == NULL || desk == NULL || strlen(oin) >= sizeof seat->oin ||
	    strlen(desk) >= sizeof seat->desk)
		return RC_NOT_FOUND;
	memcpy(seat->oin, oin, strlen(oin) + 1);
	memcpy(seat->desk, desk, strlen(desk) + 1);
	return RC_OK;
}

/* A's case is that of the release, as far as there is one still. */
static rc
find_case(struct act *a, const struct delivered *d)
{
	if (!d->detail->has_case_id || d->detail->case_id.len != ID_BYTES) return RC_OK;
	rc code    = store_get_case(a->b->store, d->detail->case_id.data, &a->row);
	a->in_case = code == RC_OK;
	return code == RC_NOT_FOUND ? RC_OK : code;
}

static rc
read_ruling(struct act *a, struct delivered *d)
{
	TRY(outcome_entry(a->b, d->row.leaf, &d->leaf, &d->detail));
	if (d->leaf->kind != SLUIS__EVENT_KIND__EVENT_RULING || d->detail == NULL ||
	    d->detail->trace_id.len != ID_BYTES || d->leaf->convenant == NULL)
		return RC_NOT_FOUND;
	memcpy(d->trace, d->detail->trace_id.data, ID_BYTES);
	d->layer = d->detail->has_layer ? d->detail->layer : 1;
	a->layer = d->layer;
	TRY(set_seat(&d->source, d->leaf->sender_oin, d->leaf->sender_desk));
	return find_case(a, d);
}

rc
delivered_find(struct act *a, const ProtobufCBinaryData *id, struct delivered *ret)
{
	if (id->len != ID_BYTES) return RC_MALFORMED;
	TRY(store_get_delivery(a->b->store, id->data, &ret->row));
	if (strcmp(ret->row.oin, a->me.oin) != 0 ||
	    strcmp(ret->row.desk, a->me.desk) != 0)
		return RC_NOT_FOUND; /* somebody else's: not even that it exists */
	return read_ruling(a, ret);
}

unsigned
delivered_layer(struct broker *b, const struct request *q, const ProtobufCBinaryData *id)
{
	AUTO(delivered_wipe) struct delivered d = {0};
	struct act a = {.b = b, .me = request_sender(q), .layer = 1};

	return delivered_find(&a, id, &d) == RC_OK ? d.layer : 1;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* receive.c - a desk asks for what waits for it, with patience if it likes. */
#include <string.h>

#include "broker/handler.h"

enum { DELIVERIES_MAX = 256, DELIVERIES_STANDARD = 16 };

static uint64_t
at_most(uint64_t value, int64_t limit)
{
	return value > (uint64_t)limit ? (uint64_t)limit : value;
}

static rc
read_ask(const struct broker *b, const struct request *q, struct ask *ret)
{
	const Sluis__Receive *m = (const Sluis__Receive *)q->message;
	uint64_t max = m->has_max_deliveries ? m->max_deliveries : DELIVERIES_STANDARD;

	*ret = (struct ask){0};
	memcpy(ret->oin, q->member->binding.oin, sizeof ret->oin);
	memcpy(ret->desk, q->member->binding.desk, sizeof ret->desk);
	ret->until_ms =
	    b->now_ms + at_most(m->has_wait_ms ? m->wait_ms : 0, b->config->wait_max_ms);
	ret->lease_ms =
	    at_most(m->has_lease_ms ? m->lease_ms : 0, b->config->lease_max_ms);
	ret->max = (size_t)at_most(max == 0 ? 1 : max, DELIVERIES_MAX);
	ret->one = m->has_delivery_id;
	if (!ret->one) return RC_OK;
	if (m->delivery_id.len != ID_BYTES) return RC_MALFORMED;
	memcpy(ret->id, m->delivery_id.data, ID_BYTES);
	return RC_OK;
}

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	struct ask ask;
	size_t     n = 0;

	TRY(read_ask(b, q, &ask));
	TRY(dispatch_take(b->dispatch, &ask, b->now_ms, r, &n));
	if (n == 0 && ask.until_ms > b->now_ms)
		return dispatch_park(b->dispatch, &ask, q->curve_public, r);
	return reply_set_code(r, RC_OK, NULL);
}

const struct handler receive_handler = {
    .type      = TYPE_RECEIVE,
    .doors     = 1u << DOOR_AGENCY,
    .max_bytes = 2048,
    .desc      = &sluis__receive__descriptor,
    .handle    = handle,
};

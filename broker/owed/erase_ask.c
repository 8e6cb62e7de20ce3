/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * erase_ask.c - a source wants gone what the broker still has of a submission.
 *
 * Its retention term has passed, or the person asked for it (AVG 17); then it also names
 * the ground on which those who have it destroy it (AVG 19).
 */
#include "broker/journal/event.h"
#include "broker/owed/erasure.h"
#include "proto/auto.h"

/* The submission that Q names, if it is its sender's own and something of it is left. */
static rc
find(struct broker *b, const struct request *q, struct request_row *ret)
{
	const Sluis__Erase *m      = (const Sluis__Erase *)q->message;
	struct seat_id      me     = request_sender(q);
	bool                erased = false;
	uint64_t            by     = 0;

	if (!m->has_trace_id || m->trace_id.len != ID_BYTES) return RC_MALFORMED;
	if (m->has_ground &&
	    (m->ground == SLUIS__RECALL_GROUND__RECALL_UNSPECIFIED ||
	        protobuf_c_enum_descriptor_get_value(
	            &sluis__recall_ground__descriptor, (int)m->ground) == NULL))
		return RC_MALFORMED;
	TRY(store_get_request(b->store, me.oin, me.desk, m->trace_id.data, ret));
	if (ret->n == 0 || ret->act) return RC_NOT_FOUND; /* nothing was shared by it */
	TRY(store_detail_erased(b->store, ret->first, &erased, &by));
	return erased ? RC_ERASED : RC_OK;
}

static rc
note_layer(void *arg, const struct earlier *one)
{
	*(unsigned *)arg = one->layer;
	return RC_OK;
}

static unsigned
layer_of(struct broker *b, const struct request *q)
{
	struct seat_id     me    = request_sender(q);
	unsigned           layer = 1;
	struct request_row row;

	if (!veil_is_there(b->veil) || find(b, q, &row) != RC_OK) return 1;
	return earlier_each(b, &me, row.id, note_layer, &layer) == RC_OK ? layer : 1;
}

static rc
erase(struct act *a, const Sluis__Erase *m, const struct request_row *row)
{
	AUTO(recall_wipe)
	struct recall r      = {.b = a->b,
	         .binding          = &a->q->member->binding.id,
	         .by               = a->me,
	         .ground           = m->ground,
	         .layer            = 1};
	Sluis__Detail detail = SLUIS__DETAIL__INIT;
	struct event  e      = {0};

	erasure_event(row, &e);
	TRY(act_event(a, &e, &detail, NULL));
	TRY(erasure_of_submission(&r, &a->me, row, a->first));
	a->n_own += r.n_leaves;
	return recall_tell(&r, NULL, NULL);
}

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	const Sluis__Erase *m    = (const Sluis__Erase *)q->message;
	bool                done = false;
	struct request_row  row;
	struct act          a;

	TRY(act_begin(&a, b, q, r, &done));
	if (done) return RC_OK;
	TRY(find(b, q, &row));
	a.layer = layer_of(b, q);
	TRY(erase(&a, m, &row));
	return act_end(&a);
}

const struct handler erase_handler = {
    .type      = TYPE_ERASE,
    .doors     = 1u << DOOR_AGENCY,
    .max_bytes = 2048,
    .desc      = &sluis__erase__descriptor,
    .handle    = handle,
    .repeat    = act_repeat,
    .layer     = layer_of,
};

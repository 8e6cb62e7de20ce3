/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * destroyed.c - a desk destroyed copies that were recalled.
 *
 * One leaf per copy (EVENT_DESTROYED), which refers to the leaf of the recall; the same
 * receipt when asked again.  All ids are looked up before anything is written: one that
 * nobody recalled refuses the request as a whole.
 */
#include "broker/handler.h"
#include "broker/journal/event.h"
#include "broker/outbox/notice.h"
#include "broker/owed/earlier.h"
#include "proto/message.h"

enum { DESTROYED_MAX = 256 };

/* The recall of delivery ID, if it is this desk's own and was recalled. */
static rc
find(struct broker *b, const struct seat_id *me, const ProtobufCBinaryData *id,
    struct earlier *ret, struct recall_row *ret_row)
{
	TRY(earlier_of_delivery(b, me, id, ret));
	TRY(store_get_recall(b->store, ret->delivery.seq, ret_row));
	return ret_row->ordered ? RC_NOT_FOUND : RC_OK; /* nobody was told yet */
}

static unsigned
layer_of(struct broker *b, const struct request *q)
{
	const Sluis__Destroyed *m     = (const Sluis__Destroyed *)q->message;
	struct seat_id          me    = request_sender(q);
	unsigned                layer = 1;

	if (!veil_is_there(b->veil)) return 1; /* what is gone is gone all the same */
	for (size_t i = 0; i < m->n_delivery_ids && i < DESTROYED_MAX; i++) {
		struct earlier one;
		if (earlier_of_delivery(b, &me, &m->delivery_ids[i], &one) == RC_OK &&
		    one.layer > layer)
			layer = one.layer;
	}
	return layer;
}

static rc
put_leaf(struct broker *b, const struct request *q, const struct recall_row *row,
    uint64_t *ret)
{
	struct event e = {.kind = SLUIS__EVENT_KIND__EVENT_DESTROYED,
	    .sender_oin         = q->member->binding.oin,
	    .sender_desk        = q->member->binding.desk,
	    .recipient_oin      = row->source.oin,
	    .recipient_desk     = row->source.desk,
	    .binding            = &q->member->binding.id,
	    .has_refers_to      = true,
	    .refers_to          = row->leaf};

	return event_append(b, &e, ret);
}

static rc
end_task(struct broker *b, const struct seat_id *me, const struct earlier *one)
{
	struct task_row    task;
	struct task_filter f = {
	    .who = me, .about = one->delivery.id, .kind = SLUIS__TASK_KIND__TASK_DESTROY};
	size_t n = 0;

	TRY(store_list_tasks(b->store, &f, 1, &task, &n));
	return n == 0 ? RC_OK : store_end_task(b->store, task.id);
}

static rc
tell_source(struct broker *b, const struct seat_id *me, const struct earlier *one,
    const struct recall_row *row, uint64_t leaf)
{
	Sluis__Notice notice = SLUIS__NOTICE__INIT;

	notice.has_kind    = 1;
	notice.kind        = SLUIS__NOTICE_KIND__NOTICE_DESTROYED;
	notice.has_about   = 1;
	notice.about       = message_borrow_bytes(row->trace, ID_BYTES);
	notice.has_case_id = one->in_case;
	notice.case_id     = message_borrow_bytes(one->case_id, ID_BYTES);
	notice.has_recall  = 1;
	notice.recall      = row->ground;
	notice.from_oin    = message_borrow(me->oin);
	notice.from_desk   = message_borrow(me->desk);
	return notice_send(b, &row->source, &notice, row->layer, leaf, NULL);
}

static rc
destroyed(struct broker *b, const struct request *q, const ProtobufCBinaryData *id,
    struct reply *r)
{
	struct seat_id    me = request_sender(q);
	struct earlier    one;
	struct recall_row row;

	TRY(find(b, &me, id, &one, &row));
	if (!row.done) {
		TRY(put_leaf(b, q, &row, &row.done_leaf));
		TRY(store_finish_recall(b->store, row.seq, row.done_leaf));
		TRY(end_task(b, &me, &one));
		TRY(tell_source(b, &me, &one, &row, row.done_leaf));
	}
	return reply_add_receipt(r, row.done_leaf, false, true);
}

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	const Sluis__Destroyed *m  = (const Sluis__Destroyed *)q->message;
	struct seat_id          me = request_sender(q);
	struct earlier          one;
	struct recall_row       row;

	if (m->n_delivery_ids == 0) return RC_MALFORMED;
	if (m->n_delivery_ids > DESTROYED_MAX) return RC_TOO_MANY;
	for (size_t i = 0; i < m->n_delivery_ids; i++)
		TRY(find(b, &me, &m->delivery_ids[i], &one, &row));
	for (size_t i = 0; i < m->n_delivery_ids; i++)
		TRY(destroyed(b, q, &m->delivery_ids[i], r));
	return reply_set_code(r, RC_OK, NULL);
}

const struct handler destroyed_handler = {
    .type      = TYPE_DESTROYED,
    .doors     = 1u << DOOR_AGENCY,
    .max_bytes = 16 * 1024,
    .desc      = &sluis__destroyed__descriptor,
    .handle    = handle,
    .layer     = layer_of,
};

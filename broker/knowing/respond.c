/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * respond.c - the answer that a delivery asks for: what was done with an address signal,
 * which measure followed, who picks it up.
 *
 * A convenant asks for one by an obligation with the id `respond`.  The sender hears the
 * answer; of a signal to several the others hear only that somebody picked it up, and who
 * only if they sit in one case with it.
 */
#include <string.h>

#include "broker/knowing/delivered.h"
#include "broker/outbox/notice.h"
#include "proto/auto.h"
#include "proto/message.h"

enum { TASKS_MAX = 8 };

/* --- decide ---------------------------------------------------------------------- */

static bool
asks_for_response(const Sluis__Leaf *leaf)
{
	for (size_t i = 0; i < leaf->n_obligations; i++)
		if (strcmp(leaf->obligations[i], "respond") == 0) return true;
	return false;
}

/* The one field of M that is set; NULL unless there is exactly one, with a known value.
 */
static const ProtobufCFieldDescriptor *
only_field(const Sluis__Response *m)
{
	const ProtobufCFieldDescriptor *found = NULL;

	for (unsigned i = 0; m != NULL && i < m->base.descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &m->base.descriptor->fields[i];
		if (!field_is_set(&m->base, f)) continue;
		if (found != NULL) return NULL;
		found = f;
	}
	if (found == NULL || found->type != PROTOBUF_C_TYPE_ENUM) return found;
	int value = *(const int *)field_value(&m->base, found, 0);
	return value == 0 || protobuf_c_enum_descriptor_get_value(
	                         found->descriptor, value) == NULL
	           ? NULL
	           : found;
}

static rc
decide(struct act *a, const Sluis__Respond *m, struct delivered *ret)
{
	if (!m->has_delivery_id || only_field(m->response) == NULL) return RC_MALFORMED;
	TRY(delivered_find(a, &m->delivery_id, ret));
	if (!asks_for_response(ret->leaf)) return RC_NOT_FOUND; /* nothing was asked */
	return dispatch_room(a->b->dispatch, ret->source.oin, ret->source.desk);
}

/* --- write ----------------------------------------------------------------------- */

static rc
write_leaf(struct act *a, const Sluis__Respond *m, const struct delivered *d)
{
	Sluis__Detail detail = SLUIS__DETAIL__INIT;
	struct event  e      = {.kind = SLUIS__EVENT_KIND__EVENT_RESPONSE,
	          .recipient_oin      = d->source.oin,
	          .recipient_desk     = d->source.desk,
	          .convenant          = d->leaf->convenant,
	          .phase              = d->leaf->phase,
	          .has_refers_to      = true,
	          .refers_to          = d->row.leaf};

	detail.code = message_borrow(only_field(m->response)->name);
	return act_event(a, &e, &detail, NULL);
}

static rc
tell_source(struct act *a, const Sluis__Respond *m, const struct delivered *d)
{
	Sluis__Notice n = SLUIS__NOTICE__INIT;

	n.has_kind  = 1;
	n.kind      = SLUIS__NOTICE_KIND__NOTICE_RESPONSE;
	n.has_about = 1;
	n.about     = message_borrow_bytes(d->trace, sizeof d->trace);
	n.convenant = d->leaf->convenant;
	n.phase     = d->leaf->phase;
	n.response  = m->response;
	return act_tell_whoever(a, &d->source, &n, d->layer, a->first);
}

static rc
end_task(struct act *a, const struct delivered *d)
{
	struct task_filter f = {
	    .who = &a->me, .about = d->row.id, .kind = SLUIS__TASK_KIND__TASK_RESPOND};
	struct task_row rows[TASKS_MAX];
	size_t          n = 0;

	TRY(store_list_tasks(a->b->store, &f, TASKS_MAX, rows, &n));
	for (size_t i = 0; i < n; i++) TRY(store_end_task(a->b->store, rows[i].id));
	return RC_OK;
}

/* --- the others who got it ------------------------------------------------------------
 */

static rc
tell_other(struct act *a, const struct delivery *to, const struct delivered *d)
{
	Sluis__Notice   n        = SLUIS__NOTICE__INIT;
	Sluis__Response response = SLUIS__RESPONSE__INIT;
	struct seat_id  who      = {"", ""};
	bool            together = false;

	memcpy(who.oin, to->oin, sizeof who.oin);
	memcpy(who.desk, to->desk, sizeof who.desk);
	if (a->in_case) TRY(act_sits(a->b, a->row.id, &who, d->layer, &together));
	response.has_picked_up = 1;
	response.picked_up     = 1;
	n.has_kind             = 1;
	n.kind                 = SLUIS__NOTICE_KIND__NOTICE_RESPONSE;
	n.has_about            = 1;
	n.about                = message_borrow_bytes(to->id, sizeof to->id);
	n.convenant            = d->leaf->convenant;
	n.phase                = d->leaf->phase;
	n.response             = &response;
	if (together) return act_tell(a, &who, &n, d->layer, a->first);
	return notice_send(a->b, &who, &n, d->layer, a->first, NULL);
}

static rc
tell_others(struct act *a, const struct delivered *d)
{
	struct request_row row;

	rc known =
	    store_get_request(a->b->store, d->source.oin, d->source.desk, d->trace, &row);
	if (known == RC_NOT_FOUND) return RC_OK; /* too long ago to know them */
	TRY(known);
	for (uint64_t i = row.first; i < row.first + row.n; i++) {
		struct delivery to;
		rc              code = store_delivery_of_leaf(a->b->store, i, &to);
		if (code == RC_NOT_FOUND || i == d->row.leaf) continue;
		TRY(code);
		TRY(tell_other(a, &to, d));
	}
	return RC_OK;
}

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	AUTO(delivered_wipe) struct delivered d = {0};
	const Sluis__Respond                 *m = (const Sluis__Respond *)q->message;
	struct act                            a;
	bool                                  done = false;

	TRY(act_begin(&a, b, q, r, &done));
	if (done) return RC_OK;
	TRY(decide(&a, m, &d));
	TRY(write_leaf(&a, m, &d));
	TRY(end_task(&a, &d));
	TRY(tell_source(&a, m, &d));
	if (m->response->has_picked_up && m->response->picked_up)
		TRY(tell_others(&a, &d));
	return act_end(&a);
}

static unsigned
layer_of(struct broker *b, const struct request *q)
{
	return delivered_layer(b, q, &((const Sluis__Respond *)q->message)->delivery_id);
}

const struct handler respond_handler = {
    .type      = TYPE_RESPOND,
    .doors     = 1u << DOOR_AGENCY,
    .max_bytes = 2048,
    .desc      = &sluis__respond__descriptor,
    .handle    = handle,
    .repeat    = act_repeat,
    .layer     = layer_of,
};

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * link_ask.c - do others know whom or what I signalled?
 *
 * About an own submission only, and no more than a notice would say: so it teaches
 * nothing that was not paid for by a signal, which others got and the journal has.
 */
#include <string.h>

#include "broker/knowing/linked.h"
#include "broker/route/act.h"
#include "proto/auto.h"
#include "proto/message.h"

/* Hand the hits over to the answer. */
static void
give(struct reply *r, struct hits *h)
{
	r->answer->n_links = h->n;
	r->answer->links   = TAKE(h->at);
	h->n               = 0;
}

static rc
find_own(struct act *a, const Sluis__Link *m, struct request_row *ret)
{
	if (m->trace_id.len != ID_BYTES) return RC_MALFORMED;
	return store_get_request(
	    a->b->store, a->me.oin, a->me.desk, m->trace_id.data, ret);
}

static rc
note(struct act *a, const struct request_row *row)
{
	Sluis__Detail detail = SLUIS__DETAIL__INIT; /* names the request, and no more */
	struct event  e      = {.kind = SLUIS__EVENT_KIND__EVENT_LINK,
	          .recipient_oin      = a->me.oin,
	          .recipient_desk     = a->me.desk,
	          .has_refers_to      = true,
	          .refers_to          = row->first};

	return act_event(a, &e, &detail, NULL);
}

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	AUTO(hits_wipe) struct hits h = {0};
	const Sluis__Link          *m = (const Sluis__Link *)q->message;
	struct request_row          row;
	struct act                  a;
	bool                        done = false;

	TRY(act_begin(&a, b, q, r, &done));
	TRY(find_own(&a, m, &row));
	TRY(linked_hits(b, &a.me, m->trace_id.data, !done, &h));
	if (!done) {
		TRY(note(&a, &row));
		TRY(act_end(&a));
	}
	give(r, &h);
	return RC_OK;
}

const struct handler link_handler = {
    .type      = TYPE_LINK,
    .doors     = 1u << DOOR_AGENCY,
    .max_bytes = 2048,
    .desc      = &sluis__link__descriptor,
    .handle    = handle,
    .repeat    = act_repeat,
};

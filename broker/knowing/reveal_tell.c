/* SPDX-License-Identifier: EUPL-1.2 */
/* reveal_tell.c - the end of a question: both sides are told, and it is gone. */
#include <string.h>

#include "broker/journal/event.h"
#include "broker/knowing/reveal.h"
#include "broker/outbox/notice.h"
#include "broker/route/act.h"
#include "proto/message.h"

enum { PAGE = 16 };

static void
describe(const struct reveal_row *r, const struct seat_id *by,
    Sluis__RevealVerdict verdict, Sluis__Notice *n)
{
	reveal_describe(r, SLUIS__NOTICE_KIND__NOTICE_REVEAL_DECIDED, n);
	n->has_reveal_verdict = 1;
	n->reveal_verdict     = verdict;
	if (by == NULL) return;
	n->from_oin  = message_borrow(by->oin);
	n->from_desk = message_borrow(by->desk);
}

/* Name the case of R in N where TO sits in it still. */
static rc
name_case(struct broker *b, const struct reveal_row *r, const struct seat_id *to,
    Sluis__Notice *n)
{
	bool sits = false;

	if (r->in_case) TRY(act_sits(b, r->case_id, to, r->layer, &sits));
	n->has_case_id = sits;
	n->case_id     = message_borrow_bytes(r->case_id, sizeof r->case_id);
	return RC_OK;
}

/* The asker hears its source's verdict, whichever desk of it had the last word. */
static rc
tell_asker(struct broker *b, const struct reveal_row *r, const struct seat_id *by,
    Sluis__RevealVerdict verdict, struct slice box, uint64_t leaf)
{
	Sluis__Notice  notice = SLUIS__NOTICE__INIT;
	Sluis__Sealed  sealed = SLUIS__SEALED__INIT;
	Sluis__Sealed *boxes[1];

	describe(r, by == NULL ? NULL : &r->source, verdict, &notice);
	TRY(name_case(b, r, &r->asker, &notice));
	notice.has_about = 1;
	notice.about     = message_borrow_bytes(r->delivery, sizeof r->delivery);
	if (box.n != 0) {
		sealed.oin      = message_borrow(r->asker.oin);
		sealed.desk     = message_borrow(r->asker.desk);
		sealed.has_box  = 1;
		sealed.box      = message_borrow_bytes(box.p, box.n);
		boxes[0]        = &sealed;
		notice.n_sealed = 1;
		notice.sealed   = boxes;
	}
	return notice_send(b, &r->asker, &notice, r->layer, leaf, NULL);
}

static rc
tell_source(struct broker *b, const struct reveal_row *r, const struct seat_id *by,
    Sluis__RevealVerdict verdict, uint64_t leaf)
{
	Sluis__Notice notice = SLUIS__NOTICE__INIT;

	describe(r, by, verdict, &notice);
	TRY(name_case(b, r, &r->source, &notice));
	notice.has_about = 1;
	notice.about     = message_borrow_bytes(r->trace, sizeof r->trace);
	return notice_send(b, &r->source, &notice, r->layer, leaf, NULL);
}

/* The desks of the source have nothing to decide about R any more. */
static rc
end_tasks(struct broker *b, const struct reveal_row *r)
{
	struct task_filter f = {.about = r->id};
	struct task_row    rows[PAGE];
	size_t             n = 0;

	do {
		TRY(store_list_tasks(b->store, &f, PAGE, rows, &n));
		for (size_t i = 0; i < n; i++) TRY(store_end_task(b->store, rows[i].id));
	} while (n == PAGE);
	return RC_OK;
}

rc
reveal_tell(struct broker *b, const struct reveal_row *r, const struct seat_id *by,
    Sluis__RevealVerdict verdict, struct slice box, uint64_t leaf)
{
	bool by_source = by != NULL && strcmp(by->desk, r->source.desk) == 0;

	TRY(end_tasks(b, r));
	TRY(store_end_reveal(b->store, r->id));
	TRY(tell_asker(b, r, by, verdict, box, leaf));
	return by_source ? RC_OK : tell_source(b, r, by, verdict, leaf);
}

static rc
end_over(struct broker *b, const struct reveal_row *r)
{
	struct event e     = {.kind = SLUIS__EVENT_KIND__EVENT_REVEAL_DECIDED,
	        .recipient_oin      = r->asker.oin,
	        .recipient_desk     = r->asker.desk,
	        .convenant          = r->convenant,
	        .phase              = r->phase,
	        .code               = RC_EXPIRED,
	        .in_force           = true,
	        .has_refers_to      = true,
	        .refers_to          = r->leaf};
	uint64_t     index = 0;

	TRY(event_append(b, &e, &index));
	return reveal_tell(
	    b, r, NULL, SLUIS__REVEAL_VERDICT__REVEAL_REFUSED, slice_of(NULL, 0), index);
}

rc
reveal_end_over(struct broker *b, bool *ret_more)
{
	struct reveal_row rows[PAGE];
	size_t            n = 0;

	TRY(store_reveals_over(b->store, b->now_ms, false, PAGE, rows, &n));
	for (size_t i = 0; i < n; i++) TRY(end_over(b, &rows[i]));
	*ret_more = n == PAGE;
	return RC_OK;
}

rc
reveal_end_covered(struct broker *b, bool *ret_did)
{
	struct reveal_row row;
	size_t            n = 0;

	TRY(store_reveals_over(b->store, b->now_ms, true, 1, &row, &n));
	*ret_did = n == 1;
	return n == 1 ? end_over(b, &row) : RC_OK;
}

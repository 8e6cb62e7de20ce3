/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * case_declare.c - an incidental third party declares confidentiality (Besluit WGS 2.21).
 *
 * Before that its seat counts for nothing: it neither sees nor gets anything.
 */
#include <string.h>

#include "broker/route/act.h"
#include "broker/route/case_place.h"

static rc
declare(struct act *a)
{
	Sluis__CaseStep step   = SLUIS__CASE_STEP__INIT;
	Sluis__Notice   notice = SLUIS__NOTICE__INIT;

	if (a->seat.as != SLUIS__PARTICIPANT_AS__THIRD_PARTY || a->seat.declared)
		return act_deny(a, RC_NOT_YOUR_STEP, NULL, "Besluit WGS 2.21",
		    "a seat as incidental third party that has not declared yet");
	a->seat.declared = true;
	TRY(store_put_seat(a->b->store, a->row.id, &a->seat));
	step.has_kind = 1;
	step.kind     = SLUIS__STEP_KIND__STEP_DECLARED;
	TRY(act_step(a, &step, a->seat.shown));
	TRY(act_end_tasks(a, SLUIS__TASK_KIND__TASK_DECLARE, &a->me));
	notice.has_kind = 1;
	notice.kind     = SLUIS__NOTICE_KIND__NOTICE_JOINED;
	notice.step     = &step;
	TRY(act_tell_case(a, &notice, a->seat.shown, a->first));
	return act_end(a);
}

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	const Sluis__CaseDeclare *m = (const Sluis__CaseDeclare *)q->message;
	struct act                a;
	bool                      done;

	TRY(act_begin(&a, b, q, r, &done));
	if (done) return RC_OK;
	TRY(act_find_seat(&a, &m->case_id));
	return declare(&a);
}

/* That of its own seat: only the seat knows it. */
static unsigned
layer_of(struct broker *b, const struct request *q)
{
	const Sluis__CaseDeclare *m  = (const Sluis__CaseDeclare *)q->message;
	struct seat_id            me = request_sender(q);
	struct case_seat          seat;

	if (m->case_id.len != ID_BYTES) return 1;
	if (store_get_seat(b->store, m->case_id.data, &me, &seat) != RC_OK) return 1;
	return seat.shown;
}

const struct handler case_declare_handler = {
    .type      = TYPE_CASE_DECLARE,
    .doors     = 1u << DOOR_AGENCY,
    .max_bytes = 2048,
    .desc      = &sluis__case_declare__descriptor,
    .handle    = handle,
    .repeat    = act_repeat,
    .layer     = layer_of,
};

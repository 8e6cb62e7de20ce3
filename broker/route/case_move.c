/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * case_move.c - a case goes to another state of its route.
 *
 * Only the desk that the step names may make it, from the state that the step leaves,
 * when what the step needs has happened; where the convenant or phase changes, only
 * after it was shown what that changes for whom (case_shift.h).  Moving is of layer 1:
 * everybody in the case sees it.
 */
#include <sodium.h>
#include <string.h>

#include "broker/owed/recall.h"
#include "broker/owed/retention.h"
#include "broker/route/case_enter.h"
#include "broker/route/case_shift.h"
#include "broker/route/case_view.h"
#include "proto/auto.h"

enum { ASSIGNED_MAX = 16 };

struct moving {
	struct act              a;
	const Sluis__CaseMove  *m;
	const struct step_info *step;
	struct entry            entry;
	struct seat_id          assigned[ASSIGNED_MAX];
	size_t                  n_left;
	struct case_seat        left[CASE_SEATS_MAX];
};

/* --- deciding -------------------------------------------------------------------- */

/* Who is named gets work in the case, so it sits there, and everybody may see it. */
static rc
read_assigned(struct moving *v)
{
	if (v->m->n_assigned > ASSIGNED_MAX) return RC_TOO_MANY;
	for (size_t i = 0; i < v->m->n_assigned; i++) {
		struct case_seat seat;
		TRY(seat_named(v->a.b->policy, v->m->assigned[i], &v->assigned[i]));
		rc code =
		    store_get_seat(v->a.b->store, v->a.row.id, &v->assigned[i], &seat);
		if (code == RC_NOT_FOUND ||
		    (code == RC_OK && (seat.shown > 1 || !seat_counts(&seat))))
			return act_deny(&v->a, RC_NO_PARTICIPANT, v->step->id,
			    v->step->article, "a seat in the case for who is assigned");
		TRY(code);
	}
	v->entry.n_assigned = v->m->n_assigned;
	v->entry.assigned   = v->assigned;
	return RC_OK;
}

static rc
deny_step(struct moving *v, rc code)
{
	const struct step_info *step = v->step;

	return step == NULL
	           ? act_deny(&v->a, code, NULL, NULL, NULL)
	           : act_deny(&v->a, code, step->id, step->article, step->change);
}

static rc
find_step(struct moving *v)
{
	v->entry.route = case_route(v->a.b, &v->a.row);
	if (v->entry.route == NULL)
		return act_deny(&v->a, RC_NO_ROUTE, NULL, NULL, "a route of the policy");
	v->step       = route_step(v->entry.route, v->m->transition);
	v->entry.from = case_state(v->a.b, &v->a.row);
	if (v->step == NULL) return deny_step(v, RC_NO_STEP);
	v->entry.to = route_state(v->entry.route, v->step->to);
	return v->entry.to == NULL ? RC_INTERNAL : RC_OK; /* the policy was checked */
}

/* Whether this desk may make the step now. */
static rc
may_move(struct moving *v)
{
	const struct member *me    = v->a.q->member;
	unsigned             facts = 0;

	if (v->a.seat.as != SLUIS__PARTICIPANT_AS__PARTICIPANT)
		return deny_step(v, RC_NOT_YOUR_STEP);
	TRY(case_facts_of(v->a.b, &v->a.row, &facts));
	if (v->m->n_assigned != 0) facts |= CASE_ASSIGNED;
	rc code = route_may(
	    v->step, v->a.row.state, me->party->role, me->binding.desk, facts, NULL);
	return code == RC_OK ? RC_OK : deny_step(v, code);
}

static rc
check_confirmation(struct moving *v)
{
	const ProtobufCBinaryData *got = &v->m->confirmation;
	struct hash                want;

	if (!v->step->confirm) return RC_OK;
	TRY(case_shifts(&v->a, v->step, v->entry.to, NULL, &want));
	if (got->len == HASH_BYTES && sodium_memcmp(got->data, want.b, HASH_BYTES) == 0)
		return RC_OK;
	return act_deny(&v->a, RC_NOT_CONFIRMED, v->step->id, v->step->article,
	    "a confirmation of what changes now for whom: ask first, then confirm");
}

/* --- writing --------------------------------------------------------------------- */

static rc
write_step(struct moving *v)
{
	Sluis__CaseStep step  = SLUIS__CASE_STEP__INIT;
	struct place    place = place_of(v->entry.to);

	case_enter_row(&v->a, &v->entry);
	step.has_kind   = 1;
	step.kind       = SLUIS__STEP_KIND__STEP_MOVED;
	step.transition = message_borrow(v->step->id);
	step.from      = v->entry.from == NULL ? NULL : message_borrow(v->entry.from->id);
	step.to        = v->a.row.state;
	step.convenant = message_borrow(place.convenant);
	step.phase     = message_borrow(place.phase);
	TRY(act_step(&v->a, &step, 1));
	return case_enter_leave(&v->a, &v->entry, v->left, &v->n_left);
}

static rc
tell_moved(struct moving *v)
{
	Sluis__Notice   notice = SLUIS__NOTICE__INIT;
	Sluis__CaseStep step   = SLUIS__CASE_STEP__INIT;
	struct place    place  = place_of(v->entry.to);

	step.has_kind    = 1;
	step.kind        = SLUIS__STEP_KIND__STEP_MOVED;
	step.transition  = message_borrow(v->step->id);
	step.to          = v->a.row.state;
	notice.has_kind  = 1;
	notice.kind      = SLUIS__NOTICE_KIND__NOTICE_MOVED;
	notice.step      = &step;
	notice.convenant = message_borrow(place.convenant);
	notice.phase     = message_borrow(place.phase);
	return act_tell_case(&v->a, &notice, 1, v->a.first);
}

static rc
tell_left(struct moving *v)
{
	Sluis__Notice notice = SLUIS__NOTICE__INIT;

	notice.has_kind = 1;
	notice.kind     = SLUIS__NOTICE_KIND__NOTICE_LEFT;
	for (size_t i = 0; i < v->n_left; i++)
		TRY((seat_counts(&v->left[i]) ? act_tell : act_tell_bare)(
		    &v->a, &v->left[i].who, &notice, v->left[i].shown, v->a.first));
	return RC_OK;
}

/* Every leaf of the desk's own comes first (act.h): the recalls' too. */
static rc
write_move(struct moving *v)
{
	TRY(write_step(v));
	if (v->entry.to->recalls != NULL && v->entry.to->recalls[0] != NULL)
		TRY(recall_case(&v->a, v->entry.to->recalls, v->entry.to->recall_ground));
	TRY(tell_moved(v));
	TRY(tell_left(v));
	TRY(case_enter_tasks(&v->a, &v->entry));
	return v->entry.to->shields ? retention_shield(&v->a) : RC_OK;
}

/* What would it change?  Nothing happens. */
static rc
answer_asked(struct moving *v)
{
	struct hash    confirmation;
	Sluis__Answer *answer = v->a.r->answer;

	TRY(case_shifts(&v->a, v->step, v->entry.to, answer, &confirmation));
	TRY(message_bytes(&answer->has_confirmation, &answer->confirmation,
	    slice_of(confirmation.b, sizeof confirmation.b)));
	return reply_set_code(v->a.r, RC_OK, NULL);
}

/* --- the request ----------------------------------------------------------------- */

static rc
move(struct moving *v)
{
	TRY(act_find_case(&v->a, &v->m->case_id));
	TRY(act_be_seen(&v->a, 1));
	TRY(find_step(v));
	TRY(read_assigned(v));
	TRY(may_move(v));
	if (v->m->only_ask) return answer_asked(v);
	TRY(check_confirmation(v));
	TRY(write_move(v));
	return act_end(&v->a);
}

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	AUTO(auto_free) struct moving *v = calloc(1, sizeof *v);
	bool                           done;

	if (v == NULL) return RC_NOMEM;
	v->m = (const Sluis__CaseMove *)q->message;
	if (v->m->has_layer && v->m->layer != 1) return RC_MALFORMED;
	TRY(act_begin(&v->a, b, q, r, &done));
	if (!done) TRY(move(v));
	return v->m->only_ask ? RC_OK : case_view_answer(b, q, r, &v->m->case_id);
}

static rc
repeat(struct broker *b, struct request *q, struct reply *r, bool *ret_done)
{
	const Sluis__CaseMove *m = (const Sluis__CaseMove *)q->message;

	TRY(act_repeat(b, q, r, ret_done));
	return *ret_done ? case_view_answer(b, q, r, &m->case_id) : RC_OK;
}

const struct handler case_move_handler = {
    .type      = TYPE_CASE_MOVE,
    .doors     = 1u << DOOR_AGENCY,
    .max_bytes = 8 * 1024,
    .desc      = &sluis__case_move__descriptor,
    .handle    = handle,
    .repeat    = repeat,
};

/* SPDX-License-Identifier: EUPL-1.2 */
/* case_extend.c - a case is still needed when its term ends. */
#include "broker/owed/earlier.h"
#include "broker/owed/retention.h"
#include "broker/route/act.h"
#include "policy/route.h"

static rc
decide(struct act *a, uint64_t *ret_ms)
{
	const struct route_info *route = policy_route(a->b->policy, a->row.route);

	if (!seat_equal(&a->row.owner, &a->me))
		return act_deny(a, RC_NOT_YOUR_STEP, NULL, "Besluit WGS 1.16(2)",
		    "the desk that opened the case asks for it");
	rc code = retention_extend(
	    &a->row, route == NULL ? 0 : route->extend_days, a->b->now_ms, ret_ms);
	if (code == RC_NO_GROUND)
		return act_deny(a, code, NULL, "WGS 1.8(7)",
		    "a route whose convenant knows a longer term");
	if (code == RC_NOT_IN_STATE)
		return act_deny(a, code, NULL, "Besluit WGS 1.16(2), (3)",
		    "the last year of the term, in a case that is open or was closed "
		    "less "
		    "than a year before its end");
	return code;
}

static rc
extend(struct act *a, uint64_t remove_ms)
{
	Sluis__CaseStep step   = SLUIS__CASE_STEP__INIT;
	Sluis__Notice   notice = SLUIS__NOTICE__INIT;

	a->row.remove_ms = remove_ms;
	step.has_kind    = 1;
	step.kind        = SLUIS__STEP_KIND__STEP_EXTENDED;
	TRY(act_step(a, &step, 1)); /* writes the row too */
	notice.has_kind = 1;
	notice.kind     = SLUIS__NOTICE_KIND__NOTICE_MOVED;
	notice.step     = &step;
	return a->row.shielded ? RC_OK : act_tell_case(a, &notice, 1, a->first);
}

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	const Sluis__CaseExtend *m         = (const Sluis__CaseExtend *)q->message;
	uint64_t                 remove_ms = 0;
	struct act               a;
	bool                     done = false;

	TRY(act_begin(&a, b, q, r, &done));
	if (done) return RC_OK;
	TRY(act_find_case(&a, &m->case_id));
	TRY(act_be_seen(&a, 1));
	TRY(decide(&a, &remove_ms));
	TRY(extend(&a, remove_ms));
	return act_end(&a);
}

const struct handler case_extend_handler = {
    .type      = TYPE_CASE_EXTEND,
    .doors     = 1u << DOOR_AGENCY,
    .max_bytes = 2048,
    .desc      = &sluis__case_extend__descriptor,
    .handle    = handle,
    .repeat    = act_repeat,
};

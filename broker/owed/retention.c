/* SPDX-License-Identifier: EUPL-1.2 */
/* retention.c - shielding, extending, removing. */
#include "broker/owed/retention.h"

#include "broker/journal/event.h"
#include "broker/outbox/notice.h"
#include "broker/owed/recall.h"
#include "proto/auto.h"
#include "proto/message.h"

#define YEAR_MS (365 * DAY_MS)

enum { STEP_MAX = 256 };

/* --- extending ------------------------------------------------------------------- */

rc
retention_extend(
    const struct case_row *row, uint32_t extend_days, uint64_t now_ms, uint64_t *ret_ms)
{
	if (extend_days == 0) return RC_NO_GROUND;
	if (row->remove_ms == 0 || row->remove_ms <= now_ms) return RC_NOT_IN_STATE;
	if (row->remove_ms - now_ms > YEAR_MS) return RC_NOT_IN_STATE;
	if (row->closed_ms != 0 && row->closed_ms + YEAR_MS <= row->remove_ms)
		return RC_NOT_IN_STATE;
	*ret_ms = row->remove_ms + extend_days * DAY_MS;
	return RC_OK;
}

/* --- shielding ------------------------------------------------------------------- */

/* But for word that is owed to contributors: it is given by delivery. */
static rc
end_tasks(struct act *a)
{
	for (int kind = SLUIS__TASK_KIND__TASK_ENRICH;
	     kind <= SLUIS__TASK_KIND__TASK_REFLECTION; kind++)
		if (kind != SLUIS__TASK_KIND__TASK_FEEDBACK &&
		    kind != SLUIS__TASK_KIND__TASK_USEFULNESS)
			TRY(act_end_tasks(a, (Sluis__TaskKind)kind, NULL));
	return RC_OK;
}

rc
retention_shield(struct act *a)
{
	Sluis__CaseStep step   = SLUIS__CASE_STEP__INIT;
	Sluis__Notice   notice = SLUIS__NOTICE__INIT;
	Sluis__Detail   detail = SLUIS__DETAIL__INIT;
	struct event    e      = {.kind = SLUIS__EVENT_KIND__EVENT_SHIELDED};
	uint64_t        leaf   = 0;

	TRY(act_event(a, &e, &detail, &leaf));
	step.has_kind = 1;
	step.kind     = SLUIS__STEP_KIND__STEP_SHIELDED;
	TRY(act_step(a, &step, 1));
	TRY(end_tasks(a));
	a->row.shielded = true;
	TRY(store_set_case(a->b->store, &a->row));
	notice.has_kind = 1;
	notice.kind     = SLUIS__NOTICE_KIND__NOTICE_CASE_ENDED;
	notice.step     = &step;
	return act_tell_case(a, &notice, 1, leaf);
}

/* --- removing -------------------------------------------------------------------- */

static rc
put_leaf(struct broker *b, const struct case_row *c, const Sluis__CaseStep *step,
    uint64_t *ret)
{
	AUTO(buf_wipe) struct buf act    = buf_init(STEP_MAX);
	AUTO(buf_wipe) struct buf bytes  = buf_init(DETAIL_MAX);
	Sluis__Detail             detail = SLUIS__DETAIL__INIT;
	uint8_t                   salt[NONCE_BYTES];

	TRY(message_pack(&step->base, &act));
	detail_begin(&detail, salt, c->id, 1);
	detail.has_act = 1;
	detail.act     = message_borrow_bytes(act.p, act.n);
	TRY(message_pack(&detail.base, &bytes));
	struct event e = {.kind = SLUIS__EVENT_KIND__EVENT_REMOVED,
	    .detail             = buf_slice(&bytes),
	    .has_refers_to      = true,
	    .refers_to          = c->leaf};
	return event_append(b, &e, ret);
}

static rc
tell_seats(
    struct broker *b, const struct case_row *c, Sluis__CaseStep *step, uint64_t about)
{
	struct case_seat seats[CASE_SEATS_MAX];
	size_t           n = 0;

	TRY(store_list_seats(b->store, c->id, seats, &n));
	for (size_t i = 0; i < n; i++) {
		Sluis__Notice notice = SLUIS__NOTICE__INIT;
		notice.has_kind      = 1;
		notice.kind          = SLUIS__NOTICE_KIND__NOTICE_CASE_ENDED;
		notice.has_case_id   = 1;
		notice.case_id       = message_borrow_bytes(c->id, ID_BYTES);
		notice.route         = message_borrow(c->route);
		notice.state         = message_borrow(c->state);
		notice.step          = step;
		/* who was not seen to sit there is told so that it is not seen either */
		TRY(notice_send(b, &seats[i].who, &notice, seats[i].shown, about, NULL));
	}
	return RC_OK;
}

static rc
remove_case(struct broker *b, const struct case_row *c)
{
	Sluis__CaseStep step = SLUIS__CASE_STEP__INIT;
	uint64_t        leaf = 0;

	step.has_kind    = 1;
	step.kind        = SLUIS__STEP_KIND__STEP_REMOVED;
	step.has_time_ms = 1;
	step.time_ms     = b->now_ms;
	step.has_leaf    = 1;
	step.leaf        = journal_size(b->journal);
	TRY(put_leaf(b, c, &step, &leaf));
	TRY(recall_case_by_time(b, c->id));
	TRY(tell_seats(b, c, &step, leaf));
	TRY(store_forget_request(b->store, c->id)); /* it is named by its CaseOpen */
	return store_remove_case(b->store, c->id);
}

rc
retention_remove_one(struct broker *b, bool *ret_did)
{
	struct case_row c;
	size_t          n = 0;

	TRY(store_cases_to_remove(b->store, b->now_ms, 1, &c, &n));
	*ret_did = n != 0;
	return n == 0 ? RC_OK : remove_case(b, &c);
}

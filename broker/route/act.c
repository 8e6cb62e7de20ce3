/* SPDX-License-Identifier: EUPL-1.2 */
/* act.c - finding the case, leaving leaf and step, telling who has to know. */
#include "broker/route/act.h"

#include <string.h>

#include "broker/outbox/notice.h"
#include "broker/repeat.h"
#include "broker/route/case_place.h"
#include "broker/route/task_message.h"
#include "broker/store/knowing.h"
#include "proto/auto.h"
#include "proto/message.h"

enum {
	STEP_MAX       = 32 * 1024,
	PAGE           = 32, /* tasks ended at a time */
	CASE_STEPS_MAX = 4096,
};

/* --- before ---------------------------------------------------------------------- */

static rc
answer_row(struct reply *r, const struct request_row *row)
{
	for (uint64_t i = row->first; i < row->first + row->n; i++)
		TRY(reply_add_receipt(r, i, true, true));
	return reply_set_code(r, RC_OK, NULL);
}

rc
act_repeat(struct broker *b, struct request *q, struct reply *r, bool *ret_done)
{
	struct request_row row;

	TRY(repeat_find(b, q, &row, ret_done));
	if (!*ret_done) return RC_OK;
	if (row.n == 0) return repeat_answer_denial(b, r, row.first);
	return answer_row(r, &row);
}

void
act_look(struct act *a, struct broker *b, struct request *q, struct reply *r)
{
	*a = (struct act){.b = b,
	    .q               = q,
	    .r               = r,
	    .me              = request_sender(q),
	    .first           = journal_size(b->journal),
	    .layer           = 1};
}

/* One party cannot fill the outbox of everybody with word of what it does. */
static rc
may_tell(struct act *a)
{
	int64_t most =
	    a->b->config->notices_per_day - 1; /* the act causes one at least */
	bool ok = false;

	TRY(dispatch_notice_room(a->b->dispatch));
	TRY(store_take_of_day(a->b->store, "notice", a->me.oin, a->b->now_ms / DAY_MS, 0,
	    (uint64_t)most, &ok));
	return ok ? RC_OK : RC_OVER_QUOTA;
}

/* The notices of an act are all leaves after its own. */
static rc
count_told(struct act *a)
{
	uint64_t n  = journal_size(a->b->journal) - a->first - a->n_own;
	bool     ok = false; /* the last act of a day may go beyond what is left of it */

	return n == 0 ? RC_OK
	              : store_take_of_day(a->b->store, "notice", a->me.oin,
	                    a->b->now_ms / DAY_MS, n, UINT64_MAX, &ok);
}

rc
act_begin(
    struct act *a, struct broker *b, struct request *q, struct reply *r, bool *ret_done)
{
	act_look(a, b, q, r);
	TRY(act_repeat(b, q, r, ret_done));
	q->remember = true;
	return *ret_done ? RC_OK : may_tell(a);
}

/* Whether A's desk still owes somebody feedback in case ID: it may finish that. */
static rc
owes_feedback(struct act *a, const uint8_t id[ID_BYTES], bool *ret)
{
	struct task_filter f = {
	    .who = &a->me, .case_id = id, .kind = SLUIS__TASK_KIND__TASK_FEEDBACK};
	struct task_row row;
	size_t          n = 0;

	TRY(store_list_tasks(a->b->store, &f, 1, &row, &n));
	*ret = n != 0;
	return RC_OK;
}

/* OWED: also a shielded case that A's desk owes feedback in. */
static rc
find_seat(struct act *a, const ProtobufCBinaryData *id, bool owed)
{
	if (id->len != ID_BYTES) return RC_MALFORMED;
	TRY(store_get_case(a->b->store, id->data, &a->row));
	TRY(store_get_seat(a->b->store, id->data, &a->me, &a->seat));
	bool may_see = !a->row.shielded || seat_equal(&a->row.owner, &a->me);
	if (!may_see && owed) TRY(owes_feedback(a, id->data, &may_see));
	if (!may_see) return RC_NOT_FOUND;
	a->in_case = true;
	return RC_OK;
}

static rc
check_declared(struct act *a)
{
	if (seat_counts(&a->seat)) return RC_OK;
	return act_deny(a, RC_NO_DECLARATION, NULL, "Besluit WGS 2.21",
	    "a declaration of confidentiality by this desk");
}

rc
act_find_seat(struct act *a, const ProtobufCBinaryData *id)
{
	return find_seat(a, id, false);
}

rc
act_find_case(struct act *a, const ProtobufCBinaryData *id)
{
	TRY(find_seat(a, id, false));
	return check_declared(a);
}

rc
act_find_owed(struct act *a, const ProtobufCBinaryData *id)
{
	TRY(find_seat(a, id, true));
	return check_declared(a);
}

rc
act_be_seen(struct act *a, unsigned layer)
{
	return a->seat.shown <= layer ? RC_OK
	                              : act_deny(a, RC_NOT_YOUR_STEP, NULL, NULL,
	                                    "a seat that layer 1 of the case knows of");
}

rc
act_has_room(struct act *a, unsigned layer)
{
	uint64_t n = 0;

	TRY(store_count_steps(a->b->store, a->row.id, layer, &n));
	return n < CASE_STEPS_MAX ? RC_OK
	                          : act_deny(a, RC_TOO_MANY, NULL, NULL,
	                                "another case: the history of this one is full");
}

rc
act_find_asked(struct act *a, const ProtobufCBinaryData *id)
{
	struct task_filter f = {.who = &a->me,
	    .case_id                 = id->data,
	    .kind                    = SLUIS__TASK_KIND__TASK_RELEASE,
	    .layer                   = 1};
	struct task_row    row;
	size_t             n = 0;

	if (id->len != ID_BYTES) return RC_MALFORMED;
	TRY(store_list_tasks(a->b->store, &f, 1, &row, &n));
	if (n == 0) return RC_NOT_FOUND;
	TRY(store_get_case(a->b->store, id->data, &a->row));
	if (a->row.shielded) return RC_NOT_FOUND;
	a->seat    = (struct case_seat){.who = a->me,
	       .as                           = SLUIS__PARTICIPANT_AS__PARTICIPANT,
	       .layer                        = 1,
	       .shown                        = 1};
	a->in_case = true;
	return RC_OK;
}

rc
act_deny(
    struct act *a, rc code, const char *rule, const char *article, const char *change)
{
	return request_deny(a->q, code, rule, article, change);
}

/* --- leaves ---------------------------------------------------------------------- */

rc
act_event(struct act *a, struct event *e, Sluis__Detail *detail, uint64_t *ret)
{
	AUTO(buf_wipe) struct buf  bytes = buf_init(DETAIL_MAX);
	const ProtobufCBinaryData *trace = &a->q->head->request_id;
	uint8_t                    salt[NONCE_BYTES];
	uint64_t                   index = 0;

	e->sender_oin  = a->me.oin;
	e->sender_desk = a->me.desk;
	e->binding     = &a->q->member->binding.id;
	e->in_force    = true;
	if (detail != NULL) {
		detail_begin(detail, salt, a->in_case ? a->row.id : NULL, a->layer);
		detail->has_trace_id = 1;
		detail->trace_id     = *trace;
		TRY(message_pack(&detail->base, &bytes));
		e->detail = buf_slice(&bytes);
	}
	rc code   = event_append(a->b, e, &index);
	e->detail = slice_of(NULL, 0); /* it goes with this scope */
	TRY(code);
	if (index == a->first + a->n_own) a->n_own++;
	if (ret != NULL) *ret = index;
	return RC_OK;
}

/* What every step says of itself. */
static void
complete_step(struct act *a, Sluis__CaseStep *step, unsigned layer)
{
	step->has_time_ms = 1;
	step->time_ms     = a->b->now_ms;
	step->by_oin      = a->me.oin;
	step->by_desk     = a->me.desk;
	step->has_layer   = layer > 1;
	step->layer       = layer;
}

/* Add STEP, as BYTES, to the history; what layer 1 can see of the case has changed
 * then, and nothing of it when LAYER is higher. */
static rc
put_step(struct act *a, unsigned layer, struct slice bytes)
{
	TRY(store_put_step(a->b->store, a->row.id, layer, bytes));
	if (layer > 1) return RC_OK;
	a->row.changed_ms = a->b->now_ms;
	return store_set_case(a->b->store, &a->row);
}

rc
act_note(struct act *a, Sluis__CaseStep *step, unsigned layer)
{
	AUTO(buf_wipe) struct buf bytes = buf_init(STEP_MAX);

	complete_step(a, step, layer);
	if (!step->has_leaf) step->leaf = a->first;
	step->has_leaf = 1;
	TRY(message_pack(&step->base, &bytes));
	return put_step(a, layer, buf_slice(&bytes));
}

rc
act_step(struct act *a, Sluis__CaseStep *step, unsigned layer)
{
	AUTO(buf_wipe) struct buf bytes  = buf_init(STEP_MAX);
	Sluis__Detail             detail = SLUIS__DETAIL__INIT;
	struct event              e      = {.kind = SLUIS__EVENT_KIND__EVENT_CASE};

	a->layer = layer;
	complete_step(a, step, layer);
	step->has_leaf = 1;
	step->leaf     = journal_size(a->b->journal);
	TRY(message_pack(&step->base, &bytes));
	detail.has_act = 1;
	detail.act     = message_borrow_bytes(bytes.p, bytes.n);
	TRY(act_event(a, &e, &detail, NULL));
	return put_step(a, layer, buf_slice(&bytes));
}

/* --- telling --------------------------------------------------------------------- */

static void
name_case(struct act *a, Sluis__Notice *n)
{
	n->from_oin  = a->me.oin;
	n->from_desk = a->me.desk;
	if (!a->in_case) return;
	n->has_case_id = 1;
	n->case_id     = message_borrow_bytes(a->row.id, sizeof a->row.id);
}

static void
complete_notice(struct act *a, Sluis__Notice *n)
{
	name_case(a, n);
	if (!a->in_case) return;
	n->route = a->row.route;
	/* where it went on to is no matter of who left */
	if (n->kind != SLUIS__NOTICE_KIND__NOTICE_LEFT) n->state = a->row.state;
}

rc
act_tell(struct act *a, const struct seat_id *to, Sluis__Notice *notice, unsigned layer,
    uint64_t about)
{
	complete_notice(a, notice);
	return notice_send(a->b, to, notice, layer, about, NULL);
}

rc
act_tell_bare(struct act *a, const struct seat_id *to, Sluis__Notice *notice,
    unsigned layer, uint64_t about)
{
	name_case(a, notice);
	return notice_send(a->b, to, notice, layer, about, NULL);
}

/* Whether who sits at SEAT is to hear of LAYER. */
static bool
may_hear(const struct case_seat *seat, unsigned layer)
{
	return seat_counts(seat) && seat->layer >= layer;
}

rc
act_sits(struct broker *b, const uint8_t case_id[ID_BYTES], const struct seat_id *who,
    unsigned layer, bool *ret)
{
	struct case_row  row;
	struct case_seat seat;

	*ret    = false;
	rc code = store_get_case(b->store, case_id, &row);
	if (code == RC_OK) code = store_get_seat(b->store, case_id, who, &seat);
	if (code == RC_NOT_FOUND) return RC_OK;
	TRY(code);
	*ret = may_hear(&seat, layer) && (!row.shielded || seat_equal(&row.owner, who));
	return RC_OK;
}

rc
act_tell_whoever(struct act *a, const struct seat_id *to, Sluis__Notice *notice,
    unsigned layer, uint64_t about)
{
	bool in_case = a->in_case;

	if (in_case) TRY(act_sits(a->b, a->row.id, to, layer, &a->in_case));
	if (!a->in_case && notice->task != NULL) notice->task->has_case_id = 0;
	rc code    = act_tell(a, to, notice, layer, about);
	a->in_case = in_case;
	return code;
}

rc
act_tell_case(struct act *a, Sluis__Notice *notice, unsigned layer, uint64_t about)
{
	struct case_seat seats[CASE_SEATS_MAX];
	size_t           n = 0;

	TRY(store_list_seats(a->b->store, a->row.id, seats, &n));
	for (size_t i = 0; i < n; i++) {
		/* who is not seen to sit there is told so that it is not seen either */
		unsigned at = seats[i].shown > layer ? seats[i].shown : layer;
		if (may_hear(&seats[i], layer) && !seat_equal(&seats[i].who, &a->me))
			TRY(act_tell(a, &seats[i].who, notice, at, about));
	}
	return RC_OK;
}

/* --- tasks ----------------------------------------------------------------------- */

uint64_t
act_term(const struct act *a, uint32_t days)
{
	return days == 0 ? 0 : a->b->now_ms + days * DAY_MS;
}

rc
act_give_task(struct act *a, struct task_row *task)
{
	Sluis__Notice notice  = SLUIS__NOTICE__INIT;
	Sluis__Task   message = SLUIS__TASK__INIT;

	task->since_ms = a->b->now_ms;
	task->leaf     = a->first;
	task->in_case  = a->in_case;
	memcpy(task->case_id, a->row.id, sizeof task->case_id);
	if (task->layer == 0) task->layer = a->layer;
	TRY(store_add_task(a->b->store, task));
	if (seat_equal(&task->who, &a->me)) return RC_OK;
	task_borrow(task, a->b->now_ms, &message);
	notice.has_kind = 1;
	notice.kind     = SLUIS__NOTICE_KIND__NOTICE_TASK;
	notice.task     = &message;
	bool bare       = task->kind == SLUIS__TASK_KIND__TASK_DECLARE;
	return (bare ? act_tell_bare : act_tell)(
	    a, &task->who, &notice, task->layer, a->first);
}

/* End what stands in one page; *RET_MORE if there may be others. */
static rc
end_page(struct act *a, const struct task_filter *f, bool *ret_more)
{
	struct task_row rows[PAGE];
	size_t          n = 0, ended = 0;

	TRY(store_list_tasks(a->b->store, f, PAGE, rows, &n));
	for (size_t i = 0; i < n; i++) {
		if (rows[i].layer < a->layer) continue;
		TRY(store_end_task(a->b->store, rows[i].id));
		ended++;
	}
	*ret_more = n == PAGE && ended != 0;
	return RC_OK;
}

rc
act_end_tasks(struct act *a, Sluis__TaskKind kind, const struct seat_id *who)
{
	struct task_filter f    = {.who = who, .case_id = a->row.id, .kind = kind};
	bool               more = true;

	while (more) TRY(end_page(a, &f, &more));
	return RC_OK;
}

/* --- after ----------------------------------------------------------------------- */

rc
act_end(struct act *a)
{
	struct request_row row = {.first = a->first, .n = a->n_own};

	if (a->n_own == 0) return RC_INTERNAL; /* an act leaves a leaf of its own */
	TRY(count_told(a));
	TRY(repeat_remember(a->b, a->q, a->first, a->n_own));
	return answer_row(a->r, &row);
}

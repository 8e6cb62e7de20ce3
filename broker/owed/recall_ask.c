/* SPDX-License-Identifier: EUPL-1.2 */
/* recall_ask.c - a source wants what it submitted destroyed by everybody who got it. */
#include "broker/journal/event.h"
#include "broker/owed/recall.h"
#include "broker/route/task_message.h"
#include "proto/auto.h"
#include "proto/message.h"

enum { STEP_MAX = 256 };

/* --- before ---------------------------------------------------------------------- */

struct found { /* what a submission released */
	size_t         n;
	struct earlier first;
};

static rc
note_first(void *arg, const struct earlier *one)
{
	struct found *f = arg;

	if (f->n++ == 0) f->first = *one;
	return RC_OK;
}

/* RC_ERASED where nothing is left to recall by. */
static rc
check_erased(struct broker *b, const struct seat_id *me, const uint8_t trace[ID_BYTES])
{
	struct request_row row;
	bool               erased = false;
	uint64_t           by     = 0;

	TRY(store_get_request(b->store, me->oin, me->desk, trace, &row));
	TRY(store_detail_erased(b->store, row.first, &erased, &by));
	return erased ? RC_ERASED : RC_OK;
}

static rc
find(struct broker *b, const struct request *q, struct found *ret)
{
	const Sluis__Recall *m = (const Sluis__Recall *)q->message;
	struct seat_id me      = seat_of(q->member->binding.oin, q->member->binding.desk);

	*ret = (struct found){0};
	if (!m->has_trace_id || m->trace_id.len != ID_BYTES) return RC_MALFORMED;
	if (!m->has_ground || m->ground == SLUIS__RECALL_GROUND__RECALL_UNSPECIFIED ||
	    protobuf_c_enum_descriptor_get_value(
	        &sluis__recall_ground__descriptor, (int)m->ground) == NULL)
		return RC_MALFORMED;
	TRY(earlier_each(b, &me, m->trace_id.data, note_first, ret));
	return ret->n == 0 ? check_erased(b, &me, m->trace_id.data) : RC_OK;
}

static unsigned
layer_of(struct broker *b, const struct request *q)
{
	struct found f;

	if (!veil_is_there(b->veil)) return 1; /* what is to go goes all the same */
	return find(b, q, &f) == RC_OK && f.n != 0 ? f.first.layer : 1;
}

/* The case that it was released in, if the source still sits there. */
static rc
find_case(struct act *a, const struct found *f)
{
	ProtobufCBinaryData id = message_borrow_bytes(f->first.case_id, ID_BYTES);

	if (f->n == 0 || !f->first.in_case) return RC_OK;
	rc code = act_find_seat(a, &id);
	return code == RC_NOT_FOUND ? RC_OK : code;
}

/* --- the act --------------------------------------------------------------------- */

/* The leaf of the recall as a whole, then the step in the case. */
static rc
put_act(struct act *a, const Sluis__Recall *m, unsigned layer)
{
	AUTO(buf_wipe) struct buf bytes  = buf_init(STEP_MAX);
	Sluis__CaseStep           step   = SLUIS__CASE_STEP__INIT;
	Sluis__Detail             detail = SLUIS__DETAIL__INIT;
	struct event              e      = {.kind = SLUIS__EVENT_KIND__EVENT_RECALL};

	step.has_kind   = 1;
	step.kind       = SLUIS__STEP_KIND__STEP_RECALLED;
	step.has_recall = 1;
	step.recall     = m->ground;
	step.has_about  = 1;
	step.about      = m->trace_id;
	TRY(message_pack(&step.base, &bytes));
	detail.has_act = 1;
	detail.act     = message_borrow_bytes(bytes.p, bytes.n);
	a->layer       = layer;
	TRY(act_event(a, &e, &detail, NULL));
	return a->in_case ? act_step(a, &step, layer) : RC_OK;
}

/* Tell the source which recipients still have it. */
static rc
add_open(void *arg, const struct earlier *one)
{
	struct act        *a = arg;
	struct task_row    row;
	struct task_filter f = {.from = &a->me,
	    .about                    = one->delivery.id,
	    .kind                     = SLUIS__TASK_KIND__TASK_DESTROY};
	size_t             n = 0;

	TRY(store_list_tasks(a->b->store, &f, 1, &row, &n));
	if (n == 0) return RC_OK;
	return task_add(&row, a->b->now_ms, &a->r->answer->n_tasks, &a->r->answer->tasks);
}

static rc
recall(struct act *a, const Sluis__Recall *m, const struct found *f)
{
	unsigned layer = f->n == 0 ? 1 : f->first.layer;
	/* many releases of layer 2 do not fit in one cover turn: they are ordered */
	AUTO(recall_wipe)
	struct recall r = {.b = a->b,
	    .binding          = &a->q->member->binding.id,
	    .by               = a->me,
	    .ground           = m->ground,
	    .layer            = 1};

	TRY(put_act(a, m, layer));
	TRY(earlier_each(a->b, &a->me, m->trace_id.data, recall_release, &r));
	a->n_own += r.n_leaves;
	TRY(recall_tell(&r, NULL, NULL));
	return earlier_each(a->b, &a->me, m->trace_id.data, add_open, a);
}

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	const Sluis__Recall *m = (const Sluis__Recall *)q->message;
	struct act           a;
	struct found         f;
	bool                 done = false;

	TRY(act_begin(&a, b, q, r, &done));
	if (done) return RC_OK;
	TRY(find(b, q, &f));
	TRY(find_case(&a, &f));
	TRY(recall(&a, m, &f));
	return act_end(&a);
}

const struct handler recall_handler = {
    .type      = TYPE_RECALL,
    .doors     = 1u << DOOR_AGENCY,
    .max_bytes = 2048,
    .desc      = &sluis__recall__descriptor,
    .handle    = handle,
    .repeat    = act_repeat,
    .layer     = layer_of,
};

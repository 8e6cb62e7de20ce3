/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * subject_read.c - the contact point reads the answer, once; erasure is done with it.
 *
 * Everything is found and decided before the first write.  The answer is not kept: who
 * lost it asks anew, two desks again.
 */
#include <stdlib.h>
#include <string.h>

#include "broker/journal/event.h"
#include "broker/knowing/subject.h"
#include "broker/owed/erasure.h"
#include "proto/auto.h"
#include "proto/message.h"
#include "proto/room.h"

enum { PAGE = 64, HITS_MAX = 512 };

struct reading {
	struct act         *act;
	struct inquiry      row;
	struct policies     policies; /* owned */
	size_t              n_hits;
	Sluis__SubjectHit **hits; /* owned */
	size_t              n, cap;
	struct subject_row *of; /* owned; the submissions, each once */
};

static void
reading_wipe(struct reading *r)
{
	policies_wipe(&r->policies);
	for (size_t i = 0; i < r->n_hits; i++) message_destroy(&r->hits[i]);
	free(r->hits);
	free(r->of);
}

/* --- find ------------------------------------------------------------------------- */

static rc
find(struct act *a, const Sluis__SubjectRead *m, struct inquiry *ret)
{
	if (m->subject_id.len != ID_BYTES) return RC_MALFORMED;
	TRY(store_get_inquiry(a->b->store, m->subject_id.data, ret));
	if (!seat_equal(&ret->asker, &a->me)) return RC_NOT_FOUND;
	if (ret->state == SUBJECT_WAITS)
		return act_deny(a, RC_WAITING, NULL, NULL,
		    "the second desk that the policy names has to agree");
	return RC_OK;
}

static rc
add_hit(struct reading *r, const struct subject_row *row, uint64_t index, bool *ret_any)
{
	AUTO(message_destroy) Sluis__SubjectHit *hit = calloc(1, sizeof *hit);
	bool                                     is  = false;

	if (hit == NULL) return RC_NOMEM;
	sluis__subject_hit__init(hit);
	TRY(subject_hit(r->act->b, &r->policies, row, index, &r->row, hit, &is));
	if (!is) return RC_OK;
	if (r->n_hits == HITS_MAX) return RC_TOO_LARGE; /* ask for a shorter period */
	Sluis__SubjectHit **hits =
	    reallocarray(r->hits, r->n_hits + 1, sizeof(Sluis__SubjectHit *));
	if (hits == NULL) return RC_NOMEM;
	r->hits              = hits;
	r->hits[r->n_hits++] = TAKE(hit);
	*ret_any             = true;
	return RC_OK;
}

static rc
add_submission(struct reading *r, const struct subject_row *row)
{
	for (size_t i = 0; i < r->n; i++)
		if (memcmp(r->of[i].trace, row->trace, ID_BYTES) == 0 &&
		    seat_equal(&r->of[i].who, &row->who))
			return RC_OK;
	TRY(room_for_one(&r->of, r->n, &r->cap, sizeof *r->of));
	r->of[r->n++] = *row;
	return RC_OK;
}

/* One record of the person, as far as this desk may know of it. */
static rc
look_at(struct reading *r, const struct subject_row *row)
{
	struct broker *b   = r->act->b;
	bool           any = false;

	if (row->hidden_ms > b->now_ms ||
	    subject_contact(b->policy, &r->act->me, row->convenant) == NULL)
		return RC_OK;
	for (uint64_t i = row->first; i < row->first + row->n; i++)
		TRY(add_hit(r, row, i, &any));
	return any ? add_submission(r, row) : RC_OK;
}

static rc
gather(struct reading *r)
{
	struct subject_row rows[PAGE];
	uint64_t           after = 0;
	size_t             n     = PAGE;

	while (n == PAGE) {
		TRY(store_subjects_like(
		    r->act->b->store, r->row.token, after, PAGE, rows, &n));
		for (size_t i = 0; i < n; i++) TRY(look_at(r, &rows[i]));
		if (n != 0) after = rows[n - 1].seq;
	}
	return RC_OK;
}

/* --- write ------------------------------------------------------------------------ */

static rc
write_leaf(struct reading *r, const char *what)
{
	Sluis__Detail detail = SLUIS__DETAIL__INIT;
	struct event  e      = {.kind = SLUIS__EVENT_KIND__EVENT_SUBJECT_READ,
	          .recipient_oin      = r->row.second.oin,
	          .recipient_desk     = r->row.second.desk,
	          .has_refers_to      = true,
	          .refers_to          = r->row.leaf,
	          .count              = r->n_hits};

	detail.code = message_borrow(what);
	return act_event(r->act, &e, &detail, NULL);
}

static rc
end_inquiry(struct reading *r)
{
	struct task_filter f = {.about = r->row.id};
	struct task_row    rows[4];
	size_t             n = 0;

	TRY(store_list_tasks(r->act->b->store, &f, 4, rows, &n));
	for (size_t i = 0; i < n; i++) TRY(store_end_task(r->act->b->store, rows[i].id));
	return store_end_inquiry(r->act->b->store, r->row.id);
}

/* The source is told that what it sent is to be destroyed everywhere. */
static rc
tell_source(struct reading *r, const struct subject_row *of, uint64_t leaf)
{
	Sluis__Notice n = SLUIS__NOTICE__INIT;

	n.has_kind   = 1;
	n.kind       = SLUIS__NOTICE_KIND__NOTICE_ERASED;
	n.has_about  = 1;
	n.about      = message_borrow_bytes(of->trace, ID_BYTES);
	n.has_recall = 1;
	n.recall     = SLUIS__RECALL_GROUND__RECALL_SUBJECT;
	return act_tell(r->act, &of->who, &n, 1, leaf);
}

static rc
erase_one(struct reading *r, const struct subject_row *of)
{
	struct broker *b = r->act->b;
	AUTO(recall_wipe)
	struct recall      recall = {.b = b,
	         .binding               = &r->act->q->member->binding.id,
	         .by                    = r->act->me,
	         .ground                = SLUIS__RECALL_GROUND__RECALL_SUBJECT,
	         .layer                 = 1};
	struct request_row row;
	struct event       e  = {0};
	uint64_t           by = 0;

	rc code = store_get_request(b->store, of->who.oin, of->who.desk, of->trace, &row);
	if (code == RC_NOT_FOUND) return RC_OK;
	TRY(code);
	erasure_event(&row, &e);
	TRY(act_event(r->act, &e, NULL, &by));
	TRY(erasure_of_submission(&recall, &of->who, &row, by));
	TRY(recall_tell(&recall, NULL, NULL));
	return tell_source(r, of, by);
}

static rc
answer(struct reading *r)
{
	bool erase = r->row.right == SLUIS__SUBJECT_RIGHT__SUBJECT_ERASE;

	TRY(write_leaf(r, r->row.state == SUBJECT_DECLINED ? "declined" : "told"));
	TRY(end_inquiry(r));
	for (size_t i = 0; erase && i < r->n; i++) TRY(erase_one(r, &r->of[i]));
	r->act->n_own             = 1;
	r->act->r->answer->n_hits = r->n_hits;
	r->act->r->answer->hits   = TAKE(r->hits);
	r->n_hits                 = 0;
	return act_end(r->act);
}

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	AUTO(reading_wipe) struct reading reading = {0};
	struct act                        a;
	bool                              done = false;

	TRY(act_begin(&a, b, q, r, &done));
	if (done) return RC_OK;
	reading.act = &a;
	TRY(find(&a, (const Sluis__SubjectRead *)q->message, &reading.row));
	if (reading.row.state == SUBJECT_AGREED) TRY(gather(&reading));
	return answer(&reading);
}

const struct handler subject_read_handler = {
    .type      = TYPE_SUBJECT_READ,
    .doors     = 1u << DOOR_AGENCY,
    .max_bytes = 2048,
    .desc      = &sluis__subject_read__descriptor,
    .handle    = handle,
    .repeat    = act_repeat,
};

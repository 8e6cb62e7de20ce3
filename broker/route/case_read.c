/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * case_read.c - one case with its history, or all of mine without.
 *
 * Whoever was asked to release, as the source of a signal, and has no seat, sees where
 * the case stands and its own tasks; nothing else.
 */
#include <string.h>

#include "broker/route/act.h"
#include "broker/route/case_view.h"
#include "proto/auto.h"

enum { CASES_MAX = 256 };

static rc
read_one(struct act *a, const ProtobufCBinaryData *id)
{
	struct viewer v = {.party = a->q->member->party, .history = true};

	rc code = act_find_case(a, id);
	if (code == RC_NOT_FOUND && id->len == ID_BYTES) {
		TRY(act_find_asked(a, id));
		v.asked = true;
		code    = RC_OK;
	}
	TRY(code);
	v.seat = a->seat;
	return case_view_add(a->b, a->r, &a->row, &v);
}

static rc
read_all(struct act *a)
{
	AUTO(auto_free) struct case_row *rows = calloc(CASES_MAX, sizeof *rows);
	size_t                           n    = 0;

	if (rows == NULL) return RC_NOMEM;
	TRY(store_cases_of(a->b->store, &a->me, CASES_MAX, rows, &n));
	for (size_t i = 0; i < n; i++) {
		struct viewer v = {.party = a->q->member->party};
		TRY(store_get_seat(a->b->store, rows[i].id, &a->me, &v.seat));
		if (v.seat.as == SLUIS__PARTICIPANT_AS__THIRD_PARTY && !v.seat.declared)
			continue;
		TRY(case_view_add(a->b, a->r, &rows[i], &v));
	}
	return RC_OK;
}

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	const Sluis__CaseRead *m = (const Sluis__CaseRead *)q->message;
	struct act             a;

	act_look(&a, b, q, r);
	if (m->has_case_id)
		TRY(read_one(&a, &m->case_id));
	else
		TRY(read_all(&a));
	return reply_set_code(r, RC_OK, NULL);
}

const struct handler case_read_handler = {
    .type      = TYPE_CASE_READ,
    .doors     = 1u << DOOR_AGENCY,
    .max_bytes = 2048,
    .desc      = &sluis__case_read__descriptor,
    .handle    = handle,
    .reads     = true,
};

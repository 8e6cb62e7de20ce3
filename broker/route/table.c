/* SPDX-License-Identifier: EUPL-1.2 */
/* table.c - seat, state and tasks, for the acts at the table. */
#include "broker/route/table.h"

#include <string.h>

#include "proto/message.h"

rc
table_find(struct act *a, const ProtobufCBinaryData *id, struct table *ret)
{
	TRY(act_find_case(a, id));
	if (a->row.closed_ms != 0)
		return act_deny(a, RC_CASE_CLOSED, NULL, NULL, "a case that is open");
	ret->route = case_route(a->b, &a->row);
	ret->state = case_state(a->b, &a->row);
	ret->role  = a->q->member->party == NULL ? "" : a->q->member->party->role;
	if (ret->state == NULL)
		return act_deny(a, RC_NOT_IN_STATE, NULL, NULL,
		    "a policy that has the route and state of this case");
	TRY(act_be_seen(a, 1));
	return act_has_room(a, 1);
}

const struct due_info *
table_due(const struct table *t, Sluis__TaskKind kind)
{
	for (size_t i = 0; i < t->state->n_dues; i++)
		if (t->state->dues[i].kind == kind) return &t->state->dues[i];
	return NULL;
}

rc
table_give(struct act *a, const struct table *t, Sluis__TaskKind kind,
    const struct seat_id *who, const uint8_t *about, uint32_t days)
{
	struct task_row task = {.who = *who,
	    .from                    = a->me,
	    .kind                    = kind,
	    .layer                   = 1,
	    .has_about               = about != NULL,
	    .due_ms                  = act_term(a, days)};

	if (about != NULL) memcpy(task.about, about, sizeof task.about);
	memcpy(task.state, t->state->id, strnlen(t->state->id, sizeof task.state - 1));
	return act_give_task(a, &task);
}

rc
table_task(
    struct act *a, Sluis__TaskKind kind, const uint8_t *about, struct task_row *ret)
{
	struct task_filter f = {.who = &a->me,
	    .case_id                 = a->row.id,
	    .about                   = about,
	    .kind                    = kind,
	    .layer                   = 1};
	size_t             n = 0;

	TRY(store_list_tasks(a->b->store, &f, 1, ret, &n));
	return n == 0 ? RC_NOT_FOUND : RC_OK;
}

void
table_participant(const struct seat_id *who, Sluis__Participant *p)
{
	p->oin  = message_borrow(who->oin);
	p->desk = message_borrow(who->desk);
}

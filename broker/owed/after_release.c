/* SPDX-License-Identifier: EUPL-1.2 */
/* after_release.c - tasks and recalls that follow from a release. */
#include "broker/owed/after_release.h"

#include <string.h>

#include "broker/owed/recall.h"
#include "proto/auto.h"

/* --- word of its use ------------------------------------------------------------- */

/* The obligation to report whether it was of use, NULL if there is none. */
static const struct obligation_info *
report_of(const struct ruling *ruling)
{
	for (size_t i = 0; i < ruling->n_obligations; i++)
		if (strcmp(ruling->obligations[i]->id, "feedback") == 0)
			return ruling->obligations[i];
	return NULL;
}

/* In a case a desk reports once to each contributor, whatever that sent. */
static rc
is_owed(struct broker *b, const struct task_row *t, bool *ret)
{
	struct task_row    row;
	struct task_filter f = {.who = &t->who,
	    .from                    = &t->from,
	    .case_id                 = t->case_id,
	    .kind                    = t->kind,
	    .layer                   = t->layer};
	size_t             n = 0;

	*ret = false;
	if (!t->in_case) return RC_OK;
	TRY(store_list_tasks(b->store, &f, 1, &row, &n));
	*ret = n != 0;
	return RC_OK;
}

static rc
owe_report(const struct release *r, const struct released *to)
{
	const struct obligation_info *report = report_of(&to->decision->ruling);
	struct broker                *b      = r->act->b;
	bool                          owed   = false;

	if (report == NULL) return RC_OK;
	struct task_row t = {
	    .who       = seat_of(to->decision->recipient_oin, to->decision->desk),
	    .from      = r->act->me,
	    .kind      = SLUIS__TASK_KIND__TASK_USEFULNESS,
	    .in_case   = r->act->in_case,
	    .has_about = !r->act->in_case,
	    .layer     = r->layer,
	    .leaf      = to->leaf,
	    .since_ms  = b->now_ms};
	if (report->term_days != 0)
		t.due_ms = b->now_ms + (uint64_t)report->term_days * DAY_MS;
	if (t.in_case) memcpy(t.case_id, r->act->row.id, ID_BYTES);
	if (t.has_about) memcpy(t.about, to->delivery, ID_BYTES);
	TRY(is_owed(b, &t, &owed));
	if (owed) return RC_OK;
	return store_add_task(b->store, &t);
}

/* --- what it replaces ------------------------------------------------------------ */

/* Whether WHO sees in its new copy that the old one is to go (Copy.corrects). */
static bool
got_new_copy(void *arg, const struct delivery *who)
{
	const struct release *r = arg;

	for (size_t i = 0; i < r->n; i++)
		if (r->to[i].served &&
		    strcmp(r->to[i].decision->recipient_oin, who->oin) == 0 &&
		    strcmp(r->to[i].decision->desk, who->desk) == 0)
			return true;
	return false;
}

static rc
recall_replaced(const struct release *r)
{
	struct act *a = r->act;
	AUTO(recall_wipe)
	struct recall recall = {.b = a->b,
	    .binding               = &a->q->member->binding.id,
	    .by                    = a->me,
	    .ground                = SLUIS__RECALL_GROUND__RECALL_CORRECTED,
	    .layer                 = 1}; /* one of layer 2 is ordered: it may not fit */

	TRY(earlier_each(a->b, &a->me, r->corrects, recall_release, &recall));
	return recall_tell(&recall, got_new_copy, (void *)(uintptr_t)r);
}

rc
owed_after_release(const struct release *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->to[i].served) TRY(owe_report(r, &r->to[i]));
	return r->corrects == NULL ? RC_OK : recall_replaced(r);
}

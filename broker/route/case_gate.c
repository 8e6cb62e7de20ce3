/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * case_gate.c - may the matter come in? (Besluit WGS 2.16, 2.20)
 *
 * Who brings it in explains every criterion of the gate of the case's state, in words
 * sealed to each who judges and sits in the case; each of them judges every criterion.
 * Judgements are steps of the history; the words pass through and are not kept here
 * longer than a copy in the outbox.  No party judges its own claim, though its desks may
 * read the words.  A claim may be made anew only after a criterion was judged not met.
 */
#include <sodium.h>
#include <string.h>

#include "broker/route/table.h"
#include "proto/message.h"

enum { CRITERIA_MAX = 32, BOX_MAX = 2048 };

struct gating {
	struct act             *a;
	struct table            t;
	const struct gate_info *gate;
	size_t                  n_readers; /* who sits there and may read the words */
	struct seat_id          readers[CASE_SEATS_MAX];
	size_t                  n_judges; /* those of them who judge: of other parties */
	struct seat_id          judges[CASE_SEATS_MAX];
};

/* --- the gate and who judges ------------------------------------------------------- */

static rc
find_gate(struct gating *g, const char *id)
{
	const char *here = g->t.state->gate;

	if (id == NULL) return RC_MALFORMED;
	g->gate = here != NULL && strcmp(here, id) == 0 ? policy_gate(g->a->b->policy, id)
	                                                : NULL;
	if (g->gate == NULL || g->gate->n_criteria > CRITERIA_MAX)
		return act_deny(g->a, RC_NOT_IN_STATE, NULL, g->t.route->article,
		    "a state of the route that has this gate");
	return RC_OK;
}

static rc
find_judges(struct gating *g)
{
	struct case_seat seats[CASE_SEATS_MAX];
	size_t           n = 0;

	TRY(store_list_seats(g->a->b->store, g->a->row.id, seats, &n));
	for (size_t i = 0; i < n; i++) {
		if (!seat_reads_gate(g->a->b->policy, g->gate, &seats[i])) continue;
		g->readers[g->n_readers++] = seats[i].who;
		if (strcmp(seats[i].who.oin, g->a->me.oin) != 0)
			g->judges[g->n_judges++] = seats[i].who;
	}
	return g->n_judges != 0 ? RC_OK
	                        : act_deny(g->a, RC_STEP_NEEDS, NULL, g->gate->article,
	                              "somebody in the case who judges this gate");
}

/* The number of criterion ID; n_criteria when there is no such. */
static size_t
criterion(const struct gate_info *gate, const char *id)
{
	size_t i = 0;
	while (
	    i < gate->n_criteria && (id == NULL || strcmp(gate->criteria[i].id, id) != 0))
		i++;
	return i;
}

/* --- claiming ------------------------------------------------------------------------
 */

static rc
may_claim(struct gating *g)
{
	unsigned facts = 0;

	if (!seat_among(
	        g->gate->n_claims_by, g->gate->claims_by, g->t.role, g->a->me.desk) ||
	    g->a->seat.as != SLUIS__PARTICIPANT_AS__PARTICIPANT)
		return act_deny(g->a, RC_NOT_YOUR_STEP, NULL, g->gate->article,
		    "a participant that may bring a matter to this gate");
	TRY(case_facts_of(g->a->b, &g->a->row, &facts));
	if ((facts & CASE_GATE_CLAIMED) != 0 && (facts & CASE_GATE_FAILED) == 0)
		return act_deny(g->a, RC_STEP_NEEDS, NULL, g->gate->article,
		    "a criterion that was judged not met");
	return RC_OK;
}

/* The words of CLAIM for WHO; NULL: none, or more than one box. */
static Sluis__Sealed *
words_for(const Sluis__CriterionClaim *claim, const struct seat_id *who)
{
	Sluis__Sealed *found = NULL;

	for (size_t i = 0; i < claim->n_explanation; i++) {
		if (!seat_opens(who, claim->explanation[i])) continue;
		if (found != NULL) return NULL;
		found = claim->explanation[i];
	}
	return found;
}

static rc
check_claim(struct gating *g, const Sluis__CriterionClaim *claim)
{
	for (size_t i = 0; i < claim->n_explanation; i++) {
		const Sluis__Sealed *s = claim->explanation[i];
		if (!s->has_box || s->box.len <= crypto_box_SEALBYTES)
			return RC_MALFORMED;
		if (s->box.len > BOX_MAX) return RC_TOO_LARGE;
	}
	size_t read  = 0;
	bool   whole = true;
	for (size_t i = 0; i < g->n_readers; i++)
		read += words_for(claim, &g->readers[i]) != NULL;
	for (size_t i = 0; i < g->n_judges; i++)
		whole = whole && words_for(claim, &g->judges[i]) != NULL;
	return whole && read == claim->n_explanation
	           ? RC_OK
	           : act_deny(g->a, RC_STEP_NEEDS, NULL, g->gate->article,
	                 "an explanation for each who judges and sits in the case, and "
	                 "for nobody else");
}

/* Every criterion once. */
static rc
check_claims(struct gating *g, const Sluis__CaseGate *m)
{
	bool seen[CRITERIA_MAX + 1] = {false};

	for (size_t i = 0; i < m->n_claims; i++) {
		size_t k = criterion(g->gate, m->claims[i]->criterion);
		if (k == g->gate->n_criteria || seen[k]) return RC_MALFORMED;
		seen[k] = true;
		TRY(check_claim(g, m->claims[i]));
	}
	return m->n_claims == g->gate->n_criteria
	           ? RC_OK
	           : act_deny(g->a, RC_STEP_NEEDS, NULL, g->gate->article,
	                 "an explanation of every criterion of the gate");
}

/* What JUDGE is to read: of every claim the words for it alone. */
static rc
tell_judge(struct gating *g, const Sluis__CaseGate *m, const struct seat_id *judge)
{
	Sluis__CriterionClaim claims[CRITERIA_MAX], *list[CRITERIA_MAX];
	Sluis__Sealed        *words[CRITERIA_MAX];
	Sluis__Notice         notice = SLUIS__NOTICE__INIT;

	for (size_t i = 0; i < m->n_claims; i++) {
		sluis__criterion_claim__init(list[i] = &claims[i]);
		words[i]                = words_for(m->claims[i], judge);
		claims[i].criterion     = m->claims[i]->criterion;
		claims[i].n_explanation = 1;
		claims[i].explanation   = &words[i];
	}
	notice.has_kind = 1;
	notice.kind     = SLUIS__NOTICE_KIND__NOTICE_GATE;
	notice.n_claims = m->n_claims;
	notice.claims   = list;
	return act_tell(g->a, judge, &notice, 1, g->a->first);
}

static uint32_t
days_to_judge(const struct gating *g)
{
	const struct due_info *due = table_due(&g->t, SLUIS__TASK_KIND__TASK_JUDGE_GATE);

	if (due == NULL) due = table_due(&g->t, SLUIS__TASK_KIND__TASK_CLAIM_GATE);
	return due == NULL ? 0 : due->days;
}

static rc
claim(struct gating *g, const Sluis__CaseGate *m)
{
	Sluis__CaseStep step = SLUIS__CASE_STEP__INIT;

	TRY(may_claim(g));
	TRY(find_judges(g));
	TRY(check_claims(g, m));
	step.has_kind = 1;
	step.kind     = SLUIS__STEP_KIND__STEP_GATE_CLAIMED;
	step.gate     = message_borrow(g->gate->id);
	TRY(act_step(g->a, &step, 1));
	TRY(act_end_tasks(g->a, SLUIS__TASK_KIND__TASK_CLAIM_GATE, NULL));
	TRY(act_end_tasks(g->a, SLUIS__TASK_KIND__TASK_JUDGE_GATE, NULL));
	for (size_t i = 0; i < g->n_judges; i++) {
		TRY(table_give(g->a, &g->t, SLUIS__TASK_KIND__TASK_JUDGE_GATE,
		    &g->judges[i], NULL, days_to_judge(g)));
		TRY(tell_judge(g, m, &g->judges[i]));
	}
	return act_end(g->a);
}

/* --- judging -------------------------------------------------------------------------
 */

static rc
check_judgements(const struct gating *g, const Sluis__CaseGate *m)
{
	bool seen[CRITERIA_MAX + 1] = {false};

	for (size_t i = 0; i < m->n_judgements; i++) {
		size_t k = criterion(g->gate, m->judgements[i]->criterion);
		if (k == g->gate->n_criteria || seen[k] || !m->judgements[i]->has_met)
			return RC_MALFORMED;
		seen[k] = true;
	}
	return m->n_judgements == g->gate->n_criteria
	           ? RC_OK
	           : act_deny(g->a, RC_STEP_NEEDS, NULL, g->gate->article,
	                 "a judgement of every criterion of the gate");
}

static rc
judge(struct gating *g, const Sluis__CaseGate *m)
{
	Sluis__CaseStep step   = SLUIS__CASE_STEP__INIT;
	Sluis__Notice   notice = SLUIS__NOTICE__INIT;
	struct task_row task;

	rc code = table_task(g->a, SLUIS__TASK_KIND__TASK_JUDGE_GATE, NULL, &task);
	if (code == RC_NOT_FOUND)
		return act_deny(g->a, RC_NOT_YOUR_STEP, NULL, g->gate->article,
		    "a claim that this desk has to judge and has not judged yet");
	TRY(code);
	TRY(check_judgements(g, m));
	step.has_kind     = 1;
	step.kind         = SLUIS__STEP_KIND__STEP_GATE_JUDGED;
	step.gate         = message_borrow(g->gate->id);
	step.n_judgements = m->n_judgements;
	step.judgements   = m->judgements;
	TRY(act_step(g->a, &step, 1));
	TRY(act_end_tasks(g->a, SLUIS__TASK_KIND__TASK_JUDGE_GATE, &g->a->me));
	notice.has_kind = 1;
	notice.kind     = SLUIS__NOTICE_KIND__NOTICE_GATE;
	notice.step     = &step;
	TRY(act_tell_whoever(g->a, &task.from, &notice, 1, g->a->first));
	return act_end(g->a);
}

/* --- the handler ----------------------------------------------------------------- */

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	const Sluis__CaseGate *m = (const Sluis__CaseGate *)q->message;
	struct act             a;
	struct gating          g = {.a = &a};
	bool                   done;

	TRY(act_begin(&a, b, q, r, &done));
	if (done) return RC_OK;
	if ((m->n_claims != 0) == (m->n_judgements != 0)) return RC_MALFORMED;
	TRY(table_find(&a, &m->case_id, &g.t));
	TRY(find_gate(&g, m->gate));
	return m->n_claims != 0 ? claim(&g, m) : judge(&g, m);
}

const struct handler case_gate_handler = {
    .type      = TYPE_CASE_GATE,
    .doors     = 1u << DOOR_AGENCY,
    .max_bytes = FRAME_MAX,
    .desc      = &sluis__case_gate__descriptor,
    .handle    = handle,
    .repeat    = act_repeat,
};

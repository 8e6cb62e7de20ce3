/* SPDX-License-Identifier: EUPL-1.2 */
/* case_place.c - reading the route, the policy and the history for one case. */
#include "broker/route/case_place.h"

#include <string.h>

#include "proto/auto.h"
#include "proto/message.h"
#include "proto/text.h"

const struct route_info *
case_route(const struct broker *b, const struct case_row *row)
{
	return policy_route(b->policy, row->route);
}

const struct state_info *
case_state(const struct broker *b, const struct case_row *row)
{
	const struct route_info *route = case_route(b, row);
	return route == NULL ? NULL : route_state(route, row->state);
}

struct place
place_of(const struct state_info *state)
{
	if (state == NULL) return (struct place){0};
	return (struct place){.convenant = state->convenant,
	    .phase                       = state->phase,
	    .purpose                     = state->purpose};
}

bool
place_same(const struct place *a, const struct place *b)
{
	return text_same(a->convenant, b->convenant) && text_same(a->phase, b->phase);
}

const char *
case_region(const struct broker *b, const struct case_row *row)
{
	const struct party *owner = policy_party(b->policy, row->owner.oin);

	if (row->region[0] != '\0') return row->region;
	return owner == NULL ? policy_region(b->policy) : owner->region;
}

/* --- seats ----------------------------------------------------------------------- */

bool
seat_counts(const struct case_seat *seat)
{
	return seat->as != SLUIS__PARTICIPANT_AS__THIRD_PARTY || seat->declared;
}

static rc
rule_between(const struct broker *b, const struct case_row *row,
    const struct place *place, const struct seat_id *from, const struct seat_id *to,
    factset facts)
{
	struct ruling   ruling;
	struct question q = {.convenant = place->convenant,
	    .phase                      = place->phase,
	    .purpose                    = place->purpose,
	    .sender_oin                 = from->oin,
	    .sender_desk                = from->desk,
	    .recipient_oin              = to->oin,
	    .recipient_desk             = to->desk,
	    .today                      = date_of_ms(b->now_ms),
	    .region                     = case_region(b, row),
	    .message                    = facts};

	policy_rule(b->policy, &q, &ruling);
	return ruling.code;
}

bool
seat_reads_gate(
    const struct policy *p, const struct gate_info *gate, const struct case_seat *seat)
{
	const struct party *party = policy_party(p, seat->who.oin);

	return gate != NULL && party != NULL && seat->shown == 1 &&
	       seat->as == SLUIS__PARTICIPANT_AS__PARTICIPANT &&
	       seat_among(gate->n_judges, gate->judges, party->role, seat->who.desk);
}

bool
seat_belongs(const struct broker *b, const struct case_row *row,
    const struct place *place, const struct seat_id *who, bool declared)
{
	factset facts = fact_bit(FACT_CASE) | fact_bit(FACT_CASE_MEMBER);

	if (place->convenant == NULL || strcmp(who->oin, row->owner.oin) == 0)
		return true;
	if (declared) facts |= fact_bit(FACT_DECLARED);
	rc in = rule_between(b, row, place, &row->owner, who, facts);
	if (in != RC_NOT_ENTITLED && in != RC_UNKNOWN_RECIPIENT &&
	    in != RC_SENDER_NOT_ALLOWED)
		return true;
	rc out = rule_between(b, row, place, who, &row->owner, facts);
	return out != RC_NOT_ENTITLED && out != RC_UNKNOWN_RECIPIENT &&
	       out != RC_SENDER_NOT_ALLOWED;
}

rc
seat_named(const struct policy *p, const Sluis__Recipient *recipient, struct seat_id *ret)
{
	const struct party *party =
	    recipient->oin == NULL ? NULL : policy_party(p, recipient->oin);
	const char *desk = recipient->desk;

	if (party == NULL) return RC_UNKNOWN_RECIPIENT;
	if (desk == NULL) desk = party->desks[0];
	if (desk == NULL || !party_has_desk(party, desk) || strlen(desk) > DESK_MAX)
		return RC_UNKNOWN_RECIPIENT;
	*ret = (struct seat_id){0};
	memcpy(ret->oin, party->oin, strlen(party->oin) + 1);
	memcpy(ret->desk, desk, strlen(desk) + 1);
	return RC_OK;
}

/* --- contributors ---------------------------------------------------------------- */

static rc
add_contributor(void *arg, const struct case_source *src)
{
	struct contributors *c = arg;

	for (size_t i = 0; i < c->n; i++)
		if (seat_equal(&c->at[i], &src->who)) return RC_OK;
	if (c->n == CONTRIBUTORS_MAX) return RC_OK;
	memcpy(c->trace[c->n], src->trace, ID_BYTES);
	c->at[c->n++] = src->who;
	return RC_OK;
}

rc
case_contributors(struct broker *b, const uint8_t id[ID_BYTES], unsigned layer,
    struct contributors *ret)
{
	ret->n = 0;
	return store_each_source(b->store, id, layer, add_contributor, ret);
}

/* --- facts ----------------------------------------------------------------------- */

struct folding {
	struct case_facts facts;
	bool              feedback; /* somebody had feedback */
};

static rc
fold(void *arg, struct slice bytes)
{
	struct folding                        *f    = arg;
	AUTO(message_destroy) Sluis__CaseStep *step = NULL;

	TRY(message_unpack(&sluis__case_step__descriptor, bytes, RC_BAD_DIGEST, &step));
	case_facts_fold(&f->facts, step);
	f->feedback = f->feedback || step->kind == SLUIS__STEP_KIND__STEP_FEEDBACK;
	return RC_OK;
}

/* Whether nobody but the owner's own desks contributed. */
static bool
all_own(const struct contributors *c, const struct case_row *row)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->at[i].oin, row->owner.oin) != 0) return false;
	return true;
}

/* Every contributor had its feedback: nothing of it is due any more, and there was some
 * unless all contributors are desks of the owner. */
static rc
feedback_given(struct broker *b, const struct case_row *row, bool some, bool *ret)
{
	struct task_filter f = {
	    .case_id = row->id, .kind = SLUIS__TASK_KIND__TASK_FEEDBACK, .layer = 1};
	struct task_row     due;
	struct contributors who;
	size_t              n = 0;

	TRY(store_list_tasks(b->store, &f, 1, &due, &n));
	TRY(case_contributors(b, row->id, 1, &who));
	*ret = n == 0 && (some || all_own(&who, row));
	return RC_OK;
}

rc
case_facts_of(struct broker *b, const struct case_row *row, unsigned *ret)
{
	struct task_filter open = {
	    .case_id = row->id, .kind = SLUIS__TASK_KIND__TASK_JUDGE_GATE, .layer = 1};
	struct folding  f = {0};
	struct task_row due;
	size_t          n     = 0;
	bool            given = false;

	/* while a judge has not spoken the gate is not met; else all of them did */
	TRY(store_list_tasks(b->store, &open, 1, &due, &n));
	f.facts.judges = n == 0 ? 0 : CASE_SEATS_MAX + 1;
	TRY(store_each_step(b->store, row->id, 1, fold, &f));
	TRY(feedback_given(b, row, f.feedback, &given));
	*ret = f.facts.facts | (given ? CASE_FEEDBACK_GIVEN : 0);
	return RC_OK;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * rule.c - the question of one recipient, answered.
 *
 * The order of the checks is the order in which a person would ask: is there such
 * a convenant, may the message be shared at all, is the convenant in force, for
 * this phase and purpose, from this sender, to this recipient.  Then the fields.
 */
#include <string.h>

#include "policy/model.h"

/* The facts that only the engine may state: a caller's claim is dropped. */
static const factset derived = (factset)1 << FACT_RECIPIENT_SIGNED |
                               (factset)1 << FACT_SENDER_SIGNED |
                               (factset)1 << FACT_DECLARED;

struct ask { /* a question, looked up */
	const struct question  *q;
	const struct convenant *c;
	const struct member    *sender, *recipient; /* NULL: unknown */
	unsigned                phase, purpose;
	struct asker            who;
	struct ruling          *ret;
};

/* --- candidates ------------------------------------------------------------------ */

uint8_t
audience_of(factset message)
{
	if ((message & fact_bit(FACT_RECIPIENT_SIGNED)) != 0) return AUDIENCE_SIGNATORY;
	if ((message & fact_bit(FACT_DECLARED)) != 0)
		return AUDIENCE_INCIDENTAL | AUDIENCE_NON_SIGNATORY;
	return AUDIENCE_NON_SIGNATORY;
}

/* Whether FACTS satisfy C as far as facts within KNOWN go; the others are open. */
static bool
facts_allow(const struct candidate *c, factset facts, factset known)
{
	factset any = c->when_any;
	if (((c->when & known) & ~facts) != 0 || (c->unless & facts) != 0) return false;
	return any == 0 || (any & facts) != 0 || (any & ~known) != 0;
}

static bool
asker_allowed(const struct candidate *c, struct asker who)
{
	return (c->audience & who.audience) != 0 && (c->sources >> who.source & 1) != 0 &&
	       (c->purposes >> who.purpose & 1) != 0;
}

bool
candidate_holds(const struct candidate *c, struct asker who, factset facts)
{
	return asker_allowed(c, who) && facts_allow(c, facts, ~(factset)0);
}

/* Whether C can hold for some record of this message. */
static bool
can_hold(const struct candidate *c, struct asker who, factset message)
{
	return asker_allowed(c, who) && facts_allow(c, message, FACTS_MESSAGE);
}

/* --- refusing -------------------------------------------------------------------- */

static rc
deny(struct ask *a, rc code, const char *change)
{
	a->ret->change = change;
	return code;
}

static rc
deny_by_bar(struct ask *a, const struct candidate *bar)
{
	const struct rule *rule = a->ret->policy->rules[bar->rule];
	a->ret->rule            = bar->rule;
	return deny(a, rule->code, rule->change);
}

/* --- the message ----------------------------------------------------------------- */

static unsigned
number_of(const char *const *names, const char *name, unsigned if_none)
{
	for (unsigned i = 0; name != NULL && names[i] != NULL; i++) {
		if (strcmp(names[i], name) == 0) return i;
	}
	return if_none;
}

static rc
check_refuse_bars(struct ask *a)
{
	for (size_t i = 0; i < a->c->n_refuse; i++) {
		const struct candidate *bar = &a->c->refuse[i];
		if (!facts_allow(bar, a->ret->message, ~(factset)0)) continue;
		a->ret->refused = true;
		return deny_by_bar(a, bar);
	}
	return RC_OK;
}

static rc
check_message(struct ask *a)
{
	const struct convenant *c = a->c;
	if (c == NULL) return deny(a, RC_NO_CONVENANT, "a convenant that exists");
	TRY(check_refuse_bars(a));
	if (c->registration == NULL || a->q->today < c->info.from ||
	    a->q->today > c->info.until)
		return deny(a, RC_CONVENANT_NOT_IN_FORCE, c->change_force);
	a->phase = number_of(c->info.phases, a->q->phase, PHASES_MAX);
	if (a->phase == PHASES_MAX) return deny(a, RC_NO_PHASE, c->change_phase);
	a->purpose = number_of(c->info.purposes, a->q->purpose, PURPOSES_MAX);
	if (a->purpose == PURPOSES_MAX)
		return deny(a, RC_WRONG_PURPOSE, c->change_purpose);
	return RC_OK;
}

/* --- the sender ------------------------------------------------------------------ */

static bool
may_send(const struct convenant *c, unsigned role, const char *desk)
{
	for (size_t i = 0; i < c->n_senders; i++) {
		const struct seat *s = &c->senders[i];
		if (s->role == role && (s->desk == NULL || strcmp(s->desk, desk) == 0))
			return true;
	}
	return false;
}

static rc
check_sender(struct ask *a)
{
	const struct member *m = a->sender;
	if (m == NULL || !party_has_desk(&m->party, a->q->sender_desk))
		return deny(a, RC_SENDER_NOT_ALLOWED,
		    "a sender and desk that parties.yaml names");
	if (!may_send(a->c, m->role, a->q->sender_desk))
		return deny(a, RC_SENDER_NOT_ALLOWED, a->c->change_sender);
	if ((a->ret->message & fact_bit(FACT_SENDER_SIGNED)) == 0)
		return deny(a, RC_SENDER_NOT_ALLOWED, a->c->change_sender_sign);
	return RC_OK;
}

/* --- the recipient --------------------------------------------------------------- */

/* The seat of this desk, else of its role; NULL if no rule names either. */
static const struct row *
row_for(const struct convenant *c, unsigned phase, unsigned role, const char *desk)
{
	const struct row *row = NULL;
	for (size_t i = 0; i < c->n_seats; i++) {
		const struct seat *s = &c->seats[i];
		if (s->role != role) continue;
		if (s->desk != NULL && strcmp(s->desk, desk) != 0) continue;
		if (row == NULL || s->desk != NULL)
			row = &c->rows[phase * c->n_seats + i];
	}
	return row;
}

/* What would have to change for a grant of ROW to hold; NULL if nothing that the
 * question could have said. */
static const char *
change_for(const struct ask *a, const struct row *row)
{
	factset message = a->ret->message;
	for (size_t i = 0; i < row->n_grants; i++) {
		const struct candidate *g   = &row->grants[i];
		struct asker            who = a->who;
		if (can_hold(g, who, message)) return "";
		who.audience = g->audience;
		if (can_hold(g, who, message))
			return g->audience == AUDIENCE_INCIDENTAL ? a->c->change_declare
			                                          : a->c->change_sign;
	}
	for (size_t i = 0; i < row->n_grants; i++) {
		const struct candidate *g = &row->grants[i];
		if (asker_allowed(g, a->who))
			return a->ret->policy->rules[g->rule]->change;
	}
	return NULL;
}

static rc
deny_recipient(struct ask *a, const struct row *row)
{
	const char *change = row == NULL ? NULL : change_for(a, row);
	if (row == NULL)
		return deny(
		    a, RC_NOT_ENTITLED, "a convenant that names the recipient's role");
	for (unsigned phase = a->phase + 1; change == NULL && phase < a->c->n_phases;
	     phase++) {
		const char *later =
		    change_for(a, row + (phase - a->phase) * a->c->n_seats);
		if (later != NULL && *later == '\0')
			change = a->c->change_to_phase[phase];
	}
	return deny(a, RC_NOT_ENTITLED,
	    change != NULL ? change
	                   : "another sender: no rule grants what this one may supply");
}

static bool
grants_something(const struct ask *a, const struct row *row)
{
	for (size_t i = 0; i < row->n_grants; i++) {
		if (can_hold(&row->grants[i], a->who, a->ret->message)) return true;
	}
	return false;
}

static rc
check_entitled(struct ask *a)
{
	const struct row *row = row_for(a->c, a->phase, a->recipient->role, a->ret->desk);
	for (size_t i = 0; row != NULL && i < row->n_excludes; i++) {
		if (facts_allow(&row->excludes[i], a->ret->message, ~(factset)0))
			return deny_by_bar(a, &row->excludes[i]);
	}
	if (row == NULL || !grants_something(a, row)) return deny_recipient(a, row);
	a->ret->row = row;
	return RC_OK;
}

static rc
check_recipient(struct ask *a)
{
	const struct member *m = a->recipient;
	if (m == NULL)
		return deny(
		    a, RC_UNKNOWN_RECIPIENT, "a recipient that parties.yaml names");
	a->ret->recipient = &m->party;
	a->ret->desk      = m->party.desks[0];
	if (a->q->recipient_desk != NULL) {
		unsigned n = number_of(m->party.desks, a->q->recipient_desk, DESKS_MAX);
		if (n == DESKS_MAX)
			return deny(
			    a, RC_UNKNOWN_RECIPIENT, "a desk that parties.yaml names");
		a->ret->desk = m->party.desks[n];
	}
	return check_entitled(a);
}

/* --- obligations ----------------------------------------------------------------- */

/* Those of the convenant that go with every copy, and those of every rule that can
 * have decided a field: rather one too many than one forgotten. */
static void
collect_obligations(struct ask *a, const struct row *row)
{
	struct ruling *ret   = a->ret;
	uint16_t       named = 0;
	for (size_t i = 0; i < row->n_grants; i++) {
		if (can_hold(&row->grants[i], a->who, ret->message))
			named |= ret->policy->rules[row->grants[i].rule]->obligations;
	}
	for (size_t i = 0; i < a->c->n_obligations; i++) {
		const struct obligation *o = &a->c->obligations[i];
		bool                     holds =
		    (o->when & ~ret->message) == 0 && (o->unless & ret->message) == 0;
		if (holds && (o->every_copy || (named >> i & 1) != 0))
			ret->obligations[ret->n_obligations++] = &o->info;
	}
}

/* --- ruling ---------------------------------------------------------------------- */

static factset
signed_facts(const struct ask *a)
{
	const char *id    = a->c == NULL ? "" : a->c->info.id;
	int32_t     today = a->q->today;
	factset     facts = 0;
	if (a->sender != NULL && member_signed(a->sender, id, false, today))
		facts |= fact_bit(FACT_SENDER_SIGNED);
	if (a->recipient != NULL && member_signed(a->recipient, id, false, today))
		facts |= fact_bit(FACT_RECIPIENT_SIGNED);
	if (a->recipient != NULL && member_signed(a->recipient, id, true, today))
		facts |= fact_bit(FACT_DECLARED);
	return facts;
}

static rc
rule_one(struct ask *a)
{
	a->ret->message |= signed_facts(a);
	TRY(check_message(a));
	TRY(check_sender(a));
	a->ret->source_role = a->sender->role;
	a->ret->purpose     = a->purpose;
	a->who =
	    (struct asker){a->sender->role, a->purpose, audience_of(a->ret->message)};
	TRY(check_recipient(a));
	a->ret->deliver_days = a->c->deliver_days;
	collect_obligations(a, a->ret->row);
	return RC_OK;
}

void
policy_rule(const struct policy *p, const struct question *q, struct ruling *ret)
{
	*ret         = (struct ruling){.rule = RULE_NONE,
	            .change                  = "",
	            .policy                  = p,
	            .message                 = q->message & FACTS_MESSAGE & ~derived};
	struct ask a = {.q = q,
	    .c             = convenant_find(p, q->convenant),
	    .ret           = ret,
	    .sender        = member_find(p, q->sender_oin),
	    .recipient     = member_find(p, q->recipient_oin)};
	ret->code    = rule_one(&a);
}

static struct cell
cell_of(const struct candidate *c, const struct candidate *end, struct asker who,
    factset facts)
{
	for (; c < end; c++) {
		if (candidate_holds(c, who, facts))
			return (struct cell){c->action, c->generalise, c->rule};
	}
	return (struct cell){SLUIS__ACTION__ACTION_WITHHOLD, GENERALISE_NONE, RULE_NONE};
}

void
row_cells(const struct row *row, struct asker who, factset facts,
    struct cell cells[SCHEMA_FIELDS_MAX])
{
	const struct cell silence = {
	    SLUIS__ACTION__ACTION_WITHHOLD, GENERALISE_NONE, RULE_NONE};
	struct cell of_list[SCHEMA_FIELDS_MAX];

	for (size_t i = 0; i < SCHEMA_FIELDS_MAX; i++) cells[i] = silence;
	if (row == NULL) return;
	for (size_t i = 0; i < row->n_lists; i++)
		of_list[i] = cell_of(row->candidates + row->starts[i],
		    row->candidates + row->starts[i + 1], who, facts);
	for (size_t i = 0; i < schema_signal()->n_fields; i++)
		cells[i] = of_list[row->list_of[i]];
}

void
ruling_cells(const struct ruling *r, factset record, struct cell cells[SCHEMA_FIELDS_MAX])
{
	struct asker who   = {r->source_role, r->purpose, audience_of(r->message)};
	factset      facts = r->message | (record & FACTS_RECORD);
	row_cells(r->code == RC_OK ? r->row : NULL, who, facts, cells);
}

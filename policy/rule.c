/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * rule.c - the question of one recipient, answered.
 *
 * The order of the checks is the order in which a person would ask: is there such
 * a convenant, may the message be shared at all, is the convenant in force, for
 * this phase and purpose, from this sender, to this recipient.  Then the fields,
 * which are cells.c's.
 *
 * A question names parties or, hypothetically, roles; both become the two sides of
 * one struct ask.
 */
#include <string.h>

#include "policy/model.h"

struct side { /* a sender or recipient, looked up */
	bool        known;
	unsigned    role;
	const char *desk; /* NULL: any desk that no rule names */
};

struct ask {                       /* a question, looked up */
	const struct convenant *c; /* NULL: there is none of that name */
	const char             *phase_name, *purpose_name;
	struct side             sender, recipient;
	const struct party     *party; /* the recipient; NULL: unknown, or a role */
	bool           in_force;       /* registered, begun, not ended, in this region */
	unsigned       phase, purpose;
	struct asker   who;
	struct ruling *ret;
};

/* --- candidates ------------------------------------------------------------------ */

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
	const struct candidate *bar =
	    bar_holding(a->c->refuse, a->c->n_refuse, a->ret->message);
	if (bar == NULL) return RC_OK;
	a->ret->refused = true;
	return deny_by_bar(a, bar);
}

static rc
check_message(struct ask *a)
{
	const struct convenant *c = a->c;
	if (c == NULL) return deny(a, RC_NO_CONVENANT, "a convenant that exists");
	TRY(check_refuse_bars(a));
	if (!a->in_force) return deny(a, RC_CONVENANT_NOT_IN_FORCE, c->change_force);
	a->phase = number_of(c->info.phases, a->phase_name, PHASES_MAX);
	if (a->phase == PHASES_MAX) return deny(a, RC_NO_PHASE, c->change_phase);
	a->purpose = number_of(c->info.purposes, a->purpose_name, PURPOSES_MAX);
	if (a->purpose == PURPOSES_MAX)
		return deny(a, RC_WRONG_PURPOSE, c->change_purpose);
	return RC_OK;
}

/* --- the sender ------------------------------------------------------------------ */

bool
may_send(const struct convenant *c, unsigned role, const char *desk)
{
	for (size_t i = 0; i < c->n_senders; i++) {
		const struct seat *s = &c->senders[i];
		if (s->role == role &&
		    (s->desk == NULL || (desk != NULL && strcmp(s->desk, desk) == 0)))
			return true;
	}
	return false;
}

static rc
check_sender(struct ask *a)
{
	if (!a->sender.known)
		return deny(a, RC_SENDER_NOT_ALLOWED,
		    "a sender and desk that parties.yaml names");
	if (!may_send(a->c, a->sender.role, a->sender.desk))
		return deny(a, RC_SENDER_NOT_ALLOWED, a->c->change_sender);
	if ((a->ret->message & fact_bit(FACT_SENDER_SIGNED)) == 0)
		return deny(a, RC_SENDER_NOT_ALLOWED, a->c->change_sender_sign);
	return RC_OK;
}

/* --- the recipient --------------------------------------------------------------- */

const struct row *
row_for(const struct convenant *c, unsigned phase, unsigned role, const char *desk)
{
	const struct row *row = NULL;
	for (size_t i = 0; i < c->n_seats; i++) {
		const struct seat *s = &c->seats[i];
		if (s->role != role) continue;
		if (s->desk != NULL && (desk == NULL || strcmp(s->desk, desk) != 0))
			continue;
		if (row == NULL || s->desk != NULL)
			row = &c->rows[phase * c->n_seats + i];
	}
	return row;
}

/* What the recipient would have to be for G, which is for others. */
static const char *
change_to_be(const struct ask *a, const struct candidate *g)
{
	return g->audience == AUDIENCE_INCIDENTAL ? a->c->change_declare
	                                          : a->c->change_sign;
}

/* What would have to change for a grant of ROW to hold; NULL if nothing that the
 * question could have said. */
static const char *
change_for(const struct ask *a, const struct row *row)
{
	factset      message = a->ret->message;
	struct asker who     = a->who;
	for (size_t i = 0; i < row->n_grants; i++) {
		const struct candidate *g = &row->grants[i];
		who.audience              = g->audience;
		if (can_hold(g, a->who, message)) return "";
		if (can_hold(g, who, message)) return change_to_be(a, g);
	}
	for (size_t i = 0; i < row->n_grants; i++) {
		const struct candidate *g = &row->grants[i];
		if (asker_allowed(g, a->who))
			return a->ret->policy->rules[g->rule]->change;
	}
	for (size_t i = 0; i < row->n_grants; i++) { /* both, then: the first of them */
		who.audience = row->grants[i].audience;
		if (asker_allowed(&row->grants[i], who))
			return change_to_be(a, &row->grants[i]);
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
	const struct row *row =
	    row_for(a->c, a->phase, a->recipient.role, a->recipient.desk);
	const struct candidate *bar =
	    row == NULL ? NULL
	                : bar_holding(row->excludes, row->n_excludes, a->ret->message);
	a->ret->row = row; /* also where it gives nothing: nearest.h looks around there */
	if (bar != NULL) return deny_by_bar(a, bar);
	if (row == NULL || !grants_something(a, row)) return deny_recipient(a, row);
	return RC_OK;
}

/* --- obligations ----------------------------------------------------------------- */

bool
obligation_is_for(const struct obligation *o, unsigned role, const char *desk)
{
	for (size_t i = 0; i < o->n_recipients; i++) {
		const struct seat *s = &o->recipients[i];
		if (s->role == role &&
		    (s->desk == NULL || (desk != NULL && strcmp(s->desk, desk) == 0)))
			return true;
	}
	return o->n_recipients == 0;
}

static bool
obligation_holds(const struct obligation *o, factset message)
{
	return (o->when & ~message) == 0 && (o->unless & message) == 0 &&
	       (o->when_any == 0 || (o->when_any & message) != 0);
}

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
		const struct obligation *o     = &a->c->obligations[i];
		bool                     holds = obligation_holds(o, ret->message) &&
		             (o->purposes >> a->purpose & 1) != 0 &&
		             obligation_is_for(o, a->recipient.role, a->recipient.desk);
		if (holds && (o->every_copy || (named >> i & 1) != 0))
			ret->obligations[ret->n_obligations++] = &o->info;
	}
}

/* --- ruling ---------------------------------------------------------------------- */

static rc
rule_one(struct ask *a)
{
	TRY(check_message(a));
	TRY(check_sender(a));
	a->who               = (struct asker){a->sender.role,
	                  source_desks_of(a->c, a->sender.role, a->sender.desk), a->purpose,
	                  audience_of(a->ret->message)};
	a->ret->source_role  = a->who.source;
	a->ret->source_desks = a->who.desks;
	a->ret->purpose      = a->purpose;
	a->ret->recipient    = a->party;
	a->ret->desk         = a->recipient.desk;
	if (!a->recipient.known)
		return deny(a, RC_UNKNOWN_RECIPIENT,
		    a->party == NULL ? "a recipient that parties.yaml names"
		                     : "a desk that parties.yaml names");
	TRY(check_entitled(a));
	a->ret->deliver_days = a->c->deliver_days;
	collect_obligations(a, a->ret->row);
	return RC_OK;
}

static void
begin(const struct policy *p, factset message, const struct fieldset *held_back,
    struct ruling *ret)
{
	*ret = (struct ruling){.rule = RULE_NONE,
	    .change                  = "",
	    .policy                  = p,
	    .message                 = message & FACTS_MESSAGE & ~FACTS_OF_PLACE};
	if (held_back != NULL) ret->held_back = *held_back;
}

/* --- asked of parties ------------------------------------------------------------ */

bool
policy_has_region(const struct policy *p, const char *region)
{
	for (size_t i = 0; i < p->n_regions; i++) {
		if (strcmp(p->regions[i], region) == 0) return true;
	}
	return false;
}

static bool
covers(const struct convenant *c, const char *region)
{
	if (c->info.regions == NULL) return true;
	for (size_t i = 0; region != NULL && c->info.regions[i] != NULL; i++) {
		if (strcmp(c->info.regions[i], region) == 0) return true;
	}
	return false;
}

/* A third party signs its declaration for one case: the broker knows, parties.yaml not.
 */
static bool
declared_in_case(factset message)
{
	const factset both = fact_bit(FACT_CASE) | fact_bit(FACT_DECLARED);
	return (message & both) == both;
}

/* After its end a convenant speaks through its rules `for: [expired]`, if it has any; who
 * had signed when it ended may still send under it.  The facts of the recipient are those
 * of one audience (audience_facts()), so a declaration of who has signed is no news. */
static void
look_at_force(struct ask *a, const struct question *q, const struct member *sender,
    const struct member *recipient)
{
	const struct convenant *c     = a->c;
	factset                *facts = &a->ret->message;
	const char             *region =
            q->region != NULL || sender == NULL ? q->region : sender->party.region;
	if (c == NULL) return;
	if (q->region != NULL && !policy_has_region(a->ret->policy, q->region)) return;
	bool    ended = q->today > c->info.until;
	int32_t day   = ended ? c->info.until : q->today;
	a->in_force   = c->info.registration != NULL && q->today >= c->info.from &&
	              (!ended || c->info.after_end) && covers(c, region);
	if (ended) *facts |= fact_bit(FACT_EXPIRED);
	if (sender != NULL && member_signed(sender, c->info.id, false, region, day))
		*facts |= fact_bit(FACT_SENDER_SIGNED);
	if (ended || recipient == NULL) return;
	if (member_signed(recipient, c->info.id, false, region, day))
		*facts |= fact_bit(FACT_RECIPIENT_SIGNED);
	else if (declared_in_case(q->message) ||
	         member_signed(recipient, c->info.id, true, region, day))
		*facts |= fact_bit(FACT_DECLARED);
}

static factset
same_party(const struct question *q)
{
	return q->sender_oin != NULL && q->recipient_oin != NULL &&
	               strcmp(q->sender_oin, q->recipient_oin) == 0
	           ? fact_bit(FACT_SAME_PARTY)
	           : 0;
}

/* A desk that the party has not is replaced by its default one: a caller's words are not
 * repeated. */
static struct side
recipient_side(const struct member *m, const char *desk)
{
	if (m == NULL) return (struct side){.known = false};
	unsigned n = desk == NULL ? 0 : number_of(m->party.desks, desk, DESKS_MAX);
	return (struct side){
	    n < DESKS_MAX, m->role, m->party.desks[n < DESKS_MAX ? n : 0]};
}

void
policy_rule(const struct policy *p, const struct question *q, struct ruling *ret)
{
	const struct member *sender    = member_find(p, q->sender_oin);
	const struct member *recipient = member_find(p, q->recipient_oin);
	begin(p, q->message & ~fact_bit(FACT_SAME_PARTY), q->held_back, ret);
	ret->message |= same_party(q);
	struct ask a = {.c = convenant_find(p, q->convenant),
	    .phase_name    = q->phase,
	    .purpose_name  = q->purpose,
	    .ret           = ret};
	if (sender != NULL)
		a.sender = (struct side){party_has_desk(&sender->party, q->sender_desk),
		    sender->role, q->sender_desk};
	if (recipient != NULL) a.party = &recipient->party;
	a.recipient = recipient_side(recipient, q->recipient_desk);
	look_at_force(&a, q, sender, recipient);
	ret->code = rule_one(&a);
}

/* --- asked of roles -------------------------------------------------------------- */

static struct side
side_of(const struct policy *p, const char *role, const char *desk)
{
	unsigned n = role_number(p, role);
	return (struct side){n < ROLES_MAX, n, desk};
}

void
policy_rule_roles(
    const struct policy *p, const struct role_question *q, struct ruling *ret)
{
	begin(p, q->message, q->held_back, ret);
	struct ask a = {.c = convenant_find(p, q->convenant),
	    .phase_name    = q->phase,
	    .purpose_name  = q->purpose,
	    .sender        = side_of(p, q->sender, q->sender_desk),
	    .recipient     = side_of(p, q->recipient, q->recipient_desk),
	    .ret           = ret};
	ret->message |=
	    fact_bit(FACT_SENDER_SIGNED) | audience_facts((enum audience)q->audience);
	a.in_force = a.c != NULL && a.c->info.registration != NULL &&
	             (q->audience != AUDIENCE_EXPIRED || a.c->info.after_end);
	ret->code = rule_one(&a);
}

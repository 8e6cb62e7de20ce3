/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * plan_control.c - does anybody else go there?  And care is told that places are needed.
 *
 * A plan says when and where.  Where is kept as a token and compared; two plans of two
 * parties at one address within a few days of each other are told to both, with whom to
 * call and when, and nothing else.  Whom the rule names in care hears how many places of
 * which kind are needed when, never where.
 *
 * Both hear or neither does: under a convenant that both signed and of which a rule names
 * both.  So the size of the journal tells the one that plans no more than its notice.
 */
#include <string.h>

#include "broker/knowing/link.h"
#include "broker/outbox/notice.h"
#include "broker/route/act.h"
#include "broker/store/knowing.h"
#include "proto/message.h"

enum {
	NEAR_MAX    = 16,  /* controls of others that are told of */
	AHEAD_DAYS  = 366, /* a plan is not for a later day */
	PLACES_MAX  = 10000,
	KINDS_MAX   = 8, /* of shelter that one plan asks for */
	LETTER_MAX  = 8,
	NUMBER_MAX  = 99999,
	HOUSE_CHARS = 16,
};

struct plan {
	const Sluis__PlanControl    *m;
	const Sluis__PlannedControl *c;
	const struct link_info      *rule; /* that lets it tell; NULL: none any more */
	struct control_row           row;
	uint8_t former[TOKEN_BYTES]; /* of the same address in the epoch that ends */
	size_t  n_near;
	struct control_row near[NEAR_MAX];
};

/* --- what it says ---------------------------------------------------------------- */

static bool
is_shelter_kind(const char *name)
{
	const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value_by_name(
	    &sluis__shelter_kind__descriptor, name);

	return v != NULL && v->value != 0;
}

static rc
read_care(struct plan *p)
{
	p->row.places = p->c->has_shelter_places ? p->c->shelter_places : 0;
	if (p->row.places > PLACES_MAX) return RC_MALFORMED;
	if (p->row.places == 0 && p->c->n_shelter_kinds != 0) return RC_MALFORMED;
	for (size_t i = 0; i < p->c->n_shelter_kinds; i++)
		if (!is_shelter_kind(p->c->shelter_kinds[i])) return RC_MALFORMED;
	return p->c->n_shelter_kinds > KINDS_MAX ? RC_TOO_MANY : RC_OK;
}

/* The token of the address; none where care alone is told. */
static rc
read_address(const struct broker *b, struct plan *p)
{
	const Sluis__PlannedControl *c = p->c;
	const char *letter             = c->house_letter == NULL ? "" : c->house_letter;
	char        house[HOUSE_CHARS];

	if (c->postcode == NULL && !c->has_house_number && c->house_letter == NULL)
		return p->row.places == 0 ? RC_MALFORMED : RC_OK;
	if (c->postcode == NULL || !c->has_house_number || c->house_number == 0 ||
	    c->house_number > NUMBER_MAX || strlen(letter) > LETTER_MAX)
		return RC_MALFORMED;
	(void)snprintf(house, sizeof house, "%u%s", (unsigned)c->house_number, letter);
	rc code = link_address(b->pseudonymiser, c->postcode, house, p->row.token);
	p->row.has_token = code == RC_OK;
	if (code == RC_OK && b->former != NULL)
		code = link_address(b->former, c->postcode, house, p->former);
	return code == RC_INVALID_SIGNAL ? RC_MALFORMED : code;
}

static rc
read_when(const struct broker *b, struct plan *p)
{
	int32_t today = date_of_ms(b->now_ms);

	if (p->c->planned_on == NULL || !date_parse(p->c->planned_on, &p->row.day))
		return RC_MALFORMED;
	return p->row.day < today || p->row.day > today + AHEAD_DAYS ? RC_MALFORMED
	                                                             : RC_OK;
}

/* --- may it ---------------------------------------------------------------------- */

/* A desk of the planner's own that can be called, in its own region. */
static rc
read_contact(struct act *a, struct plan *p)
{
	const struct party *me   = a->q->member->party;
	const char         *desk = p->m->contact_desk;

	if (me == NULL) return RC_SENDER_NOT_ALLOWED;
	if (desk == NULL) desk = a->me.desk;
	if (!party_has_desk(me, desk)) {
		(void)snprintf(a->q->where.at, sizeof a->q->where.at, "contact_desk");
		return RC_MALFORMED;
	}
	(void)snprintf(p->row.contact, sizeof p->row.contact, "%s", desk);
	(void)snprintf(p->row.region, sizeof p->row.region, "%s", me->region);
	return RC_OK;
}

static rc
check_convenant(struct act *a, struct plan *p)
{
	const struct policy         *policy = a->b->policy;
	const struct convenant_info *c =
	    p->m->convenant == NULL ? NULL : policy_convenant(policy, p->m->convenant);

	if (c == NULL) return RC_NO_CONVENANT;
	if (!link_stands(policy, c->id, a->me.oin, date_of_ms(a->b->now_ms)))
		return RC_CONVENANT_NOT_IN_FORCE;
	p->rule = link_control_rule(policy, c->id, a->q->member->party->role, a->me.desk);
	if (p->rule == NULL)
		return act_deny(a, RC_SENDER_NOT_ALLOWED, NULL, c->article,
		    "a convenant that lets this desk tell of its controls");
	(void)snprintf(p->row.convenant, sizeof p->row.convenant, "%s", c->id);
	return RC_OK;
}

/* Whether both planners may hear of each other by the rule of CONVENANT. */
static bool
both_hear(const struct broker *b, const char *convenant, const struct control_row *x,
    const struct control_row *y)
{
	const struct party *px    = policy_party(b->policy, x->who.oin);
	const struct party *py    = policy_party(b->policy, y->who.oin);
	int32_t             today = date_of_ms(b->now_ms);

	return px != NULL && py != NULL &&
	       link_stands(b->policy, convenant, px->oin, today) &&
	       link_stands(b->policy, convenant, py->oin, today) &&
	       link_control_rule(b->policy, convenant, px->role, x->who.desk) != NULL &&
	       link_control_rule(b->policy, convenant, py->role, y->who.desk) != NULL;
}

/* The plans of others that it meets. */
static rc
find_near_row(const struct broker *b, struct plan *p, const struct control_row *row)
{
	struct control_row rows[NEAR_MAX];
	size_t             n = 0;

	TRY(store_controls_near(
	    b->store, row, (int32_t)b->config->control_days, NEAR_MAX, rows, &n));
	for (size_t i = 0; i < n && p->n_near < NEAR_MAX; i++)
		if (both_hear(b, p->row.convenant, &p->row, &rows[i]) ||
		    both_hear(b, rows[i].convenant, &p->row, &rows[i]))
			p->near[p->n_near++] = rows[i];
	return RC_OK;
}

/* Those planned under the epoch that ends have its tokens. */
static rc
find_near(const struct broker *b, struct plan *p)
{
	struct control_row before = p->row;

	TRY(find_near_row(b, p, &p->row));
	if (!p->row.has_token || b->former == NULL) return RC_OK;
	memcpy(before.token, p->former, sizeof before.token);
	return find_near_row(b, p, &before);
}

/* A party that plans everywhere would learn where others go. */
static rc
take_one(struct act *a)
{
	bool ok = false;

	TRY(store_take_of_day(a->b->store, "control", a->me.oin, a->b->now_ms / DAY_MS, 1,
	    (uint64_t)a->b->config->controls_per_day, &ok));
	return ok ? RC_OK : RC_OVER_QUOTA;
}

/* --- telling --------------------------------------------------------------------- */

/* Tell the planner TO of OTHER's control. */
static rc
tell_of(struct act *a, const struct control_row *to, const struct control_row *other,
    bool called_off)
{
	Sluis__Notice n = SLUIS__NOTICE__INIT;
	char          on[16];

	date_write(other->day, on);
	n.has_kind       = 1;
	n.kind           = SLUIS__NOTICE_KIND__NOTICE_CONTROL;
	n.has_about      = 1;
	n.about          = message_borrow_bytes(to->id, sizeof to->id);
	n.from_oin       = message_borrow(other->who.oin);
	n.from_desk      = message_borrow(other->contact);
	n.convenant      = message_borrow(to->convenant);
	n.contact_desk   = message_borrow(other->contact);
	n.planned_on     = on;
	n.has_called_off = called_off;
	n.called_off     = called_off;
	return notice_send(a->b, &to->who, &n, 1, a->first, NULL);
}

static rc
tell_planners(struct act *a, const struct plan *p, bool called_off)
{
	for (size_t i = 0; i < p->n_near; i++) {
		TRY(tell_of(a, &p->near[i], &p->row, called_off));
		if (!called_off) TRY(tell_of(a, &p->row, &p->near[i], false));
	}
	return RC_OK;
}

static rc
tell_coordinator(struct act *a, const struct plan *p, const char *oin, const char *desk,
    bool called_off)
{
	Sluis__Notice  n   = SLUIS__NOTICE__INIT;
	struct seat_id who = seat_of(oin, desk);
	char           on[16];

	date_write(p->row.day, on);
	n.has_kind           = 1;
	n.kind               = SLUIS__NOTICE_KIND__NOTICE_CARE;
	n.from_oin           = message_borrow(p->row.who.oin);
	n.from_desk          = message_borrow(p->row.contact);
	n.contact_desk       = message_borrow(p->row.contact);
	n.planned_on         = on;
	n.has_shelter_places = 1;
	n.shelter_places     = (uint32_t)p->row.places;
	n.n_shelter_kinds    = p->c == NULL ? 0 : p->c->n_shelter_kinds;
	n.shelter_kinds      = p->c == NULL ? NULL : p->c->shelter_kinds;
	n.has_called_off     = called_off;
	n.called_off         = called_off;
	return notice_send(a->b, &who, &n, 1, a->first, NULL);
}

/* Whom the rule names in care, in the region. */
static rc
tell_care(struct act *a, const struct plan *p, bool called_off)
{
	const struct policy *policy = a->b->policy;
	int32_t              today  = date_of_ms(a->b->now_ms);

	if (p->row.places == 0 || p->rule == NULL) return RC_OK;
	for (size_t i = 0; i < policy_n_parties(policy); i++) {
		const struct party *to   = policy_party_at(policy, i);
		const char         *desk = link_care_desk(policy, p->rule, to, today);
		if (desk != NULL && strcmp(to->region, p->row.region) == 0)
			TRY(tell_coordinator(a, p, to->oin, desk, called_off));
	}
	return RC_OK;
}

/* --- plan and cancel ------------------------------------------------------------- */

static rc
write_leaf(struct act *a, struct plan *p, const char *what)
{
	Sluis__Detail detail = SLUIS__DETAIL__INIT;
	struct event  e      = {.kind = SLUIS__EVENT_KIND__EVENT_CONTROL,
	          .convenant          = p->row.convenant,
	          .rule               = p->rule == NULL ? NULL : p->rule->id,
	          .has_refers_to      = what != NULL,
	          .refers_to          = p->row.leaf};

	detail.code = message_borrow(what);
	return act_event(a, &e, &detail, NULL);
}

static rc
plan(struct act *a, struct plan *p)
{
	struct control_row same;

	p->c = p->m->control;
	if (p->c == NULL || p->m->has_about) return RC_MALFORMED;
	TRY(read_when(a->b, p));
	TRY(read_care(p));
	TRY(read_contact(a, p));
	TRY(read_address(a->b, p));
	TRY(check_convenant(a, p));
	p->row.who  = a->me;
	p->row.leaf = a->first;
	memcpy(p->row.id, a->q->head->request_id.data, sizeof p->row.id);
	rc code = store_get_control(a->b->store, p->row.id, &same);
	if (code != RC_NOT_FOUND) return code == RC_OK ? RC_REPLAYED : code;
	TRY(find_near(a->b, p));
	TRY(take_one(a));

	TRY(write_leaf(a, p, NULL));
	TRY(store_put_control(a->b->store, &p->row));
	TRY(tell_planners(a, p, false));
	return tell_care(a, p, false);
}

static rc
cancel(struct act *a, struct plan *p)
{
	const struct party *me = a->q->member->party;

	if (p->m->control != NULL || p->m->about.len != ID_BYTES) return RC_MALFORMED;
	TRY(store_get_control(a->b->store, p->m->about.data, &p->row));
	if (strcmp(p->row.who.oin, a->me.oin) != 0 ||
	    strcmp(p->row.who.desk, a->me.desk) != 0)
		return RC_NOT_FOUND;
	if (me != NULL)
		p->rule = link_control_rule(
		    a->b->policy, p->row.convenant, me->role, a->me.desk);
	TRY(find_near(a->b, p));

	TRY(write_leaf(a, p, "called_off"));
	TRY(store_end_control(a->b->store, p->row.id));
	TRY(tell_planners(a, p, true));
	return tell_care(a, p, true);
}

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	struct plan p = {.m = (const Sluis__PlanControl *)q->message};
	struct act  a;
	bool        done = false;

	TRY(act_begin(&a, b, q, r, &done));
	if (done) return RC_OK;
	TRY(p.m->has_cancel && p.m->cancel ? cancel(&a, &p) : plan(&a, &p));
	return act_end(&a);
}

const struct handler plan_control_handler = {
    .type      = TYPE_PLAN_CONTROL,
    .doors     = 1u << DOOR_AGENCY,
    .max_bytes = 4 * 1024,
    .desc      = &sluis__plan_control__descriptor,
    .handle    = handle,
    .repeat    = act_repeat,
};

/* SPDX-License-Identifier: EUPL-1.2 */
/* case_region.c - requests about cases, sent and answered. */
#include "support/case_region.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/message.h"

static struct person *
person_at(struct case_region *c, size_t i)
{
	struct person *all[] = {&c->meldpunt, &c->analist, &c->aandacht, &c->politie,
	    &c->nla, &c->zorg, &c->veiligthuis, &c->auditor};

	return i < sizeof all / sizeof all[0] ? all[i] : NULL;
}

void
case_region_open(struct case_region *c)
{
	static const char *const desks[][2] = {{OIN_MUNICIPALITY, "meldpunt"},
	    {OIN_MUNICIPALITY, "analist"}, {OIN_MUNICIPALITY, "aandachtfunctionaris"},
	    {OIN_POLICE, "avim"}, {OIN_NLA, "opsporing"}, {OIN_CARE, "zorgcoordinator"},
	    {OIN_SAFE_HOME, "casusregie"}, {OIN_AUDITOR, "auditor"}};

	memset(c, 0, sizeof *c);
	region_open(&c->region);
	for (size_t i = 0; person_at(c, i) != NULL; i++) {
		const struct party *party =
		    policy_party(c->region.broker.policy, desks[i][0]);
		const char *desk = desks[i][1];
		if (!party_has_desk(party, desk)) desk = party->desks[0];
		person_enrolled(&c->region, desks[i][0], desk, person_at(c, i));
	}
}

void
case_region_close(struct case_region *c)
{
	for (size_t i = 0; person_at(c, i) != NULL; i++) person_wipe(person_at(c, i));
	region_close(&c->region);
}

Sluis__Head *
head_of(struct case_region *c, const struct person *p, struct ask_head *h)
{
	head_make(&c->region, p, h->id, &h->head);
	return &h->head;
}

ProtobufCBinaryData
id_bytes(const uint8_t id[ID_BYTES])
{
	return message_borrow_bytes(id, ID_BYTES);
}

void
answered(Sluis__Answer *a, const char *want)
{
	if (a == NULL || strcmp(a->code, want) != 0) {
		(void)fprintf(stderr, "answered %s (%s), not %s\n",
		    a == NULL ? "nothing" : a->code,
		    a == NULL || a->change == NULL ? "" : a->change, want);
		abort();
	}
	message_destroy(&a);
}

/* --- requests -------------------------------------------------------------------- */

Sluis__Answer *
case_open(struct case_region *c, const struct person *p, const char *route,
    const uint8_t *delivery, const uint8_t *trace, uint8_t id[ID_BYTES])
{
	Sluis__CaseOpen     m = SLUIS__CASE_OPEN__INIT;
	struct ask_head     h;
	ProtobufCBinaryData from = {0}, own = {0};

	m.head  = head_of(c, p, &h);
	m.route = message_borrow(route);
	if (delivery != NULL) {
		from           = id_bytes(delivery);
		m.n_deliveries = 1;
		m.deliveries   = &from;
	}
	if (trace != NULL) {
		own        = id_bytes(trace);
		m.n_traces = 1;
		m.traces   = &own;
	}
	memcpy(id, h.id, ID_BYTES);
	return region_ask(&c->region, p, TYPE_CASE_OPEN, &m.base);
}

void
case_opened(struct case_region *c, uint8_t id[ID_BYTES])
{
	answered(case_open(c, &c->meldpunt, "nijmegen", NULL, NULL, id), "ok");
}

Sluis__Answer *
case_read(struct case_region *c, const struct person *p, const uint8_t *id)
{
	Sluis__CaseRead m = SLUIS__CASE_READ__INIT;
	struct ask_head h;

	m.head        = head_of(c, p, &h);
	m.has_case_id = id != NULL;
	if (id != NULL) m.case_id = id_bytes(id);
	return region_ask(&c->region, p, TYPE_CASE_READ, &m.base);
}

static void
start_move(struct case_region *c, const struct person *p, const uint8_t id[ID_BYTES],
    const char *step, struct ask_head *h, Sluis__CaseMove *m)
{
	sluis__case_move__init(m);
	m->head        = head_of(c, p, h);
	m->has_case_id = 1;
	m->case_id     = id_bytes(id);
	m->transition  = message_borrow(step);
}

Sluis__Answer *
case_move(struct case_region *c, const struct person *p, const uint8_t id[ID_BYTES],
    const char *step)
{
	Sluis__CaseMove m;
	struct ask_head h;

	start_move(c, p, id, step, &h, &m);
	return region_ask(&c->region, p, TYPE_CASE_MOVE, &m.base);
}

Sluis__Answer *
case_confirmed(struct case_region *c, const struct person *p, const uint8_t id[ID_BYTES],
    const char *step)
{
	Sluis__CaseMove m;
	struct ask_head h;

	start_move(c, p, id, step, &h, &m);
	m.has_only_ask   = 1;
	m.only_ask       = 1;
	Sluis__Answer *a = region_ask(&c->region, p, TYPE_CASE_MOVE, &m.base);
	if (strcmp(a->code, "ok") != 0) return a;
	start_move(c, p, id, step, &h, &m);
	m.has_confirmation  = 1;
	m.confirmation      = a->confirmation;
	Sluis__Answer *done = region_ask(&c->region, p, TYPE_CASE_MOVE, &m.base);
	message_destroy(&a);
	return done;
}

Sluis__Answer *
case_join(struct case_region *c, const struct person *p, const uint8_t id[ID_BYTES],
    const struct person *who, Sluis__ParticipantAs as, unsigned layer, bool leave)
{
	Sluis__CaseJoin   m    = SLUIS__CASE_JOIN__INIT;
	Sluis__Recipient  one  = SLUIS__RECIPIENT__INIT;
	Sluis__Recipient *list = &one;
	struct ask_head   h;

	m.head        = head_of(c, p, &h);
	m.has_case_id = 1;
	m.case_id     = id_bytes(id);
	one.oin       = message_borrow(who->oin);
	one.desk      = message_borrow(who->desk);
	m.n_who       = 1;
	m.who         = &list;
	m.has_as      = 1;
	m.as          = as;
	m.has_layer   = 1;
	m.layer       = layer;
	m.has_leave   = leave;
	m.leave       = leave;
	return region_ask(&c->region, p, TYPE_CASE_JOIN, &m.base);
}

Sluis__Answer *
case_declare(struct case_region *c, const struct person *p, const uint8_t id[ID_BYTES])
{
	Sluis__CaseDeclare m = SLUIS__CASE_DECLARE__INIT;
	struct ask_head    h;

	m.head        = head_of(c, p, &h);
	m.has_case_id = 1;
	m.case_id     = id_bytes(id);
	return region_ask(&c->region, p, TYPE_CASE_DECLARE, &m.base);
}

Sluis__Answer *
case_todo(struct case_region *c, const struct person *p, bool given)
{
	Sluis__Todo     m = SLUIS__TODO__INIT;
	struct ask_head h;

	m.head      = head_of(c, p, &h);
	m.has_given = given;
	m.given     = given;
	return region_ask(&c->region, p, TYPE_TODO, &m.base);
}

/* --- sharing --------------------------------------------------------------------- */

static void
fill_share(const struct release_ask *s, struct buf *signal, Sluis__Submit *m)
{
	if (s->signal != NULL)
		signal_from_json(s->signal, signal);
	else
		signal_from_file("08-weekly-registrations.json", signal);
	m->convenant    = message_borrow(s->convenant);
	m->phase        = message_borrow(s->phase);
	m->purpose      = message_borrow(s->purpose);
	m->has_signal   = 1;
	m->signal       = message_borrow_bytes(signal->p, signal->n);
	m->has_enriches = s->enriches;
	m->enriches     = s->enriches;
	m->has_case_id  = s->case_id != NULL;
	m->has_corrects = s->corrects != NULL;
	if (s->case_id != NULL) m->case_id = id_bytes(s->case_id);
	if (s->corrects != NULL) m->corrects = id_bytes(s->corrects);
}

Sluis__Answer *
case_share(struct case_region *c, const struct person *p, const struct release_ask *s,
    uint8_t *trace)
{
	AUTO(buf_wipe) struct buf signal = buf_init(SIGNAL_MAX);
	Sluis__Submit             m      = SLUIS__SUBMIT__INIT;
	Sluis__Recipient          to[4];
	Sluis__Recipient         *list[4];
	struct ask_head           h;

	m.head       = head_of(c, p, &h);
	m.recipients = list;
	for (size_t i = 0; i < 4 && s->to[i] != NULL; i++) {
		sluis__recipient__init(&to[i]);
		to[i].oin              = message_borrow(s->to[i]->oin);
		to[i].desk             = message_borrow(s->to[i]->desk);
		list[m.n_recipients++] = &to[i];
	}
	fill_share(s, &signal, &m);
	if (trace != NULL) memcpy(trace, h.id, ID_BYTES);
	return region_ask(&c->region, p, TYPE_SUBMIT, &m.base);
}

Sluis__Answer *
case_receive(struct case_region *c, const struct person *p)
{
	Sluis__Receive  m = SLUIS__RECEIVE__INIT;
	struct ask_head h;

	m.head               = head_of(c, p, &h);
	m.has_max_deliveries = 1;
	m.max_deliveries     = 256;
	return region_ask(&c->region, p, TYPE_RECEIVE, &m.base);
}

/* The notice in DELIVERY; NULL if it is a signal. */
static Sluis__Notice *
notice_in(const Sluis__Delivery *delivery)
{
	Sluis__Copy *copy =
	    sluis__copy__unpack(NULL, delivery->copy.len, delivery->copy.data);
	Sluis__Notice *n = NULL;

	must(copy == NULL ? RC_MALFORMED : RC_OK);
	if (copy->has_notice)
		n = sluis__notice__unpack(NULL, copy->notice.len, copy->notice.data);
	message_destroy(&copy);
	return n;
}

size_t
notices(struct case_region *c, const struct person *p, Sluis__NoticeKind kind,
    Sluis__Notice **ret)
{
	Sluis__Answer *a = case_receive(c, p);
	size_t         n = 0;

	for (size_t i = 0; i < a->n_deliveries; i++) {
		Sluis__Notice *one = notice_in(a->deliveries[i]);
		if (one != NULL && one->kind == kind) {
			n++;
			if (ret != NULL) {
				message_destroy(ret);
				*ret = TAKE(one);
			}
		}
		message_destroy(&one);
	}
	message_destroy(&a);
	return n;
}

/* --- by hand --------------------------------------------------------------------- */

void
case_put_state(struct case_region *c, const uint8_t id[ID_BYTES], const char *state)
{
	struct store   *s = c->region.broker.store;
	struct case_row row;

	must(store_begin(s));
	must(store_get_case(s, id, &row));
	(void)snprintf(row.state, sizeof row.state, "%s", state);
	must(store_set_case(s, &row));
	must(store_commit(s));
}

void
case_put_seat(struct case_region *c, const uint8_t id[ID_BYTES], const struct person *p,
    Sluis__ParticipantAs as, unsigned layer, unsigned shown)
{
	struct store    *s    = c->region.broker.store;
	struct case_seat seat = {.as = as,
	    .layer                   = layer,
	    .shown                   = shown,
	    .since_ms                = c->region.broker.now_ms};

	memcpy(seat.who.oin, p->oin, sizeof seat.who.oin);
	memcpy(seat.who.desk, p->desk, sizeof seat.who.desk);
	must(store_begin(s));
	must(store_put_seat(s, id, &seat));
	must(store_commit(s));
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* story.c - the steps. */
#include "fault/story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/knowing/knowing.h"
#include "broker/outbox/delivery_end.h"
#include "broker/owed/erasure.h"
#include "broker/owed/recall.h"
#include "broker/owed/remind.h"
#include "broker/owed/retention.h"
#include "proto/message.h"

struct step {
	const char *name;
	enum who    who;
	rc (*make)(struct story *s, size_t i, Sluis__Head *head); /* the frame */
	rc (*take)(struct story *s, const Sluis__Answer *a);      /* NULL: nothing */
	rc (*work)(struct story *s); /* of the broker's own */
	size_t   of;                 /* the step whose id it names */
	enum who to;                 /* whom it is about */
};

static const struct step *step_at(size_t i);

static const struct person *
desk_of(const struct story *s, size_t i)
{
	return &s->w->desk[step_at(i)->who];
}

static rc
sign(struct story *s, size_t i, const char *type, const ProtobufCMessage *m)
{
	s->frame[i] = buf_init(FRAME_MAX);
	person_sign(desk_of(s, i), type, m, &s->frame[i]);
	return RC_OK;
}

/* --- requests -------------------------------------------------------------------- */

static rc
enrol(struct story *s, size_t i, Sluis__Head *head)
{
	const struct person *p = desk_of(s, i);
	Sluis__Enrol         m = SLUIS__ENROL__INIT;

	m.head          = head;
	m.has_binding   = 1;
	m.binding       = message_borrow_bytes(p->envelope.p, p->envelope.n);
	m.has_chain_pem = 1;
	m.chain_pem     = message_borrow_bytes(p->chain.p, p->chain.n);
	return sign(s, i, TYPE_ENROL, &m.base);
}

static rc
submit_to(struct story *s, size_t i, Sluis__Head *head, const char *const words[3],
    const uint8_t *case_id, const enum who *to, size_t n)
{
	AUTO(buf_wipe) struct buf signal = buf_init(SIGNAL_MAX);
	Sluis__Submit             m      = SLUIS__SUBMIT__INIT;
	Sluis__Recipient          r[DESKS], *list[DESKS];

	signal_from_file("10-truant-girl.json", &signal);
	for (size_t k = 0; k < n; k++) {
		sluis__recipient__init(&r[k]);
		r[k].oin  = message_borrow(s->w->desk[to[k]].oin);
		r[k].desk = message_borrow(s->w->desk[to[k]].desk);
		list[k]   = &r[k];
	}
	m.head         = head;
	m.convenant    = message_borrow(words[0]);
	m.phase        = message_borrow(words[1]);
	m.purpose      = message_borrow(words[2]);
	m.n_recipients = n;
	m.recipients   = list;
	m.has_signal   = 1;
	m.signal       = message_borrow_bytes(signal.p, signal.n);
	m.has_case_id  = case_id != NULL;
	m.case_id      = message_borrow_bytes(case_id, ID_BYTES);
	return sign(s, i, TYPE_SUBMIT, &m.base);
}

static rc
submit(struct story *s, size_t i, Sluis__Head *head)
{
	static const char *const words[] = {"afstemming", "1", "duiding"};
	static const enum who    to[]    = {POLICE, LABOUR, CARE};

	return submit_to(s, i, head, words, NULL, to, 3);
}

static rc
share(struct story *s, size_t i, Sluis__Head *head)
{
	static const char *const words[] = {"zvh", "1", "casusoverleg"};

	return submit_to(s, i, head, words, s->id[step_at(i)->of], &step_at(i)->to, 1);
}

static rc
receive(struct story *s, size_t i, Sluis__Head *head)
{
	Sluis__Receive m = SLUIS__RECEIVE__INIT;

	m.head               = head;
	m.has_max_deliveries = 1;
	m.max_deliveries     = INBOX_MAX;
	m.has_lease_ms       = 1;
	m.lease_ms           = 0;
	return sign(s, i, TYPE_RECEIVE, &m.base);
}

static rc
acknowledge(struct story *s, size_t i, Sluis__Head *head)
{
	Sluis__Acknowledge  m = SLUIS__ACKNOWLEDGE__INIT;
	ProtobufCBinaryData ids[INBOX_MAX];

	m.head           = head;
	m.n_delivery_ids = s->n_inbox;
	m.delivery_ids   = ids;
	for (size_t k = 0; k < s->n_inbox; k++)
		ids[k] = message_borrow_bytes(s->inbox[k], ID_BYTES);
	return sign(s, i, TYPE_ACKNOWLEDGE, &m.base);
}

static rc
destroyed(struct story *s, size_t i, Sluis__Head *head)
{
	Sluis__Destroyed    m  = SLUIS__DESTROYED__INIT;
	ProtobufCBinaryData id = message_borrow_bytes(s->inbox[0], ID_BYTES);

	m.head           = head;
	m.n_delivery_ids = 1;
	m.delivery_ids   = &id;
	return sign(s, i, TYPE_DESTROYED, &m.base);
}

static rc
recall(struct story *s, size_t i, Sluis__Head *head)
{
	Sluis__Recall m = SLUIS__RECALL__INIT;

	m.head         = head;
	m.has_trace_id = 1;
	m.trace_id     = message_borrow_bytes(s->id[step_at(i)->of], ID_BYTES);
	m.has_ground   = 1;
	m.ground       = SLUIS__RECALL_GROUND__RECALL_UNLAWFUL;
	return sign(s, i, TYPE_RECALL, &m.base);
}

static rc
erase(struct story *s, size_t i, Sluis__Head *head)
{
	Sluis__Erase m = SLUIS__ERASE__INIT;

	m.head         = head;
	m.has_trace_id = 1;
	m.trace_id     = message_borrow_bytes(s->id[step_at(i)->of], ID_BYTES);
	return sign(s, i, TYPE_ERASE, &m.base);
}

static rc
open_case(struct story *s, size_t i, Sluis__Head *head)
{
	Sluis__CaseOpen m = SLUIS__CASE_OPEN__INIT;

	m.head  = head;
	m.route = message_borrow("zvh");
	return sign(s, i, TYPE_CASE_OPEN, &m.base);
}

static rc
join(struct story *s, size_t i, Sluis__Head *head)
{
	Sluis__CaseJoin      m = SLUIS__CASE_JOIN__INIT;
	Sluis__Recipient     r = SLUIS__RECIPIENT__INIT, *list = &r;
	const struct person *who = &s->w->desk[step_at(i)->to];

	r.oin         = message_borrow(who->oin);
	r.desk        = message_borrow(who->desk);
	m.head        = head;
	m.has_case_id = 1;
	m.case_id     = message_borrow_bytes(s->id[step_at(i)->of], ID_BYTES);
	m.n_who       = 1;
	m.who         = &list;
	return sign(s, i, TYPE_CASE_JOIN, &m.base);
}

static rc
audit(struct story *s, size_t i, Sluis__Head *head)
{
	Sluis__AuditRead m = SLUIS__AUDIT_READ__INIT;

	m.head = head;
	return sign(s, i, TYPE_AUDIT_READ, &m.base);
}

/* --- answers --------------------------------------------------------------------- */

static rc
keep_inbox(struct story *s, const Sluis__Answer *a)
{
	s->n_inbox = 0;
	for (size_t i = 0; i < a->n_deliveries && i < INBOX_MAX; i++)
		memcpy(
		    s->inbox[s->n_inbox++], a->deliveries[i]->delivery_id.data, ID_BYTES);
	return s->n_inbox == 0 ? RC_NOT_FOUND : RC_OK;
}

static rc
all_served(struct story *s, const Sluis__Answer *a)
{
	(void)s;
	for (size_t i = 0; i < a->n_outcomes; i++)
		if (strcmp(a->outcomes[i]->code, "ok") != 0)
			return rc_from_name(a->outcomes[i]->code);
	return RC_OK;
}

/* --- the broker's own ------------------------------------------------------------ */

static rc
remind(struct broker *b, void *arg)
{
	bool   more = false;
	size_t n    = 0;

	(void)arg;
	TRY(delivery_end_overdue(b, &n, &more));
	TRY(remind_overdue(b, 0, 64, &n));
	return retention_remove_one(b, &more);
}

static rc
age(struct broker *b, void *arg)
{
	bool more = false;

	(void)arg;
	return erasure_by_time(b, &more);
}

/* Everybody's certificate has ended by then: only the broker itself goes on. */
static rc
years_pass(struct story *s)
{
	struct broker *b   = &s->w->region.broker;
	uint64_t       now = b->now_ms;

	b->now_ms += 2000 * DAY_MS;
	rc code = world_turn(s->w, remind, NULL);
	if (code == RC_OK) code = world_turn(s->w, age, NULL);
	b->now_ms = now;
	return code;
}

static rc
die(struct story *s, rc code)
{
	if (code != RC_OK) s->w->dead = true;
	return code;
}

static rc
compare(struct story *s)
{
	return die(s, knowing_tick(&s->w->region.broker));
}

static rc
adopt(struct story *s)
{
	return world_adopt(s->w);
}

static rc
forget(struct story *s)
{
	return die(s, store_forget_erased(s->w->region.broker.store));
}

static rc
start_again(struct story *s)
{
	region_end(&s->w->region);
	return world_begin(s->w);
}

/* --- the steps ------------------------------------------------------------------- */

static const struct step steps[] = {
    {"the meldpunt enrols", TOWN, .make = enrol},
    {"the procesregisseur enrols", CHAIR, .make = enrol},
    {"the police enrol", POLICE, .make = enrol},
    {"the labour inspectorate enrols", LABOUR, .make = enrol},
    {"the care coordinator enrols", CARE, .make = enrol},
    {"the auditor enrols", AUDITOR, .make = enrol},
    {"a submission to three", TOWN, .make = submit, .take = all_served},
    {"the police receive", POLICE, .make = receive, .take = keep_inbox},
    {"the police acknowledge", POLICE, .make = acknowledge},
    {"erased keys go", .work = forget},
    {"the submission is recalled", TOWN, .make = recall, .of = 6},
    {"it is destroyed", POLICE, .make = destroyed},
    {"a case opens", CHAIR, .make = open_case},
    {"the police join", CHAIR, .make = join, .of = 12, .to = POLICE},
    {"a signal in the case", CHAIR, .make = share, .of = 12, .to = POLICE,
        .take = all_served},
    {"signals are compared", .work = compare},
    {"another submission to three", TOWN, .make = submit, .take = all_served},
    {"it is erased", TOWN, .make = erase, .of = 16},
    {"the broker starts again", .work = start_again},
    {"the labour inspectorate asks", LABOUR, .make = receive},
    {"years pass", .work = years_pass},
    {"erased keys go again", .work = forget},
    {"a policy takes effect", .work = adopt},
    {"the auditor reads", AUDITOR, .make = audit},
};

const size_t story_steps = sizeof steps / sizeof steps[0];

static const struct step *
step_at(size_t i)
{
	return &steps[i];
}

const char *
story_name(size_t step)
{
	return steps[step].name;
}

bool
story_says_more(size_t step)
{
	return steps[step].work != NULL || steps[step].make == audit;
}

static enum door
door_of(const struct step *step)
{
	if (step->make == enrol) return DOOR_ENROL;
	return step->who == AUDITOR ? DOOR_AUDIT : DOOR_AGENCY;
}

static rc
make_frame(struct story *s, size_t i)
{
	Sluis__Head head;

	if (s->frame[i].n != 0) return RC_OK;
	head_make(&s->w->region, desk_of(s, i), s->id[i], &head);
	return steps[i].make(s, i, &head);
}

void
story_prepare(struct story *s, size_t i)
{
	if (steps[i].work == NULL) must(make_frame(s, i));
}

rc
story_step(struct story *s, size_t i)
{
	AUTO(message_destroy) Sluis__Answer *a = NULL;

	if (steps[i].work != NULL) return steps[i].work(s);
	TRY(make_frame(s, i));
	rc code = world_exchange(
	    s->w, desk_of(s, i), door_of(&steps[i]), buf_slice(&s->frame[i]), &a);
	if (a == NULL) return code == RC_OK ? RC_INTERNAL : code;
	if (strcmp(a->code, "ok") != 0) return rc_from_name(a->code);
	return steps[i].take == NULL ? RC_OK : steps[i].take(s, a);
}

void
story_wipe(struct story *s)
{
	for (size_t i = 0; i < STEPS_MAX; i++) buf_wipe(&s->frame[i]);
	memset(s, 0, sizeof *s);
}

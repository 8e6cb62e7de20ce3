/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * case_open.c - these signals belong together, and go this way.
 *
 * The request id names the case.  It begins with signals that its opener received or
 * sent; who sent a received one is a contributor, found through the delivery's own leaf.
 */
#include <string.h>

#include "broker/outcome.h"
#include "broker/route/case_enter.h"
#include "broker/route/case_view.h"
#include "proto/auto.h"

enum { SOURCES_MAX = 256 };

struct opening {
	struct act               a;
	const struct route_info *route;
	size_t                   n;
	struct case_source      *sources; /* owned */
};

static void
opening_wipe(struct opening *o)
{
	free(o->sources);
}

/* --- sources --------------------------------------------------------------------- */

static bool
fits(const char *text, size_t max)
{
	return text != NULL && strlen(text) <= max;
}

static bool
is_layer_2(const Sluis__Detail *detail)
{
	for (size_t i = 0; i < detail->n_facts; i++)
		if (strcmp(detail->facts[i], fact_name(FACT_LAYER_2)) == 0) return true;
	return false;
}

/* What ruling leaf INDEX says of who sent it; RC_NOT_FOUND if it is none that was served.
 */
static rc
read_source(struct broker *b, uint64_t index, struct case_source *ret)
{
	AUTO(message_destroy) Sluis__Leaf   *leaf   = NULL;
	AUTO(message_destroy) Sluis__Detail *detail = NULL;

	TRY(outcome_entry(b, index, &leaf, &detail));
	if (leaf->kind != SLUIS__EVENT_KIND__EVENT_RULING || detail == NULL ||
	    detail->trace_id.len != ID_BYTES || !fits(leaf->sender_oin, OIN_DIGITS) ||
	    !fits(leaf->sender_desk, DESK_MAX) || !fits(leaf->convenant, DESK_MAX))
		return RC_NOT_FOUND;
	*ret = (struct case_source){.leaf = index, .layer = is_layer_2(detail) ? 2 : 1};
	memcpy(ret->who.oin, leaf->sender_oin, strlen(leaf->sender_oin) + 1);
	memcpy(ret->who.desk, leaf->sender_desk, strlen(leaf->sender_desk) + 1);
	memcpy(ret->convenant, leaf->convenant, strlen(leaf->convenant) + 1);
	memcpy(ret->trace, detail->trace_id.data, ID_BYTES);
	return RC_OK;
}

static rc
add_delivery(struct opening *o, const ProtobufCBinaryData *id)
{
	struct delivery d;

	if (id->len != ID_BYTES) return RC_MALFORMED;
	TRY(store_get_delivery(o->a.b->store, id->data, &d));
	if (strcmp(d.oin, o->a.me.oin) != 0 || strcmp(d.desk, o->a.me.desk) != 0)
		return RC_NOT_FOUND; /* somebody else's: not even that it exists */
	TRY(read_source(o->a.b, d.leaf, &o->sources[o->n]));
	o->n++;
	return RC_OK;
}

static rc
add_trace(struct opening *o, const ProtobufCBinaryData *id)
{
	struct request_row row;

	if (id->len != ID_BYTES) return RC_MALFORMED;
	TRY(store_get_request(o->a.b->store, o->a.me.oin, o->a.me.desk, id->data, &row));
	if (row.act) return RC_NOT_FOUND;
	for (uint64_t i = row.first; i < row.first + row.n; i++) {
		rc code = read_source(o->a.b, i, &o->sources[o->n]);
		if (code == RC_NOT_FOUND) continue; /* that one was not served */
		TRY(code);
		o->n++;
		return RC_OK;
	}
	return RC_NOT_FOUND;
}

static rc
read_sources(struct opening *o, const Sluis__CaseOpen *m)
{
	size_t n = m->n_deliveries + m->n_traces;

	if (n > SOURCES_MAX) return RC_TOO_MANY;
	o->sources = calloc(n + 1, sizeof *o->sources);
	if (o->sources == NULL) return RC_NOMEM;
	for (size_t i = 0; i < m->n_deliveries; i++)
		TRY(add_delivery(o, &m->deliveries[i]));
	for (size_t i = 0; i < m->n_traces; i++) TRY(add_trace(o, &m->traces[i]));
	return RC_OK;
}

/* --- deciding -------------------------------------------------------------------- */

static rc
find_route(struct opening *o, const Sluis__CaseOpen *m)
{
	const struct member *me = o->a.q->member;

	o->route = policy_route(o->a.b->policy, m->route);
	if (o->route == NULL)
		return act_deny(&o->a, RC_NO_ROUTE, NULL, NULL, "a route of the policy");
	if (seat_among(
	        o->route->n_opens, o->route->opens, me->party->role, me->binding.desk))
		return RC_OK;
	return act_deny(&o->a, RC_NOT_YOUR_STEP, o->route->id, o->route->article,
	    "a desk that may open a case on this route");
}

/* Only a region that the policy knows is written down. */
static rc
fill_row(struct opening *o, const Sluis__CaseOpen *m)
{
	struct case_row *row = &o->a.row;

	if (m->region != NULL && !(policy_has_region(o->a.b->policy, m->region) &&
	                             strlen(m->region) <= REGION_MAX))
		return RC_MALFORMED;
	if (strlen(o->route->id) > ROUTE_ID_MAX) return RC_INTERNAL;
	memcpy(row->id, m->head->request_id.data, ID_BYTES);
	memcpy(row->route, o->route->id, strlen(o->route->id) + 1);
	if (m->region != NULL) memcpy(row->region, m->region, strlen(m->region) + 1);
	row->owner     = o->a.me;
	row->opened_ms = row->changed_ms = o->a.b->now_ms;
	row->leaf                        = o->a.first;
	rc code = store_get_case(o->a.b->store, row->id, &(struct case_row){0});
	if (code == RC_NOT_FOUND) return RC_OK;
	return code == RC_OK ? RC_REPLAYED : code;
}

/* --- writing --------------------------------------------------------------------- */

static rc
seat_desk(struct opening *o, const char *desk, unsigned layer)
{
	struct case_seat seat = {.as = SLUIS__PARTICIPANT_AS__PARTICIPANT,
	    .layer                   = layer,
	    .shown                   = 1,
	    .since_ms                = o->a.b->now_ms};

	memcpy(seat.who.oin, o->a.me.oin, sizeof seat.who.oin);
	memcpy(seat.who.desk, desk, strlen(desk) + 1);
	return store_put_seat(o->a.b->store, o->a.row.id, &seat);
}

static rc
seat_own_desks(struct opening *o)
{
	const struct party *party = o->a.q->member->party;
	const char *const  *desks = o->route->own_desks;

	TRY(seat_desk(o, o->a.me.desk, 2));
	for (size_t i = 0; desks != NULL && desks[i] != NULL; i++)
		if (strcmp(desks[i], o->a.me.desk) != 0 &&
		    party_has_desk(party, desks[i]))
			TRY(seat_desk(o, desks[i], 1));
	return RC_OK;
}

static rc
tell_joined(struct opening *o)
{
	Sluis__Notice notice = SLUIS__NOTICE__INIT;

	notice.has_kind = 1;
	notice.kind     = SLUIS__NOTICE_KIND__NOTICE_JOINED;
	return act_tell_case(&o->a, &notice, 1, o->a.first);
}

static rc
write_opening(struct opening *o)
{
	struct entry e = {
	    .route = o->route, .to = route_state(o->route, o->route->begin)};
	Sluis__CaseStep step = SLUIS__CASE_STEP__INIT;

	if (e.to == NULL) return RC_INTERNAL; /* the policy was checked */
	o->a.in_case = true;
	case_enter_row(&o->a, &e);
	TRY(store_put_case(o->a.b->store, &o->a.row));
	TRY(seat_own_desks(o));
	for (size_t i = 0; i < o->n; i++)
		TRY(store_put_source(o->a.b->store, o->a.row.id, &o->sources[i]));
	step.has_kind = 1;
	step.kind     = SLUIS__STEP_KIND__STEP_OPENED;
	step.to       = o->a.row.state;
	TRY(act_step(&o->a, &step, 1));
	TRY(tell_joined(o));
	return case_enter_tasks(&o->a, &e);
}

static rc
handle(struct broker *b, struct request *q, struct reply *r)
{
	const Sluis__CaseOpen            *m = (const Sluis__CaseOpen *)q->message;
	AUTO(opening_wipe) struct opening o = {0};
	bool                              done;

	TRY(act_begin(&o.a, b, q, r, &done));
	if (!done) {
		TRY(find_route(&o, m));
		TRY(fill_row(&o, m));
		TRY(read_sources(&o, m));
		TRY(write_opening(&o));
		TRY(act_end(&o.a));
	}
	return case_view_answer(b, q, r, &m->head->request_id);
}

static rc
repeat(struct broker *b, struct request *q, struct reply *r, bool *ret_done)
{
	TRY(act_repeat(b, q, r, ret_done));
	return *ret_done ? case_view_answer(b, q, r, &q->head->request_id) : RC_OK;
}

const struct handler case_open_handler = {
    .type      = TYPE_CASE_OPEN,
    .doors     = 1u << DOOR_AGENCY,
    .max_bytes = 32 * 1024,
    .desc      = &sluis__case_open__descriptor,
    .handle    = handle,
    .repeat    = repeat,
};

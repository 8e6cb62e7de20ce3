/* SPDX-License-Identifier: EUPL-1.2 */
/* intake.c - the checks in their order, and what becomes of a refusal. */
#include "broker/intake.h"

#include <stdio.h>
#include <string.h>

#include "broker/gate.h"
#include "broker/journal/event.h"
#include "broker/log.h"
#include "broker/repeat.h"
#include "broker/store/case.h"
#include "proto/auto.h"
#include "proto/guard.h"
#include "proto/schema.h"
#include "proto/text.h"

/* --- the checks ------------------------------------------------------------------ */

/* Who is on this channel, and may they be here? At the enrol door nobody has a name yet.
 */
static rc
check_channel(struct broker *b, const struct incoming *in, struct member **ret)
{
	*ret = registry_find(b->registry, in->curve_public);
	TRY(in->code);
	if (in->route.door == DOOR_ENROL) return RC_OK;
	if (*ret == NULL) return RC_NOT_ENROLLED;
	TRY(member_standing(*ret, b->trust, b->now_ms));
	return door_open_to(in->route.door, (*ret)->party) ? RC_OK : RC_WRONG_DOOR;
}

static rc
check_kind(struct request *q, const struct handler **ret)
{
	TRY(envelope_open(q->frame, &q->envelope));
	*ret = handler_find(q->envelope.payload_type);
	if (*ret == NULL) return RC_UNKNOWN_TYPE;
	if (((*ret)->doors >> q->route->door & 1u) == 0) return RC_WRONG_DOOR;
	return q->frame.n > (*ret)->max_bytes ? RC_TOO_LARGE : RC_OK;
}

/* The head of every request is its first field (wire.proto). */
static const Sluis__Head *
head_of(const ProtobufCMessage *m)
{
	const ProtobufCFieldDescriptor *f =
	    protobuf_c_message_descriptor_get_field(m->descriptor, 1);
	if (f == NULL || f->descriptor != &sluis__head__descriptor || !field_is_set(m, f))
		return NULL;
	return *(Sluis__Head **)field_value(m, f, 0);
}

static bool
head_is_complete(const Sluis__Head *h)
{
	return h != NULL && h->has_request_id && h->request_id.len == ID_BYTES &&
	       h->has_created_ms && h->sender_oin != NULL && h->sender_desk != NULL &&
	       h->broker_origin != NULL && (h->user == NULL || text_is_user(h->user));
}

/* A request is small: the largest hold 1024 delivery ids, or the facts of 64 records. */
static const struct guard_limits guard_request = {
    .max_depth = 4, .max_elements = 4096, .max_bytes = FRAME_MAX};

static rc
check_message(const struct handler *handler, struct request *q)
{
	TRY(guard_unpack_in(
	    q->mem, handler->desc, q->envelope.payload, guard_request, &q->message));
	q->head = head_of(q->message);
	return head_is_complete(q->head) ? RC_OK : RC_MALFORMED;
}

static rc
check_head(const struct broker *b, const struct request *q)
{
	uint64_t window  = (uint64_t)b->config->freshness_s * 1000;
	uint64_t created = q->head->created_ms; /* any number at all */

	if (q->member != NULL &&
	    (strcmp(q->head->sender_oin, q->member->binding.oin) != 0 ||
	        strcmp(q->head->sender_desk, q->member->binding.desk) != 0))
		return RC_WRONG_SENDER;
	if (strcmp(q->head->broker_origin, b->config->origin) != 0)
		return RC_WRONG_BROKER;
	if (created < q->came_ms && q->came_ms - created > window) return RC_STALE;
	if (created > q->came_ms && created - q->came_ms > window) return RC_FUTURE;
	return RC_OK;
}

static rc
start_answer(const struct request *q, struct reply *reply)
{
	const ProtobufCBinaryData *id = &q->head->request_id;
	return message_bytes(&reply->answer->has_request_id, &reply->answer->request_id,
	    slice_of(id->data, id->len));
}

/* --- a refusal ------------------------------------------------------------------- */

/* Make CODE the whole of the answer, with where and why. */
static rc
answer_refusal(const struct request *q, rc code, struct reply *reply)
{
	char where[2 * WHERE_MAX + 2];

	(void)snprintf(where, sizeof where, "%s%s%s", q->where.at,
	    q->where.reason[0] != '\0' ? ": " : "", q->where.reason);
	TRY(reply_fail(reply, code));
	TRY(reply_set_code(reply, code, where));
	TRY(message_text(&reply->answer->rule, q->why.rule));
	TRY(message_text(&reply->answer->article, q->why.article));
	return message_text(&reply->answer->change, q->why.change);
}

/* Turn the refusal of a message into its answer, and into a leaf where that is due. */
static rc
refuse(struct broker *b, struct member *m, const struct request *q, rc code,
    struct reply *reply)
{
	bool     noted = false;
	uint64_t index = 0;

	TRY(answer_refusal(q, code, reply));
	if (m == NULL) {
		LOG(LOG_UNATTRIBUTED, .code = code);
		if (rc_kind(code) != RC_KIND_BUSY) tally_stranger(b, code);
		return RC_OK;
	}
	LOG(LOG_REFUSED, .oin = m->binding.oin, .desk = m->binding.desk, .code = code);
	if (rc_kind(code) == RC_KIND_BUSY || b->old_state) return RC_OK;
	TRY(event_refusal(b, m, code, &q->why, &noted, &index));
	if (!noted) return RC_OK;
	/* what waits for others may be asked again with the same bytes */
	if (!q->remember || rc_kind(code) != RC_KIND_DENY || code == RC_WAITING)
		return reply_add_receipt(reply, index, true, true);
	TRY(repeat_remember(b, q, index, 0));
	TRY(reply_fail(reply, code)); /* as it will be told when asked again */
	return repeat_answer_denial(b, reply, index);
}

/* --- public ---------------------------------------------------------------------- */

/* Its head is fresh, or it is an old one that its sender only asks again. */
static rc
handle_now(struct broker *b, const struct handler *handler, struct request *q,
    struct reply *reply)
{
	bool done  = false;
	rc   fresh = check_head(b, q);

	if (fresh == RC_STALE && handler->repeat != NULL)
		TRY(handler->repeat(b, q, reply, &done));
	if (done) return RC_OK;
	TRY(fresh);
	return handler->handle(b, q, reply);
}

/* The seat of Q's sender in the case that Q is about; one of nobody if there is none. */
static struct case_seat
seat_of_sender(struct broker *b, const struct request *q)
{
	const ProtobufCFieldDescriptor *f =
	    protobuf_c_message_descriptor_get_field_by_name(
	        q->message->descriptor, "case_id");
	const ProtobufCBinaryData *id;
	struct case_seat           none = {.layer = 1, .shown = 1}, seat;
	struct seat_id             me;

	if (f == NULL || q->member == NULL || !field_is_set(q->message, f)) return none;
	id = field_value(q->message, f, 0);
	if (id->len != ID_BYTES) return none;
	me = request_sender(q);
	return store_get_seat(b->store, id->data, &me, &seat) == RC_OK ? seat : none;
}

/* Whoever sits in a case unseen is not to be noticed by what it asks about it either. */
static bool
is_about_layer_2(struct broker *b, const struct handler *handler, const struct request *q)
{
	struct case_seat seat = seat_of_sender(b, q);

	if (seat.shown != 1) return true;
	if (handler->layer == NULL || handler->layer(b, q) == 1) return false;
	return !handler->claims || seat.layer != 1 || !veil_is_there(b->veil);
}

/* What is about layer 2 is handled in a cover turn; so is its refusal. */
static rc
handle_veiled(struct broker *b, const struct handler *handler, struct request *q,
    struct reply *reply)
{
	if (q->jointly != NULL) return RC_ALONE;
	if (!veil_is_there(b->veil)) return RC_NO_COVER;
	if (handler->reads) {
		rc           code = handle_now(b, handler, q, reply);
		enum rc_kind kind = rc_kind(code);
		if (kind != RC_KIND_PEER && kind != RC_KIND_DENY) return code;
	}
	if (handler->early != NULL && check_head(b, q) == RC_OK)
		TRY(handler->early(b, q));
	return veil_keep(b->veil, q->curve_public, q->frame, b->now_ms, reply);
}

/* --- the three steps ------------------------------------------------------------- */

static void
begin(struct intake *m, const struct incoming *in, uint64_t now_ms)
{
	/* libzmq has no const for it */
	zmq_msg_t *frame = (zmq_msg_t *)(uintptr_t)&in->payload;

	m->in      = in;
	m->handler = NULL;
	m->member  = NULL;
	m->checked = RC_OK;
	m->q       = (struct request){.route = &in->route,
	          .curve_public              = in->curve_public,
	          .frame   = slice_of(zmq_msg_data(frame), zmq_msg_size(frame)),
	          .came_ms = now_ms,
	          .mem     = &m->mem};
}

/* WAITED for a cover turn: its quota was taken when it came. */
static rc
admit(struct broker *b, struct intake *m, bool waited)
{
	TRY(check_channel(b, m->in, &m->member));
	m->q.member = m->in->route.door == DOOR_ENROL ? NULL : m->member;
	TRY(check_kind(&m->q, &m->handler));
	if (b->old_state && m->handler != &prove_handler) return RC_OLD_STATE;
	if (!waited && m->member != NULL &&
	    !allowance_take(
	        &m->member->requests, b->config->requests_per_minute, b->now_ms))
		return RC_OVER_QUOTA;
	return RC_OK;
}

void
intake_admit(struct broker *b, const struct incoming *in, struct intake *m)
{
	begin(m, in, b->now_ms);
	m->admitted = admit(b, m, false);
}

struct ahead
intake_ahead(const struct broker *b)
{
	return (struct ahead){.policy = b->policy,
	    .pseudonymiser            = b->pseudonymiser,
	    .former                   = b->former,
	    .now_ms                   = b->now_ms};
}

/* Its bytes are what their sender signed, and a message of their kind. */
static rc
check(struct intake *m)
{
	struct request *q = &m->q;

	if (q->member != NULL)
		TRY(envelope_verify(&q->envelope, q->member->binding.sign_public));
	return check_message(m->handler, q);
}

void
intake_prepare(const struct ahead *a, struct intake *m)
{
	if (m->admitted != RC_OK) return;
	m->checked = check(m);
	if (m->checked == RC_OK && !a->sparing && m->handler->prepare != NULL)
		m->handler->prepare(a, &m->q);
}

void
intake_prepare_part(const struct ahead *a, const struct handler *handler,
    const struct request *whole, struct slice payload, const struct joint *jointly,
    struct intake *part)
{
	struct request *q = &part->q;

	part->handler            = handler;
	*q                       = *whole;
	q->frame                 = payload;
	q->envelope.payload      = payload;
	q->envelope.payload_type = slice_str(handler->type);
	q->message               = NULL;
	q->head                  = NULL;
	q->ahead                 = NULL;
	q->jointly               = jointly;
	part->checked            = check_message(handler, q);
	if (part->checked == RC_OK) handler->prepare(a, q);
}

rc
intake_finish_part(struct broker *b, bool first, struct intake *part, struct reply *reply)
{
	part->member   = registry_find(b->registry, part->q.curve_public);
	part->admitted = RC_OK;
	if (!first && !allowance_take(&part->member->requests,
	                  b->config->requests_per_minute, b->now_ms))
		part->admitted = RC_OVER_QUOTA;
	return intake_finish(b, part, reply);
}

static bool
is_prepared(const struct intake *m)
{
	return m->admitted == RC_OK && m->checked == RC_OK && m->q.ahead != NULL;
}

void
intake_complete(struct intake *m)
{
	if (is_prepared(m) && m->handler->complete != NULL) m->handler->complete(&m->q);
}

static rc
answer_it(struct broker *b, struct intake *m, const struct intake_veiled *waited,
    struct reply *reply)
{
	struct request *q = &m->q;

	TRY(m->admitted);
	TRY(m->checked);
	TRY(start_answer(q, reply));
	b->user = q->head->user;
	if (waited == NULL && is_about_layer_2(b, m->handler, q))
		return handle_veiled(b, m->handler, q, reply);
	if (waited != NULL && waited->verdict != RC_OK) {
		(void)snprintf(q->where.at, sizeof q->where.at, "%s", waited->where);
		return waited->verdict;
	}
	return handle_now(b, m->handler, q, reply);
}

/* What a message asks more memory for than it may have is its own fault: the others in
 * the batch do not suffer for it, as long as nothing of it is written. */
static rc
spare_others(const struct broker *b, const struct request *q, uint64_t before, rc code)
{
	if (code != RC_NOMEM || !q->mem->full || journal_size(b->journal) != before)
		return code;
	return q->jointly != NULL ? RC_ALONE : RC_TOO_LARGE;
}

static rc
finish(struct broker *b, struct intake *m, const struct intake_veiled *waited,
    struct reply *reply)
{
	uint64_t before = journal_size(b->journal);

	store_next_record(b->store);
	rc code = answer_it(b, m, waited, reply);
	code    = spare_others(b, &m->q, before, code);
	/* A damaged entry is told to who asked for it; only one who was writing meanwhile
	 * takes the batch down. */
	bool fatal =
	    (rc_kind(code) == RC_KIND_LOCAL && !b->old_state) ||
	    (rc_kind(code) == RC_KIND_INTEGRITY && journal_size(b->journal) != before);
	if (!b->covered && !fatal) counts_message(&b->counts, code);
	if (code != RC_OK && !fatal) code = refuse(b, m->member, &m->q, code, reply);
	b->user = NULL; /* it goes with the message */
	return code;
}

rc
intake_finish(struct broker *b, struct intake *m, struct reply *reply)
{
	return finish(b, m, NULL, reply);
}

rc
intake_give_up(struct intake *m, struct reply *reply)
{
	return m->q.head == NULL ? RC_OK : start_answer(&m->q, reply);
}

void
intake_end(struct intake *m)
{
	if (m->handler != NULL && m->handler->forget != NULL) m->handler->forget(&m->q);
	denial_wipe(&m->q.why);
	m->q       = (struct request){0};
	m->handler = NULL;
	scratch_wipe(&m->mem);
}

/* --- one by itself --------------------------------------------------------------- */

rc
intake_handle(struct broker *b, const struct incoming *in, struct reply *reply)
{
	const struct ahead             a = intake_ahead(b);
	AUTO(intake_end) struct intake m = {.mem = scratch_init(INTAKE_MAX)};

	intake_admit(b, in, &m);
	intake_prepare(&a, &m);
	if (pseudonym_fetch(a.pseudonymiser, a.former) == RC_OK) intake_complete(&m);
	return intake_finish(b, &m, reply);
}

rc
intake_handle_veiled(struct broker *b, const struct incoming *in,
    const struct intake_veiled *waited, struct reply *reply)
{
	AUTO(intake_end) struct intake m = {.mem = scratch_init(INTAKE_MAX)};

	begin(&m, in, waited->came_ms);
	m.admitted = admit(b, &m, true);
	if (m.admitted == RC_OK) m.checked = check(&m);
	return finish(b, &m, waited, reply);
}

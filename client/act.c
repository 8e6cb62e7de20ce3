/* SPDX-License-Identifier: EUPL-1.2 */
/* act.c - one way for every act: from JSON to a kept answer. */
#include "client/act.h"

#include <string.h>

#include "client/kept.h"
#include "client/queue.h"
#include "client/result.h"
#include "client/wirejson.h"
#include "proto/auto.h"
#include "proto/envelope.h"
#include "proto/message.h"

#define ACT(word, TYPE, message, LEAF, ...)                                          \
	{                                                                            \
		.name = word, .type = TYPE, .desc = &sluis__##message##__descriptor, \
		.leaf = SLUIS__EVENT_KIND__##LEAF, __VA_ARGS__                       \
	}

static const struct act_kind kinds[] = {
    ACT("case-open", TYPE_CASE_OPEN, case_open, EVENT_CASE, .bare = false),
    ACT("case-read", TYPE_CASE_READ, case_read, EVENT_UNSPECIFIED, .reads = true),
    ACT("case-move", TYPE_CASE_MOVE, case_move, EVENT_CASE, .bare = false),
    ACT("case-join", TYPE_CASE_JOIN, case_join, EVENT_CASE, .bare = false),
    ACT("case-declare", TYPE_CASE_DECLARE, case_declare, EVENT_CASE, .bare = false),
    ACT("case-align", TYPE_CASE_ALIGN, case_align, EVENT_CASE, .bare = false),
    ACT("case-verdict", TYPE_CASE_VERDICT, case_verdict, EVENT_CASE, .bare = false),
    ACT("case-gate", TYPE_CASE_GATE, case_gate, EVENT_CASE, .bare = false),
    ACT("case-exchange", TYPE_CASE_EXCHANGE, case_exchange, EVENT_CASE, .bare = false),
    ACT("case-extend", TYPE_CASE_EXTEND, case_extend, EVENT_CASE, .bare = false),
    ACT("todo", TYPE_TODO, todo, EVENT_UNSPECIFIED, .reads = true),
    ACT("feedback", TYPE_FEEDBACK, give_feedback, EVENT_FEEDBACK, .bare = false),
    ACT("respond", TYPE_RESPOND, respond, EVENT_RESPONSE, .bare = false),
    ACT("recall", TYPE_RECALL, recall, EVENT_RECALL, .quiet = true),
    ACT("erase", TYPE_ERASE, erase, EVENT_ERASED, .quiet = true),
    ACT("destroyed", TYPE_DESTROYED, destroyed, EVENT_DESTROYED, .bare = true),
    ACT("reveal-ask", TYPE_REVEAL_ASK, reveal_ask, EVENT_REVEAL_ASKED, .bare = false),
    ACT("reveal-decide", TYPE_REVEAL_DECIDE, reveal_decide, EVENT_REVEAL_DECIDED,
        .bare = false),
    ACT("subject-ask", TYPE_SUBJECT_ASK, subject_ask, EVENT_SUBJECT_ASKED, .bare = false),
    ACT("subject-decide", TYPE_SUBJECT_DECIDE, subject_decide, EVENT_SUBJECT_DECIDED,
        .bare = false),
    ACT("subject-read", TYPE_SUBJECT_READ, subject_read, EVENT_SUBJECT_READ,
        .bare = false),
    ACT("link", TYPE_LINK, link, EVENT_LINK, .quiet = true, .bare = true),
    ACT("plan-control", TYPE_PLAN_CONTROL, plan_control, EVENT_CONTROL, .bare = false),
};

enum { N_KINDS = sizeof kinds / sizeof kinds[0] };

const struct act_kind *
act_at(size_t n)
{
	return n < N_KINDS ? &kinds[n] : NULL;
}

const struct act_kind *
act_named(const char *name)
{
	for (size_t i = 0; i < N_KINDS; i++)
		if (strcmp(kinds[i].name, name) == 0) return &kinds[i];
	return NULL;
}

const struct act_kind *
act_of_type(struct slice type)
{
	for (size_t i = 0; i < N_KINDS; i++)
		if (slice_equal(slice_str(kinds[i].type), type)) return &kinds[i];
	return NULL;
}

bool
act_changes(const struct act_kind *kind, const ProtobufCMessage *m)
{
	const Sluis__CaseMove *move = (const Sluis__CaseMove *)(const void *)m;

	if (kind->reads) return false;
	return m->descriptor != &sluis__case_move__descriptor || !move->only_ask;
}

/* --- asking --------------------------------------------------------------------------
 */

rc
act_ask(struct sluis *s, const struct act_kind *kind, const ProtobufCMessage *m,
    const struct request *r, unsigned timeout_ms, struct sluis_result **ret)
{
	AUTO(message_destroy) Sluis__Answer            *answer = NULL;
	AUTO(sluis_result_destroy) struct sluis_result *result = NULL;
	struct checker                                  c      = handle_checker(s);
	struct act_asked                                what   = {
	                                     .kind = kind, .m = m, .trace_id = r->id, .created_ms = r->created_ms};

	TRY(request_ask(s, DOOR_MAIN, r, patience_veiled(s, timeout_ms), &answer));
	TRY(check_act(&c, &what, answer));
	rc code = error_from_answer(&s->error, answer);
	if (code != RC_OK && rc_kind(code) != RC_KIND_DENY) return code;
	if (act_changes(kind, m)) TRY(request_keep_answer(s, r, answer));
	TRY(result_new(&result, r->id));
	TRY(result_take_answer(result, &answer));
	*ret = TAKE(result);
	return code;
}

/* --- an act of this desk -------------------------------------------------------------
 */

/* Where the head of M stands. */
static Sluis__Head **
head_of(ProtobufCMessage *m)
{
	const ProtobufCFieldDescriptor *f =
	    protobuf_c_message_descriptor_get_field_by_name(m->descriptor, "head");

	return (Sluis__Head **)(void *)((uint8_t *)m + f->offset);
}

static rc
read_body(struct sluis *s, const struct act_kind *kind, struct slice json,
    ProtobufCMessage **ret)
{
	AUTO(message_destroy) ProtobufCMessage *m     = NULL;
	struct where                            where = {.at = ""};

	rc code = wirejson_parse(kind->desc, json, &m, &where);
	if (code != RC_OK) return error_from_where(&s->error, code, &where);
	if (*head_of(m) != NULL)
		return handle_fail(s, RC_MALFORMED, "head", "is filled in here");
	*ret = TAKE(m);
	return RC_OK;
}

static rc
sign(struct sluis *s, const struct act_kind *kind, ProtobufCMessage *m, struct request *r)
{
	Sluis__Head head;

	TRY(request_head(s, r, &head));
	*head_of(m) = &head;
	rc code     = request_sign(s, r, kind->type, m);
	*head_of(m) = NULL; /* it is not M's to free */
	return code;
}

static rc
keep_request(struct sluis *s, const struct request *r)
{
	memcpy(s->last_id, r->id, sizeof s->last_id);
	rc code = kept_write(s->folder.dir, KEPT_ACT, r->id, buf_slice(&r->envelope));
	return code == RC_OK ? RC_OK
	                     : handle_fail(s, code, "sent", "the request cannot be kept");
}

/* Sign and keep it, then ask it; or, with RET NULL, let it wait. */
static rc
act(struct sluis *s, const char *name, struct slice json, unsigned timeout_ms,
    struct sluis_result **ret)
{
	const struct act_kind                  *kind = act_named(name);
	AUTO(message_destroy) ProtobufCMessage *m    = NULL;
	AUTO(request_wipe) struct request       r    = {.envelope = {.max = 0}};

	if (kind == NULL)
		return handle_fail(s, RC_USAGE, "type", "there is no such request");
	TRY(read_body(s, kind, json, &m));
	TRY(sign(s, kind, m, &r));
	if (act_changes(kind, m)) TRY(keep_request(s, &r));
	if (ret == NULL) return queue_add(s, r.id);
	return act_ask(s, kind, m, &r, timeout_ms, ret);
}

enum sluis_code
sluis_queue_act(struct sluis *s, const char *type, const char *body_json, size_t n)
{
	return code_out(act(s, type, slice_of(body_json, n), 0, NULL));
}

enum sluis_code
sluis_act(struct sluis *s, const char *type, const char *body_json, size_t n,
    unsigned timeout_ms, struct sluis_result **ret)
{
	return code_out(act(s, type, slice_of(body_json, n), timeout_ms, ret));
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* queue.c - in, out, and through to the broker. */
#include "client/queue.h"

#include <string.h>

#include "client/error.h"
#include "client/jsonfile.h"
#include "client/kept.h"
#include "client/resend.h"
#include "client/result.h"
#include "proto/auto.h"

enum { NOT_LET_IN = 4 }; /* exit status of the codes that say who we are does not count */

bool
queue_stays(rc code)
{
	enum rc_kind kind = rc_kind(code);

	if (code == RC_OK || kind == RC_KIND_DENY) return false;
	return kind != RC_KIND_PEER || rc_exit_status(code) == NOT_LET_IN;
}

/* --- in and out ----------------------------------------------------------------------
 */

struct waiting {
	struct vault_head *at; /* oldest first */
	size_t             n;
};

static void
waiting_free(struct waiting *w)
{
	free(w->at);
}

static rc
read_waiting(struct sluis *s, struct waiting *ret)
{
	AUTO(vault_close) struct vault *v = NULL;

	rc code = vault_open(&v, s->folder.dir, false, &s->error);
	if (code == RC_NOT_FOUND) return RC_OK;
	TRY(code);
	return vault_fault(s->folder.dir,
	    vault_list(v, KEPT_WAITING, NULL, &ret->at, &ret->n), &s->error);
}

rc
queue_add(struct sluis *s, const uint8_t id[ID_BYTES])
{
	AUTO(waiting_free) struct waiting w   = {.n = 0};
	const char                       *dir = s->folder.dir;
	bool                              waits, request, act;

	TRY(kept_exists(dir, KEPT_WAITING, id, &s->error, &waits));
	if (waits) return RC_OK;
	TRY(kept_exists(dir, KEPT_REQUEST, id, &s->error, &request));
	TRY(kept_exists(dir, KEPT_ACT, id, &s->error, &act));
	if (!request && !act)
		return handle_fail(s, RC_NOT_FOUND, "sent", "no such request here");
	TRY(read_waiting(s, &w));
	if (w.n >= SLUIS_QUEUE_MAX)
		return handle_fail(
		    s, RC_QUEUE_FULL, "queue", N_("1000 requests wait already"));
	rc code = kept_write(dir, KEPT_WAITING, id, slice_of(NULL, 0));
	return code == RC_OK ? RC_OK : handle_fail(s, code, "queue", NULL);
}

enum sluis_code
sluis_queue_add(struct sluis *s, const uint8_t trace_id[SLUIS_ID_BYTES])
{
	return code_out(queue_add(s, trace_id));
}

static rc
drop(struct sluis *s, const uint8_t id[ID_BYTES])
{
	bool waits;

	TRY(kept_exists(s->folder.dir, KEPT_WAITING, id, &s->error, &waits));
	if (!waits) return handle_fail(s, RC_NOT_FOUND, "queue", N_("it does not wait"));
	rc code = kept_remove(s->folder.dir, KEPT_WAITING, id);
	return code == RC_OK ? RC_OK : handle_fail(s, code, "queue", NULL);
}

enum sluis_code
sluis_queue_drop(struct sluis *s, const uint8_t trace_id[SLUIS_ID_BYTES])
{
	return code_out(drop(s, trace_id));
}

/* --- as JSON -------------------------------------------------------------------------
 */

static json_t *
id_json(const uint8_t *id)
{
	char hex[2 * ID_BYTES + 1];

	hex_encode(hex, sizeof hex, slice_of(id, ID_BYTES));
	return json_string(hex);
}

static json_t *
waiting_json(struct sluis *s, const struct vault_head *head)
{
	AUTO(kept_request_wipe) struct kept_request k = {.m = NULL};
	json_t                                     *o = json_object();

	(void)json_object_set_new(o, "trace_id", id_json(head->id));
	(void)json_object_set_new(
	    o, "queued_ms", json_integer((json_int_t)(head->written_ns / 1000000)));
	if (kept_request_read(s, head->id, &k) != RC_OK) return o;
	(void)json_object_set_new(
	    o, "type", json_string(k.kind != NULL ? k.kind->name : "submit"));
	(void)json_object_set_new(
	    o, "created_ms", json_integer((json_int_t)k.r.created_ms));
	return o;
}

/* SENT (taken over) and what waits now, as the result of a call. */
static rc
hand_over(struct sluis *s, json_t *sent, struct sluis_result **ret)
{
	AUTO(waiting_free) struct waiting               w = {.n = 0};
	AUTO(sluis_result_destroy) struct sluis_result *r = NULL;
	AUTO(json_release) json_t *o = json_pack("{s:o, s:[]}", "sent", sent, "waiting");

	TRY(read_waiting(s, &w));
	for (size_t i = 0; i < w.n; i++)
		(void)json_array_append_new(
		    json_object_get(o, "waiting"), waiting_json(s, &w.at[i]));
	TRY(result_new(&r, s->last_id));
	r->json = json_dumps(o, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	if (r->json == NULL) return handle_fail(s, RC_NOMEM, NULL, NULL);
	*ret = TAKE(r);
	return RC_OK;
}

enum sluis_code
sluis_queue_list(struct sluis *s, struct sluis_result **ret)
{
	return code_out(hand_over(s, json_array(), ret));
}

/* --- through -------------------------------------------------------------------------
 */

/* Ask the request ID; one that is stale is signed anew and asked once more. */
static rc
ask(struct sluis *s, const uint8_t id[ID_BYTES], unsigned timeout_ms,
    struct sluis_result **ret)
{
	AUTO(kept_request_wipe) struct kept_request k = {.m = NULL};

	memcpy(s->last_id, id, sizeof s->last_id);
	TRY(kept_request_read(s, id, &k));
	rc code = kept_request_ask(s, &k, timeout_ms, ret);
	if (code != RC_STALE) return code;
	TRY(kept_request_renew(s, &k));
	return kept_request_ask(s, &k, timeout_ms, ret);
}

static void
tell(json_t *sent, const uint8_t *id, rc code, const struct sluis_result *r)
{
	json_t *o = r != NULL ? result_to_json(r) : json_object();

	(void)json_object_set_new(o, "trace_id", id_json(id));
	(void)json_object_set_new(o, "code", json_string(rc_name(code)));
	(void)json_array_append_new(sent, o);
}

static rc
flush_one(struct sluis *s, const uint8_t *id, uint64_t deadline_ms, json_t *sent)
{
	AUTO(sluis_result_destroy) struct sluis_result *r   = NULL;
	uint64_t                                        now = monotonic_ms();

	if (now >= deadline_ms) return handle_fail(s, RC_TIMEOUT, "queue", NULL);
	rc code = ask(s, id, (unsigned)(deadline_ms - now), &r);
	if (queue_stays(code)) return code;
	tell(sent, id, code, r);
	code = kept_remove(s->folder.dir, KEPT_WAITING, id);
	return code == RC_OK ? RC_OK : handle_fail(s, code, "queue", NULL);
}

static rc
flush(struct sluis *s, unsigned timeout_ms, struct sluis_result **ret)
{
	AUTO(waiting_free) struct waiting w    = {.n = 0};
	AUTO(json_release) json_t        *sent = json_array();
	uint64_t                          end  = monotonic_ms() + timeout_ms;
	rc                                code = RC_OK;

	TRY(read_waiting(s, &w));
	for (size_t i = 0; i < w.n && code == RC_OK; i++)
		code = flush_one(s, w.at[i].id, end, sent);
	TRY(hand_over(s, json_incref(sent), ret));
	return code;
}

enum sluis_code
sluis_queue_flush(struct sluis *s, unsigned timeout_ms, struct sluis_result **ret)
{
	return code_out(flush(s, timeout_ms, ret));
}

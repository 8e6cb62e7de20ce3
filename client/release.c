/* SPDX-License-Identifier: EUPL-1.2 */
/* release.c - each own signal of a case, to those who gain something by it. */
#include "client/release.h"

#include <stdlib.h>
#include <string.h>

#include "client/error.h"
#include "client/jsonfile.h"
#include "client/request.h"
#include "proto/auto.h"
#include "proto/guard.h"
#include "proto/message.h"
#include "proto/pbjson.h"

enum { TASKS_MAX = 256, BODY_MAX = 256 };

struct work { /* one call of sluis_release() */
	struct sluis               *s;
	const struct sluis_release *how;
	const Sluis__CaseView      *view;
	uint64_t                    deadline_ms; /* of the monotonic clock */
	struct sent_list            sent;
	json_t  *released, *unchanged, *refused; /* lists of the result */
	unsigned served, denied;
	rc       denial; /* the first */
};

static void
work_wipe(struct work *w)
{
	sent_list_wipe(&w->sent);
	json_decref(w->released);
	json_decref(w->unchanged);
	json_decref(w->refused);
}

/* What is left of the caller's time, at least 1. */
static unsigned
time_left(const struct work *w)
{
	uint64_t now = monotonic_ms();

	return now < w->deadline_ms ? (unsigned)(w->deadline_ms - now) : 1;
}

/* --- who gets it ---------------------------------------------------------------------
 */

struct audience {
	size_t                  n;
	struct sluis_recipient *at;
};

static void
audience_wipe(struct audience *a)
{
	free(a->at);
}

static bool
is_self(const struct work *w, const char *oin, const char *desk)
{
	return strcmp(oin, w->s->folder.self.oin) == 0 &&
	       strcmp(desk, w->s->folder.self.desk) == 0;
}

/* May the participant P come into question for a signal of LAYER? */
static bool
comes_into_question(const struct work *w, const Sluis__Participant *p, unsigned layer)
{
	unsigned sees = p->has_layer ? p->layer : 1;

	if (p->oin == NULL || p->desk == NULL || is_self(w, p->oin, p->desk))
		return false;
	if (p->as == SLUIS__PARTICIPANT_AS__THIRD_PARTY && !p->declared) return false;
	return sees >= layer;
}

static rc
find_audience(const struct work *w, const Sluis__Signal *signal, struct audience *ret)
{
	unsigned layer = signal->handling != NULL && signal->handling->has_layer
	                     ? signal->handling->layer
	                     : 1;

	ret->at = calloc(w->view->n_participants + w->how->n_to + 1, sizeof *ret->at);
	if (ret->at == NULL) return RC_NOMEM;
	for (size_t i = 0; i < w->how->n_to; i++) ret->at[ret->n++] = w->how->to[i];
	for (size_t i = 0; i < w->view->n_participants && w->how->n_to == 0; i++) {
		const Sluis__Participant *p = w->view->participants[i];
		if (comes_into_question(w, p, layer))
			ret->at[ret->n++] =
			    (struct sluis_recipient){.oin = p->oin, .desk = p->desk};
	}
	return RC_OK;
}

/* Keep those whom PREVIEW gives something new; what it is goes to GAINS. */
static void
keep_gainers(const struct sluis_result *preview, const struct earlier *before,
    struct audience *a, json_t *gains)
{
	a->n = 0;
	for (size_t i = 0; i < sluis_result_n_outcomes(preview); i++) {
		const struct sluis_outcome *o = sluis_result_outcome(preview, i);
		json_t *paths                 = release_gained(o, before->at, before->n);
		if (json_array_size(paths) == 0) {
			json_decref(paths);
			continue;
		}
		a->at[a->n++] = (struct sluis_recipient){.oin = o->oin, .desk = o->desk};
		(void)json_array_append_new(
		    gains, json_pack("{s:s, s:s, s:o}", "oin", o->oin, "desk", o->desk,
		               "fields", paths));
	}
}

/* --- one signal ----------------------------------------------------------------------
 */

static void
describe(const struct work *w, const struct sent_signal *sent, const struct audience *a,
    const char *json, struct sluis_submission *ret)
{
	*ret = (struct sluis_submission){.convenant = w->view->convenant,
	    .phase                                  = w->view->phase,
	    .purpose                                = w->view->purpose,
	    .recipients                             = a->at,
	    .n_recipients                           = a->n,
	    .signal_json                            = json,
	    .signal_json_n                          = strlen(json),
	    .region                                 = sent->submit->region,
	    .case_id                                = w->view->case_id.data,
	    .enriches                               = sent->submit->enriches};
}

static void
tell(json_t *list, const struct sent_signal *sent, json_t *gains, struct sluis_result *r)
{
	char hex[2 * ID_BYTES + 1];

	hex_encode(hex, sizeof hex, slice_of(sent->id, ID_BYTES));
	json_t *o = json_pack("{s:s, s:O}", "of", hex, "gained", gains);
	if (r != NULL) {
		json_t *result = result_to_json(r);
		(void)json_object_update_missing(o, result);
		json_decref(result);
	}
	(void)json_array_append_new(list, o);
}

static rc
count_denied(struct work *w, rc code, json_t *list, const struct sent_signal *sent,
    json_t *gains, struct sluis_result *r)
{
	if (w->denied++ == 0) w->denial = code;
	tell(list, sent, gains, r);
	return RC_OK;
}

/* Send what WHAT says; a denial is told and counted, other failures end the work. */
static rc
send_one(struct work *w, const struct sluis_submission *what,
    const struct sent_signal *sent, json_t *gains)
{
	AUTO(sluis_result_destroy) struct sluis_result *r = NULL;

	rc code = code_in(sluis_send(w->s, what, time_left(w), &r));
	if (code != RC_OK && rc_kind(code) != RC_KIND_DENY) return code;
	if (code != RC_OK) return count_denied(w, code, w->released, sent, gains, r);
	w->served++;
	tell(w->released, sent, gains, r);
	return RC_OK;
}

static void
tell_unchanged(struct work *w, const struct sent_signal *sent)
{
	char hex[2 * ID_BYTES + 1];

	hex_encode(hex, sizeof hex, slice_of(sent->id, ID_BYTES));
	(void)json_array_append_new(w->unchanged, json_string(hex));
}

/* Nobody whom we may see takes part, as for a source without a seat there. */
static rc
nobody(struct work *w, const struct sent_signal *sent, json_t *gains)
{
	rc code = handle_fail(w->s, RC_EMPTY_AUDIENCE, "case_id",
	    N_("this desk sees nobody there who may have it: name the recipients"));

	return count_denied(w, code, w->refused, sent, gains, NULL);
}

static rc
release_text(struct work *w, const struct sent_signal *sent, const Sluis__Signal *signal,
    const char *json)
{
	AUTO(audience_wipe) struct audience             a       = {.n = 0};
	AUTO(earlier_wipe) struct earlier               before  = {.n = 0};
	AUTO(sluis_result_destroy) struct sluis_result *preview = NULL;
	AUTO(json_release) json_t                      *gains   = json_array();
	struct sluis_submission                         what;

	TRY(find_audience(w, signal, &a));
	if (a.n == 0) return nobody(w, sent, gains);
	describe(w, sent, &a, json, &what);
	rc code = code_in(sluis_preview(w->s, &what, time_left(w), &preview));
	if (code != RC_OK && rc_kind(code) != RC_KIND_DENY) return code;
	TRY(release_earlier(
	    w->s->folder.dir, &w->sent, sent->submit, w->view->convenant, &before));
	if (preview != NULL) keep_gainers(preview, &before, &a, gains);
	if (code != RC_OK && json_array_size(gains) == 0)
		return count_denied(w, code, w->refused, sent, gains, preview);
	if (json_array_size(gains) == 0) {
		tell_unchanged(w, sent);
		return RC_OK;
	}
	if (w->how->only_preview != 0) {
		tell(w->released, sent, gains, NULL);
		return RC_OK;
	}
	describe(w, sent, &a, json, &what);
	return send_one(w, &what, sent, gains);
}

static rc
release_signal(struct work *w, const struct sent_signal *sent)
{
	AUTO(message_destroy) Sluis__Signal *signal = NULL;
	AUTO(json_release) json_t           *json   = NULL;

	rc code = guard_unpack(&sluis__signal__descriptor,
	    slice_of(sent->submit->signal.data, sent->submit->signal.len), guard_signal,
	    (ProtobufCMessage **)&signal);
	if (code != RC_OK)
		return handle_fail(w->s, code, "sent", "the request is damaged");
	json                       = pbjson_write(&signal->base);
	AUTO(auto_free) char *text = json != NULL ? json_dumps(json, 0) : NULL;
	if (text == NULL) return handle_fail(w->s, RC_NOMEM, NULL, NULL);
	return release_text(w, sent, signal, text);
}

/* Is a newer one of the list the same signal? */
static bool
comes_again(const struct sent_list *list, size_t i)
{
	const ProtobufCBinaryData *a = &list->at[i].submit->signal;

	for (size_t k = i + 1; k < list->n; k++) {
		const ProtobufCBinaryData *b = &list->at[k].submit->signal;
		if (slice_equal(slice_of(a->data, a->len), slice_of(b->data, b->len)))
			return true;
	}
	return false;
}

static bool
is_asked(const struct work *w, const struct sent_signal *sent)
{
	return w->how->trace_id == NULL ||
	       memcmp(w->how->trace_id, sent->id, ID_BYTES) == 0;
}

static rc
release_all(struct work *w)
{
	for (size_t i = 0; i < w->sent.n; i++)
		if (is_asked(w, &w->sent.at[i]) &&
		    (w->how->trace_id != NULL || !comes_again(&w->sent, i)))
			TRY(release_signal(w, &w->sent.at[i]));
	return RC_OK;
}

/* --- the case ------------------------------------------------------------------------
 */

static rc
ask(struct work *w, const char *type, const uint8_t *case_id, struct sluis_result **ret)
{
	AUTO(buf_wipe) struct buf body = buf_init(BODY_MAX);
	char                      hex[2 * ID_BYTES + 1];

	if (case_id != NULL) hex_encode(hex, sizeof hex, slice_of(case_id, ID_BYTES));
	TRY(case_id != NULL ? buf_printf(&body, "{\"case_id\":\"%s\"}", hex)
	                    : buf_printf(&body, "{\"max\":%d}", (int)TASKS_MAX));
	return code_in(
	    sluis_act(w->s, type, (const char *)body.p, body.n, time_left(w), ret));
}

/* The submissions that a task asks us to release further. */
static rc
read_tasks(struct work *w, const uint8_t *case_id, struct buf *traces)
{
	AUTO(sluis_result_destroy) struct sluis_result *r = NULL;
	struct slice here                                 = slice_of(case_id, ID_BYTES);

	TRY(ask(w, "todo", NULL, &r));
	for (size_t i = 0; i < r->answer->n_tasks; i++) {
		const Sluis__Task *t = r->answer->tasks[i];
		if (t->kind == SLUIS__TASK_KIND__TASK_RELEASE &&
		    t->about.len == ID_BYTES &&
		    slice_equal(slice_of(t->case_id.data, t->case_id.len), here))
			TRY(buf_append(traces, slice_of(t->about.data, ID_BYTES)));
	}
	return RC_OK;
}

static rc
check_view(struct work *w, const struct sluis_result *r)
{
	const Sluis__Answer *a = r->answer;

	if (a->n_cases != 1 || a->cases[0]->case_id.len != ID_BYTES)
		return handle_fail(w->s, RC_NOT_FOUND, "case_id", NULL);
	w->view = a->cases[0];
	if (w->view->convenant == NULL || w->view->phase == NULL ||
	    w->view->purpose == NULL)
		return handle_fail(w->s, RC_NOT_IN_STATE, "case_id",
		    N_("nothing may be shared in this state"));
	return RC_OK;
}

static rc
find_signals(struct work *w, const uint8_t *case_id)
{
	AUTO(buf_wipe) struct buf traces = buf_init(((size_t)TASKS_MAX + 1) * ID_BYTES);

	TRY(read_tasks(w, case_id, &traces));
	if (w->how->trace_id != NULL) /* its sender knows that it belongs here */
		TRY(buf_append(&traces, slice_of(w->how->trace_id, ID_BYTES)));
	rc code = dossier_sent(w->s, case_id, traces.p, traces.n / ID_BYTES, &w->sent);
	if (code != RC_OK) return handle_fail(w->s, code, "store", "cannot be read");
	for (size_t i = 0; i < w->sent.n; i++)
		if (is_asked(w, &w->sent.at[i])) return RC_OK;
	return handle_fail(
	    w->s, RC_NOT_FOUND, "store", N_("nothing was sent from here in this case"));
}

static rc
hand_over(struct work *w, const uint8_t *case_id, struct sluis_result **ret)
{
	AUTO(sluis_result_destroy) struct sluis_result *r = NULL;
	char                                            hex[2 * ID_BYTES + 1];

	hex_encode(hex, sizeof hex, slice_of(case_id, ID_BYTES));
	json_t *o =
	    json_pack("{s:s, s:s, s:s, s:s, s:O, s:O, s:O}", "case_id", hex, "convenant",
	        w->view->convenant, "phase", w->view->phase, "purpose", w->view->purpose,
	        "released", w->released, "unchanged", w->unchanged, "denied", w->refused);
	TRY(result_new(&r, case_id));
	r->json = json_dumps(o, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	json_decref(o);
	if (r->json == NULL) return handle_fail(w->s, RC_NOMEM, NULL, NULL);
	*ret = TAKE(r);
	return w->served == 0 && w->denied != 0 ? w->denial : RC_OK;
}

static rc
release(struct sluis *s, const uint8_t *case_id, const struct sluis_release *how,
    unsigned timeout_ms, struct sluis_result **ret)
{
	static const struct sluis_release               all  = {.n_to = 0};
	AUTO(sluis_result_destroy) struct sluis_result *read = NULL;
	AUTO(work_wipe)
	struct work w = {.s = s, .how = how != NULL ? how : &all};

	w.deadline_ms = monotonic_ms() + timeout_ms;
	w.released    = json_array();
	w.unchanged   = json_array();
	w.refused     = json_array();
	TRY(ask(&w, "case-read", case_id, &read));
	TRY(check_view(&w, read));
	TRY(find_signals(&w, case_id));
	TRY(release_all(&w));
	return hand_over(&w, case_id, ret);
}

enum sluis_code
sluis_release(struct sluis *s, const uint8_t case_id[SLUIS_ID_BYTES],
    const struct sluis_release *how, unsigned timeout_ms, struct sluis_result **ret)
{
	return code_out(release(s, case_id, how, timeout_ms, ret));
}

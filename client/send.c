/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * send.c - sharing a signal, and asking beforehand what sharing would do.
 *
 *	read and check the signal -> sign -> keep the request -> ask -> check every
 *	receipt -> keep the answer -> describe it
 */
#include <sodium.h>
#include <string.h>

#include "client/kept.h"
#include "client/queue.h"
#include "client/result.h"
#include "client/send.h"
#include "client/submission.h"
#include "policy/facts.h"
#include "proto/auto.h"
#include "proto/disclosed.h"
#include "proto/envelope.h"
#include "proto/message.h"
#include "proto/signal_check.h"

/* --- after the answer ------------------------------------------------------------------
 */

static rc
check_answer(struct sluis *s, const Sluis__Submit *what, const struct request *r,
    const Sluis__Answer *answer)
{
	struct checker c = handle_checker(s);

	for (size_t i = 0; i < answer->n_outcomes; i++) {
		const Sluis__Outcome *o = answer->outcomes[i];
		bool served             = o->code != NULL && strcmp(o->code, "ok") == 0;
		if (served || o->receipt != NULL) TRY(check_outcome(&c, what, r->id, o));
	}
	for (size_t i = 0; i < answer->n_receipts; i++)
		TRY(check_receipt(&c, answer->receipts[i], NULL, NULL));
	return RC_OK;
}

/* ANSWER as a result, when it is one (also a denial); the code is the answer's own. */
static rc
hand_over(struct sluis *s, const struct request *r, Sluis__Answer **answer,
    struct sluis_result **ret)
{
	AUTO(sluis_result_destroy) struct sluis_result *result = NULL;

	rc code = error_from_answer(&s->error, *answer);
	if (code != RC_OK && rc_kind(code) != RC_KIND_DENY) return code;
	TRY(result_new(&result, r->id));
	TRY(result_take_answer(result, answer));
	*ret = TAKE(result);
	return code;
}

/* --- sending --------------------------------------------------------------------- */

rc
send_ask(struct sluis *s, const Sluis__Submit *what, const struct request *r,
    unsigned timeout_ms, struct sluis_result **ret)
{
	AUTO(message_destroy) Sluis__Answer *answer   = NULL;
	struct patience                      patience = patience_of(timeout_ms);

	if (signal_layer(slice_of(what->signal.data, what->signal.len)) != 1)
		patience = patience_veiled(s, timeout_ms);
	TRY(request_ask(s, DOOR_MAIN, r, patience, &answer));
	return send_take(s, what, r, &answer, ret);
}

rc
send_take(struct sluis *s, const Sluis__Submit *what, const struct request *r,
    Sluis__Answer **answer, struct sluis_result **ret)
{
	TRY(check_answer(s, what, r, *answer));
	if ((*answer)->n_outcomes != 0 || (*answer)->n_receipts != 0)
		TRY(request_keep_answer(s, r, *answer));
	return hand_over(s, r, answer, ret);
}

/* The id at FROM (may be NULL) as a field. */
static void
fill_id(const uint8_t *from, protobuf_c_boolean *has, ProtobufCBinaryData *to)
{
	if (from == NULL) return;
	*has = 1;
	*to  = message_borrow_bytes(from, ID_BYTES);
}

static void
fill_case(const struct sluis_submission *what, Sluis__Submit *body)
{
	fill_id(what->case_id, &body->has_case_id, &body->case_id);
	fill_id(what->corrects, &body->has_corrects, &body->corrects);
	fill_id(what->exchange_id, &body->has_exchange_id, &body->exchange_id);
	fill_id(what->hands_over, &body->has_hands_over, &body->hands_over);
	body->has_enriches = what->enriches != 0;
	body->enriches     = what->enriches != 0;
}

static void
fill_submit(const struct sluis_submission *what, Sluis__Recipient **recipients,
    struct slice signal, Sluis__Submit *body)
{
	body->convenant    = message_borrow(what->convenant);
	body->phase        = message_borrow(what->phase);
	body->purpose      = message_borrow(what->purpose);
	body->region       = message_borrow(what->region);
	body->n_recipients = what->n_recipients;
	body->recipients   = recipients;
	body->has_signal   = 1;
	body->signal       = message_borrow_bytes(signal.p, signal.n);
	fill_case(what, body);
}

/* Sign for each recipient what BODY, which is whole but for this, says with SIGNAL. */
static rc
disclose(
    struct sluis *s, const Sluis__Signal *signal, Sluis__Submit *body, struct avowal *ret)
{
	uint8_t seed[KEY_BYTES];

	randombytes_buf(seed, sizeof seed);
	rc code =
	    disclosed_sign(body, &signal->base, s->folder.keys.sign_secret, seed, ret);

	if (code != RC_OK)
		return handle_fail(
		    s, code, "recipients", "what is sent cannot be signed");
	disclosed_attach(body, ret);
	return RC_OK;
}

/* SIGNAL as bytes. */
static rc
pack_signal(struct sluis *s, const Sluis__Signal *signal, struct buf *out)
{
	rc code = message_pack(&signal->base, out);

	return code == RC_OK ? RC_OK
	                     : handle_fail(s, code, "signal", "larger than 64 KiB");
}

void
outgoing_wipe(struct outgoing *o)
{
	message_destroy(&o->signal);
	free(o->recipients);
	request_wipe(&o->r);
	buf_wipe(&o->bytes);
	*o = (struct outgoing){.signal = NULL};
}

rc
outgoing_make(struct sluis *s, const struct sluis_submission *what, struct outgoing *o)
{
	o->bytes = buf_init(SIGNAL_MAX);
	sluis__submit__init(&o->body);
	TRY(submission_signal(
	    slice_of(what->signal_json, what->signal_json_n), &o->signal, &s->error));
	TRY(pack_signal(s, o->signal, &o->bytes));
	TRY(submission_recipients(what, &o->recipients));
	TRY(request_head(s, &o->r, &o->head));
	o->body.head = &o->head;
	fill_submit(what, o->recipients, buf_slice(&o->bytes), &o->body);
	TRY(disclose(s, o->signal, &o->body, &o->avowal));
	TRY(request_sign(s, &o->r, TYPE_SUBMIT, &o->body.base));
	memcpy(s->last_id, o->r.id, sizeof s->last_id);
	rc code = kept_write_case(s->folder.dir, KEPT_REQUEST, o->r.id, what->case_id,
	    buf_slice(&o->r.envelope));
	return code == RC_OK ? RC_OK
	                     : handle_fail(s, code, "sent", "the request cannot be kept");
}

/* Sign and keep WHAT, then ask it; or, with RET NULL, let it wait. */
static rc
send_signal(struct sluis *s, const struct sluis_submission *what, unsigned timeout_ms,
    struct sluis_result **ret)
{
	AUTO(outgoing_wipe) struct outgoing o = {.signal = NULL};

	TRY(outgoing_make(s, what, &o));
	if (ret == NULL) return queue_add(s, o.r.id);
	return send_ask(s, &o.body, &o.r, timeout_ms, ret);
}

enum sluis_code
sluis_queue_send(struct sluis *s, const struct sluis_submission *what)
{
	return code_out(send_signal(s, what, 0, NULL));
}

enum sluis_code
sluis_send(struct sluis *s, const struct sluis_submission *what, unsigned timeout_ms,
    struct sluis_result **ret)
{
	return code_out(send_signal(s, what, timeout_ms, ret));
}

/* --- asking beforehand ----------------------------------------------------------- */

struct outline {
	Sluis__PreviewRecord **records;
	size_t                 n;
};

static void
outline_free(struct outline *o)
{
	submission_free_outline(o->records, o->n);
}

static void
fill_preview(const struct sluis_submission *what, Sluis__Recipient **recipients,
    const struct outline *outline, Sluis__Preview *body)
{
	body->convenant    = message_borrow(what->convenant);
	body->phase        = message_borrow(what->phase);
	body->purpose      = message_borrow(what->purpose);
	body->region       = message_borrow(what->region);
	body->n_recipients = what->n_recipients;
	body->recipients   = recipients;
	body->n_records    = outline->n;
	body->records      = outline->records;
	fill_id(what->case_id, &body->has_case_id, &body->case_id);
}

static rc
preview_signal(struct sluis *s, const struct sluis_submission *what, unsigned timeout_ms,
    struct sluis_result **ret)
{
	AUTO(message_destroy) Sluis__Signal *signal     = NULL;
	AUTO(auto_free) Sluis__Recipient   **recipients = NULL;
	AUTO(outline_free) struct outline    outline    = {NULL, 0};
	AUTO(request_wipe) struct request    r          = {.envelope = {.max = 0}};
	AUTO(message_destroy) Sluis__Answer *answer     = NULL;
	Sluis__Preview                       body       = SLUIS__PREVIEW__INIT;
	Sluis__Head                          head;

	TRY(submission_signal(
	    slice_of(what->signal_json, what->signal_json_n), &signal, &s->error));
	TRY(submission_outline(
	    signal, date_of_ms(unix_ms()), &outline.records, &outline.n));
	TRY(submission_recipients(what, &recipients));
	TRY(request_head(s, &r, &head));
	fill_preview(what, recipients, &outline, &body);
	body.head     = &head;
	body.handling = signal->handling;
	TRY(request_sign(s, &r, TYPE_PREVIEW, &body.base));
	struct patience patience = patience_of(timeout_ms);
	if (signal->handling != NULL && signal->handling->layer == 2)
		patience = patience_veiled(s, timeout_ms); /* if it is refused */
	TRY(request_ask(s, DOOR_MAIN, &r, patience, &answer));
	return hand_over(s, &r, &answer, ret);
}

enum sluis_code
sluis_preview(struct sluis *s, const struct sluis_submission *what, unsigned timeout_ms,
    struct sluis_result **ret)
{
	return code_out(preview_signal(s, what, timeout_ms, ret));
}

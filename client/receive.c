/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * receive.c - taking delivery: get, check, keep on disk, and only then acknowledge.
 */

#include "client/kept.h"
#include "client/once.h"
#include "client/recalled.h"
#include "client/request.h"
#include "client/result.h"
#include "proto/auto.h"
#include "proto/envelope.h"
#include "proto/guard.h"
#include "proto/message.h"

/* --- receiving -------------------------------------------------------------------------
 */

static rc
keep_delivery(struct sluis *s, const Sluis__Delivery *d, const Sluis__Copy *copy)
{
	AUTO(buf_wipe) struct buf bytes = buf_init(ANSWER_MAX);

	rc code = message_pack(&d->base, &bytes);
	if (code == RC_OK)
		code = kept_write_case(s->folder.dir, KEPT_DELIVERY, d->delivery_id.data,
		    copy->case_id.len == ID_BYTES ? copy->case_id.data : NULL,
		    buf_slice(&bytes));
	return code == RC_OK
	           ? RC_OK
	           : handle_fail(s, code, "inbox", "the delivery cannot be kept");
}

/* Keep D with its COPY and what its sender signed. */
static rc
keep_signed(struct sluis *s, const Sluis__Delivery *d, const Sluis__Copy *copy,
    const struct signature *signature)
{
	TRY(keep_delivery(s, d, copy));
	return copy->has_notice ? RC_OK : once_mark(s, d->delivery_id.data, signature);
}

/* Check that the sender of COPY signed what it says, and once. */
static rc
check_sender(struct sluis *s, const Sluis__Delivery *d, const Sluis__Copy *copy,
    struct signature *ret)
{
	if (copy->has_notice) return RC_OK;
	TRY(signer_check(s, d, copy, ret));
	return once_check(s, d->delivery_id.data, ret);
}

/* Check D, keep it if asked, and describe it. */
static rc
take_delivery(
    struct sluis *s, const Sluis__Delivery *d, unsigned flags, struct sluis_result *r)
{
	AUTO(message_destroy) Sluis__Copy *copy      = NULL;
	struct checker                     c         = handle_checker(s);
	struct signature                   signature = {.made_ms = 0};

	TRY(check_delivery(&c, d, &copy));
	TRY(check_sender(s, d, copy, &signature));
	TRY(recalled_mark(s, d, copy));
	if ((flags & SLUIS_KEEP) != 0) TRY(keep_signed(s, d, copy, &signature));
	TRY(result_add_delivery(r, d, copy));
	return copy->has_notice ? RC_OK : result_add_signature(r, &signature);
}

static void
fill_receive(const struct sluis_receive *how, Sluis__Receive *body)
{
	body->has_wait_ms  = 1;
	body->wait_ms      = how->wait_ms;
	body->has_lease_ms = 1;
	body->lease_ms     = how->lease_ms;
	if (how->max != 0) {
		body->has_max_deliveries = 1;
		body->max_deliveries     = how->max;
	}
	if (how->id != NULL) {
		body->has_delivery_id = 1;
		body->delivery_id     = message_borrow_bytes(how->id, ID_BYTES);
	}
}

static rc
receive(struct sluis *s, const struct sluis_receive *how, unsigned timeout_ms,
    struct sluis_result **ret)
{
	AUTO(request_wipe) struct request               r      = {.envelope = {.max = 0}};
	AUTO(message_destroy) Sluis__Answer            *answer = NULL;
	AUTO(sluis_result_destroy) struct sluis_result *result = NULL;
	Sluis__Receive                                  body   = SLUIS__RECEIVE__INIT;
	Sluis__Head                                     head;

	TRY(request_head(s, &r, &head));
	body.head = &head;
	fill_receive(how, &body);
	TRY(request_sign(s, &r, TYPE_RECEIVE, &body.base));
	struct patience patience = patience_of(timeout_ms);
	if (how->wait_ms != 0)
		patience.resend_ms = 0; /* the broker is meant to be silent */
	TRY(request_ask(s, DOOR_MAIN, &r, patience, &answer));
	TRY(error_from_answer(&s->error, answer));
	TRY(result_new(&result, r.id));
	for (size_t i = 0; i < answer->n_deliveries; i++)
		TRY(take_delivery(s, answer->deliveries[i], how->flags, result));
	TRY(result_take_answer(result, &answer));
	*ret = TAKE(result);
	return RC_OK;
}

enum sluis_code
sluis_receive(struct sluis *s, const struct sluis_receive *how, unsigned timeout_ms,
    struct sluis_result **ret)
{
	return code_out(receive(s, how, timeout_ms, ret));
}

/* --- what is kept here ----------------------------------------------------------- */

/* What came before senders signed their copies.  Nothing is kept unchecked, so a copy
 * that came since has its signature; what waits at the broker never gets here. */
static bool
came_before_signatures(const Sluis__Copy *copy)
{
	return !copy->has_notice && copy->evidence == NULL;
}

/* Check D, which is kept here, again, and describe it. */
static rc
take_kept(struct sluis *s, const Sluis__Delivery *d, struct sluis_result *r)
{
	AUTO(message_destroy) Sluis__Copy *copy = NULL;
	struct checker                     c    = handle_checker(s);

	TRY(check_delivery(&c, d, &copy));
	return came_before_signatures(copy) ? result_add_delivery(r, d, copy)
	                                    : take_delivery(s, d, 0, r);
}

static rc
kept(struct sluis *s, const uint8_t id[ID_BYTES], struct sluis_result **ret)
{
	AUTO(message_destroy) Sluis__Delivery          *d      = NULL;
	AUTO(sluis_result_destroy) struct sluis_result *result = NULL;
	bool                                            recalled;

	TRY(recalled_read(s, id, &d));
	TRY(result_new(&result, id));
	TRY(take_kept(s, d, result));
	TRY(kept_exists(s->folder.dir, KEPT_RECALLED, id, &s->error, &recalled));
	result->deliveries[0].recalled = recalled;
	*ret                           = TAKE(result);
	return RC_OK;
}

enum sluis_code
sluis_kept(struct sluis *s, const uint8_t id[SLUIS_ID_BYTES], struct sluis_result **ret)
{
	return code_out(kept(s, id, ret));
}

/* --- acknowledging --------------------------------------------------------------- */

/* Every one of the N ids at IDS must be whole on our disk. */
static rc
check_kept(struct sluis *s, const uint8_t *ids, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		AUTO(sluis_result_destroy) struct sluis_result *r = NULL;
		TRY(kept(s, ids + i * ID_BYTES, &r));
	}
	return RC_OK;
}

/* The index of the entry that released the kept delivery ID. */
static rc
ruling_of(struct sluis *s, const uint8_t id[ID_BYTES], uint64_t *ret)
{
	AUTO(message_destroy) Sluis__Delivery *d = NULL;

	TRY(recalled_read(s, id, &d));
	if (d->receipt == NULL)
		return handle_fail(s, RC_BAD_PROOF, "inbox", "no receipt");
	*ret = d->receipt->index;
	return RC_OK;
}

/* Keep RECEIPT as the proof that the kept delivery ID was acknowledged. */
static rc
keep_acknowledgement(
    struct sluis *s, const uint8_t id[ID_BYTES], const Sluis__Receipt *receipt)
{
	AUTO(buf_wipe) struct buf bytes  = buf_init(ANSWER_MAX);
	struct checker            c      = handle_checker(s);
	uint64_t                  ruling = 0;

	TRY(ruling_of(s, id, &ruling));
	TRY(check_acknowledged(&c, receipt, &ruling));
	TRY(message_pack(&receipt->base, &bytes));
	return kept_write(s->folder.dir, KEPT_ACKNOWLEDGED, id, buf_slice(&bytes));
}

static rc
check_acknowledgements(struct sluis *s, const uint8_t *ids, size_t n, unsigned flags,
    const Sluis__Answer *answer)
{
	struct checker c = handle_checker(s);

	if (answer->n_receipts != n)
		return handle_fail(
		    s, RC_BAD_PROOF, "receipts", "not one for each delivery");
	for (size_t i = 0; i < n; i++) {
		if ((flags & SLUIS_KEPT_ELSEWHERE) == 0)
			TRY(keep_acknowledgement(
			    s, ids + i * ID_BYTES, answer->receipts[i]));
		else
			TRY(check_acknowledged(&c, answer->receipts[i], NULL));
	}
	return RC_OK;
}

static rc
acknowledge(struct sluis *s, const uint8_t *ids, size_t n, unsigned flags,
    unsigned timeout_ms, struct sluis_result **ret)
{
	AUTO(request_wipe) struct request               r      = {.envelope = {.max = 0}};
	AUTO(message_destroy) Sluis__Answer            *answer = NULL;
	AUTO(sluis_result_destroy) struct sluis_result *result = NULL;
	AUTO(auto_free) ProtobufCBinaryData *list = calloc(n + 1, sizeof *list);
	Sluis__Acknowledge                   body = SLUIS__ACKNOWLEDGE__INIT;
	Sluis__Head                          head;

	if (list == NULL) return handle_fail(s, RC_NOMEM, NULL, NULL);
	if ((flags & SLUIS_KEPT_ELSEWHERE) == 0) TRY(check_kept(s, ids, n));
	for (size_t i = 0; i < n; i++)
		list[i] = message_borrow_bytes(ids + i * ID_BYTES, ID_BYTES);
	TRY(request_head(s, &r, &head));
	body.head           = &head;
	body.n_delivery_ids = n;
	body.delivery_ids   = list;
	TRY(request_sign(s, &r, TYPE_ACKNOWLEDGE, &body.base));
	/* some of them may be of layer 2 */
	TRY(request_ask(s, DOOR_MAIN, &r, patience_veiled(s, timeout_ms), &answer));
	TRY(error_from_answer(&s->error, answer));
	TRY(check_acknowledgements(s, ids, n, flags, answer));
	TRY(result_new(&result, r.id));
	TRY(result_take_answer(result, &answer));
	*ret = TAKE(result);
	return RC_OK;
}

enum sluis_code
sluis_acknowledge(struct sluis *s, const uint8_t *ids, size_t n_ids, unsigned flags,
    unsigned timeout_ms, struct sluis_result **ret)
{
	return code_out(acknowledge(s, ids, n_ids, flags, timeout_ms, ret));
}

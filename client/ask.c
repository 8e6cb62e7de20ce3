/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * ask.c - questions about what stands in the journal: explain, sent, audit read,
 * proofs.  None of them changes anything but the
 * auditor's read, which is an entry itself.
 */
#include <string.h>

#include "client/request.h"
#include "client/result.h"
#include "proto/auto.h"
#include "proto/envelope.h"
#include "proto/message.h"

/* Sign BODY as TYPE, ask it, and check that the answer is a good one. */
static rc
ask(struct sluis *s, struct request *r, const char *type, const ProtobufCMessage *body,
    unsigned timeout_ms, Sluis__Answer **ret)
{
	AUTO(message_destroy) Sluis__Answer *answer = NULL;

	TRY(request_sign(s, r, type, body));
	TRY(request_ask(s, DOOR_MAIN, r, patience_of(timeout_ms), &answer));
	TRY(error_from_answer(&s->error, answer));
	*ret = TAKE(answer);
	return RC_OK;
}

static rc
check_list(struct sluis *s, const Sluis__Answer *answer)
{
	struct checker c = handle_checker(s);

	for (size_t i = 0; i < answer->n_receipts; i++)
		TRY(check_entry(&c, answer->receipts[i]));
	for (size_t i = 0; i < answer->n_outcomes; i++)
		if (answer->outcomes[i]->receipt != NULL)
			TRY(check_entry(&c, answer->outcomes[i]->receipt));
	return RC_OK;
}

/* Open the head in ANSWER, if it has one. */
static rc
open_head(struct sluis *s, const Sluis__Answer *answer, struct checkpoint *ret)
{
	if (answer->checkpoint == NULL) return RC_OK;
	rc code = checkpoint_open(
	    slice_str(answer->checkpoint), &s->folder.region.verifier, ret);
	if (code != RC_OK)
		return handle_fail(s, code, "checkpoint", "is not signed by this region");
	code = seen_compare(&s->seen, ret);
	if (code != RC_OK)
		return handle_fail(
		    s, code, "checkpoint", "two heads of the same size differ");
	return RC_OK;
}

static rc
hand_over(struct sluis *s, const struct request *r, Sluis__Answer **answer,
    struct sluis_result **ret)
{
	AUTO(sluis_result_destroy) struct sluis_result *result = NULL;

	TRY(result_new(&result, r->id));
	TRY(open_head(s, *answer, &result->head));
	TRY(check_list(s, *answer));
	TRY(result_take_answer(result, answer));
	*ret = TAKE(result);
	return RC_OK;
}

static rc
ask_list(struct sluis *s, struct request *r, const char *type,
    const ProtobufCMessage *body, unsigned timeout_ms, struct sluis_result **ret)
{
	AUTO(message_destroy) Sluis__Answer *answer = NULL;

	TRY(ask(s, r, type, body, timeout_ms, &answer));
	return hand_over(s, r, &answer, ret);
}

/* --- explain ---------------------------------------------------------------------------
 */

static rc
explain(struct sluis *s, const uint8_t *trace_id, uint64_t index, unsigned timeout_ms,
    struct sluis_result **ret)
{
	AUTO(request_wipe) struct request r    = {.envelope = {.max = 0}};
	Sluis__Explain                    body = SLUIS__EXPLAIN__INIT;
	Sluis__Head                       head;

	TRY(request_head(s, &r, &head));
	body.head = &head;
	if (trace_id != NULL) {
		body.has_trace_id = 1;
		body.trace_id     = message_borrow_bytes(trace_id, ID_BYTES);
	} else if (index != SLUIS_POLICY_IN_FORCE) {
		body.has_leaf_index = 1;
		body.leaf_index     = index;
	}
	return ask_list(s, &r, TYPE_EXPLAIN, &body.base, timeout_ms, ret);
}

enum sluis_code
sluis_explain(struct sluis *s, const uint8_t trace_id[SLUIS_ID_BYTES],
    unsigned timeout_ms, struct sluis_result **ret)
{
	return code_out(explain(s, trace_id, 0, timeout_ms, ret));
}

enum sluis_code
sluis_explain_entry(
    struct sluis *s, uint64_t index, unsigned timeout_ms, struct sluis_result **ret)
{
	return code_out(explain(s, NULL, index, timeout_ms, ret));
}

/* --- lists ----------------------------------------------------------------------- */

static rc
sent(struct sluis *s, unsigned max, unsigned timeout_ms, struct sluis_result **ret)
{
	AUTO(request_wipe) struct request r    = {.envelope = {.max = 0}};
	Sluis__Sent                       body = SLUIS__SENT__INIT;
	Sluis__Head                       head;

	TRY(request_head(s, &r, &head));
	body.head    = &head;
	body.has_max = max != 0;
	body.max     = max;
	return ask_list(s, &r, TYPE_SENT, &body.base, timeout_ms, ret);
}

enum sluis_code
sluis_sent(struct sluis *s, unsigned max, unsigned timeout_ms, struct sluis_result **ret)
{
	return code_out(sent(s, max, timeout_ms, ret));
}

static rc
audit_read(struct sluis *s, uint64_t from, unsigned max, unsigned timeout_ms,
    struct sluis_result **ret)
{
	AUTO(request_wipe) struct request r    = {.envelope = {.max = 0}};
	Sluis__AuditRead                  body = SLUIS__AUDIT_READ__INIT;
	Sluis__Head                       head;

	TRY(request_head(s, &r, &head));
	body.head           = &head;
	body.has_from_index = 1;
	body.from_index     = from;
	body.has_max        = max != 0;
	body.max            = max;
	return ask_list(s, &r, TYPE_AUDIT_READ, &body.base, timeout_ms, ret);
}

enum sluis_code
sluis_audit_read(struct sluis *s, uint64_t from, unsigned max, unsigned timeout_ms,
    struct sluis_result **ret)
{
	return code_out(audit_read(s, from, max, timeout_ms, ret));
}

/* --- proofs ---------------------------------------------------------------------- */

static rc
check_proof_form(struct sluis *s, const Sluis__Answer *answer)
{
	if (answer->checkpoint == NULL)
		return handle_fail(
		    s, RC_BAD_NOTE, "checkpoint", "the answer carries none");
	if (answer->n_proof > MERKLE_PROOF_MAX)
		return handle_fail(s, RC_BAD_PROOF, "proof", "is too long");
	for (size_t i = 0; i < answer->n_proof; i++)
		if (answer->proof[i].len != HASH_BYTES)
			return handle_fail(
			    s, RC_BAD_PROOF, "proof", "a hash is not 32 bytes");
	return RC_OK;
}

/* Ask what BODY asks; its head is filled in here. */
static rc
prove(struct sluis *s, Sluis__Prove *body, unsigned timeout_ms, struct sluis_result **ret)
{
	AUTO(request_wipe) struct request    r      = {.envelope = {.max = 0}};
	AUTO(message_destroy) Sluis__Answer *answer = NULL;
	Sluis__Head                          head;

	TRY(request_head(s, &r, &head));
	body->head = &head;
	rc code    = ask(s, &r, TYPE_PROVE, &body->base, timeout_ms, &answer);
	body->head = NULL; /* it ends with this call */
	TRY(code);
	TRY(check_proof_form(s, answer));
	return hand_over(s, &r, &answer, ret);
}

static rc
prove_inclusion(struct sluis *s, uint64_t index, bool witnessed, unsigned timeout_ms,
    struct sluis_result **ret)
{
	Sluis__Prove body = SLUIS__PROVE__INIT;

	body.has_index       = 1;
	body.index           = index;
	body.has_for_witness = witnessed;
	body.for_witness     = witnessed;
	return prove(s, &body, timeout_ms, ret);
}

enum sluis_code
sluis_prove_inclusion(
    struct sluis *s, uint64_t index, unsigned timeout_ms, struct sluis_result **ret)
{
	return code_out(prove_inclusion(s, index, false, timeout_ms, ret));
}

enum sluis_code
sluis_prove_witnessed(
    struct sluis *s, uint64_t index, unsigned timeout_ms, struct sluis_result **ret)
{
	return code_out(prove_inclusion(s, index, true, timeout_ms, ret));
}

enum sluis_code
sluis_prove_consistency(
    struct sluis *s, uint64_t old_size, unsigned timeout_ms, struct sluis_result **ret)
{
	Sluis__Prove body = SLUIS__PROVE__INIT;

	body.has_old_size = 1;
	body.old_size     = old_size;
	return code_out(prove(s, &body, timeout_ms, ret));
}

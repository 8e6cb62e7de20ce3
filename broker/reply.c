/* SPDX-License-Identifier: EUPL-1.2 */
/* reply.c - building an answer, and completing it once the batch is durable. */
#include "broker/reply.h"

#include <stdlib.h>
#include <string.h>

#include "proto/auto.h"
#include "proto/room.h"
#include "proto/wire.h"

/* --- the reply ------------------------------------------------------------------- */

static rc
new_answer(struct reply *r, struct slice request_id)
{
	r->answer = calloc(1, sizeof *r->answer);
	if (r->answer == NULL) return RC_NOMEM;
	sluis__answer__init(r->answer);
	if (request_id.n == 0) return RC_OK;
	return message_bytes(
	    &r->answer->has_request_id, &r->answer->request_id, request_id);
}

rc
reply_init(struct reply *r, const struct route *to, struct slice request_id)
{
	*r    = (struct reply){0};
	r->to = *to;
	return new_answer(r, request_id);
}

/* A frame of several requests has parts, and these have none. */
static void
drop_answer(struct reply *r)
{
	if (r->answer == NULL) return;
	ProtobufCMessage *m = &r->answer->base;
	message_destroy(&m);
	r->answer     = NULL;
	r->n_promised = 0;
	for (size_t i = 0; i < r->n_told; i++) buf_wipe(&r->told[i].body);
	r->n_told = 0;
	for (size_t i = 0; i < r->n_parts; i++) reply_wipe(&r->parts[i]);
	r->n_parts = 0;
}

void
reply_wipe(struct reply *r)
{
	drop_answer(r);
	free(r->promised);
	free(r->told);
	free(r->parts);
	*r = (struct reply){0};
}

static rc
set_text(char **field, const char *text)
{
	free(*field);
	*field = NULL;
	return message_text(field, text);
}

rc
reply_set_code(struct reply *r, rc code, const char *where)
{
	TRY(set_text(&r->answer->code, rc_name(code)));
	return set_text(&r->answer->where, where);
}

rc
reply_fail(struct reply *r, rc code)
{
	AUTO(buf_wipe) struct buf id = buf_init(ID_BYTES);

	if (r->answer->has_request_id)
		TRY(buf_append(&id,
		    slice_of(r->answer->request_id.data, r->answer->request_id.len)));
	drop_answer(r);
	r->parked = false;
	TRY(new_answer(r, buf_slice(&id)));
	return reply_set_code(r, code, NULL);
}

rc
reply_promise(struct reply *r, Sluis__Receipt *into, uint64_t index, bool with_detail,
    bool with_proof)
{
	TRY(room_for_one(
	    &r->promised, r->n_promised, &r->cap_promised, sizeof *r->promised));
	r->promised[r->n_promised++] = (struct promised_receipt){
	    .into = into, .wanted = {index, with_detail, with_proof}};
	return RC_OK;
}

rc
reply_take(struct reply *r, struct reply *part)
{
	struct reply *list = reallocarray(r->parts, r->n_parts + 1, sizeof *list);

	if (list == NULL) return RC_NOMEM;
	r->parts           = list;
	list[r->n_parts++] = *part;
	r->bytes += part->bytes;
	*part = (struct reply){.answer = NULL};
	return RC_OK;
}

rc
reply_add_receipt(struct reply *r, uint64_t index, bool with_detail, bool with_proof)
{
	Sluis__Receipt *receipt =
	    message_add(&r->answer->n_receipts, &r->answer->receipts, sizeof *receipt);
	if (receipt == NULL) return RC_NOMEM;
	sluis__receipt__init(receipt);
	return reply_promise(r, receipt, index, with_detail, with_proof);
}

static rc
name_bundle(Sluis__Answer *a, const struct hash *bundle)
{
	char hex[2 * HASH_BYTES + 1];

	hex_encode(hex, sizeof hex, slice_of(bundle->b, sizeof bundle->b));
	return set_text(&a->bundle, hex);
}

/* --- outcomes that were just written --------------------------------------------- */

enum { OUTCOMES = 7, RECEIPT = 8, ANSWERS = 23 }; /* of Answer, Outcome, Answer */

/* Receipts that fit into an answer take less: half of one is hashes of 32 bytes, each
 * with 16 that say where it is. */
enum { RECEIPTS_MAX = 4 * ANSWER_MAX };

rc
reply_will_tell(struct reply *r, size_t n)
{
	free(r->told);
	r->told     = calloc(n, sizeof *r->told);
	r->cap_told = r->told == NULL ? 0 : n;
	return r->told == NULL ? RC_NOMEM : RC_OK;
}

rc
reply_tell(struct reply *r, struct slice body, uint64_t index)
{
	if (r->n_told == r->cap_told) return RC_INTERNAL;
	struct told_outcome *t = &r->told[r->n_told];
	*t = (struct told_outcome){.index = index, .body = buf_init(body.n)};
	TRY(buf_append(&t->body, body));
	r->n_told++;
	return RC_OK;
}

/* BODY, then RECEIPT, as one outcome. */
static rc
put_outcome(struct slice body, const Sluis__Receipt *receipt, struct buf *out)
{
	size_t n = sluis__receipt__get_packed_size(receipt);

	TRY(wire_put_head(OUTCOMES, body.n + wire_bytes_size(n), out));
	TRY(buf_append(out, body));
	TRY(wire_put_head(RECEIPT, n, out));
	return message_pack(&receipt->base, out);
}

/* The same from what has left memory already. */
static rc
put_read(const struct told_outcome *t, struct journal *journal, struct buf *out)
{
	AUTO(scratch_wipe) struct scratch mem     = scratch_init(RECEIPTS_MAX);
	const struct receipt_wanted       wanted  = {t->index, true, true};
	Sluis__Receipt                    receipt = SLUIS__RECEIPT__INIT;

	TRY(journal_receipt(journal, &wanted, &mem, &receipt));
	return put_outcome(buf_slice(&t->body), &receipt, out);
}

/* Append T with its receipt, under the signed head NOTE of SIZE leaves. */
static rc
put_told(const struct told_outcome *t, struct journal *journal, uint64_t size, char *note,
    struct buf *out)
{
	Sluis__Receipt      receipt = SLUIS__RECEIPT__INIT;
	ProtobufCBinaryData hashes[MERKLE_PROOF_MAX];
	struct merkle_proof proof;
	struct slice        leaf, detail;

	if (!journal_recall(journal, t->index, &leaf, &detail))
		return put_read(t, journal, out);
	TRY(journal_prove_inclusion_at(journal, t->index, size, &proof));
	for (size_t i = 0; i < proof.n; i++)
		hashes[i] = message_borrow_bytes(proof.hashes[i].b, HASH_BYTES);
	receipt.has_leaf = receipt.has_index = receipt.has_detail = 1;
	receipt.leaf       = message_borrow_bytes(leaf.p, leaf.n);
	receipt.detail     = message_borrow_bytes(detail.p, detail.n);
	receipt.index      = t->index;
	receipt.n_proof    = proof.n;
	receipt.proof      = hashes;
	receipt.checkpoint = note;
	return put_outcome(buf_slice(&t->body), &receipt, out);
}

/* All were written in one batch, so one head covers them. */
static rc
put_all_told(const struct reply *r, struct journal *journal, struct buf *out)
{
	AUTO(buf_wipe) struct buf note = buf_init(NOTE_MAX);
	uint64_t                  size = 0;

	if (r->n_told == 0) return RC_OK;
	TRY(journal_checkpoint_covering(journal, r->told[0].index, &size, &note));
	TRY(buf_append(&note, slice_of("", 1))); /* its NUL */
	for (size_t i = 0; i < r->n_told; i++)
		TRY(put_told(&r->told[i], journal, size, (char *)note.p, out));
	return RC_OK;
}

/* A detail that opens no more is left out, not the whole answer; one that is missing or
 * was changed is damage, and is told. */
static rc
keep_promise(
    struct journal *journal, const struct promised_receipt *p, struct scratch *mem)
{
	struct receipt_wanted wanted = p->wanted;
	rc                    code   = journal_receipt(journal, &wanted, mem, p->into);

	if (code != RC_BAD_TREE || !wanted.with_detail ||
	    !journal_detail_is_lost(journal, wanted.index))
		return code;
	wanted.with_detail = false;
	return journal_receipt(journal, &wanted, mem, p->into);
}

/* What was promised is lent to the message while it is packed: dozens of small pieces,
 * which cost more to allocate, wipe and free one by one than to fill in. */
static rc
put_message(struct reply *r, struct journal *journal, struct buf *out)
{
	AUTO(scratch_wipe) struct scratch mem  = scratch_init(RECEIPTS_MAX);
	rc                                code = RC_OK;

	for (size_t i = 0; i < r->n_promised && code == RC_OK; i++)
		code = keep_promise(journal, &r->promised[i], &mem);
	if (mem.full) code = RC_TOO_LARGE;
	if (code == RC_OK) code = message_pack(&r->answer->base, out);
	for (size_t i = 0; i < r->n_promised; i++)
		sluis__receipt__init(r->promised[i].into);
	return code;
}

/* The answer of R by itself. */
static rc
put_answer(struct reply *r, struct journal *journal, struct buf *out)
{
	TRY(put_message(r, journal, out));
	return put_all_told(r, journal, out);
}

/* The answer of PART, as one of the answers of the whole. */
static rc
put_part(struct reply *part, struct journal *journal, struct buf *out)
{
	AUTO(buf_wipe) struct buf answer = buf_init(ANSWER_MAX);

	TRY(put_answer(part, journal, &answer));
	return wire_put_bytes(ANSWERS, buf_slice(&answer), out);
}

rc
reply_finish(struct reply *r, struct journal *journal, const struct hash *bundle,
    uint64_t now_ms, struct buf *out)
{
	TRY(name_bundle(r->answer, bundle));
	r->answer->has_broker_time_ms = 1;
	r->answer->broker_time_ms     = now_ms;
	TRY(put_answer(r, journal, out));
	for (size_t i = 0; i < r->n_parts; i++) TRY(put_part(&r->parts[i], journal, out));
	return RC_OK;
}

bool
reply_leave_out_cases(struct reply *r)
{
	Sluis__Answer *a = r->answer;

	if (a->n_receipts == 0 || a->n_cases == 0) return false;
	for (size_t i = 0; i < a->n_cases; i++) {
		ProtobufCMessage *m = &a->cases[i]->base;
		message_destroy(&m);
	}
	free(a->cases);
	a->cases   = NULL;
	a->n_cases = 0;
	return true;
}

rc
reply_set_hints(struct reply *r, size_t n, const char *const *ids)
{
	if (n == 0 || r->answer->hints != NULL) return RC_OK;
	r->answer->hints = calloc(n, sizeof *r->answer->hints);
	if (r->answer->hints == NULL) return RC_NOMEM;
	for (size_t i = 0; i < n; i++, r->answer->n_hints++)
		if ((r->answer->hints[i] = strdup(ids[i])) == NULL) return RC_NOMEM;
	return RC_OK;
}

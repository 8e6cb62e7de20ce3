/* SPDX-License-Identifier: EUPL-1.2 */
/* receipts.c - receipts out of the store and out of answers, as files. */
#include "client/command/audit/receipts.h"

#include <stdlib.h>

#include "client/kept.h"
#include "client/request.h"
#include "client/result.h"
#include "proto/auto.h"
#include "proto/guard.h"
#include "proto/message.h"

static const struct guard_limits kept_limits = {
    .max_depth = 8, .max_elements = 200000, .max_bytes = ANSWER_MAX};

struct receipts *
receipts_new(bool with_detail)
{
	struct receipts *p = calloc(1, sizeof *p);

	if (p != NULL) p->with_detail = with_detail;
	return p;
}

void
receipts_destroy(struct receipts **pp)
{
	struct receipts *p = *pp;

	if (p == NULL) return;
	for (size_t i = 0; i < p->n; i++) buf_wipe(&p->at[i].text);
	free(p);
	*pp = NULL;
}

/* --- one receipt ----------------------------------------------------------------- */

static bool
is_there(const struct receipts *p, uint64_t index)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->at[i].index == index) return true;
	return false;
}

rc
receipts_add(struct receipts *p, struct sluis *s, const Sluis__Receipt *receipt)
{
	struct receipt_out made = {.text = buf_init(PROOF_FILE_MAX)};
	struct checker     c    = handle_checker(s);
	struct checkpoint  head;

	if (receipt->checkpoint == NULL || is_there(p, receipt->index)) return RC_OK;
	if (p->n == RECEIPTS_MAX) return handle_fail(s, RC_TOO_MANY, NULL, NULL);
	TRY(check_receipt(&c, receipt, NULL, &head));
	Sluis__Receipt file = *receipt; /* borrows what that points at */
	file.has_detail     = receipt->has_detail && p->with_detail;
	rc code             = proof_file_format(&file, &made.text);
	if (code != RC_OK) return handle_fail(s, code, "receipt", NULL);
	made.index      = receipt->index;
	made.size       = head.size;
	made.has_detail = file.has_detail;
	p->at[p->n++]   = made;
	return RC_OK;
}

static rc
add_all(struct receipts *p, struct sluis *s, const Sluis__Answer *answer)
{
	for (size_t i = 0; i < answer->n_outcomes; i++)
		if (answer->outcomes[i]->receipt != NULL)
			TRY(receipts_add(p, s, answer->outcomes[i]->receipt));
	for (size_t i = 0; i < answer->n_receipts; i++)
		TRY(receipts_add(p, s, answer->receipts[i]));
	return RC_OK;
}

rc
receipts_of(struct receipts *p, struct sluis *s, const struct sluis_result *result)
{
	return add_all(p, s, result->answer);
}

/* --- what is kept ---------------------------------------------------------------- */

/* The message kept as BOX/<id>.SUFFIX; the store seals it, so it is what we wrote. */
static rc
read_kept(struct sluis *s, const char *box, const char *suffix,
    const uint8_t id[ID_BYTES], const ProtobufCMessageDescriptor *desc,
    ProtobufCMessage **ret)
{
	AUTO(buf_wipe) struct buf bytes = buf_init(ANSWER_MAX);

	rc code = kept_read(s->folder.dir, box, suffix, id, &bytes);
	if (code == RC_OK) code = guard_unpack(desc, buf_slice(&bytes), kept_limits, ret);
	if (code == RC_OK || code == RC_NOT_FOUND) return code;
	return handle_fail(s, code, box, "what is kept here cannot be read");
}

static rc
add_answer(struct receipts *p, struct sluis *s, const uint8_t id[ID_BYTES])
{
	AUTO(message_destroy) ProtobufCMessage *m = NULL;

	TRY(read_kept(s, KEPT_ANSWER, id, &sluis__answer__descriptor, &m));
	return add_all(p, s, (const Sluis__Answer *)m);
}

static rc
add_delivery(struct receipts *p, struct sluis *s, const uint8_t id[ID_BYTES])
{
	AUTO(message_destroy) ProtobufCMessage *m = NULL;

	TRY(read_kept(s, KEPT_DELIVERY, id, &sluis__delivery__descriptor, &m));
	const Sluis__Delivery *d = (const Sluis__Delivery *)m;
	return d->receipt != NULL ? receipts_add(p, s, d->receipt) : RC_NOT_FOUND;
}

static rc
add_acknowledgement(struct receipts *p, struct sluis *s, const uint8_t id[ID_BYTES])
{
	AUTO(message_destroy) ProtobufCMessage *m = NULL;

	TRY(read_kept(s, KEPT_ACKNOWLEDGED, id, &sluis__receipt__descriptor, &m));
	return receipts_add(p, s, (const Sluis__Receipt *)m);
}

typedef rc (*kept_adder)(struct receipts *p, struct sluis *s, const uint8_t *id);

static const kept_adder kept_adders[] = {add_answer, add_delivery, add_acknowledgement};

rc
receipts_kept(struct receipts *p, struct sluis *s, const uint8_t id[ID_BYTES])
{
	for (size_t i = 0; i < sizeof kept_adders / sizeof kept_adders[0]; i++) {
		rc code = kept_adders[i](p, s, id);
		if (code != RC_NOT_FOUND) TRY(code);
	}
	return p->n != 0 ? RC_OK : RC_NOT_FOUND;
}

/* --- what witnesses saw ---------------------------------------------------------- */

/* F with the proof and the head of R instead of its own, to OUT. */
static rc
put_in_tree(const struct proof_file *f, const struct sluis_result *r, struct buf *out)
{
	Sluis__Receipt receipt = SLUIS__RECEIPT__INIT;

	receipt.has_leaf   = 1;
	receipt.leaf       = message_borrow_bytes(f->leaf.p, f->leaf.n);
	receipt.has_detail = f->detail.n != 0;
	receipt.detail     = message_borrow_bytes(f->detail.p, f->detail.n);
	receipt.has_index  = 1;
	receipt.index      = f->text.index;
	receipt.n_proof    = r->answer->n_proof;
	receipt.proof      = r->answer->proof;
	receipt.checkpoint = r->answer->checkpoint;
	return proof_file_format(&receipt, out);
}

/* What was made is read again and checked: the file is what counts. */
static rc
check_file(struct sluis *s, struct slice text)
{
	AUTO(proof_file_wipe) struct proof_file f;
	struct checkpoint                       head;

	rc code = proof_file_read(text, &f);
	if (code == RC_OK) code = proof_file_check(&f, &s->folder.region.verifier, &head);
	return code == RC_OK ? RC_OK
	                     : handle_fail(s, code, "proof",
	                           "the entry is not proven to be in the journal");
}

static rc
witness_one(struct receipt_out *o, struct sluis *s, unsigned timeout_ms)
{
	AUTO(sluis_result_destroy) struct sluis_result *r    = NULL;
	AUTO(proof_file_wipe) struct proof_file         f    = {.leaf = {.n = 0}};
	struct buf                                      text = buf_init(PROOF_FILE_MAX);

	TRY(proof_file_read(buf_slice(&o->text), &f));
	TRY(code_in(sluis_prove_witnessed(s, o->index, timeout_ms, &r)));
	rc code = put_in_tree(&f, r, &text);
	if (code == RC_OK) code = check_file(s, buf_slice(&text));
	if (code != RC_OK) {
		buf_wipe(&text);
		return code;
	}
	buf_wipe(&o->text);
	o->text      = text;
	o->size      = r->head.size;
	o->witnessed = true;
	return RC_OK;
}

rc
receipts_witness(struct receipts *p, struct sluis *s, unsigned timeout_ms)
{
	for (size_t i = 0; i < p->n; i++) TRY(witness_one(&p->at[i], s, timeout_ms));
	return RC_OK;
}

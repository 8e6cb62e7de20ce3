/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * recheck.c - the receipts that are kept here, against the journal as it is now.
 *
 * A receipt was good when it came.  A broker that drops or moves its entry afterwards
 * shows another journal from then on, one that the receipt's own head is no beginning of.
 * So each head that a receipt came with is proven to be the beginning of the newest one,
 * which continues the last that this folder saw: one request for each size.
 */
#include <stdio.h>
#include <string.h>

#include "client/error.h"
#include "client/forks.h"
#include "client/history.h"
#include "client/kept.h"
#include "client/request.h"
#include "proto/auto.h"
#include "proto/envelope.h"
#include "proto/guard.h"
#include "proto/message.h"

enum { MET_WHERE_MAX = 96 };

static const struct guard_limits kept_limits = {
    .max_depth = 8, .max_elements = 200000, .max_bytes = ANSWER_MAX};

struct met { /* a head that a receipt came with */
	struct checkpoint head;
	char             *note;                 /* owned by the recheck */
	char              where[MET_WHERE_MAX]; /* "sent/<id>.answer" */
};

struct recheck {
	struct sluis *s;
	const char   *box, *suffix; /* what is read now */
	struct met   *met;          /* owned */
	size_t        n, n_receipts;
};

static void
recheck_wipe(struct recheck *r)
{
	for (size_t i = 0; i < r->n; i++) free(r->met[i].note);
	free(r->met);
}

/* --- what is kept here ----------------------------------------------------------------
 */

/* MET and the head NOTE cannot both be true: both are kept as evidence. */
static rc
forked_from(struct sluis *s, const struct met *met, struct slice note)
{
	rc kept = forks_keep(s->folder.dir, slice_str(met->note));
	if (kept == RC_OK) kept = forks_keep(s->folder.dir, note);
	if (kept != RC_OK)
		return handle_fail(s, RC_FORKED, met->where, forks_reason(kept));
	return handle_fail(s, RC_FORKED, met->where,
	    N_("what this receipt proves is no part of the journal any more"));
}

/* The same against the head that was seen last. */
static rc
forked(struct sluis *s, const struct met *met)
{
	AUTO(buf_wipe) struct buf seen = buf_init(NOTE_MAX);

	ignore(history_seen(s, &seen));
	return forked_from(s, met, buf_slice(&seen));
}

/* Remember HEAD, signed as NOTE, unless one of its size was met already: then it must be
 * the same. */
static rc
meet(struct recheck *r, const uint8_t id[ID_BYTES], const struct checkpoint *head,
    char *note)
{
	struct met  one = {.head = *head, .note = note};
	char        hex[2 * ID_BYTES + 1];
	struct met *grown;

	hex_encode(hex, sizeof hex, slice_of(id, ID_BYTES));
	(void)snprintf(one.where, sizeof one.where, "%s/%s.%s", r->box, hex, r->suffix);
	for (size_t i = 0; i < r->n; i++)
		if (r->met[i].head.size == head->size)
			return hash_equal(&r->met[i].head.root, &head->root)
			           ? RC_OK
			           : forked_from(r->s, &one, slice_str(r->met[i].note));
	grown = reallocarray(r->met, r->n + 1, sizeof *grown);
	if (grown == NULL) return handle_fail(r->s, RC_NOMEM, NULL, NULL);
	r->met   = grown;
	one.note = strdup(note);
	if (one.note == NULL) return handle_fail(r->s, RC_NOMEM, NULL, NULL);
	grown[r->n++] = one;
	return RC_OK;
}

static rc
look_at(struct recheck *r, const uint8_t id[ID_BYTES], const Sluis__Receipt *receipt)
{
	struct checker    c = handle_checker(r->s);
	struct checkpoint head;

	if (receipt == NULL || receipt->checkpoint == NULL) return RC_OK;
	TRY(check_receipt(&c, receipt, NULL, &head));
	r->n_receipts++;
	return meet(r, id, &head, receipt->checkpoint);
}

static rc
read_kept(struct recheck *r, const uint8_t id[ID_BYTES],
    const ProtobufCMessageDescriptor *desc, ProtobufCMessage **ret)
{
	AUTO(buf_wipe) struct buf bytes = buf_init(ANSWER_MAX);

	rc code = kept_read(r->s->folder.dir, r->box, r->suffix, id, &bytes);
	if (code == RC_OK) code = guard_unpack(desc, buf_slice(&bytes), kept_limits, ret);
	return code == RC_OK ? RC_OK : handle_fail(r->s, code, r->box, NULL);
}

static rc
of_answer(void *arg, const uint8_t id[ID_BYTES])
{
	AUTO(message_destroy) Sluis__Answer *m = NULL;
	struct recheck                      *r = arg;

	TRY(read_kept(r, id, &sluis__answer__descriptor, (ProtobufCMessage **)&m));
	for (size_t i = 0; i < m->n_outcomes; i++)
		TRY(look_at(r, id, m->outcomes[i]->receipt));
	for (size_t i = 0; i < m->n_receipts; i++) TRY(look_at(r, id, m->receipts[i]));
	return RC_OK;
}

static rc
of_delivery(void *arg, const uint8_t id[ID_BYTES])
{
	AUTO(message_destroy) Sluis__Delivery *m = NULL;
	struct recheck                        *r = arg;

	TRY(read_kept(r, id, &sluis__delivery__descriptor, (ProtobufCMessage **)&m));
	return look_at(r, id, m->receipt);
}

static rc
of_acknowledgement(void *arg, const uint8_t id[ID_BYTES])
{
	AUTO(message_destroy) Sluis__Receipt *m = NULL;
	struct recheck                       *r = arg;

	TRY(read_kept(r, id, &sluis__receipt__descriptor, (ProtobufCMessage **)&m));
	return look_at(r, id, m);
}

static rc
gather(struct recheck *r)
{
	static const struct {
		const char  *box, *suffix;
		kept_visitor visit;
	} kinds[] = {{KEPT_ANSWER, of_answer}, {KEPT_DELIVERY, of_delivery},
	    {KEPT_ACKNOWLEDGED, of_acknowledgement}};

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		r->box    = kinds[i].box;
		r->suffix = kinds[i].suffix;
		TRY(kept_each(r->s->folder.dir, r->box, r->suffix, &r->s->error,
		    kinds[i].visit, r));
	}
	return RC_OK;
}

/* --- what the broker says now ------------------------------------------------------ */

static rc
take_proof(struct sluis *s, const Sluis__Answer *answer, struct merkle_proof *ret)
{
	if (answer->n_proof > MERKLE_PROOF_MAX)
		return handle_fail(s, RC_BAD_PROOF, "proof", "is too long");
	ret->n = answer->n_proof;
	for (size_t i = 0; i < ret->n; i++) {
		if (answer->proof[i].len != HASH_BYTES)
			return handle_fail(
			    s, RC_BAD_PROOF, "proof", "a hash is not 32 bytes");
		memcpy(ret->hashes[i].b, answer->proof[i].data, HASH_BYTES);
	}
	return RC_OK;
}

/* Ask for the proof that OLD entries begin the tree of SIZE; RC_NOT_FOUND. */
static rc
ask_proof(struct sluis *s, uint64_t old, uint64_t size, unsigned timeout_ms,
    struct merkle_proof *ret)
{
	AUTO(request_wipe) struct request    r      = {.envelope = {.max = 0}};
	AUTO(message_destroy) Sluis__Answer *answer = NULL;
	Sluis__Prove                         body   = SLUIS__PROVE__INIT;
	Sluis__Head                          head;

	TRY(request_head(s, &r, &head));
	body.head         = &head;
	body.has_old_size = body.has_size = 1;
	body.old_size                     = old;
	body.size                         = size;
	TRY(request_sign(s, &r, TYPE_PROVE, &body.base));
	TRY(request_ask(s, DOOR_MAIN, &r, patience_of(timeout_ms), &answer));
	TRY(error_from_answer(&s->error, answer));
	return take_proof(s, answer, ret);
}

/* Is MET the beginning of what was seen last? */
static rc
check_met(struct sluis *s, const struct met *met, unsigned timeout_ms)
{
	const struct checkpoint *now   = &s->seen.head;
	struct merkle_proof      proof = {.n = 0};

	if (met->head.size > now->size) return forked(s, met);
	if (met->head.size == now->size)
		return hash_equal(&met->head.root, &now->root) ? RC_OK : forked(s, met);
	rc code = ask_proof(s, met->head.size, now->size, timeout_ms, &proof);
	if (code == RC_NOT_FOUND) return forked(s, met);
	TRY(code);
	code = merkle_verify_consistency(
	    &proof, met->head.size, now->size, &met->head.root, &now->root);
	return code == RC_OK ? RC_OK : forked(s, met);
}

static rc
check_receipts(struct sluis *s, unsigned timeout_ms, sluis_progress progress, void *arg,
    struct recheck *r)
{
	TRY(gather(r));
	TRY(code_in(sluis_check_history(s, timeout_ms)));
	for (size_t i = 0; i < r->n; i++) {
		if (progress != NULL) progress(arg, i, r->n);
		TRY(check_met(s, &r->met[i], timeout_ms));
	}
	return RC_OK;
}

enum sluis_code
sluis_check_receipts(struct sluis *s, unsigned timeout_ms, sluis_progress progress,
    void *arg, size_t *ret_n)
{
	AUTO(recheck_wipe) struct recheck r = {.s = s};

	rc code = check_receipts(s, timeout_ms, progress, arg, &r);
	if (code == RC_OK) *ret_n = r.n_receipts;
	return code_out(code);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * send_many.c - several submissions in one request.
 *
 * Each is made and kept as if it went alone, so that it can be sent again alone; the
 * request says the same without their signatures, under one.  What the broker will not
 * take with others goes after them, alone.
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "client/result.h"
#include "client/send.h"
#include "proto/auto.h"
#include "proto/envelope.h"
#include "proto/message.h"

enum { BYTES_MAX = FRAME_MAX - 8192 }; /* of submissions: a frame holds more than them */

struct lot { /* what goes into one request; owns */
	struct sluis       *s;
	size_t              n;
	struct outgoing     out[JOINT_MAX];
	size_t              which[JOINT_MAX]; /* of what was asked */
	size_t              bytes;
	struct buf          packed[JOINT_MAX];
	ProtobufCBinaryData submissions[JOINT_MAX], roots[JOINT_MAX];
	struct short_hash   said[JOINT_MAX];
	struct request      r;
};

static void
lot_end(struct lot **lp)
{
	struct lot *l = *lp;

	if (l == NULL) return;
	for (size_t i = 0; i < JOINT_MAX; i++) {
		outgoing_wipe(&l->out[i]);
		buf_wipe(&l->packed[i]);
	}
	request_wipe(&l->r);
	free(l);
	*lp = NULL;
}

/* The submission of O without its own signature. */
static rc
pack_part(struct lot *l, const struct outgoing *o)
{
	Sluis__Submit part = o->body;
	struct buf   *out  = &l->packed[l->n];

	part.has_disclosure_sig = 0;
	*out                    = buf_init(FRAME_MAX);
	rc code                 = message_pack(&part.base, out);
	if (code != RC_OK) return handle_fail(l->s, code, "signal", NULL);
	l->submissions[l->n] = message_borrow_bytes(out->p, out->n);
	l->said[l->n]        = o->avowal.root;
	l->roots[l->n] = message_borrow_bytes(l->said[l->n].b, sizeof l->said[l->n].b);
	l->bytes += out->n;
	return RC_OK;
}

/* Add the submission WHICH, which is WHAT. */
static rc
lot_add(struct lot *l, const struct sluis_submission *what, size_t which)
{
	struct outgoing *o = &l->out[l->n];

	l->which[l->n] = which;
	TRY(outgoing_make(l->s, what, o));
	TRY(pack_part(l, o));
	l->n++;
	return RC_OK;
}

static rc
lot_ask(struct lot *l, unsigned timeout_ms, Sluis__Answer **ret)
{
	Sluis__SubmitMany m = SLUIS__SUBMIT_MANY__INIT;
	Sluis__Head       head;
	uint8_t           seed[KEY_BYTES], sig[SIG_BYTES];

	randombytes_buf(seed, sizeof seed);
	rc code = joint_sign(l->said, l->n, l->s->folder.keys.sign_secret, seed, sig);
	if (code != RC_OK) return handle_fail(l->s, code, "recipients", NULL);
	TRY(request_head(l->s, &l->r, &head));
	m.head                = &head;
	m.n_submissions       = l->n;
	m.submissions         = l->submissions;
	m.n_said              = l->n;
	m.said                = l->roots;
	m.has_disclosure_seed = m.has_disclosure_sig = 1;
	m.disclosure_seed = message_borrow_bytes(seed, sizeof seed);
	m.disclosure_sig  = message_borrow_bytes(sig, sizeof sig);
	TRY(request_sign(l->s, &l->r, TYPE_SUBMIT_MANY, &m.base));
	TRY(request_ask(l->s, DOOR_MAIN, &l->r, patience_of(timeout_ms), ret));
	TRY(error_from_answer(&l->s->error, *ret));
	return (*ret)->n_answers == l->n
	           ? RC_OK
	           : handle_fail(l->s, RC_MALFORMED, "answers", NULL);
}

/* The answer to the I-th, with what stands in the ANSWER to all of them. */
static rc
part_of(Sluis__Answer *answer, size_t i, Sluis__Answer **ret)
{
	Sluis__Answer *part = answer->answers[i];

	*ret               = part;
	answer->answers[i] = NULL;
	return message_text(&part->bundle, answer->bundle);
}

/* Whether PART answers O: a refusal before the head was read names nothing. */
static bool
is_for(const Sluis__Answer *part, const struct outgoing *o)
{
	return !part->has_request_id ||
	       slice_equal(message_slice(&part->request_id), slice_of(o->r.id, ID_BYTES));
}

static rc
take_part(struct lot *l, Sluis__Answer *answer, size_t i, unsigned timeout_ms,
    struct sluis_result **ret)
{
	AUTO(message_destroy) Sluis__Answer *part = NULL;
	const struct outgoing               *o    = &l->out[i];

	TRY(part_of(answer, i, &part));
	if (!is_for(part, o))
		return handle_fail(l->s, RC_BAD_PROOF, "answers.request_id", NULL);
	if (part->code != NULL && strcmp(part->code, rc_name(RC_ALONE)) == 0)
		return send_ask(l->s, &o->body, &o->r, timeout_ms, ret);
	return send_take(l->s, &o->body, &o->r, &part, ret);
}

/* The pointers are taken out of it one by one. */
static void
answer_end(Sluis__Answer **ap)
{
	Sluis__Answer *a = *ap;
	size_t         k = 0;

	for (size_t i = 0; a != NULL && i < a->n_answers; i++)
		if (a->answers[i] != NULL) a->answers[k++] = a->answers[i];
	if (a != NULL) a->n_answers = k;
	if (a != NULL && k == 0) {
		free(a->answers);
		a->answers = NULL;
	}
	message_destroy(ap);
}

/* Send what is in L; of each, *RET and *CODE. */
static void
lot_send(
    struct lot *l, unsigned timeout_ms, struct sluis_result **ret, enum sluis_code *code)
{
	AUTO(answer_end) Sluis__Answer *answer = NULL;

	rc all = lot_ask(l, timeout_ms, &answer);
	for (size_t i = 0; i < l->n; i++) {
		size_t at  = l->which[i];
		rc     one = all;
		if (all == RC_OK) one = take_part(l, answer, i, timeout_ms, &ret[at]);
		code[at] = code_out(one);
	}
}

/* Send as many of WHAT as go into one request, from the I-th on; returns the next. */
static size_t
send_from(struct sluis *s, const struct sluis_submission *what, size_t n, size_t i,
    unsigned timeout_ms, struct sluis_result **ret, enum sluis_code *code)
{
	AUTO(lot_end) struct lot *l = calloc(1, sizeof *l);

	if (l == NULL) {
		code[i] = code_out(handle_fail(s, RC_NOMEM, NULL, NULL));
		return i + 1;
	}
	l->s = s;
	for (; i < n && l->n < JOINT_MAX; i++) {
		if (l->n > 0 && l->bytes + what[i].signal_json_n + 4096 > BYTES_MAX)
			break;
		rc made = lot_add(l, &what[i], i);
		code[i] = code_out(made);
		if (made != RC_OK) {
			outgoing_wipe(&l->out[l->n]);
			buf_wipe(&l->packed[l->n]);
		}
	}
	if (l->n > 0) lot_send(l, timeout_ms, ret, code);
	return i;
}

enum sluis_code
sluis_send_many(struct sluis *s, const struct sluis_submission *what, size_t n,
    unsigned timeout_ms, struct sluis_result **ret, enum sluis_code *code)
{
	for (size_t i = 0; i < n; i++) {
		ret[i]  = NULL;
		code[i] = SLUIS_OK;
	}
	for (size_t i = 0; i < n;) i = send_from(s, what, n, i, timeout_ms, ret, code);
	for (size_t i = 0; i < n; i++)
		if (code[i] != SLUIS_OK) return code[i];
	return SLUIS_OK;
}

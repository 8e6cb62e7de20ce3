/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * fuzz_intake.c - any frame at any door, through intake_handle() and its handlers.
 *
 * Three bytes choose who, which door and how the rest is dressed:
 *
 *	0  as it is: the frame itself
 *	1  as the payload of a properly signed envelope of some type
 *	2  the same with a proper head before it
 *	3  as the signal of a proper submission, signed for its recipients
 *	4  as paths of a proper preview
 *	5  as the signal of some submissions that one signature stands for
 *
 * Whatever comes, the broker answers (or parks) and no batch fails: a sender must not be
 * able to roll back the others.  Every batch is undone, so that runs are alike.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/support/grow.h"
#include "proto/disclosed.h"
#include "proto/guard.h"
#include "proto/wire.h"
#include "support/region.h"

enum { MEMBERS = 4, DRESSES = 6, SEVERAL = 3 };

static struct region region;
static struct person people[MEMBERS]; /* the last one is not enrolled */

static const struct kind {
	const char                       *type;
	const ProtobufCMessageDescriptor *body;
} kinds[] = {{TYPE_SUBMIT, &sluis__submit__descriptor},
    {TYPE_PREVIEW, &sluis__preview__descriptor},
    {TYPE_RECEIVE, &sluis__receive__descriptor},
    {TYPE_ACKNOWLEDGE, &sluis__acknowledge__descriptor},
    {TYPE_EXPLAIN, &sluis__explain__descriptor}, {TYPE_SENT, &sluis__sent__descriptor},
    {TYPE_AUDIT_READ, &sluis__audit_read__descriptor},
    {TYPE_PROVE, &sluis__prove__descriptor}, {TYPE_ENROL, &sluis__enrol__descriptor},
    {TYPE_KEYBINDING, &sluis__key_binding__descriptor},
    {TYPE_CASE_OPEN, &sluis__case_open__descriptor},
    {TYPE_CASE_READ, &sluis__case_read__descriptor},
    {TYPE_CASE_MOVE, &sluis__case_move__descriptor},
    {TYPE_CASE_JOIN, &sluis__case_join__descriptor},
    {TYPE_CASE_DECLARE, &sluis__case_declare__descriptor},
    {TYPE_CASE_ALIGN, &sluis__case_align__descriptor},
    {TYPE_CASE_VERDICT, &sluis__case_verdict__descriptor},
    {TYPE_CASE_GATE, &sluis__case_gate__descriptor},
    {TYPE_CASE_EXCHANGE, &sluis__case_exchange__descriptor},
    {TYPE_CASE_EXTEND, &sluis__case_extend__descriptor},
    {TYPE_TODO, &sluis__todo__descriptor},
    {TYPE_FEEDBACK, &sluis__give_feedback__descriptor},
    {TYPE_RESPOND, &sluis__respond__descriptor},
    {TYPE_RECALL, &sluis__recall__descriptor},
    {TYPE_DESTROYED, &sluis__destroyed__descriptor},
    {TYPE_REVEAL_ASK, &sluis__reveal_ask__descriptor},
    {TYPE_REVEAL_DECIDE, &sluis__reveal_decide__descriptor},
    {TYPE_LINK, &sluis__link__descriptor},
    {TYPE_PLAN_CONTROL, &sluis__plan_control__descriptor},
    {TYPE_COSIGN, &sluis__cosign__descriptor},
    {TYPE_BINDING_READ, &sluis__binding_read__descriptor},
    {TYPE_ERASE, &sluis__erase__descriptor},
    {TYPE_SUBJECT_ASK, &sluis__subject_ask__descriptor},
    {TYPE_SUBJECT_DECIDE, &sluis__subject_decide__descriptor},
    {TYPE_SUBJECT_READ, &sluis__subject_read__descriptor},
    {TYPE_SUBMIT_MANY, &sluis__submit_many__descriptor}};

enum { N_KINDS = sizeof kinds / sizeof kinds[0] };

int    LLVMFuzzerInitialize(int *argc, char ***argv);
int    LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
size_t LLVMFuzzerCustomMutator(uint8_t *p, size_t n, size_t max, unsigned seed);

/* By how it will be dressed. */
size_t
LLVMFuzzerCustomMutator(uint8_t *p, size_t n, size_t max, unsigned seed)
{
	static const ProtobufCMessageDescriptor *const dressed[DRESSES] = {
	    &sluis__envelope__descriptor, NULL, NULL, &sluis__signal__descriptor,
	    &sluis__preview_record__descriptor, &sluis__signal__descriptor};

	if (n < 4) return grow_after(0, &sluis__envelope__descriptor, p, n, max, 0);
	const ProtobufCMessageDescriptor *d = dressed[p[2] % DRESSES];
	if (d != NULL) return grow_after(3, d, p, n, max, seed);
	return grow_after(4, kinds[p[3] % N_KINDS].body, p, n, max, seed);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	region_open(&region);
	person_enrolled(&region, OIN_MUNICIPALITY, "meldpunt", &people[0]);
	person_enrolled(&region, OIN_POLICE, "avim", &people[1]);
	person_enrolled(&region, OIN_AUDITOR, "auditor", &people[2]);
	person_make(&region, OIN_TAX, "riec", 1, &people[3]);
	return 0;
}

static void
sign(const struct person *p, uint8_t type, struct slice payload, struct buf *frame)
{
	must(envelope_sign(
	    kinds[type % N_KINDS].type, payload, p->keys.sign_secret, frame));
}

static void
with_head(const struct person *p, uint8_t type, struct slice rest, struct buf *frame)
{
	AUTO(buf_wipe) struct buf payload = buf_init(ANSWER_MAX), head = buf_init(1000);
	uint8_t                   id[ID_BYTES];
	Sluis__Head               h;

	head_make(&region, p, id, &h);
	pack_message(&h.base, &head);
	must(wire_put_bytes(1, buf_slice(&head), &payload));
	must(buf_append(&payload, rest));
	sign(p, type, buf_slice(&payload), frame);
}

/* The fields that Submit and Preview share: convenant, phase, purpose, two recipients. */
static void
put_question(struct buf *out)
{
	static const char police[] = "\x0a\x14" OIN_POLICE, care[] = "\x0a\x14" OIN_CARE;
	must(wire_put_bytes(2, slice_str("riec"), out));
	must(wire_put_bytes(3, slice_str("1"), out));
	must(wire_put_bytes(4, slice_str("casusoverleg"), out));
	must(wire_put_bytes(5, slice_str(police), out));
	must(wire_put_bytes(5, slice_str(care), out));
}

struct submission { /* borrows from itself */
	Sluis__Head      head;
	Sluis__Recipient to[2], *list[2];
	Sluis__Submit    m;
	uint8_t          id[ID_BYTES], seed[KEY_BYTES];
};

static void
submission_make(const struct person *p, struct slice signal, struct submission *s)
{
	static const char *const oins[] = {OIN_POLICE, OIN_CARE};

	sluis__submit__init(&s->m);
	head_make(&region, p, s->id, &s->head);
	for (size_t i = 0; i < 2; i++) {
		sluis__recipient__init(&s->to[i]);
		s->to[i].oin = message_borrow(oins[i]);
		s->list[i]   = &s->to[i];
	}
	s->m.head         = &s->head;
	s->m.convenant    = message_borrow("riec");
	s->m.phase        = message_borrow("1");
	s->m.purpose      = message_borrow("casusoverleg");
	s->m.n_recipients = 2;
	s->m.recipients   = s->list;
	s->m.has_signal   = 1;
	s->m.signal       = message_borrow_bytes(signal.p, signal.n);
}

static void
as_submission(const struct person *p, struct slice rest, struct buf *frame)
{
	struct submission s;

	submission_make(p, rest, &s);
	person_sign(p, TYPE_SUBMIT, &s.m.base, frame);
}

/* What P says in S, a part of several: of no signal, nothing. */
static struct short_hash
said_by(const struct person *p, struct submission *s)
{
	AUTO(message_destroy) ProtobufCMessage *signal = NULL;
	struct avowal                           a      = {.root = {{0}}};

	memcpy(s->seed, s->id, ID_BYTES);
	s->m.has_disclosure_seed = 1;
	s->m.disclosure_seed     = message_borrow_bytes(s->seed, sizeof s->seed);
	if (guard_unpack(&sluis__signal__descriptor, message_slice(&s->m.signal),
	        guard_signal, &signal) == RC_OK)
		(void)disclosed_sign(&s->m, signal, p->keys.sign_secret, s->seed, &a);
	return a.root;
}

static void
as_several(const struct person *p, struct slice rest, struct buf *frame)
{
	uint8_t             seed[KEY_BYTES] = {7}, sig[SIG_BYTES], id[ID_BYTES];
	struct submission   one[SEVERAL];
	struct short_hash   roots[SEVERAL];
	struct buf          packed[SEVERAL];
	ProtobufCBinaryData bytes[SEVERAL], said[SEVERAL];
	Sluis__SubmitMany   m = SLUIS__SUBMIT_MANY__INIT;
	Sluis__Head         head;

	head_make(&region, p, id, &head);
	for (size_t i = 0; i < SEVERAL; i++) {
		packed[i] = buf_init(ANSWER_MAX);
		submission_make(p, rest, &one[i]);
		roots[i] = said_by(p, &one[i]);
		pack_message(&one[i].m.base, &packed[i]);
		bytes[i] = message_borrow_bytes(packed[i].p, packed[i].n);
		said[i]  = message_borrow_bytes(roots[i].b, sizeof roots[i].b);
	}
	must(joint_sign(roots, SEVERAL, p->keys.sign_secret, seed, sig));
	m.head          = &head;
	m.n_submissions = m.n_said = SEVERAL;
	m.submissions              = bytes;
	m.said                     = said;
	m.has_disclosure_seed = m.has_disclosure_sig = 1;
	m.disclosure_seed = message_borrow_bytes(seed, sizeof seed);
	m.disclosure_sig  = message_borrow_bytes(sig, sizeof sig);
	person_sign(p, TYPE_SUBMIT_MANY, &m.base, frame);
	for (size_t i = 0; i < SEVERAL; i++) buf_wipe(&packed[i]);
}

static void
as_preview(const struct person *p, struct slice rest, struct buf *frame)
{
	AUTO(buf_wipe)
	struct buf body = buf_init(ANSWER_MAX), record = buf_init(ANSWER_MAX);
	put_question(&body);
	must(wire_put_bytes(2, rest, &record));
	must(wire_put_bytes(7, buf_slice(&record), &body));
	with_head(p, 1, buf_slice(&body), frame);
}

static void
dress(const struct person *p, uint8_t how, struct slice rest, struct buf *frame)
{
	uint8_t type = rest.n == 0 ? 0 : rest.p[0];
	if (how % DRESSES == 0) must(buf_append(frame, rest));
	if (how % DRESSES == 3) as_submission(p, rest, frame);
	if (how % DRESSES == 4) as_preview(p, rest, frame);
	if (how % DRESSES == 5) as_several(p, rest, frame);
	if (how % DRESSES != 1 && how % DRESSES != 2) return;
	if (rest.n != 0) rest = slice_of(rest.p + 1, rest.n - 1);
	if (how % DRESSES == 1)
		sign(p, type, rest, frame);
	else
		with_head(p, type, rest, frame);
}

static void
forget(void *arg, struct reply *r)
{
	(void)arg, (void)r;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	AUTO(buf_wipe) struct buf frame = buf_init(ANSWER_MAX);

	if (n < 3 || n > FRAME_MAX) return 0;
	const struct person *p = &people[data[0] % MEMBERS];
	dress(p, data[2], slice_of(data + 3, n - 3), &frame);
	struct member *m = person_member(&region, p);
	if (m != NULL) m->requests = m->refusals = (struct allowance){0};
	rc code =
	    region_try(&region, p, (enum door)(data[1] % N_DOORS), buf_slice(&frame));
	if (code != RC_OK) abort();
	must(dispatch_wake(region.broker.dispatch, region.broker.registry,
	    region.broker.trust, region.broker.now_ms + 3600 * 1000, forget, NULL));
	return 0;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* test_intake.c - messages as they come in: each check, each request, and a failing disk.
 */
#include "broker/intake.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/message.h"
#include "proto/receipt.h"
#include "support/files.h"
#include "support/region.h"

static struct region region;
static struct person town, police, care, auditor;
static struct buf    signal_bytes;

static int
make(void **state)
{
	(void)state;
	region_open(&region);
	person_enrolled(&region, OIN_MUNICIPALITY, "meldpunt", &town);
	person_enrolled(&region, OIN_POLICE, "avim", &police);
	person_enrolled(&region, OIN_CARE, "zorgcoordinator", &care);
	person_enrolled(&region, OIN_AUDITOR, "auditor", &auditor);
	signal_bytes = buf_init(SIGNAL_MAX);
	signal_from_file("08-weekly-registrations.json", &signal_bytes);
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	person_wipe(&town);
	person_wipe(&police);
	person_wipe(&care);
	person_wipe(&auditor);
	buf_wipe(&signal_bytes);
	region_close(&region);
	return 0;
}

/* --- a submission ---------------------------------------------------------------- */

struct draft { /* a Submit with everything it points to */
	uint8_t           id[ID_BYTES];
	Sluis__Head       head;
	Sluis__Submit     submit;
	Sluis__Recipient  recipients[70];
	Sluis__Recipient *list[70];
};

static void
add_recipient(struct draft *d, const char *oin, const char *desk)
{
	Sluis__Recipient *r = &d->recipients[d->submit.n_recipients];
	sluis__recipient__init(r);
	r->oin                            = (char *)(uintptr_t)oin;
	r->desk                           = (char *)(uintptr_t)desk;
	d->list[d->submit.n_recipients++] = r;
}

static void
draft(struct draft *d)
{
	memset(d, 0, sizeof *d);
	head_make(&region, &town, d->id, &d->head);
	sluis__submit__init(&d->submit);
	d->submit.head       = &d->head;
	d->submit.convenant  = (char *)(uintptr_t) "afstemming";
	d->submit.phase      = (char *)(uintptr_t) "1";
	d->submit.purpose    = (char *)(uintptr_t) "duiding";
	d->submit.recipients = d->list;
	d->submit.has_signal = 1;
	d->submit.signal     = (ProtobufCBinaryData){signal_bytes.n, signal_bytes.p};
	add_recipient(d, OIN_POLICE, "avim");
	add_recipient(d, OIN_CARE, NULL);
}

static void
frame_of(
    const struct draft *d, const struct person *signer, const char *type, struct buf *out)
{
	*out = buf_init(ANSWER_MAX);
	person_sign(signer, type, &d->submit.base, out);
}

static Sluis__Leaf *
leaf_at(uint64_t index)
{
	AUTO(buf_wipe) struct buf b = buf_init(LEAF_MAX);
	must(store_get_leaf(region.broker.store, index, &b, NULL));
	Sluis__Leaf *leaf = sluis__leaf__unpack(NULL, b.n, b.p);
	assert_non_null(leaf);
	return leaf;
}

/* FRAME comes in: the answer's code is WANT, and it was journalled or not. */
static void
comes(
    const struct person *p, enum door door, struct slice frame, rc want, bool journalled)
{
	Sluis__Answer *a      = NULL;
	uint64_t       before = journal_size(region.broker.journal);
	assert_int_equal(region_exchange(&region, p, door, 1, frame, &a), RC_OK);
	assert_string_equal(a->code, rc_name(want));
	assert_int_equal(a->n_outcomes + a->n_deliveries, 0);
	assert_int_equal(
	    journal_size(region.broker.journal), before + (journalled ? 1 : 0));
	if (journalled) {
		Sluis__Leaf *leaf = leaf_at(before);
		assert_int_equal(leaf->kind, SLUIS__EVENT_KIND__EVENT_REFUSED);
		assert_string_equal(leaf->code, rc_name(want));
		assert_string_equal(leaf->sender_oin, p->oin);
		assert_int_equal(a->n_receipts, 1);
		struct checkpoint c;
		assert_int_equal(receipt_verify(a->receipts[0],
		                     journal_verifier(region.broker.journal), &c),
		    RC_OK);
		sluis__leaf__free_unpacked(leaf, NULL);
	}
	uint64_t waiting = 9;
	must(store_count_all_pending(region.broker.store, &waiting));
	assert_int_equal(waiting, 0);
	message_destroy(&a);
}

static void
draft_comes(const struct draft *d, rc want)
{
	AUTO(buf_wipe) struct buf frame;
	frame_of(d, &town, TYPE_SUBMIT, &frame);
	comes(&town, DOOR_AGENCY, buf_slice(&frame), want, true);
}

static Sluis__Answer *
submitted(struct draft *d)
{
	draft(d);
	Sluis__Answer *a = region_ask(&region, &town, TYPE_SUBMIT, &d->submit.base);
	assert_string_equal(a->code, "ok");
	return a;
}

/* --- the way that is meant ------------------------------------------------------- */

static void
a_submission_is_ruled_for_everybody_and_proven(void **state)
{
	AUTO(message_destroy) Sluis__Answer *a = NULL;
	struct draft                         d;
	struct checkpoint                    c;
	uint64_t                             n;
	(void)state;
	a = submitted(&d);
	assert_memory_equal(a->request_id.data, d.id, ID_BYTES);
	assert_int_equal(a->n_outcomes, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(a->outcomes[i]->code, "ok");
		assert_true(a->outcomes[i]->receipt->has_detail);
		assert_int_equal(receipt_verify(a->outcomes[i]->receipt,
		                     journal_verifier(region.broker.journal), &c),
		    RC_OK);
	}
	assert_string_equal(a->outcomes[1]->desk, "zorgcoordinator");
	must(store_count_all_pending(region.broker.store, &n));
	assert_int_equal(n, 2);
}

static void
the_same_request_again_is_the_same_answer_and_no_second_effect(void **state)
{
	AUTO(message_destroy) Sluis__Answer *first = NULL, *again = NULL;
	AUTO(buf_wipe) struct buf one = buf_init(ANSWER_MAX), two = buf_init(ANSWER_MAX);
	struct draft              d;
	uint64_t                  n;
	(void)state;
	first         = submitted(&d);
	uint64_t size = journal_size(region.broker.journal);
	again         = region_ask(&region, &town, TYPE_SUBMIT, &d.submit.base);
	pack_message(&first->base, &one);
	pack_message(&again->base, &two);
	assert_true(slice_equal(buf_slice(&one), buf_slice(&two)));
	assert_int_equal(journal_size(region.broker.journal), size);
	must(store_count_all_pending(region.broker.store, &n));
	assert_int_equal(n, 2);
}

static void
a_repetition_is_answered_however_late(void **state)
{
	AUTO(message_destroy) Sluis__Answer *first = NULL, *again = NULL, *other = NULL;
	struct draft                         d;
	(void)state;
	first         = submitted(&d);
	uint64_t size = journal_size(region.broker.journal);
	region.broker.now_ms += (uint64_t)region.config->freshness_s * 1000 * 2;
	again = region_ask(&region, &town, TYPE_SUBMIT, &d.submit.base);
	assert_string_equal(again->code, "ok");
	assert_int_equal(again->n_outcomes, first->n_outcomes);
	assert_string_equal(again->outcomes[0]->receipt->checkpoint,
	    first->outcomes[0]->receipt->checkpoint);
	assert_int_equal(journal_size(region.broker.journal), size);
	d.id[0] ^= 1; /* one that nobody has seen */
	other = region_ask(&region, &town, TYPE_SUBMIT, &d.submit.base);
	assert_string_equal(other->code, "stale");
}

/* An empty copy would tell only that there is a signal. */
static void
who_would_get_nothing_of_it_is_not_served(void **state)
{
	AUTO(message_destroy) Sluis__Answer *a        = NULL;
	AUTO(buf_wipe) struct buf            bytes    = buf_init(SIGNAL_MAX);
	Sluis__Signal                        signal   = SLUIS__SIGNAL__INIT;
	Sluis__Reporter                      reporter = SLUIS__REPORTER__INIT;
	struct draft                         d;
	uint64_t                             n;
	(void)state;
	reporter.name   = (char *)(uintptr_t) "Melder";
	signal.reporter = &reporter;
	must(message_pack(&signal.base, &bytes));
	draft(&d);
	d.submit.signal = (ProtobufCBinaryData){bytes.n, bytes.p};
	a               = region_ask(&region, &town, TYPE_SUBMIT, &d.submit.base);
	assert_string_equal(a->code, "no_recipient_entitled");
	assert_int_equal(a->n_outcomes, 2);
	assert_string_equal(a->outcomes[0]->code, "recipient_not_entitled");
	assert_non_null(a->outcomes[0]->change);
	must(store_count_all_pending(region.broker.store, &n));
	assert_int_equal(n, 0);
}

static void
an_answer_names_the_policy_in_force(void **state)
{
	AUTO(message_destroy) Sluis__Answer *a = NULL;
	struct draft                         d;
	char                                 hex[2 * HASH_BYTES + 1];
	(void)state;
	a = submitted(&d);
	hex_encode(
	    hex, sizeof hex, slice_of(policy_hash(region.broker.policy)->b, HASH_BYTES));
	assert_string_equal(a->bundle, hex);
}

static void
the_same_id_with_other_bytes_is_refused(void **state)
{
	AUTO(message_destroy) Sluis__Answer *a = NULL, *again = NULL;
	struct draft                         d;
	uint64_t                             n;
	(void)state;
	a                     = submitted(&d);
	d.submit.n_recipients = 1;
	again                 = region_ask(&region, &town, TYPE_SUBMIT, &d.submit.base);
	assert_string_equal(again->code, "request_id_used_before");
	assert_int_equal(again->n_outcomes, 0);
	must(store_count_all_pending(region.broker.store, &n));
	assert_int_equal(n, 2);
}

static void
an_id_of_one_desk_is_free_for_another(void **state)
{
	AUTO(message_destroy) Sluis__Answer *a = NULL, *other = NULL;
	struct draft                         d, e;
	(void)state;
	a = submitted(&d);
	draft(&e);
	memcpy(e.id, d.id, ID_BYTES);
	e.head.sender_oin     = police.oin;
	e.head.sender_desk    = police.desk;
	e.submit.n_recipients = 0;
	add_recipient(&e, OIN_CARE, NULL);
	other = region_ask(&region, &police, TYPE_SUBMIT, &e.submit.base);
	assert_string_not_equal(other->code, "request_id_used_before");
}

/* --- receive and acknowledge ----------------------------------------------------- */

static Sluis__Answer *
receive(const struct person *p, uint32_t lease_ms)
{
	uint8_t        id[ID_BYTES];
	Sluis__Head    head;
	Sluis__Receive m = SLUIS__RECEIVE__INIT;
	head_make(&region, p, id, &head);
	m.head         = &head;
	m.has_lease_ms = 1;
	m.lease_ms     = lease_ms;
	return region_ask(&region, p, TYPE_RECEIVE, &m.base);
}

static Sluis__Answer *
acknowledge(const struct person *p, size_t n, ProtobufCBinaryData *ids)
{
	uint8_t            id[ID_BYTES];
	Sluis__Head        head;
	Sluis__Acknowledge m = SLUIS__ACKNOWLEDGE__INIT;
	head_make(&region, p, id, &head);
	m.head           = &head;
	m.n_delivery_ids = n;
	m.delivery_ids   = ids;
	return region_ask(&region, p, TYPE_ACKNOWLEDGE, &m.base);
}

static void
what_is_delivered_is_what_the_leaf_commits_to(void **state)
{
	AUTO(message_destroy) Sluis__Answer *a = NULL, *got = NULL;
	struct draft                         d;
	Sluis__Leaf                         *leaf = NULL;
	(void)state;
	a   = submitted(&d);
	got = receive(&police, 0);
	assert_int_equal(got->n_deliveries, 1);
	Sluis__Delivery *it = got->deliveries[0];
	assert_false(
	    it->receipt->has_detail); /* what was withheld is not the recipient's */
	assert_int_equal(receipt_leaf(it->receipt, &leaf), RC_OK);
	struct hash h = receipt_copy_digest(
	    slice_of(it->salt.data, it->salt.len), slice_of(it->copy.data, it->copy.len));
	assert_memory_equal(leaf->copy_digest.data, h.b, HASH_BYTES);
	assert_string_equal(leaf->recipient_oin, OIN_POLICE);
	sluis__leaf__free_unpacked(leaf, NULL);
}

static void
an_acknowledgement_has_one_receipt_however_often(void **state)
{
	AUTO(message_destroy)
	Sluis__Answer *a = NULL, *got = NULL, *one = NULL, *two = NULL, *none = NULL;
	struct draft   d;
	(void)state;
	a   = submitted(&d);
	got = receive(&police, 0);
	one = acknowledge(&police, 1, &got->deliveries[0]->delivery_id);
	assert_string_equal(one->code, "ok");
	ProtobufCBinaryData twice[] = {
	    got->deliveries[0]->delivery_id, got->deliveries[0]->delivery_id};
	two = acknowledge(&police, 2, twice);
	assert_int_equal(two->n_receipts, 2);
	assert_int_equal(two->receipts[0]->index, one->receipts[0]->index);
	assert_int_equal(two->receipts[1]->index, one->receipts[0]->index);
	none = receive(&police, 0);
	assert_int_equal(none->n_deliveries, 0);
}

static void
one_unknown_or_foreign_id_refuses_the_whole_acknowledgement(void **state)
{
	AUTO(message_destroy)
	Sluis__Answer *a = NULL, *own = NULL, *foreign = NULL, *no = NULL, *left = NULL;
	struct draft   d;
	(void)state;
	a                         = submitted(&d);
	own                       = receive(&police, 0);
	foreign                   = receive(&care, 0);
	ProtobufCBinaryData ids[] = {
	    own->deliveries[0]->delivery_id, foreign->deliveries[0]->delivery_id};
	no = acknowledge(&police, 2, ids);
	assert_string_equal(no->code, "not_found");
	left = receive(&police, 0);
	assert_int_equal(left->n_deliveries, 1); /* not erased */
}

/* --- refused: how it came -------------------------------------------------------- */

static void
what_is_no_envelope_is_malformed(void **state)
{
	static const char *const  bad[] = {"", "x", "\x0a\x01", "\x0a\x01x\x12\x01y"};
	AUTO(buf_wipe) struct buf frame;
	struct draft              d;
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		comes(&town, DOOR_AGENCY, slice_str(bad[i]), RC_MALFORMED, true);
	draft(&d);
	frame_of(&d, &town, TYPE_SUBMIT, &frame);
	for (size_t n = 1; n < frame.n; n += 97)
		comes(&town, DOOR_AGENCY, slice_of(frame.p, n), RC_MALFORMED, true);
}

static void
an_unknown_key_is_told_so_and_not_journalled(void **state)
{
	struct person             nobody;
	AUTO(buf_wipe) struct buf frame;
	struct draft              d;
	(void)state;
	person_make(&region, OIN_NLA, "opsporing", 1, &nobody);
	draft(&d);
	frame_of(&d, &town, TYPE_SUBMIT, &frame);
	comes(&nobody, DOOR_AGENCY, buf_slice(&frame), RC_NOT_ENROLLED, false);
	person_wipe(&nobody);
}

static void
who_lost_its_standing_is_told_why(void **state)
{
	static const rc           why[] = {RC_REVOKED, RC_SUPERSEDED};
	AUTO(buf_wipe) struct buf frame;
	struct draft              d;
	(void)state;
	draft(&d);
	frame_of(&d, &town, TYPE_SUBMIT, &frame);
	for (size_t i = 0; i < 2; i++) {
		person_member(&region, &town)->standing = why[i];
		comes(&town, DOOR_AGENCY, buf_slice(&frame), why[i], true);
	}
}

static void
each_door_has_its_own_people_and_its_own_requests(void **state)
{
	AUTO(buf_wipe) struct buf frame, asked;
	struct draft              d;
	(void)state;
	draft(&d);
	frame_of(&d, &town, TYPE_SUBMIT, &frame);
	comes(&town, DOOR_AUDIT, buf_slice(&frame), RC_WRONG_DOOR, true);
	comes(&auditor, DOOR_AGENCY, buf_slice(&frame), RC_WRONG_DOOR, true);
	comes(&auditor, DOOR_AUDIT, buf_slice(&frame), RC_WRONG_DOOR, true);
	frame_of(&d, &town, TYPE_AUDIT_READ, &asked);
	comes(&town, DOOR_AGENCY, buf_slice(&asked), RC_WRONG_DOOR, true);
	buf_wipe(&asked);
	frame_of(&d, &town, TYPE_ENROL, &asked);
	comes(&town, DOOR_AGENCY, buf_slice(&asked), RC_WRONG_DOOR, true);
	comes(&town, DOOR_ENROL, buf_slice(&frame), RC_WRONG_DOOR, true);
}

static void
another_type_of_message_is_refused(void **state)
{
	static const char *const types[] = {"", "x", "application/vnd.sluis.submit.v2",
	    "application/vnd.sluis.submit.v1 ", TYPE_KEYBINDING};
	struct draft             d;
	(void)state;
	draft(&d);
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		AUTO(buf_wipe) struct buf frame;
		frame_of(&d, &town, types[i], &frame);
		comes(&town, DOOR_AGENCY, buf_slice(&frame), RC_UNKNOWN_TYPE, true);
	}
}

static void
a_signature_for_one_type_is_none_for_another(void **state)
{
	AUTO(buf_wipe) struct buf frame;
	struct draft              d;
	(void)state;
	draft(&d);
	frame_of(&d, &town, TYPE_PREVIEW, &frame);
	uint8_t *at = memmem(frame.p, frame.n, "preview", 7);
	assert_non_null(at);
	memcpy(at, "explain", 7); /* of equal length */
	comes(&town, DOOR_AGENCY, buf_slice(&frame), RC_BAD_SIGNATURE, true);
}

static void
a_frame_that_is_too_large_for_its_kind_is_refused(void **state)
{
	AUTO(buf_wipe) struct buf frame;
	struct draft              d;
	(void)state;
	draft(&d);
	AUTO(buf_wipe) struct buf large = buf_init(SIGNAL_MAX);
	signal_from_file("04-hotel-and-webcam.json", &large);
	d.submit.signal = (ProtobufCBinaryData){large.n, large.p};
	frame_of(&d, &town, TYPE_RECEIVE, &frame);
	assert_true(frame.n > 2048);
	comes(&town, DOOR_AGENCY, buf_slice(&frame), RC_TOO_LARGE, true);
}

static void
every_changed_bit_of_a_signed_message_is_refused(void **state)
{
	struct draft d;
	(void)state;
	draft(&d);
	d.submit.signal.len = 0; /* short: the signature is what matters */
	AUTO(buf_wipe) struct buf frame;
	frame_of(&d, &town, TYPE_SUBMIT, &frame);
	for (size_t i = 0; i < frame.n * 8; i += 3) {
		Sluis__Answer *a = NULL;
		frame.p[i / 8] ^= (uint8_t)(1 << i % 8);
		must(region_exchange(
		    &region, &town, DOOR_AGENCY, 1, buf_slice(&frame), &a));
		frame.p[i / 8] ^= (uint8_t)(1 << i % 8);
		rc code = rc_from_name(a->code);
		assert_true(code == RC_BAD_SIGNATURE || code == RC_MALFORMED ||
		            code == RC_UNKNOWN_TYPE);
		message_destroy(&a);
	}
}

static void
another_members_signature_is_refused(void **state)
{
	AUTO(buf_wipe) struct buf frame;
	struct draft              d;
	(void)state;
	draft(&d);
	frame_of(&d, &police, TYPE_SUBMIT, &frame);
	comes(&town, DOOR_AGENCY, buf_slice(&frame), RC_BAD_SIGNATURE, true);
	buf_wipe(&frame); /* its own message over another's channel */
	frame_of(&d, &town, TYPE_SUBMIT, &frame);
	comes(&police, DOOR_AGENCY, buf_slice(&frame), RC_BAD_SIGNATURE, true);
}

/* --- refused: what it says ------------------------------------------------------- */

static void
a_head_must_be_complete(void **state)
{
	struct draft d;
	(void)state;
	for (int i = 0; i < 10; i++) {
		draft(&d);
		if (i == 7) d.head.user = (char *)(uintptr_t) "";
		if (i == 8) d.head.user = (char *)(uintptr_t) "Jan de Vries";
		if (i == 9) d.head.user = (char *)(uintptr_t) "m-0042\n";
		if (i == 0) d.submit.head = NULL;
		if (i == 1) d.head.has_request_id = 0;
		if (i == 2) d.head.request_id.len = ID_BYTES - 1;
		if (i == 3) d.head.has_created_ms = 0;
		if (i == 4) d.head.sender_oin = NULL;
		if (i == 5) d.head.sender_desk = NULL;
		if (i == 6) d.head.broker_origin = NULL;
		draft_comes(&d, RC_MALFORMED);
	}
}

static void
a_member_speaks_for_its_own_desk_only(void **state)
{
	struct draft d;
	(void)state;
	draft(&d);
	d.head.sender_oin = police.oin;
	draft_comes(&d, RC_WRONG_SENDER);
	draft(&d);
	d.head.sender_desk = (char *)(uintptr_t) "aandachtfunctionaris";
	draft_comes(&d, RC_WRONG_SENDER);
}

static void
a_message_for_another_broker_is_refused(void **state)
{
	struct draft d;
	(void)state;
	draft(&d);
	d.head.broker_origin = (char *)(uintptr_t)REGION_ORIGIN "2";
	draft_comes(&d, RC_WRONG_BROKER);
}

static void
only_a_fresh_message_is_taken(void **state)
{
	const uint64_t window = (uint64_t)region.config->freshness_s * 1000;
	struct draft   d;
	(void)state;
	static const uint64_t far[] = {0, 1, UINT64_MAX, UINT64_MAX - 1};
	for (size_t i = 0; i < 4; i++) {
		draft(&d);
		d.head.created_ms = far[i];
		draft_comes(&d, far[i] < 2 ? RC_STALE : RC_FUTURE);
	}
	draft(&d);
	d.head.created_ms = region.broker.now_ms - window - 1;
	draft_comes(&d, RC_STALE);
	draft(&d);
	d.head.created_ms = region.broker.now_ms + window + 1;
	draft_comes(&d, RC_FUTURE);
	for (int i = 0; i < 2; i++) { /* the edges are in */
		draft(&d);
		d.head.created_ms = region.broker.now_ms + (i == 0 ? window : -window);
		Sluis__Answer *a =
		    region_ask(&region, &town, TYPE_SUBMIT, &d.submit.base);
		assert_string_equal(a->code, "ok");
		message_destroy(&a);
	}
}

static void
a_submission_names_what_the_policy_knows(void **state)
{
	struct draft d;
	(void)state;
	draft(&d);
	d.submit.convenant = (char *)(uintptr_t) "999990019";
	draft_comes(&d, RC_NO_CONVENANT);
	draft(&d);
	d.submit.phase = (char *)(uintptr_t) "Jansen";
	draft_comes(&d, RC_NO_PHASE);
	draft(&d);
	d.submit.purpose = NULL;
	draft_comes(&d, RC_WRONG_PURPOSE);
	draft(&d);
	d.submit.n_recipients = 0;
	draft_comes(&d, RC_EMPTY_AUDIENCE);
	draft(&d);
	d.recipients[0].oin = (char *)(uintptr_t) "Jan Jansen";
	draft_comes(&d, RC_MALFORMED);
}

static void
one_desk_twice_is_malformed_also_by_its_default_name(void **state)
{
	struct draft d;
	(void)state;
	draft(&d);
	add_recipient(&d, OIN_POLICE, NULL);
	draft_comes(&d, RC_MALFORMED);
}

static void
too_many_recipients_are_refused(void **state)
{
	struct draft d;
	(void)state;
	draft(&d);
	while (d.submit.n_recipients <= RECIPIENTS_MAX)
		add_recipient(&d, OIN_NLA, "opsporing");
	draft_comes(&d, RC_TOO_MANY);
}

static void
a_signal_that_may_not_be_ruled_is_refused_with_its_place(void **state)
{
	static const char *const bad[] = {"\x08\x01", "\xff", ""};
	struct draft             d;
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		draft(&d);
		d.submit.signal =
		    (ProtobufCBinaryData){strlen(bad[i]), (uint8_t *)(uintptr_t)bad[i]};
		draft_comes(&d, i == 2 ? RC_INVALID_SIGNAL : RC_MALFORMED);
	}
	draft(&d);
	d.submit.has_signal = 0;
	draft_comes(&d, RC_MALFORMED);
}

static bool
state_holds(const char *file, const char *text)
{
	AUTO(buf_wipe) struct buf b = buf_init(1 << 24);
	char                      path[512];
	(void)snprintf(path, sizeof path, "%s/%s", region.config->state_dir, file);
	read_file(path, &b);
	return b.n != 0 && memmem(b.p, b.n, text, strlen(text)) != NULL;
}

static void
criminal_intelligence_is_refused_and_stored_nowhere(void **state)
{
	struct draft              d;
	AUTO(buf_wipe) struct buf cie = buf_init(SIGNAL_MAX);
	(void)state;
	signal_from_file("09-criminal-intelligence.json", &cie);
	draft(&d);
	d.submit.signal = (ProtobufCBinaryData){cie.n, cie.p};
	uint64_t at     = journal_size(region.broker.journal);
	draft_comes(&d, RC_CIE);
	Sluis__Leaf *leaf = leaf_at(at);
	assert_non_null(leaf->rule);
	assert_null(leaf->recipient_oin);
	sluis__leaf__free_unpacked(leaf, NULL);
	assert_false(state_holds("sluis.db", "Hrytsenkovych"));
	assert_false(state_holds("sluis.db-wal", "Hrytsenkovych"));
	assert_true(state_holds("sluis.db-wal", "cie_information_refused"));
	AUTO(message_destroy)
	Sluis__Answer *again = region_ask(&region, &town, TYPE_SUBMIT, &d.submit.base);
	assert_string_equal(again->code, "cie_information_refused");
	assert_int_equal(journal_size(region.broker.journal), at + 1);
}

static void
a_full_queue_refuses_the_submission_whole_and_writes_nothing(void **state)
{
	AUTO(message_destroy) Sluis__Answer *a = NULL, *second = NULL;
	struct draft                         d;
	uint64_t                             n;
	(void)state;
	region.config->outbox_desk_max = 1;
	a                              = submitted(&d);
	uint64_t size                  = journal_size(region.broker.journal);
	draft(&d);
	second = region_ask(&region, &town, TYPE_SUBMIT, &d.submit.base);
	assert_string_equal(second->code, "queue_full");
	assert_int_equal(second->n_outcomes, 0);
	assert_int_equal(journal_size(region.broker.journal), size);
	must(store_count_all_pending(region.broker.store, &n));
	assert_int_equal(n, 2);
}

static void
one_full_queue_keeps_nobody_else_from_being_served(void **state)
{
	AUTO(message_destroy) Sluis__Answer *first = NULL, *a = NULL, *again = NULL;
	struct draft                         d;
	(void)state;
	region.config->outbox_desk_max = 1;
	draft(&d);
	d.submit.n_recipients = 1; /* the police */
	first                 = region_ask(&region, &town, TYPE_SUBMIT, &d.submit.base);
	assert_string_equal(first->code, "ok");
	draft(&d);
	a = region_ask(&region, &town, TYPE_SUBMIT, &d.submit.base);
	assert_string_equal(a->code, "ok");
	assert_int_equal(a->n_outcomes, 2);
	assert_string_equal(a->outcomes[0]->code, "queue_full");
	assert_non_null(a->outcomes[0]->change);
	assert_string_equal(a->outcomes[1]->code, "ok");
	region.config->outbox_desk_max = 9; /* the same request is told the same */
	again = region_ask(&region, &town, TYPE_SUBMIT, &d.submit.base);
	assert_string_equal(again->outcomes[0]->code, "queue_full");
	draft(&d);
	d.submit.n_recipients = 1;
	message_destroy(&again);
	again = region_ask(&region, &town, TYPE_SUBMIT, &d.submit.base);
	assert_string_equal(again->code, "ok");
}

static void
over_quota_is_answered_and_not_journalled(void **state)
{
	AUTO(buf_wipe) struct buf frame;
	struct draft              d;
	(void)state;
	region.config->requests_per_minute = 1;
	draft(&d);
	d.head.broker_origin = (char *)(uintptr_t) "elsewhere";
	draft_comes(&d, RC_WRONG_BROKER);
	frame_of(&d, &town, TYPE_SUBMIT, &frame);
	comes(&town, DOOR_AGENCY, buf_slice(&frame), RC_OVER_QUOTA, false);
}

static void
refusals_beyond_the_allowance_are_not_journalled(void **state)
{
	(void)state;
	region.config->refusals_per_minute = 2;
	comes(&town, DOOR_AGENCY, slice_str("x"), RC_MALFORMED, true);
	comes(&town, DOOR_AGENCY, slice_str("x"), RC_MALFORMED, true);
	comes(&town, DOOR_AGENCY, slice_str("x"), RC_MALFORMED, false);
	comes(&police, DOOR_AGENCY, slice_str("x"), RC_MALFORMED, true); /* its own */
}

/* --- explain, sent, audit, prove ------------------------------------------------- */

static Sluis__Answer *
explain(const struct person *p, const uint8_t *trace, const uint64_t *leaf)
{
	uint8_t        id[ID_BYTES];
	Sluis__Head    head;
	Sluis__Explain m = SLUIS__EXPLAIN__INIT;
	head_make(&region, p, id, &head);
	m.head           = &head;
	m.has_trace_id   = trace != NULL;
	m.trace_id       = (ProtobufCBinaryData){ID_BYTES, (uint8_t *)(uintptr_t)trace};
	m.has_leaf_index = leaf != NULL;
	m.leaf_index     = leaf != NULL ? *leaf : 0;
	return region_ask(&region, p, TYPE_EXPLAIN, &m.base);
}

static void
explanations_go_to_whom_they_concern(void **state)
{
	AUTO(message_destroy) Sluis__Answer *a = NULL;
	struct draft                         d;
	struct {
		const struct person *who;
		bool                 trace;
		const char          *code;
		bool                 detail;
	} rows[] = {{&town, true, "ok", true}, {&auditor, true, "ok", true},
	    {&police, true, "not_found", 0}, {&town, false, "ok", true},
	    {&auditor, false, "ok", true}, {&police, false, "ok", false},
	    {&care, false, "not_found", 0}};
	(void)state;
	a             = submitted(&d);
	uint64_t leaf = a->outcomes[0]->receipt->index; /* for the police */
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		AUTO(message_destroy)
		Sluis__Answer *x = explain(rows[i].who, rows[i].trace ? d.id : NULL,
		    rows[i].trace ? NULL : &leaf);
		assert_string_equal(x->code, rows[i].code);
		assert_int_equal(x->n_outcomes, strcmp(rows[i].code, "ok") != 0 ? 0
		                                : rows[i].trace                 ? 2
		                                                                : 1);
		for (size_t k = 0; k < x->n_outcomes; k++)
			assert_int_equal(
			    x->outcomes[k]->receipt->has_detail, rows[i].detail);
	}
	uint64_t                             beyond = UINT64_MAX;
	AUTO(message_destroy) Sluis__Answer *no     = explain(&town, NULL, &beyond);
	assert_string_equal(no->code, "not_found");
	AUTO(message_destroy) Sluis__Answer *both = explain(&town, d.id, &leaf);
	assert_string_equal(both->code, "malformed");
}

static void
a_desk_lists_its_own_submissions_only(void **state)
{
	AUTO(message_destroy) Sluis__Answer *a = NULL, *own = NULL, *other = NULL;
	struct draft                         d;
	uint8_t                              id[ID_BYTES];
	Sluis__Head                          head;
	Sluis__Sent                          m = SLUIS__SENT__INIT;
	(void)state;
	a      = submitted(&d);
	m.head = &head;
	head_make(&region, &town, id, &head);
	own = region_ask(&region, &town, TYPE_SENT, &m.base);
	assert_int_equal(own->n_receipts, 2);
	assert_true(own->receipts[0]->has_detail);
	head_make(&region, &police, id, &head);
	other = region_ask(&region, &police, TYPE_SENT, &m.base);
	assert_string_equal(other->code, "ok");
	assert_int_equal(other->n_receipts, 0);
}

static void
an_audit_reads_up_to_the_head_before_it_and_is_itself_written(void **state)
{
	AUTO(message_destroy)
	Sluis__Answer    *a = NULL, *read = NULL, *none = NULL, *beyond = NULL;
	struct draft      d;
	uint8_t           id[ID_BYTES];
	Sluis__Head       head;
	Sluis__AuditRead  m = SLUIS__AUDIT_READ__INIT;
	struct checkpoint c;
	(void)state;
	a             = submitted(&d);
	uint64_t size = journal_size(region.broker.journal);
	m.head        = &head;
	head_make(&region, &auditor, id, &head);
	read = region_ask(&region, &auditor, TYPE_AUDIT_READ, &m.base);
	assert_int_equal(read->n_receipts, size);
	assert_int_equal(checkpoint_open(slice_str(read->checkpoint),
	                     journal_verifier(region.broker.journal), &c),
	    RC_OK);
	assert_int_equal(c.size, size);
	assert_int_equal(journal_size(region.broker.journal), size + 1);
	Sluis__Leaf *leaf = leaf_at(size);
	assert_int_equal(leaf->kind, SLUIS__EVENT_KIND__EVENT_AUDIT_READ);
	assert_int_equal(leaf->count, size);
	sluis__leaf__free_unpacked(leaf, NULL);
	m.has_from_index = 1;
	m.from_index     = size + 1;
	head_make(&region, &auditor, id, &head);
	none = region_ask(&region, &auditor, TYPE_AUDIT_READ, &m.base);
	assert_string_equal(none->code, "ok");
	assert_int_equal(none->n_receipts, 0);
	assert_int_equal(
	    journal_size(region.broker.journal), size + 1); /* nothing read */
	m.from_index = size + 2;
	head_make(&region, &auditor, id, &head);
	beyond = region_ask(&region, &auditor, TYPE_AUDIT_READ, &m.base);
	assert_string_equal(beyond->code, "not_found");
}

static rc
prove(bool has_index, uint64_t index, bool has_old, uint64_t old)
{
	uint8_t      id[ID_BYTES];
	Sluis__Head  head;
	Sluis__Prove m = SLUIS__PROVE__INIT;
	head_make(&region, &town, id, &head);
	m.head         = &head;
	m.has_index    = has_index;
	m.index        = index;
	m.has_old_size = has_old;
	m.old_size     = old;
	AUTO(message_destroy)
	Sluis__Answer *a    = region_ask(&region, &town, TYPE_PROVE, &m.base);
	rc             code = strcmp(a->code, "ok") == 0 ? RC_OK : rc_from_name(a->code);
	assert_int_equal(a->checkpoint != NULL, code == RC_OK);
	return code;
}

static void
proofs_are_given_for_what_there_is(void **state)
{
	AUTO(message_destroy) Sluis__Answer *a = NULL;
	struct draft                         d;
	(void)state;
	a             = submitted(&d);
	uint64_t size = journal_size(region.broker.journal);
	assert_int_equal(prove(false, 0, false, 0), RC_OK);
	assert_int_equal(prove(true, size - 1, false, 0), RC_OK);
	assert_int_equal(prove(false, 0, true, size), RC_OK);
	assert_int_equal(prove(true, 0, true, 1), RC_MALFORMED);
	assert_int_equal(prove(true, UINT64_MAX, false, 0), RC_NOT_FOUND);
	assert_int_equal(prove(false, 0, true, 0), RC_NOT_FOUND);
	assert_int_equal(prove(false, 0, true, UINT64_MAX), RC_NOT_FOUND);
}

/* What lies damaged on disk is told to who asks for it, and fails nobody's batch. */
static void
a_damaged_entry_hurts_only_who_asks_for_it(void **state)
{
	AUTO(message_destroy) Sluis__Answer *a = NULL, *ok = NULL;
	struct draft                         d;
	(void)state;
	for (int i = 0; i < 150; i++) {
		AUTO(message_destroy) Sluis__Answer *x = submitted(&d);
		assert_int_equal(x->n_outcomes, 2);
	}
	region_restart(
	    &region); /* closes; what is opened is damaged behind its back next */
	region_sql(region.config->state_dir, "sluis.db",
	    "UPDATE tile SET hashes = zeroblob(8192) WHERE level = 0 AND idx = 0");
	region_sql(region.config->state_dir, "sluis.db",
	    "UPDATE leaf SET bytes = x'ff' WHERE idx = 3");
	must(person_enrol(&region, &town));
	must(person_enrol(&region, &police));
	assert_int_equal(prove(true, 5, false, 0), RC_BAD_TREE);
	uint64_t index = 3;
	a              = explain(&town, NULL, &index);
	assert_string_equal(a->code, rc_name(RC_BAD_TREE));
	ok = submitted(&d);
}

/* --- enrolment ------------------------------------------------------------------- */

static Sluis__Answer *
enrol(const struct person *channel, const struct person *signer, const struct person *who)
{
	AUTO(buf_wipe) struct buf frame = buf_init(FRAME_MAX);
	uint8_t                   id[ID_BYTES];
	Sluis__Head               head;
	Sluis__Enrol              m = SLUIS__ENROL__INIT;
	Sluis__Answer            *a = NULL;
	head_make(&region, who, id, &head);
	m.head          = &head;
	m.has_binding   = 1;
	m.binding       = (ProtobufCBinaryData){who->envelope.n, who->envelope.p};
	m.has_chain_pem = 1;
	m.chain_pem     = (ProtobufCBinaryData){who->chain.n, who->chain.p};
	person_sign(signer, TYPE_ENROL, &m.base, &frame);
	must(region_exchange(&region, channel, DOOR_ENROL, 1, buf_slice(&frame), &a));
	return a;
}

static void
who_holds_all_three_keys_is_enrolled_once(void **state)
{
	struct person                        tax;
	AUTO(message_destroy) Sluis__Answer *one = NULL, *two = NULL, *after = NULL;
	(void)state;
	person_make(&region, OIN_TAX, "riec", 1, &tax);
	one = enrol(&tax, &tax, &tax);
	assert_string_equal(one->code, "ok");
	uint64_t size = journal_size(region.broker.journal);
	two           = enrol(&tax, &tax, &tax);
	assert_int_equal(two->receipts[0]->index, one->receipts[0]->index);
	assert_int_equal(journal_size(region.broker.journal), size);
	region_restart(
	    &region); /* the binding is in the store, those of make() are not */
	assert_non_null(person_member(&region, &tax));
	assert_null(person_member(&region, &town));
	after = enrol(&tax, &tax, &tax);
	assert_int_equal(after->receipts[0]->index, one->receipts[0]->index);
	person_wipe(&tax);
}

static void
who_does_not_hold_all_keys_is_not_enrolled(void **state)
{
	struct person                        tax, thief;
	AUTO(message_destroy) Sluis__Answer *channel = NULL, *sign = NULL;
	uint64_t                             leaf;
	struct binding                       b;
	(void)state;
	person_make(&region, OIN_TAX, "riec", 1, &tax);
	person_make(&region, OIN_NLA, "opsporing", 1, &thief);
	channel = enrol(&thief, &tax, &tax); /* replayed over another channel */
	assert_string_equal(channel->code, "sender_is_not_the_key_holder");
	sign = enrol(&tax, &thief, &tax);
	assert_string_equal(sign->code, "bad_signature");
	assert_null(person_member(&region, &tax));
	must(binding_read(buf_slice(&tax.envelope), &b));
	assert_int_equal(
	    store_get_binding(region.broker.store, &b.id, &leaf), RC_NOT_FOUND);
	person_wipe(&tax);
	person_wipe(&thief);
}

static void
a_revoked_certificate_enrols_nobody(void **state)
{
	struct person                        tax;
	AUTO(message_destroy) Sluis__Answer *a = NULL;
	(void)state;
	person_make(&region, OIN_TAX, "riec", 1, &tax);
	must(ca_revoke(region.ca, buf_slice(&tax.chain), REGION_NOW_S - 10, 400));
	region_reload_trust(&region);
	a = enrol(&tax, &tax, &tax);
	assert_string_equal(a->code, "revoked");
	assert_null(person_member(&region, &tax));
	person_wipe(&tax);
}

static void
a_binding_known_to_the_store_but_not_in_memory_is_taken_in_again(void **state)
{
	struct person                        tax;
	AUTO(message_destroy) Sluis__Answer *one = NULL, *two = NULL;
	(void)state;
	person_make(&region, OIN_TAX, "riec", 1, &tax);
	one = enrol(&tax, &tax, &tax);
	registry_destroy(&region.broker.registry);
	must(registry_new(&region.broker.registry));
	two = enrol(&tax, &tax, &tax);
	assert_string_equal(two->code, "ok");
	assert_int_equal(two->receipts[0]->index, one->receipts[0]->index);
	assert_non_null(person_member(&region, &tax));
	person_wipe(&tax);
}

/* --- a failing disk -------------------------------------------------------------- */

static long step_to_fail, steps; /* the n-th sqlite3_step() fails; 0: none */
int         __real_sqlite3_step(sqlite3_stmt *s);
int         __wrap_sqlite3_step(sqlite3_stmt *s);

int
__wrap_sqlite3_step(sqlite3_stmt *s)
{
	steps++;
	if (step_to_fail != 0 && steps == step_to_fail) return SQLITE_IOERR;
	return __real_sqlite3_step(s);
}

struct image { /* what a failed batch may not change */
	uint64_t leaves, waiting, head;
	char     checkpoint[512];
};

static struct image
image(void)
{
	struct image i;
	struct hash  root;
	memset(&i, 0, sizeof i);
	must(store_count_leaves(region.broker.store, &i.leaves));
	must(store_count_all_pending(region.broker.store, &i.waiting));
	must(store_last_head(region.broker.store, &i.head, &root));
	struct slice c = journal_checkpoint(region.broker.journal);
	assert_true(c.n < sizeof i.checkpoint);
	memcpy(i.checkpoint, c.p, c.n);
	return i;
}

/* As after a crash: everything anew from disk. */
static void
start_again(void)
{
	region_restart(&region);
	must(person_enrol(&region, &town));
	must(person_enrol(&region, &police));
	must(person_enrol(&region, &care));
	must(person_enrol(&region, &auditor));
}

/* Submit with the N-th step failing; true if there was no such step. */
static bool
submit_failing_at(long n)
{
	struct image                         before = image();
	struct request_row                   row;
	struct draft                         d;
	AUTO(buf_wipe) struct buf            frame;
	AUTO(message_destroy) Sluis__Answer *a = NULL;

	draft(&d);
	frame_of(&d, &town, TYPE_SUBMIT, &frame);
	steps        = 0;
	step_to_fail = n;
	rc code = region_exchange(&region, &town, DOOR_AGENCY, 1, buf_slice(&frame), &a);
	bool done    = steps < n;
	step_to_fail = 0;
	rc found     = store_find_request(region.broker.store, d.id, &row);
	if (code == RC_OK) { /* it is written, whatever could be told of it */
		assert_int_equal(found, RC_OK);
		assert_true(strcmp(a->code, done ? "ok" : "storage_failed") == 0);
		return done;
	}
	struct image after = image();
	assert_int_equal(code, RC_DISK);
	assert_null(a);
	assert_memory_equal(&before, &after, sizeof before);
	assert_int_equal(found, RC_NOT_FOUND);
	start_again();
	after = image();
	assert_memory_equal(&before, &after, sizeof before);
	return false;
}

static void
whichever_step_of_a_submission_fails_nothing_of_it_is_left(void **state)
{
	AUTO(message_destroy) Sluis__Answer *a = NULL, *ok = NULL, *got = NULL;
	struct draft                         d;
	long n = 3; /* 1 and 2 begin; that ends the process */
	(void)state;
	a = submitted(&d);
	while (!submit_failing_at(n)) n++;
	assert_true(n > 20);
	ok  = submitted(&d);
	got = receive(&police, 0);
	assert_true(got->n_deliveries >= 3);
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_submission_is_ruled_for_everybody_and_proven),
	    T(the_same_request_again_is_the_same_answer_and_no_second_effect),
	    T(a_repetition_is_answered_however_late),
	    T(who_would_get_nothing_of_it_is_not_served),
	    T(an_answer_names_the_policy_in_force),
	    T(the_same_id_with_other_bytes_is_refused),
	    T(an_id_of_one_desk_is_free_for_another),
	    T(what_is_delivered_is_what_the_leaf_commits_to),
	    T(an_acknowledgement_has_one_receipt_however_often),
	    T(one_unknown_or_foreign_id_refuses_the_whole_acknowledgement),
	    T(what_is_no_envelope_is_malformed),
	    T(an_unknown_key_is_told_so_and_not_journalled),
	    T(who_lost_its_standing_is_told_why),
	    T(each_door_has_its_own_people_and_its_own_requests),
	    T(another_type_of_message_is_refused),
	    T(a_signature_for_one_type_is_none_for_another),
	    T(a_frame_that_is_too_large_for_its_kind_is_refused),
	    T(every_changed_bit_of_a_signed_message_is_refused),
	    T(another_members_signature_is_refused),
	    T(a_head_must_be_complete),
	    T(a_member_speaks_for_its_own_desk_only),
	    T(a_message_for_another_broker_is_refused),
	    T(only_a_fresh_message_is_taken),
	    T(a_submission_names_what_the_policy_knows),
	    T(one_desk_twice_is_malformed_also_by_its_default_name),
	    T(too_many_recipients_are_refused),
	    T(a_signal_that_may_not_be_ruled_is_refused_with_its_place),
	    T(criminal_intelligence_is_refused_and_stored_nowhere),
	    T(a_full_queue_refuses_the_submission_whole_and_writes_nothing),
	    T(one_full_queue_keeps_nobody_else_from_being_served),
	    T(over_quota_is_answered_and_not_journalled),
	    T(refusals_beyond_the_allowance_are_not_journalled),
	    T(explanations_go_to_whom_they_concern),
	    T(a_desk_lists_its_own_submissions_only),
	    T(an_audit_reads_up_to_the_head_before_it_and_is_itself_written),
	    T(proofs_are_given_for_what_there_is),
	    T(a_damaged_entry_hurts_only_who_asks_for_it),
	    T(who_holds_all_three_keys_is_enrolled_once),
	    T(who_does_not_hold_all_keys_is_not_enrolled),
	    T(a_revoked_certificate_enrols_nobody),
	    T(a_binding_known_to_the_store_but_not_in_memory_is_taken_in_again),
	    T(whichever_step_of_a_submission_fails_nothing_of_it_is_left),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

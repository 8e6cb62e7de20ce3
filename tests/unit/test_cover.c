/* SPDX-License-Identifier: EUPL-1.2 */
/* test_cover.c - layer 2 writes in cover turns only, and a turn has one size. */
#include "broker/cover.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "broker/batch.h"
#include "broker/outbox/delivery_end.h"
#include "broker/outbox/outbox.h"
#include "broker/owed/earlier.h"
#include "proto/message.h"
#include "proto/signal_check.h"
#include "support/logged.h"
#include "support/region.h"

static struct region region;
static struct person town, police;
static struct buf    layer_1, layer_2;

enum { LEAVES = 8, ANSWERS = 300 };

static struct answered {
	char    code[64], where[64];
	uint8_t route;
	size_t  n_outcomes, n_receipts;
} answered[ANSWERS];
static size_t n_answered;
static bool   in_case; /* submissions are */

static const uint8_t case_id[ID_BYTES] = "a case of both ";

/* WHO sits in the case, which layer 1 sees, at LAYER. */
static void
put_seat(const struct person *who, unsigned layer)
{
	struct case_seat s = {.who = seat_of(who->oin, who->desk),
	    .as                    = SLUIS__PARTICIPANT_AS__PARTICIPANT,
	    .layer                 = layer,
	    .shown                 = 1};

	must(store_begin(region.broker.store));
	must(store_put_seat(region.broker.store, case_id, &s));
	must(store_commit(region.broker.store));
}

/* A case of town and police, both also at layer 2, in which `afstemming` is in force. */
static void
put_case(void)
{
	struct case_row c = {.route = "nijmegen",
	    .state                  = "vermoeden",
	    .owner                  = seat_of(town.oin, town.desk),
	    .remove_ms              = UINT32_MAX};

	memcpy(c.id, case_id, ID_BYTES);
	must(store_begin(region.broker.store));
	must(store_put_case(region.broker.store, &c));
	must(store_commit(region.broker.store));
	put_seat(&town, 2);
	put_seat(&police, 2);
}

static int
make(void **state)
{
	(void)state;
	region_open(&region);
	person_enrolled(&region, OIN_MUNICIPALITY, "meldpunt", &town);
	person_enrolled(&region, OIN_POLICE, "avim", &police);
	put_case();
	layer_1 = buf_init(SIGNAL_MAX);
	layer_2 = buf_init(SIGNAL_MAX);
	signal_from_file("10-truant-girl.json", &layer_1);
	Sluis__Signal *s   = sluis__signal__unpack(NULL, layer_1.n, layer_1.p);
	s->handling->layer = 2;
	pack_message(&s->base, &layer_2);
	sluis__signal__free_unpacked(s, NULL);
	n_answered = 0;
	in_case    = true;
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	person_wipe(&town);
	person_wipe(&police);
	buf_wipe(&layer_1);
	buf_wipe(&layer_2);
	region_close(&region);
	return 0;
}

static void
take(void *arg, struct reply *r)
{
	struct answered *a = &answered[n_answered++];

	(void)arg;
	assert_true(n_answered <= ANSWERS);
	(void)snprintf(a->code, sizeof a->code, "%s", r->answer->code);
	(void)snprintf(a->where, sizeof a->where, "%s",
	    r->answer->where == NULL ? "" : r->answer->where);
	a->route      = r->to.id[0];
	a->n_outcomes = r->answer->n_outcomes + r->n_told;
	a->n_receipts = r->answer->n_receipts;
}

static uint64_t
size(void)
{
	return journal_size(region.broker.journal);
}

/* A turn; how many entries it wrote. */
static uint64_t
turn(void)
{
	uint64_t before = size();

	n_answered = 0;
	must(cover_turn(&region.broker, take, NULL));
	return size() - before;
}

static unsigned
kind_of(uint64_t index)
{
	AUTO(buf_wipe) struct buf bytes = buf_init(LEAF_MAX);

	must(store_get_leaf(region.broker.store, index, &bytes, NULL));
	Sluis__Leaf *leaf = sluis__leaf__unpack(NULL, bytes.n, bytes.p);
	assert_non_null(leaf);
	unsigned kind = leaf->kind;
	sluis__leaf__free_unpacked(leaf, NULL);
	return kind;
}

/* How many of the newest turn's entries are cover. */
static size_t
n_cover(void)
{
	size_t n = 0;
	for (uint64_t i = size() - LEAVES; i < size(); i++)
		n += kind_of(i) == SLUIS__EVENT_KIND__EVENT_COVER;
	return n;
}

static void
submission(const struct person *by, struct slice signal, size_t n_to, struct buf *out)
{
	static Sluis__Recipient to[RECIPIENTS_MAX];
	static char             oins[RECIPIENTS_MAX][OIN_DIGITS + 1];
	Sluis__Recipient       *list[RECIPIENTS_MAX];
	Sluis__Submit           m = SLUIS__SUBMIT__INIT;
	Sluis__Head             head;
	uint8_t                 id[ID_BYTES];

	head_make(&region, by, id, &head);
	for (size_t i = 0; i < n_to; i++) {
		sluis__recipient__init(list[i] = &to[i]);
		(void)snprintf(oins[i], sizeof oins[i], "%020u", (unsigned)i + 1);
		to[i].oin = oins[i];
	}
	to[0].oin      = message_borrow(OIN_POLICE);
	m.head         = &head;
	m.convenant    = message_borrow("afstemming");
	m.phase        = message_borrow("1");
	m.purpose      = message_borrow("duiding");
	m.n_recipients = n_to;
	m.recipients   = list;
	m.has_case_id  = in_case;
	m.case_id      = message_borrow_bytes(case_id, ID_BYTES);
	m.has_signal   = 1;
	m.signal       = message_borrow_bytes(signal.p, signal.n);
	person_sign(by, TYPE_SUBMIT, &m.base, out);
}

static Sluis__Answer *
send_frame(const struct person *by, uint8_t route, struct slice frame)
{
	Sluis__Answer *a = NULL;
	must(region_exchange(&region, by, DOOR_AGENCY, route, frame, &a));
	return a;
}

/* Send a signal of layer 2 to N recipients; it must be kept. */
static void
keep(const struct person *by, size_t n)
{
	AUTO(buf_wipe) struct buf frame = buf_init(FRAME_MAX);

	submission(by, buf_slice(&layer_2), n, &frame);
	assert_null(send_frame(by, 1, buf_slice(&frame)));
}

static void
refused_at_once(struct slice frame, const char *code)
{
	AUTO(message_destroy) Sluis__Answer *a = send_frame(&town, 1, frame);
	assert_non_null(a);
	assert_string_equal(a->code, code);
}

/* --- the claims ------------------------------------------------------------------ */

static void
what_is_of_layer_1_does_not_wait(void **state)
{
	AUTO(buf_wipe) struct buf frame = buf_init(FRAME_MAX);
	(void)state;
	submission(&town, buf_slice(&layer_1), 1, &frame);
	refused_at_once(buf_slice(&frame), "ok");
	assert_int_equal(veil_waiting(region.broker.veil), 0);
}

static void
layer_2_writes_nothing_until_the_turn(void **state)
{
	uint64_t before = size();
	(void)state;
	keep(&town, 1);
	assert_int_equal(size(), before);
	assert_int_equal(turn(), LEAVES);
	assert_int_equal(n_answered, 1);
	assert_int_equal(answered[0].n_outcomes, 1);
	assert_int_equal(n_cover(), LEAVES - 1);
	assert_int_equal(veil_waiting(region.broker.veil), 0);
}

static void
a_turn_without_layer_2_is_as_large(void **state)
{
	(void)state;
	assert_int_equal(turn(), LEAVES);
	assert_int_equal(n_cover(), LEAVES);
	region.config->cover_leaves = 31;
	assert_int_equal(turn(), 31);
}

static void
what_does_not_fit_waits_for_the_next_turn(void **state)
{
	(void)state;
	keep(&town, 5);
	keep(&town, 3);
	keep(&town, 1);
	assert_int_equal(turn(), LEAVES);
	assert_int_equal(n_answered, 2);
	assert_int_equal(n_cover(), 0);
	assert_int_equal(veil_waiting(region.broker.veil), 1);
	assert_int_equal(turn(), LEAVES);
	assert_int_equal(n_answered, 1);
	keep(&town, 5);
	keep(&town, 4);
	assert_int_equal(turn(), LEAVES);
	assert_int_equal(n_answered, 1);
	assert_int_equal(n_cover(), 3);
	assert_int_equal(turn(), LEAVES);
	assert_int_equal(n_answered, 1);
	assert_int_equal(n_cover(), 4);
}

static void
what_never_fits_is_refused_and_says_so(void **state)
{
	(void)state;
	keep(&town, LEAVES + 1);
	keep(&town, LEAVES);
	assert_int_equal(turn(), LEAVES);
	assert_int_equal(n_answered, 1);
	assert_string_equal(answered[0].code, "too_many_elements");
	assert_string_equal(answered[0].where, "cover_leaves");
	assert_int_equal(answered[0].n_receipts, 1);
	assert_int_equal(n_cover(), LEAVES - 1);
	assert_int_equal(turn(), LEAVES);
	assert_int_equal(n_answered, 1);
	assert_int_equal(answered[0].n_outcomes, LEAVES);
}

/* How many of the newest turn's entries are erasures. */
static size_t
n_erased(void)
{
	size_t n = 0;
	for (uint64_t i = size() - LEAVES; i < size(); i++)
		n += kind_of(i) == SLUIS__EVENT_KIND__EVENT_ERASED;
	return n;
}

static void
old_details_go_in_a_turn_of_the_same_size(void **state)
{
	(void)state;
	region.config->details_days = 1;
	for (int i = 0; i < 3; i++) {
		keep(&town, 1);
		assert_int_equal(turn(), LEAVES);
		assert_int_equal(n_erased(), 0);
	}
	region.broker.now_ms += (uint64_t)2 * 24 * 3600 * 1000;
	keep(&town, 1); /* the last record stays until one follows */
	assert_int_equal(turn(), LEAVES);
	region.broker.now_ms += 60000;
	assert_int_equal(turn(), LEAVES);
	assert_int_equal(n_erased(), 1);
	must(store_forget_erased(region.broker.store)); /* the loop does, soon */
	region.broker.now_ms += 60000;
	assert_int_equal(turn(), LEAVES);
	assert_int_equal(n_erased(), 0);
}

static void
old_details_go_also_where_nothing_new_comes(void **state)
{
	(void)state;
	region.config->details_days = 1;
	for (int i = 0; i < 3; i++) {
		keep(&town, 1);
		assert_int_equal(turn(), LEAVES);
	}
	region.broker.now_ms += (uint64_t)2 * 24 * 3600 * 1000;
	assert_int_equal(turn(), LEAVES);
	assert_int_equal(n_erased(), 1);
	must(store_forget_erased(region.broker.store));
	region.broker.now_ms += 60000;
	assert_int_equal(turn(), LEAVES);
	assert_int_equal(n_erased(), 0); /* the last record stays until one follows */
}

/* Nobody can say any more what they held; that they are old is still known. */
static void
details_that_open_no_more_go_too_and_stop_no_turn(void **state)
{
	(void)state;
	region.config->details_days = 1;
	for (int i = 0; i < 3; i++) {
		keep(&town, 1);
		assert_int_equal(turn(), LEAVES);
	}
	region_lose_master(&region);
	must(person_enrol(&region, &town));
	region.broker.now_ms += (uint64_t)2 * 24 * 3600 * 1000;
	keep(&town, 1);
	assert_int_equal(turn(), LEAVES);
	assert_int_equal(n_erased(), 1);
	assert_int_equal(n_answered, 1);
	assert_string_equal(answered[0].code, "ok");
}

static void
a_refusal_of_layer_2_waits_too(void **state)
{
	uint64_t before = size();
	(void)state;
	keep(&town, 0);
	assert_int_equal(size(), before);
	assert_int_equal(turn(), LEAVES);
	assert_string_equal(answered[0].code, "no_recipients_named");
	assert_int_equal(n_cover(), LEAVES - 1);
}

static void
asking_again_takes_the_place_of_asking(void **state)
{
	AUTO(buf_wipe) struct buf frame = buf_init(FRAME_MAX);
	(void)state;
	submission(&town, buf_slice(&layer_2), 1, &frame);
	assert_null(send_frame(&town, 1, buf_slice(&frame)));
	assert_null(send_frame(&town, 2, buf_slice(&frame)));
	assert_int_equal(veil_waiting(region.broker.veil), 1);
	assert_int_equal(turn(), LEAVES);
	assert_int_equal(n_answered, 1);
	assert_int_equal(answered[0].route, 2);
	assert_null(send_frame(&town, 3, buf_slice(&frame)));
	assert_int_equal(turn(), LEAVES);
	assert_int_equal(n_answered, 1);
	assert_int_equal(n_cover(), LEAVES); /* the same answer again */
	assert_int_equal(answered[0].n_outcomes, 1);
}

static void
one_key_cannot_fill_the_queue(void **state)
{
	AUTO(buf_wipe) struct buf frame = buf_init(FRAME_MAX);
	(void)state;
	for (size_t i = 0; i < VEIL_KEY_MAX; i++) keep(&town, 1);
	submission(&town, buf_slice(&layer_2), 1, &frame);
	uint64_t before = size();
	refused_at_once(buf_slice(&frame), "queue_full");
	assert_int_equal(size(), before);
	keep(&police, 1);
}

static void
the_queue_is_bounded(void **state)
{
	AUTO(buf_wipe) struct buf frame = buf_init(FRAME_MAX);
	(void)state;
	region.config->cover_max = 2;
	keep(&town, 1);
	keep(&police, 1);
	submission(&town, buf_slice(&layer_2), 1, &frame);
	refused_at_once(buf_slice(&frame), "queue_full");
}

/* Whoever sends much keeps nobody else waiting. */
static void
keys_take_turns(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * LEAVES; i++) keep(&town, 1);
	keep(&police, 1);
	assert_memory_equal(veil_at(region.broker.veil, 1)->curve_public,
	    police.keys.curve_public, KEY_BYTES);
	assert_int_equal(turn(), LEAVES);
	keep(&police, 1);
	assert_memory_equal(veil_at(region.broker.veil, 1)->curve_public,
	    police.keys.curve_public, KEY_BYTES);
	assert_int_equal(veil_at(region.broker.veil, 0)->rank, 0);
	assert_int_equal(veil_at(region.broker.veil, 2)->rank, 1);
	assert_int_equal(turn(), LEAVES);
	assert_int_equal(n_answered, LEAVES);
	assert_int_equal(turn(), LEAVES);
	assert_int_equal(n_answered, 2);
}

static void
a_long_queue_is_served_in_its_order(void **state)
{
	size_t left = VEIL_KEY_MAX;
	(void)state;
	for (size_t i = 0; i < VEIL_KEY_MAX; i++) keep(&town, 1);
	while (left > 0) {
		assert_int_equal(turn(), LEAVES);
		assert_int_equal(n_answered, LEAVES);
		left -= n_answered;
	}
	assert_int_equal(turn(), LEAVES);
	assert_int_equal(n_answered, 0);
}

/* Its place in a turn would tell it what else was there. */
static void
who_has_no_seat_of_layer_2_never_gets_a_place_in_a_turn(void **state)
{
	AUTO(buf_wipe)
	struct buf of_layer_1 = buf_init(FRAME_MAX), no_case = buf_init(FRAME_MAX);
	(void)state;
	put_seat(&town, 1);
	submission(&town, buf_slice(&layer_2), 1, &of_layer_1);
	refused_at_once(buf_slice(&of_layer_1), "recipient_not_in_case");
	in_case = false;
	submission(&town, buf_slice(&layer_2), 1, &no_case);
	refused_at_once(buf_slice(&no_case), "recipient_not_entitled");
	assert_int_equal(veil_waiting(region.broker.veil), 0);
}

static void
put_notices(const struct person *by, size_t n)
{
	struct veiled_notice row = {.to = seat_of(police.oin, police.desk), .layer = 2};
	AUTO(buf_wipe) struct buf bytes  = buf_init(FRAME_MAX);
	Sluis__Notice             notice = SLUIS__NOTICE__INIT;

	pack_message(&notice.base, &bytes);
	memcpy(row.by, by->oin, strlen(by->oin) + 1);
	must(store_begin(region.broker.store));
	for (size_t i = 0; i < n; i++)
		must(store_put_notice(region.broker.store, &row, buf_slice(&bytes)));
	must(store_commit(region.broker.store));
}

static void
who_has_too_many_notices_waiting_is_refused_and_others_are_not(void **state)
{
	(void)state;
	put_notices(&town, COVER_NOTICES_MAX + LEAVES);
	keep(&town, 1);
	keep(&police, 1);
	assert_int_equal(turn(), LEAVES);
	assert_int_equal(n_answered, 2);
	assert_string_equal(answered[0].code, "queue_full");
	assert_int_equal(answered[0].n_receipts, 0);
	assert_string_not_equal(answered[1].code, "queue_full");
	assert_int_equal(turn(), LEAVES);
	keep(&town, 1);
	assert_int_equal(turn(), LEAVES);
	assert_string_not_equal(answered[0].code, "queue_full");
}

static void
without_cover_there_is_no_layer_2(void **state)
{
	AUTO(buf_wipe) struct buf frame = buf_init(FRAME_MAX);
	(void)state;
	region.config->cover_s = 0;
	submission(&town, buf_slice(&layer_2), 1, &frame);
	refused_at_once(buf_slice(&frame), "no_cover_for_layer_2");
	assert_false(veil_is_due(region.broker.veil, UINT64_MAX));
	assert_int_equal(veil_patience(region.broker.veil, 0), -1);
}

static void
freshness_is_that_of_when_it_came(void **state)
{
	(void)state;
	keep(&town, 1);
	region.broker.now_ms += 3600 * 1000;
	assert_int_equal(turn(), LEAVES);
	assert_string_not_equal(answered[0].code, "stale");
	AUTO(buf_wipe) struct buf frame = buf_init(FRAME_MAX);
	submission(&town, buf_slice(&layer_2), 1, &frame);
	region.broker.now_ms += 3600 * 1000;
	assert_null(send_frame(&town, 1, buf_slice(&frame)));
	assert_int_equal(turn(), LEAVES);
	assert_string_equal(answered[0].code, "stale");
}

static void
turns_are_at_multiples_of_the_clock(void **state)
{
	struct veil *v = NULL;
	(void)state;
	region.config->cover_s = 60;
	must(veil_new(&v, region.config, 100000));
	assert_false(veil_is_due(v, 119999));
	assert_int_equal(veil_patience(v, 119000), 1000);
	assert_true(veil_is_due(v, 120000));
	veil_turned(v, 131000); /* late: the next is on time */
	assert_false(veil_is_due(v, 179999));
	assert_true(veil_is_due(v, 180000));
	assert_true(veil_is_due(v, 900000));
	assert_true(veil_is_due(v, 5000)); /* the clock was set back */
	veil_destroy(&v);
}

static void
a_lost_connection_or_standing_costs_nothing_else(void **state)
{
	(void)state;
	keep(&town, 1);
	keep(&police, 1);
	person_member(&region, &town)->standing = RC_REVOKED;
	assert_int_equal(turn(), LEAVES);
	assert_int_equal(n_answered, 2);
	assert_string_equal(answered[0].code, "revoked");
	assert_string_not_equal(answered[1].code, "revoked");
}

static void
who_waits_is_told_that_the_broker_stops(void **state)
{
	(void)state;
	keep(&town, 1);
	uint64_t before = size();
	must(veil_stop(region.broker.veil, take, NULL));
	assert_int_equal(n_answered, 1);
	assert_string_equal(answered[0].code, "stopping");
	assert_int_equal(veil_waiting(region.broker.veil), 0);
	assert_int_equal(size(), before);
}

static void
preview(const char *oin, struct buf *out)
{
	Sluis__Recipient to = SLUIS__RECIPIENT__INIT, *list = &to;
	Sluis__Handling  h = SLUIS__HANDLING__INIT;
	Sluis__Preview   m = SLUIS__PREVIEW__INIT;
	Sluis__Head      head;
	uint8_t          id[ID_BYTES];

	head_make(&region, &town, id, &head);
	to.oin         = message_borrow(oin);
	h.has_layer    = 1;
	h.layer        = 2;
	m.head         = &head;
	m.convenant    = message_borrow("afstemming");
	m.phase        = message_borrow("1");
	m.purpose      = message_borrow("duiding");
	m.n_recipients = 1;
	m.recipients   = &list;
	m.handling     = &h;
	m.has_case_id  = in_case;
	m.case_id      = message_borrow_bytes(case_id, ID_BYTES);
	person_sign(&town, TYPE_PREVIEW, &m.base, out);
}

static void
reading_does_not_wait_but_its_refusal_does(void **state)
{
	AUTO(buf_wipe) struct buf good = buf_init(FRAME_MAX), bad = buf_init(FRAME_MAX);
	(void)state;
	preview(OIN_POLICE, &good);
	AUTO(message_destroy) Sluis__Answer *a = send_frame(&town, 1, buf_slice(&good));
	assert_non_null(a);
	preview("not an OIN", &bad);
	uint64_t before = size();
	assert_null(send_frame(&town, 1, buf_slice(&bad)));
	assert_int_equal(size(), before);
	assert_int_equal(turn(), LEAVES);
	assert_int_equal(n_answered, 1);
	assert_string_not_equal(answered[0].code, "ok");
	assert_int_equal(n_cover(), LEAVES - 1);
}

static void
the_layer_of_bytes_that_are_no_signal_is_not_1_by_trick(void **state)
{
	static const uint8_t twice[]  = {0x92, 0x01, 2, 0x10, 1, 0x92, 0x01, 2, 0x10, 2};
	static const uint8_t long_1[] = {0x92, 0x01, 3, 0x10, 0x81, 0};
	static const uint8_t one[]    = {0x92, 0x01, 2, 0x10, 1};
	static const uint8_t inner[]  = {0x92, 0x01, 4, 0x10, 1, 0x10, 2};
	(void)state;
	assert_int_equal(signal_layer(slice_of(twice, sizeof twice)), 2);
	assert_int_equal(signal_layer(slice_of(long_1, sizeof long_1)), 2);
	assert_int_equal(signal_layer(slice_of(inner, sizeof inner)), 2);
	assert_int_equal(signal_layer(slice_of(one, sizeof one)), 1);
	assert_int_equal(signal_layer(slice_of(one, sizeof one - 1)), 1);
	assert_int_equal(signal_layer(slice_of(NULL, 0)), 1);
	assert_int_equal(signal_layer(buf_slice(&layer_1)), 1);
	assert_int_equal(signal_layer(buf_slice(&layer_2)), 2);
}

/* --- copies ----------------------------------------------------------------------- */

enum { COPIES = 20 };

static uint8_t ids[COPIES][ID_BYTES];

/* Put N copies of LAYER in the outbox of the police, in a batch of their own. */
static void
put_copies(size_t first, size_t n, unsigned layer)
{
	struct broker *b                 = &region.broker;
	uint8_t        salt[NONCE_BYTES] = {0};

	must(store_begin(b->store));
	for (size_t i = first; i < first + n; i++) {
		memset(ids[i], (int)i + 1, ID_BYTES);
		struct parcel p = {.oin = OIN_POLICE,
		    .desk               = "avim",
		    .salt               = slice_of(salt, sizeof salt),
		    .copy               = slice_str("COPY"),
		    .expires_ms         = b->now_ms + 1000,
		    .layer              = layer,
		    .id                 = ids[i]};
		must(outbox_put(b, &p));
	}
	must(batch_commit(b));
}

static void
acknowledgement(size_t first, size_t n, struct buf *out)
{
	Sluis__Acknowledge  m = SLUIS__ACKNOWLEDGE__INIT;
	ProtobufCBinaryData list[COPIES];
	Sluis__Head         head;
	uint8_t             id[ID_BYTES];

	head_make(&region, &police, id, &head);
	for (size_t i = 0; i < n; i++)
		list[i] = message_borrow_bytes(ids[first + i], ID_BYTES);
	m.head           = &head;
	m.n_delivery_ids = n;
	m.delivery_ids   = list;
	person_sign(&police, TYPE_ACKNOWLEDGE, &m.base, out);
}

static bool
is_acked(size_t i)
{
	struct delivery d;
	must(store_get_delivery(region.broker.store, ids[i], &d));
	return d.acked;
}

static void
a_copy_of_layer_2_ends_in_a_turn(void **state)
{
	AUTO(buf_wipe) struct buf frame = buf_init(FRAME_MAX);
	(void)state;
	put_copies(0, 2, 2);
	acknowledgement(0, 2, &frame);
	uint64_t before = size();
	assert_null(send_frame(&police, 1, buf_slice(&frame)));
	assert_int_equal(size(), before);
	assert_false(is_acked(0));
	assert_int_equal(turn(), LEAVES);
	assert_string_equal(answered[0].code, "ok");
	assert_int_equal(answered[0].n_receipts, 2);
	assert_int_equal(n_cover(), LEAVES - 2);
	assert_true(is_acked(0) && is_acked(1));
	/* asked again there is nothing to write, and so nothing to wait for */
	AUTO(message_destroy)
	Sluis__Answer *a = send_frame(&police, 1, buf_slice(&frame));
	assert_string_equal(a->code, "ok");
}

static void
a_copy_of_layer_1_beside_it_ends_at_once(void **state)
{
	AUTO(buf_wipe) struct buf frame = buf_init(FRAME_MAX);
	(void)state;
	put_copies(0, 3, 2);
	put_copies(3, 2, 1);
	acknowledgement(0, 5, &frame);
	uint64_t before = size();
	assert_null(send_frame(&police, 1, buf_slice(&frame)));
	assert_int_equal(size(), before + 2);
	assert_true(is_acked(3) && is_acked(4));
	assert_false(is_acked(0));
	assert_null(send_frame(&police, 1, buf_slice(&frame)));
	assert_int_equal(size(), before + 2);
	assert_int_equal(turn(), LEAVES);
	assert_int_equal(answered[0].n_receipts, 5);
	assert_int_equal(n_cover(), LEAVES - 3);
}

static void
more_copies_than_a_turn_has_room_for_end_in_several(void **state)
{
	AUTO(buf_wipe) struct buf frame = buf_init(FRAME_MAX);
	(void)state;
	put_copies(0, COPIES, 2);
	acknowledgement(0, COPIES, &frame);
	assert_null(send_frame(&police, 1, buf_slice(&frame)));
	keep(&town, 1);
	assert_int_equal(turn(), LEAVES);
	assert_int_equal(n_answered, 0);
	assert_int_equal(turn(), LEAVES);
	assert_int_equal(n_answered, 0);
	assert_int_equal(turn(), LEAVES);
	assert_int_equal(n_answered, 2);
	assert_int_equal(answered[0].n_receipts, COPIES);
	assert_int_equal(n_cover(), 3 * LEAVES - COPIES - 1);
}

static void
an_unknown_copy_among_them_refuses_all_in_the_turn(void **state)
{
	AUTO(buf_wipe) struct buf frame = buf_init(FRAME_MAX);
	(void)state;
	put_copies(0, 1, 2);
	put_copies(1, 1, 1);
	memset(ids[2], 0xee, ID_BYTES);
	acknowledgement(0, 3, &frame);
	uint64_t before = size();
	assert_null(send_frame(&police, 1, buf_slice(&frame)));
	assert_int_equal(size(), before);
	assert_int_equal(turn(), LEAVES);
	assert_string_equal(answered[0].code, "not_found");
	assert_false(is_acked(0) || is_acked(1));
}

static void
a_copy_of_layer_2_runs_out_in_a_turn(void **state)
{
	struct broker *b    = &region.broker;
	size_t         n    = 0;
	bool           more = false;
	(void)state;
	put_copies(0, 6, 2);
	put_copies(6, 1, 1);
	b->now_ms += 2000;
	must(store_begin(b->store));
	must(delivery_end_overdue(b, &n, &more));
	must(batch_commit(b));
	assert_int_equal(n, 1);
	assert_true(is_acked(6));
	assert_false(is_acked(0));
	keep(&town, 1);
	assert_int_equal(turn(), LEAVES); /* half of the room, then what requests left */
	assert_int_equal(n_answered, 1);
	assert_int_equal(n_cover(), LEAVES - 6 - 1);
	assert_true(is_acked(0) && is_acked(5));
	assert_int_equal(turn(), LEAVES);
	assert_int_equal(n_cover(), LEAVES);
}

/* Work that takes room never keeps a request out for ever. */
static void
a_request_of_a_whole_turn_is_not_starved(void **state)
{
	(void)state;
	put_copies(0, 20, 2);
	region.broker.now_ms += 2000;
	keep(&town, LEAVES);
	assert_int_equal(turn(), LEAVES);
	assert_int_equal(n_answered, 1);
	assert_int_equal(answered[0].n_outcomes, LEAVES);
}

/* A turn that has to be tried again takes no lease from a desk of layer 1. */
static void
a_turn_tried_again_leaves_leases_alone(void **state)
{
	AUTO(reply_wipe) struct reply r = {0};
	struct ask ask = {.oin = OIN_POLICE, .desk = "avim", .lease_ms = 60000, .max = 9};
	struct route to = {.n = 1};
	size_t       n  = 0;
	(void)state;
	put_copies(0, 1, 1);
	must(reply_init(&r, &to, slice_of(NULL, 0)));
	must(dispatch_take(region.broker.dispatch, &ask, region.broker.now_ms, &r, &n));
	assert_int_equal(n, 1);
	keep(&town, 5);
	keep(&town, 5);
	assert_int_equal(turn(), LEAVES);
	size_t before = r.answer->n_deliveries;
	must(dispatch_take(region.broker.dispatch, &ask, region.broker.now_ms, &r, &n));
	for (size_t i = before; i < r.answer->n_deliveries; i++)
		assert_memory_not_equal(
		    r.answer->deliveries[i]->delivery_id.data, ids[0], ID_BYTES);
}

/* A thousand notices do not keep a copy that ran out. */
static void
notices_that_wait_starve_no_other_work(void **state)
{
	(void)state;
	put_notices(&town, 1000);
	put_copies(0, 4, 2);
	region.broker.now_ms += 2000;
	for (size_t i = 0; i < 2; i++) assert_int_equal(turn(), LEAVES);
	assert_true(is_acked(0) && is_acked(3));
}

static void
put_damaged_notice(const struct person *by, struct slice bytes)
{
	struct veiled_notice row = {
	    .to = seat_of(police.oin, police.desk), .layer = 2, .about = 1};

	memcpy(row.by, by->oin, strlen(by->oin) + 1);
	must(store_begin(region.broker.store));
	must(store_put_notice(region.broker.store, &row, bytes));
	must(store_commit(region.broker.store));
}

static size_t
n_notices(void)
{
	size_t n = 0;
	for (uint64_t i = size() - LEAVES; i < size(); i++)
		n += kind_of(i) == SLUIS__EVENT_KIND__EVENT_NOTICE;
	return n;
}

static void
a_damaged_notice_ends_and_keeps_no_other_waiting(void **state)
{
	static const uint8_t zeros[100 * 1024]; /* more than any notice has */
	uint64_t             n = 0;
	(void)state;
	memset(logged, 0, sizeof logged);
	put_damaged_notice(&town, slice_str("\377"));
	put_damaged_notice(&town, slice_of(zeros, sizeof zeros));
	put_notices(&town, 2);
	assert_int_equal(turn(), LEAVES);
	assert_int_equal(n_notices(), 2);
	assert_int_equal(logged[LOG_NOTICE_UNREADABLE], 2);
	assert_int_equal(logged[LOG_COVER_LEFT_OUT], 0);
	must(store_notices_caused(region.broker.store, town.oin, &n));
	assert_int_equal(n, 0);
	assert_int_equal(turn(), LEAVES);
	assert_int_equal(logged[LOG_NOTICE_UNREADABLE], 2); /* once each */
}

/* Its desk has a name that is longer than any. */
static void
a_notice_for_nobody_ends_and_keeps_no_other_waiting(void **state)
{
	(void)state;
	put_notices(&town, 2);
	region_end(&region);
	region_sql(region.config->state_dir, "sluis.db",
	    "UPDATE notice SET desk = hex(zeroblob(500)) WHERE seq = 1");
	must(region_begin(&region));
	must(person_enrol(&region, &town));
	must(person_enrol(&region, &police));
	memset(logged, 0, sizeof logged);
	assert_int_equal(turn(), LEAVES);
	assert_int_equal(n_notices(), 1);
	assert_int_equal(logged[LOG_ROW_DAMAGED], 1);
	assert_int_equal(logged[LOG_NOTICE_UNREADABLE], 1);
	assert_int_equal(logged[LOG_BATCH_FAILED], 0);
}

static void
order_recall(uint64_t seq)
{
	struct recall_row row = {.seq = seq,
	    .ordered                  = true,
	    .source                   = seat_of(town.oin, town.desk),
	    .layer                    = 2};

	must(store_begin(region.broker.store));
	must(store_put_recall(region.broker.store, &row));
	must(store_commit(region.broker.store));
}

/* A row that somebody damaged: no other work waits for it, and no request. */
static void
stops_its_own_work_at_most(size_t times)
{
	memset(logged, 0, sizeof logged);
	put_copies(4, 4, 2);
	put_notices(&town, 1);
	keep(&town, 1);
	region.broker.now_ms += 2000;
	for (size_t i = 0; i < 2; i++) assert_int_equal(turn(), LEAVES);
	assert_true(is_acked(4) && is_acked(7));
	assert_int_equal(veil_waiting(region.broker.veil), 0);
	assert_int_equal(logged[LOG_COVER_LEFT_OUT], times);
}

static void
a_leaf_that_was_changed_stops_nothing(void **state)
{
	struct delivery d;
	(void)state;
	assert_int_equal(turn(), LEAVES);
	put_copies(0, 1, 2);
	must(store_get_delivery(region.broker.store, ids[0], &d));
	order_recall(d.seq);
	region_end(&region);
	region_sql(region.config->state_dir, "sluis.db",
	    "UPDATE leaf SET bytes = x'ff' WHERE idx = 0"); /* of every copy here */
	must(region_begin(&region));
	must(person_enrol(&region, &town));
	must(person_enrol(&region, &police));
	stops_its_own_work_at_most(0);
	assert_true(is_acked(0)); /* whose the copy is stands in the order */
	assert_int_equal(logged[LOG_DETAIL_UNREADABLE], 1);
}

static void
a_row_that_names_nothing_stops_its_own_work_only(void **state)
{
	(void)state;
	order_recall(999);
	stops_its_own_work_at_most(2);
}

/* What cannot be left out waits, and only its own kind with it. */
static void
a_text_that_is_too_long_stops_its_own_work_only(void **state)
{
	(void)state;
	order_recall(7);
	region_end(&region);
	region_sql(region.config->state_dir, "sluis.db",
	    "UPDATE recall SET oin = hex(zeroblob(500))");
	must(region_begin(&region));
	must(person_enrol(&region, &town));
	must(person_enrol(&region, &police));
	stops_its_own_work_at_most(2);
	assert_int_equal(logged[LOG_ROW_DAMAGED], 2);
	assert_int_equal(logged[LOG_BATCH_FAILED], 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(what_is_of_layer_1_does_not_wait),
	    TEST(layer_2_writes_nothing_until_the_turn),
	    TEST(a_turn_without_layer_2_is_as_large),
	    TEST(what_does_not_fit_waits_for_the_next_turn),
	    TEST(what_never_fits_is_refused_and_says_so),
	    TEST(old_details_go_in_a_turn_of_the_same_size),
	    TEST(old_details_go_also_where_nothing_new_comes),
	    TEST(details_that_open_no_more_go_too_and_stop_no_turn),
	    TEST(a_refusal_of_layer_2_waits_too),
	    TEST(asking_again_takes_the_place_of_asking),
	    TEST(one_key_cannot_fill_the_queue),
	    TEST(the_queue_is_bounded),
	    TEST(keys_take_turns),
	    TEST(a_long_queue_is_served_in_its_order),
	    TEST(who_has_no_seat_of_layer_2_never_gets_a_place_in_a_turn),
	    TEST(who_has_too_many_notices_waiting_is_refused_and_others_are_not),
	    TEST(notices_that_wait_starve_no_other_work),
	    TEST(a_damaged_notice_ends_and_keeps_no_other_waiting),
	    TEST(a_notice_for_nobody_ends_and_keeps_no_other_waiting),
	    TEST(a_text_that_is_too_long_stops_its_own_work_only),
	    TEST(a_leaf_that_was_changed_stops_nothing),
	    TEST(a_row_that_names_nothing_stops_its_own_work_only),
	    TEST(without_cover_there_is_no_layer_2),
	    TEST(freshness_is_that_of_when_it_came),
	    TEST(turns_are_at_multiples_of_the_clock),
	    TEST(a_lost_connection_or_standing_costs_nothing_else),
	    TEST(who_waits_is_told_that_the_broker_stops),
	    TEST(reading_does_not_wait_but_its_refusal_does),
	    TEST(the_layer_of_bytes_that_are_no_signal_is_not_1_by_trick),
	    TEST(a_copy_of_layer_2_ends_in_a_turn),
	    TEST(a_copy_of_layer_1_beside_it_ends_at_once),
	    TEST(more_copies_than_a_turn_has_room_for_end_in_several),
	    TEST(an_unknown_copy_among_them_refuses_all_in_the_turn),
	    TEST(a_copy_of_layer_2_runs_out_in_a_turn),
	    TEST(a_request_of_a_whole_turn_is_not_starved),
	    TEST(a_turn_tried_again_leaves_leases_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

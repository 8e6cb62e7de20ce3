/* SPDX-License-Identifier: EUPL-1.2 */
/* test_overdue.c - a copy that nobody fetched ends with its term, and the journal says
 * so. */
#include "broker/outbox/delivery_end.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/message.h"
#include "support/region.h"

static struct region region;
static struct person town, police;
static struct buf    signal_bytes;

static int
make(void **state)
{
	(void)state;
	region_open(&region);
	person_enrolled(&region, OIN_MUNICIPALITY, "meldpunt", &town);
	person_enrolled(&region, OIN_POLICE, "avim", &police);
	signal_bytes = buf_init(SIGNAL_MAX);
	signal_from_file("10-truant-girl.json", &signal_bytes);
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	person_wipe(&town);
	person_wipe(&police);
	buf_wipe(&signal_bytes);
	region_close(&region);
	return 0;
}

static void
share_with_police(void)
{
	AUTO(message_destroy) Sluis__Answer *a    = NULL;
	Sluis__Recipient                     r    = SLUIS__RECIPIENT__INIT;
	Sluis__Recipient                    *list = &r;
	Sluis__Submit                        m    = SLUIS__SUBMIT__INIT;
	Sluis__Head                          head;
	uint8_t                              id[ID_BYTES];

	head_make(&region, &town, id, &head);
	r.oin          = (char *)(uintptr_t)OIN_POLICE;
	m.head         = &head;
	m.convenant    = (char *)(uintptr_t) "afstemming";
	m.phase        = (char *)(uintptr_t) "1";
	m.purpose      = (char *)(uintptr_t) "duiding";
	m.n_recipients = 1;
	m.recipients   = &list;
	m.has_signal   = 1;
	m.signal       = (ProtobufCBinaryData){signal_bytes.n, signal_bytes.p};
	a              = region_ask(&region, &town, TYPE_SUBMIT, &m.base);
	assert_string_equal(a->code, "ok");
}

/* One turn of what the broker does as time passes. */
static size_t
end_overdue(bool *ret_more)
{
	struct broker *b = &region.broker;
	size_t         n = 0;

	must(store_begin(b->store));
	must(delivery_end_overdue(b, &n, ret_more));
	must(journal_seal_batch(b->journal));
	must(store_commit(b->store));
	must(journal_commit(b->journal));
	return n;
}

static uint64_t
waiting(void)
{
	uint64_t n = 0;
	must(store_count_all_pending(region.broker.store, &n));
	return n;
}

static size_t
received(void)
{
	AUTO(message_destroy) Sluis__Answer *a = NULL;
	Sluis__Receive                       m = SLUIS__RECEIVE__INIT;
	Sluis__Head                          head;
	uint8_t                              id[ID_BYTES];

	head_make(&region, &police, id, &head);
	m.head = &head;
	a      = region_ask(&region, &police, TYPE_RECEIVE, &m.base);
	return a->n_deliveries;
}

static void
a_copy_within_its_term_stays(void **state)
{
	bool more = true;

	(void)state;
	share_with_police();
	region.broker.now_ms += 5 * (uint64_t)DAY_MS;
	assert_int_equal(end_overdue(&more), 0);
	assert_false(more);
	assert_int_equal(waiting(), 1);
	assert_int_equal(received(), 1);
}

static void
a_copy_past_its_term_is_erased_and_journalled(void **state)
{
	AUTO(message_destroy) Sluis__Leaf *leaf  = NULL;
	AUTO(buf_wipe) struct buf          bytes = buf_init(LEAF_MAX);
	uint64_t                           ruling;
	bool                               more = true;

	(void)state;
	ruling = journal_size(region.broker.journal);
	share_with_police();
	uint64_t last = journal_size(region.broker.journal);
	region.broker.now_ms += 400 * (uint64_t)DAY_MS;
	assert_int_equal(end_overdue(&more), 1);
	assert_false(more);
	assert_int_equal(waiting(), 0);
	must(store_get_leaf(region.broker.store, last, &bytes, NULL));
	leaf = sluis__leaf__unpack(NULL, bytes.n, bytes.p);
	assert_non_null(leaf);
	assert_int_equal(leaf->kind, SLUIS__EVENT_KIND__EVENT_UNDELIVERED);
	assert_int_equal(leaf->refers_to, ruling);
	assert_string_equal(leaf->recipient_oin, OIN_POLICE);
	assert_int_equal(end_overdue(&more), 0); /* once */
}

static void
more_than_a_page_is_said_to_be_more(void **state)
{
	bool more = false;

	(void)state;
	for (int i = 0; i < 70; i++) share_with_police();
	region.broker.now_ms += 400 * (uint64_t)DAY_MS;
	assert_int_equal(end_overdue(&more), 64);
	assert_true(more);
	assert_int_equal(end_overdue(&more), 6);
	assert_false(more);
	assert_int_equal(waiting(), 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_copy_within_its_term_stays),
	    T(a_copy_past_its_term_is_erased_and_journalled),
	    T(more_than_a_page_is_said_to_be_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

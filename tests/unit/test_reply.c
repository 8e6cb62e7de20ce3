/* SPDX-License-Identifier: EUPL-1.2 */
/* test_reply.c - an answer promises nothing before the commit, and can always be taken
 * back. */
#include "broker/reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "proto/message.h"
#include "proto/receipt.h"
#include "support/region.h"

static struct region      region;
static const struct route route = {DOOR_AGENCY, 1, {1}, 0, 0, 0};

static int
make(void **state)
{
	(void)state;
	region_open(&region);
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	region_close(&region);
	return 0;
}

static uint64_t
append(void)
{
	Sluis__Leaf leaf  = SLUIS__LEAF__INIT;
	uint64_t    index = 0;
	must(journal_append(
	    region.broker.journal, &leaf, slice_str("detail"), 1, &index, NULL));
	return index;
}

static void
commit(void)
{
	must(journal_seal_batch(region.broker.journal));
	must(store_commit(region.broker.store));
	must(journal_commit(region.broker.journal));
}

static Sluis__Answer *
finish(struct reply *r)
{
	AUTO(buf_wipe) struct buf out = buf_init(ANSWER_MAX);
	must(reply_finish(
	    r, region.broker.journal, policy_hash(region.broker.policy), 77, &out));
	Sluis__Answer *a = sluis__answer__unpack(NULL, out.n, out.p);
	assert_non_null(a);
	return a;
}

static void
receipts_are_filled_only_when_the_answer_is_finished(void **state)
{
	AUTO(reply_wipe) struct reply        r;
	AUTO(message_destroy) Sluis__Answer *a = NULL;
	struct checkpoint                    c;
	(void)state;
	must(store_begin(region.broker.store));
	must(reply_init(&r, &route, slice_str("0123456789abcdef")));
	must(reply_set_code(&r, RC_OK, NULL));
	must(reply_add_receipt(&r, append(), true, true));
	must(reply_add_receipt(&r, append(), false, false));
	assert_false(r.answer->receipts[0]->has_leaf);
	assert_null(r.answer->receipts[0]->checkpoint);
	commit();
	assert_false(r.answer->receipts[0]->has_leaf);
	a = finish(&r);
	assert_string_equal(a->code, "ok");
	assert_int_equal(a->broker_time_ms, 77);
	assert_int_equal(
	    receipt_verify(a->receipts[0], journal_verifier(region.broker.journal), &c),
	    RC_OK);
	assert_int_equal(c.size, 2); /* the head that covers both */
	assert_true(a->receipts[0]->has_detail);
	assert_true(a->receipts[1]->has_leaf);
	assert_false(a->receipts[1]->has_detail);
	assert_null(a->receipts[1]->checkpoint);
}

static rc
finish_into(struct reply *r, struct buf *out)
{
	return reply_finish(
	    r, region.broker.journal, policy_hash(region.broker.policy), 77, out);
}

/* Receipts are lent to an answer while it is packed: none stays behind, and one that did
 * not fit is made again as a whole. */
static void
an_answer_can_be_finished_again(void **state)
{
	AUTO(reply_wipe) struct reply r;
	AUTO(buf_wipe)
	struct buf small = buf_init(600), once = buf_init(ANSWER_MAX),
	           again = buf_init(ANSWER_MAX);
	(void)state;
	must(store_begin(region.broker.store));
	must(reply_init(&r, &route, slice_str("0123456789abcdef")));
	must(reply_add_receipt(&r, append(), true, true));
	must(reply_add_receipt(&r, append(), true, true));
	commit();
	assert_int_equal(finish_into(&r, &small), RC_TOO_LARGE);
	must(finish_into(&r, &once));
	assert_false(r.answer->receipts[0]->has_leaf);
	assert_int_equal(r.answer->receipts[1]->n_proof, 0);
	assert_null(r.answer->receipts[1]->checkpoint);
	must(finish_into(&r, &again));
	assert_true(slice_equal(buf_slice(&once), buf_slice(&again)));
	AUTO(message_destroy)
	Sluis__Answer *a = sluis__answer__unpack(NULL, again.n, again.p);
	assert_true(a->receipts[0]->has_leaf && a->receipts[1]->has_leaf);
	assert_non_null(a->receipts[1]->checkpoint);
}

static void
what_was_done_is_told_although_the_case_does_not_fit(void **state)
{
	AUTO(reply_wipe) struct reply r;
	(void)state;
	must(reply_init(&r, &route, slice_str("0123456789abcdef")));
	Sluis__CaseView *view =
	    message_add(&r.answer->n_cases, &r.answer->cases, sizeof *view);
	assert_non_null(view);
	sluis__case_view__init(view);
	assert_false(reply_leave_out_cases(&r)); /* it says nothing else */
	assert_int_equal(r.answer->n_cases, 1);
	must(reply_add_receipt(&r, 0, true, true));
	assert_true(reply_leave_out_cases(&r));
	assert_int_equal(r.answer->n_cases, 0);
	assert_int_equal(r.answer->n_receipts, 1);
	assert_false(reply_leave_out_cases(&r));
}

static void
a_failed_answer_keeps_its_request_and_nothing_else(void **state)
{
	AUTO(reply_wipe) struct reply        r;
	AUTO(message_destroy) Sluis__Answer *a = NULL;
	(void)state;
	must(reply_init(&r, &route, slice_str("0123456789abcdef")));
	must(reply_set_code(&r, RC_OK, "persons[0]"));
	must(reply_add_receipt(&r, 1000, true, true)); /* never to be kept */
	must(message_text(&r.answer->rule, "rule"));
	must(reply_fail(&r, RC_DISK));
	a = finish(&r);
	assert_string_equal(a->code, "storage_failed");
	assert_memory_equal(a->request_id.data, "0123456789abcdef", 16);
	assert_int_equal(a->n_receipts, 0);
	assert_null(a->where);
	assert_null(a->rule);
	assert_true(route_equal(&r.to, &route));
}

static void
a_failed_answer_without_a_request_has_none(void **state)
{
	AUTO(reply_wipe) struct reply        r;
	AUTO(message_destroy) Sluis__Answer *a = NULL;
	(void)state;
	must(reply_init(&r, &route, slice_of(NULL, 0)));
	must(reply_fail(&r, RC_MALFORMED));
	must(reply_fail(&r, RC_NOMEM)); /* twice is no harm */
	a = finish(&r);
	assert_string_equal(a->code, "out_of_memory");
	assert_false(a->has_request_id);
}

static void
a_promise_that_cannot_be_kept_fails_the_answer(void **state)
{
	AUTO(reply_wipe) struct reply r;
	AUTO(buf_wipe) struct buf     out = buf_init(ANSWER_MAX);
	(void)state;
	must(reply_init(&r, &route, slice_str("0123456789abcdef")));
	must(reply_add_receipt(&r, 1000, true, true));
	assert_int_equal(reply_finish(&r, region.broker.journal,
	                     policy_hash(region.broker.policy), 1, &out),
	    RC_NOT_FOUND);
	assert_int_equal(out.n, 0);
	must(reply_fail(&r, RC_NOT_FOUND));
	must(reply_finish(
	    &r, region.broker.journal, policy_hash(region.broker.policy), 1, &out));
}

/* Who asks for entry 0 is told that it does not hold. */
static void
assert_refused(bool with_proof)
{
	AUTO(reply_wipe) struct reply r;
	AUTO(buf_wipe) struct buf     out = buf_init(ANSWER_MAX);

	must(reply_init(&r, &route, slice_str("0123456789abcdef")));
	must(reply_add_receipt(&r, 0, true, with_proof));
	assert_int_equal(reply_finish(&r, region.broker.journal,
	                     policy_hash(region.broker.policy), 1, &out),
	    RC_BAD_TREE);
}

/* The first of two entries opens no more: who reads both gets the other one whole, and
 * who asks for its receipt gets the entry, proven. */
static void
a_detail_that_opens_no_more_spoils_no_answer(void **state)
{
	AUTO(reply_wipe) struct reply        r;
	AUTO(message_destroy) Sluis__Answer *a = NULL;
	(void)state;
	must(store_begin(region.broker.store));
	(void)append();
	commit();
	region_lose_master(&region);
	must(store_begin(region.broker.store));
	must(reply_init(&r, &route, slice_str("0123456789abcdef")));
	must(reply_set_code(&r, RC_OK, NULL));
	must(reply_add_receipt(&r, 0, true, false));
	must(reply_add_receipt(&r, append(), true, false));
	must(reply_add_receipt(&r, 0, true, true));
	commit();
	a = finish(&r);
	assert_true(a->receipts[0]->has_leaf && !a->receipts[0]->has_detail);
	assert_true(a->receipts[1]->has_leaf && a->receipts[1]->has_detail);
	assert_true(a->receipts[2]->has_leaf && !a->receipts[2]->has_detail);
	assert_non_null(a->receipts[2]->checkpoint);
}

/* Taken out of the database: that is damage, and not left out in silence. */
static void
a_detail_that_was_taken_away_is_told_of(void **state)
{
	(void)state;
	must(store_begin(region.broker.store));
	(void)append();
	commit();
	region_end(&region);
	region_sql(region.config->state_dir, "sluis.db", "UPDATE leaf SET detail = NULL");
	must(region_begin(&region));
	assert_refused(false);
	assert_refused(true);
}

static void
an_answer_beyond_its_limit_is_refused(void **state)
{
	AUTO(reply_wipe) struct reply r;
	AUTO(buf_wipe) struct buf     out = buf_init(20);
	(void)state;
	must(reply_init(&r, &route, slice_str("0123456789abcdef")));
	must(reply_set_code(&r, RC_NOT_ENROLLED, NULL));
	assert_int_equal(reply_finish(&r, region.broker.journal,
	                     policy_hash(region.broker.policy), 1, &out),
	    RC_TOO_LARGE);
	assert_int_equal(out.n, 0);
}

static void
a_code_replaces_the_one_before(void **state)
{
	AUTO(reply_wipe) struct reply r;
	(void)state;
	must(reply_init(&r, &route, slice_of(NULL, 0)));
	must(reply_set_code(&r, RC_CIE, "a.b"));
	must(reply_set_code(&r, RC_OK, ""));
	assert_string_equal(r.answer->code, "ok");
	assert_null(r.answer->where);
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(receipts_are_filled_only_when_the_answer_is_finished),
	    T(an_answer_can_be_finished_again),
	    T(what_was_done_is_told_although_the_case_does_not_fit),
	    T(a_failed_answer_keeps_its_request_and_nothing_else),
	    T(a_failed_answer_without_a_request_has_none),
	    T(a_promise_that_cannot_be_kept_fails_the_answer),
	    T(a_detail_that_opens_no_more_spoils_no_answer),
	    T(a_detail_that_was_taken_away_is_told_of),
	    T(an_answer_beyond_its_limit_is_refused),
	    T(a_code_replaces_the_one_before),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

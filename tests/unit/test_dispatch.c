/* SPDX-License-Identifier: EUPL-1.2 */
/* test_dispatch.c - copies wait for their desk, and desks for their copies. */
#include "broker/outbox/dispatch.h"

#include <setjmp.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "broker/outbox/outbox.h"
#include "broker/seal.h"
#include "broker/store/snapshot.h"
#include "support/logged.h"
#include "support/region.h"

enum { SENT_MAX = 16 };

#define NOW REGION_NOW_MS

static struct region region;
static struct person police, nla;

static int
make(void **state)
{
	(void)state;
	region_open(&region);
	person_enrolled(&region, OIN_POLICE, "avim", &police);
	person_enrolled(&region, OIN_NLA, "opsporing", &nla);
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	person_wipe(&police);
	person_wipe(&nla);
	region_close(&region);
	return 0;
}

static bool   fail_steps;
static size_t n_steps;
int           __real_sqlite3_step(sqlite3_stmt *q);
int           __wrap_sqlite3_step(sqlite3_stmt *q);

int
__wrap_sqlite3_step(sqlite3_stmt *q)
{
	n_steps++;
	return fail_steps ? SQLITE_IOERR : __real_sqlite3_step(q);
}

static size_t n_questions; /* for keys */
static bool   no_keeper;
rc __real_keeper_unwrap(struct keeper_line *line, struct unwrapping *all, size_t n);
rc __wrap_keeper_unwrap(struct keeper_line *line, struct unwrapping *all, size_t n);

rc
__wrap_keeper_unwrap(struct keeper_line *line, struct unwrapping *all, size_t n)
{
	n_questions++;
	return no_keeper ? RC_CRYPTO : __real_keeper_unwrap(line, all, n);
}

/* --- help -----------------------------------------------------------------------------
 */

static struct broker *
b(void)
{
	return &region.broker;
}

static void
commit(void)
{
	must(journal_seal_batch(b()->journal));
	must(store_commit(b()->store));
	must(journal_commit(b()->journal));
}

/* A copy of N bytes for P in the open transaction. */
static struct delivery
put_parcel(const struct person *p, size_t n, bool notice)
{
	AUTO(buf_wipe) struct buf plain = buf_init(1 << 20), sealed = buf_init(1 << 20);
	Sluis__Leaf               leaf = SLUIS__LEAF__INIT;
	struct delivery           d    = {.expires_ms = 1, .notice = notice};
	uint8_t key[KEY_BYTES], wrapped[WRAPPED_BYTES], address[ID_BYTES];

	must(journal_append(b()->journal, &leaf, slice_of(NULL, 0), 1, &d.leaf, NULL));
	randombytes_buf(d.id, sizeof d.id);
	(void)snprintf(d.oin, sizeof d.oin, "%s", p->oin);
	(void)snprintf(d.desk, sizeof d.desk, "%s", p->desk);
	must(store_next_seq(b()->store, &d.seq));
	must(keeper_fresh_key(b()->line, key, wrapped));
	(void)buf_extend(&plain, NONCE_BYTES + n);
	seal_address(d.id, d.oin, d.desk, address);
	must(seal_copy(key, address, d.seq, buf_slice(&plain), &sealed));
	must(store_put_delivery(
	    b()->store, &d, &sealed, slice_of(wrapped, sizeof wrapped)));
	must(dispatch_added(b()->dispatch, &d));
	return d;
}

static struct delivery
put_copy(const struct person *p, size_t n)
{
	return put_parcel(p, n, false);
}

static struct delivery
committed_notice(const struct person *p)
{
	must(store_begin(b()->store));
	struct delivery d = put_parcel(p, 100, true);
	commit();
	return d;
}

static struct delivery
committed_copy(const struct person *p)
{
	must(store_begin(b()->store));
	struct delivery d = put_copy(p, 100);
	commit();
	return d;
}

static void
acknowledge(struct delivery *d)
{
	must(store_begin(b()->store));
	must(store_finish_delivery(b()->store, d->seq, 0));
	dispatch_finished(b()->dispatch, d);
	commit();
}

static struct ask
ask_of(const struct person *p, uint64_t lease_ms, size_t max)
{
	struct ask a = {.until_ms = NOW, .lease_ms = lease_ms, .max = max};
	(void)snprintf(a.oin, sizeof a.oin, "%s", p->oin);
	(void)snprintf(a.desk, sizeof a.desk, "%s", p->desk);
	return a;
}

static const struct route route_1 = {DOOR_AGENCY, 1, {1}, 0, 0, 0},
                          route_2 = {DOOR_AGENCY, 1, {2}, 0, 0, 0};

/* How many copies P gets at NOW_MS. */
static size_t
take(const struct person *p, uint64_t lease_ms, size_t max, uint64_t now_ms)
{
	struct reply r;
	struct ask   a = ask_of(p, lease_ms, max);
	size_t       n = 99;
	must(reply_init(&r, &route_1, slice_of(NULL, 0)));
	assert_int_equal(dispatch_take(b()->dispatch, &a, now_ms, &r, &n), RC_OK);
	assert_int_equal(r.answer->n_deliveries, n);
	assert_int_equal(r.n_promised, n);
	reply_wipe(&r);
	return n;
}

static rc
take_one(const struct person *p, const uint8_t *id, uint64_t lease_ms, size_t *n)
{
	struct reply r;
	struct ask   a = ask_of(p, lease_ms, 1);
	a.one          = true;
	memcpy(a.id, id, ID_BYTES);
	must(reply_init(&r, &route_1, slice_of(NULL, 0)));
	rc code = dispatch_take(b()->dispatch, &a, NOW, &r, n);
	if (code == RC_OK)
		assert_memory_equal(
		    r.answer->deliveries[0]->delivery_id.data, id, ID_BYTES);
	reply_wipe(&r);
	return code;
}

static struct sent {
	size_t n;
	struct {
		struct route route;
		char         code[64];
		size_t       copies;
		uint8_t      request;
	} at[SENT_MAX];
} sent;

static void
note_sent(void *arg, struct reply *r)
{
	(void)arg;
	assert_true(sent.n < SENT_MAX);
	sent.at[sent.n].route  = r->to;
	sent.at[sent.n].copies = r->answer->n_deliveries;
	sent.at[sent.n].request =
	    r->answer->has_request_id ? r->answer->request_id.data[0] : 0;
	(void)snprintf(sent.at[sent.n++].code, 64, "%s", r->answer->code);
}

static rc
park(const struct person *p, const struct route *to, uint8_t request, uint64_t until_ms,
    uint64_t lease_ms)
{
	uint8_t      id[ID_BYTES] = {request};
	struct reply r;
	struct ask   a = ask_of(p, lease_ms, 16);
	a.until_ms     = until_ms;
	must(reply_init(&r, to, slice_of(id, sizeof id)));
	rc code = dispatch_park(b()->dispatch, &a, p->keys.curve_public, &r);
	assert_int_equal(r.parked, code == RC_OK);
	if (code == RC_OK) assert_null(r.answer);
	reply_wipe(&r);
	return code;
}

static void
wake(uint64_t now_ms)
{
	sent = (struct sent){0};
	must(dispatch_wake(
	    b()->dispatch, b()->registry, b()->trust, now_ms, note_sent, NULL));
}

/* A copy for P as submissions leave them, of the largest class; committed. */
static void
largest_copy(const struct person *p)
{
	AUTO(buf_wipe) struct buf copy = buf_init(COPY_MAX);
	static const uint8_t      salt[NONCE_BYTES];
	Sluis__Leaf               leaf   = SLUIS__LEAF__INIT;
	struct parcel             parcel = {.oin = p->oin,
	                .desk                    = p->desk,
	                .salt                    = slice_of(salt, sizeof salt),
	                .expires_ms              = 1};

	assert_non_null(buf_extend(&copy, COPY_MAX));
	parcel.copy = buf_slice(&copy);
	must(store_begin(b()->store));
	must(journal_append(
	    b()->journal, &leaf, slice_of(NULL, 0), 1, &parcel.leaf, NULL));
	must(outbox_put(b(), &parcel));
	commit();
}

/* --- taking ---------------------------------------------------------------------- */

static void
a_desk_gets_its_own_copies_only(void **state)
{
	(void)state;
	committed_copy(&police);
	committed_copy(&police);
	assert_int_equal(take(&nla, 0, 10, NOW), 0);
	assert_int_equal(take(&police, 0, 10, NOW), 2);
	assert_int_equal(take(&police, 0, 1, NOW), 1);
	assert_int_equal(take(&police, 0, 10, NOW), 2); /* looking hides nothing */
}

static void
a_leased_copy_comes_again_when_its_lease_ends(void **state)
{
	(void)state;
	committed_copy(&police);
	assert_int_equal(take(&police, 500, 10, NOW), 1);
	assert_int_equal(take(&police, 500, 10, NOW), 0);
	assert_int_equal(take(&police, 0, 10, NOW + 499), 0);
	assert_int_equal(take(&police, 500, 10, NOW + 500), 1);
}

static void
leases_of_one_desk_hide_nothing_from_another(void **state)
{
	(void)state;
	committed_copy(&police);
	committed_copy(&nla);
	assert_int_equal(take(&police, 500, 10, NOW), 1);
	assert_int_equal(take(&nla, 500, 10, NOW), 1);
}

static void
an_acknowledged_copy_does_not_come_again(void **state)
{
	struct delivery d = committed_copy(&police);
	size_t          n = 0;
	(void)state;
	assert_int_equal(take(&police, 500, 10, NOW), 1);
	acknowledge(&d);
	assert_int_equal(take(&police, 0, 10, NOW + 10000), 0);
	assert_int_equal(take_one(&police, d.id, 0, &n), RC_NOT_FOUND);
	assert_int_equal(n, 0);
}

static void
a_single_copy_is_found_by_its_own_desk_only(void **state)
{
	struct delivery d      = committed_copy(&police);
	uint8_t         no[16] = {1};
	size_t          n      = 0;
	(void)state;
	committed_copy(&police);
	struct person colleague = police; /* of another desk of the same party */
	(void)snprintf(colleague.desk, sizeof colleague.desk, "other");
	assert_int_equal(take_one(&colleague, d.id, 0, &n), RC_NOT_FOUND);
	assert_int_equal(take_one(&nla, d.id, 0, &n), RC_NOT_FOUND);
	assert_int_equal(take_one(&police, no, 0, &n), RC_NOT_FOUND);
	assert_int_equal(n, 0);
	assert_int_equal(take_one(&police, d.id, 0, &n), RC_OK);
	assert_int_equal(n, 1);
}

static void
a_single_copy_taken_with_a_lease_is_hidden_too(void **state)
{
	struct delivery d = committed_copy(&police);
	size_t          n = 0;
	(void)state;
	assert_int_equal(take_one(&police, d.id, 500, &n), RC_OK);
	assert_int_equal(take(&police, 0, 10, NOW + 1), 0);
	assert_int_equal(take(&police, 0, 10, NOW + 500), 1);
}

static void
leases_in_any_order_hide_their_own_copy_and_no_other(void **state)
{
	static const size_t order[] = {5, 2, 7, 0, 3, 5};
	struct delivery     d[9];
	size_t              n = 0;
	(void)state;
	for (size_t i = 0; i < 9; i++) d[i] = committed_copy(&police);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(take_one(&police, d[order[i]].id, 500, &n), RC_OK);
	assert_int_equal(take(&police, 0, 20, NOW), 4); /* 1, 4, 6, 8 */
	acknowledge(&d[2]);
	acknowledge(&d[7]);
	acknowledge(&d[8]);
	assert_int_equal(take(&police, 500, 20, NOW), 3);
	assert_int_equal(take(&police, 0, 20, NOW), 0);
	assert_int_equal(take(&police, 0, 20, NOW + 500), 6);
}

static void
every_desk_has_a_queue_of_its_own_however_many_there_are(void **state)
{
	char oin[OIN_DIGITS + 1];
	(void)state;
	committed_copy(&police);
	for (int again = 0; again < 2; again++)
		for (int i = 0; i < 1000; i++) {
			(void)snprintf(oin, sizeof oin, "%020d", i);
			assert_int_equal(
			    dispatch_room(b()->dispatch, oin, "desk"), RC_OK);
			assert_false(dispatch_is_deaf(b()->dispatch, oin, "desk"));
		}
	assert_int_equal(take(&police, 0, 20, NOW), 1);
	assert_int_equal(take(&nla, 0, 20, NOW), 0);
}

static void
more_copies_than_a_page_are_all_found(void **state)
{
	(void)state;
	must(store_begin(b()->store));
	for (int i = 0; i < 200; i++) (void)put_copy(&police, 10);
	commit();
	assert_int_equal(take(&police, 0, 256, NOW), 200);
	assert_int_equal(take(&police, 500, 100, NOW), 100);
	assert_int_equal(take(&police, 500, 256, NOW), 100); /* behind 100 leased ones */
	assert_int_equal(take(&police, 500, 256, NOW), 0);
}

static void
an_answer_stays_below_what_a_client_takes(void **state)
{
	(void)state;
	must(store_begin(b()->store));
	for (int i = 0; i < 40; i++) (void)put_copy(&police, 128 * 1024);
	commit();
	size_t n = take(&police, 500, 256, NOW); /* 256 KiB and the copy that passes it */
	assert_in_range(n, 2, 3);
	assert_true(take(&police, 500, 256, NOW) > 0);
}

/* Take for P with a lease and acknowledge all of it; returns how many. */
static size_t
take_and_finish(const struct person *p)
{
	struct reply    r;
	struct ask      a = ask_of(p, 500, 256);
	struct delivery d;
	size_t          n = 0;

	must(reply_init(&r, &route_1, slice_of(NULL, 0)));
	must(dispatch_take(b()->dispatch, &a, NOW, &r, &n));
	must(store_begin(b()->store));
	for (size_t i = 0; i < n; i++) {
		must(store_get_delivery(
		    b()->store, r.answer->deliveries[i]->delivery_id.data, &d));
		must(store_finish_delivery(b()->store, d.seq, 0));
		dispatch_finished(b()->dispatch, &d);
	}
	commit();
	reply_wipe(&r);
	return n;
}

static void
who_finishes_what_it_is_given_is_given_more_at_once(void **state)
{
	(void)state;
	must(store_begin(b()->store));
	for (int i = 0; i < 70; i++) (void)put_copy(&police, 128 * 1024);
	commit();
	assert_int_equal(take_and_finish(&police), 2);
	assert_int_equal(take_and_finish(&police), 4);
	assert_int_equal(take_and_finish(&police), 8);
	assert_int_equal(take_and_finish(&police), 16);
	assert_int_equal(take_and_finish(&police), 16);  /* 2 MiB */
	assert_int_equal(take(&police, 0, 256, NOW), 2); /* looking finishes nothing */
	assert_int_equal(take(&police, 500, 256, NOW), 16);
	assert_int_equal(take(&police, 500, 256, NOW), 2); /* not one of them finished */
}

static void
keys_of_a_page_are_one_question(void **state)
{
	(void)state;
	must(store_begin(b()->store));
	for (int i = 0; i < 128; i++) (void)put_copy(&police, 10);
	commit();
	n_questions = 0;
	assert_int_equal(take(&police, 500, 256, NOW), 128);
	assert_int_equal(n_questions, 2);
}

static void
a_lease_that_ends_before_others_brings_its_copy_back(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) committed_copy(&police);
	assert_int_equal(take(&police, 500, 1, NOW), 1);
	assert_int_equal(take(&police, 900, 10, NOW), 2);
	assert_int_equal(take(&police, 900, 10, NOW + 499), 0);
	assert_int_equal(take(&police, 900, 10, NOW + 500), 1);
	assert_int_equal(take(&police, 900, 10, NOW + 900), 2);
}

static void
what_was_not_finished_after_all_comes_again(void **state)
{
	struct delivery d[2] = {committed_copy(&police), committed_copy(&police)};
	(void)state;
	assert_int_equal(take(&police, 900, 10, NOW), 2);
	must(store_begin(b()->store));
	must(store_finish_delivery(b()->store, d[0].seq, 0));
	dispatch_finished(b()->dispatch, &d[0]);
	store_rollback(b()->store);
	dispatch_recount_copies(b()->dispatch);
	assert_int_equal(take(&police, 900, 10, NOW), 1); /* the other is leased */
}

/* The first byte of the first copy that waits for the police; -1: none does. */
static int
first_byte(void)
{
	struct reply r;
	struct ask   a = ask_of(&police, 0, 1);
	size_t       n = 0;

	must(reply_init(&r, &route_1, slice_of(NULL, 0)));
	must(dispatch_take(b()->dispatch, &a, NOW, &r, &n));
	int byte = n == 0 ? -1 : r.answer->deliveries[0]->copy.data[0];
	if (n != 0) assert_int_equal(r.answer->deliveries[0]->copy.len, 100);
	reply_wipe(&r);
	return byte;
}

/* What put_copy() seals is zero: a copy of other bytes was not opened. */
static void
keep_as(const struct delivery *d, int byte)
{
	AUTO(buf_wipe) struct buf plain = buf_init(1000);
	uint8_t                  *p     = buf_extend(&plain, NONCE_BYTES + 100);

	memset(p, byte, NONCE_BYTES + 100);
	dispatch_keep(b()->dispatch, d->seq, &plain);
	assert_null(plain.p);
}

static void
a_copy_of_this_turn_needs_not_be_opened_and_of_a_former_one_does(void **state)
{
	struct delivery d;
	(void)state;
	must(store_begin(b()->store));
	d = put_copy(&police, 100);
	keep_as(&d, 'k');
	assert_int_equal(first_byte(), 'k');
	assert_int_equal(first_byte(), 'k'); /* looking takes nothing away */
	commit();
	assert_int_equal(first_byte(), 'k');
	wake(NOW);
	assert_int_equal(first_byte(), 0);
}

/* Of this turn, and sealed by now. */
static void
a_copy_of_the_largest_class_is_handed_out(void **state)
{
	(void)state;
	must(park(&police, &route_1, 1, NOW + 1000, 0));
	largest_copy(&police);
	wake(NOW);
	assert_int_equal(sent.n, 1);
	assert_int_equal(sent.at[0].copies, 1);
	assert_int_equal(take(&police, 0, 10, NOW), 1);
	must(snapshot_check(b()->store, &(uint64_t){0}));
}

static void
a_copy_that_was_undone_is_not_handed_out_for_its_successor(void **state)
{
	struct delivery d, again;
	(void)state;
	must(store_begin(b()->store));
	d = put_copy(&police, 100);
	keep_as(&d, 'k');
	store_rollback(b()->store);
	dispatch_recount(b()->dispatch);
	must(journal_reload(b()->journal));
	assert_int_equal(first_byte(), -1);
	must(store_begin(b()->store));
	again = put_copy(&police, 100);
	assert_int_equal(again.seq, d.seq);
	assert_int_equal(first_byte(), 0);
	commit();
}

static void
of_copies_kept_there_is_a_limit_and_one_that_ended_is_wiped(void **state)
{
	AUTO(buf_wipe) struct buf large = buf_init(8 * 1024 * 1024);
	struct delivery           d;
	(void)state;
	must(store_begin(b()->store));
	d = put_copy(&police, 100);
	assert_non_null(buf_extend(&large, 5 * 1024 * 1024));
	dispatch_keep(b()->dispatch, d.seq, &large);
	assert_non_null(large.p); /* not taken over */
	large.n = 3 * 1024 * 1024;
	dispatch_keep(b()->dispatch, d.seq, &large);
	assert_null(large.p);
	must(store_finish_delivery(b()->store, d.seq, 0));
	dispatch_finished(b()->dispatch, &d);
	assert_int_equal(first_byte(), -1);
	large = buf_init(8 * 1024 * 1024); /* its room is free again */
	assert_non_null(buf_extend(&large, 3 * 1024 * 1024));
	d = put_copy(&police, 100);
	dispatch_keep(b()->dispatch, d.seq, &large);
	assert_null(large.p);
	commit();
}

static void
no_more_leases_than_the_limit(void **state)
{
	struct delivery d[4];
	(void)state;
	region.config->leases_max = 3;
	for (int i = 0; i < 4; i++) d[i] = committed_copy(&police);
	assert_int_equal(take(&police, 500, 10, NOW), 3);
	assert_int_equal(take(&police, 500, 10, NOW), 0);
	assert_int_equal(take(&police, 0, 10, NOW), 1); /* looking needs none */
	acknowledge(&d[0]);
	assert_int_equal(take(&police, 500, 10, NOW), 1);
}

static void
a_damaged_copy_is_passed_over_and_hurts_no_other(void **state)
{
	struct delivery bad = committed_copy(&police);
	struct delivery key = committed_copy(&police);
	size_t          n   = 0;
	(void)state;
	committed_copy(&police);
	region_restart(&region); /* members go: they were never in the store */
	dispatch_destroy(&b()->dispatch);
	journal_destroy(&b()->journal);
	store_destroy(&b()->store);
	char sql[128];
	(void)snprintf(sql, sizeof sql,
	    "UPDATE copy SET sealed = zeroblob(200) WHERE seq = %d", (int)bad.seq);
	region_sql(region.config->state_dir, "sluis.db", sql);
	(void)snprintf(sql, sizeof sql, "DELETE FROM key WHERE id = %d", (int)key.seq);
	region_sql(region.config->state_dir, "keys.db", sql);
	must(store_open(&b()->store, region.config->state_dir));
	must(store_unlock(b()->store, b()->line));
	must(journal_open(&b()->journal, b()->store, REGION_ORIGIN, b()->line));
	must(dispatch_new(&b()->dispatch, b()->store, region.config, b()->line));
	must(person_enrol(&region, &police));

	assert_int_equal(take(&police, 0, 10, NOW), 1);
	assert_int_equal(take_one(&police, bad.id, 0, &n), RC_NOT_FOUND);
	assert_int_equal(take_one(&police, key.id, 0, &n), RC_NOT_FOUND);
	must(park(&police, &route_1, 1, NOW + 100, 0));
	wake(NOW);
	assert_int_equal(sent.n, 1);
	assert_int_equal(sent.at[0].copies, 1);
}

static void
without_a_keeper_no_copy_passes_for_damaged(void **state)
{
	struct delivery d = committed_copy(&police);
	size_t          n = 0;
	(void)state;
	wake(NOW); /* what was kept in memory goes */
	logged[LOG_COPY_UNREADABLE] = 0;
	no_keeper                   = true;
	rc code                     = take_one(&police, d.id, 0, &n);
	no_keeper                   = false;
	assert_int_equal(code, RC_CRYPTO);
	assert_int_equal(logged[LOG_COPY_UNREADABLE], 0);
	assert_int_equal(take_one(&police, d.id, 0, &n), RC_OK);
}

/* --- room ------------------------------------------------------------------------ */

static void
a_full_desk_takes_no_more_and_others_do(void **state)
{
	(void)state;
	region.config->outbox_desk_max = 2;
	struct delivery d              = committed_copy(&police);
	assert_int_equal(dispatch_room(b()->dispatch, OIN_POLICE, "avim"), RC_OK);
	committed_copy(&police);
	assert_int_equal(dispatch_room(b()->dispatch, OIN_POLICE, "avim"), RC_QUEUE_FULL);
	assert_int_equal(dispatch_room(b()->dispatch, OIN_NLA, "opsporing"), RC_OK);
	acknowledge(&d);
	assert_int_equal(dispatch_room(b()->dispatch, OIN_POLICE, "avim"), RC_OK);
}

static void
a_full_house_takes_no_more_for_anybody(void **state)
{
	(void)state;
	region.config->outbox_max = 2;
	struct delivery d         = committed_copy(&police);
	assert_int_equal(dispatch_room(b()->dispatch, OIN_NLA, "opsporing"), RC_OK);
	committed_copy(&police);
	assert_int_equal(
	    dispatch_room(b()->dispatch, OIN_NLA, "opsporing"), RC_QUEUE_FULL);
	acknowledge(&d);
	assert_int_equal(dispatch_room(b()->dispatch, OIN_NLA, "opsporing"), RC_OK);
}

static void
notices_take_no_room_of_signals_before_and_after_a_restart(void **state)
{
	(void)state;
	region.config->outbox_max       = 2;
	region.config->outbox_desk_max  = 1;
	region.config->notices_max      = 3;
	region.config->notices_desk_max = 2;
	struct delivery first           = committed_notice(&police);
	assert_false(dispatch_is_deaf(b()->dispatch, OIN_POLICE, "avim"));
	committed_notice(&police);
	assert_int_equal(dispatch_notice_room(b()->dispatch), RC_OK);
	committed_notice(&nla);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(dispatch_notice_room(b()->dispatch), RC_QUEUE_FULL);
		assert_true(dispatch_is_deaf(b()->dispatch, OIN_POLICE, "avim"));
		assert_false(dispatch_is_deaf(b()->dispatch, OIN_NLA, "opsporing"));
		assert_int_equal(dispatch_room(b()->dispatch, OIN_POLICE, "avim"), RC_OK);
		region_restart(&region);
		must(person_enrol(&region, &police));
	}
	acknowledge(&first);
	assert_int_equal(dispatch_notice_room(b()->dispatch), RC_OK);
	assert_false(dispatch_is_deaf(b()->dispatch, OIN_POLICE, "avim"));
	committed_copy(&police);
	assert_int_equal(dispatch_room(b()->dispatch, OIN_POLICE, "avim"), RC_QUEUE_FULL);
}

/* Opened again, nothing of the queues is in memory: counting must agree with the store.
 */
static void
copies_are_counted_once_after_a_restart(void **state)
{
	struct delivery d[3];
	(void)state;
	region.config->outbox_desk_max = 3;
	for (int i = 0; i < 3; i++) d[i] = committed_copy(&police);
	region_restart(&region);
	must(person_enrol(&region, &police));
	acknowledge(&d[0]); /* before anybody asked about this desk */
	assert_int_equal(dispatch_room(b()->dispatch, OIN_POLICE, "avim"), RC_OK);
	committed_copy(&police);
	assert_int_equal(dispatch_room(b()->dispatch, OIN_POLICE, "avim"), RC_QUEUE_FULL);
	region_restart(&region);
	must(person_enrol(&region, &police));
	region.config->outbox_desk_max = 5;
	committed_copy(&police); /* likewise */
	assert_int_equal(dispatch_room(b()->dispatch, OIN_POLICE, "avim"), RC_OK);
	committed_copy(&police);
	assert_int_equal(dispatch_room(b()->dispatch, OIN_POLICE, "avim"), RC_QUEUE_FULL);
}

static void
a_rolled_back_batch_is_counted_out_again(void **state)
{
	(void)state;
	region.config->outbox_desk_max = 2;
	region.config->outbox_max      = 2;
	committed_copy(&police);
	must(store_begin(b()->store));
	(void)put_copy(&police, 10);
	assert_int_equal(dispatch_room(b()->dispatch, OIN_POLICE, "avim"), RC_QUEUE_FULL);
	store_rollback(b()->store);
	must(journal_reload(b()->journal));
	dispatch_recount(b()->dispatch);
	assert_int_equal(dispatch_room(b()->dispatch, OIN_POLICE, "avim"), RC_OK);
	assert_int_equal(take(&police, 0, 10, NOW), 1);
}

/* --- patience -------------------------------------------------------------------- */

static void
a_parked_ask_is_answered_when_something_comes(void **state)
{
	(void)state;
	must(park(&police, &route_1, 7, NOW + 1000, 0));
	must(park(&nla, &route_2, 8, NOW + 1000, 0));
	wake(NOW);
	assert_int_equal(sent.n, 0);
	committed_copy(&police);
	wake(NOW + 1);
	assert_int_equal(sent.n, 1);
	assert_true(route_equal(&sent.at[0].route, &route_1));
	assert_int_equal(sent.at[0].request, 7);
	assert_int_equal(sent.at[0].copies, 1);
	assert_string_equal(sent.at[0].code, "ok");
	wake(NOW + 2);
	assert_int_equal(sent.n, 0);
}

static void
patience_ends_with_an_empty_answer(void **state)
{
	(void)state;
	must(park(&police, &route_1, 7, NOW + 1000, 0));
	assert_int_equal(dispatch_patience(b()->dispatch, NOW), 1000);
	wake(NOW + 999);
	assert_int_equal(sent.n, 0);
	wake(NOW + 1000);
	assert_int_equal(sent.n, 1);
	assert_int_equal(sent.at[0].copies, 0);
	assert_string_equal(sent.at[0].code, "ok");
	assert_int_equal(dispatch_patience(b()->dispatch, NOW), -1);
}

static void
who_waits_when_the_broker_stops_is_told_so(void **state)
{
	(void)state;
	must(park(&police, &route_1, 7, NOW + 100000, 0));
	must(park(&nla, &route_2, 8, NOW + 100000, 0));
	sent = (struct sent){0};
	must(dispatch_stop(b()->dispatch, note_sent, NULL));
	assert_int_equal(sent.n, 2);
	assert_string_equal(sent.at[0].code, "stopping");
	assert_int_equal(sent.at[0].request, 7);
	assert_string_equal(sent.at[1].code, "stopping");
	wake(NOW + 200000);
	assert_int_equal(sent.n, 0); /* once */
}

static void
an_older_ask_of_the_same_connection_ends_at_once(void **state)
{
	(void)state;
	must(park(&police, &route_1, 1, NOW + 100000, 0));
	must(park(&police, &route_2, 2, NOW + 100000, 0));
	must(park(&police, &route_1, 3, NOW + 100000, 0));
	assert_int_equal(dispatch_patience(b()->dispatch, NOW), 0);
	wake(NOW);
	assert_int_equal(sent.n, 1);
	assert_int_equal(sent.at[0].request, 1);
	assert_int_equal(sent.at[0].copies, 0);
	wake(NOW);
	assert_int_equal(sent.n, 0);
}

/* Connections that are gone may not keep the places of other desks. */
static void
the_oldest_of_too_many_asks_of_one_key_ends(void **state)
{
	(void)state;
	must(park(&nla, &route_1, 1, NOW + 100000, 0));
	for (uint8_t i = 0; i < 64; i++)
		must(park(&police, &(struct route){DOOR_AGENCY, 2, {9, i}, 0, 0, 0},
		    (uint8_t)(10 + i), NOW + 100000, 0));
	assert_true(dispatch_patience(b()->dispatch, NOW) > 0);
	must(park(&police, &route_2, 2, NOW + 100000, 0));
	wake(NOW);
	assert_int_equal(sent.n, 1);
	assert_int_equal(sent.at[0].request, 10);
	assert_int_equal(sent.at[0].copies, 0);
}

/* Each of many who wait would walk all leased copies again. */
static void
what_is_leased_is_looked_through_once_for_all_who_wait(void **state)
{
	(void)state;
	committed_copy(&police);
	assert_int_equal(take(&police, 5000, 10, NOW), 1);
	for (uint8_t i = 0; i < 8; i++)
		must(park(&police, &(struct route){DOOR_AGENCY, 1, {i}, 0, 0, 0}, i,
		    NOW + 1000, 500));
	n_steps = 0;
	wake(NOW);
	assert_int_equal(sent.n, 0);
	assert_true(n_steps <= 2); /* one row, and no more */
}

static void
no_more_are_parked_than_the_limit(void **state)
{
	(void)state;
	region.config->waiters_max = 1;
	must(park(&police, &route_1, 1, NOW + 1000, 0));
	assert_int_equal(park(&nla, &route_2, 2, NOW + 1000, 0), RC_QUEUE_FULL);
	wake(NOW + 1000);
	assert_int_equal(sent.n, 1);
	must(park(&nla, &route_2, 3, NOW + 2000, 0));
}

static void
who_lost_its_standing_gets_its_reason_and_no_copy(void **state)
{
	(void)state;
	must(park(&police, &route_1, 1, NOW + 1000, 0));
	committed_copy(&police);
	person_member(&region, &police)->standing = RC_REVOKED;
	wake(NOW);
	assert_int_equal(sent.n, 1);
	assert_string_equal(sent.at[0].code, "revoked");
	assert_int_equal(sent.at[0].copies, 0);
	assert_int_equal(sent.at[0].request, 1);
}

static void
who_is_no_longer_known_gets_no_copy(void **state)
{
	(void)state;
	must(park(&police, &route_1, 1, NOW + 1000, 0));
	committed_copy(&police);
	registry_destroy(&b()->registry);
	must(registry_new(&b()->registry));
	wake(NOW);
	assert_string_equal(sent.at[0].code, "not_enrolled");
	assert_int_equal(sent.at[0].copies, 0);
}

static void
an_ended_lease_wakes_the_next_who_waits(void **state)
{
	(void)state;
	committed_copy(&police);
	assert_int_equal(take(&police, 500, 10, NOW), 1);
	must(park(&police, &route_2, 2, NOW + 100000, 500));
	wake(NOW);
	assert_int_equal(sent.n, 0);
	assert_int_equal(dispatch_patience(b()->dispatch, NOW), 500);
	wake(NOW + 500);
	assert_int_equal(sent.n, 1);
	assert_int_equal(sent.at[0].copies, 1);
}

/* Else the loop would spin as long as anybody at all waits. */
static void
an_ended_lease_of_a_desk_that_is_gone_does_not_keep_the_loop_awake(void **state)
{
	(void)state;
	committed_copy(&nla);
	assert_int_equal(take(&nla, 500, 10, NOW), 1);
	must(park(&police, &route_1, 1, NOW + 100000, 0));
	wake(NOW + 500);
	assert_true(dispatch_patience(b()->dispatch, NOW + 500) > 1000);
}

static void
one_copy_goes_to_one_of_two_who_wait(void **state)
{
	(void)state;
	must(park(&police, &route_1, 1, NOW + 1000, 500));
	must(park(&police, &route_2, 2, NOW + 1000, 500));
	committed_copy(&police);
	wake(NOW);
	assert_int_equal(sent.n, 1);
	assert_int_equal(sent.at[0].request, 1);
}

/* Nothing may be freed twice, nor lost, when the store fails half-way. */
static void
a_wake_that_fails_keeps_who_was_not_answered(void **state)
{
	(void)state;
	committed_copy(&police);
	region_restart(&region); /* or its copy would be in memory */
	must(person_enrol(&region, &police));
	must(person_enrol(&region, &nla));
	must(park(&nla, &route_2, 1, NOW + 1000, 0));
	wake(NOW);                                    /* no news for it any more */
	must(park(&nla, &route_2, 2, NOW + 1000, 0)); /* ends the first */
	must(park(&police, &route_1, 3, NOW + 1000, 0));
	sent       = (struct sent){0};
	fail_steps = true;
	rc code =
	    dispatch_wake(b()->dispatch, b()->registry, b()->trust, NOW, note_sent, NULL);
	fail_steps = false;
	assert_int_equal(code, RC_DISK);
	size_t before = sent.n;
	wake(NOW);
	assert_int_equal(before + sent.n, 2); /* 1 and 3; 2 waits on */
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_desk_gets_its_own_copies_only),
	    T(a_leased_copy_comes_again_when_its_lease_ends),
	    T(leases_of_one_desk_hide_nothing_from_another),
	    T(an_acknowledged_copy_does_not_come_again),
	    T(a_single_copy_is_found_by_its_own_desk_only),
	    T(a_single_copy_taken_with_a_lease_is_hidden_too),
	    T(leases_in_any_order_hide_their_own_copy_and_no_other),
	    T(every_desk_has_a_queue_of_its_own_however_many_there_are),
	    T(more_copies_than_a_page_are_all_found),
	    T(an_answer_stays_below_what_a_client_takes),
	    T(who_finishes_what_it_is_given_is_given_more_at_once),
	    T(keys_of_a_page_are_one_question),
	    T(a_lease_that_ends_before_others_brings_its_copy_back),
	    T(what_was_not_finished_after_all_comes_again),
	    T(a_copy_of_this_turn_needs_not_be_opened_and_of_a_former_one_does),
	    T(a_copy_of_the_largest_class_is_handed_out),
	    T(a_copy_that_was_undone_is_not_handed_out_for_its_successor),
	    T(of_copies_kept_there_is_a_limit_and_one_that_ended_is_wiped),
	    T(no_more_leases_than_the_limit),
	    T(without_a_keeper_no_copy_passes_for_damaged),
	    T(a_damaged_copy_is_passed_over_and_hurts_no_other),
	    T(a_full_desk_takes_no_more_and_others_do),
	    T(notices_take_no_room_of_signals_before_and_after_a_restart),
	    T(a_full_house_takes_no_more_for_anybody),
	    T(copies_are_counted_once_after_a_restart),
	    T(a_rolled_back_batch_is_counted_out_again),
	    T(a_parked_ask_is_answered_when_something_comes),
	    T(who_waits_when_the_broker_stops_is_told_so),
	    T(patience_ends_with_an_empty_answer),
	    T(an_older_ask_of_the_same_connection_ends_at_once),
	    T(the_oldest_of_too_many_asks_of_one_key_ends),
	    T(what_is_leased_is_looked_through_once_for_all_who_wait),
	    T(no_more_are_parked_than_the_limit),
	    T(who_lost_its_standing_gets_its_reason_and_no_copy),
	    T(who_is_no_longer_known_gets_no_copy),
	    T(an_ended_lease_wakes_the_next_who_waits),
	    T(an_ended_lease_of_a_desk_that_is_gone_does_not_keep_the_loop_awake),
	    T(one_copy_goes_to_one_of_two_who_wait),
	    T(a_wake_that_fails_keeps_who_was_not_answered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

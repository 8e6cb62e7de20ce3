/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * test_store_old.c - the state of an older broker is opened, whole, and goes on.
 *
 * tests/vectors/state holds the two databases of a broker as SQL: two rulings with
 * copies (one acknowledged, one of layer 2), a notice, a request and an act, tokens, a
 * task, an entry whose detail was erased.
 */
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "broker/journal/journal.h"
#include "broker/seal.h"
#include "broker/store/knowing.h"
#include "broker/store/subject.h"
#include "certs/file.h"
#include "support/keykit.h"
#include "support/region.h"

#define SENDER "00000099000000010000"
#define POLICE "00000099000000020000"

enum { SQL_MAX = 1 << 20, OLD_LEAVES = 5 };

static struct store   *store;
static struct journal *journal;
static char            dir[FOLDER_MAX];
static const uint8_t   master[KEY_BYTES] = {7}, seed[KEY_BYTES] = {9};

static void
bring(const char *database, const char *dump)
{
	AUTO(buf_wipe) struct buf sql = buf_init(SQL_MAX);
	char                      path[512];

	(void)snprintf(path, sizeof path, SOURCE_DIR "/tests/vectors/state/%s", dump);
	assert_int_equal(file_read(path, SQL_MAX, false, &sql), RC_OK);
	assert_int_equal(buf_append(&sql, slice_of("", 1)), RC_OK);
	region_sql(dir, database, (const char *)sql.p);
}

static void
open_all(void)
{
	uint8_t public_key[KEY_BYTES], secret[64];

	(void)crypto_sign_seed_keypair(public_key, secret, seed);
	assert_int_equal(store_open(&store, dir), RC_OK);
	assert_int_equal(
	    store_unlock(store, kit_line("kit.example", NULL, master)), RC_OK);
	assert_int_equal(journal_open(&journal, store, "sluis.example/old",
	                     kit_line("sluis.example/old", secret, NULL)),
	    RC_OK);
	assert_int_equal(store_settle(store), RC_OK);
}

static void
shut(void)
{
	journal_destroy(&journal);
	store_destroy(&store);
}

static int
fresh(void **state)
{
	(void)state;
	if (sodium_init() < 0) return -1;
	make_folder(dir, "old");
	bring("sluis.db", "sluis-14.sql");
	bring("keys.db", "keys-2.sql");
	open_all();
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	shut();
	remove_folder(dir);
	return 0;
}

/* --- the journal ------------------------------------------------------------------- */

static void
assert_receipt(uint64_t index, const char *detail)
{
	AUTO(scratch_wipe) struct scratch mem    = scratch_init(SIZE_MAX);
	const struct receipt_wanted       wanted = {index, true, true};
	Sluis__Receipt                    r      = SLUIS__RECEIPT__INIT;
	struct checkpoint                 head;

	assert_int_equal(journal_receipt(journal, &wanted, &mem, &r), RC_OK);
	assert_int_equal(receipt_verify(&r, journal_verifier(journal), &head), RC_OK);
	assert_true(slice_equal(slice_str(detail),
	    r.has_detail ? slice_of(r.detail.data, r.detail.len) : slice_of(NULL, 0)));
}

static void
assert_old_entries(void)
{
	bool     erased = false;
	uint64_t by     = 0;

	assert_receipt(0, "first");
	assert_receipt(1, "second");
	assert_receipt(2, "");
	assert_receipt(3, "");
	assert_receipt(4, "");
	assert_int_equal(store_detail_erased(store, 2, &erased, &by), RC_OK);
	assert_true(erased);
	assert_int_equal(by, 4);
}

static void
append(unsigned n)
{
	uint64_t index = 0;

	assert_int_equal(store_begin(store), RC_OK);
	for (unsigned i = 0; i < n; i++) {
		Sluis__Leaf leaf = SLUIS__LEAF__INIT;
		leaf.has_kind    = 1;
		leaf.kind        = SLUIS__EVENT_KIND__EVENT_RULING;
		assert_int_equal(
		    journal_append(journal, &leaf, slice_str("new"), 5, &index, NULL),
		    RC_OK);
	}
	assert_int_equal(journal_seal_batch(journal), RC_OK);
	assert_int_equal(store_commit(store), RC_OK);
	assert_int_equal(journal_commit(journal), RC_OK);
}

static void
its_journal_goes_on(void **state)
{
	static const unsigned batches[] = {3, 1, 247, 1, 300};
	uint64_t              size      = OLD_LEAVES;

	(void)state;
	assert_int_equal(journal_signed_size(journal), OLD_LEAVES);
	assert_old_entries();
	for (size_t i = 0; i < sizeof batches / sizeof batches[0]; i++) {
		append(batches[i]);
		size += batches[i];
		shut();
		open_all();
		assert_int_equal(journal_signed_size(journal), size);
		assert_old_entries();
		assert_receipt(size - 1, "new");
	}
}

static void
an_old_tile_that_was_changed_is_refused(void **state)
{
	uint8_t public_key[KEY_BYTES], secret[64];
	(void)state;
	append(3);
	shut();
	region_sql(dir, "sluis.db",
	    "UPDATE tile SET hashes = zeroblob(length(hashes)) WHERE level = 0");
	(void)crypto_sign_seed_keypair(public_key, secret, seed);
	assert_int_equal(store_open(&store, dir), RC_OK);
	assert_int_equal(
	    store_unlock(store, kit_line("kit.example", NULL, master)), RC_OK);
	assert_int_equal(journal_open(&journal, store, "sluis.example/old",
	                     kit_line("sluis.example/old", secret, NULL)),
	    RC_BAD_TREE);
}

/* --- copies ------------------------------------------------------------------------ */

static void
assert_copy(const struct delivery *d, const char *want)
{
	AUTO(buf_wipe) struct buf sealed = buf_init(1000), wrapped = buf_init(1000);
	AUTO(buf_wipe) struct buf plain = buf_init(1000);
	uint8_t                   key[KEY_BYTES], address[ID_BYTES];

	assert_int_equal(store_get_copy(store, d->seq, &sealed, &wrapped), RC_OK);
	assert_int_equal(keeper_unwrap_key(kit_line("kit.example", NULL, master), d->seq,
	                     buf_slice(&wrapped), key),
	    RC_OK);
	seal_address(d->id, d->oin, d->desk, address);
	assert_int_equal(
	    seal_open(key, address, d->seq, buf_slice(&sealed), &plain), RC_OK);
	assert_true(slice_equal(buf_slice(&plain), slice_str(want)));
}

static void
its_copies_wait(void **state)
{
	struct delivery rows[4], row;
	uint8_t         id[ID_BYTES];
	size_t          n = 0;

	(void)state;
	assert_int_equal(store_pending(store, POLICE, "avim", 0, 4, rows, &n), RC_OK);
	assert_int_equal(n, 2);
	assert_int_equal(rows[0].layer, 2);
	assert_true(rows[1].notice);
	assert_int_equal(rows[1].leaf, 2);
	assert_copy(&rows[0], "copy 2");
	assert_copy(&rows[1], "copy 3");
	assert_int_equal(store_overdue(store, 0, 5003, 4, rows, &n), RC_OK);
	assert_int_equal(n, 1);
	for (uint8_t k = 1; k <= 3; k++) {
		memset(id, k, sizeof id);
		assert_int_equal(store_get_delivery(store, id, &row), RC_OK);
		assert_int_equal(row.acked, k == 1);
		assert_int_equal(row.expires_ms, 5000 + k);
	}
	shut();
	open_all(); /* what has not ended waits again */
	assert_int_equal(store_pending(store, POLICE, "avim", 0, 4, rows, &n), RC_OK);
	assert_int_equal(n, 2);
	assert_int_equal(store_delivery_of_leaf(store, 0, &row), RC_OK);
	assert_int_equal(row.ack_leaf, 3);
	memset(id, 4, sizeof id);
	assert_int_equal(store_get_delivery(store, id, &row), RC_NOT_FOUND);
}

/* --- the rest ---------------------------------------------------------------------- */

static void
its_requests_and_tasks_are_known(void **state)
{
	struct request_row r[2];
	struct task_row    t;
	uint8_t            id[ID_BYTES];
	size_t             n = 0;

	(void)state;
	assert_int_equal(store_list_requests(store, SENDER, "meldpunt", 2, r, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(r[0].created_ms, 77);
	assert_int_equal(r[0].n, 2);
	memset(id, 12, sizeof id);
	assert_int_equal(store_get_request(store, SENDER, "meldpunt", id, &r[0]), RC_OK);
	assert_true(r[0].act);
	assert_int_equal(
	    store_get_request(store, POLICE, "meldpunt", id, &r[0]), RC_NOT_FOUND);
	memset(id, 11, sizeof id);
	assert_int_equal(store_get_task(store, id, &t), RC_OK);
	assert_int_equal(t.due_ms, 9000);
}

static void
its_tokens_are_known(void **state)
{
	struct subject_row s[4];
	struct link_row    l[4];
	struct seat_id     who = seat_of(SENDER, "meldpunt");
	uint8_t            token[TOKEN_BYTES], trace[ID_BYTES];
	size_t             n = 0;

	(void)state;
	memset(token, 8, sizeof token);
	memset(trace, 4, sizeof trace);
	assert_int_equal(store_subjects_like(store, token, 0, 4, s, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(s[0].record, 1);
	assert_int_equal(s[0].n, 2);
	assert_string_equal(s[0].convenant, "zorg");
	assert_int_equal(store_links_of(store, &who, trace, 5, 4, l, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(store_forget_subjects(store, &who, trace), RC_OK);
	assert_int_equal(store_subjects_like(store, token, 0, 4, s, &n), RC_OK);
	assert_int_equal(n, 0);
}

static void
an_index_that_nothing_uses_is_no_more(void **state)
{
	(void)state;
	shut();
	region_sql(dir, "sluis.db", "CREATE INDEX case_source_of ON case_source(trace)");
}

/* --- the first of all -------------------------------------------------------------- */

static int
first(void **state)
{
	(void)state;
	if (sodium_init() < 0) return -1;
	make_folder(dir, "old");
	bring("sluis.db", "sluis-1.sql");
	bring("keys.db", "keys-1.sql");
	return 0;
}

static void
a_state_of_the_first_version_is_brought_up_to_date(void **state)
{
	AUTO(buf_wipe) struct buf sealed = buf_init(100), wrapped = buf_init(100);
	AUTO(buf_wipe) struct buf detail = buf_init(100);
	struct delivery           d;
	struct policy_row         row;
	uint64_t                  n = 0;

	(void)state;
	for (int again = 0; again < 2; again++) {
		sealed.n = wrapped.n = detail.n = 0;
		assert_int_equal(store_open(&store, dir), RC_OK);
		assert_int_equal(
		    store_unlock(store, kit_line("kit.example", NULL, master)), RC_OK);
		assert_int_equal(store_settle(store), RC_OK);
		assert_int_equal(store_count_all_pending(store, &n), RC_OK);
		assert_int_equal(n, 1);
		assert_int_equal(store_delivery_of_leaf(store, 1, &d), RC_OK);
		assert_int_equal(store_get_copy(store, d.seq, &sealed, &wrapped), RC_OK);
		assert_true(slice_equal(buf_slice(&sealed), slice_str("SEALED")));
		assert_int_equal(wrapped.n, 72);
		assert_int_equal(store_get_leaf(store, 0, NULL, &detail), RC_OK);
		assert_true(slice_equal(buf_slice(&detail), slice_str("detail")));
		assert_int_equal(store_last_policy(store, &row), RC_NOT_FOUND);
		shut();
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(its_journal_goes_on, fresh, drop),
	    cmocka_unit_test_setup_teardown(
	        an_old_tile_that_was_changed_is_refused, fresh, drop),
	    cmocka_unit_test_setup_teardown(its_copies_wait, fresh, drop),
	    cmocka_unit_test_setup_teardown(
	        its_requests_and_tasks_are_known, fresh, drop),
	    cmocka_unit_test_setup_teardown(its_tokens_are_known, fresh, drop),
	    cmocka_unit_test_setup_teardown(
	        an_index_that_nothing_uses_is_no_more, fresh, drop),
	    cmocka_unit_test_setup_teardown(
	        a_state_of_the_first_version_is_brought_up_to_date, first, drop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* test_store_detail.c - details are sealed, and gone when they are erased. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "broker/keeper/line.h"
#include "broker/seal.h"
#include "broker/store/store.h"
#include "certs/file.h"
#include "proto/auto.h"
#include "support/keykit.h"
#include "support/logged.h"
#include "support/region.h"

#define CANARY "a detail that nobody else may read"

static struct store *store;
static char          dir[FOLDER_MAX];
static const uint8_t master[KEY_BYTES] = {7};

static void
shut(void)
{
	store_destroy(&store);
}

static void
open_again(void)
{
	must(store_open(&store, dir));
	must(store_unlock(store, kit_line("kit.example", NULL, master)));
	must(store_settle(store));
}

static int
fresh(void **state)
{
	(void)state;
	make_folder(dir, "detail");
	open_again();
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

static void
put(uint64_t index, const char *detail)
{
	must(store_put_leaf(store, index, slice_str("leaf"), slice_str(detail)));
}

/* Leaves 0, 1 | 2 | 3, 4 : three records in two transactions. */
static void
put_three(void)
{
	must(store_begin(store));
	put(0, CANARY);
	put(1, CANARY "!");
	store_next_record(store);
	put(2, CANARY);
	must(store_commit(store));
	must(store_begin(store));
	put(3, ""); /* has none */
	put(4, CANARY);
	must(store_commit(store));
}

static void
erase(uint64_t first, uint64_t n)
{
	must(store_begin(store));
	must(store_erase_details(store, first, n, 77));
	must(store_commit(store));
}

static rc
read_detail(uint64_t index, char out[64])
{
	AUTO(buf_wipe) struct buf b = buf_init(63);

	memset(out, 0, 64);
	rc code = store_get_leaf(store, index, NULL, &b);
	if (b.n != 0) memcpy(out, b.p, b.n);
	return code;
}

static void
assert_detail(uint64_t index, const char *want)
{
	char got[64];

	assert_int_equal(read_detail(index, got), RC_OK);
	assert_string_equal(got, want);
}

static bool
file_has(const char *name, const void *what, size_t n)
{
	AUTO(buf_wipe) struct buf b = buf_init(1 << 24);
	char                      path[128];

	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	if (access(path, F_OK) != 0) return false;
	must(file_read(path, 1 << 24, false, &b));
	return b.n != 0 && memmem(b.p, b.n, what, n) != NULL;
}

static bool
any_file_has(const void *what, size_t n)
{
	static const char *const names[] = {
	    "sluis.db", "sluis.db-wal", "keys.db", "keys.db-wal"};

	for (size_t i = 0; i < 4; i++)
		if (file_has(names[i], what, n)) return true;
	return false;
}

/* --- sealed ----------------------------------------------------------------------- */

static void
nothing_is_put_or_read_before_the_store_is_unlocked(void **state)
{
	char got[64];
	(void)state;
	put_three();
	shut();
	must(store_open(&store, dir));
	assert_int_equal(read_detail(0, got), RC_INTERNAL);
	assert_int_equal(got[0], 0);
	must(store_begin(store));
	assert_int_equal(
	    store_put_leaf(store, 9, slice_str("leaf"), slice_str("x")), RC_INTERNAL);
	must(store_put_leaf(store, 9, slice_str("leaf"), slice_str("")));
	store_rollback(store);
}

static void
a_detail_stands_in_no_file(void **state)
{
	(void)state;
	put_three();
	assert_detail(0, CANARY);
	assert_detail(1, CANARY "!");
	assert_detail(3, "");
	assert_false(any_file_has(CANARY, 16));
	shut();
	open_again();
	assert_detail(4, CANARY);
	assert_false(any_file_has(CANARY, 16));
}

static void
another_master_key_opens_nothing(void **state)
{
	static const uint8_t other[KEY_BYTES] = {8};
	char                 got[64];
	(void)state;
	put_three();
	shut();
	must(store_open(&store, dir));
	must(store_unlock(store, kit_line("kit.example", NULL, other)));
	logged[LOG_DETAIL_UNREADABLE] = 0;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(read_detail(0, got), RC_BAD_TREE);
		assert_true(store_did_not_open(store, 0));
	}
	assert_int_equal(logged[LOG_DETAIL_UNREADABLE], 1);
}

static void
what_was_swapped_does_not_open(void **state)
{
	char got[64];
	(void)state;
	put_three();
	shut();
	region_sql(dir, "sluis.db",
	    "UPDATE leaf SET detail = (SELECT detail FROM leaf WHERE idx = 1) WHERE idx "
	    "= "
	    "0;"
	    "UPDATE leaf SET record = 0 WHERE idx = 2");
	region_sql(dir, "keys.db",
	    "UPDATE record SET wrapped = (SELECT wrapped FROM record WHERE id = 0)"
	    " WHERE id = 4");
	open_again();
	assert_int_equal(read_detail(0, got), RC_BAD_TREE);
	assert_detail(1, CANARY "!");
	assert_int_equal(read_detail(2, got), RC_BAD_TREE);
	assert_int_equal(read_detail(4, got), RC_BAD_TREE);
}

/* A line whose other side hung up. */
static struct keeper_line *
dead_line(void)
{
	struct keeper_line *line = NULL;
	int                 ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	(void)close(ends[1]);
	must(line_new(&line, ends[0], NULL, NULL));
	return line;
}

static void
without_a_keeper_no_record_passes_for_lost(void **state)
{
	AUTO(line_destroy) struct keeper_line *dead = dead_line();
	char                                   got[64];
	(void)state;
	put_three();
	shut();
	must(store_open(&store, dir));
	must(store_unlock(store, dead));
	logged[LOG_DETAIL_UNREADABLE] = 0;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(read_detail(0, got), RC_CRYPTO);
		assert_false(store_did_not_open(store, 0));
	}
	assert_int_equal(logged[LOG_DETAIL_UNREADABLE], 0);
}

/* --- an older state --------------------------------------------------------------- */

/* The store is shut; behind put_three() there are 195 entries as an older one has them.
 */
static void
leave_plain(void)
{
	put_three();
	shut();
	region_sql(dir, "sluis.db",
	    "WITH RECURSIVE n(i) AS (VALUES(5) UNION ALL SELECT i + 1 FROM n WHERE i < "
	    "200)"
	    " INSERT INTO leaf(idx, bytes, detail)"
	    " SELECT i, x'00', CAST('" CANARY "' AS BLOB) FROM n");
	assert_true(any_file_has(CANARY, 16));
}

static void
details_of_an_older_state_are_sealed(void **state)
{
	(void)state;
	leave_plain();
	open_again();
	for (uint64_t i = 5; i <= 200; i++) assert_detail(i, CANARY);
	assert_detail(4, CANARY);
	assert_false(any_file_has(CANARY, 16));
	erase(5, 100);
	assert_detail(104, "");
	assert_detail(105, CANARY);
}

/* What a backup does: the log cannot be emptied while it reads there. */
static void
details_that_were_sealed_beside_a_reader_go_when_it_has_read(void **state)
{
	(void)state;
	leave_plain();
	sqlite3 *db = region_reader(dir, "sluis.db");
	open_again();
	assert_detail(200, CANARY);
	must(store_begin(store));
	put(201, CANARY); /* it has work to do, and empties the log all the same */
	must(store_commit(store));
	must(store_forget_erased(store));
	assert_true(any_file_has(CANARY, 16));
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	must(store_begin(store));
	put(202, CANARY);
	must(store_commit(store));
	must(store_forget_erased(store));
	assert_false(any_file_has(CANARY, 16));
}

/* --- erased ----------------------------------------------------------------------- */

static void
what_was_erased_is_there_no_more_and_says_by_which_entry(void **state)
{
	bool     erased = false;
	uint64_t by     = 0;
	(void)state;
	put_three();
	erase(0, 2);
	for (int round = 0; round < 2; round++) {
		assert_detail(0, "");
		assert_detail(1, "");
		assert_detail(2, CANARY);
		assert_detail(4, CANARY);
		must(store_detail_erased(store, 1, &erased, &by));
		assert_true(erased);
		assert_int_equal(by, 77);
		must(store_detail_erased(store, 3, &erased, &by)); /* it had none */
		assert_false(erased);
		assert_int_equal(
		    store_detail_erased(store, 99, &erased, &by), RC_NOT_FOUND);
		must(store_forget_erased(store));
	}
	must(store_first_record(store, 0, &by));
	assert_int_equal(by, 2);
	must(store_first_record(store, 3, &by));
	assert_int_equal(by, 4);
	assert_int_equal(store_first_record(store, 5, &by), RC_NOT_FOUND);
}

/* The wrapped key of record ID, as it stands in keys.db. */
static void
wrapped_key(uint64_t id, uint8_t ret[WRAPPED_BYTES])
{
	char          path[128], sql[96];
	sqlite3      *db = NULL;
	sqlite3_stmt *q  = NULL;

	(void)snprintf(path, sizeof path, "%s/keys.db", dir);
	(void)snprintf(
	    sql, sizeof sql, "SELECT wrapped FROM record WHERE id = %d", (int)id);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	assert_int_equal(sqlite3_column_bytes(q, 0), WRAPPED_BYTES);
	memcpy(ret, sqlite3_column_blob(q, 0), WRAPPED_BYTES);
	(void)sqlite3_finalize(q);
	(void)sqlite3_close(db);
}

static void
its_key_is_nowhere(void **state)
{
	uint8_t gone[WRAPPED_BYTES], stays[WRAPPED_BYTES];
	(void)state;
	put_three();
	wrapped_key(0, gone);
	wrapped_key(2, stays);
	assert_true(any_file_has(gone, sizeof gone));
	erase(0, 2);
	must(store_forget_erased(store));
	assert_false(any_file_has(gone, sizeof gone));
	assert_true(any_file_has(stays, sizeof stays));
}

static void
a_crash_before_the_keys_went_is_made_good_at_the_next_start(void **state)
{
	uint8_t gone[WRAPPED_BYTES];
	(void)state;
	put_three();
	wrapped_key(0, gone);
	erase(0, 2);
	shut(); /* without store_forget_erased() */
	assert_true(any_file_has(gone, sizeof gone));
	open_again();
	assert_false(any_file_has(gone, sizeof gone));
	assert_detail(0, "");
	assert_detail(2, CANARY);
}

static void
what_was_rolled_back_is_not_erased(void **state)
{
	(void)state;
	put_three();
	must(store_begin(store));
	must(store_erase_details(store, 0, 2, 77));
	store_rollback(store);
	must(store_forget_erased(store));
	assert_detail(0, CANARY);
}

static void
a_detail_whose_key_went_without_an_entry_is_damage(void **state)
{
	char     got[64];
	bool     erased = true;
	uint64_t by;
	(void)state;
	put_three();
	shut();
	region_sql(dir, "keys.db", "DELETE FROM record WHERE id = 0");
	open_again();
	assert_int_equal(read_detail(0, got), RC_BAD_TREE);
	must(store_detail_erased(store, 0, &erased, &by));
	assert_false(erased);
}

static void
a_record_that_was_rolled_back_gives_its_number_to_another(void **state)
{
	(void)state;
	must(store_begin(store));
	put(0, CANARY);
	store_rollback(store);
	put_three();
	assert_detail(0, CANARY);
	assert_detail(1, CANARY "!");
}

/* As a crash between the two commits leaves it: keys.db has what sluis.db has not. */
static void
a_key_of_a_record_that_was_never_committed_goes_at_the_start(void **state)
{
	uint64_t first = 0;
	(void)state;
	put_three();
	shut();
	region_sql(dir, "keys.db",
	    "INSERT INTO record(id, wrapped) SELECT 6, wrapped FROM record WHERE id = 4");
	open_again();
	must(store_begin(store));
	put(5, CANARY);
	put(6, CANARY); /* of the same record */
	must(store_commit(store));
	must(store_first_record(store, 5, &first));
	assert_int_equal(first, 5);
	assert_int_equal(store_first_record(store, 6, &first), RC_NOT_FOUND);
	assert_detail(4, CANARY);
	assert_detail(6, CANARY);
}

/* A backup is put in place of sluis.db, refused, and taken away again. */
static void
an_older_state_that_is_only_looked_at_costs_no_key(void **state)
{
	AUTO(buf_wipe) struct buf newer = buf_init(1 << 24);
	char                      path[128];
	(void)state;
	put_three();
	shut();
	(void)snprintf(path, sizeof path, "%s/sluis.db", dir);
	must(file_read(path, 1 << 24, false, &newer));
	region_sql(dir, "sluis.db", "DELETE FROM leaf WHERE idx >= 2");
	must(store_open(&store, dir));
	must(store_unlock(store, kit_line("kit.example", NULL, master)));
	must(store_forget_erased(store)); /* as broker_close() does */
	shut();
	must(file_write(path, buf_slice(&newer), 0600));
	open_again();
	assert_detail(2, CANARY);
	assert_detail(4, CANARY);
}

#define T(f) cmocka_unit_test_setup_teardown(f, fresh, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(nothing_is_put_or_read_before_the_store_is_unlocked),
	    T(a_detail_stands_in_no_file),
	    T(another_master_key_opens_nothing),
	    T(what_was_swapped_does_not_open),
	    T(without_a_keeper_no_record_passes_for_lost),
	    T(details_of_an_older_state_are_sealed),
	    T(details_that_were_sealed_beside_a_reader_go_when_it_has_read),
	    T(what_was_erased_is_there_no_more_and_says_by_which_entry),
	    T(its_key_is_nowhere),
	    T(a_crash_before_the_keys_went_is_made_good_at_the_next_start),
	    T(what_was_rolled_back_is_not_erased),
	    T(a_detail_whose_key_went_without_an_entry_is_damage),
	    T(a_record_that_was_rolled_back_gives_its_number_to_another),
	    T(a_key_of_a_record_that_was_never_committed_goes_at_the_start),
	    T(an_older_state_that_is_only_looked_at_costs_no_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* test_store.c - what was committed is found again, what was not leaves nothing, and an
 * erased key is nowhere. */
#include "broker/store/wrapped.h"

#include <pthread.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "proto/auto.h"
#include "support/files.h"
#include "support/keykit.h"
#include "support/region.h"

#define OIN OIN_POLICE
#define DESK "avim"

static struct store *store;
static char          dir[FOLDER_MAX];
static const uint8_t master[KEY_BYTES] = {7};

static int
fresh(void **state)
{
	(void)state;
	make_folder(dir, "store");
	if (store_open(&store, dir) != RC_OK) return -1;
	return store_unlock(store, kit_line("kit.example", NULL, master)) == RC_OK ? 0
	                                                                           : -1;
}

static int
drop(void **state)
{
	(void)state;
	store_destroy(&store);
	remove_folder(dir);
	return 0;
}

static void
reopen(void)
{
	store_destroy(&store);
	assert_int_equal(store_open(&store, dir), RC_OK);
	assert_int_equal(
	    store_unlock(store, kit_line("kit.example", NULL, master)), RC_OK);
	assert_int_equal(store_settle(store), RC_OK);
}

static struct slice
text(const char *s)
{
	return slice_str(s);
}

/* --- fault injection ------------------------------------------------------------- */

static long fail_commit_of_main; /* fail the n-th COMMIT from now, 0: none */
static int  extended;            /* what is wrong exactly, 0: what SQLite says */
static int  fail_checkpoint;     /* as what, 0: not */
int         __real_sqlite3_step(sqlite3_stmt *s);
int         __wrap_sqlite3_step(sqlite3_stmt *s);
int         __real_sqlite3_extended_errcode(sqlite3 *db);
int         __wrap_sqlite3_extended_errcode(sqlite3 *db);
int         __real_sqlite3_wal_checkpoint_v2(
            sqlite3 *db, const char *name, int how, int *log, int *done);
int __wrap_sqlite3_wal_checkpoint_v2(
    sqlite3 *db, const char *name, int how, int *log, int *done);

int
__wrap_sqlite3_step(sqlite3_stmt *s)
{
	if (fail_commit_of_main != 0 && strcmp(sqlite3_sql(s), "COMMIT") == 0 &&
	    --fail_commit_of_main == 0)
		return SQLITE_IOERR;
	return __real_sqlite3_step(s);
}

int
__wrap_sqlite3_extended_errcode(sqlite3 *db)
{
	return extended != 0 ? extended : __real_sqlite3_extended_errcode(db);
}

int
__wrap_sqlite3_wal_checkpoint_v2(
    sqlite3 *db, const char *name, int how, int *log, int *done)
{
	if (fail_checkpoint != 0) return fail_checkpoint;
	return __real_sqlite3_wal_checkpoint_v2(db, name, how, log, done);
}

/* --- helpers --------------------------------------------------------------------------
 */

/* Put one copy with a key of 72 bytes FILL into the open transaction. */
static struct delivery
put_copy(uint8_t id, uint8_t fill)
{
	struct delivery d = {.leaf = id, .expires_ms = 1000u + id};
	uint8_t         key[72];

	memset(key, fill, sizeof key);
	memset(d.id, id, sizeof d.id);
	(void)snprintf(d.oin, sizeof d.oin, OIN);
	(void)snprintf(d.desk, sizeof d.desk, DESK);
	assert_int_equal(store_next_seq(store, &d.seq), RC_OK);
	AUTO(buf_wipe) struct buf sealed = buf_init(64);
	assert_int_equal(buf_append(&sealed, text("SEALED")), RC_OK);
	assert_int_equal(
	    store_put_delivery(store, &d, &sealed, slice_of(key, sizeof key)), RC_OK);
	return d;
}

static struct delivery
committed_copy(uint8_t id, uint8_t fill)
{
	assert_int_equal(store_begin(store), RC_OK);
	struct delivery d = put_copy(id, fill);
	assert_int_equal(store_commit(store), RC_OK);
	return d;
}

static void
finish(const struct delivery *d)
{
	assert_int_equal(store_begin(store), RC_OK);
	assert_int_equal(store_finish_delivery(store, d->seq, 99), RC_OK);
	assert_int_equal(store_commit(store), RC_OK);
}

static bool
file_holds(const char *name, uint8_t fill)
{
	AUTO(buf_wipe) struct buf b = buf_init(1 << 24);
	char                      path[128];
	uint8_t                   want[72];
	memset(want, fill, sizeof want);
	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	if (access(path, F_OK) != 0) return false;
	read_file(path, &b);
	return b.n != 0 && memmem(b.p, b.n, want, sizeof want) != NULL;
}

static bool
copy_opens(uint64_t seq)
{
	AUTO(buf_wipe) struct buf sealed = buf_init(100), wrapped = buf_init(100);
	return store_get_copy(store, seq, &sealed, &wrapped) == RC_OK && wrapped.n == 72;
}

/* --- opening --------------------------------------------------------------------- */

static void
a_second_broker_on_the_same_state_is_refused(void **state)
{
	struct store *other = NULL;
	(void)state;
	assert_int_equal(store_open(&other, dir), RC_CONFIG);
	assert_null(other);
	pid_t child = fork();
	if (child == 0) _exit(store_open(&other, dir) == RC_CONFIG ? 0 : 1);
	int status = 1;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	store_destroy(&store);
	assert_int_equal(store_open(&store, dir), RC_OK); /* free again */
}

static void
nobody_else_may_read_the_files(void **state)
{
	static const char *const names[] = {"lock", "sluis.db", "keys.db"};
	struct stat              st;
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		char path[128];
		(void)snprintf(path, sizeof path, "%s/%s", dir, names[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
	}
}

static void
refuses_after(const char *name, const char *sql, rc want)
{
	store_destroy(&store);
	region_sql(dir, name, sql);
	assert_int_equal(store_open(&store, dir), want);
	assert_null(store);
}

static void
a_database_that_is_not_ours_is_refused(void **state)
{
	(void)state;
	refuses_after("sluis.db", "PRAGMA application_id=17", RC_CONFIG);
}

static void
a_newer_database_is_refused(void **state)
{
	(void)state;
	refuses_after("sluis.db", "PRAGMA user_version=1000", RC_CONFIG);
}

static void
a_key_database_that_is_not_ours_is_refused(void **state)
{
	(void)state;
	refuses_after("keys.db", "PRAGMA application_id=17", RC_CONFIG);
}

static void
a_newer_key_database_is_refused(void **state)
{
	(void)state;
	refuses_after("keys.db", "PRAGMA user_version=1000", RC_CONFIG);
}

static void
somebody_elses_tables_are_not_adopted(void **state)
{
	(void)state;
	store_destroy(&store);
	remove_folder(dir);
	assert_int_equal(mkdir(dir, 0700), 0);
	region_sql(dir, "sluis.db", "CREATE TABLE leaf(x)");
	assert_int_not_equal(store_open(&store, dir), RC_OK);
	assert_null(store);
}

static void
a_folder_that_cannot_be_made_is_a_disk_failure(void **state)
{
	struct store *s = NULL;
	(void)state;
	assert_int_equal(store_open(&s, "/proc/nowhere/state"), RC_DISK);
	assert_null(s);
}

/* --- transactions ---------------------------------------------------------------- */

static void
put_everything(void)
{
	struct hash        h = {{3}};
	struct request_row q = {.oin = OIN, .desk = DESK, .id = {4}, .first = 1, .n = 1};
	assert_int_equal(store_put_leaf(store, 0, text("leaf"), text("detail")), RC_OK);
	assert_int_equal(store_put_tile(store, 0, 0, text("tile")), RC_OK);
	assert_int_equal(store_put_head(store, 1, &h, text("")), RC_OK);
	assert_int_equal(store_put_request(store, &q), RC_OK);
	assert_int_equal(
	    store_put_binding(store, &h, text("envelope"), text("chain"), 7), RC_OK);
	put_copy(1, 0xa1);
}

static rc
stop_at_once(void *arg, struct slice envelope, struct slice chain)
{
	(void)arg, (void)envelope, (void)chain;
	return RC_INTERNAL;
}

static void
assert_everything_is(rc want)
{
	AUTO(buf_wipe)
	struct buf  leaf = buf_init(64), detail = buf_init(64), tile = buf_init(64);
	struct hash h = {{3}}, root;
	struct request_row q;
	struct delivery    d;
	uint8_t            id[ID_BYTES];
	uint64_t           n;
	memset(id, 1, sizeof id);
	assert_int_equal(store_get_leaf(store, 0, &leaf, &detail), want);
	assert_int_equal(store_get_tile(store, 0, 0, &tile), want);
	assert_int_equal(store_last_head(store, &n, &root), want);
	assert_int_equal(store_head_covering(store, 0, &n), want);
	assert_int_equal(
	    store_get_request(store, OIN, DESK, (uint8_t[ID_BYTES]){4}, &q), want);
	assert_int_equal(store_find_request(store, (uint8_t[ID_BYTES]){4}, &q), want);
	assert_int_equal(store_get_binding(store, &h, &n), want);
	assert_int_equal(store_get_delivery(store, id, &d), want);
	assert_int_equal(copy_opens(1) ? RC_OK : RC_NOT_FOUND, want);
	assert_int_equal(store_count_all_pending(store, &n), RC_OK);
	assert_int_equal(n, want == RC_OK ? 1 : 0);
	assert_int_equal(store_each_binding(store, stop_at_once, NULL),
	    want == RC_OK ? RC_INTERNAL : RC_OK);
	if (want == RC_OK) assert_true(slice_equal(buf_slice(&detail), text("detail")));
}

static void
nothing_is_found_in_an_empty_store(void **state)
{
	uint64_t n = 5;
	(void)state;
	assert_everything_is(RC_NOT_FOUND);
	assert_int_equal(store_count_leaves(store, &n), RC_OK);
	assert_int_equal(n, 0);
}

static void
what_was_committed_is_found_after_opening_again(void **state)
{
	(void)state;
	assert_int_equal(store_begin(store), RC_OK);
	put_everything();
	assert_int_equal(store_commit(store), RC_OK);
	assert_everything_is(RC_OK);
	reopen();
	assert_everything_is(RC_OK);
}

static void
a_rollback_leaves_nothing(void **state)
{
	(void)state;
	assert_int_equal(store_begin(store), RC_OK);
	put_everything();
	assert_everything_is(RC_OK);
	store_rollback(store);
	assert_everything_is(RC_NOT_FOUND);
	reopen();
	assert_everything_is(RC_NOT_FOUND);
	assert_int_equal(store_begin(store), RC_OK);
	put_everything(); /* the same numbers are free again */
	assert_int_equal(store_commit(store), RC_OK);
}

static void
a_store_closed_within_a_transaction_leaves_nothing(void **state)
{
	(void)state;
	assert_int_equal(store_begin(store), RC_OK);
	put_everything();
	reopen();
	assert_everything_is(RC_NOT_FOUND);
}

static void
nothing_is_written_twice(void **state)
{
	struct hash        h = {{3}};
	struct request_row q = {.oin = OIN, .desk = DESK, .id = {4}};
	(void)state;
	assert_int_equal(store_begin(store), RC_OK);
	put_everything();
	assert_int_equal(store_put_leaf(store, 0, text("other"), text("")), RC_DISK);
	assert_int_equal(store_put_head(store, 1, &h, text("")), RC_DISK);
	assert_int_equal(store_put_request(store, &q), RC_DISK);
	assert_int_equal(store_put_binding(store, &h, text("e"), text("c"), 8), RC_DISK);
	store_rollback(store);
}

/* --- outbox ---------------------------------------------------------------------- */

static void
copies_wait_in_their_order_for_their_own_desk(void **state)
{
	struct delivery d[8];
	size_t          n = 0;
	uint64_t        count;
	(void)state;
	for (uint8_t i = 1; i <= 5; i++) committed_copy(i, i);
	assert_int_equal(store_pending(store, OIN, DESK, 0, 3, d, &n), RC_OK);
	assert_int_equal(n, 3);
	assert_int_equal(d[0].id[0], 1);
	assert_int_equal(d[2].id[0], 3);
	assert_int_equal(store_pending(store, OIN, DESK, d[2].seq, 8, d, &n), RC_OK);
	assert_int_equal(n, 2);
	assert_int_equal(store_pending(store, OIN, "other", 0, 8, d, &n), RC_OK);
	assert_int_equal(n, 0);
	assert_int_equal(store_pending(store, OIN_NLA, DESK, 0, 8, d, &n), RC_OK);
	assert_int_equal(n, 0);
	assert_int_equal(store_count_pending(store, OIN, "other", &count), RC_OK);
	assert_int_equal(count, 0);
	assert_int_equal(store_count_pending(store, OIN, DESK, &count), RC_OK);
	assert_int_equal(count, 5);
}

static void
a_copy_is_overdue_only_after_its_last_millisecond(void **state)
{
	struct delivery d[4];
	size_t          n = 0;
	(void)state;
	committed_copy(1, 1); /* until 1001 */
	committed_copy(2, 2);
	assert_int_equal(store_overdue(store, 0, 1001, 4, d, &n), RC_OK);
	assert_int_equal(n, 0);
	assert_int_equal(store_overdue(store, 0, 1002, 4, d, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(store_overdue(store, 0, 5000, 1, d, &n), RC_OK);
	assert_int_equal(n, 1);
	finish(&d[0]);
	assert_int_equal(store_overdue(store, 0, 1002, 4, d, &n), RC_OK);
	assert_int_equal(n, 0);
}

static void
a_finished_copy_is_gone_and_its_row_remembers(void **state)
{
	struct delivery d = committed_copy(1, 0xa1), found;
	(void)state;
	finish(&d);
	assert_false(copy_opens(d.seq));
	assert_int_equal(store_get_delivery(store, d.id, &found), RC_OK);
	assert_true(found.acked);
	assert_int_equal(found.ack_leaf, 99);
}

/* --- keys ------------------------------------------------------------------------ */

static void
the_key_of_a_finished_copy_is_nowhere(void **state)
{
	struct delivery gone = committed_copy(1, 0xa1), kept = committed_copy(2, 0xb2);
	(void)state;
	finish(&gone);
	assert_true(file_holds("keys.db", 0xa1) || file_holds("keys.db-wal", 0xa1));
	assert_int_equal(store_forget_erased(store), RC_OK);
	assert_false(file_holds("keys.db", 0xa1));
	assert_false(file_holds("keys.db-wal", 0xa1));
	assert_false(file_holds("sluis.db", 0xa1));
	assert_false(file_holds("sluis.db-wal", 0xa1));
	assert_true(file_holds("keys.db", 0xb2));
	assert_true(copy_opens(kept.seq));
}

/* What a backup that somebody wrote in could bring. */
static void
a_trigger_that_came_with_the_files_keeps_no_key(void **state)
{
	struct delivery gone = committed_copy(1, 0xa1);
	sqlite3        *db   = NULL;
	char            path[128];
	(void)state;
	store_destroy(&store);
	(void)snprintf(path, sizeof path, "%s/keys.db", dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(db,
	        "CREATE TABLE hoard(wrapped BLOB); CREATE TRIGGER t BEFORE DELETE ON key"
	        " BEGIN INSERT INTO hoard VALUES(old.wrapped); END;",
	        NULL, NULL, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	reopen();
	finish(&gone);
	assert_int_equal(store_forget_erased(store), RC_OK);
	assert_false(file_holds("keys.db", 0xa1));
	assert_false(file_holds("keys.db-wal", 0xa1));
}

static void
many_finished_copies_leave_no_key(void **state)
{
	struct delivery d[60];
	(void)state;
	assert_int_equal(store_begin(store), RC_OK);
	for (uint8_t i = 0; i < 60; i++)
		d[i] = put_copy((uint8_t)(i + 1), (uint8_t)(0x80 + i));
	assert_int_equal(store_commit(store), RC_OK);
	for (int i = 59; i >= 0; i--) /* in no order, and two beside each other */
		if (i % 3 != 1) finish(&d[i]);
	assert_int_equal(store_forget_erased(store), RC_OK);
	for (uint8_t i = 0; i < 60; i++) {
		bool here = file_holds("keys.db", (uint8_t)(0x80 + i)) ||
		            file_holds("keys.db-wal", (uint8_t)(0x80 + i));
		assert_int_equal(here, i % 3 == 1);
		assert_int_equal(copy_opens(d[i].seq), i % 3 == 1);
	}
}

static void
keys_of_a_rolled_back_end_are_kept(void **state)
{
	struct delivery d = committed_copy(1, 0xa1);
	(void)state;
	assert_int_equal(store_begin(store), RC_OK);
	assert_int_equal(store_finish_delivery(store, d.seq, 99), RC_OK);
	store_rollback(store);
	assert_int_equal(store_forget_erased(store), RC_OK);
	assert_true(copy_opens(d.seq));
}

static void
keys_that_a_crash_left_behind_are_swept_at_the_next_start(void **state)
{
	(void)state;
	committed_copy(1, 0xb2);
	assert_int_equal(store_begin(store), RC_OK);
	put_copy(2, 0xa1);
	fail_commit_of_main = 2; /* keys.db first, then sluis.db */
	assert_int_equal(store_commit(store), RC_DISK);
	fail_commit_of_main = 0;
	reopen();
	assert_false(file_holds("keys.db", 0xa1));
	assert_false(file_holds("keys.db-wal", 0xa1));
	assert_true(copy_opens(1));
	committed_copy(3, 0xc3); /* takes the number again */
	assert_true(copy_opens(2));
}

static void
a_failed_commit_erases_no_key_that_is_still_owed(void **state)
{
	struct delivery d = committed_copy(1, 0xa1);
	(void)state;
	assert_int_equal(store_begin(store), RC_OK);
	assert_int_equal(store_finish_delivery(store, d.seq, 99), RC_OK);
	fail_commit_of_main = 2;
	assert_int_equal(store_commit(store), RC_DISK);
	fail_commit_of_main = 0;
	ignore(store_forget_erased(store)); /* as broker_close() does */
	reopen();
	assert_true(copy_opens(d.seq));
}

static void
the_key_of_a_copy_stays_while_the_state_is_only_looked_at(void **state)
{
	struct delivery d = committed_copy(1, 0xa1);
	char            here[128], aside[128];
	(void)state;
	(void)snprintf(here, sizeof here, "%s/sluis.db", dir);
	(void)snprintf(aside, sizeof aside, "%s/newer.db", dir);
	store_destroy(&store);
	assert_int_equal(rename(here, aside), 0);
	assert_int_equal(store_open(&store, dir), RC_OK);
	assert_int_equal(store_forget_erased(store), RC_OK); /* as broker_close() does */
	store_destroy(&store);
	assert_int_equal(rename(aside, here), 0);
	reopen();
	assert_true(copy_opens(d.seq));
}

static void
a_finished_copy_whose_key_outlived_a_crash_is_swept(void **state)
{
	struct delivery d = committed_copy(1, 0xa1);
	(void)state;
	finish(&d);
	reopen(); /* without store_forget_erased() */
	assert_false(file_holds("keys.db", 0xa1));
	assert_false(file_holds("keys.db-wal", 0xa1));
}

/* --- requests and bindings ------------------------------------------------------- */

static void
a_request_belongs_to_its_sender(void **state)
{
	struct request_row q = {
	    .oin = OIN, .desk = DESK, .id = {4}, .digest = {9}, .first = 3, .n = 2};
	struct request_row found;
	(void)state;
	assert_int_equal(store_begin(store), RC_OK);
	assert_int_equal(store_put_request(store, &q), RC_OK);
	assert_int_equal(store_commit(store), RC_OK);
	assert_int_equal(
	    store_get_request(store, OIN_NLA, DESK, q.id, &found), RC_NOT_FOUND);
	assert_int_equal(
	    store_get_request(store, OIN, "other", q.id, &found), RC_NOT_FOUND);
	assert_int_equal(
	    store_get_request(store, OIN, DESK, (uint8_t[ID_BYTES]){5}, &found),
	    RC_NOT_FOUND);
	assert_int_equal(store_get_request(store, OIN, DESK, q.id, &found), RC_OK);
	assert_memory_equal(&found, &q, sizeof q);
}

static void
submissions_are_listed_newest_first_and_only_ones_own(void **state)
{
	struct request_row rows[4], q = {.oin = OIN, .desk = DESK, .n = 1};
	size_t             n = 9;
	(void)state;
	assert_int_equal(store_begin(store), RC_OK);
	for (uint8_t i = 0; i < 6; i++) {
		q.id[0] = i;
		q.first = i;
		(void)snprintf(q.desk, sizeof q.desk, i == 4 ? "other" : DESK);
		assert_int_equal(store_put_request(store, &q), RC_OK);
	}
	assert_int_equal(store_commit(store), RC_OK);
	assert_int_equal(store_list_requests(store, OIN, DESK, 3, rows, &n), RC_OK);
	assert_int_equal(n, 3);
	assert_int_equal(rows[0].first, 5);
	assert_int_equal(rows[1].first, 3);
	assert_int_equal(rows[2].first, 2);
	assert_int_equal(store_list_requests(store, OIN, DESK, 0, rows, &n), RC_OK);
	assert_int_equal(n, 0);
}

static rc
collect(void *arg, struct slice envelope, struct slice chain)
{
	char *all = arg;
	(void)snprintf(all + strlen(all), 64 - strlen(all), "%.*s/%.*s ", (int)envelope.n,
	    (const char *)envelope.p, (int)chain.n, (const char *)chain.p);
	return RC_OK;
}

static void
bindings_come_back_in_the_order_they_were_accepted(void **state)
{
	struct hash a = {{9}}, b = {{1}};
	char        all[64] = "";
	uint64_t    leaf    = 0;
	(void)state;
	assert_int_equal(store_begin(store), RC_OK);
	assert_int_equal(store_put_binding(store, &a, text("e1"), text("c1"), 11), RC_OK);
	assert_int_equal(store_put_binding(store, &b, text("e2"), text("c2"), 12), RC_OK);
	assert_int_equal(store_commit(store), RC_OK);
	assert_int_equal(store_each_binding(store, collect, all), RC_OK);
	assert_string_equal(all, "e1/c1 e2/c2 ");
	assert_int_equal(store_get_binding(store, &b, &leaf), RC_OK);
	assert_int_equal(leaf, 12);
}

static rc
collect_file(void *arg, bool signature, const char *name, struct slice bytes)
{
	char *all = arg;
	(void)snprintf(all + strlen(all), 64 - strlen(all), "%s%s=%.*s ",
	    signature ? "!" : "", name, (int)bytes.n, (const char *)bytes.p);
	return RC_OK;
}

static uint64_t
put_policy(uint8_t hash, uint64_t version, const char *content)
{
	struct policy_row row = {.hash = {{hash}}, .version = version, .leaf = version};
	uint64_t          seq = 0;
	assert_int_equal(store_put_policy(store, &row, &seq), RC_OK);
	assert_int_equal(
	    store_put_policy_file(store, seq, false, "a.yaml", text(content)), RC_OK);
	assert_int_equal(
	    store_put_policy_file(store, seq, true, "a.sig", text("S")), RC_OK);
	return seq;
}

static void
the_last_policy_comes_back_with_its_own_files(void **state)
{
	struct policy_row row     = {0};
	char              all[64] = "";
	(void)state;
	assert_int_equal(store_last_policy(store, &row), RC_NOT_FOUND);
	assert_int_equal(store_begin(store), RC_OK);
	put_policy(1, 7, "old");
	uint64_t seq = put_policy(2, 9, "new");
	assert_int_not_equal(
	    store_put_policy_file(store, seq, false, "a.yaml", text("x")), RC_OK);
	assert_int_equal(store_commit(store), RC_OK);
	reopen();
	assert_int_equal(store_last_policy(store, &row), RC_OK);
	assert_int_equal(row.seq, seq);
	assert_int_equal(row.hash.b[0], 2);
	assert_int_equal(row.version, 9);
	assert_int_equal(row.leaf, 9);
	assert_int_equal(store_each_policy_file(store, seq, collect_file, all), RC_OK);
	assert_non_null(strstr(all, "a.yaml=new"));
	assert_non_null(strstr(all, "!a.sig=S"));
	assert_null(strstr(all, "old"));
}

static void
a_policy_of_a_rolled_back_batch_is_not_there(void **state)
{
	struct policy_row row;
	(void)state;
	assert_int_equal(store_begin(store), RC_OK);
	put_policy(1, 7, "old");
	store_rollback(store);
	assert_int_equal(store_last_policy(store, &row), RC_NOT_FOUND);
}

/* --- beside others ---------------------------------------------------------------- */

/* A connection like that of a backup, which holds the lock of writers of NAME. */
static sqlite3 *
writer_of(const char *name)
{
	char     path[128];
	sqlite3 *db = NULL;

	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	return db;
}

static void *
lets_go(void *db)
{
	(void)usleep(50 * 1000);
	(void)sqlite3_close(db);
	return NULL;
}

static void
who_holds_a_lock_for_a_moment_is_waited_for(void **state)
{
	static const char *const names[] = {"sluis.db", "keys.db"};
	pthread_t                thread;
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		sqlite3 *db = writer_of(names[i]);
		assert_int_equal(pthread_create(&thread, NULL, lets_go, db), 0);
		assert_int_equal(store_begin(store), RC_OK);
		assert_int_equal(pthread_join(thread, NULL), 0);
		assert_int_equal(store_commit(store), RC_OK);
	}
}

/* What a backup does: the log cannot be emptied while it reads there. */
static void
what_was_erased_beside_a_reader_goes_when_it_has_read(void **state)
{
	struct delivery gone = committed_copy(1, 0xa1);
	sqlite3        *db   = region_reader(dir, "keys.db");
	(void)state;
	finish(&gone);
	assert_int_equal(store_forget_erased(store), RC_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	assert_int_equal(store_forget_erased(store), RC_OK);
	assert_false(file_holds("keys.db", 0xa1));
	assert_false(file_holds("keys.db-wal", 0xa1));
}

static off_t
size_of(const char *name)
{
	char        path[128];
	struct stat st;

	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	return stat(path, &st) == 0 ? st.st_size : 0;
}

/* Nothing is written any more: what could not be emptied then has not been forgotten. */
static void
an_idle_log_goes_when_who_read_it_has_gone(void **state)
{
	(void)state;
	(void)committed_copy(1, 0xa1);
	sqlite3 *db = region_reader(dir, "sluis.db");
	for (int i = 0; i < 3; i++) assert_int_equal(store_forget_erased(store), RC_OK);
	assert_true(size_of("sluis.db-wal") > 0);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	assert_int_equal(store_forget_erased(store), RC_OK);
	assert_int_equal(size_of("sluis.db-wal"), 0);
}

/* One commit that makes the log of sluis.db too long to wait with. */
static void
commit_a_long_log(void)
{
	enum { N = 18, BYTES = 4 << 20 };
	AUTO(buf_wipe) struct buf leaf = buf_init(BYTES);

	memset(buf_extend(&leaf, BYTES), 1, BYTES);
	assert_int_equal(store_begin(store), RC_OK);
	for (uint64_t i = 0; i < N; i++)
		assert_int_equal(
		    store_put_leaf(store, i, buf_slice(&leaf), text("")), RC_OK);
	assert_int_equal(store_commit(store), RC_OK);
	assert_false(store_is_broken(store));
}

/* What is durable is never refused: what cannot be tidied after it is tried again. */
static void
a_commit_stands_though_its_log_cannot_be_brought_in(void **state)
{
	static const int why[] = {SQLITE_FULL, SQLITE_IOERR, SQLITE_NOMEM};
	uint64_t         n     = 0;
	(void)state;
	for (size_t i = 0; i < sizeof why / sizeof why[0]; i++) {
		fail_checkpoint = why[i];
		commit_a_long_log();
		assert_true(store_forget_erased(store) != RC_OK); /* it is owed */
		fail_checkpoint = 0;
		assert_int_equal(store_forget_erased(store), RC_OK);
		assert_int_equal(size_of("sluis.db-wal"), 0);
		assert_int_equal(store_count_leaves(store, &n), RC_OK);
		assert_int_equal(n, 18);
		(void)drop(state);
		assert_int_equal(fresh(state), 0);
	}
}

/* The index of the log is written after the log: then the commit stands in it, though it
 * failed, and a crash would bring it back. */
static void
a_commit_whose_index_had_no_room_is_for_a_new_start_to_judge(void **state)
{
	(void)state;
	for (long n = 1; n <= 2; n++) {
		assert_int_equal(store_begin(store), RC_OK);
		extended            = SQLITE_IOERR_SHMSIZE;
		fail_commit_of_main = n; /* keys.db first, then sluis.db */
		assert_int_equal(store_commit(store), RC_DISK_FULL);
		extended = 0;
		assert_true(store_is_broken(store));
		reopen();
	}
}

static void
who_keeps_a_lock_is_not_waited_for_for_ever(void **state)
{
	sqlite3 *db = writer_of("keys.db");
	(void)state;
	assert_int_equal(store_begin(store), RC_DISK);
	store_rollback(store);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	assert_int_equal(store_begin(store), RC_OK);
	store_rollback(store);
}

/* --- keys by their master key ------------------------------------------------------- */

#define NINE "000000000000000000"
#define REST NINE NINE NINE NINE NINE NINE NINE NINE
#define BY_1 "x'00000001" REST "'"
#define BY_2 "x'00000002" REST "'"

static uint64_t
n_by_others(uint32_t than)
{
	uint64_t n = 0;

	assert_int_equal(store_count_by_others(dir, than, &n), RC_OK);
	return n;
}

static void
a_key_that_was_given_up_is_asked_of_no_master_key_again(void **state)
{
	struct wrapped_row rows[WRAPPED_PROBE];
	size_t             n = 0;

	(void)state;
	store_destroy(&store);
	region_sql(dir, "keys.db",
	    "INSERT INTO key VALUES(1, " BY_1 "), (2, " BY_2 "), (3, x'07');"
	    "INSERT INTO record VALUES(0, " BY_1 "), (9, " BY_2 ")");
	assert_int_equal(n_by_others(2), 3);
	assert_int_equal(store_give_up_by_others(dir, 2), RC_OK);
	assert_int_equal(n_by_others(2), 0);
	assert_int_equal(n_by_others(3), 2); /* those are good, and change again */
	region_sql(dir,
	    "keys.db", /* the rows stay, for what they sealed has its end too */
	    "CREATE TABLE there(n CHECK(n = 3));"
	    "INSERT INTO there SELECT (SELECT count(*) FROM key WHERE wrapped = x'') +"
	    " (SELECT count(*) FROM record WHERE wrapped = x'')");
	assert_int_equal(store_open(&store, dir), RC_OK);
	assert_int_equal(store_newest_wrapped(store, WRAPPED_COPIES, 1, rows, &n), RC_OK);
	assert_int_equal(n, 0);
	assert_int_equal(store_newest_wrapped(store, WRAPPED_COPIES, 2, rows, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(store_give_up_by_others(dir, 2), RC_CONFIG); /* it is in use */
}

#define T(name) cmocka_unit_test_setup_teardown(name, fresh, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(who_holds_a_lock_for_a_moment_is_waited_for),
	    T(who_keeps_a_lock_is_not_waited_for_for_ever),
	    T(what_was_erased_beside_a_reader_goes_when_it_has_read),
	    T(an_idle_log_goes_when_who_read_it_has_gone),
	    T(a_commit_stands_though_its_log_cannot_be_brought_in),
	    T(a_commit_whose_index_had_no_room_is_for_a_new_start_to_judge),
	    T(a_second_broker_on_the_same_state_is_refused),
	    T(nobody_else_may_read_the_files),
	    T(a_database_that_is_not_ours_is_refused),
	    T(a_newer_database_is_refused),
	    T(a_key_database_that_is_not_ours_is_refused),
	    T(a_newer_key_database_is_refused),
	    T(somebody_elses_tables_are_not_adopted),
	    T(a_folder_that_cannot_be_made_is_a_disk_failure),
	    T(nothing_is_found_in_an_empty_store),
	    T(what_was_committed_is_found_after_opening_again),
	    T(a_rollback_leaves_nothing),
	    T(a_store_closed_within_a_transaction_leaves_nothing),
	    T(nothing_is_written_twice),
	    T(copies_wait_in_their_order_for_their_own_desk),
	    T(a_copy_is_overdue_only_after_its_last_millisecond),
	    T(a_finished_copy_is_gone_and_its_row_remembers),
	    T(the_key_of_a_finished_copy_is_nowhere),
	    T(a_trigger_that_came_with_the_files_keeps_no_key),
	    T(many_finished_copies_leave_no_key),
	    T(keys_of_a_rolled_back_end_are_kept),
	    T(keys_that_a_crash_left_behind_are_swept_at_the_next_start),
	    T(a_failed_commit_erases_no_key_that_is_still_owed),
	    T(the_key_of_a_copy_stays_while_the_state_is_only_looked_at),
	    T(a_finished_copy_whose_key_outlived_a_crash_is_swept),
	    T(a_request_belongs_to_its_sender),
	    T(submissions_are_listed_newest_first_and_only_ones_own),
	    T(bindings_come_back_in_the_order_they_were_accepted),
	    T(the_last_policy_comes_back_with_its_own_files),
	    T(a_policy_of_a_rolled_back_batch_is_not_there),
	    T(a_key_that_was_given_up_is_asked_of_no_master_key_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* test_gather.c - many writes of SQLite are few, and none is missing where it counts. */
#include "broker/store/gather.h"

#include <errno.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/sluis-gather-XXXXXX";
static char path[64];

/* --- the kernel, counted and failing ---------------------------------------------- */

static size_t n_writes;
static bool   full;

static ssize_t
counted(int fd, const void *p, size_t n, off_t at)
{
	n_writes++;
	if (!full) return pwrite(fd, p, n, at);
	if (n > 512) return pwrite(fd, p, n / 2, at);
	errno = ENOSPC;
	return -1;
}

/* --- help ------------------------------------------------------------------------- */

static int
make(void **state)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
	(void)state;
	if (mkdtemp(folder) == NULL || gather_register() != RC_OK) return -1;
	if (gather_register() != RC_OK)
		return -1; /* once is enough, twice does no harm */
	(void)snprintf(path, sizeof path, "%s/a.db", folder);
	(void)vfs->xSetSystemCall(vfs, "pwrite", (sqlite3_syscall_ptr)counted);
	return vfs->xSetSystemCall(vfs, "pwrite64", (sqlite3_syscall_ptr)counted);
}

static int
drop(void **state)
{
	char command[96];
	(void)state;
	(void)snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command); /* NOLINT: the path is ours */
}

static sqlite3 *
open_db(const char *vfs)
{
	sqlite3 *db = NULL;
	assert_int_equal(
	    sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs),
	    SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(db,
	        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
	        "PRAGMA mmap_size=0; PRAGMA cache_size=10;"
	        "CREATE TABLE IF NOT EXISTS t(a INTEGER PRIMARY KEY, b BLOB)",
	        NULL, NULL, NULL),
	    SQLITE_OK);
	return db;
}

static int
run(sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

/* The one number or text that SQL gives. */
static const char *
value(sqlite3 *db, const char *sql)
{
	static char   text[64];
	sqlite3_stmt *q = NULL;
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	(void)snprintf(text, sizeof text, "%s", (const char *)sqlite3_column_text(q, 0));
	(void)sqlite3_finalize(q);
	return text;
}

/* N rows of 4000 bytes, all different. */
static void
add_rows(sqlite3 *db, int n)
{
	char sql[256];
	(void)snprintf(sql, sizeof sql,
	    "WITH RECURSIVE r(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM r WHERE i < "
	    "%d)"
	    " INSERT INTO t(b) SELECT CAST(printf('%%04000d', random()) AS BLOB) FROM r",
	    n);
	assert_int_equal(run(db, sql), SQLITE_OK);
}

/* --- tests ------------------------------------------------------------------------ */

static void
the_pages_of_a_commit_are_few_writes_and_another_reader_sees_them(void **state)
{
	sqlite3 *db = open_db(GATHER_VFS), *other = open_db(NULL);
	(void)state;
	(void)run(db, "DELETE FROM t");
	(void)run(db, "PRAGMA cache_size=2000; BEGIN");
	add_rows(db, 20);
	n_writes = 0;
	assert_int_equal(run(db, "COMMIT"), SQLITE_OK);
	assert_in_range(n_writes, 1, 3);
	assert_string_equal(value(other, "SELECT count(*) FROM t"), "20");
	(void)sqlite3_close(other);
	(void)sqlite3_close(db);
}

static void
what_does_not_fit_into_memory_is_read_back_as_it_was_written(void **state)
{
	sqlite3 *db = open_db(GATHER_VFS), *other;
	char     sum[64];
	(void)state;
	(void)run(db, "DELETE FROM t; BEGIN");
	add_rows(db, 700); /* 2.8 MB; ten pages are in memory */
	(void)snprintf(sum, sizeof sum, "%s",
	    value(db, "SELECT sum(length(b)) || hex(max(b)) FROM t"));
	assert_int_equal(run(db, "COMMIT"), SQLITE_OK);
	assert_string_equal(
	    value(db, "SELECT sum(length(b)) || hex(max(b)) FROM t"), sum);
	assert_int_equal(run(db, "PRAGMA wal_checkpoint(TRUNCATE)"), SQLITE_OK);
	add_rows(db, 3);
	(void)sqlite3_close(db);
	other = open_db(NULL);
	assert_string_equal(value(other, "PRAGMA integrity_check"), "ok");
	assert_string_equal(value(other, "SELECT count(*) FROM t"), "703");
	(void)sqlite3_close(other);
}

static void
a_commit_that_finds_the_disk_full_says_so_and_happens_later(void **state)
{
	sqlite3 *db = open_db(GATHER_VFS), *other = open_db(NULL);
	(void)state;
	(void)run(db, "DELETE FROM t");
	for (int n = 1; n < 200; n += 66) {
		char before[64];
		(void)snprintf(
		    before, sizeof before, "%s", value(other, "SELECT count(*) FROM t"));
		(void)run(db, "PRAGMA cache_size=2000; BEGIN");
		add_rows(db, n);
		full     = true;
		int code = run(db, "COMMIT");
		full     = false;
		assert_int_equal(code, SQLITE_FULL);
		if (!sqlite3_get_autocommit(db)) (void)run(db, "ROLLBACK");
		assert_string_equal(value(other, "SELECT count(*) FROM t"), before);
		assert_string_equal(value(db, "SELECT count(*) FROM t"), before);
		add_rows(db, n);
	}
	assert_string_equal(value(other, "SELECT count(*) FROM t"), "400");
	(void)sqlite3_close(db);
	(void)sqlite3_close(other);
}

static void
a_checkpoint_that_finds_the_disk_full_can_be_made_later(void **state)
{
	sqlite3 *db = open_db(GATHER_VFS), *other;
	(void)state;
	(void)run(db, "DELETE FROM t; PRAGMA wal_checkpoint(TRUNCATE)");
	add_rows(db, 100);
	full = true;
	assert_int_equal(
	    sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL),
	    SQLITE_FULL);
	full = false;
	assert_int_equal(run(db, "PRAGMA wal_checkpoint(TRUNCATE)"), SQLITE_OK);
	(void)sqlite3_close(db);
	other = open_db(NULL);
	assert_string_equal(value(other, "PRAGMA integrity_check"), "ok");
	assert_string_equal(value(other, "SELECT count(*) FROM t"), "100");
	(void)sqlite3_close(other);
}

static void
the_size_counts_what_was_written_and_a_truncation_cuts_it(void **state)
{
	sqlite3_vfs  *vfs  = sqlite3_vfs_find(GATHER_VFS);
	sqlite3_file *f    = calloc(1, (size_t)vfs->szOsFile);
	sqlite3_int64 size = 0;
	char          name[64], bytes[100];
	(void)state;
	(void)snprintf(name, sizeof name, "%s/raw", folder);
	memset(bytes, 'x', sizeof bytes);
	assert_int_equal(
	    vfs->xOpen(vfs, name, f,
	        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MAIN_DB, NULL),
	    SQLITE_OK);
	assert_int_equal(f->pMethods->xWrite(f, bytes, 100, 0), SQLITE_OK);
	assert_int_equal(f->pMethods->xFileSize(f, &size), SQLITE_OK);
	assert_int_equal(size, 100);
	assert_int_equal(f->pMethods->xTruncate(f, 50), SQLITE_OK);
	assert_int_equal(f->pMethods->xSync(f, SQLITE_SYNC_NORMAL), SQLITE_OK);
	assert_int_equal(f->pMethods->xFileSize(f, &size), SQLITE_OK);
	assert_int_equal(size, 50);
	assert_int_equal(f->pMethods->xClose(f), SQLITE_OK);
	free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
	        the_pages_of_a_commit_are_few_writes_and_another_reader_sees_them),
	    cmocka_unit_test(
	        what_does_not_fit_into_memory_is_read_back_as_it_was_written),
	    cmocka_unit_test(a_commit_that_finds_the_disk_full_says_so_and_happens_later),
	    cmocka_unit_test(the_size_counts_what_was_written_and_a_truncation_cuts_it),
	    cmocka_unit_test(a_checkpoint_that_finds_the_disk_full_can_be_made_later),
	};
	return cmocka_run_group_tests(tests, make, drop);
}

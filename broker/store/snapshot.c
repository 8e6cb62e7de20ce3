/* SPDX-License-Identifier: EUPL-1.2 */
/* snapshot.c - two read transactions of one moment, and SQLite's own copier. */
#include "broker/store/snapshot.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "broker/store/internal.h"

enum {
	ATTEMPTS = 10000, /* to find both databases at one moment */
	BUSY_MS  = 10000,
};

const char *const snapshot_files[2] = {"sluis.db", "keys.db"};

static void
close_connection(sqlite3 **db)
{
	(void)sqlite3_close(*db);
	*db = NULL;
}

static rc
path_in(const char *dir, const char *name, char path[PATH_MAX])
{
	return snprintf(path, PATH_MAX, "%s/%s", dir, name) < PATH_MAX ? RC_OK
	                                                               : RC_CONFIG;
}

/* --- reading --------------------------------------------------------------------- */

static rc
open_source(const char *dir, const char *name, sqlite3 **ret)
{
	char path[PATH_MAX];
	int  flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW |
	            SQLITE_OPEN_PRIVATECACHE;

	TRY(path_in(dir, name, path));
	if (access(path, F_OK) != 0) return RC_NOT_FOUND;
	if (sqlite3_open_v2(path, ret, flags, NULL) != SQLITE_OK) return RC_DISK;
	(void)sqlite3_busy_timeout(*ret, BUSY_MS);
	return RC_OK;
}

/* BEGIN alone reads nothing yet: the moment is that of the first row. */
static rc
begin_reading(sqlite3 *db)
{
	int64_t n;

	TRY(sql_execute(db, "BEGIN"));
	return sql_number(db, "SELECT count(*) FROM sqlite_schema", &n);
}

/* One attempt: *RET_SAME tells whether keys.db stood still from before the beginning of
 * the one transaction until that of the other. */
static rc
begin_both(sqlite3 *main, sqlite3 *keys, bool *ret_same)
{
	int64_t before = 0, after = 0;

	TRY(sql_number(keys, "PRAGMA data_version", &before));
	TRY(begin_reading(main));
	TRY(begin_reading(keys));
	TRY(sql_number(keys, "PRAGMA data_version", &after));
	*ret_same = before == after;
	return RC_OK;
}

static rc
begin_at_one_moment(sqlite3 *main, sqlite3 *keys)
{
	bool same = false;

	for (int i = 0; i < ATTEMPTS; i++) {
		TRY(begin_both(main, keys, &same));
		if (same) return RC_OK;
		TRY(sql_execute(main, "ROLLBACK"));
		TRY(sql_execute(keys, "ROLLBACK"));
	}
	return RC_TIMEOUT;
}

/* --- writing --------------------------------------------------------------------- */

static rc
open_target(const char *dir, const char *name, sqlite3 **ret)
{
	char path[PATH_MAX];
	int  flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
	            SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_PRIVATECACHE;

	TRY(path_in(dir, name, path));
	if (sqlite3_open_v2(path, ret, flags, NULL) != SQLITE_OK) return RC_DISK;
	return sql_execute(*ret, "PRAGMA synchronous=FULL");
}

static rc
copy_pages(sqlite3 *from, sqlite3 *to)
{
	sqlite3_backup *copy = sqlite3_backup_init(to, "main", from, "main");

	if (copy == NULL) return RC_DISK;
	int step = sqlite3_backup_step(copy, -1);
	int end  = sqlite3_backup_finish(copy);
	return step == SQLITE_DONE && end == SQLITE_OK ? RC_OK : RC_DISK;
}

static rc
copy_one(sqlite3 *from, const char *dir, const char *name)
{
	AUTO(close_connection) sqlite3 *to = NULL;

	TRY(open_target(dir, name, &to));
	return copy_pages(from, to);
}

/* --- public ---------------------------------------------------------------------- */

rc
snapshot_take(const char *from, const char *to)
{
	AUTO(close_connection) sqlite3 *main = NULL;
	AUTO(close_connection) sqlite3 *keys = NULL;

	TRY(open_source(from, snapshot_files[0], &main));
	TRY(open_source(from, snapshot_files[1], &keys));
	TRY(begin_at_one_moment(main, keys));
	TRY(copy_one(main, to, snapshot_files[0]));
	return copy_one(keys, to, snapshot_files[1]);
}

/* --- checking -------------------------------------------------------------------- */

static rc
is_sound(sqlite3 *db)
{
	sqlite3_stmt *stmt = NULL;
	rc            code = RC_DISK;

	if (sqlite3_prepare_v2(db, "PRAGMA integrity_check(1)", -1, &stmt, NULL) !=
	    SQLITE_OK)
		return RC_DISK;
	if (sqlite3_step(stmt) == SQLITE_ROW) {
		const unsigned char *says = sqlite3_column_text(stmt, 0);
		code = says != NULL && strcmp((const char *)says, "ok") == 0
		           ? RC_OK
		           : RC_BAD_TREE;
	}
	(void)sqlite3_finalize(stmt);
	return code;
}

static rc
has_its_key(struct store *s, uint64_t seq)
{
	AUTO(buf_wipe)
	struct buf sealed = buf_init(SEALED_COPY_MAX), wrapped = buf_init(WRAPPED_BYTES);

	rc code = store_get_copy(s, seq, &sealed, &wrapped);
	return code == RC_NOT_FOUND ? RC_BAD_TREE : code;
}

rc
snapshot_check(struct store *s, uint64_t *ret_waiting)
{
	static const char sql[]        = "SELECT seq FROM outbox WHERE ack_leaf IS NULL";
	AUTO(sql_done) sqlite3_stmt *q = NULL;
	rc                           code;

	*ret_waiting = 0;
	TRY(is_sound(s->main.db));
	TRY(is_sound(s->keys.db));
	TRY(sql_use(&s->main, sql, &q));
	while ((code = sql_row(q)) == RC_OK) {
		TRY(has_its_key(s, sql_u64(q, 0)));
		++*ret_waiting;
	}
	return code == RC_NOT_FOUND ? RC_OK : code;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* sql.c - preparing, binding, stepping and reading: SQLite with our manners. */
#include "broker/store/sql.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "broker/log.h"

/* --- failures -------------------------------------------------------------------- */

/* SQLite asks before each commit: 1 makes it a rollback. */
static int
veto(void *arg)
{
	const struct database *d = arg;
	return d->failed != RC_OK;
}

void
sql_guard(struct database *d)
{
	(void)sqlite3_commit_hook(d->db, veto, d);
}

void
sql_forgive(struct database *d)
{
	d->failed = RC_OK;
}

/* Whose connection DB is: the hook knows; NULL if it is not guarded. */
static struct database *
owner_of(sqlite3 *db)
{
	struct database *d = sqlite3_commit_hook(db, NULL, NULL);

	if (d != NULL) sql_guard(d);
	return d;
}

/* Once for each kind of failure until something succeeds again. */
static void
tell(struct database *d, rc code, int extended)
{
	const char *path = sqlite3_db_filename(d->db, "main");
	const char *name = path == NULL ? NULL : strrchr(path, '/');
	char        text[160];

	if (d->told == code) return;
	d->told = code;
	(void)snprintf(text, sizeof text, "%s: %s (SQLite %d)",
	    name == NULL ? "database" : name + 1, sqlite3_errstr(extended), extended);
	LOG(LOG_STORAGE, .code = code, .detail = text);
}

rc
sql_rc(sqlite3 *db, int code)
{
	int extended = sqlite3_extended_errcode(db);
	rc  meaning  = RC_DISK;

	if (code == SQLITE_OK) return RC_OK;
	if ((extended & 255) != (code & 255)) extended = code;
	if ((code & 255) == SQLITE_CONSTRAINT) return RC_DISK;
	if ((code & 255) == SQLITE_NOMEM) meaning = RC_NOMEM;
	if ((code & 255) == SQLITE_FULL || extended == SQLITE_IOERR_SHMSIZE)
		meaning = RC_DISK_FULL; /* the second: of the index of the log */
	struct database *d = owner_of(db);
	if (d == NULL) return meaning;
	d->failed = meaning;
	tell(d, meaning, extended);
	return meaning;
}

/* --- locks ----------------------------------------------------------------------- */

static int
wait_a_little(void *unused, int tries)
{
	enum { PATIENCE_MS = 1000 };

	(void)unused;
	(void)poll(NULL, 0, 1);
	return tries < PATIENCE_MS;
}

void
sql_be_patient(sqlite3 *db)
{
	(void)sqlite3_busy_handler(db, wait_a_little, NULL);
}

int
sql_checkpoint(sqlite3 *db, int how, int *ret_log, int *ret_done)
{
	(void)sqlite3_busy_handler(db, NULL, NULL);
	int code = sqlite3_wal_checkpoint_v2(db, NULL, how, ret_log, ret_done);
	sql_be_patient(db);
	return code;
}

rc
sql_empty_log(struct database *d)
{
	int code = sql_checkpoint(d->db, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

	d->owes_log = code != SQLITE_OK;
	return (code & 255) == SQLITE_BUSY ? RC_OK : sql_rc(d->db, code);
}

/* --- statements ------------------------------------------------------------------ */

rc
sql_execute(sqlite3 *db, const char *sql)
{
	return sql_rc(db, sqlite3_exec(db, sql, NULL, NULL, NULL));
}

rc
sql_first(sqlite3 *db, const char *sql, sqlite3_stmt **ret)
{
	TRY(sql_rc(db, sqlite3_prepare_v2(db, sql, -1, ret, NULL)));
	int step = sqlite3_step(*ret);
	if (step == SQLITE_ROW) return RC_OK;
	return step == SQLITE_DONE ? RC_DISK : sql_rc(db, step);
}

rc
sql_number(sqlite3 *db, const char *sql, int64_t *ret)
{
	sqlite3_stmt *stmt = NULL;
	rc            code = sql_first(db, sql, &stmt);

	if (code == RC_OK) *ret = sqlite3_column_int64(stmt, 0);
	(void)sqlite3_finalize(stmt);
	return code;
}

rc
sql_use(struct database *d, const char *sql, sqlite3_stmt **ret)
{
	for (size_t i = 0; i < d->n; i++) {
		if (d->prepared[i].sql != sql) continue;
		*ret = d->prepared[i].stmt;
		return RC_OK;
	}
	if (d->n == STORE_STATEMENTS) return RC_INTERNAL;
	sqlite3_stmt *stmt = NULL;
	TRY(sql_rc(d->db,
	    sqlite3_prepare_v3(d->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL)));
	d->prepared[d->n++] = (struct prepared){.sql = sql, .stmt = stmt};
	*ret                = stmt;
	return RC_OK;
}

void
sql_done(sqlite3_stmt **sp)
{
	if (*sp == NULL) return;
	(void)sqlite3_reset(*sp);
	(void)sqlite3_clear_bindings(*sp);
	*sp = NULL;
}

rc
sql_run(sqlite3_stmt *s)
{
	int code = sqlite3_step(s);

	if (code == SQLITE_DONE) return RC_OK;
	return code == SQLITE_ROW ? RC_DISK : sql_rc(sqlite3_db_handle(s), code);
}

rc
sql_run_id(struct database *d, const char *sql, const uint8_t id[ID_BYTES])
{
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(d, sql, &q));
	sql_bind_blob(q, 1, slice_of(id, ID_BYTES));
	return sql_run(q);
}

rc
sql_row(sqlite3_stmt *s)
{
	int code = sqlite3_step(s);

	if (code == SQLITE_ROW) return RC_OK;
	return code == SQLITE_DONE ? RC_NOT_FOUND : sql_rc(sqlite3_db_handle(s), code);
}

void
sql_bind_u64(sqlite3_stmt *s, int i, uint64_t v)
{
	(void)sqlite3_bind_int64(s, i, (sqlite3_int64)v);
}

void
sql_bind_text(sqlite3_stmt *s, int i, const char *text)
{
	(void)sqlite3_bind_text(s, i, text, -1, SQLITE_STATIC);
}

void
sql_bind_blob(sqlite3_stmt *s, int i, struct slice bytes)
{
	(void)sqlite3_bind_blob64(
	    s, i, bytes.p == NULL ? "" : (const void *)bytes.p, bytes.n, SQLITE_STATIC);
}

uint64_t
sql_u64(sqlite3_stmt *s, int column)
{
	return (uint64_t)sqlite3_column_int64(s, column);
}

struct slice
sql_blob(sqlite3_stmt *s, int column)
{
	const void *p = sqlite3_column_blob(s, column);
	int         n = sqlite3_column_bytes(s, column);
	return slice_of(p, n < 0 ? 0 : (size_t)n);
}

/* The table of S, or the first of its tables. */
static struct slice
table_of(sqlite3_stmt *s)
{
	static const char from[] = " FROM ";
	const char       *sql    = sqlite3_sql(s);
	const char       *at     = sql == NULL ? NULL : strstr(sql, from);

	if (at == NULL) return slice_str("?");
	at += sizeof from - 1;
	return slice_of(at, strcspn(at, " "));
}

/* What nobody wrote there: the disk works, so this row alone cannot be read. */
static rc
damaged(sqlite3_stmt *s, int column)
{
	char         text[160];
	const char  *name  = sqlite3_column_name(s, column);
	struct slice table = table_of(s);

	(void)snprintf(text, sizeof text, "%.*s: %.64s has another size than is written",
	    (int)(table.n < 64 ? table.n : 64), (const char *)table.p,
	    name == NULL ? "?" : name);
	LOG(LOG_ROW_DAMAGED, .code = RC_BAD_DIGEST, .detail = text);
	return RC_BAD_DIGEST;
}

rc
sql_text(sqlite3_stmt *s, int column, char *out, size_t size)
{
	const unsigned char *text = sqlite3_column_text(s, column);
	if (text == NULL && sqlite3_errcode(sqlite3_db_handle(s)) == SQLITE_NOMEM)
		return RC_NOMEM;
	if (text == NULL || strlen((const char *)text) >= size) return damaged(s, column);
	memcpy(out, text, strlen((const char *)text) + 1);
	return RC_OK;
}

rc
sql_fixed(sqlite3_stmt *s, int column, uint8_t *out, size_t n)
{
	struct slice b = sql_blob(s, column);
	if (b.n != n) return damaged(s, column);
	memcpy(out, b.p, n);
	return RC_OK;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* sql.c - preparing, binding, stepping and reading: SQLite with our manners. */
#include "broker/store/sql.h"

#include <string.h>

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
	if (sqlite3_prepare_v3(d->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) !=
	    SQLITE_OK)
		return RC_DISK;
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
	return sqlite3_step(s) == SQLITE_DONE ? RC_OK : RC_DISK;
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
	switch (sqlite3_step(s)) {
	case SQLITE_ROW:
		return RC_OK;
	case SQLITE_DONE:
		return RC_NOT_FOUND;
	default:
		return RC_DISK;
	}
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

rc
sql_text(sqlite3_stmt *s, int column, char *out, size_t size)
{
	const unsigned char *text = sqlite3_column_text(s, column);
	if (text == NULL || strlen((const char *)text) >= size) return RC_DISK;
	memcpy(out, text, strlen((const char *)text) + 1);
	return RC_OK;
}

rc
sql_fixed(sqlite3_stmt *s, int column, uint8_t *out, size_t n)
{
	struct slice b = sql_blob(s, column);
	if (b.n != n) return RC_DISK;
	memcpy(out, b.p, n);
	return RC_OK;
}

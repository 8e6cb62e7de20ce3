/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * store_keys.c - keys.db: one wrapped key a record, and nothing else.
 *
 * Deleting a row erases the record's copy wherever its ciphertext lies.  With
 * secure_delete the row leaves the database file, but its images stay in the
 * write-ahead log until that is truncated (25 of them were counted, crypto.md 5.3):
 * store_forget_erased() does that.
 */
#include "broker/store_internal.h"

rc
store_keys_create(struct store *s)
{
	static const char schema[] = "CREATE TABLE IF NOT EXISTS key(id INTEGER PRIMARY "
	                             "KEY, wrapped BLOB NOT NULL) STRICT;";
	return sqlite3_exec(s->keys.db, schema, NULL, NULL, NULL) == SQLITE_OK ? RC_OK
	                                                                       : RC_DISK;
}

rc
store_put_key(struct store *s, uint64_t id, struct slice wrapped)
{
	static const char            sql[] = "INSERT INTO key(id, wrapped) VALUES(?,?)";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	TRY(sql_use(&s->keys, sql, &q));
	sql_bind_u64(q, 1, id);
	sql_bind_blob(q, 2, wrapped);
	return sql_run(q);
}

rc
store_get_key(struct store *s, uint64_t id, struct buf *out)
{
	static const char            sql[] = "SELECT wrapped FROM key WHERE id = ?";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	TRY(sql_use(&s->keys, sql, &q));
	sql_bind_u64(q, 1, id);
	TRY(sql_row(q));
	return buf_append(out, sql_blob(q, 0));
}

enum { SWEEP = 256 }; /* keys looked at in one go */

static rc
keys_after(struct store *s, uint64_t after, uint64_t ids[SWEEP], size_t *ret_n)
{
	static const char sql[] = "SELECT id FROM key WHERE id > ? ORDER BY id LIMIT ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;
	size_t                       n = 0;
	rc                           code;

	TRY(sql_use(&s->keys, sql, &q));
	sql_bind_u64(q, 1, after);
	sql_bind_u64(q, 2, SWEEP);
	while (n < SWEEP && (code = sql_row(q)) != RC_NOT_FOUND) {
		TRY(code);
		ids[n++] = sql_u64(q, 0);
	}
	*ret_n = n;
	return RC_OK;
}

static rc
erase_key(struct store *s, uint64_t id)
{
	static const char            sql[] = "DELETE FROM key WHERE id = ?";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	TRY(sql_use(&s->keys, sql, &q));
	sql_bind_u64(q, 1, id);
	return sql_run(q);
}

static rc
erase_unneeded(struct store *s)
{
	uint64_t ids[SWEEP], last = 0;
	size_t   n;

	do {
		TRY(keys_after(s, last, ids, &n));
		for (size_t i = 0; i < n; i++) {
			bool needed = true;
			last        = ids[i];
			TRY(store_needs_key(s, ids[i], &needed));
			if (!needed) TRY(erase_key(s, ids[i]));
		}
	} while (n == SWEEP);
	return RC_OK;
}

rc
store_forget_erased(struct store *s)
{
	int log = 0, done = 0;

	/* Between a commit of keys.db and a failed one of sluis.db an acknowledgement
	 * looks as if it had happened; what it would erase is still owed. */
	if (!s->erasing || s->in_transaction) return RC_OK;
	if (sqlite3_exec(s->keys.db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
		return RC_DISK;
	rc          code = erase_unneeded(s);
	const char *end  = code == RC_OK ? "COMMIT" : "ROLLBACK";
	if (sqlite3_exec(s->keys.db, end, NULL, NULL, NULL) != SQLITE_OK) code = RC_DISK;
	TRY(code);
	if (sqlite3_wal_checkpoint_v2(
	        s->keys.db, NULL, SQLITE_CHECKPOINT_TRUNCATE, &log, &done) != SQLITE_OK)
		return RC_DISK;
	s->erasing = false;
	return RC_OK;
}

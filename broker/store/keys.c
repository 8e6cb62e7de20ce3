/* SPDX-License-Identifier: EUPL-1.2 */
/* keys.c - keys.db: one wrapped key a record, and nothing else. */
#include "broker/store/internal.h"

#include "proto/room.h"

const char store_keys_schema[] =
    "CREATE TABLE key(id INTEGER PRIMARY KEY, wrapped BLOB NOT NULL) STRICT;";

rc
store_put_key(struct store *s, uint64_t id, struct slice wrapped)
{
	/* one that a failed commit left behind under this number opens nothing */
	static const char sql[] = "INSERT OR REPLACE INTO key(id, wrapped) VALUES(?,?)";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

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

rc
store_delete_keys(struct store *s, uint64_t first, uint64_t last)
{
	static const char            sql[] = "DELETE FROM key WHERE id >= ? AND id <= ?";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	TRY(sql_use(&s->keys, sql, &q));
	sql_bind_u64(q, 1, first);
	sql_bind_u64(q, 2, last);
	return sql_run(q);
}

rc
store_keys_after(
    struct store *s, uint64_t after, size_t max, uint64_t *ret, size_t *ret_n)
{
	static const char sql[] = "SELECT id FROM key WHERE id > ? ORDER BY id LIMIT ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;
	size_t                       n = 0;
	rc                           code;

	TRY(sql_use(&s->keys, sql, &q));
	sql_bind_u64(q, 1, after);
	sql_bind_u64(q, 2, max);
	while (n < max && (code = sql_row(q)) != RC_NOT_FOUND) {
		TRY(code);
		ret[n++] = sql_u64(q, 0);
	}
	*ret_n = n;
	return RC_OK;
}

void
store_note_finished(struct store *s, uint64_t seq)
{
	if (room_for_one(&s->finished, s->n_finished, &s->cap_finished,
	        sizeof *s->finished) != RC_OK)
		s->sweep_all = true;
	else
		s->finished[s->n_finished++] = seq;
}

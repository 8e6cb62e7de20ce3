/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * request.c - table request: which submission or act became which leaves.
 *
 * A row outlives what was shared by it, which may be erased: the same request again is
 * still answered by the leaves of then and has no second effect (repeat.h), and a second
 * erase or a recall is told RC_ERASED.  It says who, when, and a keyed digest, no person.
 * It goes with its case alone, where the id names a case (owed/retention.c).
 */
#include "broker/store/internal.h"

#define COLUMNS "oin, desk, id, digest, created_ms, first, n, act"

/* Ids are their senders' own, and random: one index in their order, no more. */
const char store_request_schema[] =
    "CREATE TABLE request_2(seq INTEGER PRIMARY KEY, oin TEXT NOT NULL,"
    " desk TEXT NOT NULL, id BLOB NOT NULL, digest BLOB NOT NULL,"
    " created_ms INTEGER NOT NULL, first INTEGER NOT NULL, n INTEGER NOT NULL,"
    " act INTEGER NOT NULL) STRICT;"
    "INSERT INTO request_2(" COLUMNS ") SELECT " COLUMNS " FROM request ORDER BY first;"
    "DROP TABLE request; ALTER TABLE request_2 RENAME TO request;"
    "CREATE UNIQUE INDEX request_by_id ON request(id, oin, desk);"
    "CREATE INDEX request_newest ON request(oin, desk, first) WHERE act = 0;";

static rc
read_request(sqlite3_stmt *q, struct request_row *ret)
{
	struct request_row r = {.created_ms = sql_u64(q, 4),
	    .first                          = sql_u64(q, 5),
	    .n                              = sql_u64(q, 6),
	    .act                            = sql_u64(q, 7) != 0};

	TRY(sql_text(q, 0, r.oin, sizeof r.oin));
	TRY(sql_text(q, 1, r.desk, sizeof r.desk));
	TRY(sql_fixed(q, 2, r.id, sizeof r.id));
	TRY(sql_fixed(q, 3, r.digest, sizeof r.digest));
	*ret = r;
	return RC_OK;
}

rc
store_put_request(struct store *s, const struct request_row *r)
{
	static const char sql[] =
	    "INSERT INTO request(" COLUMNS ") VALUES(?,?,?,?,?,?,?,?)";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_text(q, 1, r->oin);
	sql_bind_text(q, 2, r->desk);
	sql_bind_blob(q, 3, slice_of(r->id, sizeof r->id));
	sql_bind_blob(q, 4, slice_of(r->digest, sizeof r->digest));
	sql_bind_u64(q, 5, r->created_ms);
	sql_bind_u64(q, 6, r->first);
	sql_bind_u64(q, 7, r->n);
	sql_bind_u64(q, 8, r->act ? 1 : 0);
	return sql_run(q);
}

rc
store_get_request(struct store *s, const char *oin, const char *desk,
    const uint8_t id[ID_BYTES], struct request_row *ret)
{
	static const char sql[] =
	    "SELECT " COLUMNS " FROM request WHERE oin = ? AND desk = ? AND id = ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_text(q, 1, oin);
	sql_bind_text(q, 2, desk);
	sql_bind_blob(q, 3, slice_of(id, ID_BYTES));
	TRY(sql_row(q));
	return read_request(q, ret);
}

rc
store_find_request(struct store *s, const uint8_t id[ID_BYTES], struct request_row *ret)
{
	static const char sql[] = "SELECT " COLUMNS " FROM request WHERE id = ? LIMIT 1";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(id, ID_BYTES));
	TRY(sql_row(q));
	return read_request(q, ret);
}

rc
store_forget_request(struct store *s, const uint8_t id[ID_BYTES])
{
	static const char            sql[] = "DELETE FROM request WHERE id = ?";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(id, ID_BYTES));
	return sql_run(q);
}

rc
store_list_requests(struct store *s, const char *oin, const char *desk, size_t max,
    struct request_row *ret, size_t *ret_n)
{
	static const char sql[] =
	    "SELECT " COLUMNS " FROM request WHERE oin = ? AND desk = ?"
	    " AND act = 0 ORDER BY first DESC LIMIT ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;
	size_t                       n = 0;
	rc                           code;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_text(q, 1, oin);
	sql_bind_text(q, 2, desk);
	sql_bind_u64(q, 3, max);
	while (n < max && (code = sql_row(q)) != RC_NOT_FOUND) {
		TRY(code);
		TRY(read_request(q, &ret[n++]));
	}
	*ret_n = n;
	return RC_OK;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* notice.c - table notice: those of layer 2 that wait for a cover turn. */
#include "broker/store/case.h"
#include "broker/store/internal.h"

const char store_notice_schema[] =
    "CREATE TABLE notice(seq INTEGER PRIMARY KEY, oin TEXT NOT NULL, desk TEXT NOT NULL,"
    " layer INTEGER NOT NULL, about INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;";

const char store_notice_by_schema[] =
    "ALTER TABLE notice ADD COLUMN by_oin TEXT NOT NULL DEFAULT '';"
    "CREATE INDEX notice_by ON notice(by_oin, seq);";

rc
store_put_notice(struct store *s, const struct veiled_notice *n, struct slice bytes)
{
	static const char sql[] =
	    "INSERT INTO notice(oin, desk, layer, about, bytes, by_oin)"
	    " VALUES(?,?,?,?,?,?)";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_text(q, 1, n->to.oin);
	sql_bind_text(q, 2, n->to.desk);
	sql_bind_u64(q, 3, n->layer);
	sql_bind_u64(q, 4, n->about);
	sql_bind_blob(q, 5, bytes);
	sql_bind_text(q, 6, n->by);
	return sql_run(q);
}

/* The oldest of the first party after AFTER; of any party if AFTER is NULL. */
static rc
first_after(
    struct store *s, const char *after, struct veiled_notice *ret, struct buf *bytes)
{
	static const char sql[] =
	    "SELECT seq, oin, desk, layer, about, bytes, by_oin FROM notice"
	    " WHERE ?1 IS NULL OR by_oin > ?1 ORDER BY by_oin, seq LIMIT 1";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	if (after != NULL) sql_bind_text(q, 1, after);
	TRY(sql_row(q));
	ret->seq = sql_u64(q, 0);
	TRY(sql_text(q, 1, ret->to.oin, sizeof ret->to.oin));
	TRY(sql_text(q, 2, ret->to.desk, sizeof ret->to.desk));
	ret->layer = (unsigned)sql_u64(q, 3);
	ret->about = sql_u64(q, 4);
	TRY(sql_text(q, 6, ret->by, sizeof ret->by));
	return buf_append(bytes, sql_blob(q, 5));
}

rc
store_next_notice(
    struct store *s, const char *after, struct veiled_notice *ret, struct buf *bytes)
{
	rc code = first_after(s, after, ret, bytes);
	return code == RC_NOT_FOUND ? first_after(s, NULL, ret, bytes) : code;
}

rc
store_notices_caused(struct store *s, const char *by, uint64_t *ret_n)
{
	static const char sql[]        = "SELECT count(*) FROM notice WHERE by_oin = ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_text(q, 1, by);
	TRY(sql_row(q));
	*ret_n = sql_u64(q, 0);
	return RC_OK;
}

rc
store_end_notice(struct store *s, uint64_t seq)
{
	static const char            sql[] = "DELETE FROM notice WHERE seq = ?";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, seq);
	return sql_run(q);
}

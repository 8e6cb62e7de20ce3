/* SPDX-License-Identifier: EUPL-1.2 */
/* notice.c - table notice: those of layer 2 that wait for a cover turn. */
#include "broker/store/case.h"
#include "broker/store/internal.h"

const char store_notice_schema[] =
    "CREATE TABLE notice(seq INTEGER PRIMARY KEY, oin TEXT NOT NULL, desk TEXT NOT NULL,"
    " layer INTEGER NOT NULL, about INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;";

rc
store_put_notice(struct store *s, const struct veiled_notice *n, struct slice bytes)
{
	static const char sql[] =
	    "INSERT INTO notice(oin, desk, layer, about, bytes) VALUES(?,?,?,?,?)";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_text(q, 1, n->to.oin);
	sql_bind_text(q, 2, n->to.desk);
	sql_bind_u64(q, 3, n->layer);
	sql_bind_u64(q, 4, n->about);
	sql_bind_blob(q, 5, bytes);
	return sql_run(q);
}

rc
store_first_notice(struct store *s, struct veiled_notice *ret, struct buf *bytes)
{
	static const char sql[] =
	    "SELECT seq, oin, desk, layer, about, bytes FROM notice ORDER BY seq LIMIT 1";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	TRY(sql_row(q));
	ret->seq = sql_u64(q, 0);
	TRY(sql_text(q, 1, ret->to.oin, sizeof ret->to.oin));
	TRY(sql_text(q, 2, ret->to.desk, sizeof ret->to.desk));
	ret->layer = (unsigned)sql_u64(q, 3);
	ret->about = sql_u64(q, 4);
	return buf_append(bytes, sql_blob(q, 5));
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

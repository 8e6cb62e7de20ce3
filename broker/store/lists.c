/* SPDX-License-Identifier: EUPL-1.2 */
/* lists.c - table lists: the newest revocation lists that were ever in force. */
#include "broker/store/internal.h"

const char store_lists_schema[] =
    "CREATE TABLE lists(one INTEGER PRIMARY KEY CHECK(one = 1),"
    " newest BLOB NOT NULL) STRICT;";

rc
store_put_lists(struct store *s, struct slice newest)
{
	static const char sql[] =
	    "INSERT OR REPLACE INTO lists(one, newest) VALUES(1, ?)";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, newest);
	return sql_run(q);
}

rc
store_get_lists(struct store *s, struct buf *out)
{
	static const char            sql[] = "SELECT newest FROM lists";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	TRY(sql_use(&s->main, sql, &q));
	TRY(sql_row(q));
	return buf_append(out, sql_blob(q, 0));
}

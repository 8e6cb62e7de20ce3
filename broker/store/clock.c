/* SPDX-License-Identifier: EUPL-1.2 */
/* clock.c - table clock: whether the wall clock was not believed, and since when. */
#include "broker/store/internal.h"

const char store_clock_schema[] =
    "CREATE TABLE clock(one INTEGER PRIMARY KEY CHECK(one = 1),"
    " held_ms INTEGER NOT NULL) STRICT;";

rc
store_hold_clock(struct store *s, uint64_t since_ms)
{
	static const char sql[] =
	    "INSERT OR REPLACE INTO clock(one, held_ms) VALUES(1, ?)";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, since_ms);
	return sql_run(q);
}

rc
store_free_clock(struct store *s)
{
	static const char            sql[] = "DELETE FROM clock";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	TRY(sql_use(&s->main, sql, &q));
	return sql_run(q);
}

rc
store_held_clock(struct store *s, uint64_t *ret_since_ms)
{
	static const char            sql[] = "SELECT held_ms FROM clock";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	TRY(sql_use(&s->main, sql, &q));
	TRY(sql_row(q));
	*ret_since_ms = sql_u64(q, 0);
	return RC_OK;
}

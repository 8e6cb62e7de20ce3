/* SPDX-License-Identifier: EUPL-1.2 */
/* control.c - table control: who plans a control when, where only as a token. */
#include "broker/store/internal.h"
#include "broker/store/knowing.h"

const char store_control_schema[] =
    "CREATE TABLE control(id BLOB PRIMARY KEY, oin TEXT NOT NULL, desk TEXT NOT NULL,"
    " convenant TEXT NOT NULL, region TEXT NOT NULL, contact TEXT NOT NULL,"
    " day INTEGER NOT NULL, token BLOB, places INTEGER NOT NULL, leaf INTEGER NOT NULL)"
    " STRICT;"
    "CREATE INDEX control_near ON control(token, day);"
    "CREATE INDEX control_end ON control(day);";

#define COLUMNS "id, oin, desk, convenant, region, contact, day, token, places, leaf"

static rc
read_control(sqlite3_stmt *q, struct control_row *ret)
{
	struct control_row c = {.day = (int32_t)sql_u64(q, 6),
	    .has_token               = sql_blob(q, 7).n != 0,
	    .places                  = sql_u64(q, 8),
	    .leaf                    = sql_u64(q, 9)};

	TRY(sql_fixed(q, 0, c.id, sizeof c.id));
	TRY(sql_text(q, 1, c.who.oin, sizeof c.who.oin));
	TRY(sql_text(q, 2, c.who.desk, sizeof c.who.desk));
	TRY(sql_text(q, 3, c.convenant, sizeof c.convenant));
	TRY(sql_text(q, 4, c.region, sizeof c.region));
	TRY(sql_text(q, 5, c.contact, sizeof c.contact));
	if (c.has_token) TRY(sql_fixed(q, 7, c.token, sizeof c.token));
	*ret = c;
	return RC_OK;
}

rc
store_put_control(struct store *s, const struct control_row *c)
{
	static const char sql[] =
	    "INSERT INTO control(" COLUMNS ") VALUES(?,?,?,?,?,?,?,?,?,?)";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(c->id, sizeof c->id));
	sql_bind_text(q, 2, c->who.oin);
	sql_bind_text(q, 3, c->who.desk);
	sql_bind_text(q, 4, c->convenant);
	sql_bind_text(q, 5, c->region);
	sql_bind_text(q, 6, c->contact);
	sql_bind_u64(q, 7, (uint64_t)c->day);
	if (c->has_token) sql_bind_blob(q, 8, slice_of(c->token, sizeof c->token));
	sql_bind_u64(q, 9, c->places);
	sql_bind_u64(q, 10, c->leaf);
	return sql_run(q);
}

rc
store_get_control(struct store *s, const uint8_t id[ID_BYTES], struct control_row *ret)
{
	static const char sql[]        = "SELECT " COLUMNS " FROM control WHERE id = ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(id, ID_BYTES));
	TRY(sql_row(q));
	return read_control(q, ret);
}

rc
store_end_control(struct store *s, const uint8_t id[ID_BYTES])
{
	static const char            sql[] = "DELETE FROM control WHERE id = ?";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(id, ID_BYTES));
	return sql_run(q);
}

rc
store_controls_near(struct store *s, const struct control_row *c, int32_t days,
    size_t max, struct control_row *ret, size_t *ret_n)
{
	/* of every party the nearest before the next of any: none hides another's */
	static const char sql[] =
	    "SELECT " COLUMNS " FROM (SELECT *, row_number() OVER"
	    " (PARTITION BY oin ORDER BY abs(day - ?7), leaf) AS of_party FROM control"
	    " WHERE token = ?1 AND day BETWEEN ?2 AND ?3 AND region = ?4 AND oin <> ?5)"
	    " ORDER BY of_party, abs(day - ?7), leaf LIMIT ?6";
	AUTO(sql_done) sqlite3_stmt *q = NULL;
	size_t                       n = 0;
	rc                           code;

	*ret_n = 0;
	if (!c->has_token) return RC_OK;
	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(c->token, sizeof c->token));
	sql_bind_u64(q, 2, (uint64_t)(c->day > days ? c->day - days : 0));
	sql_bind_u64(q, 3, (uint64_t)c->day + (uint64_t)days);
	sql_bind_text(q, 4, c->region);
	sql_bind_text(q, 5, c->who.oin);
	sql_bind_u64(q, 6, max);
	sql_bind_u64(q, 7, (uint64_t)c->day);
	while (n < max && (code = sql_row(q)) != RC_NOT_FOUND) {
		TRY(code);
		TRY(read_control(q, &ret[n++]));
	}
	*ret_n = n;
	return RC_OK;
}

rc
store_end_controls(struct store *s, int32_t day)
{
	static const char            sql[] = "DELETE FROM control WHERE day < ?";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, (uint64_t)day);
	return sql_run(q);
}

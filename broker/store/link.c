/* SPDX-License-Identifier: EUPL-1.2 */
/* link.c - tables link_token, link_told, known_day: who else knows. */
#include "broker/store/internal.h"
#include "broker/store/knowing.h"

const char store_link_schema[] =
    "CREATE TABLE link_token(seq INTEGER PRIMARY KEY, token BLOB NOT NULL,"
    " kind TEXT NOT NULL, oin TEXT NOT NULL, desk TEXT NOT NULL, convenant TEXT NOT NULL,"
    " region TEXT NOT NULL, trace BLOB NOT NULL, leaf INTEGER NOT NULL,"
    " until_ms INTEGER NOT NULL, secret INTEGER NOT NULL, seen INTEGER NOT NULL DEFAULT "
    "0,"
    " UNIQUE(oin, desk, trace, token)) STRICT;"
    "CREATE INDEX link_like ON link_token(token, region);"
    "CREATE INDEX link_end ON link_token(until_ms);"
    "CREATE INDEX link_new ON link_token(seq) WHERE seen = 0;"
    "CREATE TABLE link_told(token BLOB NOT NULL, oin TEXT NOT NULL, desk TEXT NOT NULL,"
    " other TEXT NOT NULL, PRIMARY KEY(token, oin, desk, other)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE known_day(what TEXT NOT NULL, oin TEXT NOT NULL, day INTEGER NOT NULL,"
    " n INTEGER NOT NULL, PRIMARY KEY(what, oin)) STRICT, WITHOUT ROWID;";

#define COLUMNS "token, kind, oin, desk, convenant, region, trace, leaf, until_ms, secret"

static rc
read_link(sqlite3_stmt *q, struct link_row *ret)
{
	struct link_row r = {.leaf = sql_u64(q, 7),
	    .until_ms              = sql_u64(q, 8),
	    .secret                = sql_u64(q, 9) != 0};

	TRY(sql_fixed(q, 0, r.token, sizeof r.token));
	TRY(sql_text(q, 1, r.kind, sizeof r.kind));
	TRY(sql_text(q, 2, r.who.oin, sizeof r.who.oin));
	TRY(sql_text(q, 3, r.who.desk, sizeof r.who.desk));
	TRY(sql_text(q, 4, r.convenant, sizeof r.convenant));
	TRY(sql_text(q, 5, r.region, sizeof r.region));
	TRY(sql_fixed(q, 6, r.trace, sizeof r.trace));
	*ret = r;
	return RC_OK;
}

static rc
read_links(sqlite3_stmt *q, size_t max, struct link_row *ret, size_t *ret_n)
{
	size_t n = 0;
	rc     code;

	while (n < max && (code = sql_row(q)) != RC_NOT_FOUND) {
		TRY(code);
		TRY(read_link(q, &ret[n++]));
	}
	*ret_n = n;
	return RC_OK;
}

/* Bind a submission as parameters I to I + 2. */
static void
bind_submission(sqlite3_stmt *q, int i, const struct seat_id *who, const uint8_t *trace)
{
	sql_bind_text(q, i, who->oin);
	sql_bind_text(q, i + 1, who->desk);
	sql_bind_blob(q, i + 2, slice_of(trace, ID_BYTES));
}

rc
store_put_link(struct store *s, const struct link_row *r)
{
	static const char sql[]        = "INSERT OR IGNORE INTO link_token(" COLUMNS ")"
	                                 " VALUES(?,?,?,?,?,?,?,?,?,?)";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(r->token, sizeof r->token));
	sql_bind_text(q, 2, r->kind);
	sql_bind_text(q, 3, r->who.oin);
	sql_bind_text(q, 4, r->who.desk);
	sql_bind_text(q, 5, r->convenant);
	sql_bind_text(q, 6, r->region);
	sql_bind_blob(q, 7, slice_of(r->trace, sizeof r->trace));
	sql_bind_u64(q, 8, r->leaf);
	sql_bind_u64(q, 9, r->until_ms);
	sql_bind_u64(q, 10, r->secret);
	return sql_run(q);
}

rc
store_next_link(struct store *s, struct link_row *ret)
{
	static const char            sql[] = "SELECT " COLUMNS " FROM link_token"
	                                     " WHERE seen = 0 ORDER BY seq LIMIT 1";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	TRY(sql_use(&s->main, sql, &q));
	TRY(sql_row(q));
	return read_link(q, ret);
}

rc
store_links_seen(
    struct store *s, const struct seat_id *who, const uint8_t trace[ID_BYTES])
{
	static const char            sql[] = "UPDATE link_token SET seen = 1"
	                                     " WHERE oin = ? AND desk = ? AND trace = ?";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	TRY(sql_use(&s->main, sql, &q));
	bind_submission(q, 1, who, trace);
	return sql_run(q);
}

rc
store_links_of(struct store *s, const struct seat_id *who, const uint8_t trace[ID_BYTES],
    uint64_t now_ms, size_t max, struct link_row *ret, size_t *ret_n)
{
	static const char            sql[] = "SELECT " COLUMNS " FROM link_token"
	                                     " WHERE oin = ? AND desk = ? AND trace = ?"
	                                     " AND until_ms >= ? ORDER BY seq LIMIT ?";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	TRY(sql_use(&s->main, sql, &q));
	bind_submission(q, 1, who, trace);
	sql_bind_u64(q, 4, now_ms);
	sql_bind_u64(q, 5, max);
	return read_links(q, max, ret, ret_n);
}

rc
store_links_like(struct store *s, const struct link_row *r, uint64_t now_ms, size_t max,
    struct link_row *ret, size_t *ret_n)
{
	static const char sql[] =
	    "SELECT " COLUMNS ", max(seq) AS newest FROM link_token"
	    " WHERE token = ? AND region = ? AND oin <> ?"
	    " AND until_ms >= ? GROUP BY oin, desk, convenant, secret"
	    " ORDER BY newest DESC LIMIT ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(r->token, sizeof r->token));
	sql_bind_text(q, 2, r->region);
	sql_bind_text(q, 3, r->who.oin);
	sql_bind_u64(q, 4, now_ms);
	sql_bind_u64(q, 5, max);
	return read_links(q, max, ret, ret_n);
}

rc
store_link_told(struct store *s, const uint8_t token[TOKEN_BYTES],
    const struct seat_id *who, const char *other, bool *ret_new)
{
	static const char            sql[] = "INSERT OR IGNORE INTO"
	                                     " link_told(token, oin, desk, other)"
	                                     " VALUES(?,?,?,?) RETURNING 1";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(token, TOKEN_BYTES));
	sql_bind_text(q, 2, who->oin);
	sql_bind_text(q, 3, who->desk);
	sql_bind_text(q, 4, other);
	rc code = sql_row(q);
	if (code != RC_OK && code != RC_NOT_FOUND) return code;
	*ret_new = code == RC_OK;
	return code == RC_OK && sql_row(q) != RC_NOT_FOUND ? RC_DISK : RC_OK;
}

/* Who was told of a token that it does not have any more, is as if it was not. */
static rc
drop_told(struct store *s)
{
	static const char            sql[] = "DELETE FROM link_told WHERE NOT EXISTS"
	                                     " (SELECT 1 FROM link_token t"
	                                     " WHERE t.token = link_told.token"
	                                     " AND t.oin = link_told.oin)";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	TRY(sql_use(&s->main, sql, &q));
	return sql_run(q);
}

rc
store_forget_links(
    struct store *s, const struct seat_id *who, const uint8_t trace[ID_BYTES])
{
	static const char            sql[] = "DELETE FROM link_token"
	                                     " WHERE oin = ? AND desk = ? AND trace = ?";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	TRY(sql_use(&s->main, sql, &q));
	bind_submission(q, 1, who, trace);
	return sql_run(q);
}

rc
store_end_links(struct store *s, uint64_t now_ms)
{
	static const char            sql[] = "DELETE FROM link_token WHERE until_ms < ?";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, now_ms);
	TRY(sql_run(q));
	return drop_told(s);
}

/* --- how much of a day ----------------------------------------------------------- */

static rc
count_of_day(
    struct store *s, const char *what, const char *oin, uint64_t day, uint64_t *ret)
{
	static const char            sql[] = "SELECT n FROM known_day"
	                                     " WHERE what = ? AND oin = ? AND day = ?";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	*ret = 0;
	TRY(sql_use(&s->main, sql, &q));
	sql_bind_text(q, 1, what);
	sql_bind_text(q, 2, oin);
	sql_bind_u64(q, 3, day);
	rc code = sql_row(q);
	if (code == RC_OK) *ret = sql_u64(q, 0);
	return code == RC_NOT_FOUND ? RC_OK : code;
}

rc
store_take_of_day(struct store *s, const char *what, const char *oin, uint64_t day,
    uint64_t n, uint64_t most, bool *ret_ok)
{
	static const char sql[] =
	    "INSERT OR REPLACE INTO known_day(what, oin, day, n) VALUES(?,?,?,?)";
	AUTO(sql_done) sqlite3_stmt *q    = NULL;
	uint64_t                     done = 0;

	TRY(count_of_day(s, what, oin, day, &done));
	*ret_ok = done <= most && n <= most - done;
	if (!*ret_ok) return RC_OK;
	TRY(sql_use(&s->main, sql, &q));
	sql_bind_text(q, 1, what);
	sql_bind_text(q, 2, oin);
	sql_bind_u64(q, 3, day);
	sql_bind_u64(q, 4, done + n);
	return sql_run(q);
}

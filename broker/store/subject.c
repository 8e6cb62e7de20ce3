/* SPDX-License-Identifier: EUPL-1.2 */
/* subject.c - tables subject_token and subject. */
#include <string.h>

#include "broker/store/internal.h"
#include "broker/store/subject.h"

const char store_subject_schema[] =
    "CREATE TABLE subject_token(seq INTEGER PRIMARY KEY, token BLOB NOT NULL,"
    " oin TEXT NOT NULL, desk TEXT NOT NULL, convenant TEXT NOT NULL,"
    " trace BLOB NOT NULL, first INTEGER NOT NULL, n INTEGER NOT NULL,"
    " record INTEGER NOT NULL, hidden_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL,"
    " UNIQUE(oin, desk, trace, token, record)) STRICT;"
    "CREATE INDEX subject_like ON subject_token(token, seq);"
    "CREATE INDEX subject_first ON subject_token(first);"
    "CREATE INDEX subject_end ON subject_token(until_ms);"
    "CREATE TABLE subject(id BLOB PRIMARY KEY, asker_oin TEXT NOT NULL,"
    " asker_desk TEXT NOT NULL, second_oin TEXT NOT NULL, second_desk TEXT NOT NULL,"
    " token BLOB NOT NULL, wanted INTEGER NOT NULL, from_ms INTEGER NOT NULL,"
    " to_ms INTEGER NOT NULL, leaf INTEGER NOT NULL, until_ms INTEGER NOT NULL,"
    " state INTEGER NOT NULL) STRICT, WITHOUT ROWID;";

/* --- tokens ----------------------------------------------------------------------- */

#define COLUMNS \
	"token, oin, desk, convenant, trace, first, n, record, hidden_ms, until_ms"

static rc
read_subject(sqlite3_stmt *q, struct subject_row *ret)
{
	struct subject_row r = {.first = sql_u64(q, 5),
	    .n                         = sql_u64(q, 6),
	    .record                    = (uint32_t)sql_u64(q, 7),
	    .hidden_ms                 = sql_u64(q, 8),
	    .until_ms                  = sql_u64(q, 9),
	    .seq                       = sql_u64(q, 10)};

	TRY(sql_fixed(q, 0, r.token, sizeof r.token));
	TRY(sql_text(q, 1, r.who.oin, sizeof r.who.oin));
	TRY(sql_text(q, 2, r.who.desk, sizeof r.who.desk));
	TRY(sql_text(q, 3, r.convenant, sizeof r.convenant));
	TRY(sql_fixed(q, 4, r.trace, sizeof r.trace));
	*ret = r;
	return RC_OK;
}

rc
store_put_subject(struct store *s, const struct subject_row *r)
{
	static const char sql[] = "INSERT OR IGNORE INTO subject_token(" COLUMNS
	                          ") VALUES(?,?,?,?,?,?,?,?,?,?)";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(r->token, sizeof r->token));
	sql_bind_text(q, 2, r->who.oin);
	sql_bind_text(q, 3, r->who.desk);
	sql_bind_text(q, 4, r->convenant);
	sql_bind_blob(q, 5, slice_of(r->trace, sizeof r->trace));
	sql_bind_u64(q, 6, r->first);
	sql_bind_u64(q, 7, r->n);
	sql_bind_u64(q, 8, r->record);
	sql_bind_u64(q, 9, r->hidden_ms);
	sql_bind_u64(q, 10, r->until_ms);
	return sql_run(q);
}

rc
store_subjects_like(struct store *s, const uint8_t token[TOKEN_BYTES], uint64_t after,
    size_t max, struct subject_row *ret, size_t *ret_n)
{
	static const char            sql[] = "SELECT " COLUMNS ", seq FROM subject_token"
	                                     " WHERE token = ? AND seq > ?"
	                                     " ORDER BY seq LIMIT ?";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;
	rc                           code;

	*ret_n = 0;
	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(token, TOKEN_BYTES));
	sql_bind_u64(q, 2, after);
	sql_bind_u64(q, 3, max);
	while (*ret_n < max && (code = sql_row(q)) != RC_NOT_FOUND) {
		TRY(code);
		TRY(read_subject(q, &ret[(*ret_n)++]));
	}
	return RC_OK;
}

rc
store_forget_subjects(
    struct store *s, const struct seat_id *who, const uint8_t trace[ID_BYTES])
{
	static const char            sql[] = "DELETE FROM subject_token"
	                                     " WHERE oin = ? AND desk = ? AND trace = ?";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_text(q, 1, who->oin);
	sql_bind_text(q, 2, who->desk);
	sql_bind_blob(q, 3, slice_of(trace, ID_BYTES));
	return sql_run(q);
}

static rc
delete_below(struct store *s, const char *sql, uint64_t bound)
{
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, bound);
	return sql_run(q);
}

rc
store_forget_subjects_before(struct store *s, uint64_t leaf)
{
	static const char sql[] = "DELETE FROM subject_token WHERE first < ?";

	return delete_below(s, sql, leaf);
}

rc
store_end_subjects(struct store *s, uint64_t now_ms)
{
	static const char sql[] = "DELETE FROM subject_token WHERE until_ms < ?";

	return delete_below(s, sql, now_ms);
}

/* --- inquiries -------------------------------------------------------------------- */

#define INQUIRY                                                                       \
	"id, asker_oin, asker_desk, second_oin, second_desk, token, wanted, from_ms," \
	" to_ms, leaf, until_ms, state"

static rc
read_inquiry(sqlite3_stmt *q, struct inquiry *ret)
{
	struct inquiry r = {.right = (Sluis__SubjectRight)sql_u64(q, 6),
	    .from_ms               = sql_u64(q, 7),
	    .to_ms                 = sql_u64(q, 8),
	    .leaf                  = sql_u64(q, 9),
	    .until_ms              = sql_u64(q, 10),
	    .state                 = (enum subject_state)sql_u64(q, 11)};

	TRY(sql_fixed(q, 0, r.id, sizeof r.id));
	TRY(sql_text(q, 1, r.asker.oin, sizeof r.asker.oin));
	TRY(sql_text(q, 2, r.asker.desk, sizeof r.asker.desk));
	TRY(sql_text(q, 3, r.second.oin, sizeof r.second.oin));
	TRY(sql_text(q, 4, r.second.desk, sizeof r.second.desk));
	TRY(sql_fixed(q, 5, r.token, sizeof r.token));
	*ret = r;
	return RC_OK;
}

rc
store_put_inquiry(struct store *s, const struct inquiry *r)
{
	static const char sql[] =
	    "INSERT INTO subject(" INQUIRY ") VALUES(?,?,?,?,?,?,?,?,?,?,?,?)";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(r->id, sizeof r->id));
	sql_bind_text(q, 2, r->asker.oin);
	sql_bind_text(q, 3, r->asker.desk);
	sql_bind_text(q, 4, r->second.oin);
	sql_bind_text(q, 5, r->second.desk);
	sql_bind_blob(q, 6, slice_of(r->token, sizeof r->token));
	sql_bind_u64(q, 7, (uint64_t)r->right);
	sql_bind_u64(q, 8, r->from_ms);
	sql_bind_u64(q, 9, r->to_ms);
	sql_bind_u64(q, 10, r->leaf);
	sql_bind_u64(q, 11, r->until_ms);
	sql_bind_u64(q, 12, (uint64_t)r->state);
	return sql_run(q);
}

rc
store_get_inquiry(struct store *s, const uint8_t id[ID_BYTES], struct inquiry *ret)
{
	static const char sql[]        = "SELECT " INQUIRY " FROM subject WHERE id = ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(id, ID_BYTES));
	TRY(sql_row(q));
	return read_inquiry(q, ret);
}

rc
store_decide_inquiry(
    struct store *s, const uint8_t id[ID_BYTES], enum subject_state state)
{
	static const char            sql[] = "UPDATE subject SET state = ? WHERE id = ?";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, (uint64_t)state);
	sql_bind_blob(q, 2, slice_of(id, ID_BYTES));
	return sql_run(q);
}

rc
store_end_inquiry(struct store *s, const uint8_t id[ID_BYTES])
{
	static const char sql[] = "DELETE FROM subject WHERE id = ?";

	return sql_run_id(&s->main, sql, id);
}

rc
store_inquiry_over(struct store *s, uint64_t now_ms, struct inquiry *ret)
{
	static const char            sql[] = "SELECT " INQUIRY " FROM subject"
	                                     " WHERE until_ms < ? LIMIT 1";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, now_ms);
	TRY(sql_row(q));
	return read_inquiry(q, ret);
}

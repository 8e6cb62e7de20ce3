/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * subject.c - tables subject_set and subject; subject_token is of an older state.
 *
 * The tokens of a submission are one blob in its row, and no index leads from a token to
 * it: who asks about a person has every row looked through.  Tokens are as good as
 * random, so an index of them is a page of its own for every token of every signal,
 * written, kept in the log, and wiped again when the row goes (secure_delete), at the
 * rate of signals; questions come at the rate of letters, and take about a second for a
 * million submissions.  It would hide no less: who has the file can sort the tokens.
 */
#include <sodium.h>
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

const char store_subject_set_schema[] =
    "CREATE TABLE subject_set(first INTEGER PRIMARY KEY, oin TEXT NOT NULL,"
    " desk TEXT NOT NULL, convenant TEXT NOT NULL, trace BLOB NOT NULL,"
    " n INTEGER NOT NULL, hidden_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL,"
    " tokens BLOB NOT NULL) STRICT;"
    "CREATE INDEX subject_set_end ON subject_set(until_ms);";

/* --- tokens ----------------------------------------------------------------------- */

enum {
	ENTRY  = SUBJECT_TOKEN + 2, /* and the number of its record */
	PLACES = 4096,              /* numbers of a submission: first * PLACES + place */
};

#define COLUMNS "first, oin, desk, convenant, trace, n, hidden_ms, until_ms, tokens"

static rc
write_set(struct store *s, const struct subject_row *r, struct slice tokens)
{
	static const char sql[] =
	    "INSERT INTO subject_set(" COLUMNS ") VALUES(?,?,?,?,?,?,?,?,?)";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, r->first);
	sql_bind_text(q, 2, r->who.oin);
	sql_bind_text(q, 3, r->who.desk);
	sql_bind_text(q, 4, r->convenant);
	sql_bind_blob(q, 5, slice_of(r->trace, sizeof r->trace));
	sql_bind_u64(q, 6, r->n);
	sql_bind_u64(q, 7, r->hidden_ms);
	sql_bind_u64(q, 8, r->until_ms);
	sql_bind_blob(q, 9, tokens);
	return sql_run(q);
}

void
store_drop_subject_set(struct store *s)
{
	struct buf *b = &s->subject_tokens;

	if (b->n != 0) sodium_memzero(b->p, b->n); /* its room is for the next */
	b->n = 0;
	sodium_memzero(&s->subject, sizeof s->subject);
}

rc
store_write_subject_set(struct store *s)
{
	if (s->subject_tokens.n == 0) return RC_OK;
	TRY(write_set(s, &s->subject, buf_slice(&s->subject_tokens)));
	store_drop_subject_set(s);
	return RC_OK;
}

static void
put_entry(const struct subject_row *r, uint8_t out[ENTRY])
{
	memcpy(out, r->token, SUBJECT_TOKEN);
	out[SUBJECT_TOKEN]     = (uint8_t)(r->record >> 8);
	out[SUBJECT_TOKEN + 1] = (uint8_t)r->record;
}

/* The next place from FROM on with the first N bytes of ENTRY; SET.n if there is none. */
static size_t
find_entry(struct slice set, size_t from, const uint8_t *entry, size_t n)
{
	for (size_t at = from; at + ENTRY <= set.n; at += ENTRY)
		if (memcmp(set.p + at, entry, n) == 0) return at;
	return set.n;
}

rc
store_put_subject(struct store *s, const struct subject_row *r)
{
	uint8_t entry[ENTRY];

	if (r->first != s->subject.first) TRY(store_write_subject_set(s));
	if (s->subject_tokens.n == 0) s->subject = *r;
	s->subject_tokens.max = (size_t)PLACES * ENTRY;
	put_entry(r, entry);
	struct slice set = buf_slice(&s->subject_tokens);
	if (find_entry(set, 0, entry, ENTRY) != set.n) return RC_OK;
	return buf_append(&s->subject_tokens, slice_of(entry, ENTRY));
}

static rc
read_set(sqlite3_stmt *q, struct subject_row *ret)
{
	struct subject_row r = {.first = sql_u64(q, 0),
	    .n                         = sql_u64(q, 5),
	    .hidden_ms                 = sql_u64(q, 6),
	    .until_ms                  = sql_u64(q, 7)};

	TRY(sql_text(q, 1, r.who.oin, sizeof r.who.oin));
	TRY(sql_text(q, 2, r.who.desk, sizeof r.who.desk));
	TRY(sql_text(q, 3, r.convenant, sizeof r.convenant));
	TRY(sql_fixed(q, 4, r.trace, sizeof r.trace));
	*ret = r;
	return RC_OK;
}

struct looking {
	const uint8_t      *token;
	uint64_t            after;
	size_t              n, max;
	struct subject_row *rows;
};

/* What the set in Q's row has of it. */
static rc
look_in(struct looking *l, sqlite3_stmt *q)
{
	struct slice       set = sql_blob(q, 8);
	struct subject_row row;
	size_t             at = find_entry(set, 0, l->token, SUBJECT_TOKEN);

	if (at == set.n) return RC_OK;
	TRY(read_set(q, &row));
	memcpy(row.token, l->token, sizeof row.token);
	while (at != set.n && l->n < l->max) {
		row.seq    = row.first * PLACES + at / ENTRY;
		row.record = (uint32_t)(set.p[at + SUBJECT_TOKEN] << 8 |
		                        set.p[at + SUBJECT_TOKEN + 1]);
		if (row.seq > l->after) l->rows[l->n++] = row;
		at = find_entry(set, at + ENTRY, l->token, SUBJECT_TOKEN);
	}
	return RC_OK;
}

rc
store_subjects_like(struct store *s, const uint8_t token[TOKEN_BYTES], uint64_t after,
    size_t max, struct subject_row *ret, size_t *ret_n)
{
	static const char            sql[] = "SELECT " COLUMNS " FROM subject_set"
	                                     " WHERE first >= ? ORDER BY first";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;
	struct looking l    = {.token = token, .after = after, .max = max, .rows = ret};
	rc             code = RC_OK;

	TRY(store_write_subject_set(s));
	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, after / PLACES);
	while (l.n < max && (code = sql_row(q)) == RC_OK) TRY(look_in(&l, q));
	*ret_n = l.n;
	return code == RC_NOT_FOUND ? RC_OK : code;
}

rc
store_forget_subjects(
    struct store *s, const struct seat_id *who, const uint8_t trace[ID_BYTES])
{
	static const char            sql[] = "DELETE FROM subject_set WHERE first = ?"
	                                     " AND oin = ? AND desk = ? AND trace = ?";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;
	struct request_row           r;

	TRY(store_write_subject_set(s));
	rc code = store_get_request(s, who->oin, who->desk, trace, &r);
	if (code == RC_NOT_FOUND) return RC_OK;
	TRY(code);
	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, r.first);
	sql_bind_text(q, 2, who->oin);
	sql_bind_text(q, 3, who->desk);
	sql_bind_blob(q, 4, slice_of(trace, ID_BYTES));
	return sql_run(q);
}

static rc
delete_below(struct store *s, const char *sql, uint64_t bound)
{
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(store_write_subject_set(s));
	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, bound);
	return sql_run(q);
}

rc
store_forget_subjects_before(struct store *s, uint64_t leaf)
{
	static const char sql[] = "DELETE FROM subject_set WHERE first < ?";

	return delete_below(s, sql, leaf);
}

rc
store_end_subjects(struct store *s, uint64_t now_ms)
{
	static const char sql[] = "DELETE FROM subject_set WHERE until_ms < ?";

	return delete_below(s, sql, now_ms);
}

/* --- an older state ---------------------------------------------------------------- */

/* What an older broker kept, one row a token: the next of them. */
static rc
move_one(struct store *s)
{
	static const char sql[] =
	    "DELETE FROM subject_token WHERE seq = (SELECT seq FROM subject_token"
	    " ORDER BY first, seq LIMIT 1) RETURNING first, oin, desk, convenant, trace, "
	    "n,"
	    " hidden_ms, until_ms, token, record";
	AUTO(sql_done) sqlite3_stmt *q = NULL;
	struct subject_row           r;

	TRY(sql_use(&s->main, sql, &q));
	TRY(sql_row(q));
	TRY(read_set(q, &r));
	TRY(sql_fixed(q, 8, r.token, sizeof r.token));
	r.record = (uint32_t)sql_u64(q, 9);
	if (sql_row(q) != RC_NOT_FOUND) return RC_DISK;
	sql_done(&q);
	return store_put_subject(s, &r);
}

rc
store_move_subjects(struct store *s)
{
	static const char            has[] = "SELECT 1 FROM subject_token LIMIT 1";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;
	rc                           code;

	TRY(sql_use(&s->main, has, &q));
	code = sql_row(q);
	sql_done(&q);
	if (code == RC_NOT_FOUND) return RC_OK;
	TRY(code);
	TRY(store_begin(s));
	while (code == RC_OK) code = move_one(s);
	if (code == RC_NOT_FOUND) code = store_commit(s);
	if (code != RC_OK) store_rollback(s);
	return code;
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

/* SPDX-License-Identifier: EUPL-1.2 */
/* reveal.c - table reveal: questions about a source or a person that wait. */
#include <string.h>

#include "broker/store/internal.h"
#include "broker/store/knowing.h"

const char store_reveal_schema[] =
    "CREATE TABLE reveal(id BLOB PRIMARY KEY, asker_oin TEXT NOT NULL,"
    " asker_desk TEXT NOT NULL, source_oin TEXT NOT NULL, source_desk TEXT NOT NULL,"
    " what INTEGER NOT NULL, ground INTEGER NOT NULL, path TEXT NOT NULL,"
    " delivery BLOB NOT NULL, trace BLOB NOT NULL, convenant TEXT NOT NULL,"
    " phase TEXT NOT NULL, case_id BLOB, layer INTEGER NOT NULL, leaf INTEGER NOT NULL,"
    " until_ms INTEGER NOT NULL, first INTEGER NOT NULL, box BLOB) STRICT;"
    "CREATE INDEX reveal_asker ON reveal(asker_oin, asker_desk);"
    "CREATE INDEX reveal_end ON reveal(until_ms);";

#define COLUMNS                                                                   \
	"id, asker_oin, asker_desk, source_oin, source_desk, what, ground, path," \
	" delivery, trace, convenant, phase, case_id, layer, leaf, until_ms, first"

static rc
read_case(sqlite3_stmt *q, struct reveal_row *r)
{
	r->in_case = sql_blob(q, 12).n != 0;
	return r->in_case ? sql_fixed(q, 12, r->case_id, sizeof r->case_id) : RC_OK;
}

static rc
read_reveal(sqlite3_stmt *q, struct reveal_row *ret)
{
	struct reveal_row r = {.what = (Sluis__RevealWhat)sql_u64(q, 5),
	    .ground                  = (Sluis__RevealGround)sql_u64(q, 6),
	    .layer                   = (unsigned)sql_u64(q, 13),
	    .leaf                    = sql_u64(q, 14),
	    .until_ms                = sql_u64(q, 15),
	    .first                   = (Sluis__RevealVerdict)sql_u64(q, 16)};

	TRY(sql_fixed(q, 0, r.id, sizeof r.id));
	TRY(sql_text(q, 1, r.asker.oin, sizeof r.asker.oin));
	TRY(sql_text(q, 2, r.asker.desk, sizeof r.asker.desk));
	TRY(sql_text(q, 3, r.source.oin, sizeof r.source.oin));
	TRY(sql_text(q, 4, r.source.desk, sizeof r.source.desk));
	TRY(sql_text(q, 7, r.path, sizeof r.path));
	TRY(sql_fixed(q, 8, r.delivery, sizeof r.delivery));
	TRY(sql_fixed(q, 9, r.trace, sizeof r.trace));
	TRY(sql_text(q, 10, r.convenant, sizeof r.convenant));
	TRY(sql_text(q, 11, r.phase, sizeof r.phase));
	TRY(read_case(q, &r));
	*ret = r;
	return RC_OK;
}

rc
store_put_reveal(struct store *s, const struct reveal_row *r)
{
	static const char            sql[] = "INSERT INTO reveal(" COLUMNS ")"
	                                     " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(r->id, sizeof r->id));
	sql_bind_text(q, 2, r->asker.oin);
	sql_bind_text(q, 3, r->asker.desk);
	sql_bind_text(q, 4, r->source.oin);
	sql_bind_text(q, 5, r->source.desk);
	sql_bind_u64(q, 6, (uint64_t)r->what);
	sql_bind_u64(q, 7, (uint64_t)r->ground);
	sql_bind_text(q, 8, r->path);
	sql_bind_blob(q, 9, slice_of(r->delivery, sizeof r->delivery));
	sql_bind_blob(q, 10, slice_of(r->trace, sizeof r->trace));
	sql_bind_text(q, 11, r->convenant);
	sql_bind_text(q, 12, r->phase);
	if (r->in_case) sql_bind_blob(q, 13, slice_of(r->case_id, sizeof r->case_id));
	sql_bind_u64(q, 14, r->layer);
	sql_bind_u64(q, 15, r->leaf);
	sql_bind_u64(q, 16, r->until_ms);
	sql_bind_u64(q, 17, (uint64_t)r->first);
	return sql_run(q);
}

rc
store_get_reveal(struct store *s, const uint8_t id[ID_BYTES], struct reveal_row *ret)
{
	static const char sql[]        = "SELECT " COLUMNS " FROM reveal WHERE id = ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(id, ID_BYTES));
	TRY(sql_row(q));
	return read_reveal(q, ret);
}

rc
store_first_verdict(struct store *s, const uint8_t id[ID_BYTES],
    Sluis__RevealVerdict first, struct slice box)
{
	static const char sql[] = "UPDATE reveal SET first = ?, box = ? WHERE id = ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, (uint64_t)first);
	if (box.n != 0) sql_bind_blob(q, 2, box);
	sql_bind_blob(q, 3, slice_of(id, ID_BYTES));
	return sql_run(q);
}

rc
store_get_box(struct store *s, const uint8_t id[ID_BYTES], struct buf *out)
{
	static const char            sql[] = "SELECT box FROM reveal WHERE id = ?";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(id, ID_BYTES));
	TRY(sql_row(q));
	return buf_append(out, sql_blob(q, 0));
}

rc
store_end_reveal(struct store *s, const uint8_t id[ID_BYTES])
{
	static const char            sql[] = "DELETE FROM reveal WHERE id = ?";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(id, ID_BYTES));
	return sql_run(q);
}

rc
store_count_reveals(
    struct store *s, const struct reveal_row *r, uint64_t *ret_n, bool *ret_same)
{
	static const char sql[] =
	    "SELECT count(*), coalesce(sum(delivery = ? AND what = ?"
	    " AND path = ?), 0) FROM reveal"
	    " WHERE asker_oin = ? AND asker_desk = ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(r->delivery, sizeof r->delivery));
	sql_bind_u64(q, 2, (uint64_t)r->what);
	sql_bind_text(q, 3, r->path);
	sql_bind_text(q, 4, r->asker.oin);
	sql_bind_text(q, 5, r->asker.desk);
	TRY(sql_row(q));
	*ret_n    = sql_u64(q, 0);
	*ret_same = sql_u64(q, 1) != 0;
	return RC_OK;
}

rc
store_reveals_over(struct store *s, uint64_t now_ms, bool layer_2, size_t max,
    struct reveal_row *ret, size_t *ret_n)
{
	static const char            sql[] = "SELECT " COLUMNS " FROM reveal"
	                                     " WHERE until_ms < ? AND (layer > 1) = ?"
	                                     " ORDER BY until_ms LIMIT ?";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;
	size_t                       n     = 0;
	rc                           code;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, now_ms);
	sql_bind_u64(q, 2, layer_2);
	sql_bind_u64(q, 3, max);
	while (n < max && (code = sql_row(q)) != RC_NOT_FOUND) {
		TRY(code);
		TRY(read_reveal(q, &ret[n++]));
	}
	*ret_n = n;
	return RC_OK;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* recall.c - table recall. */
#include "broker/store/recall.h"

#include "broker/store/internal.h"

const char store_recall_schema[] =
    "CREATE TABLE recall(seq INTEGER PRIMARY KEY, leaf INTEGER, oin TEXT NOT NULL,"
    " desk TEXT NOT NULL, trace BLOB NOT NULL, ground INTEGER NOT NULL,"
    " by_oin TEXT NOT NULL, by_desk TEXT NOT NULL, layer INTEGER NOT NULL,"
    " done_leaf INTEGER) STRICT;"
    "CREATE INDEX recall_ordered ON recall(seq) WHERE leaf IS NULL;";

#define COLUMNS "seq, leaf, oin, desk, trace, ground, by_oin, by_desk, layer, done_leaf"

/* --- deliveries ------------------------------------------------------------------ */

rc
store_delivery_at(struct store *s, uint64_t seq, struct delivery *ret)
{
	static const char            sql[] = "SELECT id FROM outbox WHERE seq = ?";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;
	uint8_t                      id[ID_BYTES];

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, seq);
	TRY(sql_row(q));
	TRY(sql_fixed(q, 0, id, sizeof id));
	return store_get_delivery(s, id, ret);
}

/* --- recalls --------------------------------------------------------------------- */

rc
store_put_recall(struct store *s, const struct recall_row *r)
{
	static const char sql[] =
	    "INSERT OR REPLACE INTO recall(" COLUMNS ") VALUES(?,?,?,?,?,?,?,?,?,?)";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, r->seq);
	if (!r->ordered) sql_bind_u64(q, 2, r->leaf);
	sql_bind_text(q, 3, r->source.oin);
	sql_bind_text(q, 4, r->source.desk);
	sql_bind_blob(q, 5, slice_of(r->trace, sizeof r->trace));
	sql_bind_u64(q, 6, (uint64_t)r->ground);
	sql_bind_text(q, 7, r->by.oin);
	sql_bind_text(q, 8, r->by.desk);
	sql_bind_u64(q, 9, r->layer);
	if (r->done) sql_bind_u64(q, 10, r->done_leaf);
	return sql_run(q);
}

static rc
read_recall(sqlite3_stmt *q, struct recall_row *ret)
{
	struct recall_row r = {.seq = sql_u64(q, 0),
	    .ordered                = sqlite3_column_type(q, 1) == SQLITE_NULL,
	    .ground                 = (Sluis__RecallGround)sql_u64(q, 5),
	    .layer                  = (unsigned)sql_u64(q, 8),
	    .done                   = sqlite3_column_type(q, 9) != SQLITE_NULL};

	r.leaf      = r.ordered ? 0 : sql_u64(q, 1);
	r.done_leaf = r.done ? sql_u64(q, 9) : 0;
	TRY(sql_text(q, 2, r.source.oin, sizeof r.source.oin));
	TRY(sql_text(q, 3, r.source.desk, sizeof r.source.desk));
	TRY(sql_fixed(q, 4, r.trace, sizeof r.trace));
	TRY(sql_text(q, 6, r.by.oin, sizeof r.by.oin));
	TRY(sql_text(q, 7, r.by.desk, sizeof r.by.desk));
	*ret = r;
	return RC_OK;
}

rc
store_get_recall(struct store *s, uint64_t seq, struct recall_row *ret)
{
	static const char sql[]        = "SELECT " COLUMNS " FROM recall WHERE seq = ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, seq);
	TRY(sql_row(q));
	return read_recall(q, ret);
}

rc
store_ordered_recalls(struct store *s, size_t max, struct recall_row *ret, size_t *ret_n)
{
	static const char sql[] =
	    "SELECT " COLUMNS " FROM recall WHERE leaf IS NULL ORDER BY seq LIMIT ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;
	size_t                       n = 0;
	rc                           code;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, max);
	while (n < max && (code = sql_row(q)) != RC_NOT_FOUND) {
		TRY(code);
		TRY(read_recall(q, &ret[n++]));
	}
	*ret_n = n;
	return RC_OK;
}

rc
store_finish_recall(struct store *s, uint64_t seq, uint64_t done_leaf)
{
	static const char sql[]        = "UPDATE recall SET done_leaf = ? WHERE seq = ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, done_leaf);
	sql_bind_u64(q, 2, seq);
	return sql_run(q);
}

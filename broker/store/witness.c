/* SPDX-License-Identifier: EUPL-1.2 */
/* witness.c - tables witness and gap. */
#include "broker/store/witness.h"

#include "broker/store/internal.h"

const char store_witness_schema[] =
    "CREATE TABLE witness(kind INTEGER PRIMARY KEY, size INTEGER NOT NULL,"
    " taken_ms INTEGER NOT NULL, note BLOB NOT NULL) STRICT;"
    "CREATE TABLE gap(leaf INTEGER PRIMARY KEY, restored INTEGER NOT NULL,"
    " missing INTEGER NOT NULL, root BLOB NOT NULL) STRICT;";

rc
store_put_witness(struct store *s, enum witness_head kind, const struct witness_row *row,
    struct slice note)
{
	static const char sql[] =
	    "INSERT INTO witness(kind, size, taken_ms, note) VALUES(?,?,?,?)"
	    " ON CONFLICT(kind) DO UPDATE SET size = excluded.size,"
	    " taken_ms = excluded.taken_ms, note = excluded.note";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, kind);
	sql_bind_u64(q, 2, row->size);
	sql_bind_u64(q, 3, row->taken_ms);
	sql_bind_blob(q, 4, note);
	return sql_run(q);
}

rc
store_get_witness(
    struct store *s, enum witness_head kind, struct witness_row *ret, struct buf *note)
{
	static const char sql[] =
	    "SELECT size, taken_ms, note FROM witness WHERE kind = ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, kind);
	TRY(sql_row(q));
	TRY(buf_append(note, sql_blob(q, 2)));
	ret->size     = sql_u64(q, 0);
	ret->taken_ms = sql_u64(q, 1);
	return RC_OK;
}

rc
store_put_gap(struct store *s, const struct gap_row *row)
{
	static const char sql[] =
	    "INSERT INTO gap(leaf, restored, missing, root) VALUES(?,?,?,?)";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, row->leaf);
	sql_bind_u64(q, 2, row->restored);
	sql_bind_u64(q, 3, row->missing);
	sql_bind_blob(q, 4, slice_of(row->root.b, HASH_BYTES));
	return sql_run(q);
}

rc
store_find_gap(struct store *s, uint64_t size, struct gap_row *ret)
{
	static const char sql[] =
	    "SELECT leaf, restored, missing, root FROM gap"
	    " WHERE restored < ?1 AND ?1 <= restored + missing ORDER BY leaf LIMIT 1";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, size);
	TRY(sql_row(q));
	TRY(sql_fixed(q, 3, ret->root.b, HASH_BYTES));
	ret->leaf     = sql_u64(q, 0);
	ret->restored = sql_u64(q, 1);
	ret->missing  = sql_u64(q, 2);
	return RC_OK;
}

rc
store_first_gap(struct store *s, uint64_t *ret_restored)
{
	static const char sql[] = "SELECT restored FROM gap ORDER BY restored LIMIT 1";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	TRY(sql_row(q));
	*ret_restored = sql_u64(q, 0);
	return RC_OK;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* outbox.c - table outbox: copies that wait for their desk. */
#include "broker/store/internal.h"

#define COLUMNS "seq, id, oin, desk, leaf, expires_ms, ack_leaf, layer, notice"

static rc
read_delivery(sqlite3_stmt *q, struct delivery *ret)
{
	struct delivery d = {
	    .seq = sql_u64(q, 0), .leaf = sql_u64(q, 4), .expires_ms = sql_u64(q, 5)};

	TRY(sql_fixed(q, 1, d.id, sizeof d.id));
	TRY(sql_text(q, 2, d.oin, sizeof d.oin));
	TRY(sql_text(q, 3, d.desk, sizeof d.desk));
	d.acked    = sqlite3_column_type(q, 6) != SQLITE_NULL;
	d.ack_leaf = d.acked ? sql_u64(q, 6) : 0;
	d.layer    = (unsigned)sql_u64(q, 7);
	d.notice   = sql_u64(q, 8) != 0;
	*ret       = d;
	return RC_OK;
}

static rc
read_deliveries(sqlite3_stmt *q, size_t max, struct delivery *ret, size_t *ret_n)
{
	size_t n = 0;
	rc     code;
	while (n < max && (code = sql_row(q)) != RC_NOT_FOUND) {
		TRY(code);
		TRY(read_delivery(q, &ret[n++]));
	}
	*ret_n = n;
	return RC_OK;
}

rc
store_next_seq(struct store *s, uint64_t *ret)
{
	*ret = s->next_seq++;
	return RC_OK;
}

uint64_t
store_peek_seq(const struct store *s)
{
	return s->next_seq;
}

rc
store_put_delivery(
    struct store *s, const struct delivery *d, struct slice sealed, struct slice wrapped)
{
	static const char sql[] =
	    "INSERT INTO outbox(seq, id, oin, desk, leaf, expires_ms, sealed, layer,"
	    " notice) VALUES(?,?,?,?,?,?,?,?,?)";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(store_put_key(s, d->seq, wrapped));
	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, d->seq);
	sql_bind_blob(q, 2, slice_of(d->id, sizeof d->id));
	sql_bind_text(q, 3, d->oin);
	sql_bind_text(q, 4, d->desk);
	sql_bind_u64(q, 5, d->leaf);
	sql_bind_u64(q, 6, d->expires_ms);
	sql_bind_blob(q, 7, sealed);
	sql_bind_u64(q, 8, d->layer > 1 ? d->layer : 1);
	sql_bind_u64(q, 9, d->notice);
	return sql_run(q);
}

rc
store_get_delivery(struct store *s, const uint8_t id[ID_BYTES], struct delivery *ret)
{
	static const char sql[]        = "SELECT " COLUMNS " FROM outbox WHERE id = ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(id, ID_BYTES));
	TRY(sql_row(q));
	return read_delivery(q, ret);
}

rc
store_delivery_of_leaf(struct store *s, uint64_t leaf, struct delivery *ret)
{
	static const char sql[]        = "SELECT " COLUMNS " FROM outbox WHERE leaf = ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, leaf);
	TRY(sql_row(q));
	return read_delivery(q, ret);
}

rc
store_get_copy(struct store *s, uint64_t seq, struct buf *sealed, struct buf *wrapped)
{
	static const char sql[] =
	    "SELECT sealed FROM outbox WHERE seq = ? AND sealed IS NOT NULL";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, seq);
	TRY(sql_row(q));
	TRY(buf_append(sealed, sql_blob(q, 0)));
	return store_get_key(s, seq, wrapped);
}

rc
store_pending(struct store *s, const char *oin, const char *desk, uint64_t after,
    size_t max, struct delivery *ret, size_t *ret_n)
{
	static const char sql[] =
	    "SELECT " COLUMNS " FROM outbox WHERE oin = ? AND desk = ?"
	    " AND seq > ? AND ack_leaf IS NULL ORDER BY seq LIMIT ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_text(q, 1, oin);
	sql_bind_text(q, 2, desk);
	sql_bind_u64(q, 3, after);
	sql_bind_u64(q, 4, max);
	return read_deliveries(q, max, ret, ret_n);
}

rc
store_overdue(struct store *s, unsigned layer, uint64_t now_ms, size_t max,
    struct delivery *ret, size_t *ret_n)
{
	static const char sql[] = "SELECT " COLUMNS " FROM outbox WHERE expires_ms < ?1"
	                          " AND ack_leaf IS NULL AND (?2 = 0 OR layer = ?2)"
	                          " ORDER BY expires_ms LIMIT ?3";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, now_ms);
	sql_bind_u64(q, 2, layer);
	sql_bind_u64(q, 3, max);
	return read_deliveries(q, max, ret, ret_n);
}

/* What SQL counts: of one desk, or of all where OIN is NULL. */
static rc
count(struct store *s, const char *sql, const char *oin, const char *desk, uint64_t *ret)
{
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	if (oin != NULL) {
		sql_bind_text(q, 1, oin);
		sql_bind_text(q, 2, desk);
	}
	TRY(sql_row(q));
	*ret = sql_u64(q, 0);
	return RC_OK;
}

rc
store_count_pending(struct store *s, const char *oin, const char *desk, uint64_t *ret)
{
	static const char sql[] = "SELECT count(*) FROM outbox"
	                          " WHERE oin = ? AND desk = ? AND ack_leaf IS NULL";

	return count(s, sql, oin, desk, ret);
}

rc
store_count_all_pending(struct store *s, uint64_t *ret)
{
	static const char sql[] = "SELECT count(*) FROM outbox WHERE ack_leaf IS NULL";

	return count(s, sql, NULL, NULL, ret);
}

rc
store_count_notices(struct store *s, const char *oin, const char *desk, uint64_t *ret)
{
	static const char sql[] = "SELECT count(*) FROM outbox WHERE oin = ? AND desk = ?"
	                          " AND notice = 1 AND ack_leaf IS NULL";

	return count(s, sql, oin, desk, ret);
}

rc
store_count_all_notices(struct store *s, uint64_t *ret)
{
	static const char sql[] = "SELECT count(*) FROM outbox"
	                          " WHERE notice = 1 AND ack_leaf IS NULL";

	return count(s, sql, NULL, NULL, ret);
}

rc
store_finish_delivery(struct store *s, uint64_t seq, uint64_t ack_leaf)
{
	static const char sql[] =
	    "UPDATE outbox SET sealed = NULL, ack_leaf = ? WHERE seq = ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, ack_leaf);
	sql_bind_u64(q, 2, seq);
	store_note_finished(s, seq);
	return sql_run(q);
}

rc
store_needs_key(struct store *s, uint64_t seq, bool *ret)
{
	static const char sql[] =
	    "SELECT 1 FROM outbox WHERE seq = ? AND sealed NOT NULL";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, seq);
	rc code = sql_row(q);
	if (code != RC_OK && code != RC_NOT_FOUND) return code;
	*ret = code == RC_OK;
	return RC_OK;
}

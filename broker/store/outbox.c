/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * outbox.c - tables outbox and copy: what is owed to desks, and what waits for them.
 *
 * A row of outbox stays; its copy, sealed, goes when it is done with.  Rows that wait are
 * in memory (waiting.h), so tables are read for copies and for what is over.  Copies that
 * are done with have lost their key already (erase.c): their rows go together, and where
 * the next copies come, so that these take their pages.
 */
#include <stdlib.h>
#include <string.h>

#include "proto/room.h"

#include "broker/store/internal.h"

#define COLUMNS "seq, id, oin, desk, leaf, expires_ms, ack_leaf, layer, notice"

const char store_copy_schema[] =
    "CREATE TABLE copy(seq INTEGER PRIMARY KEY, sealed BLOB NOT NULL) STRICT;"
    "INSERT INTO copy(seq, sealed) SELECT seq, sealed FROM outbox"
    " WHERE sealed IS NOT NULL AND ack_leaf IS NULL ORDER BY seq;"
    "CREATE TABLE outbox_2(seq INTEGER PRIMARY KEY, id BLOB NOT NULL,"
    " oin TEXT NOT NULL, desk TEXT NOT NULL, leaf INTEGER NOT NULL,"
    " expires_ms INTEGER NOT NULL, ack_leaf INTEGER, layer INTEGER NOT NULL,"
    " notice INTEGER NOT NULL, odd INTEGER NOT NULL) STRICT;"
    "INSERT INTO outbox_2 SELECT " COLUMNS ", 1 FROM outbox ORDER BY seq;"
    "DROP TABLE outbox; ALTER TABLE outbox_2 RENAME TO outbox;"
    "CREATE INDEX outbox_by_leaf ON outbox(leaf);"
    "CREATE UNIQUE INDEX outbox_odd ON outbox(id) WHERE odd = 1;";

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

/* --- what waits ------------------------------------------------------------------- */

static rc
load_row(struct store *s, sqlite3_stmt *q)
{
	struct delivery d;

	TRY(read_delivery(q, &d));
	return d.acked ? store_note_spent(s, d.seq) : waiting_add(&s->waiting, &d);
}

rc
store_load_waiting(struct store *s)
{
	static const char            sql[] = "SELECT o.seq, o.id, o.oin, o.desk, o.leaf,"
	                                     " o.expires_ms, o.ack_leaf, o.layer, o.notice"
	                                     " FROM copy c JOIN outbox o ON o.seq = c.seq"
	                                     " ORDER BY c.seq";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;
	rc                           code;

	TRY(sql_use(&s->main, sql, &q));
	while ((code = sql_row(q)) == RC_OK) TRY(load_row(s, q));
	waiting_commit(&s->waiting);
	return code == RC_NOT_FOUND ? RC_OK : code;
}

/* --- adding ----------------------------------------------------------------------- */

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

void
store_new_id(const struct store *s, uint64_t number, uint8_t ret[ID_BYTES])
{
	ids_new(&s->ids, number, ret);
}

/* Whether ID is that of row NUMBER. */
static bool
is_made_of(const struct store *s, const uint8_t id[ID_BYTES], uint64_t number)
{
	uint64_t got = 0;

	return ids_number(&s->ids, id, &got) && got == number;
}

static rc
put_row(struct store *s, const struct delivery *d)
{
	static const char sql[] =
	    "INSERT INTO outbox(seq, id, oin, desk, leaf, expires_ms, layer,"
	    " notice, odd) VALUES(?,?,?,?,?,?,?,?,?)";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, d->seq);
	sql_bind_blob(q, 2, slice_of(d->id, sizeof d->id));
	sql_bind_text(q, 3, d->oin);
	sql_bind_text(q, 4, d->desk);
	sql_bind_u64(q, 5, d->leaf);
	sql_bind_u64(q, 6, d->expires_ms);
	sql_bind_u64(q, 7, d->layer > 1 ? d->layer : 1);
	sql_bind_u64(q, 8, d->notice);
	sql_bind_u64(q, 9, !is_made_of(s, d->id, d->seq));
	return sql_run(q);
}

static rc
put_sealed(struct store *s, uint64_t seq, struct slice sealed)
{
	static const char            sql[] = "INSERT INTO copy(seq, sealed) VALUES(?,?)";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, seq);
	sql_bind_blob(q, 2, sealed);
	return sql_run(q);
}

rc
store_put_delivery(
    struct store *s, const struct delivery *d, struct buf *sealed, struct slice wrapped)
{
	TRY(store_put_key(s, d->seq, wrapped));
	TRY(store_drop_spent(s));
	TRY(put_row(s, d));
	TRY(put_sealed(s, d->seq, buf_slice(sealed)));
	TRY(waiting_add(&s->waiting, d));
	waiting_keep(&s->waiting, d->seq, sealed, wrapped);
	return RC_OK;
}

/* --- finding ---------------------------------------------------------------------- */

static rc
find_number(
    struct store *s, uint64_t seq, const uint8_t id[ID_BYTES], struct delivery *ret)
{
	static const char sql[] =
	    "SELECT " COLUMNS " FROM outbox WHERE seq = ? AND id = ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	if (waiting_find(&s->waiting, seq, ret) && memcmp(ret->id, id, ID_BYTES) == 0)
		return RC_OK;
	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, seq);
	sql_bind_blob(q, 2, slice_of(id, ID_BYTES));
	TRY(sql_row(q));
	return read_delivery(q, ret);
}

static rc
find_odd(struct store *s, const uint8_t id[ID_BYTES], struct delivery *ret)
{
	static const char sql[] =
	    "SELECT " COLUMNS " FROM outbox WHERE id = ? AND odd = 1";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(id, ID_BYTES));
	TRY(sql_row(q));
	return read_delivery(q, ret);
}

rc
store_get_delivery(struct store *s, const uint8_t id[ID_BYTES], struct delivery *ret)
{
	uint64_t seq  = 0;
	rc       code = RC_NOT_FOUND;

	if (ids_number(&s->ids, id, &seq)) code = find_number(s, seq, id, ret);
	return code == RC_NOT_FOUND ? find_odd(s, id, ret) : code;
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
	static const char            sql[] = "SELECT sealed FROM copy WHERE seq = ?";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	if (!waiting_find(&s->waiting, seq, NULL)) return RC_NOT_FOUND;
	const struct kept_copy *kept = waiting_kept(&s->waiting, seq);
	if (kept != NULL) {
		TRY(buf_append(sealed, buf_slice(&kept->sealed)));
		return buf_append(wrapped, buf_slice(&kept->wrapped));
	}
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
	*ret_n = waiting_of(&s->waiting, oin, desk, after, max, ret);
	return RC_OK;
}

rc
store_overdue(struct store *s, unsigned layer, uint64_t now_ms, size_t max,
    struct delivery *ret, size_t *ret_n)
{
	*ret_n = waiting_overdue(&s->waiting, layer, now_ms, max, ret);
	return RC_OK;
}

/* --- counting --------------------------------------------------------------------- */

rc
store_count_pending(struct store *s, const char *oin, const char *desk, uint64_t *ret)
{
	uint64_t notices;

	waiting_count(&s->waiting, oin, desk, ret, &notices);
	return RC_OK;
}

rc
store_count_all_pending(struct store *s, uint64_t *ret)
{
	return store_count_pending(s, NULL, NULL, ret);
}

rc
store_count_notices(struct store *s, const char *oin, const char *desk, uint64_t *ret)
{
	uint64_t all;

	waiting_count(&s->waiting, oin, desk, &all, ret);
	return RC_OK;
}

rc
store_count_all_notices(struct store *s, uint64_t *ret)
{
	return store_count_notices(s, NULL, NULL, ret);
}

/* --- ending ----------------------------------------------------------------------- */

rc
store_finish_delivery(struct store *s, uint64_t seq, uint64_t ack_leaf)
{
	static const char sql[]        = "UPDATE outbox SET ack_leaf = ? WHERE seq = ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, ack_leaf);
	sql_bind_u64(q, 2, seq);
	TRY(sql_run(q));
	TRY(waiting_end(&s->waiting, seq));
	TRY(store_note_spent(s, seq));
	store_note_finished(s, seq);
	return RC_OK;
}

/* --- copies that are done with ---------------------------------------------------- */

rc
store_note_spent(struct store *s, uint64_t seq)
{
	TRY(room_for_one(&s->spent, s->n_spent, &s->cap_spent, sizeof *s->spent));
	s->spent[s->n_spent++] = seq;
	return RC_OK;
}

static int
by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

void
store_sort_numbers(uint64_t *list, size_t n)
{
	if (n > 1) qsort(list, n, sizeof *list, by_number);
}

static rc
drop_copies(struct store *s, uint64_t first, uint64_t last)
{
	static const char sql[]        = "DELETE FROM copy WHERE seq >= ? AND seq <= ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, first);
	sql_bind_u64(q, 2, last);
	return sql_run(q);
}

/* Numbers between which none waits go in one statement. */
rc
store_drop_spent(struct store *s)
{
	uint64_t *list = s->spent;
	size_t    n = s->n_spent, from = s->n_dropped;

	if (n == from) return RC_OK;
	store_sort_numbers(list + from, n - from);
	for (size_t i = from, k; i < n; i = k) {
		uint64_t until = waiting_from(&s->waiting, list[i]);
		for (k = i + 1; k < n && list[k] < until;) k++;
		if (list[i] != until) TRY(drop_copies(s, list[i], list[k - 1]));
	}
	s->n_dropped = n;
	return RC_OK;
}

/* What was dropped is gone, or is there again. */
void
store_spent_committed(struct store *s)
{
	if (s->n_dropped == 0) return;
	memmove(s->spent, s->spent + s->n_dropped,
	    (s->n_spent - s->n_dropped) * sizeof *s->spent);
	s->n_spent -= s->n_dropped;
	s->n_dropped = 0;
}

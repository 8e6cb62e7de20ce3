/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * detail.c - details of entries: sealed, one key a record, and erased by that key.
 *
 * A record is what one request, or one turn of time's own work, wrote; its key has the
 * index of the record's first leaf with a detail, and stands wrapped in keys.db.  Erasing
 * marks the leaves and drops the ciphertext in the transaction that brings the entry
 * which says so; the key goes after that commit, like those of copies (erase.c).  What is
 * to go stands in table shred until it went, so that no crash leaves a key behind.
 */
#include <sodium.h>
#include <string.h>

#include "broker/log.h"
#include "broker/seal.h"
#include "broker/store/internal.h"

enum { PAGE = 64 };

/* Keys of records and of copies are numbered apart, and wrapped for different numbers. */
#define RECORD_KEY ((uint64_t)1 << 63)

const char store_record_schema[] =
    "CREATE TABLE record(id INTEGER PRIMARY KEY, wrapped BLOB NOT NULL) STRICT;";

/* An entry of before has a detail and no record, until store_unlock() seals it. */
const char store_detail_schema[] =
    "ALTER TABLE leaf ADD COLUMN record INTEGER;"
    "ALTER TABLE leaf ADD COLUMN erased INTEGER;"
    "CREATE INDEX leaf_plain ON leaf(idx) WHERE record IS NULL AND detail IS NOT NULL;"
    "CREATE TABLE shred(first INTEGER NOT NULL, n INTEGER NOT NULL,"
    " PRIMARY KEY(first, n)) STRICT, WITHOUT ROWID;";

/* --- records ---------------------------------------------------------------------- */

void
store_next_record(struct store *s)
{
	s->in_record = false;
	sodium_memzero(s->record_key, sizeof s->record_key);
}

/* A key that a crash left behind under this number opens nothing. */
static rc
put_record(struct store *s, uint64_t id, struct slice wrapped)
{
	static const char sql[] =
	    "INSERT OR REPLACE INTO record(id, wrapped) VALUES(?,?)";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->keys, sql, &q));
	sql_bind_u64(q, 1, id);
	sql_bind_blob(q, 2, wrapped);
	return sql_run(q);
}

static rc
begin_record(struct store *s, uint64_t id)
{
	uint8_t wrapped[WRAPPED_BYTES];

	TRY(keeper_fresh_key(s->line, s->record_key, wrapped));
	TRY(put_record(s, id, slice_of(wrapped, sizeof wrapped)));
	s->record    = id;
	s->in_record = true;
	return RC_OK;
}

static rc
get_record(struct store *s, uint64_t id, uint8_t key[KEY_BYTES])
{
	static const char            sql[] = "SELECT wrapped FROM record WHERE id = ?";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	TRY(sql_use(&s->keys, sql, &q));
	sql_bind_u64(q, 1, id);
	rc code = sql_row(q);
	if (code == RC_NOT_FOUND) return RC_CRYPTO; /* gone, and no entry says so */
	TRY(code);
	return keeper_unwrap_key(s->line, id | RECORD_KEY, sql_blob(q, 0), key);
}

rc
store_first_record(struct store *s, uint64_t from, uint64_t *ret)
{
	static const char sql[] =
	    "SELECT id FROM record WHERE id >= ? ORDER BY id LIMIT 1";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->keys, sql, &q));
	sql_bind_u64(q, 1, from);
	TRY(sql_row(q));
	*ret = sql_u64(q, 0);
	return RC_OK;
}

/* --- sealing ---------------------------------------------------------------------- */

rc
store_seal_detail(
    struct store *s, uint64_t index, struct slice plain, struct buf *out, uint64_t *ret)
{
	if (!s->unlocked) return RC_INTERNAL;
	if (!s->in_record) TRY(begin_record(s, index));
	*ret = s->record;
	return seal_detail(s->record_key, index, s->record, plain, out);
}

void
store_name_unreadable(struct store *s, uint64_t record)
{
	for (size_t i = 0; i < s->n_unreadable; i++)
		if (s->unreadable[i] == record) return;
	if (s->n_unreadable == NAMED_MAX) return;
	s->unreadable[s->n_unreadable++] = record;
	LOG(LOG_DETAIL_UNREADABLE, .code = RC_CRYPTO, .n = record);
}

rc
store_open_detail(struct store *s, uint64_t index, uint64_t record, struct slice sealed,
    struct buf *out)
{
	uint8_t key[KEY_BYTES];

	if (!s->unlocked) return RC_INTERNAL;
	rc code = get_record(s, record, key);
	if (code == RC_OK) code = seal_open_detail(key, index, record, sealed, out);
	sodium_memzero(key, sizeof key);
	if (code != RC_CRYPTO || keeper_line_failed(s->line)) return code;
	store_name_unreadable(s, record);
	s->unopened = index + 1;
	return RC_BAD_TREE; /* one entry, not the broker */
}

bool
store_did_not_open(const struct store *s, uint64_t index)
{
	return s->unopened == index + 1;
}

/* --- an older state --------------------------------------------------------------- */

static rc
read_plain(struct store *s, uint64_t *ret_index, struct buf *out)
{
	static const char sql[] = "SELECT idx, detail FROM leaf WHERE record IS NULL AND"
	                          " detail IS NOT NULL ORDER BY idx LIMIT 1";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	TRY(sql_row(q));
	*ret_index = sql_u64(q, 0);
	return buf_append(out, sql_blob(q, 1));
}

static rc
replace_plain(struct store *s, uint64_t index, struct slice sealed)
{
	static const char sql[] = "UPDATE leaf SET detail = ?, record = ? WHERE idx = ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, sealed);
	sql_bind_u64(q, 2, index);
	sql_bind_u64(q, 3, index);
	return sql_run(q);
}

/* Seal the next detail that is not; RC_NOT_FOUND when all are. */
static rc
seal_one(struct store *s)
{
	AUTO(buf_wipe) struct buf plain  = buf_init(DETAIL_MAX);
	AUTO(buf_wipe) struct buf sealed = buf_init(DETAIL_MAX + SEAL_OVERHEAD);
	uint64_t                  index = 0, record = 0;

	TRY(read_plain(s, &index, &plain));
	store_next_record(s);
	TRY(store_seal_detail(s, index, buf_slice(&plain), &sealed, &record));
	return replace_plain(s, index, buf_slice(&sealed));
}

static rc
seal_page(struct store *s, bool *ret_done)
{
	rc code = RC_OK;

	TRY(store_begin(s));
	for (int i = 0; i < PAGE && code == RC_OK; i++) code = seal_one(s);
	*ret_done = code == RC_NOT_FOUND;
	if (code != RC_OK && code != RC_NOT_FOUND) return code;
	return store_commit(s);
}

rc
store_unlock(struct store *s, struct keeper_line *line)
{
	bool done = false;

	s->line     = line;
	s->unlocked = true;
	while (!done) {
		rc code = seal_page(s, &done);
		if (code != RC_OK) store_rollback(s);
		TRY(code);
	}
	return sql_empty_log(&s->main); /* of images of them */
}

/* --- erasing ---------------------------------------------------------------------- */

static rc
mark_erased(struct store *s, uint64_t first, uint64_t n, uint64_t by)
{
	static const char sql[] =
	    "UPDATE leaf SET detail = NULL, erased = ?"
	    " WHERE idx >= ? AND idx < ? AND record IS NOT NULL AND erased IS NULL";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, by);
	sql_bind_u64(q, 2, first);
	sql_bind_u64(q, 3, first + n);
	return sql_run(q);
}

rc
store_erase_details(struct store *s, uint64_t first, uint64_t n, uint64_t by)
{
	static const char sql[] = "INSERT OR IGNORE INTO shred(first, n) VALUES(?,?)";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	recent_erase(&s->recent, first, n);
	TRY(mark_erased(s, first, n, by));
	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, first);
	sql_bind_u64(q, 2, n);
	s->shreds = true;
	return sql_run(q);
}

rc
store_detail_erased(struct store *s, uint64_t index, bool *ret, uint64_t *ret_by)
{
	static const char            sql[] = "SELECT erased FROM leaf WHERE idx = ?";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, index);
	TRY(sql_row(q));
	*ret    = sqlite3_column_type(q, 0) != SQLITE_NULL;
	*ret_by = *ret ? sql_u64(q, 0) : 0;
	return RC_OK;
}

static rc
delete_keys(struct store *s, uint64_t first, uint64_t n)
{
	static const char sql[]        = "DELETE FROM record WHERE id >= ? AND id < ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->keys, sql, &q));
	sql_bind_u64(q, 1, first);
	sql_bind_u64(q, 2, first + n);
	return sql_run(q);
}

/* Of records whose leaves were never committed.  Under its number another record would
 * go on behind it, and seem to end there. */
rc
store_drop_strays(struct store *s)
{
	static const char            sql[] = "DELETE FROM record WHERE id >= ?";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;
	uint64_t                     n     = 0;

	TRY(store_count_leaves(s, &n));
	TRY(sql_use(&s->keys, sql, &q));
	sql_bind_u64(q, 1, n);
	return sql_run(q);
}

rc
store_shred(struct store *s)
{
	static const char            sql[] = "SELECT first, n FROM shred";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;
	rc                           code;

	TRY(sql_use(&s->main, sql, &q));
	while ((code = sql_row(q)) == RC_OK)
		TRY(delete_keys(s, sql_u64(q, 0), sql_u64(q, 1)));
	return code == RC_NOT_FOUND ? RC_OK : code;
}

rc
store_shredded(struct store *s)
{
	static const char            sql[] = "DELETE FROM shred";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	if (!s->shreds) return RC_OK;
	sql_forgive(&s->main);
	TRY(sql_use(&s->main, sql, &q));
	TRY(sql_run(q));
	s->shreds = false;
	return RC_OK;
}

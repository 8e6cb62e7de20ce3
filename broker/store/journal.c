/* SPDX-License-Identifier: EUPL-1.2 */
/* journal.c - tables leaf, tile and head. */
#include "broker/seal.h"
#include "broker/store/internal.h"

/* What a commit brought to the right edge of the tree: the tile of it is written when it
 * is full (journal/journal.c).  Heads of before have none; their tile was written. */
const char store_edge_schema[] = "ALTER TABLE head ADD COLUMN edge BLOB;";

rc
store_put_leaf(struct store *s, uint64_t index, struct slice leaf, struct slice detail)
{
	static const char sql[] =
	    "INSERT INTO leaf(idx, bytes, detail, record) VALUES(?,?,?,?)";
	AUTO(buf_wipe) struct buf    sealed = buf_init(detail.n + SEAL_OVERHEAD);
	AUTO(sql_done) sqlite3_stmt *q      = NULL;
	uint64_t                     record = 0;

	if (detail.n != 0) TRY(store_seal_detail(s, index, detail, &sealed, &record));
	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, index);
	sql_bind_blob(q, 2, leaf);
	if (detail.n != 0) sql_bind_blob(q, 3, buf_slice(&sealed));
	if (detail.n != 0) sql_bind_u64(q, 4, record);
	TRY(sql_run(q));
	recent_put(&s->recent, index, leaf, detail);
	return RC_OK;
}

bool
store_recall_leaf(const struct store *s, uint64_t index, bool with_detail,
    struct slice *ret_leaf, struct slice *ret_detail)
{
	const struct recent_leaf *l = recent_find(&s->recent, index, with_detail);

	if (l == NULL) return false;
	*ret_leaf   = slice_of(l->bytes, l->n);
	*ret_detail = with_detail ? buf_slice(&l->detail) : slice_of(NULL, 0);
	return true;
}

rc
store_get_leaf(struct store *s, uint64_t index, struct buf *leaf, struct buf *detail)
{
	static const char sql[] = "SELECT bytes, detail, record FROM leaf WHERE idx = ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;
	struct slice                 there, more;

	if (store_recall_leaf(s, index, detail != NULL, &there, &more)) {
		if (leaf != NULL) TRY(buf_append(leaf, there));
		return detail == NULL ? RC_OK : buf_append(detail, more);
	}
	s->unopened = 0;
	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, index);
	TRY(sql_row(q));
	if (leaf != NULL) TRY(buf_append(leaf, sql_blob(q, 0)));
	if (detail == NULL || sqlite3_column_type(q, 1) == SQLITE_NULL) return RC_OK;
	return store_open_detail(s, index, sql_u64(q, 2), sql_blob(q, 1), detail);
}

rc
store_count_leaves(struct store *s, uint64_t *ret)
{
	static const char            sql[] = "SELECT coalesce(max(idx) + 1, 0) FROM leaf";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	TRY(sql_use(&s->main, sql, &q));
	TRY(sql_row(q));
	*ret = sql_u64(q, 0);
	return RC_OK;
}

rc
store_put_tile(struct store *s, unsigned level, uint64_t index, struct slice hashes)
{
	static const char sql[] =
	    "INSERT INTO tile(level, idx, hashes) VALUES(?,?,?)"
	    " ON CONFLICT(level, idx) DO UPDATE SET hashes = excluded.hashes";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, level);
	sql_bind_u64(q, 2, index);
	sql_bind_blob(q, 3, hashes);
	return sql_run(q);
}

rc
store_get_tile(struct store *s, unsigned level, uint64_t index, struct buf *out)
{
	static const char sql[] = "SELECT hashes FROM tile WHERE level = ? AND idx = ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, level);
	sql_bind_u64(q, 2, index);
	TRY(sql_row(q));
	return buf_append(out, sql_blob(q, 0));
}

rc
store_put_head(struct store *s, uint64_t size, const struct hash *root, struct slice edge)
{
	static const char sql[] = "INSERT INTO head(size, root, edge) VALUES(?,?,?)";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, size);
	sql_bind_blob(q, 2, slice_of(root->b, sizeof root->b));
	sql_bind_blob(q, 3, edge);
	return sql_run(q);
}

/* Append what EDGE, the last hashes of a tree of SIZE leaves, has from leaf *AT on. */
static rc
take_edge(struct slice edge, uint64_t size, uint64_t *at, struct buf *out)
{
	uint64_t n = edge.n / HASH_BYTES;

	if (edge.n % HASH_BYTES != 0 || n > size || size - n > *at) return RC_BAD_TREE;
	size_t skip = (size_t)(*at - (size - n)) * HASH_BYTES;
	*at         = size;
	return buf_append(out, slice_of(edge.p + skip, edge.n - skip));
}

rc
store_read_edge(struct store *s, uint64_t first, struct buf *out)
{
	static const char sql[] =
	    "SELECT size, edge FROM head WHERE size > ? ORDER BY size";
	AUTO(sql_done) sqlite3_stmt *q  = NULL;
	uint64_t                     at = first;
	rc                           code;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, first);
	while ((code = sql_row(q)) == RC_OK)
		TRY(take_edge(sql_blob(q, 1), sql_u64(q, 0), &at, out));
	return code == RC_NOT_FOUND ? RC_OK : code;
}

rc
store_last_head(struct store *s, uint64_t *ret_size, struct hash *ret_root)
{
	static const char sql[] =
	    "SELECT size, root FROM head ORDER BY size DESC LIMIT 1";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	TRY(sql_row(q));
	TRY(sql_fixed(q, 1, ret_root->b, sizeof ret_root->b));
	*ret_size = sql_u64(q, 0);
	return RC_OK;
}

rc
store_head_covering(struct store *s, uint64_t index, uint64_t *ret_size)
{
	static const char sql[] =
	    "SELECT size FROM head WHERE size > ? ORDER BY size LIMIT 1";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, index);
	TRY(sql_row(q));
	*ret_size = sql_u64(q, 0);
	return RC_OK;
}

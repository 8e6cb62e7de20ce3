/* SPDX-License-Identifier: EUPL-1.2 */
/* binding.c - table binding: the key bindings that were accepted. */
#include "broker/store/internal.h"

rc
store_put_binding(struct store *s, const struct hash *id, struct slice envelope,
    struct slice chain, uint64_t leaf)
{
	static const char sql[] =
	    "INSERT INTO binding(id, envelope, chain, leaf) VALUES(?,?,?,?)";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(id->b, sizeof id->b));
	sql_bind_blob(q, 2, envelope);
	sql_bind_blob(q, 3, chain);
	sql_bind_u64(q, 4, leaf);
	return sql_run(q);
}

rc
store_get_binding(struct store *s, const struct hash *id, uint64_t *ret_leaf)
{
	static const char            sql[] = "SELECT leaf FROM binding WHERE id = ?";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(id->b, sizeof id->b));
	TRY(sql_row(q));
	*ret_leaf = sql_u64(q, 0);
	return RC_OK;
}

rc
store_read_binding(
    struct store *s, const struct hash *id, struct buf *envelope, struct buf *chain)
{
	static const char sql[] = "SELECT envelope, chain FROM binding WHERE id = ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(id->b, sizeof id->b));
	TRY(sql_row(q));
	TRY(buf_append(envelope, sql_blob(q, 0)));
	return buf_append(chain, sql_blob(q, 1));
}

rc
store_each_binding(struct store *s,
    rc (*each)(void *arg, struct slice envelope, struct slice chain), void *arg)
{
	static const char sql[] = "SELECT envelope, chain FROM binding ORDER BY seq";
	AUTO(sql_done) sqlite3_stmt *q = NULL;
	rc                           code;

	TRY(sql_use(&s->main, sql, &q));
	while ((code = sql_row(q)) != RC_NOT_FOUND) {
		TRY(code);
		AUTO(buf_wipe) struct buf envelope = buf_init(BINDING_MAX);
		AUTO(buf_wipe) struct buf chain    = buf_init(BINDING_MAX);
		TRY(buf_append(&envelope, sql_blob(q, 0)));
		TRY(buf_append(&chain, sql_blob(q, 1)));
		TRY(each(arg, buf_slice(&envelope), buf_slice(&chain)));
	}
	return RC_OK;
}

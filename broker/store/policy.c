/* SPDX-License-Identifier: EUPL-1.2 */
/* policy.c - tables policy and policy_file: every bundle that was in force. */
#include "broker/store/internal.h"

rc
store_put_policy(struct store *s, const struct policy_row *row, uint64_t *ret_seq)
{
	static const char sql[] = "INSERT INTO policy(hash, version, leaf) VALUES(?,?,?)";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(row->hash.b, sizeof row->hash.b));
	sql_bind_u64(q, 2, row->version);
	sql_bind_u64(q, 3, row->leaf);
	TRY(sql_run(q));
	*ret_seq = (uint64_t)sqlite3_last_insert_rowid(s->main.db);
	return RC_OK;
}

rc
store_last_policy(struct store *s, struct policy_row *ret)
{
	static const char sql[] =
	    "SELECT seq, hash, version, leaf FROM policy ORDER BY seq DESC LIMIT 1";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	TRY(sql_row(q));
	ret->seq = sql_u64(q, 0);
	TRY(sql_fixed(q, 1, ret->hash.b, sizeof ret->hash.b));
	ret->version = sql_u64(q, 2);
	ret->leaf    = sql_u64(q, 3);
	return RC_OK;
}

rc
store_find_policy(struct store *s, const struct hash *hash, struct policy_row *ret)
{
	static const char sql[] =
	    "SELECT seq, version, leaf FROM policy WHERE hash = ? LIMIT 1";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(hash->b, sizeof hash->b));
	TRY(sql_row(q));
	*ret = (struct policy_row){.seq = sql_u64(q, 0),
	    .hash                       = *hash,
	    .version                    = sql_u64(q, 1),
	    .leaf                       = sql_u64(q, 2)};
	return RC_OK;
}

rc
store_put_policy_file(
    struct store *s, uint64_t seq, bool signature, const char *name, struct slice bytes)
{
	static const char sql[] =
	    "INSERT INTO policy_file(policy, signature, name, bytes) VALUES(?,?,?,?)";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, seq);
	sql_bind_u64(q, 2, signature ? 1 : 0);
	sql_bind_text(q, 3, name);
	sql_bind_blob(q, 4, bytes);
	return sql_run(q);
}

rc
store_each_policy_file(struct store *s, uint64_t seq,
    rc (*each)(void *arg, bool signature, const char *name, struct slice bytes),
    void *arg)
{
	static const char sql[] =
	    "SELECT signature, name, bytes FROM policy_file WHERE policy = ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;
	rc                           code;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, seq);
	while ((code = sql_row(q)) != RC_NOT_FOUND) {
		char name[POLICY_NAME_MAX + 1];
		TRY(code);
		TRY(sql_text(q, 1, name, sizeof name));
		TRY(each(arg, sql_u64(q, 0) != 0, name, sql_blob(q, 2)));
	}
	return RC_OK;
}

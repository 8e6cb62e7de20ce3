/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * case_source.c - table case_source: whose signals came into which case.
 *
 * Rows are fetched one by one, as in case_step.c.
 */
#include "broker/store/case.h"
#include "broker/store/internal.h"

rc
store_put_source(
    struct store *s, const uint8_t id[ID_BYTES], const struct case_source *src)
{
	static const char sql[] =
	    "INSERT INTO case_source(case_id, oin, desk, leaf, trace, layer, own,"
	    " convenant) VALUES(?,?,?,?,?,?,?,?)"
	    " ON CONFLICT(case_id, oin, desk, trace) DO NOTHING";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(id, ID_BYTES));
	sql_bind_text(q, 2, src->who.oin);
	sql_bind_text(q, 3, src->who.desk);
	sql_bind_u64(q, 4, src->leaf);
	sql_bind_blob(q, 5, slice_of(src->trace, sizeof src->trace));
	sql_bind_u64(q, 6, src->layer);
	sql_bind_u64(q, 7, src->own ? 1 : 0);
	sql_bind_text(q, 8, src->convenant);
	return sql_run(q);
}

static rc
next_source(struct store *s, const uint8_t id[ID_BYTES], unsigned layer, uint64_t *seq,
    struct case_source *ret)
{
	static const char sql[] =
	    "SELECT seq, oin, desk, leaf, trace, layer, own, convenant FROM case_source"
	    " WHERE case_id = ? AND seq > ? AND layer <= ? ORDER BY seq LIMIT 1";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(id, ID_BYTES));
	sql_bind_u64(q, 2, *seq);
	sql_bind_u64(q, 3, layer);
	TRY(sql_row(q));
	*seq = sql_u64(q, 0);
	TRY(sql_text(q, 1, ret->who.oin, sizeof ret->who.oin));
	TRY(sql_text(q, 2, ret->who.desk, sizeof ret->who.desk));
	ret->leaf = sql_u64(q, 3);
	TRY(sql_fixed(q, 4, ret->trace, sizeof ret->trace));
	ret->layer = (unsigned)sql_u64(q, 5);
	ret->own   = sql_u64(q, 6) != 0;
	return sql_text(q, 7, ret->convenant, sizeof ret->convenant);
}

rc
store_each_source(struct store *s, const uint8_t id[ID_BYTES], unsigned layer,
    rc (*each)(void *arg, const struct case_source *src), void *arg)
{
	uint64_t seq = 0;

	for (;;) {
		struct case_source src  = {0};
		rc                 code = next_source(s, id, layer, &seq, &src);
		if (code == RC_NOT_FOUND) return RC_OK;
		TRY(code);
		TRY(each(arg, &src));
	}
}

rc
store_case_of_source(struct store *s, const struct seat_id *who,
    const uint8_t trace[ID_BYTES], uint8_t ret[ID_BYTES])
{
	/* by its seats: they have an index, and traces have none */
	static const char sql[] =
	    "SELECT f.case_id FROM case_seat AS t JOIN case_source AS f"
	    " ON f.case_id = t.case_id AND f.oin = t.oin AND f.desk = t.desk"
	    " WHERE t.oin = ? AND t.desk = ? AND f.trace = ? AND f.own = 1 LIMIT 1";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_text(q, 1, who->oin);
	sql_bind_text(q, 2, who->desk);
	sql_bind_blob(q, 3, slice_of(trace, ID_BYTES));
	TRY(sql_row(q));
	return sql_fixed(q, 0, ret, ID_BYTES);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * case_step.c - table case_step: the history of a case.
 *
 * A visitor may read and write whatever it likes: rows are fetched one by one, with no
 * cursor open in between.
 */
#include "broker/store/case.h"
#include "broker/store/internal.h"

enum { STEP_MAX = 64 * 1024 };

rc
store_count_steps(
    struct store *s, const uint8_t id[ID_BYTES], unsigned layer, uint64_t *ret)
{
	static const char            sql[] = "SELECT count(*) FROM case_step"
	                                     " WHERE case_id = ? AND layer <= ?";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(id, ID_BYTES));
	sql_bind_u64(q, 2, layer);
	TRY(sql_row(q));
	*ret = sql_u64(q, 0);
	return RC_OK;
}

rc
store_put_step(
    struct store *s, const uint8_t id[ID_BYTES], unsigned layer, struct slice step)
{
	static const char sql[] =
	    "INSERT INTO case_step(case_id, layer, bytes) VALUES(?,?,?)";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(id, ID_BYTES));
	sql_bind_u64(q, 2, layer);
	sql_bind_blob(q, 3, step);
	return sql_run(q);
}

/* The step after number *SEQ, which becomes its number; RC_NOT_FOUND. */
static rc
next_step(struct store *s, const uint8_t id[ID_BYTES], unsigned layer, uint64_t *seq,
    struct buf *out)
{
	static const char sql[] =
	    "SELECT seq, bytes FROM case_step WHERE case_id = ? AND seq > ?"
	    " AND layer <= ? ORDER BY seq LIMIT 1";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(id, ID_BYTES));
	sql_bind_u64(q, 2, *seq);
	sql_bind_u64(q, 3, layer);
	TRY(sql_row(q));
	*seq = sql_u64(q, 0);
	return buf_append(out, sql_blob(q, 1));
}

/* *SEQ becomes the number of the newest step that is not one of the MAX newest; else 0.
 */
static rc
skip_older(struct store *s, const uint8_t id[ID_BYTES], unsigned layer, size_t max,
    uint64_t *seq)
{
	static const char sql[] =
	    "SELECT seq FROM case_step WHERE case_id = ? AND layer <= ?"
	    " ORDER BY seq DESC LIMIT 1 OFFSET ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(id, ID_BYTES));
	sql_bind_u64(q, 2, layer);
	sql_bind_u64(q, 3, max);
	rc code = sql_row(q);
	*seq    = code == RC_OK ? sql_u64(q, 0) : 0;
	return code == RC_NOT_FOUND ? RC_OK : code;
}

static rc
each_after(struct store *s, const uint8_t id[ID_BYTES], unsigned layer, uint64_t seq,
    rc (*each)(void *arg, struct slice step), void *arg)
{
	for (;;) {
		AUTO(buf_wipe) struct buf step = buf_init(STEP_MAX);
		rc                        code = next_step(s, id, layer, &seq, &step);
		if (code == RC_NOT_FOUND) return RC_OK;
		TRY(code);
		TRY(each(arg, buf_slice(&step)));
	}
}

rc
store_each_step(struct store *s, const uint8_t id[ID_BYTES], unsigned layer,
    rc (*each)(void *arg, struct slice step), void *arg)
{
	return each_after(s, id, layer, 0, each, arg);
}

rc
store_newest_steps(struct store *s, const uint8_t id[ID_BYTES], unsigned layer,
    size_t max, rc (*each)(void *arg, struct slice step), void *arg)
{
	uint64_t seq = 0;

	TRY(skip_older(s, id, layer, max, &seq));
	return each_after(s, id, layer, seq, each, arg);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* case.c - table case_: where each case stands. */
#include "broker/store/case.h"

#include "broker/store/internal.h"

#define COLUMNS                                                                    \
	"id, route, state, region, owner_oin, owner_desk, opened_ms, changed_ms, " \
	"joint_ms,"                                                                \
	" closed_ms, remove_ms, shielded, leaf"

static rc
read_case(sqlite3_stmt *q, struct case_row *ret)
{
	struct case_row c = {.opened_ms = sql_u64(q, 6),
	    .changed_ms                 = sql_u64(q, 7),
	    .joint_ms                   = sql_u64(q, 8),
	    .closed_ms                  = sql_u64(q, 9),
	    .remove_ms                  = sql_u64(q, 10),
	    .shielded                   = sql_u64(q, 11) != 0,
	    .leaf                       = sql_u64(q, 12)};

	TRY(sql_fixed(q, 0, c.id, sizeof c.id));
	TRY(sql_text(q, 1, c.route, sizeof c.route));
	TRY(sql_text(q, 2, c.state, sizeof c.state));
	TRY(sql_text(q, 3, c.region, sizeof c.region));
	TRY(sql_text(q, 4, c.owner.oin, sizeof c.owner.oin));
	TRY(sql_text(q, 5, c.owner.desk, sizeof c.owner.desk));
	*ret = c;
	return RC_OK;
}

static rc
read_cases(sqlite3_stmt *q, size_t max, struct case_row *ret, size_t *ret_n)
{
	size_t n = 0;
	rc     code;

	while (n < max && (code = sql_row(q)) != RC_NOT_FOUND) {
		TRY(code);
		TRY(read_case(q, &ret[n++]));
	}
	*ret_n = n;
	return RC_OK;
}

/* All that store_set_case() may change, from parameter 1 on. */
static void
bind_rest(sqlite3_stmt *q, const struct case_row *c)
{
	sql_bind_text(q, 1, c->route);
	sql_bind_text(q, 2, c->state);
	sql_bind_text(q, 3, c->region);
	sql_bind_text(q, 4, c->owner.oin);
	sql_bind_text(q, 5, c->owner.desk);
	sql_bind_u64(q, 6, c->opened_ms);
	sql_bind_u64(q, 7, c->changed_ms);
	sql_bind_u64(q, 8, c->joint_ms);
	sql_bind_u64(q, 9, c->closed_ms);
	sql_bind_u64(q, 10, c->remove_ms);
	sql_bind_u64(q, 11, c->shielded ? 1 : 0);
	sql_bind_blob(q, 12, slice_of(c->id, sizeof c->id));
}

rc
store_put_case(struct store *s, const struct case_row *c)
{
	static const char sql[] =
	    "INSERT INTO case_(route, state, region, owner_oin, owner_desk, opened_ms,"
	    " changed_ms, joint_ms, closed_ms, remove_ms, shielded, id, leaf)"
	    " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	bind_rest(q, c);
	sql_bind_u64(q, 13, c->leaf);
	return sql_run(q);
}

rc
store_set_case(struct store *s, const struct case_row *c)
{
	static const char sql[] =
	    "UPDATE case_ SET route = ?, state = ?, region = ?, owner_oin = ?,"
	    " owner_desk = ?, opened_ms = ?, changed_ms = ?, joint_ms = ?, closed_ms = ?,"
	    " remove_ms = ?, shielded = ? WHERE id = ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	bind_rest(q, c);
	return sql_run(q);
}

rc
store_get_case(struct store *s, const uint8_t id[ID_BYTES], struct case_row *ret)
{
	static const char            sql[] = "SELECT " COLUMNS " FROM case_ WHERE id = ?";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(id, ID_BYTES));
	TRY(sql_row(q));
	return read_case(q, ret);
}

rc
store_remove_case(struct store *s, const uint8_t id[ID_BYTES])
{
	static const char tasks[]   = "DELETE FROM task WHERE case_id = ?";
	static const char sources[] = "DELETE FROM case_source WHERE case_id = ?";
	static const char steps[]   = "DELETE FROM case_step WHERE case_id = ?";
	static const char seats[]   = "DELETE FROM case_seat WHERE case_id = ?";
	static const char cases[]   = "DELETE FROM case_ WHERE id = ?";

	s->next_task = 0; /* the last number may be free again */
	TRY(sql_run_id(&s->main, tasks, id));
	TRY(sql_run_id(&s->main, sources, id));
	TRY(sql_run_id(&s->main, steps, id));
	TRY(sql_run_id(&s->main, seats, id));
	return sql_run_id(&s->main, cases, id);
}

rc
store_cases_to_remove(
    struct store *s, uint64_t now_ms, size_t max, struct case_row *ret, size_t *ret_n)
{
	static const char sql[] = "SELECT " COLUMNS " FROM case_ WHERE remove_ms <> 0"
	                          " AND remove_ms < ? ORDER BY remove_ms LIMIT ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_u64(q, 1, now_ms);
	sql_bind_u64(q, 2, max);
	return read_cases(q, max, ret, ret_n);
}

rc
store_cases_of(struct store *s, const struct seat_id *seat, size_t max,
    struct case_row *ret, size_t *ret_n)
{
	static const char sql[] =
	    "SELECT " COLUMNS " FROM case_ WHERE id IN (SELECT case_id FROM case_seat"
	    " WHERE oin = ?1 AND desk = ?2 AND left_ms = 0)"
	    " AND (shielded = 0 OR (owner_oin = ?1 AND owner_desk = ?2))"
	    " ORDER BY changed_ms DESC, leaf DESC LIMIT ?3";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_text(q, 1, seat->oin);
	sql_bind_text(q, 2, seat->desk);
	sql_bind_u64(q, 3, max);
	return read_cases(q, max, ret, ret_n);
}

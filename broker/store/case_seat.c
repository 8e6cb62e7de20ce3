/* SPDX-License-Identifier: EUPL-1.2 */
/* case_seat.c - table case_seat: who takes part in which case. */
#include "broker/store/case.h"
#include "broker/store/internal.h"

#define COLUMNS "oin, desk, kind, layer, shown, since_ms, declared, left_ms"

static rc
read_seat(sqlite3_stmt *q, struct case_seat *ret)
{
	struct case_seat seat = {.as = (Sluis__ParticipantAs)sql_u64(q, 2),
	    .layer                   = (unsigned)sql_u64(q, 3),
	    .shown                   = (unsigned)sql_u64(q, 4),
	    .since_ms                = sql_u64(q, 5),
	    .declared                = sql_u64(q, 6) != 0,
	    .left_ms                 = sql_u64(q, 7)};

	TRY(sql_text(q, 0, seat.who.oin, sizeof seat.who.oin));
	TRY(sql_text(q, 1, seat.who.desk, sizeof seat.who.desk));
	*ret = seat;
	return RC_OK;
}

rc
store_put_seat(struct store *s, const uint8_t id[ID_BYTES], const struct case_seat *seat)
{
	static const char sql[] =
	    "INSERT INTO case_seat(case_id, " COLUMNS ") VALUES(?,?,?,?,?,?,?,?,?)"
	    " ON CONFLICT(case_id, oin, desk) DO UPDATE SET kind = excluded.kind,"
	    " layer = excluded.layer, shown = excluded.shown,"
	    " since_ms = excluded.since_ms, declared = excluded.declared,"
	    " left_ms = excluded.left_ms";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(id, ID_BYTES));
	sql_bind_text(q, 2, seat->who.oin);
	sql_bind_text(q, 3, seat->who.desk);
	sql_bind_u64(q, 4, seat->as);
	sql_bind_u64(q, 5, seat->layer);
	sql_bind_u64(q, 6, seat->shown);
	sql_bind_u64(q, 7, seat->since_ms);
	sql_bind_u64(q, 8, seat->declared ? 1 : 0);
	sql_bind_u64(q, 9, seat->left_ms);
	return sql_run(q);
}

rc
store_get_seat(struct store *s, const uint8_t id[ID_BYTES], const struct seat_id *who,
    struct case_seat *ret)
{
	static const char sql[] = "SELECT " COLUMNS " FROM case_seat WHERE case_id = ?"
	                          " AND oin = ? AND desk = ? AND left_ms = 0";
	AUTO(sql_done) sqlite3_stmt *q = NULL;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(id, ID_BYTES));
	sql_bind_text(q, 2, who->oin);
	sql_bind_text(q, 3, who->desk);
	TRY(sql_row(q));
	return read_seat(q, ret);
}

rc
store_list_seats(struct store *s, const uint8_t id[ID_BYTES],
    struct case_seat ret[CASE_SEATS_MAX], size_t *ret_n)
{
	static const char sql[] = "SELECT " COLUMNS " FROM case_seat WHERE case_id = ?"
	                          " AND left_ms = 0 ORDER BY since_ms, seq LIMIT ?";
	AUTO(sql_done) sqlite3_stmt *q = NULL;
	size_t                       n = 0;
	rc                           code;

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(id, ID_BYTES));
	sql_bind_u64(q, 2, CASE_SEATS_MAX);
	while (n < CASE_SEATS_MAX && (code = sql_row(q)) != RC_NOT_FOUND) {
		TRY(code);
		TRY(read_seat(q, &ret[n++]));
	}
	*ret_n = n;
	return RC_OK;
}

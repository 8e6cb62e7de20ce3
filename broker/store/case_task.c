/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * case_task.c - table task: what is due, by whom, until when.
 *
 * Ids are those of ids.h; so is what a task is about, where that is a copy: `about_no` is
 * its number then, which has an index in the order in which copies come.
 */
#include "broker/store/case.h"
#include "broker/store/internal.h"

#define COLUMNS                                                                   \
	"id, oin, desk, from_oin, from_desk, kind, case_id, about, layer, leaf, " \
	"since_ms,"                                                               \
	" due_ms, reminded, state"

const char store_task_schema[] =
    "CREATE TABLE task_2(seq INTEGER PRIMARY KEY, id BLOB NOT NULL,"
    " oin TEXT NOT NULL, desk TEXT NOT NULL, from_oin TEXT NOT NULL,"
    " from_desk TEXT NOT NULL, kind INTEGER NOT NULL, case_id BLOB, about BLOB,"
    " layer INTEGER NOT NULL, leaf INTEGER NOT NULL, since_ms INTEGER NOT NULL,"
    " due_ms INTEGER NOT NULL, reminded INTEGER NOT NULL, state TEXT NOT NULL,"
    " odd INTEGER NOT NULL, about_no INTEGER) STRICT;"
    "INSERT INTO task_2 SELECT seq, " COLUMNS ", 1, NULL FROM task ORDER BY seq;"
    "DROP TABLE task; ALTER TABLE task_2 RENAME TO task;"
    "CREATE UNIQUE INDEX task_odd ON task(id) WHERE odd = 1;"
    "CREATE INDEX task_of ON task(oin, desk);"
    "CREATE INDEX task_from ON task(from_oin, from_desk);"
    "CREATE INDEX task_case ON task(case_id) WHERE case_id IS NOT NULL;"
    "CREATE INDEX task_about ON task(about) WHERE about_no IS NULL"
    " AND about IS NOT NULL;"
    "CREATE INDEX task_about_copy ON task(about_no) WHERE about_no IS NOT NULL;"
    "CREATE INDEX task_due ON task(due_ms) WHERE due_ms <> 0;";

/* --- rows ------------------------------------------------------------------------ */

/* A blob of ID_BYTES that may be absent. */
static rc
read_id(sqlite3_stmt *q, int column, bool *ret_has, uint8_t ret[ID_BYTES])
{
	*ret_has = sqlite3_column_type(q, column) != SQLITE_NULL;
	return *ret_has ? sql_fixed(q, column, ret, ID_BYTES) : RC_OK;
}

static rc
read_task(sqlite3_stmt *q, struct task_row *ret)
{
	struct task_row t = {.kind = (Sluis__TaskKind)sql_u64(q, 5),
	    .layer                 = (unsigned)sql_u64(q, 8),
	    .leaf                  = sql_u64(q, 9),
	    .since_ms              = sql_u64(q, 10),
	    .due_ms                = sql_u64(q, 11),
	    .reminded              = sql_u64(q, 12) != 0};

	TRY(sql_fixed(q, 0, t.id, sizeof t.id));
	TRY(sql_text(q, 1, t.who.oin, sizeof t.who.oin));
	TRY(sql_text(q, 2, t.who.desk, sizeof t.who.desk));
	TRY(sql_text(q, 3, t.from.oin, sizeof t.from.oin));
	TRY(sql_text(q, 4, t.from.desk, sizeof t.from.desk));
	TRY(read_id(q, 6, &t.in_case, t.case_id));
	TRY(read_id(q, 7, &t.has_about, t.about));
	TRY(sql_text(q, 13, t.state, sizeof t.state));
	*ret = t;
	return RC_OK;
}

rc
store_put_task(struct store *s, const struct task_row *t)
{
	static const char sql[] =
	    "INSERT INTO task(" COLUMNS
	    ", odd, about_no, seq) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
	AUTO(sql_done) sqlite3_stmt *q      = NULL;
	uint64_t                     number = 0, about = 0;
	bool                         made = ids_number(&s->ids, t->id, &number);

	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(t->id, sizeof t->id));
	sql_bind_text(q, 2, t->who.oin);
	sql_bind_text(q, 3, t->who.desk);
	sql_bind_text(q, 4, t->from.oin);
	sql_bind_text(q, 5, t->from.desk);
	sql_bind_u64(q, 6, t->kind);
	if (t->in_case) sql_bind_blob(q, 7, slice_of(t->case_id, sizeof t->case_id));
	if (t->has_about) sql_bind_blob(q, 8, slice_of(t->about, sizeof t->about));
	sql_bind_u64(q, 9, t->layer);
	sql_bind_u64(q, 10, t->leaf);
	sql_bind_u64(q, 11, t->since_ms);
	sql_bind_u64(q, 12, t->due_ms);
	sql_bind_u64(q, 13, t->reminded ? 1 : 0);
	sql_bind_text(q, 14, t->state);
	sql_bind_u64(q, 15, !made);
	if (t->has_about && ids_number(&s->ids, t->about, &about))
		sql_bind_u64(q, 16, about);
	if (made) sql_bind_u64(q, 17, number);
	s->next_task = 0;
	TRY(sql_run(q));
	if (made) s->next_task = number + 1;
	return RC_OK;
}

/* As SQLite numbers rows that have none: no number is left out by what was undone. */
static rc
next_number(struct store *s, uint64_t *ret)
{
	static const char            sql[] = "SELECT coalesce(max(seq), 0) + 1 FROM task";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	*ret = s->next_task;
	if (s->next_task != 0) return RC_OK;
	TRY(sql_use(&s->main, sql, &q));
	TRY(sql_row(q));
	*ret = sql_u64(q, 0);
	return RC_OK;
}

rc
store_add_task(struct store *s, struct task_row *t)
{
	uint64_t number = 0;

	TRY(next_number(s, &number));
	store_new_id(s, number, t->id);
	return store_put_task(s, t);
}

/* Whether ID was made here, of *RET. */
static bool
number_of(const struct store *s, const uint8_t id[ID_BYTES], uint64_t *ret)
{
	return ids_number(&s->ids, id, ret);
}

/* Run BY_NUMBER or BY_ID, whichever finds ID sooner. */
static rc
run_on(
    struct store *s, const char *by_number, const char *by_id, const uint8_t id[ID_BYTES])
{
	AUTO(sql_done) sqlite3_stmt *q      = NULL;
	uint64_t                     number = 0;

	if (number_of(s, id, &number)) {
		TRY(sql_use(&s->main, by_number, &q));
		sql_bind_u64(q, 2, number);
	} else {
		TRY(sql_use(&s->main, by_id, &q));
	}
	sql_bind_blob(q, 1, slice_of(id, ID_BYTES));
	return sql_run(q);
}

rc
store_get_task(struct store *s, const uint8_t id[ID_BYTES], struct task_row *ret)
{
	static const char by_number[] =
	    "SELECT " COLUMNS " FROM task WHERE id = ?1 AND seq = ?2";
	static const char by_id[] =
	    "SELECT " COLUMNS " FROM task WHERE id = ?1 AND odd = 1";
	AUTO(sql_done) sqlite3_stmt *q      = NULL;
	uint64_t                     number = 0;
	bool                         made   = number_of(s, id, &number);

	TRY(sql_use(&s->main, made ? by_number : by_id, &q));
	sql_bind_blob(q, 1, slice_of(id, ID_BYTES));
	if (made) sql_bind_u64(q, 2, number);
	TRY(sql_row(q));
	return read_task(q, ret);
}

rc
store_end_task(struct store *s, const uint8_t id[ID_BYTES])
{
	static const char by_number[] = "DELETE FROM task WHERE id = ?1 AND seq = ?2";
	static const char by_id[]     = "DELETE FROM task WHERE id = ?1 AND odd = 1";

	s->next_task = 0; /* the last number may be free again */
	return run_on(s, by_number, by_id, id);
}

rc
store_remind_task(struct store *s, const uint8_t id[ID_BYTES])
{
	static const char by_number[] =
	    "UPDATE task SET reminded = 1 WHERE id = ?1 AND seq = ?2";
	static const char by_id[] =
	    "UPDATE task SET reminded = 1 WHERE id = ?1 AND odd = 1";

	return run_on(s, by_number, by_id, id);
}

/* --- lists ----------------------------------------------------------------------- */

/* One statement for each way in, so that there is an index for it; what else the filter
 * asks is tested on the rows found. */
#define LIST(way_in)                                                                   \
	"SELECT " COLUMNS " FROM task WHERE " way_in                                   \
	" AND (?1 IS NULL OR (oin = ?1 AND desk = ?2))"                                \
	" AND (?3 IS NULL OR (from_oin = ?3 AND from_desk = ?4))"                      \
	" AND (?5 IS NULL OR case_id = ?5) AND (?6 IS NULL OR about = ?6)"             \
	" AND (?7 = 0 OR kind = ?7) AND (?8 = 0 OR layer <= ?8)"                       \
	" AND (?9 = 0 OR (due_ms <> 0 AND due_ms < ?9)) AND (?10 = 0 OR reminded = 0)" \
	" ORDER BY due_ms = 0, due_ms, seq LIMIT ?11"

static const char by_case[]  = LIST("case_id = ?5");
static const char by_about[] = LIST("about_no IS NULL AND about = ?6");
static const char by_copy[]  = LIST("about_no = ?12");
static const char by_who[]   = LIST("oin = ?1 AND desk = ?2");
static const char by_from[]  = LIST("from_oin = ?3 AND from_desk = ?4");
static const char by_due[]   = LIST("due_ms <> 0 AND due_ms < ?9");
static const char by_all[]   = LIST("seq >= 0");

static const char *
way_in(const struct task_filter *f, bool copy)
{
	if (f->case_id != NULL) return by_case;
	if (f->about != NULL) return copy ? by_copy : by_about;
	if (f->who != NULL) return by_who;
	if (f->from != NULL) return by_from;
	return f->due_before_ms != 0 ? by_due : by_all;
}

static void
bind_seat(sqlite3_stmt *q, int i, const struct seat_id *seat)
{
	if (seat == NULL) return;
	sql_bind_text(q, i, seat->oin);
	sql_bind_text(q, i + 1, seat->desk);
}

static void
bind_filter(sqlite3_stmt *q, const struct task_filter *f, size_t max)
{
	bind_seat(q, 1, f->who);
	bind_seat(q, 3, f->from);
	if (f->case_id != NULL) sql_bind_blob(q, 5, slice_of(f->case_id, ID_BYTES));
	if (f->about != NULL) sql_bind_blob(q, 6, slice_of(f->about, ID_BYTES));
	sql_bind_u64(q, 7, f->kind);
	sql_bind_u64(q, 8, f->layer);
	sql_bind_u64(q, 9, f->due_before_ms);
	sql_bind_u64(q, 10, f->not_reminded ? 1 : 0);
	sql_bind_u64(q, 11, max);
}

rc
store_list_tasks(struct store *s, const struct task_filter *f, size_t max,
    struct task_row *ret, size_t *ret_n)
{
	AUTO(sql_done) sqlite3_stmt *q      = NULL;
	uint64_t                     number = 0;
	size_t                       n      = 0;
	rc                           code;
	bool copy = f->about != NULL && number_of(s, f->about, &number);

	TRY(sql_use(&s->main, way_in(f, copy), &q));
	bind_filter(q, f, max);
	if (copy && f->case_id == NULL) sql_bind_u64(q, 12, number);
	while (n < max && (code = sql_row(q)) != RC_NOT_FOUND) {
		TRY(code);
		TRY(read_task(q, &ret[n++]));
	}
	*ret_n = n;
	return RC_OK;
}

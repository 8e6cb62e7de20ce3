/* SPDX-License-Identifier: EUPL-1.2 */
/* store.c - opening the databases, the schema, and the transaction over both. */
#include "broker/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker/log.h"
#include "broker/store/gather.h"
#include "broker/store/internal.h"
#include "broker/why.h"

enum {
	MAIN_ID = 0x736c7569, /* "slui" */
	KEYS_ID = 0x736c6b79, /* "slky" */
};

/* A change is a new version with a statement that leads there, never an edit of what is
 * deployed. */
static const char schema_1[] =
    "CREATE TABLE leaf(idx INTEGER PRIMARY KEY, bytes BLOB NOT NULL, detail BLOB) STRICT;"
    "CREATE TABLE tile(level INTEGER NOT NULL, idx INTEGER NOT NULL, hashes BLOB NOT "
    "NULL,"
    " PRIMARY KEY(level, idx)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE head(size INTEGER PRIMARY KEY, root BLOB NOT NULL) STRICT;"
    "CREATE TABLE outbox(seq INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, oin TEXT NOT "
    "NULL,"
    " desk TEXT NOT NULL, leaf INTEGER NOT NULL, expires_ms INTEGER NOT NULL,"
    " ack_leaf INTEGER, sealed BLOB) STRICT;"
    "CREATE INDEX outbox_pending ON outbox(oin, desk, seq) WHERE ack_leaf IS NULL;"
    "CREATE INDEX outbox_overdue ON outbox(expires_ms) WHERE ack_leaf IS NULL;"
    "CREATE TABLE request(oin TEXT NOT NULL, desk TEXT NOT NULL, id BLOB NOT NULL,"
    " digest BLOB NOT NULL, created_ms INTEGER NOT NULL, first INTEGER NOT NULL,"
    " n INTEGER NOT NULL, PRIMARY KEY(oin, desk, id)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX request_by_id ON request(id);"
    "CREATE INDEX request_newest ON request(oin, desk, first);"
    "CREATE TABLE binding(seq INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE,"
    " envelope BLOB NOT NULL, chain BLOB NOT NULL, leaf INTEGER NOT NULL) STRICT;";

/* The texts of every policy that was in force, so that it is there whatever happens to
 * the folder it came from. */
static const char schema_2[] =
    "CREATE TABLE policy(seq INTEGER PRIMARY KEY, hash BLOB NOT NULL,"
    " version INTEGER NOT NULL, leaf INTEGER NOT NULL) STRICT;"
    "CREATE TABLE policy_file(policy INTEGER NOT NULL REFERENCES policy(seq),"
    " signature INTEGER NOT NULL, name TEXT NOT NULL, bytes BLOB NOT NULL,"
    " UNIQUE(policy, signature, name)) STRICT;";

/* Cases (case.h), acts among the requests, and which copy stands behind a leaf. */
static const char schema_3[] =
    "ALTER TABLE request ADD COLUMN act INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX outbox_by_leaf ON outbox(leaf);"
    "CREATE TABLE case_(id BLOB PRIMARY KEY, route TEXT NOT NULL, state TEXT NOT NULL,"
    " region TEXT NOT NULL, owner_oin TEXT NOT NULL, owner_desk TEXT NOT NULL,"
    " opened_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL, joint_ms INTEGER NOT NULL,"
    " closed_ms INTEGER NOT NULL, remove_ms INTEGER NOT NULL, shielded INTEGER NOT NULL,"
    " leaf INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE INDEX case_remove ON case_(remove_ms) WHERE remove_ms <> 0;"
    "CREATE TABLE case_seat(seq INTEGER PRIMARY KEY, case_id BLOB NOT NULL,"
    " oin TEXT NOT NULL, desk TEXT NOT NULL, kind INTEGER NOT NULL,"
    " layer INTEGER NOT NULL, shown INTEGER NOT NULL, since_ms INTEGER NOT NULL,"
    " declared INTEGER NOT NULL, left_ms INTEGER NOT NULL,"
    " UNIQUE(case_id, oin, desk)) STRICT;"
    "CREATE INDEX case_seat_of ON case_seat(oin, desk);"
    "CREATE TABLE case_step(seq INTEGER PRIMARY KEY, case_id BLOB NOT NULL,"
    " layer INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;"
    "CREATE INDEX case_step_of ON case_step(case_id, seq);"
    "CREATE TABLE case_source(seq INTEGER PRIMARY KEY, case_id BLOB NOT NULL,"
    " oin TEXT NOT NULL, desk TEXT NOT NULL, leaf INTEGER NOT NULL, trace BLOB NOT NULL,"
    " layer INTEGER NOT NULL, own INTEGER NOT NULL, convenant TEXT NOT NULL,"
    " UNIQUE(case_id, oin, desk, trace)) STRICT;"
    "CREATE INDEX case_source_of ON case_source(trace);"
    "CREATE TABLE task(seq INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE,"
    " oin TEXT NOT NULL, desk TEXT NOT NULL, from_oin TEXT NOT NULL,"
    " from_desk TEXT NOT NULL, kind INTEGER NOT NULL, case_id BLOB, about BLOB,"
    " layer INTEGER NOT NULL, leaf INTEGER NOT NULL, since_ms INTEGER NOT NULL,"
    " due_ms INTEGER NOT NULL, reminded INTEGER NOT NULL, state TEXT NOT NULL) STRICT;"
    "CREATE INDEX task_of ON task(oin, desk);"
    "CREATE INDEX task_from ON task(from_oin, from_desk);"
    "CREATE INDEX task_case ON task(case_id);"
    "CREATE INDEX task_about ON task(about);"
    "CREATE INDEX task_due ON task(due_ms) WHERE due_ms <> 0;";

/* The layer of what a copy tells: one of layer 2 ends in a cover turn only (cover.h). */
static const char schema_4[] =
    "ALTER TABLE outbox ADD COLUMN layer INTEGER NOT NULL DEFAULT 1;";

/* Whether a copy is a notice; those of before count as signals until they are gone. Found
 * by an index: the column stands behind the copy. */
static const char schema_10[] =
    "ALTER TABLE outbox ADD COLUMN notice INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX outbox_notice ON outbox(oin, desk)"
    " WHERE notice = 1 AND ack_leaf IS NULL;";

/* Nothing looks for a trace among all cases. */
static const char schema_23[] = "DROP INDEX case_source_of;";

/* The key of ids.h. */
const char store_ids_schema[] =
    "CREATE TABLE ids(one INTEGER PRIMARY KEY CHECK(one = 1), key BLOB NOT NULL) STRICT;";

/* The statements that lead to version 1, 2, ... */
static const char *const main_schemas[] = {schema_1, schema_2, schema_3, schema_4,
    store_recall_schema, store_link_schema, store_reveal_schema, store_control_schema,
    store_notice_schema, schema_10, store_notice_by_schema, store_witness_schema,
    store_detail_schema, store_subject_schema, store_edge_schema, store_ids_schema,
    store_copy_schema, store_task_schema, store_request_schema, store_subject_set_schema,
    store_clock_schema, store_lists_schema, schema_23, NULL};
static const char *const keys_schemas[] = {store_keys_schema, store_record_schema, NULL};

/* --- opening --------------------------------------------------------------------- */

/* The single value of PRAGMA SQL, which must be WANT. */
static rc
expect(sqlite3 *db, const char *sql, const char *want)
{
	sqlite3_stmt *stmt = NULL;
	rc            code = sql_first(db, sql, &stmt);

	if (code == RC_OK) {
		const unsigned char *got = sqlite3_column_text(stmt, 0);
		if (got == NULL || strcmp((const char *)got, want) != 0) code = RC_DISK;
	}
	(void)sqlite3_finalize(stmt);
	return code;
}

/* Settings are per connection: set, then read back. */
static rc
harden(sqlite3 *db)
{
	sql_be_patient(db);
	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
	/* we have none: one that came with a backup could keep what is erased */
	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	(void)sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 16 * 1024 * 1024);
	(void)sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);

	TRY(expect(db, "PRAGMA journal_mode=WAL", "wal"));
	TRY(sql_execute(db, "PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
	                    "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0;"
	                    "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-8192; PRAGMA "
	                    "foreign_keys=ON;"));
	TRY(expect(db, "PRAGMA synchronous", "2"));
	return expect(db, "PRAGMA secure_delete", "1");
}

static rc
open_database(struct database *d, const char *dir, const char *name)
{
	char path[PATH_MAX];
	int  flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
	            SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_PRIVATECACHE;

	if (snprintf(path, sizeof path, "%s/%s", dir, name) >= (int)sizeof path)
		return RC_CONFIG;
	TRY(gather_register());
	if (sqlite3_open_v2(path, &d->db, flags, GATHER_VFS) != SQLITE_OK)
		return why_tell(LOG_STORAGE, RC_DISK, path, sqlite3_errmsg(d->db));
	sql_guard(d);
	return harden(d->db);
}

static rc
migrate_to(sqlite3 *db, int id, int64_t version, const char *schema)
{
	char mark[96];

	(void)snprintf(mark, sizeof mark,
	    "PRAGMA application_id=%d; PRAGMA user_version=%d;", id, (int)version);
	TRY(sql_execute(db, "BEGIN IMMEDIATE"));
	TRY(sql_execute(db, schema));
	TRY(sql_execute(db, mark));
	return sql_execute(db, "COMMIT");
}

/* Bring a database to the last version of SCHEMAS; one that is not ours, or newer, is
 * refused. */
static rc
migrate(sqlite3 *db, int id, const char *const *schemas)
{
	const char *path        = sqlite3_db_filename(db, "main");
	int64_t     application = 0, version = 0, last = 0;

	while (schemas[last] != NULL) last++;
	TRY(sql_number(db, "PRAGMA application_id", &application));
	TRY(sql_number(db, "PRAGMA user_version", &version));
	if (application != id && (application != 0 || version != 0))
		return why_tell(
		    LOG_STORAGE, RC_CONFIG, path, "it is no database of sluisd");
	if (version < 0 || version > last)
		return why_tell(LOG_STORAGE, RC_CONFIG, path,
		    "a newer sluisd made it: start that one, or restore a backup of "
		    "before");
	for (; version < last; version++)
		TRY(migrate_to(db, id, version + 1, schemas[version]));
	return RC_OK;
}

/* The lock that makes sure that exactly one process writes and checkpoints (the
 * installed SQLite has the WAL-reset defect with two). */
static rc
take_lock(struct store *s, const char *dir)
{
	char path[PATH_MAX];

	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return why_tell(LOG_STORAGE, RC_DISK, dir, strerror(errno));
	if (snprintf(path, sizeof path, "%s/lock", dir) >= (int)sizeof path)
		return RC_CONFIG;
	s->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->lock < 0) return why_tell(LOG_STORAGE, RC_DISK, path, strerror(errno));
	if (flock(s->lock, LOCK_EX | LOCK_NB) == 0) return RC_OK;
	return why_tell(LOG_STORAGE, RC_CONFIG, dir, "another sluisd has it open");
}

static rc
read_next_seq(struct store *s)
{
	int64_t n = 0;
	TRY(sql_number(s->main.db, "SELECT coalesce(max(seq), 0) + 1 FROM outbox", &n));
	s->next_seq = (uint64_t)n;
	return RC_OK;
}

static rc
make_ids(struct store *s, uint8_t key[AES128_KEY_SIZE])
{
	static const char            sql[] = "INSERT INTO ids(one, key) VALUES(1, ?)";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;

	randombytes_buf(key, AES128_KEY_SIZE);
	TRY(sql_use(&s->main, sql, &q));
	sql_bind_blob(q, 1, slice_of(key, AES128_KEY_SIZE));
	return sql_run(q);
}

static rc
read_ids(struct store *s)
{
	static const char            sql[] = "SELECT key FROM ids";
	AUTO(sql_done) sqlite3_stmt *q     = NULL;
	uint8_t                      key[AES128_KEY_SIZE];

	TRY(sql_use(&s->main, sql, &q));
	rc code = sql_row(q);
	if (code == RC_OK) code = sql_fixed(q, 0, key, sizeof key);
	sql_done(&q);
	if (code == RC_NOT_FOUND) code = make_ids(s, key);
	TRY(code);
	ids_init(&s->ids, key);
	return RC_OK;
}

rc
store_open(struct store **ret, const char *dir)
{
	AUTO(store_destroy) struct store *s = calloc(1, sizeof *s);
	if (s == NULL) return RC_NOMEM;
	s->lock = -1;

	mode_t old  = umask(0077);
	rc     code = take_lock(s, dir);
	if (code == RC_OK) code = open_database(&s->main, dir, "sluis.db");
	if (code == RC_OK) store_keep_log(s);
	if (code == RC_OK) code = open_database(&s->keys, dir, "keys.db");
	if (code == RC_OK) code = migrate(s->main.db, MAIN_ID, main_schemas);
	if (code == RC_OK) code = migrate(s->keys.db, KEYS_ID, keys_schemas);
	umask(old);
	TRY(code);
	TRY(read_next_seq(s));
	TRY(read_ids(s));
	TRY(store_load_waiting(s));
	TRY(store_move_subjects(s));
	*ret = TAKE(s);
	return RC_OK;
}

static void
close_database(struct database *d)
{
	for (size_t i = 0; i < d->n; i++) (void)sqlite3_finalize(d->prepared[i].stmt);
	(void)sqlite3_close(d->db);
}

void
store_destroy(struct store **sp)
{
	struct store *s = *sp;
	if (s == NULL) return;
	if (s->in_transaction) store_rollback(s);
	close_database(&s->main);
	close_database(&s->keys);
	if (s->lock >= 0) (void)close(s->lock);
	free(s->finished);
	free(s->spent);
	waiting_wipe(&s->waiting);
	buf_wipe(&s->subject_tokens);
	store_next_record(s);
	recent_begin(&s->recent);
	free(s);
	*sp = NULL;
}

/* --- the transaction ------------------------------------------------------------- */

static rc
step_fixed(struct database *d, const char *sql)
{
	AUTO(sql_done) sqlite3_stmt *stmt = NULL;
	TRY(sql_use(d, sql, &stmt));
	return sql_run(stmt);
}

rc
store_begin(struct store *s)
{
	static const char begin[] = "BEGIN IMMEDIATE";

	store_next_record(s);
	recent_begin(&s->recent);
	sql_forgive(&s->main);
	sql_forgive(&s->keys);
	TRY(step_fixed(&s->main, begin));
	s->in_transaction = true;
	s->changes        = sqlite3_total_changes64(s->main.db);
	return step_fixed(&s->keys, begin);
}

/* A full disk refused a write of the log: SQLite took the transaction back as a whole,
 * and nothing of it can come again.  When it was the index of the log that had no room,
 * all of it stands in the log, and comes again when that is read after a crash.  After
 * anything else nobody knows. */
static rc
commit_one(struct store *s, struct database *d)
{
	rc code = step_fixed(d, "COMMIT");

	if (code != RC_OK && (code != RC_DISK_FULL ||
	                         sqlite3_extended_errcode(d->db) == SQLITE_IOERR_SHMSIZE))
		s->broken = true;
	return code;
}

rc
store_commit(struct store *s)
{
	TRY(store_write_subject_set(s));
	TRY(s->main.failed);
	TRY(s->keys.failed);
	TRY(commit_one(s, &s->keys));
	rc code = commit_one(s, &s->main);
	if (code != RC_OK) s->strays = true;
	TRY(code);
	if (sqlite3_total_changes64(s->main.db) != s->changes)
		s->main.told = s->keys.told = RC_OK; /* it works again */
	s->in_transaction = false;
	waiting_commit(&s->waiting);
	store_spent_committed(s);
	store_next_record(s);
	store_log_grew(s);
	return RC_OK; /* it is durable: nothing may refuse it any more */
}

bool
store_is_broken(const struct store *s)
{
	return s->broken;
}

void
store_rollback(struct store *s)
{
	if (!sqlite3_get_autocommit(s->main.db))
		(void)sqlite3_exec(s->main.db, "ROLLBACK", NULL, NULL, NULL);
	if (!sqlite3_get_autocommit(s->keys.db))
		(void)sqlite3_exec(s->keys.db, "ROLLBACK", NULL, NULL, NULL);
	s->in_transaction = false;
	store_next_record(s);
	recent_undo(&s->recent);
	waiting_undo(&s->waiting);
	store_drop_subject_set(s);
	s->n_dropped = 0;
	s->next_task = 0;
	sql_forgive(&s->main);
	sql_forgive(&s->keys);
	ignore(read_next_seq(s)); /* numbers given out in vain are free again */
}

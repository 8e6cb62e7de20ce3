/* SPDX-License-Identifier: EUPL-1.2 */
/* vault_sql.c - opening, tables, and what SQLite's answers mean. */
#include "client/vault_sql.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/folder.h"

enum {
	APPLICATION_ID = 0x534c7576, /* "SLuv" */
	BUSY_MS        = 10000,
	NAME_MAX_      = 32,
};

/* Each brings the tables one version further; never changed once released. */
static const char *const migrations[] = {
    "CREATE TABLE meta (id INTEGER PRIMARY KEY, value BLOB NOT NULL) STRICT;"
    "CREATE TABLE entry ("
    " id INTEGER PRIMARY KEY,"
    " name BLOB NOT NULL UNIQUE CHECK (length(name) = 32)," /* keyed hash: what it is */
    " kind BLOB NOT NULL CHECK (length(kind) = 32)," /* keyed hash: of which kind */
    " matter BLOB CHECK (length(matter) = 32),"      /* keyed hash: of which case */
    " row_key BLOB NOT NULL,"                        /* sealed with the store's key */
    " head BLOB NOT NULL,"                           /* sealed with the row's key */
    " value BLOB NOT NULL) STRICT;"                  /* the same */
    "CREATE INDEX entry_kind ON entry (kind);"
    "CREATE INDEX entry_matter ON entry (matter) WHERE matter IS NOT NULL;",
};

enum { N_MIGRATIONS = sizeof migrations / sizeof migrations[0] };

/* --- small ones ----------------------------------------------------------------------
 */

rc
vault_sql_code(int sqlite)
{
	switch (sqlite & 0xff) {
	case SQLITE_OK:
	case SQLITE_DONE:
	case SQLITE_ROW:
		return RC_OK;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_MISMATCH:
		return RC_BAD_DIGEST;
	case SQLITE_NOMEM:
		return RC_NOMEM;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return RC_QUEUE_FULL;
	default:
		return RC_DISK;
	}
}

void
vault_sql_close(sqlite3 **dbp)
{
	(void)sqlite3_close(*dbp);
	*dbp = NULL;
}

rc
vault_sql_run(sqlite3 *db, const char *sql)
{
	return vault_sql_code(sqlite3_exec(db, sql, NULL, NULL, NULL));
}

rc
vault_sql_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret)
{
	int code = sqlite3_prepare_v2(db, sql, -1, ret, NULL);

	/* a table that is not there is no mistake of ours: it was taken away */
	return code == SQLITE_ERROR ? RC_BAD_DIGEST : vault_sql_code(code);
}

void
vault_sql_done(sqlite3_stmt **sp)
{
	(void)sqlite3_finalize(*sp);
	*sp = NULL;
}

rc
vault_sql_row(sqlite3_stmt *s)
{
	int code = sqlite3_step(s);

	if (code == SQLITE_ROW) return RC_OK;
	return code == SQLITE_DONE ? RC_NOT_FOUND : vault_sql_code(code);
}

rc
vault_sql_step(sqlite3_stmt *s)
{
	return vault_sql_code(sqlite3_step(s));
}

void
vault_sql_bind(sqlite3_stmt *s, int i, struct slice bytes)
{
	(void)sqlite3_bind_blob64(
	    s, i, bytes.n == 0 ? (const void *)"" : bytes.p, bytes.n, SQLITE_STATIC);
}

struct slice
vault_sql_blob(sqlite3_stmt *s, int column)
{
	const void *p = sqlite3_column_blob(s, column);
	int         n = sqlite3_column_bytes(s, column);

	return slice_of(p, n < 0 || p == NULL ? 0 : (size_t)n);
}

static rc
read_number(sqlite3 *db, const char *sql, int64_t *ret)
{
	AUTO(vault_sql_done) sqlite3_stmt *s = NULL;

	TRY(vault_sql_prepare(db, sql, &s));
	TRY(vault_sql_row(s));
	*ret = sqlite3_column_int64(s, 0);
	return RC_OK;
}

/* --- opening -------------------------------------------------------------------------
 */

static rc
configure(sqlite3 *db)
{
	(void)sqlite3_busy_timeout(db, BUSY_MS);
	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	return vault_sql_run(db,
	    "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"
	    "PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON;"
	    "PRAGMA mmap_size = 0;");
}

static rc
migrate_from(sqlite3 *db, int64_t version)
{
	char sql[NAME_MAX_];

	for (int64_t v = version; v < N_MIGRATIONS; v++)
		TRY(vault_sql_run(db, migrations[v]));
	(void)snprintf(sql, sizeof sql, "PRAGMA user_version = %d", (int)N_MIGRATIONS);
	return vault_sql_run(db, sql);
}

static rc
bring_up_to_date(sqlite3 *db)
{
	int64_t application = 0, version = 0;

	TRY(read_number(db, "PRAGMA application_id", &application));
	TRY(read_number(db, "PRAGMA user_version", &version));
	if (application != APPLICATION_ID || version < 1) return RC_BAD_DIGEST;
	if (version > N_MIGRATIONS) return RC_CONFIG;
	if (version == N_MIGRATIONS) return RC_OK;
	TRY(vault_sql_run(db, "BEGIN IMMEDIATE"));
	TRY(migrate_from(db, version)); /* closing rolls back */
	return vault_sql_run(db, "COMMIT");
}

rc
vault_sql_open(const char *path, sqlite3 **ret)
{
	AUTO(vault_sql_close) sqlite3 *db = NULL;
	struct stat                    st;

	if (lstat(path, &st) != 0) return errno == ENOENT ? RC_NOT_FOUND : RC_DISK;
	if (!S_ISREG(st.st_mode) || (st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return RC_CONFIG;
	int code = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL);
	if (code != SQLITE_OK) return vault_sql_code(code);
	TRY(configure(db));
	TRY(bring_up_to_date(db));
	*ret = TAKE(db);
	return RC_OK;
}

/* --- making --------------------------------------------------------------------------
 */

static rc
fill_new(sqlite3 *db, struct slice check)
{
	AUTO(vault_sql_done) sqlite3_stmt *s = NULL;
	char                               sql[NAME_MAX_ * 2];

	TRY(configure(db));
	TRY(vault_sql_run(db, "BEGIN"));
	(void)snprintf(
	    sql, sizeof sql, "PRAGMA application_id = %d", (int)APPLICATION_ID);
	TRY(vault_sql_run(db, sql));
	TRY(migrate_from(db, 0));
	TRY(vault_sql_prepare(db, "INSERT INTO meta (id, value) VALUES (1, ?1)", &s));
	vault_sql_bind(s, 1, check);
	TRY(vault_sql_step(s));
	TRY(vault_sql_run(db, "COMMIT"));
	vault_sql_done(&s);
	return vault_sql_run(db, "PRAGMA journal_mode = WAL");
}

static rc
make_beside(const char *path, struct slice check)
{
	AUTO(vault_sql_close) sqlite3 *db = NULL;
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0) return RC_DISK;
	(void)close(fd);
	int code = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL);
	return code == SQLITE_OK ? fill_new(db, check) : vault_sql_code(code);
}

rc
vault_sql_make(const char *dir, struct slice check)
{
	char path[FILE_PATH_MAX], beside[FILE_PATH_MAX], name[NAME_MAX_];

	(void)snprintf(name, sizeof name, "store.new.%08x", randombytes_random());
	TRY(path_join(path, dir, "store.db"));
	TRY(path_join(beside, dir, name));
	if (access(path, F_OK) == 0) return RC_OK;
	rc code = make_beside(beside, check);
	if (code == RC_OK && link(beside, path) != 0 && errno != EEXIST) code = RC_DISK;
	(void)unlink(beside);
	return code;
}

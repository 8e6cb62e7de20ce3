/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * sql.h - one SQLite connection and its statements.
 *
 * A statement is prepared at its first use and kept.  sql_use() hands it out reset
 * and without bindings; AUTO(sql_done) resets it when the scope ends, so that no
 * read cursor stays open across a commit.
 *
 * A statement that fails for a reason of the disk or of memory spoils its transaction,
 * whatever its caller makes of that: SQLite may have rolled it back by itself, and what
 * followed would be committed alone.  A constraint that refuses a row spoils nothing.
 *
 * Only the files of this folder use it; no SQL of the broker stands elsewhere.
 */
#ifndef SLUIS_BROKER_STORE_SQL_H
#define SLUIS_BROKER_STORE_SQL_H

#include <sqlite3.h>

#include "proto/auto.h"
#include "proto/bytes.h"
#include "proto/limits.h"

enum { STORE_STATEMENTS = 192 };

struct prepared {
	const char   *sql; /* identity: the address of a string literal */
	sqlite3_stmt *stmt;
};

struct database {
	sqlite3        *db;
	rc              failed; /* of this transaction: it cannot be committed any more */
	rc              told;   /* the last failure that the log was told */
	bool            owes_log; /* its write-ahead log is to be emptied */
	size_t          n;
	struct prepared prepared[STORE_STATEMENTS];
};

/* Who reads beside us (a backup) may hold the lock of writers for a moment, to see
 * whether the log is sound: DB waits for it, a second at most. */
void sql_be_patient(sqlite3 *db);

/* sqlite3_wal_checkpoint_v2(), which waits for nobody. */
int sql_checkpoint(sqlite3 *db, int how, int *ret_log, int *ret_done);

/* Empty the log of D, and so of what the database itself holds no more; while somebody
 * reads it (a backup) that is owed.  Other errors as sql_rc(); owed then, too. */
MUST rc sql_empty_log(struct database *d);

/* After sqlite3_open_v2(): nothing is committed on D once a statement failed. */
void sql_guard(struct database *d);

/* The transaction of D is over, or another begins. */
void sql_forgive(struct database *d);

/* What CODE of SQLite on DB means: RC_OK, RC_NOMEM, RC_DISK_FULL or RC_DISK; noted and
 * logged unless it is RC_OK. */
MUST rc sql_rc(sqlite3 *db, int code);

/* All statements of SQL, of whose rows nobody takes notice. */
MUST rc sql_execute(sqlite3 *db, const char *sql);

/* *RET, a fresh statement, at the first row of SQL; RC_DISK if it has none.  The caller
 * finalizes it, also after an error. */
MUST rc sql_first(sqlite3 *db, const char *sql, sqlite3_stmt **ret);

/* The number that SQL yields first; RC_DISK if it yields none. */
MUST rc sql_number(sqlite3 *db, const char *sql, int64_t *ret);

/* The statement SQL (a string literal) of D, ready to bind.  Errors as sql_rc(). */
MUST rc sql_use(struct database *d, const char *sql, sqlite3_stmt **ret);

/* For AUTO(): reset, drop bindings. */
void sql_done(sqlite3_stmt **sp);

/* Step a statement that returns no row. */
MUST rc sql_run(sqlite3_stmt *s);

/* Run SQL (a string literal), whose one parameter is ID. */
MUST rc sql_run_id(struct database *d, const char *sql, const uint8_t id[ID_BYTES]);

/* Step to the next row: RC_OK, RC_NOT_FOUND at the end, else as sql_rc(). */
MUST rc sql_row(sqlite3_stmt *s);

void sql_bind_u64(sqlite3_stmt *s, int i, uint64_t v);
void sql_bind_text(sqlite3_stmt *s, int i, const char *text);   /* borrowed until reset */
void sql_bind_blob(sqlite3_stmt *s, int i, struct slice bytes); /* borrowed until reset */

uint64_t     sql_u64(sqlite3_stmt *s, int column);
struct slice sql_blob(sqlite3_stmt *s, int column); /* valid until the next step */

/* Copy a text column; RC_BAD_DIGEST if it does not fit: somebody changed the row, and the
 * log names the column. */
MUST rc sql_text(sqlite3_stmt *s, int column, char *out, size_t size);

/* Copy a blob column of exactly N bytes; RC_BAD_DIGEST otherwise, as above. */
MUST rc sql_fixed(sqlite3_stmt *s, int column, uint8_t *out, size_t n);

#endif

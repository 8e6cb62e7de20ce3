/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * vault_sql.h - the SQLite file under a vault: made whole, opened with care.
 *
 * A new store is made beside its place and linked there when it is whole, so a store.db
 * that is empty, cut off or no database is damage and never a reason to begin anew.
 */
#ifndef SLUIS_CLIENT_VAULT_SQL_H
#define SLUIS_CLIENT_VAULT_SQL_H

#include <sqlite3.h>

#include "proto/auto.h"
#include "proto/bytes.h"

/* Make DIR/store.db unless it is there; CHECK goes into its table meta as row 1. */
MUST rc vault_sql_make(const char *dir, struct slice check);

/* Open PATH and bring it up to the tables of today.  RC_NOT_FOUND; RC_BAD_DIGEST: it is
 * damaged or no store; RC_CONFIG: made by a newer sluis. */
MUST rc vault_sql_open(const char *path, sqlite3 **ret);

void vault_sql_close(sqlite3 **dbp);

/* Run SQL, which has no parameters and whose rows nobody needs. */
MUST rc vault_sql_run(sqlite3 *db, const char *sql);

/* The statement SQL; AUTO(vault_sql_done). */
MUST rc vault_sql_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret);
void    vault_sql_done(sqlite3_stmt **sp);

/* Step S: RC_OK for a row, RC_NOT_FOUND for none. */
MUST rc vault_sql_row(sqlite3_stmt *s);

/* Step a statement that gives no row. */
MUST rc vault_sql_step(sqlite3_stmt *s);

void         vault_sql_bind(sqlite3_stmt *s, int i, struct slice bytes);
struct slice vault_sql_blob(sqlite3_stmt *s, int column); /* valid until the next step */

/* What an SQLite result means to us. */
rc vault_sql_code(int sqlite);

#endif

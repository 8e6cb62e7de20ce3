/* SPDX-License-Identifier: EUPL-1.2 */
/* peek.c - what a state says, read without opening it: sluisd -t, beside a running one.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "broker/store/internal.h"

/* Open the database in DIR as a file that is taken as it is: no lock, no log, no shared
 * memory.  NULL if there is none. */
static sqlite3 *
peek_open(const char *dir)
{
	char     uri[PATH_MAX + 64];
	sqlite3 *db = NULL;

	if (strpbrk(dir, "?#%") != NULL) return NULL; /* is no URI as it stands */
	(void)snprintf(uri, sizeof uri, "file:%s/sluis.db?immutable=1", dir);
	if (sqlite3_open_v2(uri, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL) ==
	    SQLITE_OK)
		return db;
	(void)sqlite3_close(db);
	return NULL;
}

static rc
peek_row(sqlite3 *db, struct policy_row *ret)
{
	static const char sql[] =
	    "SELECT hash, version FROM policy ORDER BY seq DESC LIMIT 1";
	sqlite3_stmt *q    = NULL;
	rc            code = RC_NOT_FOUND;

	if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) != SQLITE_OK) return RC_NOT_FOUND;
	if (sqlite3_step(q) == SQLITE_ROW) {
		ret->version = sql_u64(q, 1);
		code         = sql_fixed(q, 0, ret->hash.b, sizeof ret->hash.b);
	}
	(void)sqlite3_finalize(q);
	return code;
}

rc
store_peek_policy(const char *dir, struct policy_row *ret)
{
	sqlite3 *db = peek_open(dir);

	if (db == NULL) return RC_NOT_FOUND;
	rc code = peek_row(db, ret);
	(void)sqlite3_close(db);
	return code;
}

static rc
peek_each(sqlite3 *db, rc (*each)(void *arg, struct slice leaf), void *arg)
{
	static const char sql[] = "SELECT bytes FROM leaf ORDER BY idx DESC";
	sqlite3_stmt     *q     = NULL;
	rc                code  = RC_NOT_FOUND;

	if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) != SQLITE_OK) return RC_NOT_FOUND;
	while (code == RC_NOT_FOUND && sqlite3_step(q) == SQLITE_ROW)
		code = each(arg, sql_blob(q, 0));
	(void)sqlite3_finalize(q);
	return code;
}

rc
store_peek_leaves(const char *dir, rc (*each)(void *arg, struct slice leaf), void *arg)
{
	sqlite3 *db = peek_open(dir);

	if (db == NULL) return RC_NOT_FOUND;
	rc code = peek_each(db, each, arg);
	(void)sqlite3_close(db);
	return code;
}

static rc
peek_newest(sqlite3 *db, struct buf *out)
{
	static const char sql[] = "SELECT newest FROM lists";
	sqlite3_stmt     *q     = NULL;
	rc                code  = RC_NOT_FOUND;

	if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) != SQLITE_OK) return RC_NOT_FOUND;
	if (sqlite3_step(q) == SQLITE_ROW) code = buf_append(out, sql_blob(q, 0));
	(void)sqlite3_finalize(q);
	return code;
}

rc
store_peek_lists(const char *dir, struct buf *out)
{
	sqlite3 *db = peek_open(dir);

	if (db == NULL) return RC_NOT_FOUND;
	rc code = peek_newest(db, out);
	(void)sqlite3_close(db);
	return code;
}

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

typedef rc peek_row(void *arg, sqlite3_stmt *row);

/* EACH for the rows of SQL in the state DIR, until it says something else than
 * RC_NOT_FOUND; that is what there is where there is none. */
static rc
peek(const char *dir, const char *sql, peek_row *each, void *arg)
{
	sqlite3_stmt *q    = NULL;
	rc            code = RC_NOT_FOUND;
	sqlite3      *db   = peek_open(dir);

	if (db == NULL) return RC_NOT_FOUND;
	if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) == SQLITE_OK)
		while (code == RC_NOT_FOUND && sqlite3_step(q) == SQLITE_ROW)
			code = each(arg, q);
	(void)sqlite3_finalize(q);
	(void)sqlite3_close(db);
	return code;
}

static rc
read_policy(void *arg, sqlite3_stmt *row)
{
	struct policy_row *ret = arg;

	ret->version = sql_u64(row, 1);
	return sql_fixed(row, 0, ret->hash.b, sizeof ret->hash.b);
}

rc
store_peek_policy(const char *dir, struct policy_row *ret)
{
	return peek(dir, "SELECT hash, version FROM policy ORDER BY seq DESC LIMIT 1",
	    read_policy, ret);
}

struct leaves {
	rc (*each)(void *arg, struct slice leaf);
	void *arg;
};

static rc
read_leaf(void *arg, sqlite3_stmt *row)
{
	const struct leaves *l = arg;

	return l->each(l->arg, sql_blob(row, 0));
}

rc
store_peek_leaves(const char *dir, rc (*each)(void *arg, struct slice leaf), void *arg)
{
	struct leaves l = {.each = each, .arg = arg};

	return peek(dir, "SELECT bytes FROM leaf ORDER BY idx DESC", read_leaf, &l);
}

static rc
read_newest(void *arg, sqlite3_stmt *row)
{
	return buf_append(arg, sql_blob(row, 0));
}

rc
store_peek_lists(const char *dir, struct buf *out)
{
	return peek(dir, "SELECT newest FROM lists", read_newest, out);
}

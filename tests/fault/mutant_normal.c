/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * mutant_normal.c - the deliberate mutation: synchronous=NORMAL.
 *
 * Linked into a copy of fault_powercut with --wrap=store_open.  That copy must fail: a
 * power cut takes commits that were acknowledged.
 */
#include <stdlib.h>

#include "broker/store/internal.h"

MUST rc __real_store_open(struct store **ret, const char *dir);
MUST rc __wrap_store_open(struct store **ret, const char *dir);

rc
__wrap_store_open(struct store **ret, const char *dir)
{
	static const char weaker[] = "PRAGMA synchronous=NORMAL";

	TRY(__real_store_open(ret, dir));
	if (sqlite3_exec((*ret)->main.db, weaker, NULL, NULL, NULL) != SQLITE_OK) abort();
	if (sqlite3_exec((*ret)->keys.db, weaker, NULL, NULL, NULL) != SQLITE_OK) abort();
	return RC_OK;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * erase.c - forgetting the keys of copies that are done with.
 *
 * Deleting a key erases the copy wherever its ciphertext still lies.  With
 * secure_delete the row leaves the database file, but its images stay in the
 * write-ahead log until that is truncated (25 of them were counted).
 *
 * Keys go after the commit that finished their copies, never before: a crash in
 * between leaves a key too many, and this sweep, which also runs at every start
 * (store_settle), takes it.
 */
#include "broker/store/internal.h"

enum { SWEEP = 256 }; /* keys looked at in one go */

static rc
delete_unneeded(struct store *s, const uint64_t *ids, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool needed = true;
		TRY(store_needs_key(s, ids[i], &needed));
		if (!needed) TRY(store_delete_key(s, ids[i]));
	}
	return RC_OK;
}

static rc
sweep_all(struct store *s)
{
	uint64_t ids[SWEEP], last = 0;
	size_t   n;

	do {
		TRY(store_keys_after(s, last, SWEEP, ids, &n));
		TRY(delete_unneeded(s, ids, n));
		if (n != 0) last = ids[n - 1];
	} while (n == SWEEP);
	return RC_OK;
}

/* Inside a transaction of keys.db. */
static rc
delete_keys(struct store *s)
{
	if (s->strays) TRY(store_drop_strays(s));
	TRY(s->sweep_all || s->strays ? sweep_all(s)
	                              : delete_unneeded(s, s->finished, s->n_finished));
	return store_shred(s);
}

static rc
execute(struct store *s, const char *sql)
{
	return sql_rc(s->keys.db, sqlite3_exec(s->keys.db, sql, NULL, NULL, NULL));
}

/* The images of the keys in the log go too. */
static rc
truncate_log(struct store *s)
{
	int log = 0, done = 0;

	return sql_rc(s->keys.db, sqlite3_wal_checkpoint_v2(s->keys.db, NULL,
	                              SQLITE_CHECKPOINT_TRUNCATE, &log, &done));
}

rc
store_forget_erased(struct store *s)
{
	/* Between a commit of keys.db and a failed one of sluis.db an acknowledgement
	 * looks as if it had happened; what it would erase is still owed. */
	if (s->in_transaction) return RC_OK;
	if (!s->sweep_all && s->n_finished == 0 && !s->shreds && !s->strays) return RC_OK;
	sql_forgive(&s->keys);
	TRY(execute(s, "BEGIN IMMEDIATE"));
	rc code = delete_keys(s);
	if (code == RC_OK) code = execute(s, "COMMIT");
	if (code != RC_OK && !sqlite3_get_autocommit(s->keys.db))
		ignore(execute(s, "ROLLBACK"));
	TRY(code);
	TRY(truncate_log(s));
	s->n_finished = 0;
	s->sweep_all = s->strays = false;
	return store_shredded(s);
}

rc
store_settle(struct store *s)
{
	TRY(store_drop_strays(s));
	s->sweep_all = s->shreds = true; /* whatever a crash left behind */
	return store_forget_erased(s);
}

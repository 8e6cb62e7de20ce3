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

/* Of IDS, in their order, those between which no copy waits go in one statement: outside
 * a transaction a key that no copy needs opens nothing. */
static rc
delete_unneeded(struct store *s, const uint64_t *ids, size_t n)
{
	for (size_t i = 0, k; i < n; i = k) {
		uint64_t until = waiting_from(&s->waiting, ids[i]);
		for (k = i + 1; k < n && ids[k] < until;) k++;
		if (ids[i] != until) TRY(store_delete_keys(s, ids[i], ids[k - 1]));
	}
	return RC_OK;
}

static rc
delete_finished(struct store *s)
{
	store_sort_numbers(s->finished, s->n_finished);
	return delete_unneeded(s, s->finished, s->n_finished);
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
	TRY(s->sweep_all || s->strays ? sweep_all(s) : delete_finished(s));
	return store_shred(s);
}

/* WORK in a transaction of D, or nothing of it. */
static rc
at_once(struct store *s, struct database *d, rc (*work)(struct store *s))
{
	sql_forgive(d);
	TRY(sql_execute(d->db, "BEGIN IMMEDIATE"));
	rc code = work(s);
	if (code == RC_OK) code = sql_execute(d->db, "COMMIT");
	if (code != RC_OK && !sqlite3_get_autocommit(d->db))
		ignore(sql_execute(d->db, "ROLLBACK"));
	return code;
}

/* What their keys are gone of, and that these had to go. */
static rc
delete_ciphertext(struct store *s)
{
	TRY(store_drop_spent(s));
	return store_shredded(s);
}

static rc
drop_ciphertext(struct store *s)
{
	bool shreds = s->shreds;

	if (s->n_spent == 0 && !shreds) return RC_OK;
	rc code = at_once(s, &s->main, delete_ciphertext);
	if (code == RC_OK) store_spent_committed(s);
	if (code == RC_OK) return RC_OK;
	s->n_dropped = 0;
	s->shreds    = shreds;
	return code;
}

rc
store_forget_erased(struct store *s)
{
	/* Between a commit of keys.db and a failed one of sluis.db an acknowledgement
	 * looks as if it had happened; what it would erase is still owed. */
	if (s->in_transaction) return RC_OK;
	if (!s->sweep_all && s->n_finished == 0 && s->n_spent == 0 && !s->shreds &&
	    !s->strays && !s->keys.owes_log)
		return store_tidy_log(s);
	TRY(at_once(s, &s->keys, delete_keys));
	TRY(sql_empty_log(&s->keys)); /* of images of keys */
	s->n_finished = 0;
	s->sweep_all = s->strays = false;
	TRY(drop_ciphertext(s));
	return store_tidy_log(s);
}

rc
store_settle(struct store *s)
{
	TRY(store_drop_strays(s));
	s->sweep_all = s->shreds = true; /* whatever a crash left behind */
	return store_forget_erased(s);
}

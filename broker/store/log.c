/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * log.c - when the write-ahead log of sluis.db is brought into the database.
 *
 * SQLite does it at the commit that makes the log longer than 1000 pages, while senders
 * wait for that commit.  Here it is done between batches, and when the log is four times
 * as long: a page that many batches change is then written once for all of them.  A
 * broker that has nothing to do leaves no log behind, and so no image of what was erased
 * from the tables.
 */
#include "broker/store/internal.h"

enum {
	LONG = 4096,     /* pages: 16 MiB */
	MOST = 4 * LONG, /* then it does not wait */
};

static int
note_frames(void *arg, sqlite3 *db, const char *name, int frames)
{
	struct store *s = arg;

	(void)db, (void)name;
	s->frames = frames;
	return SQLITE_OK;
}

void
store_keep_log(struct store *s)
{
	(void)sqlite3_wal_hook(s->main.db, note_frames, s);
}

/* Somebody who reads (a backup) may keep pages in it; they go the next time. */
static rc
bring_in(struct store *s)
{
	int log = 0, done = 0;
	int code = sql_checkpoint(s->main.db, SQLITE_CHECKPOINT_PASSIVE, &log, &done);

	if (code != SQLITE_OK && code != SQLITE_BUSY) return sql_rc(s->main.db, code);
	s->frames = log == done ? 0 : log;
	return RC_OK;
}

void
store_log_grew(struct store *s)
{
	if (s->frames < MOST || s->main.owes_log) return;
	s->main.owes_log = bring_in(s) != RC_OK;
}

rc
store_tidy_log(struct store *s)
{
	bool idle = s->frames != 0 && s->frames == s->frames_before;

	if (idle || s->main.owes_log) {
		TRY(sql_empty_log(&s->main));
		if (!s->main.owes_log) s->frames = 0;
	}
	if (s->frames >= LONG) TRY(bring_in(s));
	s->frames_before = s->frames;
	return RC_OK;
}

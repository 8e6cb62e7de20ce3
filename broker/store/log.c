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
empty(struct store *s, int how)
{
	int log = 0, done = 0;
	int code = sql_checkpoint(s->main.db, how, &log, &done);

	if (code != SQLITE_OK && code != SQLITE_BUSY) return sql_rc(s->main.db, code);
	s->frames = log == done ? 0 : log;
	return RC_OK;
}

rc
store_log_grew(struct store *s)
{
	return s->frames < MOST ? RC_OK : empty(s, SQLITE_CHECKPOINT_PASSIVE);
}

rc
store_tidy_log(struct store *s)
{
	bool idle = s->frames == s->frames_before;
	rc   code = RC_OK;

	if (s->frames != 0 && idle) code = empty(s, SQLITE_CHECKPOINT_TRUNCATE);
	if (s->frames >= LONG) code = empty(s, SQLITE_CHECKPOINT_PASSIVE);
	s->frames_before = s->frames;
	return code;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * fault_files.c - the files that the broker itself writes, whatever call fails.
 *
 * Published head, ready file's way of writing, keys file at both steps of a rotation,
 * backup: each is written with its first, second, ... open, write, chmod, sync or rename
 * failing, until it passes untouched.  Each time the file is the old one or the new one
 * as a whole, nothing else is left beside it, the failure is told, and the next attempt
 * succeeds.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker/backup/backup.h"
#include "broker/journal/published.h"
#include "broker/keys/rotate.h"
#include "certs/file.h"
#include "support/region.h"

enum { FILE_BYTES = 16 * 1024, MOMENT = 1000 };

/* --- calls that fail --------------------------------------------------------------- */

static unsigned countdown, failed; /* the call that fails; 0: none */
static int      why;

static bool
fails(void)
{
	if (countdown == 0 || --countdown != 0) return false;
	errno = why;
	failed++;
	return true;
}

int     __real_open(const char *path, int flags, ...);
int     __wrap_open(const char *path, int flags, ...);
int     __real_mkostemp(char *path, int flags);
int     __wrap_mkostemp(char *path, int flags);
ssize_t __real_write(int fd, const void *p, size_t n);
ssize_t __wrap_write(int fd, const void *p, size_t n);
int     __real_fchmod(int fd, mode_t mode);
int     __wrap_fchmod(int fd, mode_t mode);
int     __real_fsync(int fd);
int     __wrap_fsync(int fd);
int     __real_syncfs(int fd);
int     __wrap_syncfs(int fd);
int     __real_rename(const char *from, const char *to);
int     __wrap_rename(const char *from, const char *to);

int
__wrap_open(const char *path, int flags, ...)
{
	va_list args;

	va_start(args, flags);
	unsigned mode = (flags & O_CREAT) != 0 ? va_arg(args, unsigned) : 0;
	va_end(args);
	return fails() ? -1 : __real_open(path, flags, mode);
}

int
__wrap_mkostemp(char *path, int flags)
{
	return fails() ? -1 : __real_mkostemp(path, flags);
}

/* A write that fails has written half of it. */
ssize_t
__wrap_write(int fd, const void *p, size_t n)
{
	if (fd == STDERR_FILENO || !fails()) return __real_write(fd, p, n);
	if (__real_write(fd, p, n / 2) >= 0) errno = why;
	return -1;
}

int
__wrap_fchmod(int fd, mode_t mode)
{
	return fails() ? -1 : __real_fchmod(fd, mode);
}

int
__wrap_fsync(int fd)
{
	return fails() ? -1 : __real_fsync(fd);
}

int
__wrap_syncfs(int fd)
{
	return fails() ? -1 : __real_syncfs(fd);
}

int
__wrap_rename(const char *from, const char *to)
{
	return fails() ? -1 : __real_rename(from, to);
}

/* --- what is looked at ------------------------------------------------------------- */

static struct region region;
static unsigned      tried, kept; /* attempts; those after which it was the old one */

static void
need(bool holds, const char *what)
{
	if (holds) return;
	(void)fprintf(stderr, "call %u: %s\n", tried, what);
	abort();
}

static void
read_whole(const char *path, struct buf *out)
{
	*out    = buf_init(FILE_BYTES);
	rc code = file_read(path, FILE_BYTES, false, out);
	need(code == RC_OK || code == RC_NOT_FOUND, "the file cannot be read");
}

/* How many files stand in the folder of the region. */
static unsigned
count_files(void)
{
	unsigned n   = 0;
	DIR     *dir = opendir(region.dir);

	need(dir != NULL, "no folder");
	while (readdir(dir) != NULL) n++;
	(void)closedir(dir);
	return n;
}

/* --- one file ---------------------------------------------------------------------- */

struct writer {
	const char *path; /* what it writes */
	rc (*write)(void);
};

/* WRITE with call N failing; whether none failed.  Then all is as it was before. */
static bool
attempt(const struct writer *w, unsigned n)
{
	AUTO(buf_wipe) struct buf old, after, now;
	unsigned                  files = count_files();

	read_whole(w->path, &old);
	tried++;
	failed    = 0;
	countdown = n;
	rc code   = w->write();
	countdown = 0;
	read_whole(w->path, &after);
	bool same = slice_equal(buf_slice(&old), buf_slice(&after));
	need(failed == 0 || code != RC_OK || !same, "a failure was not told");
	need(failed != 0 || (code == RC_OK && !same), "it failed for nothing");
	need(count_files() == files, "something is left beside it");
	kept += same;
	if (!same) must(file_write(w->path, buf_slice(&old), 0600));
	must(w->write());
	read_whole(w->path, &now);
	need(same || failed == 0 || now.n == after.n, "neither the old one nor the new");
	must(file_write(w->path, buf_slice(&old), 0600));
	return failed == 0;
}

static void
sweep(const struct writer *w, const char *name)
{
	unsigned n = 1;

	tried = kept = 0;
	while (!attempt(w, n)) need(++n < MOMENT, "it never passes");
	need(kept >= 3, "nothing failed");
	(void)printf("%s: %u calls, %u left the old one\n", name, tried - 1, kept);
}

/* --- the writers ------------------------------------------------------------------- */

static rc
write_published(void)
{
	return published_write(&region.broker, journal_checkpoint(region.broker.journal));
}

static enum key_kind kind;

static rc
begin_rotation(void)
{
	return rotate_keys(region.config, kind, NULL);
}

static rc
end_rotation(void)
{
	return retire_keys(region.config, kind, 0);
}

static void
sweep_keys(enum key_kind which)
{
	struct writer begin = {region.config->keys_file, begin_rotation};
	struct writer end   = {region.config->keys_file, end_rotation};

	kind = which;
	sweep(&begin, "keys file, second key");
	must(begin_rotation());
	sweep(&end, "keys file, one key again");
	must(end_rotation());
}

/* --- a backup ---------------------------------------------------------------------- */

/* None, or one that is whole. */
static bool
attempt_backup(const char *to, unsigned n)
{
	struct manifest m;

	tried++;
	failed    = 0;
	countdown = n;
	rc code   = backup_make(region.config, REGION_NOW_MS, to, &m);
	countdown = 0;
	need((failed == 0) == (code == RC_OK), "a failure was not told");
	if (code == RC_OK) must(backup_check(region.config, to, &m));
	need(code == RC_OK || access(to, F_OK) != 0, "half a backup is there");
	return code == RC_OK;
}

static void
sweep_backup(void)
{
	char     to[512];
	unsigned n = 1;

	(void)snprintf(to, sizeof to, "%s/backup", region.dir);
	tried = 0;
	while (!attempt_backup(to, n)) need(++n < MOMENT, "it never passes");
	(void)printf("backup: %u calls\n", tried - 1);
}

static void
sweep_all(int error)
{
	struct writer published = {NULL, write_published};

	why = error;
	region_open(&region);
	must(file_write(region.config->trust_file, slice_str("quorum none\n"), 0644));
	published.path = region.config->published_file;
	must(file_write(published.path, slice_str("an older one"), 0644));
	sweep(&published, "published head");
	sweep_keys(KIND_CHECKPOINT);
	sweep_keys(KIND_PSEUDONYM);
	sweep_backup();
	region_close(&region);
}

int
main(void)
{
	sweep_all(EIO);
	sweep_all(ENOSPC);
	return 0;
}

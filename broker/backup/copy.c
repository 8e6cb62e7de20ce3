/* SPDX-License-Identifier: EUPL-1.2 */
/* copy.c - files of a state, block by block. */
#include "broker/backup/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker/store/snapshot.h"
#include "proto/auto.h"
#include "proto/hash.h"

enum { BLOCK = 256 * 1024 };

static void
close_file(int *fd)
{
	if (*fd >= 0) (void)close(*fd);
}

static rc
open_in(const char *dir, const char *name, int flags, int *ret)
{
	char        path[PATH_MAX];
	struct stat st;

	if (snprintf(path, sizeof path, "%s/%s", dir, name) >= (int)sizeof path)
		return RC_CONFIG;
	/* O_NONBLOCK: a named pipe in the place of a database must not hold us up */
	*ret = open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (*ret < 0) return errno == ENOENT ? RC_NOT_FOUND : RC_DISK;
	return fstat(*ret, &st) == 0 && S_ISREG(st.st_mode) ? RC_OK : RC_CONFIG;
}

static rc
write_all(int fd, const uint8_t *p, size_t n)
{
	while (n != 0) {
		ssize_t k = write(fd, p, n);
		if (k < 0 && errno == EINTR) continue;
		if (k <= 0) return RC_DISK;
		p += k;
		n -= (size_t)k;
	}
	return RC_OK;
}

/* All of IN through the digest, and to OUT if that is a file. */
static rc
pump(int in, int out, struct hash *ret)
{
	AUTO(auto_free) uint8_t *block = malloc(BLOCK);
	struct sha256            sha;

	if (block == NULL) return RC_NOMEM;
	sha256_begin(&sha);
	for (;;) {
		ssize_t k = read(in, block, BLOCK);
		if (k < 0 && errno == EINTR) continue;
		if (k < 0) return RC_DISK;
		if (k == 0) break;
		sha256_add(&sha, slice_of(block, (size_t)k));
		if (out >= 0) TRY(write_all(out, block, (size_t)k));
	}
	sha256_end(&sha, ret->b);
	return RC_OK;
}

rc
copy_file(const char *from, const char *to, const char *name, struct hash *ret_digest)
{
	AUTO(close_file) int in  = -1;
	AUTO(close_file) int out = -1;

	TRY(open_in(from, name, O_RDONLY, &in));
	TRY(open_in(to, name, O_WRONLY | O_CREAT | O_EXCL, &out));
	TRY(pump(in, out, ret_digest));
	return fsync(out) == 0 ? RC_OK : RC_DISK;
}

rc
copy_digest(const char *dir, const char *name, struct hash *ret)
{
	AUTO(close_file) int in = -1;

	TRY(open_in(dir, name, O_RDONLY, &in));
	return pump(in, -1, ret);
}

bool
copy_has_state(const char *dir)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < 2; i++) {
		int n = snprintf(path, sizeof path, "%s/%s", dir, snapshot_files[i]);
		if (n >= (int)sizeof path || access(path, F_OK) == 0) return true;
	}
	return false;
}

static void
remove_in(const char *dir, const char *name, const char *suffix)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof path, "%s/%s%s", dir, name, suffix) < (int)sizeof path)
		(void)unlink(path);
}

void
copy_remove_lock(const char *dir)
{
	remove_in(dir, "lock", "");
}

void
copy_remove(const char *dir)
{
	static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};

	for (size_t i = 0; i < 2; i++)
		for (size_t k = 0; k < sizeof suffixes / sizeof suffixes[0]; k++)
			remove_in(dir, snapshot_files[i], suffixes[k]);
	remove_in(dir, "backup.json", "");
	copy_remove_lock(dir);
	(void)rmdir(dir);
}

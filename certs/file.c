/* SPDX-License-Identifier: EUPL-1.2 */
/* file.c - whole files: bounded reads, replacement by rename. */
#include "certs/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/auto.h"

enum { LOCK_TRY_MS = 10 };

static void
auto_close(const int *fd)
{
	if (*fd >= 0) (void)close(*fd);
}

/* --- reading --------------------------------------------------------------------- */

/* O_NONBLOCK: a named pipe in the place of a secret must not hold us up. */
static rc
open_for_reading(const char *path, bool secret, int *ret)
{
	int fd =
	    open(path, O_RDONLY | O_CLOEXEC | (secret ? O_NOFOLLOW | O_NONBLOCK : 0));

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) return RC_NOT_FOUND;
	if (fd < 0 && errno == ELOOP && secret) return RC_CONFIG;
	if (fd < 0) return RC_DISK;
	*ret = fd;
	return RC_OK;
}

static rc
check_secret(int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0) return RC_DISK;
	if (!S_ISREG(st.st_mode)) return RC_CONFIG;
	return (st.st_mode & (S_IRWXG | S_IRWXO)) == 0 ? RC_OK : RC_CONFIG;
}

static rc
append_all(int fd, size_t max, struct buf *out)
{
	uint8_t chunk[4096];
	ssize_t n;
	rc      code = RC_OK;

	while (code == RC_OK && (n = read(fd, chunk, sizeof chunk)) != 0) {
		if (n < 0 && errno == EINTR) continue;
		if (n < 0)
			code = RC_DISK;
		else if ((size_t)n > max)
			code = RC_TOO_LARGE;
		else
			code = buf_append(out, slice_of(chunk, (size_t)n));
		if (code == RC_OK) max -= (size_t)n;
	}
	sodium_memzero(chunk, sizeof chunk);
	return code;
}

rc
file_read(const char *path, size_t max, bool secret, struct buf *out)
{
	AUTO(auto_close) int fd    = -1;
	size_t               start = out->n;

	TRY(open_for_reading(path, secret, &fd));
	if (secret) TRY(check_secret(fd));
	rc code = append_all(fd, max, out);
	if (code != RC_OK && out->n > start) {
		sodium_memzero(out->p + start, out->n - start);
		out->n = start;
	}
	return code;
}

/* --- writing --------------------------------------------------------------------- */

static rc
write_all(int fd, struct slice s)
{
	while (s.n > 0) {
		ssize_t n = write(fd, s.p, s.n);
		if (n < 0 && errno == EINTR) continue;
		if (n <= 0) return RC_DISK;
		s = slice_of(s.p + n, s.n - (size_t)n);
	}
	return RC_OK;
}

static rc
fill(int fd, struct slice content, unsigned mode, bool durable)
{
	TRY(write_all(fd, content));
	if (fchmod(fd, mode) != 0) return RC_DISK;
	return !durable || fsync(fd) == 0 ? RC_OK : RC_DISK;
}

static rc
sync_folder_of(const char *path)
{
	AUTO(auto_free) char *copy = strdup(path);
	if (copy == NULL) return RC_NOMEM;
	AUTO(auto_close) int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) return RC_DISK;
	return fsync(fd) == 0 ? RC_OK : RC_DISK;
}

/* mkostemp() creates with O_EXCL and mode 0600: a secret is one from its first byte. */
static rc
write_beside(char *temporary, struct slice content, unsigned mode, bool durable)
{
	AUTO(auto_close) int fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0) return RC_DISK;
	rc code = fill(fd, content, mode, durable);
	if (code != RC_OK) (void)unlink(temporary);
	return code;
}

static rc
replace(const char *path, struct slice content, unsigned mode, bool durable)
{
	AUTO(auto_free) char *temporary = NULL;

	if (asprintf(&temporary, "%s.XXXXXX", path) < 0) {
		temporary = NULL;
		return RC_NOMEM;
	}
	TRY(write_beside(temporary, content, mode, durable));
	if (rename(temporary, path) != 0) {
		(void)unlink(temporary);
		return RC_DISK;
	}
	return durable ? sync_folder_of(path) : RC_OK;
}

rc
file_write(const char *path, struct slice content, unsigned mode)
{
	return replace(path, content, mode, true);
}

rc
file_write_later(const char *path, struct slice content, unsigned mode)
{
	return replace(path, content, mode, false);
}

rc
file_sync_all(const char *path)
{
	AUTO(auto_close) int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd >= 0 && syncfs(fd) == 0 ? RC_OK : RC_DISK;
}

/* --- one process at a time --------------------------------------------------------- */

rc
file_lock(const char *path, unsigned wait_ms, int *ret)
{
	*ret = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, MODE_SECRET);
	if (*ret < 0) return RC_DISK;
	for (unsigned ms = 0; flock(*ret, LOCK_EX | LOCK_NB) != 0; ms += LOCK_TRY_MS) {
		if (errno != EWOULDBLOCK && errno != EINTR) return RC_DISK;
		if (ms >= wait_ms) return RC_IN_USE;
		(void)poll(NULL, 0, LOCK_TRY_MS);
	}
	return RC_OK;
}

void
file_unlock(const int *fd)
{
	auto_close(fd);
}

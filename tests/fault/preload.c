/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * preload.c - the disk of a real sluisd, as a test wants it (LD_PRELOAD).
 *
 * Environment: FAULT_DIR, the folder whose files are meant; FAULT_SWITCH, a file whose
 * first byte says what is wrong now:
 *
 *	0  nothing          f  no room for what makes a file longer
 *	s  a sync fails     r  the file system is read-only
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FDS = 1024 };

static const volatile char *fault = "0";
static const char          *dir;
static bool                 meant[FDS]; /* descriptors of files in DIR */

__attribute__((constructor)) static void
begin(void)
{
	const char *path = getenv("FAULT_SWITCH");
	int         fd   = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) return;
	void *p = mmap(NULL, 1, PROT_READ, MAP_SHARED, fd, 0);
	(void)close(fd);
	if (p == MAP_FAILED) return;
	fault = p;
	dir   = getenv("FAULT_DIR");
}

static void *
next(const char *name)
{
	void *f = dlsym(RTLD_NEXT, name);
	if (f == NULL) abort();
	return f;
}

/* Whether an operation on FD fails under fault WHICH. */
static bool
fails(int fd, char which, int error)
{
	if (*fault != which || fd < 0 || fd >= FDS || !meant[fd]) return false;
	errno = error;
	return true;
}

static bool
is_in_dir(const char *path)
{
	return dir != NULL && strncmp(path, dir, strlen(dir)) == 0;
}

int
open64(const char *path, int flags, ...)
{
	int (*real)(const char *, int, ...);
	va_list      args;
	unsigned int mode;

	*(void **)&real = next("open64");
	va_start(args, flags);
	mode = (flags & O_CREAT) != 0 ? va_arg(args, unsigned int) : 0;
	va_end(args);
	if (*fault == 'r' && is_in_dir(path) && (flags & O_ACCMODE) != O_RDONLY) {
		errno = EROFS;
		return -1;
	}
	int fd = real(path, flags, mode);
	if (fd >= 0 && fd < FDS) meant[fd] = is_in_dir(path);
	return fd;
}

ssize_t
pwrite64(int fd, const void *p, size_t n, off_t at)
{
	ssize_t (*real)(int, const void *, size_t, off_t);
	struct stat st;

	*(void **)&real = next("pwrite64");
	if (fails(fd, 'r', EROFS)) return -1;
	if (fails(fd, 'f', ENOSPC) && fstat(fd, &st) == 0 && at + (off_t)n > st.st_size) {
		errno = ENOSPC;
		return -1;
	}
	return real(fd, p, n, at);
}

int
fdatasync(int fd)
{
	int (*real)(int);

	*(void **)&real = next("fdatasync");
	return fails(fd, 's', EIO) ? -1 : real(fd);
}

int
fsync(int fd)
{
	int (*real)(int);

	*(void **)&real = next("fsync");
	return fails(fd, 's', EIO) ? -1 : real(fd);
}

int
ftruncate64(int fd, off_t n)
{
	int (*real)(int, off_t);

	*(void **)&real = next("ftruncate64");
	return fails(fd, 'r', EROFS) ? -1 : real(fd, n);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* disk.c - files in memory, the faults, and the VFS in front of them. */
#include "fault/disk.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault/tape.h"

enum { SHM_REGIONS = 64, PATH_BYTES = 512 };

struct handle { /* an open file, as SQLite sees it */
	sqlite3_file base;
	struct file *file;
	bool         delete_on_close, read_only;
	void        *shm[SHM_REGIONS];
};

static struct files disk; /* what a process reads back */
static sqlite3_vfs *host; /* for time and chance */
static struct tape  tape;
static bool         dead;

static struct {
	unsigned      ops;
	uint64_t      left; /* until it happens */
	uint64_t      times;
	bool          lasting;
	enum disk_why why;
} fault;

/* --- faults ---------------------------------------------------------------------- */

void
disk_fail(unsigned ops, uint64_t nth, bool lasting, enum disk_why why)
{
	fault.ops     = ops;
	fault.left    = nth;
	fault.times   = 0;
	fault.lasting = lasting;
	fault.why     = why;
}

uint64_t
disk_failed(void)
{
	return fault.times;
}

void
disk_heal(void)
{
	fault.ops = 0;
}

void
disk_die(bool is_dead)
{
	dead = is_dead;
}

/* Whether operation OP fails now. */
static bool
strikes(enum disk_op op)
{
	if (dead) return true;
	if ((fault.ops & (unsigned)op) == 0) return false;
	if (fault.left > 1) {
		fault.left--;
		return false;
	}
	if (fault.left == 0 && !fault.lasting) return false;
	fault.left = 0;
	fault.times++;
	return true;
}

/* --- one file -------------------------------------------------------------------- */

static struct handle *
handle_of(sqlite3_file *f)
{
	return (struct handle *)(void *)f;
}

static int
file_close(sqlite3_file *f)
{
	struct handle *h = handle_of(f);

	for (size_t i = 0; i < SHM_REGIONS; i++) free(h->shm[i]);
	if (h->delete_on_close) files_remove(&disk, h->file->path);
	memset(h, 0, sizeof *h);
	return SQLITE_OK;
}

static int
file_read(sqlite3_file *f, void *out, int n, sqlite3_int64 at)
{
	const struct file *file = handle_of(f)->file;
	size_t             from = (size_t)at, have = 0;

	if (strikes(DISK_READ)) return SQLITE_IOERR_READ;
	if (from < file->n) have = file->n - from;
	if (have > (size_t)n) have = (size_t)n;
	if (have != 0) memcpy(out, file->p + from, have);
	if (have == (size_t)n) return SQLITE_OK;
	memset((char *)out + have, 0, (size_t)n - have);
	return SQLITE_IOERR_SHORT_READ;
}

static void
put(struct file *file, const void *p, size_t n, size_t at)
{
	struct tape_op op = {.kind = DISK_WRITE, .at = at, .n = n};

	file_put(file, p, n, at);
	tape_add(&tape, file->path, &op, p);
}

/* A full disk takes what lies inside the file already, and half of what does not. */
static int
file_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	struct file *file = handle_of(f)->file;
	size_t       size = (size_t)n, from = (size_t)at;
	bool         grows = from + size > file->n;

	if (handle_of(f)->read_only) return SQLITE_READONLY;
	if (!strikes(DISK_WRITE) || (!dead && fault.why == DISK_FULL && !grows)) {
		put(file, p, size, from);
		return SQLITE_OK;
	}
	if (dead || fault.why == DISK_READ_ONLY) return SQLITE_IOERR_WRITE;
	put(file, p, size / 2, from);
	return fault.why == DISK_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int
file_truncate(sqlite3_file *f, sqlite3_int64 n)
{
	struct file   *file = handle_of(f)->file;
	struct tape_op op   = {.kind = DISK_TRUNCATE, .n = (size_t)n};

	if (strikes(DISK_TRUNCATE)) return SQLITE_IOERR_TRUNCATE;
	file_cut(file, (size_t)n);
	tape_add(&tape, file->path, &op, NULL);
	return SQLITE_OK;
}

static int
file_sync(sqlite3_file *f, int flags)
{
	struct tape_op op = {.kind = DISK_SYNC};

	(void)flags;
	if (strikes(DISK_SYNC)) return SQLITE_IOERR_FSYNC;
	tape_add(&tape, handle_of(f)->file->path, &op, NULL);
	return SQLITE_OK;
}

static int
file_size(sqlite3_file *f, sqlite3_int64 *ret)
{
	*ret = (sqlite3_int64)handle_of(f)->file->n;
	return SQLITE_OK;
}

static int
file_lock(sqlite3_file *f, int level)
{
	(void)f, (void)level;
	return SQLITE_OK;
}

static int
file_reserved(sqlite3_file *f, int *ret)
{
	(void)f;
	*ret = 0;
	return SQLITE_OK;
}

static int
file_control(sqlite3_file *f, int op, void *arg)
{
	(void)f, (void)op, (void)arg;
	return SQLITE_NOTFOUND;
}

static int
file_sector(sqlite3_file *f)
{
	(void)f;
	return 4096;
}

static int
file_traits(sqlite3_file *f)
{
	(void)f;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE; /* as on unix */
}

static int
shm_map(sqlite3_file *f, int i, int n, int extend, void volatile **ret)
{
	struct handle *h = handle_of(f);

	*ret = NULL;
	if (i >= SHM_REGIONS) return SQLITE_IOERR_SHMMAP;
	if (h->shm[i] == NULL && extend) h->shm[i] = calloc(1, (size_t)n);
	if (h->shm[i] == NULL && extend) return SQLITE_NOMEM;
	*ret = h->shm[i];
	return SQLITE_OK;
}

static int
shm_lock(sqlite3_file *f, int at, int n, int flags)
{
	(void)f, (void)at, (void)n, (void)flags;
	return SQLITE_OK;
}

static void
shm_barrier(sqlite3_file *f)
{
	(void)f;
}

static int
shm_unmap(sqlite3_file *f, int delete)
{
	struct handle *h = handle_of(f);

	(void)delete;
	for (size_t i = 0; i < SHM_REGIONS; i++) {
		free(h->shm[i]);
		h->shm[i] = NULL;
	}
	return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    .iVersion               = 2,
    .xClose                 = file_close,
    .xRead                  = file_read,
    .xWrite                 = file_write,
    .xTruncate              = file_truncate,
    .xSync                  = file_sync,
    .xFileSize              = file_size,
    .xLock                  = file_lock,
    .xUnlock                = file_lock,
    .xCheckReservedLock     = file_reserved,
    .xFileControl           = file_control,
    .xSectorSize            = file_sector,
    .xDeviceCharacteristics = file_traits,
    .xShmMap                = shm_map,
    .xShmLock               = shm_lock,
    .xShmBarrier            = shm_barrier,
    .xShmUnmap              = shm_unmap,
};

/* --- the file system ------------------------------------------------------------- */

static int
vfs_open(sqlite3_vfs *v, const char *path, sqlite3_file *f, int flags, int *ret)
{
	struct handle *h = handle_of(f);
	static int     unnamed;
	char           name[PATH_BYTES];

	(void)v;
	memset(h, 0, sizeof *h);
	bool hit = strikes(DISK_OPEN);
	if (hit && (dead || fault.why != DISK_READ_ONLY)) return SQLITE_CANTOPEN;
	(void)snprintf(name, sizeof name, "%s", path == NULL ? "" : path);
	if (path == NULL) (void)snprintf(name, sizeof name, "/unnamed-%d", ++unnamed);
	h->file      = files_find(&disk, name);
	h->read_only = hit;
	if (h->file == NULL && (h->read_only || (flags & SQLITE_OPEN_CREATE) == 0))
		return SQLITE_CANTOPEN;
	if (h->file == NULL) h->file = files_add(&disk, name);
	h->delete_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
	h->base.pMethods   = &methods;
	if (h->read_only) flags = (flags & ~SQLITE_OPEN_READWRITE) | SQLITE_OPEN_READONLY;
	if (ret != NULL) *ret = flags;
	return SQLITE_OK;
}

static int
vfs_delete(sqlite3_vfs *v, const char *path, int sync)
{
	struct tape_op op = {.kind = DISK_DELETE};

	(void)v, (void)sync;
	if (strikes(DISK_DELETE)) return SQLITE_IOERR_DELETE;
	if (files_find(&disk, path) == NULL) return SQLITE_IOERR_DELETE_NOENT;
	files_remove(&disk, path);
	tape_add(&tape, path, &op, NULL);
	return SQLITE_OK;
}

static int
vfs_access(sqlite3_vfs *v, const char *path, int flags, int *ret)
{
	(void)v, (void)flags;
	*ret = files_find(&disk, path) != NULL;
	return SQLITE_OK;
}

static int
vfs_full_path(sqlite3_vfs *v, const char *path, int n, char *out)
{
	(void)v;
	return snprintf(out, (size_t)n, "%s", path) < n ? SQLITE_OK : SQLITE_CANTOPEN;
}

void
disk_install(void)
{
	static sqlite3_vfs vfs;

	host              = sqlite3_vfs_find(NULL);
	vfs               = *host;
	vfs.iVersion      = 2;
	vfs.zName         = "disk";
	vfs.szOsFile      = (int)sizeof(struct handle);
	vfs.mxPathname    = PATH_BYTES;
	vfs.xOpen         = vfs_open;
	vfs.xDelete       = vfs_delete;
	vfs.xAccess       = vfs_access;
	vfs.xFullPathname = vfs_full_path;
	if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK) abort();
}

/* --- images and the tape --------------------------------------------------------- */

struct disk_image {
	struct files files;
};

struct disk_image *
disk_take(void)
{
	struct disk_image *image = calloc(1, sizeof *image);

	if (image == NULL) abort();
	files_copy(&image->files, &disk);
	return image;
}

void
disk_put(const struct disk_image *image)
{
	files_copy(&disk, &image->files);
}

void
disk_drop(struct disk_image **image)
{
	if (*image == NULL) return;
	files_wipe(&(*image)->files);
	free(*image);
	*image = NULL;
}

void
disk_record(void)
{
	tape_begin(&tape, &disk);
}

size_t
disk_tape_length(void)
{
	return tape.n;
}

void
disk_stop(void)
{
	tape.recording = false;
}

void
disk_cut_power(size_t n, enum disk_luck luck, uint32_t seed)
{
	tape_play(&tape, n, luck, seed, &disk);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* gather.c - a VFS above another one, with a buffer a file. */
#include "broker/store/gather.h"

#include <sodium.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "proto/bytes.h"

struct file {
	sqlite3_file  head; /* first: SQLite knows no more of it */
	sqlite3_file *real; /* owned */
	sqlite3_int64 at;   /* where what is kept begins */
	struct buf    kept;
};

/* The standard VFS when it was registered; opening is all that differs. */
static sqlite3_vfs *base;
static sqlite3_vfs  gather;

static struct file *
file_of(sqlite3_file *f)
{
	return (struct file *)(void *)f;
}

static sqlite3_file *
real(sqlite3_file *f)
{
	return file_of(f)->real;
}

/* --- what is kept ----------------------------------------------------------------- */

static sqlite3_int64
end_of(const struct file *f)
{
	return f->at + (sqlite3_int64)f->kept.n;
}

/* Write what is kept.  What cannot be written is gone, and whoever wrote it is told by
 * the error of what it does next: no later than its sync. */
static int
flush(struct file *f)
{
	struct buf *k = &f->kept;

	if (k->n == 0) return SQLITE_OK;
	int code = f->real->pMethods->xWrite(f->real, k->p, (int)k->n, f->at);
	sodium_memzero(k->p, k->n);
	k->n = 0;
	return code;
}

static int
write_some(sqlite3_file *sf, const void *p, int n, sqlite3_int64 at)
{
	struct file *f = file_of(sf);
	struct slice s = slice_of(p, (size_t)n);

	if (f->kept.n != 0 && (at != end_of(f) || f->kept.n + s.n > f->kept.max)) {
		int code = flush(f);
		if (code != SQLITE_OK) return code;
	}
	if (f->kept.n == 0) f->at = at;
	if (buf_append(&f->kept, s) == RC_OK) return SQLITE_OK;
	int code = flush(f); /* too much for it, or no memory */
	return code == SQLITE_OK ? f->real->pMethods->xWrite(f->real, p, n, at) : code;
}

static int
read_some(sqlite3_file *sf, void *p, int n, sqlite3_int64 at)
{
	struct file *f = file_of(sf);

	if (f->kept.n != 0 && at < end_of(f) && at + n > f->at) {
		int code = flush(f);
		if (code != SQLITE_OK) return code;
	}
	return f->real->pMethods->xRead(f->real, p, n, at);
}

static int
truncate_to(sqlite3_file *sf, sqlite3_int64 size)
{
	int code = flush(file_of(sf));

	return code == SQLITE_OK ? real(sf)->pMethods->xTruncate(real(sf), size) : code;
}

static int
sync_all(sqlite3_file *sf, int flags)
{
	int code = flush(file_of(sf));

	return code == SQLITE_OK ? real(sf)->pMethods->xSync(real(sf), flags) : code;
}

static int
size_of(sqlite3_file *sf, sqlite3_int64 *ret)
{
	const struct file *f = file_of(sf);

	int code = f->real->pMethods->xFileSize(f->real, ret);
	if (code == SQLITE_OK && f->kept.n != 0 && *ret < end_of(f)) *ret = end_of(f);
	return code;
}

static int
unlock(sqlite3_file *sf, int how)
{
	int written = flush(file_of(sf));
	int code    = real(sf)->pMethods->xUnlock(real(sf), how);

	return written == SQLITE_OK ? code : written;
}

static int
close_file(sqlite3_file *sf)
{
	struct file *f    = file_of(sf);
	int          left = flush(f);
	int          code = f->real->pMethods->xClose(f->real);

	buf_wipe(&f->kept);
	free(f->real);
	return left == SQLITE_OK ? code : left;
}

/* --- what is passed on ------------------------------------------------------------ */

static int
lock(sqlite3_file *f, int how)
{
	return real(f)->pMethods->xLock(real(f), how);
}

static int
is_reserved(sqlite3_file *f, int *ret)
{
	return real(f)->pMethods->xCheckReservedLock(real(f), ret);
}

static int
control(sqlite3_file *f, int what, void *arg)
{
	return real(f)->pMethods->xFileControl(real(f), what, arg);
}

static int
sector_size(sqlite3_file *f)
{
	return real(f)->pMethods->xSectorSize(real(f));
}

static int
characteristics(sqlite3_file *f)
{
	return real(f)->pMethods->xDeviceCharacteristics(real(f));
}

static int
shm_map(sqlite3_file *f, int region, int size, int extend, void volatile **ret)
{
	return real(f)->pMethods->xShmMap(real(f), region, size, extend, ret);
}

static int
shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
	return real(f)->pMethods->xShmLock(real(f), offset, n, flags);
}

static void
shm_barrier(sqlite3_file *f)
{
	real(f)->pMethods->xShmBarrier(real(f));
}

static int
shm_unmap(sqlite3_file *f, int remove)
{
	return real(f)->pMethods->xShmUnmap(real(f), remove);
}

/* --- opening ---------------------------------------------------------------------- */

/* Version 2: nothing is mapped into memory (store.c), so nothing is read around us. */
static const sqlite3_io_methods methods = {
    .iVersion               = 2,
    .xClose                 = close_file,
    .xRead                  = read_some,
    .xWrite                 = write_some,
    .xTruncate              = truncate_to,
    .xSync                  = sync_all,
    .xFileSize              = size_of,
    .xLock                  = lock,
    .xUnlock                = unlock,
    .xCheckReservedLock     = is_reserved,
    .xFileControl           = control,
    .xSectorSize            = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap                = shm_map,
    .xShmLock               = shm_lock,
    .xShmBarrier            = shm_barrier,
    .xShmUnmap              = shm_unmap,
};

static int
open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *sf, int flags, int *ret_flags)
{
	struct file *f = file_of(sf);

	(void)vfs;
	*f = (struct file){.kept = buf_init(GATHER_BYTES)};
	if ((f->real = calloc(1, (size_t)base->szOsFile)) == NULL) return SQLITE_NOMEM;
	int code = base->xOpen(base, name, f->real, flags, ret_flags);
	if (f->real->pMethods != NULL) f->head.pMethods = &methods; /* to be closed */
	if (f->head.pMethods == NULL) free(f->real);
	return code;
}

rc
gather_register(void)
{
	/* SQLite counts its memory under a lock; nobody asks.  Refused, and no matter, if
	 * it was used before. */
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sqlite3_vfs *standard = sqlite3_vfs_find(NULL);

	if (standard == NULL) return RC_DISK;
	if (standard == base) return RC_OK;
	if (base != NULL) (void)sqlite3_vfs_unregister(&gather);
	base            = standard;
	gather          = *standard;
	gather.pNext    = NULL;
	gather.zName    = GATHER_VFS;
	gather.szOsFile = (int)sizeof(struct file);
	gather.xOpen    = open_file;
	return sqlite3_vfs_register(&gather, 0) == SQLITE_OK ? RC_OK : RC_DISK;
}

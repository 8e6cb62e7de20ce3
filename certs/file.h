/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * file.h - small files, read and written whole.
 *
 * A reader never sees half a file: new content is written beside the old one,
 * made durable and renamed over it, and the folder is made durable last.  What
 * fails before the rename leaves the old file as it was and no temporary behind.
 *
 * A secret file is a regular file, not a link, that nobody but its owner may
 * touch; anything else is refused before a byte is read.
 *
 * Owns nothing.  Threads: any; two writers of one path: the last rename wins.
 */
#ifndef SLUIS_CERTS_FILE_H
#define SLUIS_CERTS_FILE_H

#include "proto/bytes.h"

enum { MODE_SECRET = 0600, MODE_PUBLIC = 0644 };

/* Append the content of PATH, at most MAX bytes, to OUT; RC_NOT_FOUND, RC_TOO_LARGE,
 * RC_DISK, and with SECRET RC_CONFIG for a file that is no secret.  OUT is as before
 * on failure. */
MUST rc file_read(const char *path, size_t max, bool secret, struct buf *out);

/* Replace PATH by CONTENT with exactly MODE, whatever the umask.  RC_DISK; the old file
 * is untouched then, unless only the folder's own fsync failed, after the rename. */
MUST rc file_write(const char *path, struct slice content, unsigned mode);

/* The same without waiting for the disk: for many files that count for nothing until
 * file_sync_all() has returned and another file says that they are there. */
MUST rc file_write_later(const char *path, struct slice content, unsigned mode);

/* The lock file PATH, made if there is none, held by nobody else: *RET ends with
 * file_unlock(), also on failure.  RC_IN_USE when another process had it for WAIT_MS,
 * RC_DISK.  PATH is opened for writing, for over NFS such a lock holds between machines.
 */
MUST rc file_lock(const char *path, unsigned wait_ms, int *ret);
void    file_unlock(const int *fd);

/* All that was written so far on the file system of PATH is durable.  RC_DISK. */
MUST rc file_sync_all(const char *path);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * copy.h - the files of a state or a backup: copied, digested, removed.
 *
 * Owns nothing.  Threads: any.
 */
#ifndef SLUIS_BROKER_BACKUP_COPY_H
#define SLUIS_BROKER_BACKUP_COPY_H

#include "proto/merkle.h"

/* Copy NAME from folder FROM to folder TO, where it is not yet; durable on return.
 * *RET_DIGEST is the SHA-256 of what was copied.  RC_NOT_FOUND, RC_DISK. */
MUST rc copy_file(
    const char *from, const char *to, const char *name, struct hash *ret_digest);

/* SHA-256 of NAME in DIR.  RC_NOT_FOUND, RC_DISK. */
MUST rc copy_digest(const char *dir, const char *name, struct hash *ret);

/* Whether one of the databases lies in DIR. */
bool copy_has_state(const char *dir);

/* The lock file that opening a store in DIR left. */
void copy_remove_lock(const char *dir);

/* Remove DIR with all that a state or a backup can have, and nothing else: a folder with
 * other things in it stays. */
void copy_remove(const char *dir);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * snapshot.h - both databases as they were at one moment, while a broker goes on.
 *
 * The copier is a process of its own with two connections that only read: the running
 * broker stays the only one that writes and checkpoints (store.h).  Both read
 * transactions are open before the first page is copied, and they are of one moment:
 * keys.db did not change between the two beginnings.  A commit reaches keys.db first, so
 * whatever sluis.db speaks of has its key; a key too many is removed at the first start
 * (store_settle).
 *
 * While it copies, the write-ahead logs of the broker cannot shrink: they grow by what is
 * written meanwhile.
 *
 * Owns nothing when it returns.  Threads: one caller.
 */
#ifndef SLUIS_BROKER_STORE_SNAPSHOT_H
#define SLUIS_BROKER_STORE_SNAPSHOT_H

#include "broker/store/store.h"

/* The names of both, in a state folder and in a backup of it. */
extern const char *const snapshot_files[2];

/* Copy the databases of the state folder FROM to the existing folder TO, which has none;
 * durable on return.  RC_NOT_FOUND when there is no state; RC_TIMEOUT when the broker
 * never stood still for the two beginnings; RC_DISK, RC_NOMEM. */
MUST rc snapshot_take(const char *from, const char *to);

/* Every page, row and index of both databases of S is sound, and every copy that waits
 * has its key; *RET_WAITING is how many wait.  RC_BAD_TREE, RC_DISK. */
MUST rc snapshot_check(struct store *s, uint64_t *ret_waiting);

#endif

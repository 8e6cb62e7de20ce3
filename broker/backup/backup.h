/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * backup.h - the state, kept elsewhere and brought back.
 *
 *	sluisd -c FILE --backup DIR        make one, beside a running broker
 *	sluisd -c FILE --check-backup DIR  would it come back whole?
 *	sluisd -c FILE --restore DIR       into a state_dir that is not there
 *
 * A backup is the two databases of one moment (store/snapshot.h) and backup.json.  None
 * of the broker's keys is in it: without keys_file, which is kept apart, its copies and
 * details stay sealed.  Each of the three looks at the whole of it: every page, every
 * waiting copy's key, and the tree computed again from its entries.
 *
 * What a restored state lacks is found by published.h: the broker does not start on it
 * before the operator accepts the gap.  What was fetched or erased after the backup was
 * made is in it still, so backups have a term: that of what they may bring back.
 *
 * Nothing is half there: a backup counts from its backup.json on, a restored state from
 * the rename of its folder on.
 *
 * Each says on LOG what went wrong.  Owns nothing.  Threads: one caller, in a process
 * without a broker.
 */
#ifndef SLUIS_BROKER_BACKUP_BACKUP_H
#define SLUIS_BROKER_BACKUP_BACKUP_H

#include "broker/backup/manifest.h"
#include "broker/config.h"

/* Into the new folder TO.  RC_CONFIG if it exists; RC_NOT_FOUND without a state;
 * RC_TIMEOUT (snapshot.h), RC_BAD_TREE, RC_DISK: TO is gone again then. */
MUST rc backup_make(
    const struct config *c, uint64_t now_ms, const char *to, struct manifest *ret);

/* RC_NOT_FOUND if FROM is no backup; RC_CONFIG if it is another region's; RC_BAD_DIGEST
 * or RC_BAD_TREE if it was damaged; RC_DISK.  FROM stays as it is. */
MUST rc backup_check(const struct config *c, const char *from, struct manifest *ret);

/* The same, and it becomes the state; RC_CONFIG also when there is one. */
MUST rc backup_restore(const struct config *c, const char *from, struct manifest *ret);

#endif

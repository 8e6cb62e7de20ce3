/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * manifest.h - what a backup says of itself: backup.json beside the two databases.
 *
 *	{"format": 1, "origin": "...", "made_ms": ..., "size": ..., "root": "<base64>",
 *	 "waiting": ..., "sha256": ["<hex of sluis.db>", "<hex of keys.db>"]}
 *
 * Written last: a folder without it is no backup.  It is no proof of anything, only a
 * guard against damage; the tree and what was published of it prove the rest.
 */
#ifndef SLUIS_BROKER_BACKUP_MANIFEST_H
#define SLUIS_BROKER_BACKUP_MANIFEST_H

#include "proto/merkle.h"
#include "proto/note.h"

struct manifest {
	char        origin[NOTE_NAME_MAX + 1];
	uint64_t    made_ms;
	uint64_t    size; /* journal entries */
	struct hash root;
	uint64_t    waiting;    /* copies that nobody fetched yet */
	struct hash digests[2]; /* of the files, in the order of snapshot_files */
};

/* RC_DISK. */
MUST rc manifest_write(const char *dir, const struct manifest *m);

/* RC_NOT_FOUND; RC_CONFIG when it is not as described. */
MUST rc manifest_read(const char *dir, struct manifest *ret);

#endif

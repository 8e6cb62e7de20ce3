/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * vault.h - what a party keeps for itself: one encrypted SQLite file in its folder.
 *
 *	store.db     the entries (with store.db-wal and -shm while it is open), mode 0600
 *	store.key    32 random bytes, mode 0600; without them the store cannot be read
 *
 * An entry has a box, a suffix and an id, as a file once had ("inbox/<id>.delivery"), and
 * a content.  All of that and its time is sealed with a key of its own (vault_key.h); the
 * row is found by keyed hashes.  So neither file names nor columns nor the write-ahead
 * log tell more than how many entries of a kind there are, which belong together, and
 * their sizes.
 *
 * Erasing deletes the entry with its wrapped key, rewrites the file and empties the log:
 * no copy of that key is left in either, and with it the content is gone.
 *
 * Invariants
 *  - What vault_put() returned RC_OK for is on the disk.
 *  - A store is never replaced by an empty one: without its key, or damaged, it is an
 * error.
 *  - One writer at a time; the others wait.
 *
 * Owns: the connection and the keys.  One thread at a time; more processes at once.
 */
#ifndef SLUIS_CLIENT_VAULT_H
#define SLUIS_CLIENT_VAULT_H

#include "client/error.h"
#include "proto/bytes.h"
#include "proto/limits.h"

struct vault;

struct vault_name { /* borrowed */
	const char    *box, *suffix;
	const uint8_t *id; /* ID_BYTES */
};

/* Open the store of the party folder DIR; with MAKE it is made if there is none, else
 * RC_NOT_FOUND.  Files of an older version in DIR/inbox and DIR/sent are taken in first.
 * RC_CONFIG (the key), RC_BAD_DIGEST (damage), RC_DISK, with the place in *E (may be
 * NULL). */
MUST rc vault_open(struct vault **ret, const char *dir, bool make, struct sluis_error *e);
void    vault_close(struct vault **vp);

/* CODE, which reading the store of DIR came to, with its file and what is wrong in *E
 * (may be NULL); returns CODE. */
rc vault_fault(const char *dir, rc code, struct sluis_error *e);

/* Keep CONTENT as NAME, replacing what it had; CASE_ID may be NULL.  RC_DISK and others:
 * nothing is changed. */
MUST rc vault_put(struct vault *v, const struct vault_name *name, const uint8_t *case_id,
    struct slice content);

/* Append the content of NAME to OUT.  RC_NOT_FOUND; RC_BAD_DIGEST: it was changed. */
MUST rc vault_get(struct vault *v, const struct vault_name *name, struct buf *out);

/* RC_OK if it is there, RC_NOT_FOUND. */
MUST rc vault_has(struct vault *v, const struct vault_name *name);

/* Take NAME away; RC_OK also when it is not there.  For what says nothing: copies of it
 * may be left in free pages until something is erased. */
MUST rc vault_remove(struct vault *v, const struct vault_name *name);

/* Erase the N entries at NAMES for good; those that are not there count as erased.  After
 * a failure the same call goes on where it stopped. */
MUST rc vault_erase(struct vault *v, const struct vault_name *names, size_t n);

struct vault_head { /* of an entry, without its content */
	uint8_t  id[ID_BYTES];
	uint64_t written_ns; /* Unix time; the order of writing */
	bool     has_case;
	uint8_t  case_id[ID_BYTES];
};

/* The heads of every entry in BOX with SUFFIX, of the case CASE_ID unless that is NULL,
 * oldest first; free() *RET. */
MUST rc vault_list(struct vault *v, const char *box, const char *suffix,
    const uint8_t *case_id, struct vault_head **ret, size_t *ret_n);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * tiles.h - a journal as a folder of static files (C2SP tlog-tiles), and its check.
 *
 *	DIR/checkpoint          the signed head
 *	DIR/checkpoint.witnessed    the newest head that witnesses cosigned, if any
 *	DIR/tile/<L>/...        hash tiles
 *	DIR/tile/entries/...    the entries themselves
 *	DIR/details/<index>     what only senders and auditors may read (ours, not C2SP's)
 *
 * All but the checkpoint and the partial tiles stays as it is when the journal grows, and
 * the checkpoint is written last: any static file server may publish the folder (details
 * excepted, which nobody else can read).
 *
 * The memory needed does not depend on the length of the journal.
 */
#ifndef SLUIS_CLIENT_COMMAND_TILES_H
#define SLUIS_CLIENT_COMMAND_TILES_H

#include "client/command/tiler.h"
#include "client/error.h"
#include "proto/checkpoint.h"

#define CHECKPOINT_WITNESSED "checkpoint.witnessed"

/* A tile_taker that writes below ARG, a folder name (const char *).  The caller waits for
 * the disk, with file_sync_all(), before it writes the checkpoint. */
MUST rc tiles_write(void *arg, const struct tile *tile, struct slice bytes);

/* The tiles that were partial in a tree of SIZE entries and are full in one of LATER are
 * no longer needed.  Those that are not full yet stay, for readers with an older
 * checkpoint. */
void tiles_drop_partial(const char *dir, uint64_t size, uint64_t later);

/* A tile_giver that reads below ARG, a folder name: the tile, or a fuller one. */
MUST rc tiles_give(void *arg, const struct tile *tile, struct buf *out);

typedef void (*tiles_progress)(void *arg, uint64_t done, uint64_t total);

/* Entry INDEX of SIZE on the way, its DETAIL (n 0: none) found to fit.  It is not proven
 * before tiles_verify() returns RC_OK.  Anything but RC_OK stops the check. */
typedef rc (*tiles_visit)(
    void *arg, uint64_t index, struct slice leaf, struct slice detail, uint64_t size);

/* Read and judge NOTE, a signed head, in another way than by one key. */
typedef rc (*head_opener)(void *arg, struct slice note, struct checkpoint *ret);

struct tiles_check {
	const char *dir;
	const char *checkpoint; /* file; NULL: DIR/checkpoint */
	const char *vkey;
	head_opener open; /* instead of vkey; may be NULL */
	void       *open_arg;
	/* An older head that the same entries have to give on the way; may be NULL. */
	const struct checkpoint *older;
	bool                     unsigned_head; /* no vkey: take the head as it is */
	tiles_progress           progress;      /* may be NULL */
	tiles_visit              visit;         /* may be NULL */
	void                    *arg;           /* of both */
};

/*
 * Verify a folder: the head's signature, every tile and bundle it needs, the root, and
 * each detail against its entry.  With unsigned_head the signature is not looked at: what
 * was altered after the export shows, a head that was made up does not.  RC_BAD_NOTE,
 * RC_BAD_TREE, RC_BAD_DIGEST, RC_FORKED (not the tree of the older head), with the file
 * in *E; RC_NOT_FOUND only for the checkpoint itself.
 */
MUST rc tiles_verify(
    const struct tiles_check *what, struct checkpoint *ret, struct sluis_error *e);

/* What becomes of entry INDEX; anything but RC_OK stops the reading. */
typedef rc (*entry_taker)(void *arg, uint64_t index, struct slice entry);

/* Hand every entry of DIR to TAKE, as many as its checkpoint says; nothing is verified.
 * RC_NOT_FOUND, RC_BAD_TREE with the file in *E. */
MUST rc tiles_read(const char *dir, entry_taker take, void *arg, struct sluis_error *e);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * waiting.h - which copies wait, in memory: their rows, by number and by desk.
 *
 * What waits is asked for by every Receive and every acknowledgement, and is little
 * (limits: outbox_max); the tables are only read when the broker starts.
 *
 * The newest of them are here with their sealed copies, KEPT_BYTES in all: most are asked
 * for at once.
 *
 * Invariants: after a commit and after an undo these are the deliveries in table outbox
 * that have no ack_leaf; rows are in the order of their numbers.
 *
 * Owns: its rows and lists.  Threads: the broker loop only.
 */
#ifndef SLUIS_BROKER_STORE_WAITING_H
#define SLUIS_BROKER_STORE_WAITING_H

#include "broker/seat.h"
#include "broker/store/store.h"

enum { KEPT_BYTES = 8 * 1024 * 1024 };

struct kept_copy { /* as it stands in the tables */
	struct buf sealed, wrapped;
};

enum waiting_state { WAITS, ENDS /* in the open transaction */, ENDED };

struct waiting_row {
	uint64_t           seq, leaf, expires_ms;
	uint8_t            id[ID_BYTES];
	uint32_t           desk; /* index of its desk */
	uint8_t            layer;
	bool               notice;
	enum waiting_state state;
	struct kept_copy  *kept; /* owned; NULL: on disk only */
};

struct waiting_desk {
	char      oin[OIN_DIGITS + 1];
	char      desk[DESK_MAX + 1];
	uint64_t  n, notices; /* that wait; notices among them */
	size_t    n_seqs, cap_seqs;
	uint64_t *seqs; /* of its rows, ended ones too; owned */
	size_t    next; /* in its bucket: index + 1, 0 at the end */
};

struct waiting {
	size_t               n_rows, cap_rows, n_desks, cap_desks;
	struct waiting_row  *rows;
	struct waiting_desk *desks;
	size_t               bucket[SEAT_BUCKETS]; /* the newest desk in it: index + 1 */
	uint64_t             n, notices;           /* that wait; notices among them */
	size_t               n_ended;              /* rows that only take room */
	size_t               kept_bytes;
	size_t               first; /* the first row of the open transaction */
	size_t               n_ends, cap_ends;
	uint64_t            *ends; /* those that end in it */
};

void waiting_wipe(struct waiting *w);

/* D waits from now on; its number is the highest so far.  RC_NOMEM. */
MUST rc waiting_add(struct waiting *w, const struct delivery *d);

/* SEQ does not wait any more; nothing if it did not.  RC_NOMEM. */
MUST rc waiting_end(struct waiting *w, uint64_t seq);

/* Keep what was stored for SEQ, which waits, if there is room for it: SEALED is taken
 * over then. */
void waiting_keep(
    struct waiting *w, uint64_t seq, struct buf *sealed, struct slice wrapped);

/* What is kept for SEQ if it waits; else NULL.  Valid until the next change. */
const struct kept_copy *waiting_kept(const struct waiting *w, uint64_t seq);

/* The fate of everything since the last of these. */
void waiting_commit(struct waiting *w);
void waiting_undo(struct waiting *w);

/* Whether SEQ waits; then its row goes to RET (may be NULL). */
bool waiting_find(const struct waiting *w, uint64_t seq, struct delivery *ret);

/* The smallest number from SEQ on that waits; UINT64_MAX if there is none. */
uint64_t waiting_from(const struct waiting *w, uint64_t seq);

/* What waits for (OIN, DESK) after number AFTER, at most MAX. */
size_t waiting_of(const struct waiting *w, const char *oin, const char *desk,
    uint64_t after, size_t max, struct delivery *ret);

/* What waits of LAYER (0: any) and expired before NOW_MS: the first MAX to do so. */
size_t waiting_overdue(const struct waiting *w, unsigned layer, uint64_t now_ms,
    size_t max, struct delivery *ret);

/* How many wait, and how many of them are notices: for (OIN, DESK), or for all. */
void waiting_count(const struct waiting *w, const char *oin, const char *desk,
    uint64_t *ret_n, uint64_t *ret_notices);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * store.h - what the broker keeps on disk, and how it gets there safely.
 *
 * Two SQLite databases in the state folder: sluis.db (journal, outbox, requests,
 * bindings) and keys.db (the wrapped record keys, apart so that erasing one erases
 * a copy).  WAL, synchronous=FULL set and read back, exactly one connection each,
 * a lock file against a second broker, STRICT tables, defensive mode.
 *
 * Commit order: new keys in keys.db, then sluis.db, then (store_forget_erased) the
 * deletion of keys whose copy is gone.  A crash in between leaves keys that open
 * nothing; the next start removes them.  Nothing is acknowledged before
 * store_commit() returned RC_OK.
 *
 * So a commit waits for two syncs, one after the other.  Side by side, power could fail
 * when sluis.db is durable and keys.db is not: a copy that the journal knows, and nobody
 * can open.  And the keys cannot stand in sluis.db: its log keeps images of them.
 *
 * No SQL stands outside this folder; a file has the tables of one thing:
 *	journal.c  leaf, tile, head       outbox.c   outbox, copy
 *	request.c  request                binding.c  binding
 *	policy.c   policy, policy_file    clock.c    clock
 *	lists.c    lists                  detail.c   shred; record (keys.db)
 *	keys.c     key (keys.db)          store.c    ids; the schema
 * declared in case.h:
 *	case.c         case_              case_seat.c    case_seat
 *	case_step.c    case_step          case_source.c  case_source
 *	case_task.c    task               notice.c       notice
 * in knowing.h:
 *	link.c     link_token, link_told, known_day
 *	reveal.c   reveal                 control.c  control
 * and in a header of its own:
 *	subject.c  subject, subject_set   recall.c   recall
 *	witness.c  witness, gap
 *
 * Every function returns RC_DISK when SQLite fails, RC_DISK_FULL or RC_NOMEM where that
 * is why; after that the transaction can only be rolled back, whatever became of the
 * error.  A failed commit or fsync must end the process (crash and recover) if
 * store_is_broken().
 *
 * Owns: both connections, the lock.  Threads: the broker loop only.
 */
#ifndef SLUIS_BROKER_STORE_STORE_H
#define SLUIS_BROKER_STORE_STORE_H

#include "broker/keeper/keeper.h"
#include "proto/merkle.h"

struct store;

/* Open or create the databases in DIR (made with mode 0700 if absent).  RC_DISK;
 * RC_CONFIG if another broker holds the lock or a database is not ours or newer than we
 * know. */
MUST rc store_open(struct store **ret, const char *dir);
void    store_destroy(struct store **sp);

/* Delete the keys that open nothing here: of what was finished or erased, and of what
 * was not committed when the broker crashed.  Only once this state is known to be the
 * newest: to one that was restored by mistake the keys of what came after it are of no
 * use, and they are lost to the newer one. */
MUST rc store_settle(struct store *s);

/* Details are sealed by keys from LINE (borrowed) from now on, those of an older state
 * too; before that none can be put or read (RC_INTERNAL). */
MUST rc store_unlock(struct store *s, struct keeper_line *line);

/* One write transaction over both databases at a time. */
MUST rc store_begin(struct store *s);
MUST rc store_commit(struct store *s);
void    store_rollback(struct store *s);

/* Whether a commit failed in a way that only a new start can judge.  It did not where
 * something failed before it, or where the disk was full: then store_rollback(), and
 * nothing happened. */
bool store_is_broken(const struct store *s);

/* --- journal --------------------------------------------------------------------- */

MUST rc store_put_leaf(
    struct store *s, uint64_t index, struct slice leaf, struct slice detail);

/* Append leaf and detail (each may be NULL to skip; a detail that was erased is empty).
 * RC_NOT_FOUND; RC_BAD_TREE if the detail cannot be opened. */
MUST rc store_get_leaf(
    struct store *s, uint64_t index, struct buf *leaf, struct buf *detail);

/* The same without reading: of a leaf of a moment ago, and its detail if WITH_DETAIL.
 * Borrowed until the store is used again; false if it is not in memory. */
bool store_recall_leaf(const struct store *s, uint64_t index, bool with_detail,
    struct slice *ret_leaf, struct slice *ret_detail);

/* Details that are put in one transaction are one record with one key, and are erased
 * together; from here on begins another record. */
void store_next_record(struct store *s);

/* The details of leaves FIRST .. FIRST + N - 1, whole records, are erased by leaf BY:
 * they are there for nobody from now on, and their keys go at the next
 * store_forget_erased().
 */
MUST rc store_erase_details(struct store *s, uint64_t first, uint64_t n, uint64_t by);

/* Whether the detail of INDEX was there and did not open when the entry was last read, so
 * that RC_BAD_TREE meant no more than that. */
bool store_did_not_open(const struct store *s, uint64_t index);

/* Name entry INDEX in the log, whose detail is lost: once each, as long as there are not
 * too many, since the first ones say what is the matter. */
void store_name_unreadable(struct store *s, uint64_t index);

/* Whether the detail of leaf INDEX was erased, and by which leaf. */
MUST rc store_detail_erased(struct store *s, uint64_t index, bool *ret, uint64_t *ret_by);

/* The first record at or after leaf FROM that was not erased; RC_NOT_FOUND. */
MUST rc store_first_record(struct store *s, uint64_t from, uint64_t *ret);

/* How many leaves there are: highest index + 1. */
MUST rc store_count_leaves(struct store *s, uint64_t *ret);

MUST rc store_put_tile(
    struct store *s, unsigned level, uint64_t index, struct slice hashes);
MUST rc store_get_tile(struct store *s, unsigned level, uint64_t index, struct buf *out);

/* The head of one commit: what was or may be signed.  EDGE: the hashes of its last leaves
 * which are in no full tile, those that came with it at least. */
MUST rc store_put_head(
    struct store *s, uint64_t size, const struct hash *root, struct slice edge);

/* Append the hashes of leaves FIRST, FIRST + 1, ... as the heads have them.  RC_BAD_TREE
 * if one between is missing. */
MUST rc store_read_edge(struct store *s, uint64_t first, struct buf *out);
MUST rc store_last_head(
    struct store *s, uint64_t *ret_size, struct hash *ret_root); /* RC_NOT_FOUND */

/* The smallest committed size that covers leaf INDEX.  RC_NOT_FOUND. */
MUST rc store_head_covering(struct store *s, uint64_t index, uint64_t *ret_size);

/* --- outbox ---------------------------------------------------------------------- */

struct delivery {     /* one copy for one desk */
	uint64_t seq; /* set by the store; also the id of its record key */
	uint8_t  id[ID_BYTES];
	char     oin[OIN_DIGITS + 1];
	char     desk[DESK_MAX + 1];
	uint64_t leaf; /* index of its ruling leaf */
	uint64_t expires_ms;
	unsigned layer;  /* 1 or 2; 0 is stored as 1 */
	bool     notice; /* of the broker, not a signal */
	bool     acked;  /* then `ack_leaf` counts and there is no copy any more */
	uint64_t ack_leaf;
};

/* Add D with its SEALED copy (taken over if it is kept) and its WRAPPED key, under the
 * number store_next_seq() gave; its id is that which store_new_id() makes of it (others
 * are taken, and found more slowly). */
MUST rc  store_next_seq(struct store *s, uint64_t *ret);
void     store_new_id(const struct store *s, uint64_t number, uint8_t ret[ID_BYTES]);
uint64_t store_peek_seq(const struct store *s); /* the next one, without taking it */
MUST rc  store_put_delivery(
     struct store *s, const struct delivery *d, struct buf *sealed, struct slice wrapped);

/* By id; RC_NOT_FOUND. */
MUST rc store_get_delivery(
    struct store *s, const uint8_t id[ID_BYTES], struct delivery *ret);

/* That stands behind leaf LEAF; RC_NOT_FOUND. */
MUST rc store_delivery_of_leaf(struct store *s, uint64_t leaf, struct delivery *ret);

/* The sealed copy and wrapped key of an unacknowledged delivery; RC_NOT_FOUND. */
MUST rc store_get_copy(
    struct store *s, uint64_t seq, struct buf *sealed, struct buf *wrapped);

/* Unacknowledged deliveries of (OIN, DESK) with seq > AFTER, oldest first, at most MAX.
 */
MUST rc store_pending(struct store *s, const char *oin, const char *desk, uint64_t after,
    size_t max, struct delivery *ret, size_t *ret_n);

/* Unacknowledged deliveries of LAYER (0: any) that expired before NOW_MS, at most MAX. */
MUST rc store_overdue(struct store *s, unsigned layer, uint64_t now_ms, size_t max,
    struct delivery *ret, size_t *ret_n);

/* How many copies wait, for one desk and for all. */
MUST rc store_count_pending(
    struct store *s, const char *oin, const char *desk, uint64_t *ret);
MUST rc store_count_all_pending(struct store *s, uint64_t *ret);

/* How many of them are notices. */
MUST rc store_count_notices(
    struct store *s, const char *oin, const char *desk, uint64_t *ret);
MUST rc store_count_all_notices(struct store *s, uint64_t *ret);

/* Delivery SEQ was acknowledged (or ran out) by leaf ACK_LEAF: drop the copy, keep the
 * row; its key goes at the next store_forget_erased(). */
MUST rc store_finish_delivery(struct store *s, uint64_t seq, uint64_t ack_leaf);

/* Delete the keys of finished deliveries and truncate the log of keys.db, so that no
 * image of them is left.  Outside a transaction.  Does nothing when there are none. */
MUST rc store_forget_erased(struct store *s);

/* --- requests -------------------------------------------------------------------- */

struct request_row { /* one submission or act, for idempotency and for its sender */
	char     oin[OIN_DIGITS + 1];
	char     desk[DESK_MAX + 1];
	uint8_t  id[ID_BYTES];
	uint8_t  digest[HASH_BYTES]; /* keyed: payloads are guessable */
	uint64_t created_ms;
	uint64_t first,
	    n;    /* its leaves: first .. first + n - 1; n 0: denied by leaf first */
	bool act; /* about a case or an earlier release, and no submission */
};

MUST rc store_put_request(struct store *s, const struct request_row *r);

/* By sender and id; RC_NOT_FOUND. */
MUST rc store_get_request(struct store *s, const char *oin, const char *desk,
    const uint8_t id[ID_BYTES], struct request_row *ret);

/* Nothing is left of the request with this id: it named what is gone. */
MUST rc store_forget_request(struct store *s, const uint8_t id[ID_BYTES]);

/* By id alone, for auditors; RC_NOT_FOUND. */
MUST rc store_find_request(
    struct store *s, const uint8_t id[ID_BYTES], struct request_row *ret);

/* The newest MAX submissions of (OIN, DESK). */
MUST rc store_list_requests(struct store *s, const char *oin, const char *desk,
    size_t max, struct request_row *ret, size_t *ret_n);

/* --- bindings -------------------------------------------------------------------- */

enum { BINDING_MAX = 64 * 1024 }; /* bytes of its envelope, and of its chain */

/* Keep an accepted binding: its envelope, chain and journal leaf. */
MUST rc store_put_binding(struct store *s, const struct hash *id, struct slice envelope,
    struct slice chain, uint64_t leaf);

/* The leaf of a binding accepted before; RC_NOT_FOUND. */
MUST rc store_get_binding(struct store *s, const struct hash *id, uint64_t *ret_leaf);

/* Append its envelope and its chain; RC_NOT_FOUND. */
MUST rc store_read_binding(
    struct store *s, const struct hash *id, struct buf *envelope, struct buf *chain);

/* Call EACH for every binding, in the order they were accepted; stops at its first error.
 */
MUST rc store_each_binding(struct store *s,
    rc (*each)(void *arg, struct slice envelope, struct slice chain), void *arg);

/* --- the clock ------------------------------------------------------------------- */

/* The wall clock is not believed since SINCE_MS; it is again; since when (RC_NOT_FOUND:
 * it is believed). */
MUST rc store_hold_clock(struct store *s, uint64_t since_ms);
MUST rc store_free_clock(struct store *s);
MUST rc store_held_clock(struct store *s, uint64_t *ret_since_ms);

/* --- revocation lists ------------------------------------------------------------ */

/* What trust_remember() made of those in force; RC_NOT_FOUND. */
MUST rc store_put_lists(struct store *s, struct slice newest);
MUST rc store_get_lists(struct store *s, struct buf *out);

/* --- policies -------------------------------------------------------------------- */

enum { POLICY_NAME_MAX = 255 };

struct policy_row {      /* a bundle that took effect */
	uint64_t    seq; /* set by the store */
	struct hash hash;
	uint64_t    version;
	uint64_t    leaf; /* the entry that says so */
};

/* The bundle ROW is in force from now on; its files are added under *RET_SEQ. */
MUST rc store_put_policy(
    struct store *s, const struct policy_row *row, uint64_t *ret_seq);
MUST rc store_put_policy_file(
    struct store *s, uint64_t seq, bool signature, const char *name, struct slice bytes);

/* The bundle HASH that was in force once; RC_NOT_FOUND. */
MUST rc store_find_policy(
    struct store *s, const struct hash *hash, struct policy_row *ret);

/* The bundle that took effect last; RC_NOT_FOUND. */
MUST rc store_last_policy(struct store *s, struct policy_row *ret);

/* The same of the state in DIR, which is not opened for it: nothing there is touched, and
 * what a running broker has not checkpointed yet is not seen. */
MUST rc store_peek_policy(const char *dir, struct policy_row *ret);

/* Call EACH for the leaves of the state in DIR, newest first and read in the same way,
 * until it returns something else than RC_NOT_FOUND; returns that. */
MUST rc store_peek_leaves(
    const char *dir, rc (*each)(void *arg, struct slice leaf), void *arg);

/* store_get_lists() of the state in DIR, read in the same way. */
MUST rc store_peek_lists(const char *dir, struct buf *out);

/* Call EACH for every file of bundle SEQ; stops at its first error. */
MUST rc store_each_policy_file(struct store *s, uint64_t seq,
    rc (*each)(void *arg, bool signature, const char *name, struct slice bytes),
    void *arg);

#endif

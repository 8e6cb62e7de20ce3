/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * internal.h - what the files of this folder share: the two connections.
 *
 * They stand on each other in this order: sql.c, keys.c, outbox.c and the other tables,
 * erase.c, store.c.
 */
#ifndef SLUIS_BROKER_STORE_INTERNAL_H
#define SLUIS_BROKER_STORE_INTERNAL_H

#include "broker/store/ids.h"
#include "broker/store/recent.h"
#include "broker/store/sql.h"
#include "broker/store/store.h"
#include "broker/store/subject.h"
#include "broker/store/waiting.h"

/* Records that open no more and are told of one by one. */
enum { NAMED_MAX = 64 };

struct store {
	int             lock; /* file descriptor of the lock file */
	struct database main, keys;
	bool            in_transaction;
	bool            broken; /* a commit failed, nobody knows how far it came */
	bool            strays; /* keys were committed without what they open */
	size_t          n_finished, cap_finished;
	uint64_t       *finished; /* deliveries whose keys are to go; owned */
	bool     sweep_all; /* look at every key: after a start, or without memory */
	uint64_t next_seq;
	int64_t  changes; /* of rows of sluis.db, when the transaction began */
	bool     shreds;  /* there may be rows in table shred */
	bool     unlocked, in_record;
	size_t   n_unreadable; /* records that were named in the log */
	uint64_t unreadable[NAMED_MAX];
	uint64_t unopened; /* 1 more than the entry whose detail did not open last */
	struct keeper_line *line;   /* wraps the keys of records; borrowed */
	uint64_t            record; /* while in_record: the one that details go into */
	uint8_t             record_key[KEY_BYTES];
	int                 frames, frames_before; /* in the log of sluis.db (log.c) */
	struct recent       recent;
	uint64_t            next_task; /* 0: to be looked up */
	struct ids          ids;
	struct waiting      waiting;
	struct subject_row  subject; /* the submission whose tokens come now */
	struct buf          subject_tokens;
	size_t              n_spent, cap_spent;
	size_t              n_dropped; /* of them, in the open transaction */
	uint64_t *spent; /* copies that are done with and still have a row; owned */
};

/* The tables of knowing.h; each leads to a version of its own. */
extern const char store_link_schema[], store_reveal_schema[], store_control_schema[];

/* --- keys.db (keys.c) -------------------------------------------------------------- */

extern const char store_keys_schema[];
extern const char store_notice_schema[], store_notice_by_schema[];
extern const char store_witness_schema[];
extern const char store_recall_schema[]; /* of sluis.db, from version 5 on */

extern const char store_edge_schema[]; /* of sluis.db */
extern const char store_ids_schema[], store_copy_schema[];
extern const char store_task_schema[], store_subject_set_schema[], store_request_schema[];
extern const char store_clock_schema[], store_lists_schema[];

extern const char store_record_schema[]; /* of keys.db, version 2 */
extern const char store_detail_schema[]; /* of sluis.db */
extern const char store_subject_schema[];

MUST rc store_put_key(struct store *s, uint64_t id, struct slice wrapped);
MUST rc store_get_key(struct store *s, uint64_t id, struct buf *out);
MUST rc store_delete_keys(struct store *s, uint64_t first, uint64_t last);

/* The ids of keys above AFTER, in order, at most MAX. */
MUST rc store_keys_after(
    struct store *s, uint64_t after, size_t max, uint64_t *ret, size_t *ret_n);

/* Note that the key of SEQ is to go at the next store_forget_erased(). */
void store_note_finished(struct store *s, uint64_t seq);

/* --- details (detail.c) ---------------------------------------------------------- */

/* Append the sealed form of the detail PLAIN of leaf INDEX to OUT; *RET is its record. */
MUST rc store_seal_detail(
    struct store *s, uint64_t index, struct slice plain, struct buf *out, uint64_t *ret);
MUST rc store_open_detail(struct store *s, uint64_t index, uint64_t record,
    struct slice sealed, struct buf *out);

/* Delete the keys of records that were erased, inside the open transaction of keys.db;
 * then, when that is durable, forget that they had to go. */
MUST rc store_drop_strays(struct store *s);
MUST rc store_shred(struct store *s);
MUST rc store_shredded(struct store *s);

/* --- the write-ahead log of sluis.db (log.c) ---------------------------------------- */

/* Its pages are brought into the database when we say so, not by SQLite. */
void store_keep_log(struct store *s);

/* After a commit: when it has become far too long.  What fails is told, and owed to
 * store_tidy_log(): the commit stands. */
void store_log_grew(struct store *s);

/* When there is time: if it is long, or nothing was written since the last time. */
MUST rc store_tidy_log(struct store *s);

/* --- persons (subject.c) ----------------------------------------------------------- */

/* What came of the submission under way is written, or forgotten. */
MUST rc store_write_subject_set(struct store *s);
void    store_drop_subject_set(struct store *s);

/* Tokens as an older broker kept them are written as they are now. */
MUST rc store_move_subjects(struct store *s);

/* --- copies (outbox.c) ------------------------------------------------------------- */

/* LIST in order. */
void store_sort_numbers(uint64_t *list, size_t n);

/* Which copies wait, from the tables. */
MUST rc store_load_waiting(struct store *s);

/* The row of copy SEQ is to go; RC_NOMEM. */
MUST rc store_note_spent(struct store *s, uint64_t seq);

/* Inside an open transaction: delete the rows that are to go; and then, when that is
 * durable. */
MUST rc store_drop_spent(struct store *s);
void    store_spent_committed(struct store *s);

#endif

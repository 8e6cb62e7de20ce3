/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * internal.h - what the store_*.c files share: the two connections.
 *
 * They stand on each other in this order: sql.c, store_keys.c, store_outbox.c and the
 * other tables, store_erase.c, store.c.
 */
#ifndef SLUIS_BROKER_STORE_INTERNAL_H
#define SLUIS_BROKER_STORE_INTERNAL_H

#include "broker/store/sql.h"
#include "broker/store/store.h"

struct store {
	int             lock; /* file descriptor of the lock file */
	struct database main, keys;
	bool            in_transaction;
	size_t          n_finished, cap_finished;
	uint64_t       *finished; /* deliveries whose keys are to go; owned */
	bool     sweep_all; /* look at every key: after a start, or without memory */
	uint64_t next_seq;
};

/* The tables of store_knowing.h; each leads to a version of its own. */
extern const char store_link_schema[], store_reveal_schema[], store_control_schema[];

/* --- keys.db (store_keys.c) ----------------------------------------------------------
 */

extern const char store_keys_schema[];
extern const char store_notice_schema[], store_notice_by_schema[];
extern const char store_witness_schema[];
extern const char store_recall_schema[]; /* of sluis.db, from version 5 on */

MUST rc store_put_key(struct store *s, uint64_t id, struct slice wrapped);
MUST rc store_get_key(struct store *s, uint64_t id, struct buf *out);
MUST rc store_delete_key(struct store *s, uint64_t id);

/* The ids of keys above AFTER, in order, at most MAX. */
MUST rc store_keys_after(
    struct store *s, uint64_t after, size_t max, uint64_t *ret, size_t *ret_n);

/* Note that the key of SEQ is to go at the next store_forget_erased(). */
void store_note_finished(struct store *s, uint64_t seq);

/* Whether delivery SEQ still has its copy (store_outbox.c). */
MUST rc store_needs_key(struct store *s, uint64_t seq, bool *ret);

#endif

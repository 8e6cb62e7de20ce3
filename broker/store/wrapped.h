/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * wrapped.h - which master key wrapped what in keys.db, for changing it (rewrap.h).
 *
 * Two tables: keys of copies and keys of records of details.
 */
#ifndef SLUIS_BROKER_STORE_WRAPPED_H
#define SLUIS_BROKER_STORE_WRAPPED_H

#include "broker/seal.h"
#include "broker/store/store.h"

enum wrapped_table { WRAPPED_COPIES, WRAPPED_RECORDS, N_WRAPPED };

enum {
	WRAPPED_PAGE = 256,  /* keys in one step */
	WRAPPED_LOOK = 4096, /* that are looked at for it */
};

struct wrapped_row {
	uint64_t id;
	size_t   n;
	uint8_t  wrapped[WRAPPED_BYTES];
};

/* What the keeper knows key ID of TABLE by (seal.h, the old form). */
uint64_t store_wrapped_id(enum wrapped_table table, uint64_t id);

/* Up to WRAPPED_PAGE keys of TABLE above *AFTER that another master key than MASTER
 * wrapped, to RET; *AFTER moves on.  *RET_END: nothing is left above it. */
MUST rc store_wrapped_by_others(struct store *s, enum wrapped_table table,
    uint32_t master, uint64_t *after, struct wrapped_row *ret, size_t *ret_n,
    bool *ret_end);

/* Write it anew, in the open transaction. */
MUST rc store_put_wrapped(
    struct store *s, enum wrapped_table table, uint64_t id, struct slice wrapped);

/* How many keys in the state DIR another master key than MASTER wrapped.  The state is
 * locked meanwhile: RC_CONFIG when a daemon has it.  RC_NOT_FOUND, RC_DISK. */
MUST rc store_count_by_others(const char *dir, uint32_t master, uint64_t *ret);

#endif

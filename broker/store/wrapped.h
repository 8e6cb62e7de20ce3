/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * wrapped.h - which master key wrapped what in keys.db, for changing it (rewrap.h).
 *
 * Two tables: keys of copies, by the number of the copy, and keys of records of details,
 * by the index of the record's first entry.
 */
#ifndef SLUIS_BROKER_STORE_WRAPPED_H
#define SLUIS_BROKER_STORE_WRAPPED_H

#include "broker/seal.h"
#include "broker/store/store.h"

enum wrapped_table { WRAPPED_COPIES, WRAPPED_RECORDS, N_WRAPPED };

enum {
	WRAPPED_PAGE  = 256,  /* keys in one step */
	WRAPPED_LOOK  = 4096, /* that are looked at for it */
	WRAPPED_PROBE = 16,   /* keys that show whether a master key is the right one */
	WRAPPED_NAMES_BYTES = 200,
};

struct wrapped_row {
	uint64_t id;
	size_t   n;
	uint8_t  wrapped[WRAPPED_BYTES];
};

/* Some keys, as a line of the log names them: "copy 4, record 17". */
struct wrapped_names { /* valid when all zero */
	uint64_t n;    /* all of them; the text has the first */
	char     text[WRAPPED_NAMES_BYTES];
};

void wrapped_names_add(struct wrapped_names *w, enum wrapped_table table, uint64_t id);

/* What the keeper knows key ID of TABLE by (seal.h, the old form). */
uint64_t store_wrapped_id(enum wrapped_table table, uint64_t id);

/* Up to WRAPPED_PAGE keys of TABLE above *AFTER that another master key than MASTER
 * wrapped, to RET, and none that was given up; *AFTER moves on.  *RET_END: nothing is
 * left above it. */
MUST rc store_wrapped_by_others(struct store *s, enum wrapped_table table,
    uint32_t master, uint64_t *after, struct wrapped_row *ret, size_t *ret_n,
    bool *ret_end);

/* The WRAPPED_PROBE newest keys of TABLE that master key MASTER wrapped, of as many that
 * are looked at, to RET. */
MUST rc store_newest_wrapped(struct store *s, enum wrapped_table table, uint32_t master,
    struct wrapped_row ret[WRAPPED_PROBE], size_t *ret_n);

/* Write it anew, in the open transaction. */
MUST rc store_put_wrapped(
    struct store *s, enum wrapped_table table, uint64_t id, struct slice wrapped);

/* EACH for every page of keys in the state DIR that another master key than MASTER
 * wrapped; stops at its first error.  The state is locked meanwhile: RC_CONFIG when a
 * daemon has it.  RC_NOT_FOUND, RC_DISK. */
typedef rc wrapped_each(
    void *arg, enum wrapped_table table, const struct wrapped_row *page, size_t n);
MUST rc store_each_by_others(
    const char *dir, uint32_t master, wrapped_each *each, void *arg);

/* How many. */
MUST rc store_count_by_others(const char *dir, uint32_t master, uint64_t *ret);

/* They are given up: empty from now on, which opens nothing, and asked of no master key
 * again. */
MUST rc store_give_up_by_others(const char *dir, uint32_t master);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * ids.h - ids of copies and tasks: numbers that nobody outside can read.
 *
 * An id that is drawn at random needs an index in a random order, which costs a page of
 * the log for each row.  These are the row's number under a permutation instead:
 *
 *	id = AES-128(key, number[5] || 0[5] || random[6])
 *
 * so a row is found by its number, and to everybody else they look drawn at random.  The
 * random bytes keep a state that was restored from giving out the same id again.  The key
 * stands in sluis.db (table ids): it hides from desks how many copies there are, not from
 * who reads the database.
 *
 * Rows of before, and others whose id is no such number, are `odd` and have an index.
 */
#ifndef SLUIS_BROKER_STORE_IDS_H
#define SLUIS_BROKER_STORE_IDS_H

#include <nettle/aes.h>

#include "proto/bytes.h"
#include "proto/limits.h"

struct ids {
	struct aes128_ctx seal, open;
};

void ids_init(struct ids *ids, const uint8_t key[AES128_KEY_SIZE]);

/* A new id of row NUMBER. */
void ids_new(const struct ids *ids, uint64_t number, uint8_t ret[ID_BYTES]);

/* The number that ID was made of; false if it was not made here, but for one in 2^40. */
bool ids_number(const struct ids *ids, const uint8_t id[ID_BYTES], uint64_t *ret);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * vault_key.h - the key of a party's store, and what is sealed with it.
 *
 * store.key holds 32 random bytes, made once.  Two keys are derived from it: one wraps
 * the key of each row, one makes the tags by which a row is found.  A value is sealed
 * with XChaCha20-Poly1305 under a random nonce and bound to its table, column and row, so
 * that no value can stand in for another.
 *
 *	nonce (24) | ciphertext | tag (16)
 *
 * Owns: the keys in memory, wiped by vault_keys_wipe().
 */
#ifndef SLUIS_CLIENT_VAULT_KEY_H
#define SLUIS_CLIENT_VAULT_KEY_H

#include "client/error.h"
#include "proto/bytes.h"
#include "proto/limits.h"

enum { VAULT_SEAL_EXTRA = 24 + 16, VAULT_TAG_BYTES = 32 };

struct vault_keys {
	uint8_t wrap[KEY_BYTES]; /* of row keys, and of the table meta */
	uint8_t tag[KEY_BYTES];
};

/* Read DIR/store.key.  RC_NOT_FOUND; RC_CONFIG when it is not 32 bytes or others may read
 * it. */
MUST rc vault_keys_read(const char *dir, struct vault_keys *ret);

/* Make DIR/store.key unless it is there; the first of two that try at once wins. */
MUST rc vault_keys_make(const char *dir);

void vault_keys_wipe(struct vault_keys *k);

struct vault_place { /* where a sealed value stands */
	const char *table, *column;
	int64_t     row;
};

/* Append PLAIN, sealed under KEY for PLACE, to OUT. */
MUST rc vault_seal(const uint8_t key[KEY_BYTES], const struct vault_place *place,
    struct slice plain, struct buf *out);

/* Append what BOX holds to OUT.  RC_BAD_DIGEST: another key, another place, or changed.
 */
MUST rc vault_unseal(const uint8_t key[KEY_BYTES], const struct vault_place *place,
    struct slice box, struct buf *out);

/* A keyed hash of WHAT ("name", "kind", "case") and BYTES. */
void vault_tag(const struct vault_keys *k, const char *what, struct slice bytes,
    uint8_t out[VAULT_TAG_BYTES]);

#endif

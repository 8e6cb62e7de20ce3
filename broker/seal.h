/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * seal.h - copies and details at rest: one key a record, wrapped by the master key.
 *
 * XChaCha20-Poly1305 with random 24-byte nonces.  The record key is random and
 * stands, wrapped, in a database of its own; erasing it there erases the copy
 * wherever its ciphertext still lies.  What a ciphertext belongs
 * to is associated data, so rows cannot be swapped:
 *
 *	sealed  = nonce[24] || AEAD(record key, copy,   "sluis-copy/1" || address ||
 *                            key id)
 *	detail  = nonce[24] || AEAD(record key, detail, "sluis-dtl/1" || leaf index ||
 *                            key id)
 *	wrapped = id of the master key[4] || nonce[24] || AEAD(master key, record key,
 *                            "sluis-key/2" || id)
 *	address = BLAKE2b-128(delivery id || recipient OIN || NUL || desk)
 *
 * A wrapped key does not say for which record it is: what it seals does, so that keys can
 * be made ahead (keeper/keeper.h, which alone wraps and unwraps).  Of before there are
 *
 *	wrapped = nonce[24] || AEAD(master key 1, record key, "sluis-key/1" || key id)
 *
 * Pure but for randomness (libsodium).
 */
#ifndef SLUIS_BROKER_SEAL_H
#define SLUIS_BROKER_SEAL_H

#include "broker/keys/keyring.h"

enum {
	SEAL_OVERHEAD     = 24 + 16,
	SEALED_COPY_MAX   = NONCE_BYTES + COPY_MAX + SEAL_OVERHEAD, /* with its salt */
	WRAPPED_OLD_BYTES = KEY_BYTES + SEAL_OVERHEAD,
	WRAPPED_BYTES     = 4 + KEY_BYTES + SEAL_OVERHEAD,
};

/* KEY, wrapped by MASTER with NONCE (24 random bytes). */
void seal_wrap_key(const struct master_key *master, const uint8_t nonce[24],
    const uint8_t key[KEY_BYTES], uint8_t wrapped[WRAPPED_BYTES]);

/* RC_CRYPTO if WRAPPED is not the work of one of the N MASTERS; of the old form, for
 * KEY_ID. */
MUST rc seal_unwrap_key(const struct master_key *masters, size_t n, uint64_t key_id,
    struct slice wrapped, uint8_t key[KEY_BYTES]);

/* What the copy of delivery ID for a desk is sealed to: a copy that was given another
 * address opens for nobody. */
void seal_address(
    const uint8_t id[ID_BYTES], const char *oin, const char *desk, uint8_t ret[ID_BYTES]);

/* Append the sealed form of PLAIN to OUT. */
MUST rc seal_copy(const uint8_t key[KEY_BYTES], const uint8_t address[ID_BYTES],
    uint64_t key_id, struct slice plain, struct buf *out);

/* Append what is inside SEALED to OUT; RC_CRYPTO if it was changed or belongs elsewhere.
 */
MUST rc seal_open(const uint8_t key[KEY_BYTES], const uint8_t address[ID_BYTES],
    uint64_t key_id, struct slice sealed, struct buf *out);

/* The same of the detail of leaf INDEX. */
MUST rc seal_detail(const uint8_t key[KEY_BYTES], uint64_t index, uint64_t key_id,
    struct slice plain, struct buf *out);
MUST rc seal_open_detail(const uint8_t key[KEY_BYTES], uint64_t index, uint64_t key_id,
    struct slice sealed, struct buf *out);

#endif

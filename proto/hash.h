/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * hash.h - SHA-256 and HMAC-SHA-256, on the processor's own instructions.
 *
 * Trees are made of digests of a few dozen bytes, so what counts is what one of these
 * costs.  Measured for 49 bytes: libsodium 170 ns (portable code), OpenSSL with a kept
 * context and a looked-up digest 75 ns, Nettle 53 ns; and Nettle's state is a value, so
 * there is no context to keep for each thread and nothing that can fail.
 *
 * Nothing of what was hashed stays behind: states are wiped.
 *
 * Threads: values; no shared state.
 * Source: FIPS 180-4, RFC 2104.
 */
#ifndef SLUIS_PROTO_HASH_H
#define SLUIS_PROTO_HASH_H

#include <nettle/sha2.h>

#include "proto/bytes.h"
#include "proto/limits.h"

/* The first N bytes (1 to 32) of the digest of IN. */
void sha256_cut(struct slice in, uint8_t *ret, size_t n);

/* The digest of IN. */
void sha256(struct slice in, uint8_t ret[HASH_BYTES]);

/* A digest over parts: begin, add each, end (which wipes it). */
struct sha256 {
	struct sha256_ctx state;
};

void sha256_begin(struct sha256 *h);
void sha256_add(struct sha256 *h, struct slice part);
void sha256_end(struct sha256 *h, uint8_t ret[HASH_BYTES]);

/* --- many short ones -------------------------------------------------------------
 *
 * Most digests here are over a few dozen bytes of a fixed form.  Padded once, such a
 * message is filled in and compressed as it lies: nothing is copied or padded again. */

enum { HASH_BLOCK = 64 };

/* How many blocks a message of N bytes takes, padding included. */
static inline size_t
sha256_blocks(size_t n)
{
	return (n + 8) / HASH_BLOCK + 1;
}

/* Pad the N bytes at P, which are followed by zeros up to the end of the last block. */
void sha256_pad(uint8_t *p, size_t n);

/* The first N bytes (a multiple of 4, at most 32) of the digest of a padded message: the
 * block FIRST and the N_REST blocks at REST.  H is room to work in, and the caller's to
 * wipe. */
void sha256_padded(struct sha256 *h, const uint8_t first[HASH_BLOCK], const uint8_t *rest,
    size_t n_rest, uint8_t *ret, size_t n);

/* HMAC-SHA-256 under KEY over the N PARTS, one after another.  A part may be what RET is
 * about to overwrite. */
void hmac_sha256(const uint8_t key[KEY_BYTES], const struct slice *parts, size_t n,
    uint8_t ret[HASH_BYTES]);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/* hash.c - the one file that knows Nettle. */
#include "proto/hash.h"

#include <endian.h>
#include <sodium.h>
#include <string.h>

void
sha256_begin(struct sha256 *h)
{
	nettle_sha256_init(&h->state);
}

void
sha256_add(struct sha256 *h, struct slice part)
{
	if (part.n != 0) nettle_sha256_update(&h->state, part.n, part.p);
}

static void
end_cut(struct sha256 *h, uint8_t *ret, size_t n)
{
	nettle_sha256_digest(&h->state, n, ret);
	sodium_memzero(h, sizeof *h);
}

void
sha256_end(struct sha256 *h, uint8_t ret[HASH_BYTES])
{
	end_cut(h, ret, HASH_BYTES);
}

void
sha256_cut(struct slice in, uint8_t *ret, size_t n)
{
	struct sha256 h;

	sha256_begin(&h);
	sha256_add(&h, in);
	end_cut(&h, ret, n);
}

void
sha256(struct slice in, uint8_t ret[HASH_BYTES])
{
	sha256_cut(in, ret, HASH_BYTES);
}

/* --- padded ---------------------------------------------------------------------- */

void
sha256_pad(uint8_t *p, size_t n)
{
	p[n] = 0x80;
	put_u64_be(p + sha256_blocks(n) * HASH_BLOCK - 8, (uint64_t)n * 8);
}

/* Nettle compresses whole blocks where they lie, and keeps nothing of them. */
void
sha256_padded(struct sha256 *h, const uint8_t first[HASH_BLOCK], const uint8_t *rest,
    size_t n_rest, uint8_t *ret, size_t n)
{
	nettle_sha256_init(&h->state);
	nettle_sha256_update(&h->state, HASH_BLOCK, first);
	if (n_rest != 0) nettle_sha256_update(&h->state, n_rest * HASH_BLOCK, rest);
	for (size_t i = 0; i < n / 4; i++) {
		const uint32_t word = htobe32(h->state.state[i]);
		memcpy(ret + 4 * i, &word, sizeof word);
	}
}

/* --- with a key ------------------------------------------------------------------ */

enum { INNER = 0x36, OUTER = 0x5c };

static void
begin_keyed(struct sha256 *h, const uint8_t key[KEY_BYTES], uint8_t pad)
{
	uint8_t block[HASH_BLOCK];

	memset(block, pad, sizeof block);
	for (size_t i = 0; i < KEY_BYTES; i++) block[i] ^= key[i];
	sha256_begin(h);
	sha256_add(h, slice_of(block, sizeof block));
	sodium_memzero(block, sizeof block);
}

void
hmac_sha256(const uint8_t key[KEY_BYTES], const struct slice *parts, size_t n,
    uint8_t ret[HASH_BYTES])
{
	struct sha256 h;
	uint8_t       inner[HASH_BYTES];

	begin_keyed(&h, key, INNER);
	for (size_t i = 0; i < n; i++) sha256_add(&h, parts[i]);
	sha256_end(&h, inner);
	begin_keyed(&h, key, OUTER);
	sha256_add(&h, slice_of(inner, sizeof inner));
	sha256_end(&h, ret);
	sodium_memzero(inner, sizeof inner);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* seal.c - XChaCha20-Poly1305 around copies, details, and their keys. */
#include "broker/seal.h"

#include <sodium.h>
#include <string.h>

#include "broker/random.h"
#include "proto/auto.h"

enum { NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, LABEL = 12, ID = 4 };

_Static_assert(
    NONCE + crypto_aead_xchacha20poly1305_ietf_ABYTES == SEAL_OVERHEAD, "overhead");

/* LABEL (12 bytes), an optional address, the key id: what a ciphertext belongs to. */
struct context {
	uint8_t b[LABEL + ID_BYTES + 8];
	size_t  n;
};

static struct context
context_of(const char *label, const uint8_t *address, uint64_t key_id)
{
	struct context c = {.n = LABEL};
	memcpy(c.b, label, strlen(label) < LABEL ? strlen(label) : LABEL);
	if (address != NULL) {
		memcpy(c.b + c.n, address, ID_BYTES);
		c.n += ID_BYTES;
	}
	put_u64_be(c.b + c.n, key_id);
	c.n += 8;
	return c;
}

static rc
encrypt(const uint8_t key[KEY_BYTES], const struct context *c, struct slice plain,
    struct buf *out)
{
	uint8_t *p = buf_extend(out, plain.n + SEAL_OVERHEAD);
	if (p == NULL) return RC_NOMEM;
	random_fill(p, NONCE);
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(
	    p + NONCE, NULL, plain.p, plain.n, c->b, c->n, NULL, p, key);
	return RC_OK;
}

static rc
decrypt(const uint8_t key[KEY_BYTES], const struct context *c, struct slice sealed,
    struct buf *out)
{
	if (sealed.n < SEAL_OVERHEAD) return RC_CRYPTO;
	size_t   n = sealed.n - SEAL_OVERHEAD, start = out->n;
	uint8_t *p = buf_extend(out, n); /* an empty plaintext has an address, too */
	if (p == NULL) return RC_NOMEM;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(p, NULL, NULL, sealed.p + NONCE,
	        sealed.n - NONCE, c->b, c->n, sealed.p, key) == 0)
		return RC_OK;
	out->n = start;
	return RC_CRYPTO;
}

/* --- keys of records -------------------------------------------------------------- */

static struct context
context_of_wrap(const uint8_t id[4])
{
	struct context c = {.n = LABEL + 4};

	memcpy(c.b, "sluis-key/2", sizeof "sluis-key/2");
	memcpy(c.b + LABEL, id, 4);
	return c;
}

void
seal_wrap_key(const struct master_key *master, const uint8_t nonce[NONCE],
    const uint8_t key[KEY_BYTES], uint8_t wrapped[WRAPPED_BYTES])
{
	uint8_t id[8];

	put_u64_be(id, master->id);
	memcpy(wrapped, id + 4, ID);
	memcpy(wrapped + ID, nonce, NONCE);
	struct context c = context_of_wrap(wrapped);
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(wrapped + ID + NONCE, NULL, key,
	    KEY_BYTES, c.b, c.n, NULL, nonce, master->secret);
}

/* NONCE || AEAD of 32 bytes. */
static rc
unwrap(const struct master_key *master, const struct context *c, const uint8_t *sealed,
    uint8_t key[KEY_BYTES])
{
	return crypto_aead_xchacha20poly1305_ietf_decrypt(key, NULL, NULL, sealed + NONCE,
	           WRAPPED_OLD_BYTES - NONCE, c->b, c->n, sealed, master->secret) == 0
	           ? RC_OK
	           : RC_CRYPTO;
}

rc
seal_unwrap_key(const struct master_key *masters, size_t n, uint64_t key_id,
    struct slice wrapped, uint8_t key[KEY_BYTES])
{
	struct context c   = context_of("sluis-key/1", NULL, key_id);
	bool           old = wrapped.n == WRAPPED_OLD_BYTES;
	uint8_t        id[8];

	if (!old && wrapped.n != WRAPPED_BYTES) return RC_CRYPTO;
	if (!old) c = context_of_wrap(wrapped.p);
	for (size_t i = 0; i < n; i++) {
		put_u64_be(id, old ? 1 : masters[i].id);
		if (old ? masters[i].id != 1 : memcmp(id + 4, wrapped.p, ID) != 0)
			continue;
		return unwrap(&masters[i], &c, wrapped.p + (old ? 0 : ID), key);
	}
	return RC_CRYPTO;
}

/* --- what they seal --------------------------------------------------------------- */

void
seal_address(
    const uint8_t id[ID_BYTES], const char *oin, const char *desk, uint8_t ret[ID_BYTES])
{
	crypto_generichash_state h;

	(void)crypto_generichash_init(&h, NULL, 0, ID_BYTES);
	(void)crypto_generichash_update(&h, id, ID_BYTES);
	(void)crypto_generichash_update(&h, (const uint8_t *)oin, strlen(oin) + 1);
	(void)crypto_generichash_update(&h, (const uint8_t *)desk, strlen(desk));
	(void)crypto_generichash_final(&h, ret, ID_BYTES);
}

rc
seal_copy(const uint8_t key[KEY_BYTES], const uint8_t address[ID_BYTES], uint64_t key_id,
    struct slice plain, struct buf *out)
{
	struct context c = context_of("sluis-copy/1", address, key_id);
	return encrypt(key, &c, plain, out);
}

rc
seal_open(const uint8_t key[KEY_BYTES], const uint8_t address[ID_BYTES], uint64_t key_id,
    struct slice sealed, struct buf *out)
{
	struct context c = context_of("sluis-copy/1", address, key_id);
	return decrypt(key, &c, sealed, out);
}

static struct context
context_of_detail(uint64_t index, uint64_t key_id)
{
	uint8_t address[ID_BYTES] = {0};

	put_u64_be(address, index);
	return context_of("sluis-dtl/1", address, key_id);
}

rc
seal_detail(const uint8_t key[KEY_BYTES], uint64_t index, uint64_t key_id,
    struct slice plain, struct buf *out)
{
	struct context c = context_of_detail(index, key_id);
	return encrypt(key, &c, plain, out);
}

rc
seal_open_detail(const uint8_t key[KEY_BYTES], uint64_t index, uint64_t key_id,
    struct slice sealed, struct buf *out)
{
	struct context c = context_of_detail(index, key_id);
	return decrypt(key, &c, sealed, out);
}

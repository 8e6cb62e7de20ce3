/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * sealed.c - words for one desk, which the broker carries and cannot read.
 *
 * libsodium's sealed box to the X25519 key of that desk's binding.  It says nothing of
 * who wrote it: that is known from the signed request in which it travelled.
 */
#include <sodium.h>
#include <string.h>

#include "client/handle.h"
#include "proto/text.h"

_Static_assert(SLUIS_SEAL_EXTRA == crypto_box_SEALBYTES, "as the header says");
_Static_assert(SLUIS_KEY_BYTES == crypto_box_PUBLICKEYBYTES, "as the header says");

static rc
seal(const uint8_t key[SLUIS_KEY_BYTES], const char *text, uint8_t box[SLUIS_SEALED_MAX],
    size_t *ret_n)
{
	size_t n = strlen(text);

	if (sodium_init() < 0) return RC_CRYPTO;
	if (n > SLUIS_WORDS_MAX) return RC_TOO_LARGE;
	if (!text_is_utf8(slice_of(text, n))) return RC_MALFORMED;
	if (crypto_box_seal(box, (const uint8_t *)text, n, key) != 0) return RC_CRYPTO;
	*ret_n = n + SLUIS_SEAL_EXTRA;
	return RC_OK;
}

enum sluis_code
sluis_seal(const uint8_t key[SLUIS_KEY_BYTES], const char *text,
    uint8_t box[SLUIS_SEALED_MAX], size_t *ret_n)
{
	return code_out(seal(key, text, box, ret_n));
}

static rc
unseal(struct sluis *s, const uint8_t *box, size_t n, char text[SLUIS_WORDS_MAX + 1])
{
	const struct keys *keys                       = &s->folder.keys;
	uint8_t            plain[SLUIS_WORDS_MAX + 1] = {0};

	if (n < SLUIS_SEAL_EXTRA || n > SLUIS_SEALED_MAX)
		return handle_fail(s, RC_MALFORMED, "sealed", "is not of that size");
	n -= SLUIS_SEAL_EXTRA;
	if (crypto_box_seal_open(plain, box, n + SLUIS_SEAL_EXTRA, keys->seal_public,
	        keys->seal_secret) != 0)
		return handle_fail(s, RC_BAD_DIGEST, "sealed",
		    "was not sealed to this key, or was changed");
	bool fit = memchr(plain, '\0', n) == NULL && text_is_utf8(slice_of(plain, n));
	if (fit) memcpy(text, plain, n + 1);
	sodium_memzero(plain, sizeof plain);
	return fit ? RC_OK : handle_fail(s, RC_MALFORMED, "sealed", "is no text");
}

enum sluis_code
sluis_unseal(
    struct sluis *s, const uint8_t *box, size_t n, char text[SLUIS_WORDS_MAX + 1])
{
	return code_out(unseal(s, box, n, text));
}

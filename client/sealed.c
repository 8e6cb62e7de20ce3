/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * sealed.c - words for one desk, which the broker carries and cannot read.
 *
 * libsodium's sealed box to the X25519 key of that desk's binding.  It says nothing of
 * who wrote it: that is known from the signed request in which it travelled.
 */
#include <sodium.h>
#include <string.h>

#include "client/kept.h"
#include "client/sealed.h"
#include "proto/auto.h"
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

/* --- opening -------------------------------------------------------------------------
 */

struct attempt { /* at opening a box */
	const char    *dir;
	const uint8_t *box;
	size_t         n; /* of the text */
	uint8_t        plain[SLUIS_WORDS_MAX + 1];
	bool           opened;
};

static void
try_key(struct attempt *a, const uint8_t *public_key, const uint8_t *secret)
{
	a->opened = a->opened || crypto_box_seal_open(a->plain, a->box,
	                             a->n + SLUIS_SEAL_EXTRA, public_key, secret) == 0;
}

/* What was sealed before our keys were replaced has to open after. */
static rc
try_old_key(void *arg, const uint8_t id[ID_BYTES])
{
	struct attempt           *a   = arg;
	AUTO(buf_wipe) struct buf key = buf_init(2 * (size_t)KEY_BYTES);

	if (a->opened) return RC_OK;
	TRY(kept_read(a->dir, KEPT_SEAL, id, &key));
	if (key.n == 2 * (size_t)KEY_BYTES) try_key(a, key.p + KEY_BYTES, key.p);
	return RC_OK;
}

static void
attempt_wipe(struct attempt *a)
{
	sodium_memzero(a, sizeof *a);
}

static rc
unseal(struct sluis *s, const uint8_t *box, size_t n, char text[SLUIS_WORDS_MAX + 1])
{
	if (n < SLUIS_SEAL_EXTRA || n > SLUIS_SEALED_MAX)
		return handle_fail(s, RC_MALFORMED, "sealed", "is not of that size");
	AUTO(attempt_wipe)
	struct attempt a = {.dir = s->folder.dir, .box = box, .n = n - SLUIS_SEAL_EXTRA};
	try_key(&a, s->folder.keys.seal_public, s->folder.keys.seal_secret);
	if (!a.opened) ignore(kept_each(a.dir, KEPT_SEAL, NULL, try_old_key, &a));
	if (!a.opened)
		return handle_fail(s, RC_BAD_DIGEST, "sealed",
		    "was not sealed to this key, or was changed");
	if (memchr(a.plain, '\0', a.n) != NULL || !text_is_utf8(slice_of(a.plain, a.n)))
		return handle_fail(s, RC_MALFORMED, "sealed", "is no text");
	memcpy(text, a.plain, a.n);
	text[a.n] = '\0';
	return RC_OK;
}

rc
sealed_keep_key(const char *dir, const struct keys *keys)
{
	AUTO(buf_wipe) struct buf key = buf_init(2 * (size_t)KEY_BYTES);
	uint8_t                   id[ID_BYTES];

	(void)crypto_generichash(id, sizeof id, keys->seal_public, KEY_BYTES, NULL, 0);
	TRY(buf_append(&key, slice_of(keys->seal_secret, KEY_BYTES)));
	TRY(buf_append(&key, slice_of(keys->seal_public, KEY_BYTES)));
	return kept_write(dir, KEPT_SEAL, id, buf_slice(&key));
}

enum sluis_code
sluis_unseal(
    struct sluis *s, const uint8_t *box, size_t n, char text[SLUIS_WORDS_MAX + 1])
{
	return code_out(unseal(s, box, n, text));
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* keys.c - making, checking, reading and writing the three key pairs. */
#include "certs/keys.h"

#include <malloc.h>
#include <sodium.h>
#include <string.h>

#include "certs/json_auto.h"
#include "proto/auto.h"

enum { KEYS_FILE_MAX = 4096, SEED_BYTES = 32, HEX_CHARS = 2 * KEY_BYTES };

/* One table for reading and writing.  The seed is the first half of sign_secret. */
static const struct member {
	const char *name;
	size_t      offset; /* in struct keys, KEY_BYTES long */
} members[] = {
    {"ed25519_seed", offsetof(struct keys, sign_secret)},
    {"ed25519_public", offsetof(struct keys, sign_public)},
    {"curve_secret", offsetof(struct keys, curve_secret)},
    {"curve_public", offsetof(struct keys, curve_public)},
    {"x25519_secret", offsetof(struct keys, seal_secret)},
    {"x25519_public", offsetof(struct keys, seal_public)},
};

enum { N_MEMBERS = sizeof members / sizeof members[0] };

rc
keys_generate(struct keys *k)
{
	if (crypto_sign_keypair(k->sign_public, k->sign_secret) != 0) return RC_CRYPTO;
	if (crypto_box_keypair(k->curve_public, k->curve_secret) != 0) return RC_CRYPTO;
	if (crypto_box_keypair(k->seal_public, k->seal_secret) != 0) return RC_CRYPTO;
	return RC_OK;
}

void
keys_wipe(struct keys *k)
{
	sodium_memzero(k, sizeof *k);
}

/* --- do they belong together ----------------------------------------------------- */

static bool
is_x25519_pair(const uint8_t secret[KEY_BYTES], const uint8_t public[KEY_BYTES])
{
	uint8_t made[KEY_BYTES];

	return crypto_scalarmult_base(made, secret) == 0 &&
	       sodium_memcmp(made, public, KEY_BYTES) == 0;
}

/* Completes sign_secret, of which the file holds the seed only. */
static rc
check_halves(struct keys *k)
{
	uint8_t made[KEY_BYTES], seed[SEED_BYTES];

	memcpy(seed, k->sign_secret, SEED_BYTES);
	int failed = crypto_sign_seed_keypair(made, k->sign_secret, seed);
	sodium_memzero(seed, sizeof seed);
	if (failed != 0) return RC_CRYPTO;
	if (sodium_memcmp(made, k->sign_public, KEY_BYTES) != 0) return RC_CONFIG;
	if (!is_x25519_pair(k->curve_secret, k->curve_public)) return RC_CONFIG;
	if (!is_x25519_pair(k->seal_secret, k->seal_public)) return RC_CONFIG;
	return RC_OK;
}

/* Compared by their public halves: clamping gives one X25519 key several secrets. */
static rc
check_each_for_one_thing(const struct keys *k)
{
	bool twice = sodium_memcmp(k->curve_public, k->seal_public, KEY_BYTES) == 0 ||
	             sodium_memcmp(k->sign_secret, k->curve_secret, KEY_BYTES) == 0 ||
	             sodium_memcmp(k->sign_secret, k->seal_secret, KEY_BYTES) == 0;
	return twice ? RC_CONFIG : RC_OK;
}

/* --- the file -------------------------------------------------------------------- */

static void
wipe_and_free(void *p)
{
	if (p != NULL) sodium_memzero(p, malloc_usable_size(p));
	free(p);
}

static rc
read_member(const json_t *object, const struct member *m, struct keys *k)
{
	const char *hex = json_string_value(json_object_get(object, m->name));

	if (hex == NULL) return RC_CONFIG;
	return hex_decode(hex, (uint8_t *)k + m->offset, KEY_BYTES) == RC_OK ? RC_OK
	                                                                     : RC_CONFIG;
}

void
keys_wipe_json(void)
{
	json_set_alloc_funcs(malloc, wipe_and_free); /* compatible with what was there */
}

static rc
parse(struct slice text, struct keys *k)
{
	keys_wipe_json();
	AUTO(json_release)
	json_t *object =
	    json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, NULL);

	if (object == NULL || json_object_size(object) != N_MEMBERS) return RC_CONFIG;
	for (size_t i = 0; i < N_MEMBERS; i++) TRY(read_member(object, &members[i], k));
	return RC_OK;
}

rc
keys_read(const char *path, struct keys *k)
{
	AUTO(buf_wipe) struct buf   text = buf_init(KEYS_FILE_MAX);
	AUTO(keys_wipe) struct keys read = {0};

	rc code = file_read(path, KEYS_FILE_MAX, true, &text);
	if (code == RC_TOO_LARGE) return RC_CONFIG;
	TRY(code);
	TRY(parse(buf_slice(&text), &read));
	TRY(check_halves(&read));
	TRY(check_each_for_one_thing(&read));
	*k = read;
	return RC_OK;
}

/* By hand, since hex of fixed length needs no escaping and jansson would copy it. */
static rc
append_member(struct buf *text, const struct member *m, const struct keys *k)
{
	char hex[HEX_CHARS + 1];

	TRY(buf_printf(text, "%s\t\"%s\": \"", m == members ? "{\n" : ",\n", m->name));
	hex_encode(hex, sizeof hex, slice_of((const uint8_t *)k + m->offset, KEY_BYTES));
	rc code = buf_append(text, slice_of(hex, HEX_CHARS));
	sodium_memzero(hex, sizeof hex);
	TRY(code);
	return buf_append(text, slice_str("\""));
}

rc
keys_write(const char *path, const struct keys *k)
{
	AUTO(buf_wipe) struct buf text = buf_init(KEYS_FILE_MAX);

	for (size_t i = 0; i < N_MEMBERS; i++) TRY(append_member(&text, &members[i], k));
	TRY(buf_append(&text, slice_str("\n}\n")));
	return file_write(path, buf_slice(&text), MODE_SECRET);
}

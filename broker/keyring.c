/* SPDX-License-Identifier: EUPL-1.2 */
/* keyring.c - making, writing and reading the broker's keys. */
#include "broker/keyring.h"

#include <jansson.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "certs/file.h"
#include "certs/keys.h"
#include "proto/auto.h"

enum { KEYRING_FILE_MAX = 4096 };

static void
unref(json_t **j)
{
	json_decref(*j);
	*j = NULL;
}

void
keyring_wipe(struct keyring *k)
{
	sodium_memzero(k, sizeof *k);
}

static rc
write_file(const char *path, const struct keyring *k)
{
	AUTO(buf_wipe) struct buf text = buf_init(KEYRING_FILE_MAX);
	char                      curve[65], checkpoint[65], pseudonym[65], master[65];

	hex_encode(curve, sizeof curve, slice_of(k->curve_secret, KEY_BYTES));
	hex_encode(checkpoint, sizeof checkpoint,
	    slice_of(k->checkpoint_secret, KEY_BYTES)); /* the seed */
	hex_encode(pseudonym, sizeof pseudonym, slice_of(k->pseudonym, KEY_BYTES));
	hex_encode(master, sizeof master, slice_of(k->master, KEY_BYTES));
	rc code = buf_printf(&text,
	    "{\n  \"curve_secret\": \"%s\",\n  \"checkpoint_seed\": \"%s\",\n"
	    "  \"pseudonym_key\": \"%s\",\n  \"pseudonym_epoch\": \"%s\",\n"
	    "  \"master_key\": \"%s\"\n}\n",
	    curve, checkpoint, pseudonym, k->pseudonym_epoch, master);
	sodium_memzero(curve, sizeof curve);
	sodium_memzero(checkpoint, sizeof checkpoint);
	sodium_memzero(pseudonym, sizeof pseudonym);
	sodium_memzero(master, sizeof master);
	TRY(code);
	return file_write(path, buf_slice(&text), 0600);
}

/* A short word that needs no quoting anywhere. */
static bool
is_epoch(const char *text)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_";
	size_t n = text == NULL ? 0 : strlen(text);

	return n != 0 && n < sizeof((struct keyring *)0)->pseudonym_epoch &&
	       strspn(text, letters) == n;
}

rc
keyring_create(const char *path, const char *epoch)
{
	AUTO(keyring_wipe) struct keyring k = {0};
	uint8_t public[KEY_BYTES];

	if (access(path, F_OK) == 0) return RC_CONFIG;
	if (!is_epoch(epoch)) return RC_CONFIG;
	memcpy(k.pseudonym_epoch, epoch, strlen(epoch) + 1);
	randombytes_buf(k.curve_secret, KEY_BYTES);
	(void)crypto_sign_keypair(public, k.checkpoint_secret);
	randombytes_buf(k.pseudonym, KEY_BYTES);
	randombytes_buf(k.master, KEY_BYTES);
	return write_file(path, &k);
}

static rc
take_key(const json_t *root, const char *name, uint8_t out[KEY_BYTES])
{
	const char *hex = json_string_value(json_object_get(root, name));
	if (hex == NULL || hex_decode(hex, out, KEY_BYTES) != RC_OK) return RC_CONFIG;
	return RC_OK;
}

struct seed {
	uint8_t b[KEY_BYTES];
};

static void
seed_wipe(struct seed *s)
{
	sodium_memzero(s, sizeof *s);
}

rc
keyring_read(const char *path, struct keyring *ret)
{
	AUTO(keyring_wipe) struct keyring k    = {0};
	AUTO(buf_wipe) struct buf         text = buf_init(KEYRING_FILE_MAX);
	AUTO(unref) json_t               *root = NULL;
	AUTO(seed_wipe) struct seed       seed = {{0}};
	uint8_t public[KEY_BYTES];

	TRY(file_read(path, KEYRING_FILE_MAX, true, &text));
	keys_wipe_json();
	root = json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(root) || json_object_size(root) != 5) return RC_CONFIG;
	TRY(take_key(root, "curve_secret", k.curve_secret));
	TRY(take_key(root, "checkpoint_seed", seed.b));
	TRY(take_key(root, "pseudonym_key", k.pseudonym));
	TRY(take_key(root, "master_key", k.master));
	const char *epoch = json_string_value(json_object_get(root, "pseudonym_epoch"));
	if (!is_epoch(epoch)) return RC_CONFIG;
	memcpy(k.pseudonym_epoch, epoch, strlen(epoch) + 1);

	if (crypto_scalarmult_base(k.curve_public, k.curve_secret) != 0) return RC_CRYPTO;
	(void)crypto_sign_seed_keypair(public, k.checkpoint_secret, seed.b);
	*ret = k;
	return RC_OK;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* witness_key.c - the key of a witness, and who else is one. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "certs/file.h"
#include "certs/keys.h"
#include "client/error.h"
#include "client/jsonfile.h"
#include "client/witness.h"
#include "client/witness_lock.h"
#include "proto/auto.h"

enum { SEED_BYTES = 32, FILE_BYTES_MAX = 4096 };

/* --- one process at a time --------------------------------------------------------- */

rc
witness_lock(const char *dir, unsigned wait_ms, int *ret)
{
	char path[FILE_PATH_MAX];

	TRY(path_join(path, dir, "witness.lock"));
	return file_lock(path, wait_ms, ret);
}

/* --- the file ------------------------------------------------------------------------
 */

void
witness_key_wipe(struct witness_key *k)
{
	sodium_memzero(k, sizeof *k);
}

static rc
from_seed(const char *name, const uint8_t seed[SEED_BYTES], struct witness_key *ret)
{
	uint8_t public_key[KEY_BYTES];

	rc code = crypto_sign_seed_keypair(public_key, ret->secret, seed) == 0
	              ? note_key_init(&ret->key, NOTE_COSIGNATURE, name, public_key)
	              : RC_CRYPTO;
	if (code != RC_OK) witness_key_wipe(ret);
	return code;
}

static rc
parse(struct slice text, struct witness_key *ret)
{
	uint8_t seed[SEED_BYTES];

	keys_wipe_json();
	AUTO(json_release)
	json_t *json =
	    json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
	const char *name = json_string_value(json_object_get(json, "name"));
	const char *hex  = json_string_value(json_object_get(json, "ed25519_seed"));

	if (name == NULL || hex == NULL) return RC_CONFIG;
	if (hex_decode(hex, seed, sizeof seed) != RC_OK) return RC_CONFIG;
	rc code = from_seed(name, seed, ret);
	sodium_memzero(seed, sizeof seed);
	return code == RC_BAD_NOTE ? RC_CONFIG : code;
}

static rc
read_key(const char *path, struct witness_key *ret)
{
	AUTO(buf_wipe) struct buf text = buf_init(FILE_BYTES_MAX);

	TRY(file_read(path, FILE_BYTES_MAX, true, &text));
	return parse(buf_slice(&text), ret);
}

static rc
make_key(const char *path, const char *origin, const char *who, struct witness_key *ret)
{
	char    name[2 * NOTE_NAME_MAX], hex[2 * SEED_BYTES + 1];
	uint8_t seed[SEED_BYTES];

	if (snprintf(name, sizeof name, "%s/witness/%s", origin, who) >= (int)sizeof name)
		return RC_BAD_NOTE;
	randombytes_buf(seed, sizeof seed);
	rc code = from_seed(name, seed, ret);
	hex_encode(hex, sizeof hex, slice_of(seed, sizeof seed));
	sodium_memzero(seed, sizeof seed);
	keys_wipe_json();
	AUTO(json_release)
	json_t *json = json_pack("{s:s, s:s}", "name", name, "ed25519_seed", hex);
	sodium_memzero(hex, sizeof hex);
	TRY(code);
	return json == NULL ? RC_NOMEM : jsonfile_write(path, json, MODE_SECRET);
}

rc
witness_key_open(
    const char *dir, const char *origin, const char *name, struct witness_key *ret)
{
	AUTO(file_unlock) int lock = -1;
	char                  path[FILE_PATH_MAX];

	TRY(path_join(path, dir, "witness.json"));
	rc code = read_key(path, ret);
	if (code != RC_NOT_FOUND) return code;
	TRY(witness_lock(dir, WITNESS_WAIT_MS, &lock));
	code = read_key(path, ret); /* another process may have made it meanwhile */
	return code != RC_NOT_FOUND ? code : make_key(path, origin, name, ret);
}

rc
witness_vkey(
    const char *dir, const char *origin, const char *name, char out[NOTE_VKEY_MAX])
{
	AUTO(witness_key_wipe) struct witness_key k = {.secret = {0}};

	TRY(witness_key_open(dir, origin, name, &k));
	return note_key_format(&k.key, NOTE_COSIGNATURE, out);
}

/* --- who else ------------------------------------------------------------------------
 */

rc
witness_trust(const struct region *r, struct trust_policy **ret, struct sluis_error *e)
{
	AUTO(buf_wipe) struct buf text = buf_init(TRUST_FILE_MAX);
	struct trust_fault        fault;
	char                      path[FILE_PATH_MAX], where[FILE_PATH_MAX + 16];

	if (r->trust[0] == '\0') return RC_OK;
	TRY(region_beside(r, r->trust, path));
	rc code = file_read(path, TRUST_FILE_MAX, false, &text);
	if (code == RC_NOT_FOUND) return RC_OK;
	if (code != RC_OK) return error_set(e, RC_CONFIG, path, N_("cannot be read"));
	code = trust_policy_parse(buf_slice(&text), ret, &fault);
	if (code != RC_MALFORMED) return code;
	(void)snprintf(where, sizeof where, "%s:%u", path, fault.line);
	return error_set(e, RC_CONFIG, where, fault.what);
}

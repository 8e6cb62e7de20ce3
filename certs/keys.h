/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * keys.h - the bound keys of one desk, and their file.
 *
 * Three key pairs, each for one thing: Ed25519 signs requests, CURVE (X25519)
 * opens the channel, X25519 seals what is meant for this desk alone.
 *
 * keys.json, mode 0600, readable by any program:
 *
 *	{ "ed25519_seed": "<64 hex>", "ed25519_public": "<64 hex>",
 *	  "curve_secret": "<64 hex>", "curve_public": "<64 hex>",
 *	  "x25519_secret": "<64 hex>", "x25519_public": "<64 hex>" }
 *
 * All six and nothing else, each once.  The CURVE keys are raw 32 bytes in hex; Z85
 * is made where ZeroMQ wants it.
 *
 * Nothing of a secret stays behind in memory but in the struct keys of the caller.
 * Threads: keys_read() makes jansson wipe what it frees, for the process and for
 * good (personal data in JSON gains by it too), so call it first while there is one
 * thread.  sodium_init() must have been called.
 */
#ifndef SLUIS_CERTS_KEYS_H
#define SLUIS_CERTS_KEYS_H

#include "certs/file.h"
#include "proto/bytes.h"
#include "proto/limits.h"

struct keys {
	uint8_t sign_public[KEY_BYTES],
	    sign_secret[64]; /* libsodium form: seed || public */
	uint8_t curve_public[KEY_BYTES], curve_secret[KEY_BYTES];
	uint8_t seal_public[KEY_BYTES], seal_secret[KEY_BYTES];
};

MUST rc keys_generate(struct keys *k);
void    keys_wipe(struct keys *k);

/* From now on jansson wipes what it frees, see above; for whoever else reads secrets. */
void keys_wipe_json(void);

/* RC_NOT_FOUND, RC_DISK; RC_CONFIG for a file that others may read, that is not exactly
 * the six members, whose halves do not belong together, or that uses one key twice.
 * K is untouched on failure. */
MUST rc keys_read(const char *path, struct keys *k);

/* Write atomically with mode 0600. */
MUST rc keys_write(const char *path, const struct keys *k);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * keyring.h - the broker's own secrets, and their file.
 *
 * Four keys, each for one thing, never derived from each other:
 *
 *	curve       CURVE server key: what clients know the broker by
 *	checkpoint  Ed25519: signs heads of the journal
 *	pseudonym   master of all pseudonym domains, with the name of its epoch
 *	master      wraps the record keys of copies and details at rest, and through a
 *	            hash keys the tokens of persons, which last as long
 *
 * A JSON file of mode 0600; keys in lower-case hex.
 */
#ifndef SLUIS_BROKER_KEYRING_H
#define SLUIS_BROKER_KEYRING_H

#include "proto/bytes.h"
#include "proto/limits.h"

struct keyring {
	uint8_t curve_public[KEY_BYTES], curve_secret[KEY_BYTES];
	uint8_t
	    checkpoint_secret[64]; /* libsodium form; the public key is its second half */
	uint8_t pseudonym[KEY_BYTES];
	char    pseudonym_epoch[33];
	uint8_t master[KEY_BYTES];
};

/* Make new keys and write PATH; RC_CONFIG if it exists. */
MUST rc keyring_create(const char *path, const char *epoch);

/* RC_CONFIG if others may read the file or it is not as described. */
MUST rc keyring_read(const char *path, struct keyring *ret);

void keyring_wipe(struct keyring *k);

#endif

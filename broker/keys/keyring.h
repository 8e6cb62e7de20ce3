/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * keyring.h - the broker's own secrets, and their file.
 *
 * Each kind is for one thing and a list, of two at most, so that it can be changed while
 * both the old and the new one are needed (rotate.h):
 *
 *	curve       CURVE server keys: what clients know the broker by; current, next;
 *	            each with the place where it is served, 1 (or absent) or 2
 *	checkpoint  Ed25519: signs heads of the journal; all that stand here do
 *	pseudonym   roots of all pseudonym domains, each with the name of its epoch
 *	master      wraps the record keys of copies and details at rest
 *	subject     keys the tokens of persons: lasts as long as details
 *	repeat      keys the digests of requests (repeat.h)
 *
 * Exactly one pseudonym epoch is current; one at most is in overlap, which is still
 * answered for; of those that ended only the name is left, which no other may have.
 * The first master key wraps new keys, the other opens what it wrapped; their ids differ.
 *
 * A JSON file of mode 0600, format 2; keys are 64 lower-case hex digits:
 *
 *	{
 *	  "format": 2,
 *	  "curve": [{"secret": KEY, "place": 1}, ...],
 *	  "checkpoint": [{"seed": KEY}, ...],
 *	  "pseudonym": [{"epoch": NAME, "state": "current", "secret": KEY}, ...],
 *	  "master": [{"id": 1, "secret": KEY}, ...],
 *	  "subject": KEY, "repeat": KEY
 *	}
 *
 * Instead of "seed" or "secret" a key of kind checkpoint, pseudonym or master may say
 * "hsm": the label that it has in a PKCS#11 token (keeper/hsm.h), which keeps it.  The
 * last two may be {"hsm": LABEL}.  Of master, subject and repeat the token has the root
 * (keeper/rooted.h); a label of an epoch or a key pair stands nowhere else.
 *
 * Format 1, read and no longer written, has one key of each of the first four kinds:
 * "curve_secret", "checkpoint_seed", "pseudonym_key", "pseudonym_epoch", "master_key".
 * Its master key has id 1, and subject and repeat are derived from it:
 *
 *	subject = BLAKE2b-256(key: master, "sluis-subject-token/1")
 *	repeat  = BLAKE2b-256(key: master, "sluis-repeat/1")
 *
 * Only the keeper reads this file in a running broker (keeper/keeper.h).
 */
#ifndef SLUIS_BROKER_KEYS_KEYRING_H
#define SLUIS_BROKER_KEYS_KEYRING_H

#include "proto/bytes.h"
#include "proto/limits.h"

enum {
	KEYRING_CURVES      = 2,
	KEYRING_CHECKPOINTS = 2,
	KEYRING_EPOCHS      = 16, /* ended ones included */
	KEYRING_MASTERS     = 2,
	EPOCH_MAX           = 32, /* bytes of an epoch's name */
	HSM_LABEL_MAX       = 64,
};

struct curve_key {
	uint8_t  public_key[KEY_BYTES], secret[KEY_BYTES];
	unsigned place; /* from 0, of transport.h */
};

struct checkpoint_key {
	char    hsm[HSM_LABEL_MAX + 1]; /* "": the secret is here */
	uint8_t public_key[KEY_BYTES];
	uint8_t secret[64]; /* libsodium form */
};

enum epoch_state {
	EPOCH_CURRENT = 1,
	EPOCH_OVERLAP = 2,
	EPOCH_ENDED   = 3,
};

struct pseudonym_key {
	enum epoch_state state;
	char             epoch[EPOCH_MAX + 1];
	char             hsm[HSM_LABEL_MAX + 1];
	uint8_t          secret[KEY_BYTES]; /* zero: ended, or in the token */
};

struct master_key {
	uint32_t id; /* from 1 */
	char     hsm[HSM_LABEL_MAX + 1];
	uint8_t  secret[KEY_BYTES]; /* zero until the keeper has made it, if labelled */
};

struct keyring {
	size_t                n_curves, n_checkpoints, n_pseudonyms, n_masters;
	struct curve_key      curve[KEYRING_CURVES];
	struct checkpoint_key checkpoint[KEYRING_CHECKPOINTS];
	struct pseudonym_key  pseudonym[KEYRING_EPOCHS];
	struct master_key     master[KEYRING_MASTERS];
	char                  subject_hsm[HSM_LABEL_MAX + 1];
	char                  repeat_hsm[HSM_LABEL_MAX + 1];
	uint8_t               subject[KEY_BYTES], repeat[KEY_BYTES]; /* as of a master */
};

/* New keys, one of each kind, the pseudonym's in EPOCH; RC_CONFIG if that is no name:
 * letters, digits, dots, dashes. */
MUST rc keyring_make(struct keyring *ret, const char *epoch);

/* Make new keys and write PATH; RC_CONFIG if it exists. */
MUST rc keyring_create(const char *path, const char *epoch);

/* Write K to PATH, in place of what is there. */
MUST rc keyring_write(const char *path, const struct keyring *k);

/* RC_CONFIG if others may read the file or it is not as described, RC_NOT_FOUND. */
MUST rc keyring_read(const char *path, struct keyring *ret);

/* Whether NAME can be that of an epoch. */
bool keyring_is_epoch(const char *name);

/* Where the current epoch stands in K->pseudonym. */
size_t keyring_current(const struct keyring *k);

void keyring_wipe(struct keyring *k);

#endif

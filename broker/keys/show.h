/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * show.h - what others may know of the broker's own keys.
 *
 * Public halves only.  Those of a key pair that a token keeps (keyring.h) are not in the
 * keys file: a keeper is started and asked for them.
 */
#ifndef SLUIS_BROKER_KEYS_SHOW_H
#define SLUIS_BROKER_KEYS_SHOW_H

#include "broker/config.h"
#include "broker/keys/keyring.h"
#include "proto/note.h"

enum { Z85_KEY_MAX = 41 }; /* with its NUL */

/* Checkpoint key PUBLIC_KEY of ORIGIN as a verifier key.  What note_verifier_init() may
 * fail with. */
MUST rc show_verifier(
    const char *origin, const uint8_t public_key[KEY_BYTES], char out[NOTE_VKEY_MAX]);

/* CURVE key PUBLIC_KEY as ZeroMQ writes it.  RC_INTERNAL. */
MUST rc show_curve(const uint8_t public_key[KEY_BYTES], char out[Z85_KEY_MAX]);

/* The public keys of K, which was read from the keys file of C, that a token has.  Why
 * not is logged. */
MUST rc show_fill(const struct config *c, struct keyring *k);

/* The keys of C to standard output, as a JSON object:
 *
 *	origin, curve_public, verifier    as a region file has them
 *	next: {curve_public}, verifier_next   as the ready file, while one changes
 *
 * Why not is logged: RC_NOT_FOUND, RC_CONFIG, RC_CRYPTO. */
MUST rc show_keys(const struct config *c);

#endif

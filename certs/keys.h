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
 * The CURVE keys are raw 32 bytes in hex; Z85 is made where ZeroMQ wants it.
 */
#ifndef SLUIS_CERTS_KEYS_H
#define SLUIS_CERTS_KEYS_H

#include "proto/bytes.h"
#include "proto/limits.h"

struct keys {
	uint8_t sign_public[KEY_BYTES], sign_secret[64]; /* libsodium form: seed || public */
	uint8_t curve_public[KEY_BYTES], curve_secret[KEY_BYTES];
	uint8_t seal_public[KEY_BYTES], seal_secret[KEY_BYTES];
};

MUST rc keys_generate(struct keys *k);
void    keys_wipe(struct keys *k);

/* Refuses (RC_CONFIG) a file that others may read, or whose halves do not belong together. */
MUST rc keys_read(const char *path, struct keys *k);

/* Write atomically with mode 0600. */
MUST rc keys_write(const char *path, const struct keys *k);

/* --- small files, read and written whole -------------------------------------------- */

/* Read PATH, at most MAX bytes; RC_NOT_FOUND, RC_TOO_LARGE, RC_DISK.  With SECRET the file must
 * be a regular file that only its owner may read (RC_CONFIG). */
MUST rc file_read(const char *path, size_t max, bool secret, struct buf *out);

/* Replace PATH by CONTENT: temporary beside it, fsync, rename, fsync of the folder. */
MUST rc file_write(const char *path, struct slice content, unsigned mode);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * words.h - words for one desk only (sluis_seal(), sluis_unseal()), as slices.
 */
#ifndef SLUIS_CLIENT_COMMAND_CASE_WORDS_H
#define SLUIS_CLIENT_COMMAND_CASE_WORDS_H

#include "client/sluis.h"
#include "proto/bytes.h"

enum { WORDS_BOX_MAX = SLUIS_SEALED_MAX, WORDS_MAX = SLUIS_WORDS_MAX };

/* TEXT for whoever holds the secret half of PUBLIC_KEY, appended to BOX.  RC_TOO_LARGE
 * above WORDS_MAX; RC_MALFORMED for a key that is not 32 bytes, or no UTF-8. */
MUST rc words_seal(struct slice public_key, struct slice text, struct buf *box);

/* What BOX says to the desk of S, appended to OUT.  RC_BAD_DIGEST when it is not for us
 * or was changed. */
MUST rc words_open(struct sluis *s, struct slice box, struct buf *out);

/* Read the words in PATH ("-": stdin) into OUT; one line end at the end is dropped.
 * RC_TOO_LARGE, RC_MALFORMED (a NUL in it, or empty), RC_NOT_FOUND, RC_DISK. */
MUST rc words_read(const char *path, struct buf *out);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * checkpoint.h - the signed head of the journal (C2SP tlog-checkpoint).
 *
 * The note text is
 *
 *	<origin> newline <size in decimal, no leading zeros> newline <base64 root> newline
 *
 * followed by optional extension lines, which we neither write nor refuse.
 * Ed25519 is deterministic and the text holds no time, so one (size, root) has
 * one byte string: a head can be signed again after a crash without a second
 * statement coming into being.
 *
 * Pure.  Source: C2SP/C2SP tlog-checkpoint.md.
 */
#ifndef SLUIS_PROTO_CHECKPOINT_H
#define SLUIS_PROTO_CHECKPOINT_H

#include "proto/merkle.h"
#include "proto/note.h"

struct checkpoint {
	char        origin[NOTE_NAME_MAX + 1];
	uint64_t    size;
	struct hash root;
};

/* Append the text of the note: (V->name as origin, SIZE, ROOT). */
MUST rc checkpoint_text(const struct note_verifier *v, uint64_t size,
    const struct hash *root, struct buf *out);

/* Sign (V->name as origin, SIZE, ROOT) and append the note to OUT. */
MUST rc checkpoint_sign(const struct note_verifier *v, const uint8_t secret_key[64],
    uint64_t size, const struct hash *root, struct buf *out);

/* Verify NOTE with V and read it.  RC_BAD_NOTE if the signature, the form or the
 * origin (which must equal V->name) is wrong. */
MUST rc checkpoint_open(
    struct slice note, const struct note_verifier *v, struct checkpoint *ret);

/* Read NOTE without a key: whoever signed it, if anybody did.  RC_BAD_NOTE if the form is
 * wrong. */
MUST rc checkpoint_peek(struct slice note, struct checkpoint *ret);

#endif

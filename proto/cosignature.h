/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cosignature.h - a witness says: this is the largest tree of that log that I have seen,
 * and it continues every one I saw before (C2SP tlog-cosignature v1, Ed25519).
 *
 *	U+2014 SP <witness> SP base64(key id[4] || time[8] || signature[64]) newline
 *
 * signs "cosignature/v1\n" "time <Unix seconds>\n" and the whole text of the checkpoint.
 * A witness key is a struct note_verifier of type NOTE_COSIGNATURE: its key id differs
 * from that of a log, and what it signs begins otherwise, so a witness can never sign
 * a head by cosigning it.  The signed bytes do not hold the witness's name: one key may
 * not serve two names.
 *
 * Pure.  Source: C2SP/C2SP tlog-cosignature.md.
 */
#ifndef SLUIS_PROTO_COSIGNATURE_H
#define SLUIS_PROTO_COSIGNATURE_H

#include "proto/note.h"

enum { COSIGNATURE_LINE_MAX = NOTE_NAME_MAX + 128 };

/* Append the line with which W cosigns NOTE (a signed checkpoint) at TIME_S to OUT, which
 * is unchanged on failure.  RC_BAD_NOTE if NOTE has not the form of a signed note or
 * TIME_S is over 2^63 - 1, RC_CRYPTO if SECRET_KEY is not W's. */
MUST rc cosignature_make(const struct note_verifier *w, const uint8_t secret_key[64],
    struct slice note, uint64_t time_s, struct buf *out);

/* Check LINE (its newline taken off) against TEXT, the text of a checkpoint.
 * RC_NOT_FOUND when it is well-formed and of another key; RC_BAD_NOTE when it is
 * malformed, or is W's and does not hold. */
MUST rc cosignature_check(struct slice line, const struct note_verifier *w,
    struct slice text, uint64_t *ret_time_s);

/* The cosignature of W in NOTE; RC_NOT_FOUND when there is none, RC_BAD_NOTE when one of
 * W's does not hold or NOTE is malformed.  Of several, the latest time. */
MUST rc cosignature_find(
    struct slice note, const struct note_verifier *w, uint64_t *ret_time_s);

#endif

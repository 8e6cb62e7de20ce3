/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * forks.h - heads that cannot both be true, kept as evidence.
 *
 *	DIR/forks/SIZE-ROOT.checkpoint    a signed note; ROOT: 16 hex digits
 *
 * Two notes with the region's signature that no consistency proof can join convict it:
 * the files need nobody's word.  They are written once, and never removed by us.
 *
 * A broker that shows another history at each question fills no disk by it: two heads of
 * one size convict it, so a third is refused, and so is whatever comes after FORKS_MAX
 * notes of NOTE_MAX bytes.  What came first stays: it proves enough.
 */
#ifndef SLUIS_CLIENT_FORKS_H
#define SLUIS_CLIENT_FORKS_H

#include "proto/checkpoint.h"

enum { FORKS_MAX = 64, FORKS_OF_ONE_SIZE = 2 };

/* Keep NOTE, a head, in the party folder DIR; RC_BAD_NOTE if it is none, RC_TOO_LARGE if
 * it is beyond NOTE_MAX, RC_TOO_MANY if there is enough of it. */
MUST rc forks_keep(const char *dir, struct slice note);

/* Why CODE came of it: a msgid. */
const char *forks_reason(rc code);

/* Call EACH for the path of every note kept in DIR; stops at its first error. */
MUST rc forks_each(const char *dir, rc (*each)(void *arg, const char *path), void *arg);

#endif

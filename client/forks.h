/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * forks.h - heads that cannot both be true, kept as evidence.
 *
 *	DIR/forks/SIZE-ROOT.checkpoint    a signed note; ROOT: 16 hex digits
 *
 * Two notes with the region's signature that no consistency proof can join convict it:
 * the files need nobody's word.  They are written once, and never removed by us.
 */
#ifndef SLUIS_CLIENT_FORKS_H
#define SLUIS_CLIENT_FORKS_H

#include "proto/checkpoint.h"

/* Keep NOTE, a head, in the party folder DIR; RC_BAD_NOTE if it is none. */
MUST rc forks_keep(const char *dir, struct slice note);

/* Call EACH for the path of every note kept in DIR; stops at its first error. */
MUST rc forks_each(const char *dir, rc (*each)(void *arg, const char *path), void *arg);

#endif

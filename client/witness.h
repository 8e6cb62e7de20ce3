/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * witness.h - a party folder as a witness of the journal.
 *
 *	DIR/witness.json    the key, mode 0600, made when it is first needed; apart from
 *	                    the bound keys, and never rotated with them: whoever trusts a
 *	                    witness knows it by this key
 *	DIR/witnessed       the largest head that it cosigned, with its line
 *	DIR/witness.lock    one process at a time
 *
 * The witness signs a head only when it is proven to continue the last one that it signed
 * and to be of one history with what this folder saw, never a smaller one than it signed,
 * and writes down what it signs before it lets it go.
 * Only a key that the region's trust file names is asked for.
 *
 * Nothing here may hold up a request: whatever fails but a fork is left for next time.
 */
#ifndef SLUIS_CLIENT_WITNESS_H
#define SLUIS_CLIENT_WITNESS_H

#include "client/handle.h"
#include "proto/trust_policy.h"

struct witness_key {
	struct note_verifier key; /* ORIGIN/witness/NAME */
	uint8_t              secret[64];
};

/* The key of folder DIR, made if there is none: for ORIGIN, and NAME of the party.
 * RC_DISK; RC_CONFIG for a file that is none or that others may read, RC_BAD_NOTE when
 * NAME cannot be that of a key, RC_IN_USE when another process does not get done with
 * making it.  Nothing of a key is in *RET then. */
MUST rc witness_key_open(
    const char *dir, const char *origin, const char *name, struct witness_key *ret);
void witness_key_wipe(struct witness_key *k);

/* The verifier key of folder DIR, for the trust file. */
MUST rc witness_vkey(
    const char *dir, const char *origin, const char *name, char out[NOTE_VKEY_MAX]);

/* The region's trust file; *RET stays NULL when region.json names none, or it is not
 * there yet.  RC_CONFIG with the place in *E. */
MUST rc witness_trust(
    const struct region *r, struct trust_policy **ret, struct sluis_error *e);

/* Cosign the head that waits, if we may.  RC_FORKED when it is not of our history; other
 * codes only say that nothing was signed. */
MUST rc witness_step(struct sluis *s, unsigned timeout_ms);

/* What was cosigned is of a history that is no more: forget it (the notes stay in
 * forks/). */
MUST rc witness_start_again(const char *dir);

#endif

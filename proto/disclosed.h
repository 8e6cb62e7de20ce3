/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * disclosed.h - what a sender signs for each recipient of a submission.
 *
 * A Disclosure says: of the signal whose disclosure tree has this root, I, this desk, let
 * that recipient have what the rules of this convenant give it.  Its bytes travel on to
 * the recipient as they are, so nothing may be in them but what follows from the
 * submission: the broker makes the same bytes again and takes no others.
 *
 * Pure.
 */
#ifndef SLUIS_PROTO_DISCLOSED_H
#define SLUIS_PROTO_DISCLOSED_H

#include "proto/disclosure.h"

struct disclosed { /* of all recipients of one submission; owns */
	uint8_t                   seed[KEY_BYTES];
	size_t                    n;
	Sluis__SignedDisclosure **list;
};

/* Sign SIGNAL, which is the one in M, for every recipient of M, whose disclosures are not
 * looked at.  SECRET_KEY is libsodium's 64 bytes; SEED is random, and of this submission
 * alone.  *RET is empty on failure. */
MUST rc disclosed_sign(const Sluis__Submit *m, const ProtobufCMessage *signal,
    const uint8_t secret_key[64], const uint8_t seed[KEY_BYTES], struct disclosed *ret);
void    disclosed_wipe(struct disclosed *d);

/* Make M carry D, which it borrows: what M owned of that is freed. */
void disclosed_attach(Sluis__Submit *m, const struct disclosed *d);

/* M carries none any more; nothing is freed. */
void disclosed_detach(Sluis__Submit *m);

/*
 * RC_BAD_DISCLOSURE unless what M carries for its recipient I is exactly what the holder
 * of PUBLIC_KEY would sign for it, whatever the signal is: *RET_ROOT is what it says of
 * that, and *RET_SEED grows the tree that must have this root.
 */
MUST rc disclosed_check(const Sluis__Submit *m, size_t i,
    const uint8_t public_key[KEY_BYTES], struct short_hash *ret_root,
    uint8_t ret_seed[KEY_BYTES]);

/* RC_BAD_SIGNATURE unless SIG is PUBLIC_KEY's under the bytes of a DISCLOSURE. */
MUST rc disclosed_verify(
    struct slice disclosure, struct slice sig, const uint8_t public_key[KEY_BYTES]);

#endif

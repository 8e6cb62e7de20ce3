/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * disclosed.h - what a sender says to each recipient of a submission, and signs.
 *
 * A Disclosure says: of the signal whose disclosure tree has this root, I, this desk, let
 * that recipient have what the rules of this convenant give it.  Its bytes travel on to
 * the recipient as they are, so nothing may be in them but what follows from the
 * submission: the broker makes them from it again, and if it comes to another root than
 * the one that was signed, something in the submission is not what the sender meant.
 *
 * What a copy says of another has a name that only sender, broker and this recipient can
 * make or know, the first 16 bytes of
 *
 *	said      HMAC-SHA-256(request id, "said" || 00 || OIN of the recipient)
 *	corrects  that of the submission which is corrected, or, if none is,
 *	          HMAC-SHA-256(request id, "none" || 00 || OIN of the recipient)
 *
 * (the key is the 16 bytes of the id and 16 zeros), so who did not get the one does not
 * see that the other corrects it, and the broker cannot make a copy replace another that
 * the sender did not mean.
 *
 * Pure.
 */
#ifndef SLUIS_PROTO_DISCLOSED_H
#define SLUIS_PROTO_DISCLOSED_H

#include "proto/signing.h"

/* --- the sender ------------------------------------------------------------------ */

struct avowal { /* what a submission carries; a plain value */
	uint8_t           seed[KEY_BYTES];
	uint8_t           sig[SIG_BYTES];
	struct short_hash root; /* that is signed; not carried */
};

/* Sign SIGNAL, which is the one in M, for every recipient of M.  M is otherwise whole.
 * SECRET_KEY is libsodium's 64 bytes; SEED is random, and of this submission alone. */
MUST rc disclosed_sign(const Sluis__Submit *m, const ProtobufCMessage *signal,
    const uint8_t secret_key[64], const uint8_t seed[KEY_BYTES], struct avowal *ret);

/* Make M carry A, which it borrows: what M owned of that is freed. */
void disclosed_attach(Sluis__Submit *m, const struct avowal *a);

/* M carries none any more; nothing is freed. */
void disclosed_detach(Sluis__Submit *m);

/* --- one of several under one signature --------------------------------------------- */

enum { JOINT_MAX = SIGNING_PLACES };

struct joint {                    /* one of them; borrows from the SubmitMany */
	struct short_hash   said; /* disclosed_root() of it */
	struct signing_path path; /* from there to what was signed */
	struct slice        sig;
};

/* --- who makes it again ---------------------------------------------------------- */

struct disclosed; /* trees and words for all recipients of one submission */

/* Make it in MEM from M and the CONTENTS of its signal; it borrows all three.  RC_NOMEM;
 * RC_BAD_DISCLOSURE if M has no request id, or a false one that it corrects; RC_TOO_MANY
 * beyond 64 recipients. */
MUST rc disclosed_new(struct disclosed **ret, const Sluis__Submit *m,
    const struct contents *contents, const uint8_t seed[KEY_BYTES], struct scratch *mem);

/* What is to be signed. */
struct short_hash disclosed_root(const struct disclosed *d);

/* RC_BAD_DISCLOSURE unless what M carries is the signature of the holder of PUBLIC_KEY
 * under all that M says; or, if it is said JOINTLY with others (else NULL), unless that
 * is what it says and M carries none itself.  *RET is what it says, as
 * disclosed_new() makes it. */
MUST rc disclosed_check(const Sluis__Submit *m, const struct contents *contents,
    const uint8_t public_key[KEY_BYTES], const struct joint *jointly, struct scratch *mem,
    struct disclosed **ret);

/* The tree of the I-th recipient; D's own. */
const struct disclosure *disclosed_tree(const struct disclosed *d, size_t i);

/* Fill disclosure, sig, path and place of the I-th recipient's EVIDENCE, which borrows
 * them from D, which was checked. */
void disclosed_evidence(const struct disclosed *d, size_t i, Sluis__Evidence *evidence);

/* --- several submissions under one signature ---------------------------------------- */

/* Check the signature in M and take it apart: N of them to LIST.  RC_MALFORMED unless
 * there are 1 to JOINT_MAX submissions and as much is said; RC_BAD_DISCLOSURE. */
MUST rc joint_check(const Sluis__SubmitMany *m, const uint8_t public_key[KEY_BYTES],
    struct joint list[JOINT_MAX]);

/* Sign the N (1 to JOINT_MAX) roots in SAID as what is said together. */
MUST rc joint_sign(const struct short_hash *said, size_t n, const uint8_t secret_key[64],
    const uint8_t seed[KEY_BYTES], uint8_t ret_sig[SIG_BYTES]);

/* --- who got it ------------------------------------------------------------------ */

/* RC_BAD_SIGNATURE unless the signature in EVIDENCE is PUBLIC_KEY's under the Disclosure
 * in it, which is of VERSION (1: signed by itself). */
MUST rc disclosed_verify(const Sluis__Evidence *evidence, uint32_t version,
    const uint8_t public_key[KEY_BYTES]);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * signer.h - whose key signed it, and whether what came is what was signed.
 *
 * A journal entry names a key binding by its digest.  The binding itself is asked of the
 * broker once, checked against the anchors that region.json names, and kept in the store
 * of the party folder ("keys/<first half of its id>.binding"): from then on a kept
 * delivery is checked without anybody's help.  The broker cannot put another in its
 * place: the digest would differ, and no certificate of the sender would have signed it.
 *
 * Revocation is not looked at here: the broker does before it lets a key in, and the
 * entry says when that was.
 */
#ifndef SLUIS_CLIENT_SIGNER_H
#define SLUIS_CLIENT_SIGNER_H

#include "certs/binding.h"
#include "client/handle.h"
#include "proto/disclosure.h"

struct signature {                 /* a plain value */
	struct binding    signer;  /* its OIN, desk, key and certificate */
	uint64_t          made_ms; /* as the sender says */
	struct short_hash root;    /* of what it signed */
};

/* Check the signal in COPY, which D brought and check_delivery() let pass, against its
 * sender's signature.  RC_NOT_SIGNED; RC_CONFIG when region.json names no anchors;
 * RC_UNREACHABLE and others when the binding is not kept here and nobody answers. */
MUST rc signer_check(struct sluis *s, const Sluis__Delivery *d, const Sluis__Copy *copy,
    struct signature *ret);

#endif

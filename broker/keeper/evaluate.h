/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * evaluate.h - HMACs of identifiers in domains: the roots of pseudonyms and tokens.
 *
 *	info     = TLV(label) || domain || TLV(epoch)
 *	key, kid = HKDF-Expand-SHA256(root, info, 34 bytes)
 *	result   = kid || HMAC-SHA256(key, input)
 *
 * The label and the epoch are added here, and the domain must have exactly the elements
 * that the label stands for, so no question can be another's.  No derived key leaves.
 *
 * Owns a cache of derived keys.  Borrows the keyring and the token.  Threads: one.
 */
#ifndef SLUIS_BROKER_KEEPER_EVALUATE_H
#define SLUIS_BROKER_KEEPER_EVALUATE_H

#include "broker/keeper/keeper.h"

struct evaluator;

/* HSM (may be NULL) has the roots that the keyring does not.  RC_CONFIG if it has not. */
MUST rc evaluator_new(
    struct evaluator **ret, const struct keyring *keys, struct hsm *hsm);
void evaluator_destroy(struct evaluator **ep);

/* Fill E->ret.  RC_MALFORMED; RC_NOT_FOUND for an epoch that is not or that ended. */
MUST rc evaluate(struct evaluator *e, struct evaluation *what);

/* What tells the root of EPOCH (its place in the keyring) from any other, and nothing
 * else of it: HKDF-Expand-SHA256(root, TLV("epoch-mark/1", epoch), 32 bytes); zero for
 * one that ended. */
MUST rc evaluate_mark(struct evaluator *e, uint8_t epoch, uint8_t ret[EPOCH_MARK_BYTES]);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * encode.h - one decision as the four things that are made of it.
 *
 * In this order, for each uses what came before; the bytes are in S->mem, and the leaf
 * borrows.  Pure but for salts.
 */
#ifndef SLUIS_BROKER_DECISION_ENCODE_H
#define SLUIS_BROKER_DECISION_ENCODE_H

#include "broker/decision/decision.h"

/* What the recipient gets, from D->cut: D->copy, its salt and its digest.  RC_NOMEM;
 * RC_TOO_LARGE. */
MUST rc encode_copy(const struct submission *s, struct decision *d);

/* What the journal keeps apart and can erase: D->detail.  RC_NOMEM; RC_TOO_LARGE. */
MUST rc encode_detail(const struct submission *s, struct decision *d);

/* What the journal says for ever, without a person in it: D->leaf, but for what
 * journal_append() adds.  RC_LEAF_TOO_LARGE. */
MUST rc encode_leaf(const struct submission *s, struct decision *d);

/* What the sender is told: D->outcome, as outcome.h makes it of leaf and detail once they
 * are written. */
MUST rc encode_outcome(const struct submission *s, struct decision *d);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * check_signed.h - what a copy says, its sender signed.
 *
 * The broker stands between: it may take fields out and speak for some of them, and
 * nothing else.  Three steps, each on what the one before it found good:
 *
 *	disclosure   the sender's statement is about this exchange: this region,
 *	             sender, recipient, convenant, phase, purpose, case, whether it
 *	             enriches that, and about the time that the entry has
 *	signature    it stands under a root (proto/signing.h) that is signed with
 *	             the key of the binding that the entry names
 *	root         the copy, with what the broker speaks for left open, has the
 *	             root that was signed (proto/disclosure.h)
 *
 * Not signed by the sender, and so the broker's word: the values of statements, rules and
 * articles, obligations, the order of records, and that nothing more was given than taken
 * out.
 *
 * Pure.  Every failure is RC_NOT_SIGNED, its place in *E: a copy without a signature, or
 * with one that does not fit, is never "unsigned, fine".
 */
#ifndef SLUIS_CLIENT_CHECK_SIGNED_H
#define SLUIS_CLIENT_CHECK_SIGNED_H

#include "certs/binding.h"
#include "client/check.h"

struct signed_copy { /* borrowed */
	const Sluis__Leaf *leaf;
	const Sluis__Copy *copy; /* it has a signal */
};

/* The first step; the statement itself to *RET (message_destroy() it). */
MUST rc check_disclosure(
    const struct checker *c, const struct signed_copy *s, Sluis__Disclosure **ret);

/* The second: SIGNER is the binding that the entry names, itself checked for the time of
 * D. */
MUST rc check_signature(const struct checker *c, const struct signed_copy *s,
    const Sluis__Disclosure *d, const struct binding *signer);

/* That COPY, which was found good and has evidence, may take the place of OLD, an earlier
 * delivery to us by the same sender. */
MUST rc check_replaced(
    const struct checker *c, const Sluis__Copy *copy, const Sluis__Copy *old);

/* The third. */
MUST rc check_root(
    const struct checker *c, const struct signed_copy *s, const Sluis__Disclosure *d);

#endif

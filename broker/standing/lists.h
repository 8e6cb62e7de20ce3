/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * lists.h - anchors and revocation lists: read, compared with those of before, told.
 *
 * An older list that is put back would give every desk that was revoked since its
 * standing again.  So the state keeps, of each issuer, the number of the newest list that
 * was ever in force (trust_remember()), in the transaction that tells the journal of it.
 * At a reload an older one is refused and the one before stands; at a start there is none
 * before, so the broker does not start.  The way on is a list that is not older, or, for
 * an authority that counts anew, the operator's word: `sluisd --accept-lists`, which the
 * journal tells.
 */
#ifndef SLUIS_BROKER_STANDING_LISTS_H
#define SLUIS_BROKER_STANDING_LISTS_H

#include "broker/broker.h"
#include "broker/why.h"

/* Read what C names.  RC_CRL_MISSING, RC_NOT_FOUND, RC_DISK, as trust_load(); TEXT says
 * then which file it is, and why. */
MUST rc lists_load(const struct config *c, struct trust **ret, char text[WHY_MAX]);

/* At the start, when the state is open: may B->trust take the place of what was in force?
 * RC_CONFIG if its lists are older, which the journal and the log then say; also when
 * older ones are accepted that are not. */
MUST rc lists_admit(struct broker *b);

/* The same for sluisd -t: the state is looked at without opening it, as far as a running
 * broker has brought it to its file.  RC_CONFIG if the lists are older, which the log
 * says. */
MUST rc lists_check(const struct broker *b);

/* B->trust is in force: tell the journal, and keep which lists these are, in the open
 * transaction.  With ANCHORS these are new, too. */
MUST rc lists_tell(struct broker *b, bool anchors);

/* Warn in the log of what of B->trust ends: each anchor and list by itself, at the steps
 * of ending.h, and each hour of the last day of a list.  Opens no transaction. */
void lists_warn(struct broker *b);

/* That newer ones were refused with CODE, in the open transaction. */
MUST rc lists_tell_refused(struct broker *b, rc code);

#endif

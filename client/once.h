/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * once.h - what a sender signed once is delivered once.
 *
 * No two signals have one root: the tree is full of its sender's randomness.  So a copy
 * that comes again under another delivery id, with an entry of its own, is the broker's
 * doing: the sender did not say it twice.  Much later its date tells (check_signed.h);
 * for the time until then the store remembers which delivery brought what was signed
 * ("inbox/<beginning of the root>.signed", with the delivery id as content).
 *
 * It is no personal data, and stays when the delivery is erased.
 */
#ifndef SLUIS_CLIENT_ONCE_H
#define SLUIS_CLIENT_ONCE_H

#include "client/signer.h"

/* RC_NOT_SIGNED if another delivery than ID that is or was kept here brought the same. */
MUST rc once_check(
    struct sluis *s, const uint8_t id[ID_BYTES], const struct signature *signature);

/* Remember that the delivery ID brought it, and is kept. */
MUST rc once_mark(
    struct sluis *s, const uint8_t id[ID_BYTES], const struct signature *signature);

#endif

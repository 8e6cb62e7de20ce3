/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * reload.h - what SIGHUP asks for: anchors and lists, the policy, the trust file.
 *
 * New lists count at once, so a desk that they name is cut off whatever the disk does; a
 * policy only when it is stored.  What the disk has no room for is done again at later
 * turns until it is there, and the journal then tells all of it: also who lost its
 * standing when the lists came.
 */
#ifndef SLUIS_BROKER_STANDING_RELOAD_H
#define SLUIS_BROKER_STANDING_RELOAD_H

#include "broker/broker.h"

/* Do what *ASKED (which is cleared) and earlier calls have left to do.  RC_DISK_FULL:
 * roll back; it is tried again by a later call. */
MUST rc reload_some(struct broker *b, volatile sig_atomic_t *asked);

#endif

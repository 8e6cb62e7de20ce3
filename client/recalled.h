/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * recalled.h - which kept deliveries have to be destroyed, and who says so.
 *
 * A delivery is marked by the notice of its recall or by the copy that corrects it.
 * Nothing is erased on a broker's word alone: the journal must hold the recall of that
 * very release, and only who sent a copy corrects it.
 */
#ifndef SLUIS_CLIENT_RECALLED_H
#define SLUIS_CLIENT_RECALLED_H

#include "client/handle.h"

/* Mark what D, whose checked copy is COPY, wants destroyed; also when D is only looked
 * at. RC_BAD_PROOF: it corrects what somebody else sent. */
MUST rc recalled_mark(struct sluis *s, const Sluis__Delivery *d, const Sluis__Copy *copy);

/* Whether the marked delivery ID may be erased; asks the broker for the entry of its
 * recall.  RC_NOT_FOUND: not marked.  RC_BAD_PROOF: the journal holds no recall of it. */
MUST rc recalled_check(struct sluis *s, const uint8_t id[ID_BYTES], unsigned timeout_ms);

/* The delivery ID as it is kept here (message_destroy() it). */
MUST rc recalled_read(struct sluis *s, const uint8_t id[ID_BYTES], Sluis__Delivery **ret);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/* send.h - the half of sending that a request sent again goes through too. */
#ifndef SLUIS_CLIENT_SEND_H
#define SLUIS_CLIENT_SEND_H

#include "client/request.h"
#include "proto/disclosed.h"

/* A submission that is signed and kept, on its way. */
struct outgoing { /* owns */
	Sluis__Signal     *signal;
	Sluis__Recipient **recipients;
	struct buf         bytes; /* of the signal */
	struct avowal      avowal;
	struct request     r;
	Sluis__Head        head;
	Sluis__Submit      body; /* borrows from all of these, and from what was asked */
};

void outgoing_wipe(struct outgoing *o);

/* Read, sign and keep WHAT, which must outlive *O; outgoing_wipe() it also on failure. */
MUST rc outgoing_make(
    struct sluis *s, const struct sluis_submission *what, struct outgoing *o);

/* Ask the signed R, which is WHAT; check every receipt, keep and describe the answer. */
MUST rc send_ask(struct sluis *s, const Sluis__Submit *what, const struct request *r,
    unsigned timeout_ms, struct sluis_result **ret);

/* Check every receipt in the *ANSWER to R, which is WHAT; keep and describe it. */
MUST rc send_take(struct sluis *s, const Sluis__Submit *what, const struct request *r,
    Sluis__Answer **answer, struct sluis_result **ret);

#endif

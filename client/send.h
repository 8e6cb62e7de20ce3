/* SPDX-License-Identifier: EUPL-1.2 */
/* send.h - the half of sending that a request sent again goes through too. */
#ifndef SLUIS_CLIENT_SEND_H
#define SLUIS_CLIENT_SEND_H

#include "client/request.h"

/* Ask the signed R, which is WHAT; check every receipt, keep and describe the answer. */
MUST rc send_ask(struct sluis *s, const Sluis__Submit *what, const struct request *r,
    unsigned timeout_ms, struct sluis_result **ret);

#endif

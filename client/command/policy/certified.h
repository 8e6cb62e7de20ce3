/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * certified.h - which parties of a policy hold a certificate that would be accepted now.
 *
 * A folder is searched for chains: DIR/NAME.pem and DIR/NAME/chain.pem, as a region on
 * disk has them.  Each is checked as the broker would (certs/trust.h).
 */
#ifndef SLUIS_CLIENT_COMMAND_POLICY_CERTIFIED_H
#define SLUIS_CLIENT_COMMAND_POLICY_CERTIFIED_H

#include "certs/trust.h"
#include "policy/policy.h"

/* Warn in F of every party of P for which DIR has no chain that counts at NOW_S (Unix
 * seconds).  RC_NOT_FOUND: no such folder; RC_NOMEM. */
MUST rc certified_check(const struct policy *p, const struct trust *trust,
    const char *dir, int64_t now_s, struct findings *f);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * duties.h - obligations as people read them.
 *
 * A copy brings their texts in Dutch, the language of the convenants, as the broker's
 * policy has them.  For other readers the policy at hand translates, where it has the
 * same obligation word for word; else the Dutch stays, for it is what was agreed.
 */
#ifndef SLUIS_CLIENT_COMMAND_DUTIES_H
#define SLUIS_CLIENT_COMMAND_DUTIES_H

#include "client/command/cli.h"

struct policy;

/* The policy that translates the N texts of LIST; NULL where none is to be translated, or
 * no policy is at hand.  policy_destroy() it. */
struct policy *duties_policy(
    struct cli *cli, size_t n, const struct sluis_obligation *list);

/* The N obligations of LIST, each on a line that begins with INDENT.  P may be NULL. */
void duties_show(struct cli *cli, const struct policy *p, const char *indent, size_t n,
    const struct sluis_obligation *list);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * desks.h - desks as a verb was given them, ready for a request.
 *
 * Owns nothing; the messages point into it, so it may not be copied.
 */
#ifndef SLUIS_CLIENT_COMMAND_CASE_DESKS_H
#define SLUIS_CLIENT_COMMAND_CASE_DESKS_H

#include "client/command/cli.h"
#include "client/command/names.h"

struct desks {
	size_t            n;
	struct named      named[NAMED_MAX];
	Sluis__Recipient  items[NAMED_MAX];
	Sluis__Recipient *list[NAMED_MAX]; /* points at items */
};

/* Resolve LIST (names.h), the value of option WHERE ("--to"); complains on failure. */
MUST rc desks_read(struct cli *cli, const struct sluis *s, const char *where,
    const char *list, struct desks *ret);

/* Add the desk (OIN, DESK); RC_TOO_MANY. */
MUST rc desks_add(struct desks *a, const char *oin, const char *desk);

#endif

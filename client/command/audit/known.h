/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * known.h - values that a journal or a policy names, to tell one that nobody knows.
 *
 * A filter for a convenant that does not exist would find nothing, and nothing looks like
 * an answer.  So every value that is met is kept here (the first KNOWN_MAX of them), and
 * what was never met is a usage error that says what there is.
 */
#ifndef SLUIS_CLIENT_COMMAND_AUDIT_KNOWN_H
#define SLUIS_CLIENT_COMMAND_AUDIT_KNOWN_H

#include "client/command/cli.h"
#include "policy/policy.h"
#include "policy/read/near.h"

enum { KNOWN_MAX = 512 };

struct known { /* zeroed to begin with */
	size_t n;
	char  *names[KNOWN_MAX]; /* owned */
};

void known_wipe(struct known *k);

/* Add a copy of NAME unless it is empty or there already; RC_NOMEM. */
MUST rc known_add(struct known *k, const char *name);

/* A name_at. */
const char *known_at(const void *known, size_t i);

/* Complain that option NAME has a VALUE that is not among NAMES; P (may be NULL) helps to
 * guess what was meant.  Returns RC_USAGE. */
rc known_complain(struct cli *cli, const struct policy *p, const char *name,
    const char *value, name_at names, const void *arg);

#endif

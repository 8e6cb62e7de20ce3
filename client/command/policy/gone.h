/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * gone.h - details that are not there, and the entries that say why.
 *
 * A detail may be erased, by request or by time; its entry stays and still commits to it.
 * An EVENT_ERASED then names it: `refers_to` the first, `count` how many.  It comes later
 * in the journal, so what is missing is remembered, one bit an entry, until the end: what
 * is missing then and was not erased was kept from us.
 */
#ifndef SLUIS_CLIENT_COMMAND_POLICY_GONE_H
#define SLUIS_CLIENT_COMMAND_POLICY_GONE_H

#include "proto/bytes.h"
#include "proto/rc.h"

struct gone {           /* zeroed to begin with */
	uint64_t  n;    /* missing, and not known to be erased */
	size_t    room; /* words */
	uint64_t *bits; /* owned */
};

void gone_wipe(struct gone *g);

/* Entry INDEX with LEAF has DETAIL (n 0: none, or it is missing).  RC_BAD_DIGEST when it
 * has another than the leaf commits to, RC_BAD_TREE when the leaf is none. */
MUST rc gone_take(struct gone *g, uint64_t index, struct slice leaf, struct slice detail);

/* The first that is missing and was not erased; false: there is none. */
bool gone_first(const struct gone *g, uint64_t *ret);

#endif

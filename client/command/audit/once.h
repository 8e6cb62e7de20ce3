/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * once.h - what was counted before, so that nothing is counted twice.
 *
 * A key is a kind, an id and a party; what is kept of it is its hash and the number it
 * was given.
 *
 * Owns what it keeps.  One thread.
 */
#ifndef SLUIS_CLIENT_COMMAND_AUDIT_ONCE_H
#define SLUIS_CLIENT_COMMAND_AUDIT_ONCE_H

#include "proto/bytes.h"
#include "proto/rc.h"

struct once { /* zero is empty */
	void  *root;
	size_t n;
};

void once_wipe(struct once *o);

/* What (KIND, ID, PARTY) was given before, in *RET and *RET_NEW false; or it is new, and
 * given NUMBER. */
MUST rc once_add(struct once *o, char kind, struct slice id, const char *party,
    uint64_t number, uint64_t *ret, bool *ret_new);

#endif

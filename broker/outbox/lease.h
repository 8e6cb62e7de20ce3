/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * lease.h - which copies of one desk somebody works on, and until when.
 *
 * A list by number.  When the first of them may end is known, so that nobody looks
 * through them before.
 *
 * Owns: its list.
 */
#ifndef SLUIS_BROKER_OUTBOX_LEASE_H
#define SLUIS_BROKER_OUTBOX_LEASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/rc.h"

struct lease {
	uint64_t seq, until_ms;
};

struct leases { /* valid when all zero */
	size_t        n, cap;
	uint64_t      soonest_ms; /* none ends before */
	struct lease *list;       /* by seq; owned */
};

void leases_wipe(struct leases *l);

/* There are none. */
void leases_clear(struct leases *l);

bool leases_have(const struct leases *l, uint64_t seq);

/* SEQ is leased until UNTIL_MS, whatever it was.  RC_NOMEM. */
MUST rc leases_put(struct leases *l, uint64_t seq, uint64_t until_ms);

/* SEQ is not leased. */
void leases_drop(struct leases *l, uint64_t seq);

/* Drop those that have ended by NOW_MS; whether there were any. */
bool leases_end(struct leases *l, uint64_t now_ms);

/* No lease ends before; UINT64_MAX: there is none. */
uint64_t leases_soonest(const struct leases *l);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * replay.h - an auditor reads the whole journal and computes its root again.
 *
 * The head to reach is the one that comes with the first read (reading adds entries of
 * its own, which stand after it).  On the way the root is compared with the head that
 * this folder saw last, at that size: the whole history is then known to continue it.
 */
#ifndef SLUIS_CLIENT_COMMAND_POLICY_REPLAY_H
#define SLUIS_CLIENT_COMMAND_POLICY_REPLAY_H

#include "client/handle.h"

/* Called for each entry in order; what it returns stops the replay unless RC_OK. */
typedef rc (*entry_visitor)(void *arg, const struct sluis_entry *entry, uint64_t size);

struct replay {
	unsigned      timeout_ms; /* for each read */
	entry_visitor visit;
	void         *arg;
	/* Entries that are known already, of a tree that was verified: the reading begins
	 * behind them.  Zeroed: none. */
	struct merkle_frontier start;
	/* out */
	struct checkpoint head;
	char              note[NOTE_MAX]; /* the signed head as text */
};

/* RC_BAD_TREE, RC_BAD_DIGEST, RC_FORKED or why reading failed, also in S's last error. On
 * success the head is kept as the last one seen. */
MUST rc replay_journal(struct sluis *s, struct replay *r);

#endif

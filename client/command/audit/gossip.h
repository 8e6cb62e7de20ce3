/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * gossip.h - do all the heads that we can lay hands on tell one history?
 *
 * Heads come from this party folder, from files and folders of others, and from the
 * broker, which has to prove that its newest head continues each of them.  A signed head
 * that it does not continue is another history.  A head that fell into a gap which the
 * journal itself names (EVENT_RESTORED) is told apart from that.
 *
 * Owns the notes.  Borrows the handle.
 */
#ifndef SLUIS_CLIENT_COMMAND_AUDIT_GOSSIP_H
#define SLUIS_CLIENT_COMMAND_AUDIT_GOSSIP_H

#include "client/handle.h"
#include "proto/trust_policy.h"

enum { GOSSIP_MAX = 256, GOSSIP_WHERE_MAX = 256 };

enum gossip_standing {
	GOSSIP_UNKNOWN, /* the broker was not there to say */
	GOSSIP_ONE,     /* the beginning of the broker's newest head */
	GOSSIP_LOST,    /* not, and the journal names the gap it fell into */
	GOSSIP_OTHER,   /* not, and nothing explains it */
};

struct gossip_gap { /* what the EVENT_RESTORED entry says */
	bool        there;
	uint64_t    index, restored, missing;
	struct hash root;
};

struct gossip_head {
	char                 where[GOSSIP_WHERE_MAX]; /* a path or a msgid */
	bool                 own;                     /* what this folder saw last */
	bool                 kept;                    /* evidence of before */
	struct buf           note;                    /* owned */
	struct checkpoint    head;
	enum gossip_standing standing;
	struct gossip_gap    gap;     /* GOSSIP_LOST */
	struct trust_verdict verdict; /* who cosigned, where there is a trust file */
};

struct gossip {
	struct sluis        *s;
	unsigned             timeout_ms;
	struct trust_policy *trust;     /* NULL: the region has none */
	rc                   reached;   /* whether the broker was */
	size_t               n, newest; /* newest: index of the broker's, if reached */
	struct gossip_head   heads[GOSSIP_MAX];
	uint64_t agree;  /* how many entries all share, by the gap; 0: not known */
	uint64_t differ; /* the smallest size that is not shared; 0: none */
};

/* Heads of S's own folder.  The codes of reading; RC_BAD_NOTE for a file that the region
 * did not sign, told in S's last error. */
MUST rc gossip_begin(struct gossip *g, struct sluis *s, unsigned timeout_ms);

/* Those in PATH: a note, a receipt, a party folder or an export.  RC_NOT_FOUND without
 * any. */
MUST rc gossip_add(struct gossip *g, const char *path);

/* Those of the broker, and what it can prove of the others.  RC_OK also where the broker
 * is not there: see G->reached. */
MUST rc gossip_ask(struct gossip *g);

/* The head that this folder saw last, NULL if none. */
const struct gossip_head *gossip_own(const struct gossip *g);

/* Whether two histories were found.  A head lost in a named gap counts as one, unless
 * this folder has gone on from there. */
bool gossip_is_fork(const struct gossip *g);

/* Keep the notes of both histories in the party folder; RC_TOO_MANY where there was no
 * room for one (forks.h). */
MUST rc gossip_keep(const struct gossip *g);

/* Take the gap that the journal names: this folder goes on from the newest head.
 * RC_FORKED when no gap explains what it saw. */
MUST rc gossip_accept(struct gossip *g);

void gossip_wipe(struct gossip *g);

#endif

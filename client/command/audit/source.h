/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * source.h - where an auditor reads entries from: the broker, or a folder.
 *
 *	AUTO(source_wipe) struct source src = {0};
 *	TRY_STATUS(source_open(cli, &src));
 *	TRY_STATUS(source_walk(&src, visit, arg));
 *	... what VISIT gathered may be said now
 *
 * Without --tiles the whole journal is read from the broker as an auditor (replay.h; each
 * read is an entry of its own, after the head that is read up to); with --tiles DIR it is
 * read from an export (tiles.h), and nothing is asked of anybody.  Either way it is
 * verified while it is read: nothing that VISIT was handed has been proven before
 * source_walk() returns RC_OK, so nothing of it may be told before.
 *
 * A verb that reads through a source has SOURCE_OPTIONS among its options.
 *
 * Owns its handle.  One thread.
 */
#ifndef SLUIS_CLIENT_COMMAND_AUDIT_SOURCE_H
#define SLUIS_CLIENT_COMMAND_AUDIT_SOURCE_H

#include "client/command/audit/vouch.h"
#include "client/command/cli.h"
#include "client/command/policy/replay.h"

#define SOURCE_OPTIONS                                                                 \
	{"tiles", "DIR", N_("an exported journal, instead of asking the broker")},     \
	{                                                                              \
		"key", "VKEY",                                                         \
		    N_("the verifier key (with --tiles; default: that of the region)") \
	}

struct source {
	struct cli   *cli; /* borrowed */
	struct sluis *s;   /* owned; with a folder only for names, NULL without a party */
	const char   *dir; /* borrowed; NULL: the broker */
	struct vouch  trust;      /* whom to believe about a folder; owned */
	const char   *checkpoint; /* borrowed; another head than the folder's, or NULL */
	struct merkle_frontier start; /* live: only the entries behind these (replay.h) */
	/* set by a walk */
	struct checkpoint head;
	struct vouched    trusted; /* who vouches for a folder, and for how much of it */
	char              note[NOTE_MAX]; /* the signed head as text; live only */
};

/* What the command line asks for; complains.  *RET is to be wiped in any case. */
MUST rc source_open(struct cli *cli, struct source *ret);

void source_wipe(struct source *src);

/*
 * Hand every entry in order to VISIT (may be NULL: only verify) and verify the whole.
 * What VISIT returns stops the walk unless RC_OK.  Complains, also about that, except
 * about RC_USAGE from VISIT, which has complained itself.  SIZE of the visitor is the
 * number of entries that will come; the entry lives as long as the call.
 */
MUST rc source_walk(struct source *src, entry_visitor visit, void *arg);

#endif

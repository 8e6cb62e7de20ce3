/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * vouch.h - whose signed head a verification takes for good.
 *
 *	--key VKEY       whoever signed with this key: the log alone
 *	--trust FILE     a trust file (C2SP tlog-policy): one of its logs, and its
 *	                 quorum of witnesses; without that it does not verify
 *	neither          the key of the region of the party folder; its witnesses
 *	                 are counted where the region names them, and not asked for
 *
 * What is checked with an option needs no party folder and no broker.
 *
 * Owns the trust file's content.  One thread.
 */
#ifndef SLUIS_CLIENT_COMMAND_AUDIT_VOUCH_H
#define SLUIS_CLIENT_COMMAND_AUDIT_VOUCH_H

#include "client/command/cli.h"
#include "proto/trust_policy.h"

#define TRUST_OPTION                                                                \
	{                                                                           \
		"trust", "FILE",                                                    \
		    N_("the trust file of the region: its witnesses have to agree") \
	}

struct vouch {
	bool                 has_log; /* it is the one that must have signed */
	struct note_verifier log;
	struct trust_policy *policy; /* owned; NULL: a key alone */
	bool                 demands_quorum;
};

/* What the command line asks for; complains.  Wipe *RET in any case. */
MUST rc vouch_open(struct cli *cli, struct vouch *ret);
void    vouch_wipe(struct vouch *t);

/* How a head is vouched for. */
struct vouched {
	struct checkpoint head;
	bool              counted;     /* the rest means something */
	size_t            n_witnesses; /* that the trust file names */
	size_t            n_cosigned;  /* of those */
	bool              quorum;
};

/* Judge NOTE.  RC_BAD_NOTE; RC_NO_QUORUM when that was demanded, *RET filled in. */
MUST rc vouch_judge(const struct vouch *t, struct slice note, struct vouched *ret);

/* Print who vouches for it, where that is known. */
void vouch_tell(struct cli *cli, const struct vouched *t);

/* The same as members of JSON object O. */
void vouch_json(json_t *o, const struct vouched *t);

#endif

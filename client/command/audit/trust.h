/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * trust.h - whose signed head a verification takes for good.
 *
 *	--key VKEY       this verifier key
 *	neither          the key of the region of the party folder
 *
 * What is checked with a key from the command line needs no party folder and no broker.
 *
 * Owns nothing.  One thread.
 */
#ifndef SLUIS_CLIENT_COMMAND_AUDIT_TRUST_H
#define SLUIS_CLIENT_COMMAND_AUDIT_TRUST_H

#include "client/command/cli.h"
#include "proto/checkpoint.h"

struct trust {
	struct note_verifier log;
};

/* What the command line asks for; complains. */
MUST rc trust_open(struct cli *cli, struct trust *ret);

#endif

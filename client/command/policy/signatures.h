/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * signatures.h - who signed a policy folder, and whether that is enough.
 *
 * The same question that the broker answers for itself (broker/standing/adopt.h), asked
 * before anybody is bothered with an answer that can be known.
 */
#ifndef SLUIS_CLIENT_COMMAND_POLICY_SIGNATURES_H
#define SLUIS_CLIENT_COMMAND_POLICY_SIGNATURES_H

#include "certs/endorsement.h"
#include "client/command/cli.h"
#include "policy/approval.h"
#include "policy/read/files.h"

struct signatures_ask {      /* borrowed */
	const char *dir;     /* the candidate */
	const char *anchors; /* files in PEM */
	const char *crl;
	const char
	        *in_force; /* the folder of the policy in force, NULL: none, or unknown */
	uint64_t version;  /* of the policy in force; 0: that of the folder */
};

struct signatures {
	struct policy_files  files;
	struct policy       *policy;                       /* owned */
	struct policy       *in_force;                     /* owned, or NULL */
	rc                   codes[POLICY_SIGNATURES_MAX]; /* per file: does it count? */
	size_t               n, n_unfit; /* that count; that are under another text */
	struct endorsement   given[POLICY_SIGNATURES_MAX]; /* of those that count */
	struct signer        signers[POLICY_SIGNATURES_MAX];
	struct approval_case question;
	rc code; /* RC_OK: it may take effect; RC_NOT_APPROVED, RC_NOT_NEWER */
};

/* Read everything and judge; complains on failure, and of a folder that is no policy. */
MUST rc signatures_read(
    struct cli *cli, const struct signatures_ask *ask, struct signatures **ret);
void signatures_destroy(struct signatures **sp);

/* The lists and whether they are met, as a table or as JSON; with ALL, and in JSON, also
 * who signed and who did not. */
void    signatures_print(struct cli *cli, const struct signatures *s, bool all);
json_t *signatures_json(const struct signatures *s);

#endif

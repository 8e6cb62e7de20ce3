/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * shipped.h - where the files are that come with sluis: the policy, and sluisd.
 *
 * Policy: --policy, else SLUIS_POLICY_DIR, else the installed folder, else the source
 * tree that this command was built from.
 * sluisd: --sluisd, else SLUIS_SLUISD, else beside this command (also in a build
 * tree: ../broker/sluisd), else PATH.
 */
#ifndef SLUIS_CLIENT_COMMAND_SHIPPED_H
#define SLUIS_CLIENT_COMMAND_SHIPPED_H

#include "client/command/cli.h"
#include "client/command/names.h"
#include "client/folder.h"
#include "policy/policy.h"

/* The folder of the policy; complains when there is none. */
MUST rc shipped_policy(struct cli *cli, char out[FILE_PATH_MAX]);
bool    shipped_policy_quietly(struct cli *cli, char out[FILE_PATH_MAX]);

/* The path of sluisd; complains when there is none. */
MUST rc shipped_sluisd(struct cli *cli, char out[FILE_PATH_MAX]);

/* policy_load(); RC_NOT_FOUND where there is no such folder, RC_USAGE where it is a file.
 */
MUST rc policy_read(const char *dir, struct policy **ret, struct findings *findings);

/* Load DIR; every finding to stderr when it is refused. */
MUST rc policy_open(struct cli *cli, const char *dir, struct policy **ret);

/* Print findings, one a line: file:line:column: text. */
void findings_print(struct cli *cli, FILE *to, const struct findings *f);

/* The same as a list of {file, line, column, fatal, text}. */
json_t *findings_json(const struct findings *f);

/* For struct directory: ARG is a struct role_lookup; the policy is loaded at the first
 * question. */
struct role_lookup {
	struct cli    *cli;
	struct policy *policy; /* owned; policy_destroy() it */
};
const char *role_lookup(void *arg, const char *text);

#endif

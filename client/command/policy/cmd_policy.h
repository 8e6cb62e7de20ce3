/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_policy.h - the verbs of `sluis policy`, a file each: cmd_policy_VERB.c.
 *
 * Each reads its options from CLI, prints, and returns the exit status.
 */
#ifndef SLUIS_CLIENT_COMMAND_POLICY_CMD_POLICY_H
#define SLUIS_CLIENT_COMMAND_POLICY_CMD_POLICY_H

#include "client/command/cli.h"

extern const struct option options_policy_check[];
int                        run_policy_check(struct cli *cli);

extern const struct option options_policy_diff[];
int                        run_policy_diff(struct cli *cli);

extern const struct option options_policy_explain[];
int                        run_policy_explain(struct cli *cli);

extern const struct option options_policy_matrix[];
int                        run_policy_matrix(struct cli *cli);

extern const struct option options_policy_prove[];
int                        run_policy_prove(struct cli *cli);

extern const struct option options_policy_test[];
int                        run_policy_test(struct cli *cli);

extern const struct option options_policy_sign[];
int                        run_policy_sign(struct cli *cli);

extern const struct option options_policy_signatures[];
int                        run_policy_signatures(struct cli *cli);

extern const struct option options_policy_apply[];
int                        run_policy_apply(struct cli *cli);

extern const struct option options_policy_route[];
int                        run_policy_route(struct cli *cli);

extern const struct option options_policy_routes[];
int                        run_policy_routes(struct cli *cli);

#endif

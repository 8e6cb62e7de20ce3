/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * gates.h - what a policy must pass before it is brought to a broker.
 *
 * `sluis policy prove` and `sluis policy test`, as they are, on the folder that is to be
 * applied.  A folder without invariants, or without cases, passes that gate.
 */
#ifndef SLUIS_CLIENT_COMMAND_GATES_H
#define SLUIS_CLIENT_COMMAND_GATES_H

#include "client/command/cli.h"

/* 0, or the exit status of the gate that CLI's policy (its first argument) did not pass,
 * after its report went to stderr (with --json: nothing); *RET_ADVICE is then how to see
 * that report again, a msgid. */
int gates_pass(struct cli *cli, const char **ret_advice);

#endif

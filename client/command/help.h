/* SPDX-License-Identifier: EUPL-1.2 */
/* help.h - help texts from the tables of verbs. */
#ifndef SLUIS_CLIENT_COMMAND_HELP_H
#define SLUIS_CLIENT_COMMAND_HELP_H

#include "client/command/cli.h"

/* Help about the chosen verb or noun, or about everything; returns 0. */
int help_print(struct cli *cli);
int help_print_to(struct cli *cli, FILE *to);

#endif

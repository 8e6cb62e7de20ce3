/* SPDX-License-Identifier: EUPL-1.2 */
/* erase_run.h - the verb that erases what is kept here; inbox and signal share it. */
#ifndef SLUIS_CLIENT_COMMAND_ERASE_RUN_H
#define SLUIS_CLIENT_COMMAND_ERASE_RUN_H

#include "client/command/cli.h"

int erase_run(struct cli *cli);

#endif

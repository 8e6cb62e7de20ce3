/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * configured.h - the keeper as the configuration has it: of sluisd, and of the tools that
 * need the keys.
 */
#ifndef SLUIS_BROKER_KEEPER_CONFIGURED_H
#define SLUIS_BROKER_KEEPER_CONFIGURED_H

#include "broker/config.h"
#include "broker/keeper/keeper.h"

/* keeper_start() with the keys file and the token of C; it becomes USER, NULL: it stays
 * who it is.  The caller destroys *RET.  Why not is logged, with the file and what is
 * wrong with it. */
MUST rc keeper_configured(
    struct keeper **ret, const struct config *c, unsigned n_lines, const char *user);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/* revoke.h - ending a certificate: a new revocation list, and a broker that reads it. */
#ifndef SLUIS_CLIENT_COMMAND_REVOKE_H
#define SLUIS_CLIENT_COMMAND_REVOKE_H

#include "client/command/cli.h"

extern const struct option options_revoke[]; /* --ca, --demo */

/* Revoke the certificate in the party folder DIR; the exit status. */
int revoke_folder(struct cli *cli, const char *dir);

#endif

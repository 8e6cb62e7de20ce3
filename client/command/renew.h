/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * renew.h - the next revocation list of a small authority, when nobody is revoked.
 *
 * A list has an end, and after it a broker accepts nobody.  Who is on the list stays on
 * it; only its number and its dates are new.
 */
#ifndef SLUIS_CLIENT_COMMAND_RENEW_H
#define SLUIS_CLIENT_COMMAND_RENEW_H

#include "client/command/cli.h"

enum { CRL_DAYS = 30 }; /* of every list that a command makes */

/* Sign the next list of the authority in DIR; the exit status. */
int renew_list(struct cli *cli, const char *dir);

#endif

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
#include "client/region.h"

enum { CRL_DAYS = 30 }; /* of every list that a command makes */

/* Why CODE came of changing the authority in DIR: a msgid, and the file WHERE; NULL if it
 * is none of its files. */
const char *renew_obstacle(rc code, const char *dir, char where[FILE_PATH_MAX]);

/* The same about opening it, or with OPENED (it is not the key, then) about making its
 * next list: WHERE is DIR, or a file of it; NULL if the code says it all. */
const char *renew_fault(rc code, const char *dir, bool opened, char where[FILE_PATH_MAX]);

/* Sign the next list of the authority in DIR; the exit status. */
int renew_list(struct cli *cli, const char *dir);

#endif

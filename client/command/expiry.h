/* SPDX-License-Identifier: EUPL-1.2 */
/* expiry.h - that a desk's keys or certificate end soon, while there is time to act. */
#ifndef SLUIS_CLIENT_COMMAND_EXPIRY_H
#define SLUIS_CLIENT_COMMAND_EXPIRY_H

#include "client/command/cli.h"

enum { EXPIRY_DAYS = 30 };

/* Whole days from NOW_MS until END_MS, if those are less than EXPIRY_DAYS; else -1. */
int expiry_days(uint64_t now_ms, uint64_t end_ms);

/* Say so on stderr for the party folder DIR; not with --json or --quiet.  What cannot be
 * read is somebody else's to tell. */
void expiry_warn(struct cli *cli, const char *dir);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * why.h - a file that could not be used, in words an administrator can act on.
 *
 * A result code says what kind of thing went wrong.  It does not say that somebody
 * else may read the keys, or that the daemon's user may not: that is asked of the
 * file itself, after the fact, and only for the log.
 *
 * Leaf: stat(2), and the log.  Threads: any.
 */
#ifndef SLUIS_BROKER_WHY_H
#define SLUIS_BROKER_WHY_H

#include "broker/log.h"

enum { WHY_MAX = 440 }; /* what a line of the log has room for */

/* "PATH: WHAT". */
void why_text(char out[WHY_MAX], const char *path, const char *what);

/* CODE; unless it is RC_OK, line ID of the log says it with "PATH: WHAT". */
rc why_tell(enum log_id id, rc code, const char *path, const char *what);

/* "PATH: " and what is wrong with the file there: it is absent, no file, not for us to
 * read or, if it is SECRET, for others to read.  OTHERWISE where nothing is. */
void why_file(char out[WHY_MAX], const char *path, bool secret, const char *otherwise);

#endif

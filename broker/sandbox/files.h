/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * files.h - which folders stay reachable (landlock(7)).
 *
 * Landlock is a list of what is allowed, by inode: a rule for a folder holds for what
 * is in it, also what is put there later; a rule for a file ends when the file is
 * replaced.  It adds to the permissions of files, holds for root too, and is never
 * lifted.  The C library has no wrapper and the headers of Debian 12 know less than
 * the kernels that run it, so numbers stand in files.c.
 *
 * Threads: holds for the caller and what it starts.
 */
#ifndef SLUIS_BROKER_SANDBOX_FILES_H
#define SLUIS_BROKER_SANDBOX_FILES_H

#include <stddef.h>

#include "proto/rc.h"

enum files_access { FILES_READ, FILES_WRITE };

struct files_rule {
	const char       *path; /* borrowed; NULL: no rule */
	enum files_access access;
	bool              may_be_absent;
};

/* The version of Landlock in this kernel; 0: none. */
int files_version(void);

/* From now on no signal but to what is started from now on, nor any program with more
 * privileges; the signal that the system sends a child when its parent ends is one, too.
 * False: this kernel cannot. */
MUST bool files_keep_signals(void);

/* From now on no file but those of the N RULES, no outgoing TCP connection and, unless
 * files_keep_signals() did (SIGNALS_KEPT), no signal to others, as far as this kernel's
 * version (FILES_VERSION()) can.  RC_CONFIG: a path is not there, or the kernel refused.
 */
MUST rc files_restrict(const struct files_rule *rules, size_t n, bool signals_kept);

#endif

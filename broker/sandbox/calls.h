/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * calls.h - which system calls a running broker makes (seccomp(2)).
 *
 * A list of what is allowed.  What no broker ever does (start a program, look into
 * another process, change the kernel) ends the process at once, with SIGSYS; all else
 * that is not listed fails with EPERM, so that a library which tries something new
 * takes its other way.  Memory is never writable code.  Sockets are TCP, and datagrams
 * to the service manager where there is one (NOTIFY_SOCKET).
 *
 * Threads: holds for all of them, and for those they start.
 */
#ifndef SLUIS_BROKER_SANDBOX_CALLS_H
#define SLUIS_BROKER_SANDBOX_CALLS_H

#include "proto/rc.h"

/* From now on these calls only.  NOTIFIES: datagrams to the service manager, too.
 * RC_CONFIG: the kernel has no filters. */
MUST rc calls_restrict(bool notifies);

#endif

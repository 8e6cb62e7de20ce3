/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * witness_lock.h - one process at a time makes the key or signs; for witness*.c alone.
 */
#ifndef SLUIS_CLIENT_WITNESS_LOCK_H
#define SLUIS_CLIENT_WITNESS_LOCK_H

#include "proto/rc.h"

enum { WITNESS_WAIT_MS = 10 * 1000 };

/* The lock of folder DIR; *RET is to be ended with file_unlock().  RC_IN_USE when another
 * process had it for WAIT_MS, RC_DISK. */
MUST rc witness_lock(const char *dir, unsigned wait_ms, int *ret);

#endif

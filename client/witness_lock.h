/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * witness_lock.h - one process at a time makes the key or signs; for witness*.c alone.
 */
#ifndef SLUIS_CLIENT_WITNESS_LOCK_H
#define SLUIS_CLIENT_WITNESS_LOCK_H

#include "proto/rc.h"

/* Wait for the lock of folder DIR; *RET is to be ended with witness_unlock(). */
MUST rc witness_lock(const char *dir, int *ret);
void    witness_unlock(int *fd);

#endif

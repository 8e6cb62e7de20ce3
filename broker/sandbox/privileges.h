/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * privileges.h - becoming nobody in particular.
 *
 * Threads: before the second one starts; capabilities belong to a thread.
 */
#ifndef SLUIS_BROKER_SANDBOX_PRIVILEGES_H
#define SLUIS_BROKER_SANDBOX_PRIVILEGES_H

#include "proto/rc.h"

/* Become USER with its groups (NULL: stay who we are), for good.  Who is not root must
 * be USER already.  RC_CONFIG: neither. */
MUST rc privileges_become(const char *user);

/* No capability, now or after any exec, and none of the limits can grow; no core, no
 * dump.  Root keeps its files and loses its powers. */
MUST rc privileges_drop(void);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * process.h - the life of the keeper's process.
 *
 * In this order: take the lines and close every other file, read the keys, lock memory,
 * become another user, forbid dumps and system calls but those that answering takes
 * (confine.c), answer until the last line is closed.  What stops the broker (SIGTERM,
 * SIGINT) does not stop it: the broker still needs it then.  When the broker is no more
 * the system kills it, so that one that was stopped does not keep the keys.
 */
#ifndef SLUIS_BROKER_KEEPER_PROCESS_H
#define SLUIS_BROKER_KEEPER_PROCESS_H

#include "broker/keeper/keeper.h"

/* Be the keeper of BROKER on the N LINES; the first question of one that has no keys is
 * answered by why. */
_Noreturn void keeper_process(
    const struct keeper_options *options, pid_t broker, const int *lines, unsigned n);

/* Die when the thread of BROKER that started us ends, however that comes; false if it
 * ended already.  Whoever becomes another user has to say it again. */
MUST bool keeper_ends_with(pid_t broker);

/* Give up all that answering does not need; false if the system refuses.  The module of a
 * token reads and writes its files (hsm.h). */
MUST bool keeper_confine(const char *user, bool with_module, pid_t broker);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * sandbox.h - what the running broker can no longer do, whoever steers it.
 *
 *	sandbox_begin()   before the keeper starts: no signal but between the two
 *	sandbox_enter()   before the state is opened and before any thread: another user,
 *	                  no capability, no new privilege, no file but those below, no
 *	                  outgoing connection
 *	sandbox_close()   when the doors are open: the calls that a running broker makes,
 *	                  and no other, for every thread
 *
 * What stays reachable of the file system: the state (read, write), the folders of
 * published_file and ready_file (read, write: both are replaced by renaming), the
 * folders of anchors_file, crl_file, trust_file and policy_dir (read: a reload reads
 * them again, and an administrator replaces them by renaming).  Nothing else, not even
 * by root.  A folder brings all that is beneath it; keys_file and
 * sluisd.yaml should stand elsewhere, and the log says so if they do not.
 *
 * `sandbox` in sluisd.yaml: `required` refuses to start where the kernel lacks a part,
 * `available` (unsaid) takes what there is and says what is missing, `off` is for
 * debugging.  Under a sanitizer or when coverage is measured only the user changes:
 * their run-time needs what is taken away here.
 *
 * Whoever adds a system call to the broker adds it to calls.c; who adds a file that is
 * opened while it runs adds its folder to sandbox.c.  Whoever starts a thread does it
 * after sandbox_enter(), for it holds for the calling thread and its children only.
 */
#ifndef SLUIS_BROKER_SANDBOX_SANDBOX_H
#define SLUIS_BROKER_SANDBOX_SANDBOX_H

#include "broker/config.h"

/* Whether it did: else sandbox_enter() forbids signals, to the keeper too, which the
 * system then cannot kill when the broker is no more (keeper/process.h). */
MUST bool sandbox_begin(const struct config *c);

/* Keys are read, the keeper runs, there is one thread.  BEGUN is what sandbox_begin()
 * said.  RC_CONFIG: no such user, or not
 * allowed to become it, or a part is missing that is required. */
MUST rc sandbox_enter(const struct config *c, bool begun);

/* The doors are open and no program will ever be started.  RC_CONFIG as above. */
MUST rc sandbox_close(const struct config *c);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * install.h - a policy folder put where a broker looks for it.
 *
 * A folder is copied with its texts (cases included) and its signatures, beside the place
 * it goes to, made durable, and swapped with what stands there in one step.  What stood
 * there stays beside it as NAME.former.  Nobody who reads the folder sees half of one,
 * and a crash leaves the old or the new one.
 */
#ifndef SLUIS_CLIENT_INSTALL_H
#define SLUIS_CLIENT_INSTALL_H

#include "client/folder.h"

/* Copy the texts and signatures of policy folder FROM into folder TO, which is there. */
MUST rc install_copy(const char *from, const char *to);

/* Put a copy of policy folder FROM in the place of folder AT.  RC_NOT_FOUND when there is
 * no AT; it is as before on failure. */
MUST rc install_swap(const char *from, const char *at);

/* Put AT.former back in the place of AT, which becomes AT.refused. */
MUST rc install_undo(const char *at);

#endif

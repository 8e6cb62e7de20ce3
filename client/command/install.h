/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * install.h - a policy put where a broker looks for it.
 *
 * What is written is what was read and judged before, not what stands on disk by then:
 * the texts, the signatures that count, and the cases.  It goes beside the place it is
 * meant for, is made durable, and swapped with what stands there in one step.  What stood
 * there stays beside it as NAME.former.  Nobody who reads the folder sees half of one,
 * and a crash leaves the old or the new one.
 */
#ifndef SLUIS_CLIENT_COMMAND_INSTALL_H
#define SLUIS_CLIENT_COMMAND_INSTALL_H

#include "client/folder.h"
#include "policy/read/files.h"

struct install_bundle {                   /* borrowed */
	const struct policy_files *files; /* texts and signatures */
	const rc                  *codes; /* of each signature, NULL: all are RC_OK */
	const struct policy_files *cases;
};

/* Read policy folder FROM whole and write it into folder TO, which is there. */
MUST rc install_copy(const char *from, const char *to);

/* Put BUNDLE in the place of folder AT.  RC_NOT_FOUND when there is no AT; it is as
 * before on failure. */
MUST rc install_swap(const struct install_bundle *bundle, const char *at);

/* Put AT.former back in the place of AT, which becomes AT.refused. */
MUST rc install_undo(const char *at);

#endif

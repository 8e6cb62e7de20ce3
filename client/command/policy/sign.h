/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * sign.h - a party's signature under a policy folder (certs/endorsement.h).
 *
 * What is signed is the hash of the texts as they were compiled a moment ago, so the
 * signer signs what was checked.
 */
#ifndef SLUIS_CLIENT_COMMAND_POLICY_SIGN_H
#define SLUIS_CLIENT_COMMAND_POLICY_SIGN_H

#include "certs/endorsement.h"
#include "client/folder.h"
#include "policy/policy.h"

struct sign {                              /* borrowed */
	const char          *dir;          /* the policy folder */
	const struct policy *policy;       /* compiled from it */
	const char *chain_file, *key_file; /* certificate with intermediates; its key */
	size_t      n_behalf;
	const char *const *behalf; /* OINs for whom it signs too */
};

/* Write DIR/signatures/OIN.sig; *RET says what was signed by whom, and *RET_FORMER what
 * the file said that it replaced (unchecked); no OIN: there was none that can be read. */
MUST rc sign_policy(const struct sign *what, struct endorsement *ret,
    struct endorsement *ret_former, struct sluis_error *e);

#endif

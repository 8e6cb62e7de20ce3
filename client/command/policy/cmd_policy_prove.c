/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cmd_policy_prove.c - sluis policy prove: does everything that has to hold hold,
 * whatever is asked?
 */
#include <string.h>

#include "client/command/complain.h"
#include "client/command/policy/cmd_policy.h"
#include "client/command/policy/proof_text.h"
#include "client/command/shipped.h"
#include "client/connection.h"
#include "proto/auto.h"

enum { STATUS_DIFFERENCES = 9 };

const struct option options_policy_prove[] = {
    {"invariant", "ID", N_("only this one")},
    {NULL, NULL, NULL},
};

static bool
is_asked(const struct invariant_info *x, const char *id)
{
	return id == NULL || strcmp(x->id, id) == 0;
}

/* Prove those called ID (NULL: all), each told as soon as it is known. */
static void
prove_all(struct cli *cli, const struct policy *p, const char *id, struct proofs *proofs)
{
	uint64_t begun = monotonic_ms();
	for (size_t i = 0; i < policy_n_invariants(p); i++) {
		struct proof proof;
		if (!is_asked(policy_invariant_at(p, i), id)) continue;
		policy_prove(p, i, &proof);
		proofs_add(cli, proofs, policy_invariant_at(p, i), &proof);
	}
	proofs->ms = monotonic_ms() - begun;
}

int
run_policy_prove(struct cli *cli)
{
	AUTO(policy_destroy) struct policy *p  = NULL;
	const char                         *id = cli_value(cli, "invariant");

	rc code = policy_open(cli, cli->args[0], &p);
	if (code != RC_OK) return rc_exit_status(code);
	if (policy_n_invariants(p) == 0)
		return complain_code(cli, RC_NOT_FOUND, cli->args[0],
		    N_("there is no invariants.yaml in this folder"));
	struct proofs proofs = {.policy = p, .list = cli->json ? json_array() : NULL};
	prove_all(cli, p, id, &proofs);
	if (proofs.n == 0) {
		json_decref(proofs.list);
		return complain_code(
		    cli, RC_NOT_FOUND, id, N_("the policy has no such invariant"));
	}
	int status = proofs_passed(&proofs) ? 0 : STATUS_DIFFERENCES;
	if (!cli->json)
		proofs_print_sum(cli, &proofs);
	else if (cli_json(cli, proofs_json(&proofs), RC_OK) != 0)
		return rc_exit_status(RC_NOMEM);
	return status;
}

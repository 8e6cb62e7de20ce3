/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * proof_text.h - proofs and counterexamples, as people read them and as JSON.
 *
 *	proved   no-health-to-police                 1 658 880 000 combinations
 *	NOT SO   minor-never-more                     ...
 *	    Of a minor never more is shared than of an adult.
 *	    where    zvh, phase 1, purpose casusoverleg
 *	    ...
 */
#ifndef SLUIS_CLIENT_COMMAND_POLICY_PROOF_TEXT_H
#define SLUIS_CLIENT_COMMAND_POLICY_PROOF_TEXT_H

#include "client/command/cli.h"
#include "policy/study/prove.h"

struct proofs {
	const struct policy *policy; /* borrowed */
	json_t              *list;   /* with --json; owned until proofs_json() */
	size_t               n, n_proved, n_refuted, n_no_place, n_no_case;
	uint64_t             covered, tried, ms;
};

/* Count PROOF of X; with --json kept, else printed. */
void proofs_add(struct cli *cli, struct proofs *all, const struct invariant_info *x,
    const struct proof *proof);

/* Whether nothing failed: all proved, but for those about places that do not exist. */
bool proofs_passed(const struct proofs *all);

/* The last line: how many, how many combinations, how long. */
void proofs_print_sum(struct cli *cli, const struct proofs *all);

/* Everything as JSON; takes ALL's list. */
json_t *proofs_json(struct proofs *all);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/* cmd_policy.c - sluis policy: the table of its verbs.  A file each: cmd_policy_VERB.c.
 */
#include "client/command/policy/cmd_policy.h"

const struct verb verbs_policy[] = {
    {"policy", "check", "DIR", 1, 1, options_policy_check,
        N_("does this policy load, and what does it hold?"), run_policy_check},
    {"policy", "diff", "A B", 2, 2, options_policy_diff,
        N_("what changes if policy B takes the place of A, and for which past decisions"),
        run_policy_diff},
    {"policy", "explain", "DIR", 1, 1, options_policy_explain,
        N_("why would a field pass or not, and what is the least that would alter it?"),
        run_policy_explain},
    {"policy", "matrix", "DIR", 1, 1, options_policy_matrix,
        N_("who may get which category from whom: the compiled policy as a table"),
        run_policy_matrix},
    {"policy", "prove", "DIR", 1, 1, options_policy_prove,
        N_("does what has to hold hold, whatever is asked? Every combination, no "
           "samples"),
        run_policy_prove},
    {"policy", "route", "[ROUTE]", 0, 1, options_policy_route,
        N_("the ways of cases: states, who may step where, what is due"),
        run_policy_route},
    {"policy", "routes", "DIR", 1, 1, options_policy_routes,
        N_("who may send what to whom, at which stage, and what is due"),
        run_policy_routes},
    {"policy", "test", "DIR", 1, 1, options_policy_test,
        N_("does it answer what its cases expect, and which rules does no case look at?"),
        run_policy_test},
    {"policy", "sign", "DIR", 1, 1, options_policy_sign,
        N_("approve a policy for your party, with its certificate"), run_policy_sign},
    {"policy", "signatures", "DIR", 1, 1, options_policy_signatures,
        N_("who signed a policy, and who is still missing"), run_policy_signatures},
    {"policy", "apply", "DIR", 1, 1, options_policy_apply,
        N_("put a signed policy in force at a broker"), run_policy_apply},
    {.noun = NULL},
};

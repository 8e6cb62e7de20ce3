/* SPDX-License-Identifier: EUPL-1.2 */
/* cmd_policy.c - sluis policy: the table of its verbs.  A file each: cmd_policy_VERB.c.
 */
#include "client/cmd_policy.h"

const struct verb verbs_policy[] = {
    {"policy", "check", "DIR", 1, 1, options_policy_check,
        N_("does this policy load, and what does it hold?"), run_policy_check},
    {"policy", "matrix", "DIR", 1, 1, options_policy_matrix,
        N_("who may get which category from whom: the compiled policy as a table"),
        run_policy_matrix},
    {.noun = NULL},
};

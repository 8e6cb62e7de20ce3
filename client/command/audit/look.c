/* SPDX-License-Identifier: EUPL-1.2 */
/* look.c - the options of anomalies. */
#include "client/command/audit/look.h"

#include "client/command/shipped.h"

enum { FEEDBACK_DAYS = 42, RECALL_DAYS = 7 };

rc
look_read(struct cli *cli, struct look *ret)
{
	const char *dir = cli_value(cli, "policy");

	*ret = (struct look){.cli = cli};
	TRY(cli_number(cli, "feedback-days", FEEDBACK_DAYS, &ret->terms.feedback_days));
	TRY(cli_number(cli, "recall-days", RECALL_DAYS, &ret->terms.recall_days));
	if (dir != NULL) TRY(policy_open(cli, dir, &ret->policy));
	ret->terms.policy = ret->policy;
	return RC_OK;
}

void
look_wipe(struct look *look)
{
	policy_destroy(&look->policy);
}

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * look.h - what is asked of anomalies: terms, and the policy whose rules are looked for.
 *
 * Owns the policy.
 */
#ifndef SLUIS_CLIENT_COMMAND_AUDIT_LOOK_H
#define SLUIS_CLIENT_COMMAND_AUDIT_LOOK_H

#include "client/command/audit/anomaly.h"
#include "client/command/cli.h"

#define LOOK_OPTIONS                                                                  \
	{"policy", "DIR", N_("a policy: also name the rules that were never used")},  \
	    {"feedback-days", "N", N_("feedback is late after N days (default 42)")}, \
	{                                                                             \
		"recall-days", "N",                                                   \
		    N_("destroying after a recall is late after N days (default 7)")  \
	}

struct look {
	struct cli          *cli;    /* borrowed */
	struct policy       *policy; /* owned; NULL: none was named */
	struct anomaly_terms terms;
};

/* From the command line; complains.  *RET is to be wiped in any case. */
MUST rc look_read(struct cli *cli, struct look *ret);

void look_wipe(struct look *look);

#endif

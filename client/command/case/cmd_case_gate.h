/* SPDX-License-Identifier: EUPL-1.2 */
/* cmd_case_gate.h - the parts of `sluis case gate`. */
#ifndef SLUIS_CLIENT_COMMAND_CASE_CMD_CASE_GATE_H
#define SLUIS_CLIENT_COMMAND_CASE_CMD_CASE_GATE_H

#include "client/command/case/cmd_case.h"

enum { CRITERION_MAX = 40, CRITERIA_MAX = 18 };

struct gate {
	struct errand          e;
	const Sluis__CaseView *view; /* e.r's, until the next request */
	uint8_t                case_id[ID_BYTES];
	const char            *id;    /* of the gate; borrowed from the policy or argv */
	size_t                 first; /* argument that is a criterion */
};

/* The criteria with what was explained to us and what was judged; the exit status. */
int gate_show(struct gate *g);

#endif

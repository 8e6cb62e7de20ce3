/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * diff_journal.h - the decisions of an exported journal, ruled again under two policies.
 *
 * Where the entry says what was weighed the answer is exact; where it does not, what can
 * be told from its outcome (policy/study/rerule.h).  An entry that names the old policy
 * as its bundle must be what that policy gives: anything else is an alarm.
 */
#ifndef SLUIS_CLIENT_COMMAND_POLICY_DIFF_JOURNAL_H
#define SLUIS_CLIENT_COMMAND_POLICY_DIFF_JOURNAL_H

#include "client/command/policy/diff_text.h"
#include "client/command/policy/past.h"

struct journal_diff {
	struct cli          *cli;
	const struct policy *old, *new;
	struct diff_query    asked; /* only decisions about this */
	bool                 verified;
	json_t              *list; /* owned: the decisions that come out differently */
	size_t n_decisions, n_differ, n_perhaps, n_untold, n_alarms, n_other;
};

void journal_diff_wipe(struct journal_diff *j);

/* Rule every decision of the export in DIR again.  As past_walk(). */
MUST rc journal_diff_read(struct journal_diff *j, const char *dir,
    const struct policy *old, const struct policy *new, struct sluis_error *e);

void journal_diff_print(const struct diff_show *s, const struct journal_diff *j);

/* {"decisions": n, ..., "entries": [...]}. */
json_t *journal_diff_to_json(const struct journal_diff *j);

#endif

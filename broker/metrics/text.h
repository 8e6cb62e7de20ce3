/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * text.h - the numbers as Prometheus reads them.
 *
 * Health stands among them, in levels, so that an alarm can say what is wrong:
 *
 *	alive        there is an answer at all
 *	can_journal  the last commit came through, and no older state was restored
 *	trust_valid  the revocation lists are current
 *	policy_valid the last policy that was offered was taken
 *
 * The fourth level, a signal from end to end, is the business of whoever sends one:
 * `sluis signal send` of a test desk, and its exit status.
 *
 * Pure.  Source: Prometheus text exposition format 0.0.4.
 */
#ifndef SLUIS_BROKER_METRICS_TEXT_H
#define SLUIS_BROKER_METRICS_TEXT_H

#include "broker/metrics/counts.h"
#include "proto/bytes.h"

enum { METRICS_TEXT_MAX = 64 * 1024 };

struct metrics {
	const struct counts *counts;
	uint64_t             started_ms, now_ms;
	uint64_t             journal_entries, waiting_copies, unread_bytes;
	uint64_t             policy_version;
	int64_t              crl_until_s;
	bool                 can_journal, trust_valid, policy_valid;
};

/* RC_TOO_LARGE, RC_NOMEM. */
MUST rc metrics_text(const struct metrics *m, struct buf *out);

#endif

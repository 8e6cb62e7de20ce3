/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * anomaly.h - what stands out in a journal, each with the numbers behind it.
 *
 * Nothing here is an accusation: a finding says what is unlike the rest, and which
 * entries to read.
 *
 *  - A peak is a week with PEAK_LEAST or more, above the mean of the weeks before (at
 *    most PEAK_WEEKS, at least PEAK_HISTORY) by more than three times its square root.
 *  - A pair is rare with RARE_MOST deliveries or fewer, of a sender with RARE_OF or more.
 *  - New is what comes for the first time when the journal is NEW_DAYS old or more.
 *  - Unanswered is what was taken longer ago than a term, without feedback; overdue what
 *    was recalled longer ago than a term, and not destroyed.
 *
 * "Ago" counts from the newest entry, not from now: a copy of a journal says the same
 * wherever and whenever it is read.
 *
 * Pure but for memory.
 */
#ifndef SLUIS_CLIENT_COMMAND_AUDIT_ANOMALY_H
#define SLUIS_CLIENT_COMMAND_AUDIT_ANOMALY_H

#include "client/command/audit/watch.h"
#include "policy/policy.h"

enum {
	PEAK_LEAST   = 10,
	PEAK_WEEKS   = 12,
	PEAK_HISTORY = 3,
	RARE_MOST    = 2,
	RARE_OF      = 20,
	NEW_DAYS     = 28,
	REVEAL_LEAST = 5,
};

enum anomaly_kind {
	ANOMALY_PEAK_SENT,
	ANOMALY_PEAK_RULE,
	ANOMALY_PEAK_REFUSED,
	ANOMALY_RARE_PAIR,
	ANOMALY_NEW_PAIR,
	ANOMALY_NEW_RULE,
	ANOMALY_UNUSED_RULE,
	ANOMALY_UNANSWERED,
	ANOMALY_NOT_TAKEN,
	ANOMALY_OVERDUE,
	ANOMALY_RECALL_OVERDUE,
	ANOMALY_REFUSED,
	ANOMALY_NOT_SERVED,
	ANOMALY_REVEALS,
	ANOMALY_GATE,
	ANOMALY_KINDS,
};

struct anomaly {
	enum anomaly_kind kind;
	char              from[OIN_DIGITS + 1], to[OIN_DIGITS + 1];
	char              what[TALLY_WHAT_MAX]; /* rule, convenant or code */
	uint64_t          n;                    /* how many */
	uint64_t          of;       /* of how many; a peak: ten times the mean before */
	uint64_t          weeks;    /* a peak: how many weeks that mean is of */
	uint64_t          since_ms; /* the week, or the first of them; 0: never */
	uint64_t          entries[TALLY_ENTRIES];
	size_t            n_entries; /* the first of N */
};

struct anomalies {
	size_t          n, cap;
	struct anomaly *at;
};

struct anomaly_terms {
	uint64_t             feedback_days, recall_days;
	const struct policy *policy; /* for rules that were never used; NULL: not asked */
};

/* Everything that stands out in W, by kind.  *RET is to be wiped in any case. */
MUST rc anomalies_find(
    struct watch *w, const struct anomaly_terms *terms, struct anomalies *ret);
void anomalies_wipe(struct anomalies *a);

/* "peak_sent": for JSON. */
const char *anomaly_name(enum anomaly_kind kind);

#endif

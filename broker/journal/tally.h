/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * tally.h - what is counted, and told by one entry when its minute is over.
 *
 * Whoever floods the broker must not fill the journal, and must not go unnoticed either:
 *
 *	somebody whom nobody knows was turned away, at a door or with a message:
 *	one EVENT_GATE a minute for each reason, with their number
 *
 *	a desk was refused more often than it may have entries for: one EVENT_REFUSED
 *	(`over_quota`) a minute, with the number of those that have no entry
 *
 * Refusals in cover turns (cover.h) are counted apart and told in a cover turn, so that
 * nothing outside shows that there were any.
 *
 * A count follows the fate of its batch (batch.h).  What was counted and not yet told is
 * lost when the process is killed; when it ends in peace it is told.
 *
 * Owns nothing: part of struct broker, valid when all zero.
 * Threads: the broker loop only.
 */
#ifndef SLUIS_BROKER_JOURNAL_TALLY_H
#define SLUIS_BROKER_JOURNAL_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "broker/seat.h"
#include "proto/rc.h"

struct broker;

enum {
	TALLY_ROWS      = 128,
	TALLY_STRANGERS = 64, /* rows that no desk can fill */
};

struct tally_row {
	struct seat_id who; /* empty: nobody knows */
	rc             code;
	bool           covered;
	uint64_t       since_ms; /* of the first that it counts */
	uint64_t       n;        /* in durable batches, not told yet */
	uint64_t       fresh;    /* more of them, in this batch */
	bool           told;     /* by this batch */
};

struct tally {
	size_t           n;
	struct tally_row rows[TALLY_ROWS];
};

/* One whom nobody knows was turned away because of CODE. */
void tally_stranger(struct broker *b, rc code);

/* A refusal of this desk has no entry of its own. */
void tally_refusal(struct broker *b, const char *oin, const char *desk);

/* The batch in which was counted and told is durable, or never happened. */
void tally_commit(struct tally *t);
void tally_undo(struct tally *t);

/* Whether tally_tell() has something to do. */
bool tally_is_due(const struct tally *t, uint64_t now_ms, bool all);

/* Append an entry for every count whose minute is over, with ALL for every count, but for
 * those of cover turns.  Inside the open transaction. */
MUST rc tally_tell(struct broker *b, bool all);

/* At most one entry, about cover turns and in one (cover.h). */
MUST rc tally_tell_covered(struct broker *b, bool *ret_did);

#endif

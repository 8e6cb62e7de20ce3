/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * batch.h - the end of a batch: all of it is durable, or none of it happened.
 *
 * A batch is one transaction of the store.  What memory knows besides (the journal's
 * edge, counts of copies, who is enrolled) follows its fate.
 */
#ifndef SLUIS_BROKER_BATCH_H
#define SLUIS_BROKER_BATCH_H

#include "broker/broker.h"

/* Who is enrolled, as the store has it. */
MUST rc batch_load_registry(struct broker *b);

/* Seal, commit and sign.  After a failure the process must end if B->lost; if not,
 * nothing of the batch is durable, and it is to be undone.  B->full says whether that was
 * for want of room. */
MUST rc batch_commit(struct broker *b);

/* A batch in which N messages were refused for WHY is undone: the log says so, and the
 * first commit after it that writes something says that it works again, and how many were
 * refused until then. */
void batch_tell_failed(struct broker *b, rc why, size_t n);

/* Roll back: nothing of the batch happened, in memory neither. */
MUST rc batch_undo(struct broker *b);

/* The same for a batch in which nobody was enrolled and no copy was handed out. */
MUST rc batch_undo_cover(struct broker *b);

/* WORK of the broker's own, that enrols nobody and hands out no copy, in a batch of its
 * own; *RET_N is how much it did.  One that meets a row that does not hold is undone and
 * waits (LOG_WORK_LEFT_OUT, RC_OK), and no other with it: nobody asked (as in cover.c).
 * After any other failure the batch is still to be undone. */
MUST rc batch_alone(
    struct broker *b, rc (*work)(struct broker *b, size_t *ret_n), size_t *ret_n);

#endif

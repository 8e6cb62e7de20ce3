/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * recall.h - a release is to be destroyed by whoever got it.
 *
 * What still waits in the outbox is erased there and then (EVENT_WITHDRAWN).  What its
 * desk has, or may have, is recalled: EVENT_RECALL, a NOTICE_RECALL that waits for the
 * desk however long it is away, and a TASK_DESTROY that stays open until it says that it
 * destroyed the copy (destroyed.c).  A release is recalled once; who asks again is told
 * what is still open.
 *
 * The leaves come first and together, the notices after them: an act that recalls gives
 * receipts of the former.  A release of layer 2 that is recalled by an act of layer 1 is
 * only ordered; recall_ordered() does it in a cover turn.
 *
 * Runs inside the open transaction.  Threads: the broker loop only.
 */
#ifndef SLUIS_BROKER_OWED_RECALL_H
#define SLUIS_BROKER_OWED_RECALL_H

#include "broker/owed/earlier.h"
#include "broker/route/act.h"

enum {
	DESTROY_DAYS  = 7, /* to destroy a copy and say so */
	RECALL_LEAVES = 3, /* at most, of one release: withdrawn, recalled, notice */
};

struct demand { /* a desk that has to destroy its copy */
	struct earlier release;
	uint64_t       leaf, due_ms;
};

struct recall { /* why, and what came of it so far; zero-initialise, recall_wipe() */
	struct broker      *b;
	const struct hash  *binding; /* whose request it is; NULL: time's */
	struct seat_id      by;      /* oin "": time */
	Sluis__RecallGround ground;
	unsigned            layer;       /* of the act: what lies above is only ordered */
	bool                keeps_links; /* one copy goes, the submission stands */
	uint64_t            n_leaves;
	size_t              n_demands, cap_demands;
	struct demand      *demands; /* owned */
};

void recall_wipe(struct recall *r);

/* Recall one release, unless it was; for earlier_each() with a struct recall. */
MUST rc recall_release(void *recall, const struct earlier *one);

/* Give everybody that has to destroy something the task, and a notice unless KNOWS (may
 * be NULL) says that the desk sees it by itself. */
MUST rc recall_tell(
    struct recall *r, bool (*knows)(void *arg, const struct delivery *who), void *arg);

/* By A's desk, all releases made in A's case under CONVENANTS (NULL-terminated; NULL:
 * all of them), and on the ground of no suspicion also the copies that its own party has
 * at desks in the case of what the case began with; others keep theirs.  Tells everybody.
 */
MUST rc recall_case(
    struct act *a, const char *const *convenants, Sluis__RecallGround ground);

/* The same for all of them because their time has passed. */
MUST rc recall_case_by_time(struct broker *b, const uint8_t case_id[ID_BYTES]);

/* Do what was only ordered, at most MAX of it; *RET_N is how much. */
MUST rc recall_ordered(struct broker *b, size_t max, size_t *ret_n);

#endif

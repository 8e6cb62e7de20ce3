/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * erasure.h - what the broker keeps of a submission goes: on request, and by time.
 *
 * Of a submission the broker has the copies that wait, sealed; the details of its entries
 * (which fields there were, by which rules, the names of facts), sealed; keyed tokens of
 * its identifiers; and what it makes due.  Erasing it
 *
 *	- ends every copy that still waits (EVENT_WITHDRAWN);
 *	- where a ground is given, recalls what others have (recall.h);
 *	- ends what it made due, but for word of destruction;
 *	- forgets its tokens, and marks its details erased: the keys of copies and details
 *	  go after the commit (store/erase.c, store/detail.c).
 *
 * The entries stay, so the tree verifies; each says nothing of a person, and the digest
 * of a detail holds a salt that went with it.  EVENT_ERASED refers to the first of them
 * and counts them.  What recipients took is theirs under the obligations it came with.
 *
 * Runs inside the open transaction.  Threads: the broker loop only.
 */
#ifndef SLUIS_BROKER_OWED_ERASURE_H
#define SLUIS_BROKER_OWED_ERASURE_H

#include "broker/owed/recall.h"

/* Erase submission TRACE of SOURCE, whose entries ROW names, by leaf BY (an
 * EVENT_ERASED); R says who does it, and on which ground others destroy it (unspecified:
 * they do not). The caller ends with recall_tell(R). */
MUST rc erasure_of_submission(struct recall *r, const struct seat_id *source,
    const struct request_row *row, uint64_t by);

/* Fill E for the erasure of the entries of ROW. */
void erasure_event(const struct request_row *row, struct event *e);

/* Erase a page of details that are older than `details_days`; *RET_MORE: there may be
 * more. */
MUST rc erasure_by_time(struct broker *b, bool *ret_more);

#endif

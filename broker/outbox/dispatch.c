/* SPDX-License-Identifier: EUPL-1.2 */
/* dispatch.c - how much waits for each desk, and what of it is leased. */
#include <stdlib.h>
#include <string.h>

#include "broker/outbox/dispatch_inside.h"
#include "proto/auto.h"

/* --- queues ---------------------------------------------------------------------- */

uint64_t
dispatch_waiting(const struct dispatch *d)
{
	return d->waiting;
}

/* The queue of this desk if there is one yet, else NULL. */
static struct queue *
find_queue(const struct dispatch *d, const char *oin, const char *desk)
{
	struct queue *q = d->bucket[seat_bucket(oin, desk)];

	while (q != NULL && (strcmp(q->oin, oin) != 0 || strcmp(q->desk, desk) != 0))
		q = q->next;
	return q;
}

/* What waits for Q's desk, in the store. */
static rc
count_queue(struct dispatch *d, struct queue *q)
{
	uint64_t all = 0;

	TRY(store_count_pending(d->store, q->oin, q->desk, &all));
	TRY(store_count_notices(d->store, q->oin, q->desk, &q->notices));
	q->waiting = all - q->notices;
	return RC_OK;
}

static rc
count_all(struct dispatch *d)
{
	uint64_t all = 0;

	TRY(store_count_all_pending(d->store, &all));
	TRY(store_count_all_notices(d->store, &d->notices));
	d->waiting = all - d->notices;
	return RC_OK;
}

rc
queue_of(struct dispatch *d, const char *oin, const char *desk, struct queue **ret)
{
	*ret = find_queue(d, oin, desk);
	if (*ret != NULL) return RC_OK;
	if (strlen(oin) > OIN_DIGITS || strlen(desk) > DESK_MAX) return RC_INTERNAL;
	struct queue *q = message_add(&d->n_queues, &d->queues, sizeof *q);
	if (q == NULL) return RC_NOMEM;
	memcpy(q->oin, oin, strlen(oin) + 1);
	memcpy(q->desk, desk, strlen(desk) + 1);
	q->news               = true;
	q->answer_bytes       = ANSWER_BYTES;
	*ret                  = q;
	struct queue **bucket = &d->bucket[seat_bucket(oin, desk)];
	q->next               = *bucket;
	*bucket               = q;
	return count_queue(d, q);
}

rc
dispatch_new(struct dispatch **ret, struct store *store, const struct config *config,
    struct keeper_line *line)
{
	AUTO(dispatch_destroy) struct dispatch *d = calloc(1, sizeof *d);
	if (d == NULL) return RC_NOMEM;
	d->store  = store;
	d->config = config;
	d->copies = (struct copies){.store = store, .line = line};
	TRY(count_all(d));
	d->first = store_peek_seq(store);
	*ret     = TAKE(d);
	return RC_OK;
}

void
dispatch_destroy(struct dispatch **dp)
{
	struct dispatch *d = *dp;
	if (d == NULL) return;
	for (size_t i = 0; i < d->n_queues; i++) {
		leases_wipe(&d->queues[i]->leases);
		free(d->queues[i]);
	}
	for (size_t i = 0; i < d->n_parked; i++) reply_wipe(&d->parked[i].reply);
	copies_wipe(&d->copies);
	free(d->queues);
	free(d->parked);
	free(d);
	*dp = NULL;
}

rc
dispatch_room(struct dispatch *d, const char *oin, const char *desk)
{
	struct queue *q = NULL;
	TRY(queue_of(d, oin, desk, &q));
	if (d->waiting >= (uint64_t)d->config->outbox_max) return RC_QUEUE_FULL;
	return q->waiting >= (uint64_t)d->config->outbox_desk_max ? RC_QUEUE_FULL : RC_OK;
}

rc
dispatch_notice_room(const struct dispatch *d)
{
	return d->notices >= (uint64_t)d->config->notices_max ? RC_QUEUE_FULL : RC_OK;
}

bool
dispatch_is_deaf(struct dispatch *d, const char *oin, const char *desk)
{
	struct queue *q = NULL;

	return queue_of(d, oin, desk, &q) == RC_OK &&
	       q->notices >= (uint64_t)d->config->notices_desk_max;
}

rc
dispatch_added(struct dispatch *d, const struct delivery *row)
{
	struct queue *q = find_queue(d, row->oin, row->desk);
	++*(row->notice ? &d->notices : &d->waiting);
	if (q == NULL) return queue_of(d, row->oin, row->desk, &q); /* counts it too */
	++*(row->notice ? &q->notices : &q->waiting);
	q->news = true;
	return RC_OK;
}

void
dispatch_keep(struct dispatch *d, uint64_t seq, struct buf *plain)
{
	copies_keep(&d->copies, seq, plain);
}

void
dispatch_recount_copies(struct dispatch *d)
{
	copies_forget(&d->copies);
	ignore(count_all(d));
	for (size_t i = 0; i < d->n_queues; i++) {
		struct queue *q = d->queues[i];
		ignore(count_queue(d, q));
		q->news  = true;
		q->after = 0;
	}
}

void
dispatch_recount(struct dispatch *d)
{
	dispatch_recount_copies(d);
	for (size_t i = 0; i < d->n_queues; i++)
		leases_clear(
		    &d->queues[i]->leases); /* of copies that may not exist any more */
}

/* --- leases ---------------------------------------------------------------------- */

void
queue_end_leases(struct queue *q, uint64_t now_ms)
{
	if (!leases_end(&q->leases, now_ms)) return;
	q->news  = true;
	q->after = 0;
}

size_t
queue_leases_left(const struct dispatch *d, const struct queue *q, const struct ask *ask)
{
	size_t max = (size_t)d->config->leases_max;

	if (ask->lease_ms == 0) return SIZE_MAX;
	return q->leases.n >= max ? 0 : max - q->leases.n;
}

bool
dispatch_was_out(const struct dispatch *d, const struct delivery *row)
{
	const struct queue *q = find_queue(d, row->oin, row->desk);

	if (row->seq < d->first) return true;
	/* another copy in its place may have displaced it */
	return q != NULL && q->tried[row->seq % TRIED].n != 0;
}

static void
count_down(uint64_t *n)
{
	if (*n > 0) --*n;
}

void
dispatch_finished(struct dispatch *d, const struct delivery *done)
{
	struct queue *q = find_queue(d, done->oin, done->desk);

	count_down(done->notice ? &d->notices : &d->waiting);
	copies_drop(&d->copies, done->seq);
	if (q == NULL) return; /* a later one will not count it */
	leases_drop(&q->leases, done->seq);
	q->n_ended++;
	q->news = true; /* room for another lease */
	count_down(done->notice ? &q->notices : &q->waiting);
}

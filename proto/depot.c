/* SPDX-License-Identifier: EUPL-1.2 */
/* depot.c - a list through the first bytes of the blocks themselves. */
#include "proto/depot.h"

#include <pthread.h>
#include <stdlib.h>

#include "proto/auto.h"

struct waiting_block { /* zero but for this */
	struct waiting_block *below;
};

struct depot {
	pthread_mutex_t       lock; /* of what follows */
	struct waiting_block *top;  /* given back last */
	size_t                n, most;
};

rc
depot_new(struct depot **ret, size_t most)
{
	struct depot *d = calloc(1, sizeof *d);

	if (d == NULL) return RC_NOMEM;
	(void)pthread_mutex_init(&d->lock, NULL); /* a plain one: it cannot fail */
	d->most = most;
	*ret    = d;
	return RC_OK;
}

void
depot_destroy(struct depot **dp)
{
	struct depot *d = *dp;

	if (d == NULL) return;
	while (d->top != NULL) free(depot_take(d));
	(void)pthread_mutex_destroy(&d->lock);
	free(d);
	*dp = NULL;
}

void *
depot_take(struct depot *d)
{
	(void)pthread_mutex_lock(&d->lock);
	struct waiting_block *b = d->top;
	if (b != NULL) {
		d->top = b->below;
		d->n--;
	}
	(void)pthread_mutex_unlock(&d->lock);
	if (b == NULL) return calloc(1, DEPOT_BLOCK);
	b->below = NULL;
	return b;
}

void
depot_give(struct depot *d, void *block)
{
	struct waiting_block *b = block;

	(void)pthread_mutex_lock(&d->lock);
	bool room = d->n < d->most;
	if (room) {
		b->below = d->top;
		d->top   = b;
		d->n++;
	}
	(void)pthread_mutex_unlock(&d->lock);
	if (!room) free(block);
}

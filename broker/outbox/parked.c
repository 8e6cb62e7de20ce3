/* SPDX-License-Identifier: EUPL-1.2 */
/* parked.c - Receives that have no answer yet: who waits, and what ends that. */
#include <string.h>

#include "broker/outbox/dispatch_inside.h"
#include "proto/room.h"

/* An older Receive of the same connection ends, and the oldest of the same key when it
 * has too many: connections that are gone would keep the places of all other desks. */
static void
end_older(struct dispatch *d, const struct route *to, const uint8_t key[KEY_BYTES])
{
	struct parked *oldest = NULL;
	size_t         n      = 0;

	for (size_t i = 0; i < d->n_parked; i++) {
		struct parked *p = &d->parked[i];
		if (route_equal(&p->reply.to, to)) p->ask.until_ms = 0;
		if (p->ask.until_ms == 0 || memcmp(p->curve_public, key, KEY_BYTES) != 0)
			continue;
		if (oldest == NULL) oldest = p;
		n++;
	}
	if (n >= PARKED_MAX) oldest->ask.until_ms = 0;
}

rc
dispatch_park(struct dispatch *d, const struct ask *ask,
    const uint8_t curve_public[KEY_BYTES], struct reply *r)
{
	end_older(d, &r->to, curve_public);
	if (d->n_parked >= (size_t)d->config->waiters_max) return RC_QUEUE_FULL;
	TRY(room_for_one(&d->parked, d->n_parked, &d->cap_parked, sizeof *d->parked));
	struct parked *p = &d->parked[d->n_parked++];
	*p               = (struct parked){.ask = *ask, .reply = *r};
	memcpy(p->curve_public, curve_public, KEY_BYTES);
	*r = (struct reply){.to = p->reply.to, .parked = true};
	return RC_OK;
}

/* Whether P is to be answered now; if so its answer is complete. */
static rc
try_parked(struct dispatch *d, struct parked *p, struct registry *registry,
    const struct trust *trust, uint64_t now_ms, bool *ret_done)
{
	const struct member *m = registry_find(registry, p->curve_public);
	rc ok           = m == NULL ? RC_NOT_ENROLLED : member_standing(m, trust, now_ms);
	struct queue *q = NULL;
	size_t        n = 0;

	*ret_done = true;
	if (ok != RC_OK) return reply_fail(&p->reply, ok);
	TRY(queue_of(d, p->ask.oin, p->ask.desk, &q));
	if (q->news) {
		TRY(dispatch_take(d, &p->ask, now_ms, &p->reply, &n));
		/* nothing for this one is nothing for the next: do not look again */
		q->news = n != 0 || queue_leases_left(d, q, &p->ask) == 0;
	}
	if (n == 0 && now_ms < p->ask.until_ms) *ret_done = false;
	return *ret_done ? reply_set_code(&p->reply, RC_OK, NULL) : RC_OK;
}

rc
dispatch_wake(struct dispatch *d, struct registry *registry, const struct trust *trust,
    uint64_t now_ms, dispatch_send send, void *arg)
{
	size_t kept = 0;
	rc     code = RC_OK;

	/* of every desk, asked for or not: dispatch_patience() looks at all leases */
	for (size_t i = 0; i < d->n_queues; i++) queue_end_leases(d->queues[i], now_ms);
	for (size_t i = 0; i < d->n_parked; i++) {
		struct parked *p    = &d->parked[i];
		bool           done = false;
		if (code == RC_OK)
			code = try_parked(d, p, registry, trust, now_ms, &done);
		if (code == RC_OK && done) {
			send(arg, &p->reply);
			reply_wipe(&p->reply);
		} else {
			d->parked[kept++] = *p;
		}
	}
	d->n_parked = kept;
	copies_forget(&d->copies);
	TRY(code);
	for (size_t i = 0; i < d->n_queues; i++) d->queues[i]->news = false;
	return RC_OK;
}

rc
dispatch_stop(struct dispatch *d, dispatch_send send, void *arg)
{
	rc code = RC_OK;

	for (size_t i = 0; i < d->n_parked; i++) {
		if (code == RC_OK) code = reply_fail(&d->parked[i].reply, RC_STOPPING);
		if (code == RC_OK) send(arg, &d->parked[i].reply);
		reply_wipe(&d->parked[i].reply);
	}
	d->n_parked = 0;
	return code;
}

long
dispatch_patience(const struct dispatch *d, uint64_t now_ms)
{
	uint64_t first = UINT64_MAX;

	for (size_t i = 0; i < d->n_parked; i++)
		if (d->parked[i].ask.until_ms < first) first = d->parked[i].ask.until_ms;
	if (d->n_parked != 0)
		for (size_t i = 0; i < d->n_queues; i++)
			if (leases_soonest(&d->queues[i]->leases) < first)
				first = leases_soonest(&d->queues[i]->leases);
	if (first == UINT64_MAX) return -1;
	return first <= now_ms ? 0 : (long)(first - now_ms);
}

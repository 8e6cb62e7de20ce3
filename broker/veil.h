/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * veil.h - what belongs to layer 2 of a case, and waits until it cannot be seen.
 *
 * Whoever sees only layer 1 of a case may not notice that there is a layer 2: not by
 * entries between its own, not by the size of the tree, not by when something happens.
 * So a request about layer 2 is not handled when it comes, but kept here, as it came,
 * until the next cover turn (cover.h).  Turns are at multiples of `cover_s` of the clock,
 * whatever waits.
 *
 * It waits in memory only: it is not answered before its turn, so after a crash its
 * sender asks again with the same bytes.  A second asking takes the place of the first.
 *
 * Bounded: `cover_max` requests, VEIL_KEY_MAX of one key.  Keys take turns: the second
 * request of one key stands behind the first of every other.
 *
 * Owns: the frames.  Threads: the broker loop only.
 */
#ifndef SLUIS_BROKER_VEIL_H
#define SLUIS_BROKER_VEIL_H

#include "broker/outbox/dispatch.h"

struct veil;

enum { VEIL_KEY_MAX = 32 };

/* The first turn is at the next multiple after NOW_MS. */
MUST rc veil_new(struct veil **ret, const struct config *config, uint64_t now_ms);
void    veil_destroy(struct veil **vp);

/* Whether there is layer 2 at all. */
bool veil_is_there(const struct veil *v);

/* Whether the time of a turn has come; and milliseconds until it does, -1: never. */
bool veil_is_due(const struct veil *v, uint64_t now_ms);
long veil_patience(const struct veil *v, uint64_t now_ms);

/* That turn is held now: the next is at the next multiple after NOW_MS. */
void veil_turned(struct veil *v, uint64_t now_ms);

/* Keep FRAME (copied) of the key CURVE_PUBLIC, whose answer goes to R's route; R is then
 * `parked`.  RC_NO_COVER; RC_QUEUE_FULL. */
MUST rc veil_keep(struct veil *v, const uint8_t curve_public[KEY_BYTES],
    struct slice frame, uint64_t now_ms, struct reply *r);

struct veiled { /* a request that waits, borrowed */
	struct route to;
	uint8_t      curve_public[KEY_BYTES];
	uint64_t     came_ms;
	size_t       rank; /* how many of its key stand before it */
	struct slice frame;
};

size_t               veil_waiting(const struct veil *v);
const struct veiled *veil_at(const struct veil *v, size_t i); /* the first is 0 */

/* The first N are done with. */
void veil_drop(struct veil *v, size_t n);

/* The broker stops: everybody that waits is told so. */
MUST rc veil_stop(struct veil *v, dispatch_send send, void *arg);

#endif

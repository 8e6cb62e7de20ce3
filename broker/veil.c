/* SPDX-License-Identifier: EUPL-1.2 */
/* veil.c - a bounded queue of frames, and when its turn is. */
#include "broker/veil.h"

#include <stdlib.h>
#include <string.h>

#include "proto/auto.h"
#include "proto/room.h"

struct veil {
	const struct config *config; /* borrowed */
	uint64_t             next_ms;
	size_t               n, cap;
	struct veiled       *waiting; /* owned, with their frames */
};

/* --- turns ----------------------------------------------------------------------- */

static uint64_t
period_ms(const struct veil *v)
{
	return (uint64_t)v->config->cover_s * 1000;
}

bool
veil_is_there(const struct veil *v)
{
	return period_ms(v) != 0;
}

void
veil_turned(struct veil *v, uint64_t now_ms)
{
	if (veil_is_there(v)) v->next_ms = (now_ms / period_ms(v) + 1) * period_ms(v);
}

/* A clock that was set back does not make the next turn later than a period from now. */
bool
veil_is_due(const struct veil *v, uint64_t now_ms)
{
	return veil_is_there(v) &&
	       (now_ms >= v->next_ms || v->next_ms - now_ms > period_ms(v));
}

long
veil_patience(const struct veil *v, uint64_t now_ms)
{
	if (!veil_is_there(v)) return -1;
	return veil_is_due(v, now_ms) ? 0 : (long)(v->next_ms - now_ms);
}

/* --- the queue ------------------------------------------------------------------- */

rc
veil_new(struct veil **ret, const struct config *config, uint64_t now_ms)
{
	struct veil *v = calloc(1, sizeof *v);

	if (v == NULL) return RC_NOMEM;
	v->config = config;
	veil_turned(v, now_ms);
	*ret = v;
	return RC_OK;
}

static void
forget(struct veiled *w)
{
	free((void *)(uintptr_t)w->frame.p);
	*w = (struct veiled){0};
}

void
veil_destroy(struct veil **vp)
{
	struct veil *v = *vp;

	if (v == NULL) return;
	for (size_t i = 0; i < v->n; i++) forget(&v->waiting[i]);
	free(v->waiting);
	free(v);
	*vp = NULL;
}

/* What waits of this key: how much, and whether FRAME is among it. */
static struct veiled *
find_same(
    const struct veil *v, const uint8_t key[KEY_BYTES], struct slice frame, size_t *ret_n)
{
	struct veiled *same = NULL;

	*ret_n = 0;
	for (size_t i = 0; i < v->n; i++) {
		if (memcmp(v->waiting[i].curve_public, key, KEY_BYTES) != 0) continue;
		++*ret_n;
		if (slice_equal(v->waiting[i].frame, frame)) same = &v->waiting[i];
	}
	return same;
}

/* Make room behind all of RANK or lower. */
static struct veiled *
insert(struct veil *v, size_t rank)
{
	size_t at = v->n++;

	for (; at > 0 && v->waiting[at - 1].rank > rank; at--)
		v->waiting[at] = v->waiting[at - 1];
	return &v->waiting[at];
}

static rc
add(struct veil *v, const struct veiled *what)
{
	TRY(room_for_one(&v->waiting, v->n, &v->cap, sizeof *v->waiting));
	uint8_t *bytes = malloc(what->frame.n == 0 ? 1 : what->frame.n);
	if (bytes == NULL) return RC_NOMEM;
	memcpy(bytes, what->frame.p, what->frame.n);
	struct veiled *w = insert(v, what->rank);
	*w               = *what;
	w->frame         = slice_of(bytes, what->frame.n);
	return RC_OK;
}

rc
veil_keep(struct veil *v, const uint8_t curve_public[KEY_BYTES], struct slice frame,
    uint64_t now_ms, struct reply *r)
{
	size_t         of_key = 0;
	struct veiled *same   = find_same(v, curve_public, frame, &of_key);
	struct route   to     = r->to;

	if (!veil_is_there(v)) return RC_NO_COVER;
	if (same != NULL) {
		same->to = to;
	} else {
		if (v->n >= (size_t)v->config->cover_max || of_key >= VEIL_KEY_MAX)
			return RC_QUEUE_FULL;
		struct veiled w = {
		    .to = to, .came_ms = now_ms, .rank = of_key, .frame = frame};
		memcpy(w.curve_public, curve_public, KEY_BYTES);
		TRY(add(v, &w));
	}
	reply_wipe(r);
	*r = (struct reply){.to = to, .parked = true};
	return RC_OK;
}

size_t
veil_waiting(const struct veil *v)
{
	return v->n;
}

const struct veiled *
veil_at(const struct veil *v, size_t i)
{
	return &v->waiting[i];
}

/* One of this key less stands before those that are left. */
static void
move_up(struct veil *v, const uint8_t key[KEY_BYTES], size_t from)
{
	for (size_t i = from; i < v->n; i++)
		if (memcmp(v->waiting[i].curve_public, key, KEY_BYTES) == 0)
			v->waiting[i].rank--;
}

void
veil_drop(struct veil *v, size_t n)
{
	if (n == 0) return;
	for (size_t i = 0; i < n; i++) {
		move_up(v, v->waiting[i].curve_public, n);
		forget(&v->waiting[i]);
	}
	memmove(v->waiting, v->waiting + n, (v->n - n) * sizeof *v->waiting);
	v->n -= n;
}

rc
veil_stop(struct veil *v, dispatch_send send, void *arg)
{
	for (size_t i = 0; i < v->n; i++) {
		AUTO(reply_wipe) struct reply r = {0};
		TRY(reply_init(&r, &v->waiting[i].to, slice_of(NULL, 0)));
		TRY(reply_set_code(&r, RC_STOPPING, NULL));
		send(arg, &r);
	}
	veil_drop(v, v->n);
	return RC_OK;
}

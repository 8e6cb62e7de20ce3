/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * story.h - a representative run of a broker, step by step, each with the same bytes as
 * often as it takes.
 *
 * Desks enrol, one submits to three, they receive and acknowledge, a case begins and goes
 * on, a submission is recalled, destroyed and erased, a policy takes effect, years pass.
 */
#ifndef SLUIS_TESTS_FAULT_STORY_H
#define SLUIS_TESTS_FAULT_STORY_H

#include "fault/world.h"

enum { STEPS_MAX = 32, INBOX_MAX = 16 };

struct story {
	struct world *w;
	struct buf    frame[STEPS_MAX]; /* what was sent first is sent again */
	uint8_t       id[STEPS_MAX][ID_BYTES];
	size_t        n_inbox; /* what the desk of the last Receive was given */
	uint8_t       inbox[INBOX_MAX][ID_BYTES];
};

extern const size_t story_steps;

const char *story_name(size_t step);

/* Whether STEP made twice writes more: work of the broker's own, or a reading that is
 * journalled each time. */
bool story_says_more(size_t step);

/* Write its frame now, unless that was done. */
void story_prepare(struct story *s, size_t step);

/* Make STEP: RC_OK if it was acknowledged, else what the answer (or the missing one)
 * says.
 */
rc story_step(struct story *s, size_t step);

void story_wipe(struct story *s);

#endif

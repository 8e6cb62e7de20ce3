/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * wave.h - messages that are taken in together.
 *
 *	drain    take what waits at the doors, and admit it
 *	prepare  on all threads: signatures, checks, rulings, redaction, encoding
 *	handle   one after the other, in the order in which they came
 *
 * There are two waves: while the loop handles one, and commits and answers, the threads
 * prepare the next.  That one may be handled in a later batch than it was taken in;
 * until then who is enrolled, policy and trust stay as they are.  A message at the
 * enrolment door is the last of the wave that it is in, and nothing is prepared beside
 * it; so is one whose answer can be large, so that the bound on those of a batch is kept
 * one by one.  A wave is small, so that what was prepared stays in memory and nobody
 * waits long for the others in it; a batch has as many as it takes.
 *
 * Owns: the threads (pool.h), and memory for each place in a wave.  Threads: the loop's.
 */
#ifndef SLUIS_BROKER_WAVE_H
#define SLUIS_BROKER_WAVE_H

#include "broker/intake.h"

enum {
	WAVE_MAX   = 64,         /* messages */
	WAVE_BYTES = 256 * 1024, /* of frames */
	/* of what is prepared of one, the rest in its turn: 8 KiB can be worth 30 MiB */
	WAVE_HELD = 64 * 1024 * 1024,
	WAVE_MS   = 1000, /* longer, and the next has fewer messages */
};

struct waves;

struct answers { /* of one batch */
	size_t        n, cap;
	size_t        bytes;   /* of copies in them */
	struct reply *replies; /* owned */
};

MUST rc answers_init(struct answers *a, size_t cap);
void    answers_wipe(struct answers *a);

/* For B, with N_THREADS besides the loop's: each has the next line of the keeper after
 * the loop's.  Without any, nothing is prepared beside the loop.  RC_NOMEM. */
MUST rc waves_new(struct waves **ret, const struct broker *b, size_t n_threads);
void    waves_destroy(struct waves **wp);

/* How many messages the next wave may have, when one of N took TOOK_MS and might have
 * had MOST: costly ones of one party are not to be waited for by all others together. */
size_t wave_next(size_t most, size_t n, uint64_t took_ms);

/* Take what is at the doors of B and handle it inside the open transaction, until there
 * is no more, the batch is full or its time is over; first what was taken ahead, and
 * AHEAD says whether more may be.  Every message that is handled has its place in TO,
 * whatever is returned: a LOCAL code means that the batch must be undone, and what is
 * ahead dropped. */
MUST rc waves_take(struct waves *w, struct broker *b, bool ahead, struct answers *to);

/* Whether messages were taken that no batch has handled yet: at most WAVE_MAX. */
bool waves_are_ahead(const struct waves *w);

/* Handle none of them; each has its place in TO. */
void waves_drop(struct waves *w, struct answers *to);

#endif

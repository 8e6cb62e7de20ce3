/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * wave.h - messages that are taken in together.
 *
 *	drain    take what waits at the doors, and admit it
 *	prepare  on all threads: signatures, checks, rulings, redaction, encoding
 *	handle   one after the other, in the order in which they came
 *
 * A wave is small, so that what was prepared stays in memory and nobody waits long
 * for the others in it; a batch has as many as it takes.  Who is enrolled does not
 * change while a wave is prepared: a message at the enrolment door is the last of the
 * wave that it is in, and so is one whose answer can be large, so that the bound on
 * those of a batch is kept one by one.
 *
 * Owns: the threads (pool.h), and memory for each place in a wave.  Threads: the loop's.
 */
#ifndef SLUIS_BROKER_WAVE_H
#define SLUIS_BROKER_WAVE_H

#include "broker/intake.h"

enum {
	WAVE_MAX   = 64,         /* messages */
	WAVE_BYTES = 256 * 1024, /* of frames */
	/* of what is prepared, the rest in its turn: 8 KiB can be worth 30 MiB then */
	WAVE_HELD = 64 * 1024 * 1024,
	WAVE_MS   = 1000, /* longer, and the next has fewer messages */
};

struct wave;

struct answers { /* of one batch */
	size_t        n, cap;
	size_t        bytes;   /* of copies in them */
	struct reply *replies; /* owned */
};

MUST rc answers_init(struct answers *a, size_t cap);
void    answers_wipe(struct answers *a);

/* For B, with N_THREADS besides the loop's: each has the next line of the keeper after
 * the loop's.  RC_NOMEM. */
MUST rc wave_new(struct wave **ret, const struct broker *b, size_t n_threads);
void    wave_destroy(struct wave **wp);

/* How many messages the next wave may have, when one of N took TOOK_MS and might have
 * had MOST: costly ones of one party are not to be waited for by all others together. */
size_t wave_next(size_t most, size_t n, uint64_t took_ms);

/* Take what is at the doors of B and handle it inside the open transaction, until there
 * is no more, the batch is full or its time is over.  Every message that was taken has
 * its place in TO, whatever is returned: a LOCAL code means that the batch must be
 * undone. */
MUST rc wave_take(struct wave *w, struct broker *b, struct answers *to);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * world.h - a broker on a disk that fails, what it promised, and whether it kept that.
 *
 * A struct region (support/region.h) whose databases lie in memory (disk.h).  What
 * broker.c does around a batch is done here as there: a message that fails for a reason
 * of the broker's own undoes the batch, and a commit that fails ends the process.
 *
 * Every receipt and every head in an answer is a promise.  world_check() reads the whole
 * state and demands:
 *	- every promised leaf stands where it was promised, every promised head is one of
 *	  the tree, and the tree is that of the leaves
 *	- nothing is half there: no leaf without its detail, no copy without its key or
 *	  ruling, no key without what it opens, no request without its leaves
 *
 * What fails there ends the test, with what and where.  Threads: one.
 */
#ifndef SLUIS_TESTS_FAULT_WORLD_H
#define SLUIS_TESTS_FAULT_WORLD_H

#include "fault/disk.h"
#include "support/region.h"

enum {
	DESKS              = 6,
	WORLD_START_LEAVES = 3, /* that a start writes: the broker's keys */
};

struct promise {        /* a leaf, or a head (then the hash is its root) */
	size_t      at; /* on the tape: nothing before it promised this */
	bool        head;
	uint64_t    index; /* of a head: its size */
	struct hash hash;
};

struct world {
	struct region   region;
	struct person   desk[DESKS]; /* see enum who */
	uint64_t        starts;      /* how often it began */
	struct hash     shipped;     /* the policy in force before any was adopted */
	bool            dead;        /* the process ended and was not started again */
	size_t          n, cap;
	struct promise *promises; /* owned */
};

enum who { TOWN, CHAIR, POLICE, LABOUR, CARE, AUDITOR };

/* Nobody is enrolled yet. */
void world_open(struct world *w);
void world_close(struct world *w);

/* The process starts: it opens its state and notes its keys.  After a failure it is
 * dead. */
MUST rc world_begin(struct world *w);

/* The candidate of another version, signed by enough, takes effect: a batch. */
rc world_adopt(struct world *w);

/* It ends without another word on the disk. */
void world_kill(struct world *w);

/* FRAME comes from P at DOOR: a batch of its own.  *RET is the answer, NULL if there is
 * none; what it promises is kept.  What it returns is for the curious: look at the answer
 * and at w->dead. */
rc world_exchange(struct world *w, const struct person *p, enum door door,
    struct slice frame, Sluis__Answer **ret);

/* WORK of the broker's own, as a batch. */
rc world_turn(struct world *w, rc (*work)(struct broker *b, void *arg), void *arg);

/* Everything that was promised before AT on the tape is there, and nothing is half there.
 * The process must be alive and the disk sound. */
void world_check(struct world *w, size_t at);

/* Say what and end with status 1 unless HOLDS. */
void demand(bool holds, const char *what, uint64_t n);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * pool.h - threads that do pure work for the loop.
 *
 * A job is cut into pieces; the threads take one after the other from pool_begin() on,
 * and in pool_end() the caller too, until none is left; pool_run() is both at once.
 * Between the two a piece may read what the loop owns and does not change meanwhile, and
 * writes only what is its own.
 *
 * The threads are made once, before the broker gives up the right to make any; they take
 * no signals.
 *
 * Owns: the threads.  Threads: called from one only, one job at a time.
 */
#ifndef SLUIS_BROKER_POOL_H
#define SLUIS_BROKER_POOL_H

#include <stddef.h>

#include "proto/rc.h"

enum { POOL_THREADS_MAX = 32 };

struct pool;

/* Do the N things of ARG from FIRST on; THREAD is 0 for the caller, 1.. for the others.
 */
typedef void (*pool_work)(void *arg, size_t thread, size_t first, size_t n);

/* N_THREADS besides the caller, 0 to POOL_THREADS_MAX.  RC_NOMEM when there are not so
 * many to be had. */
MUST rc pool_new(struct pool **ret, size_t n_threads);
void    pool_destroy(struct pool **pp);

/* Do N things, GRAIN at a time; on this thread alone when there are no more than that. */
void pool_run(struct pool *p, size_t n, size_t grain, pool_work work, void *arg);

/* Have N things done, GRAIN at a time, by the threads if there are any. */
void pool_begin(struct pool *p, size_t n, size_t grain, pool_work work, void *arg);

/* Do what is left of them, and return when all are done; at once if none was begun. */
void pool_end(struct pool *p);

#endif

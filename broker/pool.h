/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * pool.h - threads that do pure work for the loop while it waits for them.
 *
 * pool_run() cuts a job into pieces; the caller and the threads take one after the other
 * until none is left, and it returns when all are done.  So nothing runs beside the loop:
 * a piece may read what the loop owns, and writes only what is its own.
 *
 * The threads are made once, before the broker gives up the right to make any; they take
 * no signals.
 *
 * Owns: the threads.  Threads: pool_run() from one only.
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

#endif

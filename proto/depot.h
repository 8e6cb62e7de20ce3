/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * depot.h - blocks of one size, all zero, that wait for whoever needs one next.
 *
 * Tasks take a block, wipe what they used of it and give it back.  To the heap that would
 * be: wiped once more when it is freed, merged and cut again, and zeroed a third time
 * when it is allocated.  Here the block that was given back last is given out first: it
 * is zero already, and still in the processor's cache.
 *
 * Owns: the blocks that wait.  Threads: any.
 */
#ifndef SLUIS_PROTO_DEPOT_H
#define SLUIS_PROTO_DEPOT_H

#include "proto/rc.h"

#include <stddef.h>

enum { DEPOT_BLOCK = 32 * 1024 }; /* bytes */

struct depot;

/* An empty one, in which at most MOST blocks will wait.  RC_NOMEM. */
MUST rc depot_new(struct depot **ret, size_t most);

/* Frees what waits.  What was taken is its taker's: free() it. */
void depot_destroy(struct depot **dp);

/* DEPOT_BLOCK bytes of value zero, which can also be given to free(); NULL. */
void *depot_take(struct depot *d);

/* BLOCK was taken, and is all zero again. */
void depot_give(struct depot *d, void *block);

#endif

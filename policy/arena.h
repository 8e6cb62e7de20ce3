/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * arena.h - memory that is given back all at once.
 *
 * A policy and a YAML tree are built once from many small pieces, never change
 * and go away as a whole; one owner for all pieces makes every failure path of
 * the readers safe.  Nothing here is personal data, so nothing is wiped.
 *
 * Owns: every block.  Threads: one at a time while it grows.
 */
#ifndef SLUIS_POLICY_ARENA_H
#define SLUIS_POLICY_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first */
	size_t              left;   /* bytes that may still be allocated */
};

/* An empty arena that gives out at most MAX bytes; allocates nothing. */
static inline struct arena
arena_init(size_t max)
{
	return (struct arena){.left = max};
}

/* N * SIZE zero bytes, aligned for any type; NULL if memory or MAX is used up.  For
 * N == 0 a valid pointer to nothing. */
void *arena_alloc(struct arena *a, size_t n, size_t size);

/* A copy of the N bytes at S with a NUL after them; NULL as above. */
char *arena_copy(struct arena *a, const char *s, size_t n);

/* printf into the arena; NULL as above. */
__attribute__((format(printf, 2, 3))) char *arena_printf(
    struct arena *a, const char *format, ...);

/* Free everything; A is empty and may not grow again. */
void arena_wipe(struct arena *a);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * scratch.h - memory for the pieces of one task, wiped and given back all at once.
 *
 * A request is taken apart into hundreds of small pieces and put together again, and none
 * of them outlives its answer.  Allocating, wiping and freeing each costs more than the
 * work that is done with it; here a piece costs a few additions, and the bytes that were
 * used are wiped once.
 *
 * Messages in it are never given to message_destroy() or free(): they end with it.
 *
 * One that serves task after task has its blocks from a depot, which others share.
 *
 * Owns: its blocks.  Threads: one at a time.
 */
#ifndef SLUIS_PROTO_SCRATCH_H
#define SLUIS_PROTO_SCRATCH_H

#include <protobuf-c/protobuf-c.h>

#include "proto/bytes.h"
#include "proto/depot.h"

struct scratch_block;

struct scratch {
	struct scratch_block *blocks;    /* newest first; NULL: none yet */
	struct depot         *depot;     /* where they come from; borrowed; or NULL */
	size_t                left, max; /* bytes that may still be given out; in all */
	bool                  failed;    /* something was asked for in vain */
	bool                  full;      /* more than MAX was */
};

/* An empty one that gives out at most MAX bytes; allocates nothing. */
static inline struct scratch
scratch_init(size_t max)
{
	return (struct scratch){.left = max, .max = max};
}

/* The same with blocks from DEPOT, which must outlive it. */
static inline struct scratch
scratch_from(struct depot *depot, size_t max)
{
	return (struct scratch){.depot = depot, .left = max, .max = max};
}

/* Bytes that were given out. */
static inline size_t
scratch_used(const struct scratch *s)
{
	return s->max - s->left;
}

/* N * SIZE zero bytes, aligned for any type; NULL if memory or MAX is used up.  For
 * N == 0 a valid pointer to nothing. */
void *scratch_alloc(struct scratch *s, size_t n, size_t size);

/* A copy of TEXT, and of FROM with a NUL after it; NULL as above. */
char *scratch_text(struct scratch *s, const char *text);
char *scratch_copy(struct scratch *s, struct slice from);

/* For protobuf_c_message_unpack(); it borrows S, and its free() does nothing. */
ProtobufCAllocator scratch_allocator(struct scratch *s);

/* M as bytes in S.  RC_NOMEM; RC_TOO_LARGE beyond MAX bytes. */
MUST rc scratch_pack(
    struct scratch *s, const ProtobufCMessage *m, size_t max, struct slice *ret);

/* Wipe what was given out, and give back or free the blocks; S is empty and may be used
 * again. */
void scratch_wipe(struct scratch *s);

#endif

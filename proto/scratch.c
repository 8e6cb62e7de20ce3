/* SPDX-License-Identifier: EUPL-1.2 */
/* scratch.c - blocks that are filled from the front. */
#include "proto/scratch.h"

#include <sodium.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 16, HEAD_BYTES = 2 * ALIGNMENT, COMMON = DEPOT_BLOCK - HEAD_BYTES };

struct scratch_block { /* its bytes follow it, and are zero from `used` on */
	struct scratch_block *older;
	size_t                used, size;
};

_Static_assert(sizeof(struct scratch_block) <= HEAD_BYTES, "a head of two units");

static uint8_t *
bytes_of(struct scratch_block *b)
{
	return (uint8_t *)b + HEAD_BYTES;
}

static size_t
aligned(size_t n)
{
	return (n + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

/* With room for N bytes, and as much as is common; NULL. */
static struct scratch_block *
new_block(struct scratch *s, size_t n)
{
	size_t size     = n > COMMON ? n : COMMON;
	bool   of_depot = s->depot != NULL && size == COMMON;

	struct scratch_block *b =
	    of_depot ? depot_take(s->depot) : calloc(1, HEAD_BYTES + size);
	if (b != NULL) b->size = size;
	return b;
}

/* The same as the first block. */
static struct scratch_block *
grow(struct scratch *s, size_t n)
{
	struct scratch_block *b = new_block(s, n);

	if (b == NULL) return NULL;
	b->older  = s->blocks;
	s->blocks = b;
	return b;
}

/* A block with room for N * SIZE, rounded up to *RET_WANT; NULL. */
static struct scratch_block *
block_for(struct scratch *s, size_t n, size_t size, size_t *ret_want)
{
	struct scratch_block *b = s->blocks;

	bool fits = size == 0 || n <= s->left / size;
	if (fits) *ret_want = aligned(n * size);
	s->full = s->full || !fits || *ret_want > s->left;
	if (!fits || *ret_want > s->left) return NULL;
	return b == NULL || b->size - b->used < *ret_want ? grow(s, *ret_want) : b;
}

void *
scratch_alloc(struct scratch *s, size_t n, size_t size)
{
	size_t                want = 0;
	struct scratch_block *b    = block_for(s, n, size, &want);

	s->failed = s->failed || b == NULL;
	if (b == NULL) return NULL;
	uint8_t *p = bytes_of(b) + b->used;
	b->used += want;
	s->left -= want;
	return p;
}

char *
scratch_copy(struct scratch *s, struct slice from)
{
	char *p = scratch_alloc(s, from.n + 1, 1);

	if (p != NULL && from.n != 0) memcpy(p, from.p, from.n);
	return p;
}

char *
scratch_text(struct scratch *s, const char *text)
{
	return scratch_copy(s, slice_str(text));
}

static void *
allocate(void *s, size_t n)
{
	return scratch_alloc(s, n, 1);
}

static void
release(void *s, void *p)
{
	(void)s, (void)p;
}

ProtobufCAllocator
scratch_allocator(struct scratch *s)
{
	return (ProtobufCAllocator){
	    .alloc = allocate, .free = release, .allocator_data = s};
}

rc
scratch_pack(struct scratch *s, const ProtobufCMessage *m, size_t max, struct slice *ret)
{
	size_t n = protobuf_c_message_get_packed_size(m);

	if (n > max) return RC_TOO_LARGE;
	uint8_t *p = scratch_alloc(s, n, 1);
	if (p == NULL) return RC_NOMEM;
	if (protobuf_c_message_pack(m, p) != n) return RC_INTERNAL;
	*ret = slice_of(p, n);
	return RC_OK;
}

static void
retire(struct scratch *s, struct scratch_block *b)
{
	bool of_depot = s->depot != NULL && b->size == COMMON;

	sodium_memzero(b, HEAD_BYTES + b->used);
	if (of_depot)
		depot_give(s->depot, b);
	else
		free(b);
}

void
scratch_wipe(struct scratch *s)
{
	while (s->blocks != NULL) {
		struct scratch_block *b = s->blocks;
		s->blocks               = b->older;
		retire(s, b);
	}
	s->left   = s->max;
	s->failed = s->full = false;
}

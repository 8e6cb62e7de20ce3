/* SPDX-License-Identifier: EUPL-1.2 */
/* scratch.c - blocks that are filled from the front. */
#include "proto/scratch.h"

#include <sodium.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 32 * 1024, ALIGNMENT = 16, SPARE_MAX = 4 };

struct scratch_block { /* its bytes follow it, and are zero from `used` on */
	struct scratch_block *older;
	size_t                used, size;
};

_Static_assert(sizeof(struct scratch_block) <= 2 * ALIGNMENT, "a head of two units");

static uint8_t *
bytes_of(struct scratch_block *b)
{
	return (uint8_t *)b + (size_t)2 * ALIGNMENT;
}

static size_t
aligned(size_t n)
{
	return (n + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

/* Room for N of them: one that was kept, or a new one; NULL. */
static struct scratch_block *
new_block(struct scratch *s, size_t n)
{
	struct scratch_block *b = s->spare;

	if (n > BLOCK_BYTES || b == NULL) {
		size_t size = n > BLOCK_BYTES ? n : BLOCK_BYTES;
		b           = calloc(1, (size_t)2 * ALIGNMENT + size);
		if (b != NULL) b->size = size;
		return b;
	}
	s->spare = b->older;
	s->n_spare--;
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
free_all(struct scratch_block **list)
{
	while (*list != NULL) {
		struct scratch_block *b = *list;
		*list                   = b->older;
		free(b);
	}
}

/* B is wiped, and kept if it is of the common size and there are not enough. */
static void
retire(struct scratch *s, struct scratch_block *b)
{
	sodium_memzero(bytes_of(b), b->used);
	b->used = 0;
	if (b->size != BLOCK_BYTES || s->n_spare == SPARE_MAX) {
		free(b);
		return;
	}
	b->older = s->spare;
	s->spare = b;
	s->n_spare++;
}

void
scratch_reset(struct scratch *s)
{
	while (s->blocks != NULL) {
		struct scratch_block *b = s->blocks;
		s->blocks               = b->older;
		retire(s, b);
	}
	s->left   = s->max;
	s->failed = s->full = false;
}

void
scratch_wipe(struct scratch *s)
{
	scratch_reset(s);
	free_all(&s->spare);
	s->n_spare = 0;
}

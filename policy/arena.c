/* SPDX-License-Identifier: EUPL-1.2 */
/* arena.c - blocks that only grow, and their release. */
#include "policy/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 16 * 1024 };

struct arena_block {
	struct arena_block *next;
	size_t              used, size;
	alignas(max_align_t) unsigned char bytes[];
};

static size_t
aligned(size_t n)
{
	return (n + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
}

static struct arena_block *
block_for(struct arena *a, size_t n)
{
	if (a->blocks != NULL && a->blocks->size - a->blocks->used >= n) return a->blocks;
	size_t              size = n > BLOCK_BYTES ? n : BLOCK_BYTES;
	struct arena_block *b    = calloc(1, sizeof *b + size);
	if (b == NULL) return NULL;
	b->size   = size;
	b->next   = a->blocks;
	a->blocks = b;
	return b;
}

void *
arena_alloc(struct arena *a, size_t n, size_t size)
{
	if (size != 0 && n > (SIZE_MAX / 4) / size) return NULL;
	size_t bytes = aligned(n * size);
	if (bytes > a->left) return NULL;
	struct arena_block *b = block_for(a, bytes);
	if (b == NULL) return NULL;
	void *p = b->bytes + b->used;
	b->used += bytes;
	a->left -= bytes;
	return p;
}

char *
arena_copy(struct arena *a, const char *s, size_t n)
{
	char *copy = arena_alloc(a, n + 1, 1);
	if (copy != NULL) memcpy(copy, s, n);
	return copy;
}

char *
arena_printf(struct arena *a, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int   n    = vsnprintf(NULL, 0, format, args);
	char *text = n < 0 ? NULL : arena_alloc(a, (size_t)n + 1, 1);
	if (text != NULL) (void)vsnprintf(text, (size_t)n + 1, format, again);
	va_end(again);
	va_end(args);
	return text;
}

void
arena_wipe(struct arena *a)
{
	while (a->blocks != NULL) {
		struct arena_block *next = a->blocks->next;
		free(a->blocks);
		a->blocks = next;
	}
	a->left = 0;
}

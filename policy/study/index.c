/* SPDX-License-Identifier: EUPL-1.2 */
/* index.c - finding again what was seen before. */
#include "policy/study/index.h"

#include <stdlib.h>

uint64_t
hash_bytes(uint64_t h, const void *p, size_t n)
{
	const uint8_t *b = p;
	for (size_t i = 0; i < n; i++) h = (h ^ b[i]) * UINT64_C(1099511628211);
	return h ^ h >> 29;
}

static void
put(struct index *x, uint64_t hash, uint32_t number)
{
	size_t i = hash & (x->cap - 1);
	while (x->slots[i] != 0) i = (i + 1) & (x->cap - 1);
	x->slots[i]  = number + 1;
	x->hashes[i] = hash;
}

static rc
index_grow(struct index *x)
{
	struct index more = {.cap = x->cap == 0 ? 1024 : x->cap * 2};
	more.slots        = calloc(more.cap, sizeof *more.slots);
	more.hashes       = calloc(more.cap, sizeof *more.hashes);
	if (more.slots == NULL || more.hashes == NULL) {
		free(more.slots);
		free(more.hashes);
		return RC_NOMEM;
	}
	for (size_t i = 0; i < x->cap; i++)
		if (x->slots[i] != 0) put(&more, x->hashes[i], x->slots[i] - 1);
	more.n = x->n;
	free(x->slots);
	free(x->hashes);
	*x = more;
	return RC_OK;
}

void
index_wipe(struct index *x)
{
	free(x->slots);
	free(x->hashes);
}

rc
index_find(struct index *x, uint64_t hash, index_equal equal, const void *arg,
    uint32_t *ret, bool *ret_new)
{
	if (2 * (x->n + 1) > x->cap) TRY(index_grow(x));
	for (size_t i = hash & (x->cap - 1); x->slots[i] != 0; i = (i + 1) & (x->cap - 1))
		if (x->hashes[i] == hash && equal(arg, x->slots[i] - 1)) {
			*ret     = x->slots[i] - 1;
			*ret_new = false;
			return RC_OK;
		}
	*ret     = (uint32_t)x->n;
	*ret_new = true;
	put(x, hash, (uint32_t)x->n++);
	return RC_OK;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* once.c - a tree of hashes. */
#include "client/command/audit/once.h"

#include <search.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "proto/auto.h"

enum { KEY_BYTES_KEPT = 16 };

struct kept {
	uint8_t  key[KEY_BYTES_KEPT];
	uint64_t number;
};

static int
compare(const void *a, const void *b)
{
	return memcmp(
	    ((const struct kept *)a)->key, ((const struct kept *)b)->key, KEY_BYTES_KEPT);
}

void
once_wipe(struct once *o)
{
	tdestroy(o->root, free);
	*o = (struct once){0};
}

static void
hash(char kind, struct slice id, const char *party, uint8_t out[KEY_BYTES_KEPT])
{
	crypto_generichash_state state;

	(void)crypto_generichash_init(&state, NULL, 0, KEY_BYTES_KEPT);
	(void)crypto_generichash_update(&state, (const uint8_t *)&kind, 1);
	(void)crypto_generichash_update(&state, id.p, id.n);
	(void)crypto_generichash_update(&state, (const uint8_t *)party, strlen(party));
	(void)crypto_generichash_final(&state, out, KEY_BYTES_KEPT);
}

rc
once_add(struct once *o, char kind, struct slice id, const char *party, uint64_t number,
    uint64_t *ret, bool *ret_new)
{
	AUTO(auto_free) struct kept *k = calloc(1, sizeof *k);

	if (k == NULL) return RC_NOMEM;
	hash(kind, id, party, k->key);
	k->number           = number;
	struct kept **found = tsearch(k, &o->root, compare);
	if (found == NULL) return RC_NOMEM;
	*ret     = (*found)->number;
	*ret_new = *found == k;
	if (!*ret_new) return RC_OK;
	o->n++;
	TAKE(k);
	return RC_OK;
}

/* SPDX-License-Identifier: EUPL-1.2 */
/* unread.c - counting the bytes that libzmq holds, from taking a frame to letting it go.
 */
#include "broker/unread.h"

#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct unread {
	size_t        each, all;
	uint8_t       seed[UNREAD_SEED_BYTES];
	atomic_size_t total;
	atomic_size_t of[UNREAD_STRANGERS + 1];
};

struct held { /* a frame, before its bytes */
	struct unread *u;
	size_t         n;
	uint16_t       account;
};

_Static_assert(UNREAD_SEED_BYTES == crypto_shorthash_KEYBYTES, "a seed is a key of it");

rc
unread_new(
    struct unread **ret, size_t each, size_t all, const uint8_t seed[UNREAD_SEED_BYTES])
{
	struct unread *u = calloc(1, sizeof *u);

	if (u == NULL) return RC_NOMEM;
	u->each = each;
	u->all  = all;
	memcpy(u->seed, seed, UNREAD_SEED_BYTES);
	*ret = u;
	return RC_OK;
}

void
unread_destroy(struct unread **up)
{
	free(*up);
	*up = NULL;
}

uint16_t
unread_account(const struct unread *u, const uint8_t key[KEY_BYTES])
{
	uint8_t hash[crypto_shorthash_BYTES];

	(void)crypto_shorthash(hash, key, KEY_BYTES, u->seed);
	return (uint16_t)((hash[0] | hash[1] << 8) % UNREAD_STRANGERS);
}

void
unread_let_go(void *bytes, void *held)
{
	struct held *h = held;

	(void)bytes;
	atomic_fetch_sub(&h->u->of[h->account], h->n);
	if (h->account != UNREAD_STRANGERS) atomic_fetch_sub(&h->u->total, h->n);
	free(h);
}

/* Only the loop adds: what it sees can meanwhile only become less. */
static bool
has_room(const struct unread *u, uint16_t account, size_t n)
{
	size_t own = atomic_load(&u->of[account]);

	if (own == 0) return true; /* or no answer of more than EACH would ever go */
	if (own + n > u->each) return false;
	return account == UNREAD_STRANGERS || atomic_load(&u->total) + n <= u->all;
}

rc
unread_take(struct unread *u, uint16_t account, struct slice frame, uint8_t **ret,
    void **ret_held)
{
	if (!has_room(u, account, frame.n)) return RC_QUEUE_FULL;
	struct held *h = malloc(sizeof *h + frame.n);
	if (h == NULL) return RC_NOMEM;

	*h = (struct held){.u = u, .n = frame.n, .account = account};
	if (frame.n != 0) memcpy(h + 1, frame.p, frame.n);
	*ret      = (uint8_t *)(h + 1);
	*ret_held = h;
	atomic_fetch_add(&u->of[account], frame.n);
	if (account != UNREAD_STRANGERS) atomic_fetch_add(&u->total, frame.n);
	return RC_OK;
}

size_t
unread_total(const struct unread *u)
{
	return atomic_load(&u->total);
}

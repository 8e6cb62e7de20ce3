/* SPDX-License-Identifier: EUPL-1.2 */
/* random.c - a block of random bytes for each thread, used from its end. */
#include "broker/random.h"

#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <string.h>

struct block {
	unsigned      life; /* of the process that drew it */
	size_t        left;
	unsigned char b[RANDOM_BLOCK];
};

static _Thread_local struct block block;

/* Of this process: a child counts one more, so that a copied block is not its own. */
static atomic_uint life;

static void
begin_life(void)
{
	(void)atomic_fetch_add(&life, 1);
}

/* In the first life too: what a child copies before this ran holds nothing. */
static void
watch_forks(void)
{
	begin_life();
	if (pthread_atfork(NULL, NULL, begin_life) != 0) atomic_store(&life, 0);
}

/* Without a way to hear of a fork there are no blocks. */
static unsigned
current_life(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, watch_forks);
	return atomic_load_explicit(&life, memory_order_relaxed);
}

void
random_fill(void *out, size_t n)
{
	unsigned now = current_life();

	if (n > RANDOM_BLOCK || now == 0) {
		randombytes_buf(out, n);
		return;
	}
	if (block.life != now || block.left < n) {
		randombytes_buf(block.b, sizeof block.b);
		block.left = sizeof block.b;
		block.life = now;
	}
	block.left -= n;
	memcpy(out, block.b + block.left, n);
	sodium_memzero(block.b + block.left, n);
}
